"""Undo what was registered or made up, as events of their own: every paper of it is void (DESIGN 5C).

A package made up in the commit of its registration goes with it, as neither stands without the other; unless somebody
else has it by now, which only a restored station can bring about.
"""

from typing import Literal

from photocore.ids import ItemId
from photocore.kinds import ClaimWithdrawn, MakeUpWithdrawn
from sync.counter import Counter
from sync.errors import DeskReason, DeskRefusal
from sync.journal import Transaction
from sync.looking import existing
from sync.made_up import MadeUpPackage, end_made_up, made_up_for
from sync.making_up import existing_make_up
from sync.registrations import withdraw
from sync.reissuing import holder_of
from sync.selling import forget_end, has_ended_by_sale
from sync.statements import run
from sync.views import Undone


def undo_claim(
    transaction: Transaction,
    counter: Counter,
    claim: str,
    *,
    by: Literal["shopper", "staff"],
    reason: str,
    staff: str | None,
) -> Undone:
    """Withdraw a claim, and the package made up with it that nobody else has; returns what is left of it on paper.

    One that ended as its sale was given back is withdrawn all the same: no corrected refund brings it back.

    Raises:
        DeskRefusal: no such claim.
    """
    registration = existing(transaction.connection, claim)
    undone = papers_out(transaction, claim)
    if not registration.withdrawn or has_ended_by_sale(transaction.connection, claim):
        body = ClaimWithdrawn(claim=claim, item=registration.item, by=by, reason=reason[:200], staff=staff)
        transaction.append(counter.drafter.draft(body))
        withdraw(transaction.connection, claim, f"undone by {by}")
        forget_end(transaction.connection, claim)
        made = made_up_for(transaction.connection, claim)
        if made is not None and holder_of(transaction.connection, made) is None:
            _withdraw_make_up(transaction, counter, made, reason, staff)
    return undone


def undo_make_up(
    transaction: Transaction, counter: Counter, package: ItemId, *, staff: str, reason: str
) -> tuple[str, Undone]:
    """Say that a package is none; returns the event it was made up by, and what is left of it on paper.

    Raises:
        DeskRefusal: there is none with this ID, or it is registered.
    """
    connection = transaction.connection
    made = existing_make_up(connection, package)
    if holder_of(connection, made) is not None:
        raise DeskRefusal(DeskReason.REGISTERED_MEANWHILE)
    undone = papers_out(transaction, made.event)
    _withdraw_make_up(transaction, counter, made, reason, staff)
    return made.event, undone


def _withdraw_make_up(
    transaction: Transaction, counter: Counter, made: MadeUpPackage, reason: str, staff: str | None
) -> None:
    if made.withdrawn:
        return
    body = MakeUpWithdrawn(package=made.manifest.package, reason=reason[:200], staff=staff)
    transaction.append(counter.drafter.draft(body))
    end_made_up(transaction.connection, made.event, "the package was undone")


def papers_out(transaction: Transaction, made_by: str) -> Undone:
    """Return how many papers of a set are out, or may be."""
    ((printed, moving),) = run(transaction.connection, "labels.count_papers", {"claim": made_by})
    return Undone(printed=printed, moving=moving)
