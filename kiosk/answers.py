"""The desk's answers in the kiosk's own words: the one place that knows both."""

from collections.abc import Sequence

from kiosk.flow.values import Label, LabelState, Level, Light, Package, Registration, Seen, Wish
from photocore.ids import ItemId
from photocore.kinds import PaperSource
from photocore.package import Product
from sync.views import ClaimLevel, JobView, PackageView, Registered, RegisterWish, RegistrationView, StationStatus

LEVELS: dict[str, Level] = {
    "registered here": Level.HERE,
    "at the store hub": Level.HUB,
    "confirmed": Level.CONFIRMED,
    "waiting for the maker's list": Level.WAITING,
    "held until the till has sold it": Level.HELD,
    "contested": Level.CONTESTED,
    "refused because": Level.REFUSED,
    "withdrawn": Level.WITHDRAWN,
}


ORDER = {"roll": 0, "package": 1, "receipt": 2}
"""The order papers print in."""


def package_of(view: PackageView) -> Package:
    """Return what the flow needs of a looked-up item."""
    return Package(
        item=view.item,
        package=view.package,
        name=view.product.name if view.product else "",
        detail=view.product.detail if view.product else "",
        iso=view.product.iso if view.product else 0,
        size=size_of(view.product) if view.product else "",
        rolls=view.rolls,
        to_label=view.to_label,
        is_revoked=view.revoked,
        is_card_lost=view.is_card_lost,
        seen=Seen(view.registered) if view.registered else Seen.NO,
        claim=view.claim,
        number=view.number or "",
    )


def size_of(product: Product) -> str:
    """Return format and exposures in one word, such as ``135-36``."""
    return "-".join(part for part in (product.format, str(product.exposures or "")) if part)


def wish_for_desk(wish: Wish) -> RegisterWish:
    """Return the wish as the desk takes it."""
    return RegisterWish(
        event_id=wish.event_id,
        item=ItemId(wish.item.item),
        level=wish.item.level,
        item_typed=wish.item.is_typed,
        card=wish.card.card,
        card_typed=wish.card.is_typed,
        claim_code=wish.claim_code,
        language=wish.language,
        corrects=wish.corrects,
        staff=wish.staff,
        notice=wish.notice,
        paper=PaperSource(row=wish.paper.row, written=wish.paper.written) if wish.paper else None,
    )


def labels_of(jobs: Sequence[JobView]) -> tuple[Label, ...]:
    """Return the label jobs in the order they print, the receipt last."""
    labels = (
        Label(
            job=job.id,
            kind=job.kind,
            roll=job.roll,
            number=job.number,
            of=job.of,
            copy=job.copy,
            state=LabelState(job.state.value),
        )
        for job in jobs
        if job.kind in ("roll", "package", "receipt")
    )
    return tuple(sorted(labels, key=lambda label: (ORDER[label.kind], label.number)))


def level_of(level: ClaimLevel) -> Level:
    """Return the word; one we do not know says no more than that it is stored here."""
    return LEVELS.get(level.word, Level.HERE)


def new_registration(done: Registered, wish: Wish, package: Package) -> Registration:
    """Return the registration that was just stored.

    Its link is for the shopper who stands here, and so for none whom staff register from paper or correct.
    """
    is_theirs = wish.paper is None and wish.corrects is None
    return Registration(
        claim=done.claim,
        number=done.number,
        package=package,
        card=wish.card.masked,
        is_waiting=done.waiting_for_manifest,
        link=done.link if is_theirs else "",
    )


def found_registration(view: RegistrationView, package: Package, level: ClaimLevel) -> Registration:
    """Return a registration found by its receipt; no card is shown, as nobody showed one."""
    return Registration(
        claim=view.claim,
        number=view.number,
        package=package,
        level=level_of(level),
        reason=level.reason,
        is_waiting=view.waiting_for_manifest,
        is_withdrawn=view.withdrawn,
    )


def light_of(status: StationStatus) -> Light:
    """Return the light: n is the number of registrations that wait, which is what people count."""
    return Light(
        is_online=status.online,
        unsent=status.waiting,
        oldest_s=status.oldest_age_s if status.waiting else None,
        has_journal=status.journal_ok,
    )
