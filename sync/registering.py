"""The one commit of a registration: event, outbox row, label jobs and receipt job, all or none (DESIGN 3, 5B).

A package and all its rolls are one event, so half a package cannot exist. The same event ID a second time, from a
retry or after a crash, gives the same answer and writes nothing.
"""

from dataclasses import dataclass, field, replace

import apsw

from photocore.codes import mint_access_code, mint_registration_number
from photocore.events import SealedPart
from photocore.kinds import PackageClaimed, PackageClaimedSealed, PackageClaimedSecrets
from photocore.label import Receipt, RollLabel
from photocore.roster import Store
from photocore.seams import Clock, Entropy
from sync.cards import is_lost, is_same_customer, note_issue
from sync.copies import Job, copies_of_rolls, jobs_of, queue_new_set
from sync.counter import Counter
from sync.errors import DeskReason, DeskRefusal
from sync.journal import Transaction
from sync.label_sets import copies_of, is_labelled_elsewhere, make_labels, rolls_to_label
from sync.made_up import has_ended, is_event, move_registration
from sync.paper_rows import claim_of_row, note_row
from sync.parked import end_parked, is_parked
from sync.receipts import make_receipt
from sync.registrations import (
    ItemLevel,
    Registration,
    add_registration,
    find_by_claim,
    find_by_number,
    find_live,
    mark_card,
    withdraw,
)
from sync.roster import KnownPackage, find_package, is_revoked
from sync.views import JobView, Registered, RegisterWish


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """One try at a registration: what the shopper confirmed, what was minted for it, and both already sealed."""

    wish: RegisterWish
    access_code: str = field(repr=False)
    card_mark: bytes
    sealed: SealedPart
    secrets: SealedPart


def prepare(counter: Counter, wish: RegisterWish) -> Attempt:
    """Mint and seal what a registration needs, before the journal's one writer is held."""
    seal, access_code = counter.drafter.seal, mint_access_code(counter.entropy)
    card = PackageClaimedSealed(card_table=wish.card.table, card_number=wish.card.number, card_issue=wish.card.issue)
    codes = PackageClaimedSecrets(access_code=access_code, claim_code=wish.claim_code)
    return Attempt(
        wish=wish,
        access_code=access_code,
        card_mark=mark_card(wish.card, counter.card_key),
        sealed=seal(wish.event_id, PackageClaimed, "sealed", card),
        secrets=seal(wish.event_id, PackageClaimed, "secrets", codes),
    )


def register(transaction: Transaction, counter: Counter, attempt: Attempt) -> Registered:
    """Write a registration, whole, or find the one this event ID already stands for.

    Raises:
        DeskRefusal: it must not be registered.
        DiskFull: there is no room for new events.
    """
    connection, wish = transaction.connection, attempt.wish
    if is_event(connection, wish.event_id):
        return _same_again(connection, attempt)
    _refuse_entered(connection, wish)
    store = counter.roster.store
    if store is None:
        raise DeskRefusal(DeskReason.NO_ROSTER)
    corrected = _end_corrected(connection, wish.corrects) if wish.corrects else None
    known = find_package(connection, wish.item)
    _refuse_taken(connection, known, attempt)
    if is_lost(connection, wish.card, attempt.card_mark):
        raise DeskRefusal(DeskReason.CARD_REPLACED)
    transaction.require_room()
    number = _fresh_number(connection, counter.drafter.printed)
    registration = _registration(attempt, number, known, counter.clock)
    labels = _labels(connection, counter, known, store, wish.language)
    claim = _claim(counter, attempt, registration, labels, store)
    draft = counter.drafter.draft(claim, event_id=wish.event_id)
    transaction.append(replace(draft, sealed=attempt.sealed, secrets=attempt.secrets))
    add_registration(connection, registration)
    if wish.paper is not None:
        note_row(connection, wish.paper.row, wish.event_id)
    note_issue(connection, wish.card, attempt.card_mark)
    if corrected is not None:
        _stand_for(connection, corrected, registration)
    is_labelled = known is not None and is_labelled_elsewhere(connection, known.manifest)
    receipt = _receipt(counter, attempt, registration, known, store, is_labelled=is_labelled)
    return _told(registration, queue_new_set(connection, registration.claim, labels, receipt), already=False)


def view_of(connection: apsw.Connection, registration: Registration, *, already: bool) -> Registered:
    """Return what a screen may show of a registration that is durable here."""
    return _told(registration, jobs_of(connection, registration.claim), already=already)


def _told(registration: Registration, jobs: tuple[Job, ...], *, already: bool) -> Registered:
    return Registered(
        claim=registration.claim,
        number=registration.number,
        package=registration.package,
        rolls=registration.rolls,
        jobs=tuple(JobView.of_job(job) for job in jobs),
        waiting_for_manifest=registration.is_waiting,
        already=already,
    )


def _same_again(connection: apsw.Connection, attempt: Attempt) -> Registered:
    earlier = find_by_claim(connection, attempt.wish.event_id)
    if earlier is None or (earlier.item, earlier.card_mark) != (attempt.wish.item, attempt.card_mark):
        raise DeskRefusal(DeskReason.EVENT_ID_REUSED)
    if earlier.withdrawn:
        raise DeskRefusal(DeskReason.WITHDRAWN)
    return view_of(connection, earlier, already=True)


def _end_corrected(connection: apsw.Connection, claim: str) -> Registration:
    """End the registration that a new one corrects; its event stays, and stands aside upstream (DESIGN 5E)."""
    registration = find_by_claim(connection, claim)
    if registration is None:
        raise DeskRefusal(DeskReason.UNKNOWN_CLAIM)
    if registration.withdrawn:
        raise DeskRefusal(DeskReason.WITHDRAWN)
    if not is_parked(connection, claim):
        raise DeskRefusal(DeskReason.NOT_PARKED)
    withdraw(connection, claim, "corrected by another registration")
    return registration


def _stand_for(connection: apsw.Connection, corrected: Registration, registration: Registration) -> None:
    end_parked(connection, corrected.claim, by=registration.claim, how="corrected")
    if registration.package is not None:
        move_registration(connection, registration.package, corrected.claim, registration.claim)


def _labels(
    connection: apsw.Connection, counter: Counter, known: KnownPackage | None, store: Store, language: str
) -> tuple[RollLabel, ...]:
    if known is None:
        return ()
    copies = copies_of_rolls(connection, known.manifest.rolls)
    wanted = rolls_to_label(connection, counter.roster, known, copies=copies)
    return make_labels(connection, counter, known, store, language, wanted=wanted, copies=copies)


def _refuse_taken(connection: apsw.Connection, known: KnownPackage | None, attempt: Attempt) -> None:
    ids = (attempt.wish.item, *((known.manifest.package, *known.manifest.rolls) if known else ()))
    if is_revoked(connection, ids):
        raise DeskRefusal(DeskReason.MAKE_UP_WITHDRAWN if has_ended(connection, ids) else DeskReason.REVOKED)
    holder = find_live(connection, ids)
    if holder is None:
        return
    if not holder.card_mark:
        raise DeskRefusal(DeskReason.REGISTERED_HERE)
    if not is_same_customer(connection, holder.card_mark, attempt.card_mark):
        raise DeskRefusal(DeskReason.REGISTERED_TO_ANOTHER_CARD)
    raise DeskRefusal(DeskReason.REGISTERED_TO_THIS_CARD, claim=holder.claim, number=holder.number)


def _refuse_entered(connection: apsw.Connection, wish: RegisterWish) -> None:
    """Refuse a row of a paper list that was entered before, unless what it became was undone."""
    claim = claim_of_row(connection, wish.paper.row) if wish.paper else None
    earlier = find_by_claim(connection, claim) if claim else None
    if earlier is not None and not earlier.withdrawn:
        raise DeskRefusal(DeskReason.ROW_ENTERED)


def _fresh_number(connection: apsw.Connection, printed: Entropy) -> str:
    """Return a registration number this station has not given yet."""
    number = mint_registration_number(printed)
    while find_by_number(connection, number) is not None:
        number = mint_registration_number(printed)
    return number


def _registration(attempt: Attempt, number: str, known: KnownPackage | None, clock: Clock) -> Registration:
    manifest = known.manifest if known else None
    return Registration(
        claim=attempt.wish.event_id,
        number=number,
        item=attempt.wish.item,
        item_level=_level(attempt.wish, known),
        package=manifest.package if manifest else None,
        rolls=manifest.rolls if manifest else (),
        card_mark=attempt.card_mark,
        language=attempt.wish.language,
        made_at=clock.now().isoformat(timespec="milliseconds"),
    )


def _level(wish: RegisterWish, known: KnownPackage | None) -> ItemLevel:
    if known is None:
        return wish.level
    return "package" if wish.item == known.manifest.package else "roll"


def _claim(
    counter: Counter, attempt: Attempt, registration: Registration, labels: tuple[RollLabel, ...], store: Store
) -> PackageClaimed:
    wish = attempt.wish
    return PackageClaimed(
        item=registration.item,
        level=registration.item_level,
        package=registration.package,
        rolls=registration.rolls,
        store=store.gln,
        number=registration.number,
        item_typed=wish.item_typed,
        card_typed=wish.card_typed,
        claim_code=wish.claim_code is not None,
        activation=wish.activation or counter.roster.settings.activation,
        roster=counter.roster.version,
        copies=copies_of(labels),
        language=wish.language,
        staff=wish.staff,
        corrects=wish.corrects,
        paper=wish.paper,
        notice=wish.notice,
    )


def _receipt(
    counter: Counter,
    attempt: Attempt,
    registration: Registration,
    known: KnownPackage | None,
    store: Store,
    *,
    is_labelled: bool,
) -> Receipt:
    wish = attempt.wish
    return make_receipt(
        counter,
        registration,
        known,
        store,
        made_at=counter.clock.now(),
        is_typed=wish.item_typed or wish.card_typed,
        has_code=wish.claim_code is not None,
        is_labelled=is_labelled,
        guest_card=wish.card.number if wish.card.is_guest else "",
    )
