"""What an event is about: which claim, which package, and which items must be locked before it is carried out."""

from photocore.kinds import (
    AccessCodeReplaced,
    CardsMerged,
    ClaimCodesReplaced,
    ClaimWithdrawn,
    CopiesIssued,
    MakeUpWithdrawn,
    PackageClaimed,
    PackageMadeUp,
)
from photocore.till_kinds import PackageSold, SaleCorrected, SaleRefunded
from photoservice.intake.examine import Believed


def claim_of(event: Believed) -> str | None:
    """Return the earlier claim ``event`` speaks of."""
    match event.body:
        case ClaimWithdrawn(claim=claim) | CopiesIssued(claim=claim) | AccessCodeReplaced(claim=claim):
            return claim
        case CardsMerged(claim=str(claim)):
            return claim
        case _:
            return None


def package_of(event: Believed) -> str | None:
    """Return the package a store made up, if ``event`` speaks of it as such."""
    match event.body:
        case PackageMadeUp(package=package) | ClaimCodesReplaced(package=package) | MakeUpWithdrawn(package=package):
            return package
        case _:
            return None


def items_of(event: Believed) -> tuple[str, ...]:
    """Return the packages and rolls ``event`` names as such: what must be locked for it."""
    match event.body:
        case PackageClaimed(item=item) | PackageSold(item=item) | SaleRefunded(item=item) | SaleCorrected(item=item):
            return (item,)
        case PackageMadeUp(package=package, rolls=rolls):
            return (package, *rolls)
        case ClaimCodesReplaced(package=package, copies=copies):
            return (package, *(copy.roll for copy in copies))
        case MakeUpWithdrawn(package=package):
            return (package,)
        case _:
            return ()
