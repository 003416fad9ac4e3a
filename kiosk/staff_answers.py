"""The desk's answers about made-up packages, queue, parked events and status, in the kiosk's own words."""

from collections.abc import Iterable
from datetime import datetime

from kiosk import answers
from kiosk.flow.make_up_values import CartridgeFacts, Film, MadeUp, MakeUpWish
from kiosk.flow.staff_values import AidsSeen, Devices, PanelSeen, Parked, PrinterSeen, QueuedJob, Recent, ScannerSeen
from kiosk.flow.values import LabelState, Level, Package, Registration, Seen, Troubles
from photocore.film import DxCartridge
from photocore.film_book import FilmBook, compare, name_to_show
from photocore.package import Product
from sync import views


def film_of(gtin: str, product: Product | None) -> Film:
    """Return which film a price code stands for; one the roster does not know has no name, and one cartridge."""
    if product is None:
        return Film(gtin=gtin)
    return Film(gtin=gtin, name=product.name, detail=product.detail, rolls=product.rolls)


def cartridge_facts(dx: DxCartridge, product: Product | None, films: FilmBook) -> CartridgeFacts:
    """Return what a cartridge is by the book of films, and whether it is the film of ``product``."""
    names = films.names_on(dx)
    return CartridgeFacts(
        digits=dx.digits,
        code=dx.name,
        name=name_to_show(names, product),
        exposures=dx.exposures,
        verdict=compare(dx, names, product),
    )


def make_up_wish(wish: MakeUpWish) -> views.MakeUpWish:
    """Return the wish as the desk takes it."""
    return views.MakeUpWish(
        event_id=wish.event_id,
        product=wish.film.gtin,
        count=wish.count,
        staff=wish.staff,
        card=wish.card.card if wish.card else None,
        card_typed=wish.card.is_typed if wish.card else False,
        claim_id=wish.claim_id if wish.card else None,
        language=wish.language,
        notice=wish.notice,
    )


def new_made_up(done: views.MadeUp) -> MadeUp:
    """Return the package that was just made up."""
    return MadeUp(
        package=done.package,
        name=done.product.name if done.product else "",
        detail=done.product.detail if done.product else "",
        rolls=done.rolls,
        is_claimed=done.registration is not None,
        is_coded=done.coded,
        age_s=0.0,
    )


def found_made_up(view: views.MadeUpView, now: datetime) -> MadeUp:
    """Return a made-up package found again."""
    return MadeUp(
        package=view.package,
        name=view.product.name if view.product else "",
        detail=view.product.detail if view.product else "",
        rolls=view.rolls,
        is_claimed=view.claimed,
        is_withdrawn=view.withdrawn,
        is_coded=view.coded,
        age_s=age_of(view.made_at, now),
    )


def made_registration(done: views.MadeUp, wish: MakeUpWish) -> Registration | None:
    """Return the registration of the same commit, if there was a card."""
    registered = done.registration
    if registered is None or wish.card is None:
        return None
    product = done.product
    package = Package(
        item=done.package,
        package=done.package,
        name=product.name if product else "",
        detail=product.detail if product else "",
        rolls=done.rolls,
        seen=Seen.SAME_CARD,
        claim=registered.claim,
        number=registered.number,
    )
    return Registration(
        claim=registered.claim,
        number=registered.number,
        package=package,
        card=wish.card.masked,
        is_waiting=registered.waiting_for_manifest,
    )


def queued_jobs(jobs: Iterable[views.QueuedJob], now: datetime) -> tuple[QueuedJob, ...]:
    """Return label jobs as staff see them; a till's papers stand on the till's own page."""
    return tuple(
        QueuedJob(
            job=job.id,
            kind=job.kind,
            state=LabelState(job.state.value),
            place=job.number,
            of=job.of,
            registration=job.registration,
            package=job.package,
            age_s=age_of(job.made_at, now),
        )
        for job in jobs
        if job.kind in ("roll", "package", "receipt")
    )


def recent(view: views.RegistrationView, package: Package, level: views.ClaimLevel, now: datetime) -> Recent:
    """Return a registration in a line."""
    word = Level.WITHDRAWN if view.withdrawn else answers.level_of(level)
    return Recent(
        number=view.number, name=package.name, rolls=len(view.rolls), level=word, age_s=age_of(view.made_at, now)
    )


def parked(view: views.ParkedView, now: datetime) -> Parked:
    """Return a parked event as staff see it."""
    return Parked(
        id=view.id,
        kind=view.kind,
        cause=view.cause,
        reason=view.reason,
        item=view.item,
        number=view.number,
        can_resend=view.can_resend,
        needs_rescan=view.needs_rescan,
        age_s=age_of(view.at, now),
    )


def devices(
    status: views.StationStatus,
    now: datetime,
    *,
    scanners: tuple[ScannerSeen, ...],
    printers: tuple[PrinterSeen, ...],
    panels: tuple[PanelSeen, ...] = (),
    aids: AidsSeen | None = None,
) -> Devices:
    """Return everything the station leans on."""
    ack_s = max(0.0, (now - status.last_ack_at).total_seconds()) if status.last_ack_at else None
    return Devices(
        scanners=scanners,
        printers=printers,
        panels=panels,
        aids=aids,
        is_online=status.online,
        ack_s=ack_s,
        unsent=status.unsent,
        oldest_s=status.oldest_age_s if status.unsent else None,
        has_journal=status.journal_ok,
        is_disk_low=status.disk_low,
        clock_off_s=status.clock_off_s,
    )


def troubles_of(status: views.StationStatus) -> Troubles:
    """Return what asks for a person of the store."""
    return Troubles(
        parked=status.parked,
        contested=status.contested,
        restored=status.restored,
        is_disk_low=status.disk_low,
        is_clock_off=status.clock_off_s is not None,
    )


def age_of(at: str, now: datetime) -> float | None:
    """Return the seconds since ``at``, an instant as events write it; never negative, None where it cannot be read."""
    try:
        made = datetime.fromisoformat(at)
    except ValueError:
        return None
    return max(0.0, (now - made).total_seconds()) if made.tzinfo else None
