"""The one commit of a registration: event, outbox row, label jobs and receipt job, all or none (DESIGN 3, 5B).

A package and all its rolls are one event, so half a package cannot exist. The same event ID a second time, from a
retry or after a crash, gives the same answer and writes nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import apsw

from photocore.codes import mint_access_code, mint_copy_id, mint_registration_number
from photocore.errors import CodeError
from photocore.events import SealedPart
from photocore.ids import ItemId, Sgtin, parse_item
from photocore.kinds import LabelCopy, PackageClaimed, PackageClaimedSealed, PackageClaimedSecrets
from photocore.label import Receipt, RollLabel
from photocore.package import Product
from photocore.roster import Store
from photocore.seams import Clock, Entropy
from sync.copies import fresh_copy, jobs_of, queue_label, queue_receipt
from sync.drafts import Drafter
from sync.errors import DeskReason, DeskRefusal
from sync.journal import Transaction
from sync.registrations import (
    ItemLevel,
    Registration,
    add_registration,
    find_by_claim,
    find_by_number,
    find_live,
    mark_card,
)
from sync.roster import KnownPackage, Roster, find_package, is_revoked
from sync.views import JobView, Registered, RegisterWish
from sync.words import ReceiptWord, ReceiptWords


@dataclass(frozen=True, kw_only=True)
class Counter:
    """What registering needs besides the journal: the roster, the drafter, the station's card key, the words."""

    roster: Roster
    drafter: Drafter
    card_key: bytes
    words: ReceiptWords

    @property
    def clock(self) -> Clock:
        """The station's clock."""
        return self.drafter.clock

    @property
    def entropy(self) -> Entropy:
        """The station's randomness."""
        return self.drafter.entropy


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
    card = PackageClaimedSealed(card_table=wish.card.table, card_number=wish.card.number)
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
    if (earlier := find_by_claim(connection, wish.event_id)) is not None:
        return _same_again(connection, earlier, attempt)
    store = counter.roster.store
    if store is None:
        raise DeskRefusal(DeskReason.NO_ROSTER)
    known = find_package(connection, wish.item)
    _refuse_taken(connection, known, attempt)
    transaction.require_room()
    number = _fresh_number(connection, counter.drafter.printed)
    registration = _registration(attempt, number, known, counter.clock)
    labels = make_labels(connection, counter, registration, known, store) if known else ()
    claim = _claim(counter, attempt, registration, labels, store)
    draft = counter.drafter.draft(claim, event_id=wish.event_id)
    transaction.append(replace(draft, sealed=attempt.sealed, secrets=attempt.secrets))
    add_registration(connection, registration)
    place = queue_labels(connection, registration.claim, labels)
    queue_receipt(connection, registration.claim, _receipt(counter, attempt, registration, known, store), place=place)
    return view_of(connection, registration, already=False)


def view_of(connection: apsw.Connection, registration: Registration, *, already: bool) -> Registered:
    """Return what a screen may show of a registration that is durable here."""
    return Registered(
        claim=registration.claim,
        number=registration.number,
        package=registration.package,
        rolls=registration.rolls,
        jobs=tuple(JobView.of_job(job) for job in jobs_of(connection, registration.claim)),
        waiting_for_manifest=registration.is_waiting,
        already=already,
    )


def make_labels(
    connection: apsw.Connection, counter: Counter, registration: Registration, known: KnownPackage, store: Store
) -> tuple[RollLabel, ...]:
    """Return one fresh label a roll, with the manifest's IDs; none where the store prints receipts only."""
    if counter.roster.settings.labels == "receipt_only":
        return ()
    rolls = known.manifest.rolls
    films = [_film(_product_of_roll(counter.roster, known, roll)) for roll in rolls]
    return tuple(
        RollLabel(
            roll=roll,
            number=place,
            of=len(rolls),
            copy=fresh_copy(connection, roll, counter.drafter.printed),
            package=known.manifest.package,
            product=name,
            detail=detail,
            store=store.name,
            language=registration.language,
        )
        for place, (roll, (name, detail)) in enumerate(zip(rolls, films, strict=True), start=1)
    )


def queue_labels(connection: apsw.Connection, claim: str, labels: Iterable[RollLabel]) -> int | None:
    """Queue a set of labels in one place of the line and return that place, or None for an empty set."""
    place: int | None = None
    for label in labels:
        place = queue_label(connection, claim, label, place=place)
    return place


def copies_of(labels: Iterable[RollLabel]) -> tuple[LabelCopy, ...]:
    """Return the copies that ``labels`` are, as an event tells of them."""
    return tuple(LabelCopy(roll=label.roll, copy=label.copy) for label in labels)


def _same_again(connection: apsw.Connection, earlier: Registration, attempt: Attempt) -> Registered:
    if (earlier.item, earlier.card_mark) != (attempt.wish.item, attempt.card_mark):
        raise DeskRefusal(DeskReason.EVENT_ID_REUSED)
    if earlier.withdrawn:
        raise DeskRefusal(DeskReason.WITHDRAWN)
    return view_of(connection, earlier, already=True)


def _refuse_taken(connection: apsw.Connection, known: KnownPackage | None, attempt: Attempt) -> None:
    ids = (attempt.wish.item, *((known.manifest.package, *known.manifest.rolls) if known else ()))
    if is_revoked(connection, ids):
        raise DeskRefusal(DeskReason.REVOKED)
    holder = find_live(connection, ids)
    if holder is None:
        return
    if holder.card_mark != attempt.card_mark:
        raise DeskRefusal(DeskReason.REGISTERED_TO_ANOTHER_CARD)
    raise DeskRefusal(DeskReason.REGISTERED_TO_THIS_CARD, claim=holder.claim, number=holder.number)


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
        activation=counter.roster.settings.activation,
        roster=counter.roster.version,
        copies=copies_of(labels),
    )


def _receipt(
    counter: Counter, attempt: Attempt, registration: Registration, known: KnownPackage | None, store: Store
) -> Receipt:
    name, detail = _film(counter.roster.product_of(known.facts) if known else None)
    language = registration.language
    words = _receipt_words(attempt.wish, registration)
    return Receipt(
        number=registration.number,
        package=registration.package or registration.item,
        store=store.name,
        made_at=counter.clock.now().astimezone(_zone(store)),
        card_masked="",
        rolls=registration.rolls,
        product=name,
        detail=detail,
        state_words=tuple(counter.words(language, word) for word in words),
        language=language,
        copy=mint_copy_id(counter.drafter.printed),
    )


def _receipt_words(wish: RegisterWish, registration: Registration) -> tuple[ReceiptWord, ...]:
    said = {
        ReceiptWord.REGISTERED_HERE: not registration.is_waiting,
        ReceiptWord.WAITING: registration.is_waiting,
        ReceiptWord.TYPED: wish.item_typed or wish.card_typed,
        ReceiptWord.CODE_GIVEN: wish.claim_code is not None,
    }
    return tuple(word for word, is_true in said.items() if is_true)


def _product_of_roll(roster: Roster, known: KnownPackage, roll: ItemId) -> Product | None:
    """Return what the roll is by its own GTIN, where the roster names that, else what its package is."""
    try:
        item = parse_item(roll)
    except CodeError:
        return roster.product_of(known.facts)
    own = roster.product(item.gtin) if isinstance(item, Sgtin) else None
    return own or roster.product_of(known.facts)


def _film(product: Product | None) -> tuple[str, str]:
    return (product.name, product.detail) if product else ("", "")


def _zone(store: Store) -> tzinfo:
    try:
        return ZoneInfo(store.timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return UTC
