"""What a till told of sales, inside a transaction: sold, given back, taken back (DESIGN 5C; K5).

Each is one event with one row beside it. A registration of this station is tied to a sale by the card that lay in the
same basket; it ends when every sale it is tied to was given back, and stands again when that was not so. It is the
owner rule's own test, made early: the photoservice makes it for all stations, so no withdrawal is written here.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

import apsw
import msgspec

from photocore.events import Hex32, SealedPart
from photocore.ids import ItemId
from photocore.kinds import Body, public_of
from photocore.till_kinds import PackageSold, PackageSoldSealed, SaleCorrected, SaleRefunded
from sync.cards import is_same_customer
from sync.counter import Counter
from sync.errors import DeskReason, DeskRefusal
from sync.journal import Transaction
from sync.made_up import is_event
from sync.registrations import Registration, find_by_claim, find_live, mark_card, withdraw
from sync.statements import Row, number, one, run
from sync.till_views import CorrectionWish, RefundWish, SaleWish, TiedRegistration, Told

GIVEN_BACK = "given back at the till"
"""Why the papers of such a registration are void; what tells them from papers that are void for another cause."""

KindTold = type[PackageSold] | type[SaleRefunded] | type[SaleCorrected]
_WORDS: dict[KindTold, str] = {PackageSold: "sold", SaleRefunded: "refunded", SaleCorrected: "corrected"}

SomeBody = TypeVar("SomeBody", bound=Body)


@dataclass(frozen=True, kw_only=True)
class SaleAttempt:
    """A sale with its card sealed, before the journal's one writer is held."""

    event_id: str
    body: PackageSold
    card_mark: bytes = field(repr=False)
    sealed: SealedPart | None


@dataclass(frozen=True, kw_only=True)
class TillRow:
    """One event told of a sale, as the station remembers it; ``card_mark`` is None where it came back without it."""

    event: str
    kind: str
    item: ItemId
    sale: str
    said: bytes
    card_mark: bytes | None
    corrected_by: str | None


def prepare_sale(counter: Counter, wish: SaleWish) -> SaleAttempt:
    """Seal the card of a sale.

    Raises:
        DeskRefusal: what is told is no sale.
    """
    body = checked(
        PackageSold(
            item=wish.item,
            sale=wish.sale,
            store=wish.store,
            till=wish.till,
            business_day=wish.business_day,
            sequence=wish.sequence,
            line=wish.line,
            how=wish.how,
            amount=wish.amount,
            currency=wish.currency,
            staff=wish.staff,
        )
    )
    check_event_id(wish.event_id)
    card = wish.card
    if card is None:
        return SaleAttempt(event_id=wish.event_id, body=body, card_mark=b"", sealed=None)
    personal = checked(PackageSoldSealed(card_table=card.table, card_number=card.number, card_issue=card.issue))
    return SaleAttempt(
        event_id=wish.event_id,
        body=body,
        card_mark=mark_card(card, counter.card_key),
        sealed=counter.drafter.seal(wish.event_id, PackageSold, "sealed", personal),
    )


def sell(transaction: Transaction, counter: Counter, attempt: SaleAttempt) -> Told:
    """Write a sale, or find the one this event ID already stands for.

    Raises:
        DeskRefusal: another store's, or the unit is told of already by another event.
        DiskFull: there is no room for new events.
    """
    connection, body = transaction.connection, attempt.body
    if (earlier := _same_again(connection, attempt.event_id, body, attempt.card_mark)) is not None:
        return earlier
    _refuse_store(counter, body.store)
    if _standing(connection, body.sale, "sold") is not None:
        raise DeskRefusal(DeskReason.UNIT_SOLD)
    transaction.require_room()
    draft = counter.drafter.draft(body, event_id=attempt.event_id)
    event = transaction.append(replace(draft, sealed=attempt.sealed))
    note_told(connection, event.id, event.at, body, sale=body.sale, card_mark=attempt.card_mark)
    return _settled(connection, event.id, ItemId(body.item))


def refund_sale(transaction: Transaction, counter: Counter, wish: RefundWish) -> Told:
    """Write that a unit was given back, and end the registrations tied to it. Raises as :func:`sell`."""
    body = checked(
        SaleRefunded(
            item=wish.item, sale=wish.sale, refund=wish.refund, store=wish.store, how=wish.how, staff=wish.staff
        )
    )
    check_event_id(wish.event_id)
    connection = transaction.connection
    if (earlier := _same_again(connection, wish.event_id, body, b"")) is not None:
        return earlier
    _refuse_store(counter, body.store)
    if _standing(connection, body.sale, "refunded") is not None:
        raise DeskRefusal(DeskReason.UNIT_REFUNDED)
    transaction.require_room()
    event = transaction.append(counter.drafter.draft(body, event_id=wish.event_id))
    note_told(connection, event.id, event.at, body, sale=body.sale)
    return _settled(connection, event.id, ItemId(body.item))


def correct_sale(transaction: Transaction, counter: Counter, wish: CorrectionWish) -> Told:
    """Take back what an event of this station told, with all that followed from it here.

    Raises:
        DeskRefusal: no such event told of this piece, or it was taken back before.
        DiskFull: there is no room for new events.
    """
    body = checked(SaleCorrected(told=wish.told, item=wish.item, reason=wish.reason[:200], staff=wish.staff))
    check_event_id(wish.event_id)
    connection = transaction.connection
    if (earlier := _same_again(connection, wish.event_id, body, b"")) is not None:
        return earlier
    told = row_of(connection, wish.told)
    if told is None or told.kind == "corrected" or told.item != wish.item:
        raise DeskRefusal(DeskReason.UNKNOWN_SALE)
    if told.corrected_by is not None:
        raise DeskRefusal(DeskReason.SALE_CORRECTED)
    transaction.require_room()
    event = transaction.append(counter.drafter.draft(body, event_id=wish.event_id))
    note_told(connection, event.id, event.at, body, sale=told.sale)
    run(connection, "till.correct", {"event": told.event, "by": event.id})
    return _settled(connection, event.id, told.item)


def find_told(connection: apsw.Connection, event_id: str) -> Told | None:
    """Return what one event told, None where this station told no such thing."""
    row = row_of(connection, event_id)
    return Told(event_id=row.event, already=True, corrected_by=row.corrected_by) if row else None


def row_of(connection: apsw.Connection, event_id: str) -> TillRow | None:
    """Return what the station remembers of one event that told of a sale."""
    row = one(connection, "till.by_event", {"event": event_id})
    return _read(row) if row else None


def note_told(
    connection: apsw.Connection, event: str, at: str, body: Body, *, sale: str, card_mark: bytes | None = b""
) -> None:
    """Remember what an event of this very transaction told of a unit; without ``card_mark`` its card is not known.

    Raises:
        apsw.ConstraintError: it is remembered already.
    """
    said: dict[str, Any] = msgspec.structs.asdict(body)
    values = {
        "event": event,
        "kind": _WORDS[type(body)],  # type: ignore[index]
        "item": said["item"],
        "sale": sale,
        "at": at,
        "said": _digest(body),
        "card_mark": card_mark,
    }
    run(connection, "till.add", values)


def settle_registrations(connection: apsw.Connection, item: ItemId) -> tuple[list[str], list[str]]:
    """End the registrations of ``item`` whose every tied sale was given back, and bring those back that have one again.

    Returns the claims of both. One whose package another registration has by now stays ended.
    """
    ended: list[str] = []
    back: list[str] = []
    for claim, withdrawn in run(connection, "till.holders", {"item": item}):
        is_over = _is_over(connection, claim)
        if is_over and not withdrawn:
            withdraw(connection, claim, GIVEN_BACK)
            run(connection, "till.end_registration", {"claim": claim})
            ended.append(claim)
        elif not is_over and withdrawn and _is_free(connection, claim):
            run(connection, "till.unend_registration", {"claim": claim})
            run(connection, "till.stand_again", {"claim": claim})
            run(connection, "till.revive_papers", {"claim": claim, "why": GIVEN_BACK})
            back.append(claim)
    return ended, back


def has_ended_by_sale(connection: apsw.Connection, claim: str) -> bool:
    """Say whether a registration ended because what was bought was given back."""
    return number(connection, "till.is_ended", {"claim": claim}) > 0


def forget_end(connection: apsw.Connection, claim: str) -> None:
    """Forget that a registration ended with its sale: it was withdrawn for good."""
    run(connection, "till.unend_registration", {"claim": claim})


def checked(body: SomeBody) -> SomeBody:
    """Return ``body`` when it has the form that everyone expects of it: nothing else may be written.

    Raises:
        DeskRefusal: it has not.
    """
    try:
        return msgspec.convert(public_of(body), type(body), strict=True)
    except msgspec.ValidationError as cause:
        raise DeskRefusal(DeskReason.TILL_UNFIT) from cause


def check_event_id(event_id: str) -> None:
    """Refuse a name that no event can have. Raises DeskRefusal."""
    try:
        msgspec.convert(event_id, Hex32)
    except msgspec.ValidationError as cause:
        raise DeskRefusal(DeskReason.TILL_UNFIT) from cause


def _same_again(connection: apsw.Connection, event_id: str, body: Body, card_mark: bytes) -> Told | None:
    row = row_of(connection, event_id)
    if row is None:
        if is_event(connection, event_id):
            raise DeskRefusal(DeskReason.EVENT_ID_REUSED)
        return None
    is_same_card = row.card_mark is None or card_mark == row.card_mark
    if row.kind != _WORDS[type(body)] or row.said != _digest(body) or not is_same_card:  # type: ignore[index]
        raise DeskRefusal(DeskReason.EVENT_ID_REUSED)
    if row.card_mark is None:
        run(connection, "till.know_card", {"event": event_id, "card_mark": card_mark})
    return Told(event_id=event_id, already=True, corrected_by=row.corrected_by)


def _refuse_store(counter: Counter, store: str) -> None:
    known = counter.roster.store
    if known is None:
        raise DeskRefusal(DeskReason.NO_ROSTER)
    if known.gln != store:
        raise DeskRefusal(DeskReason.OTHER_STORE)


def _standing(connection: apsw.Connection, sale: str, kind: str) -> TillRow | None:
    row = one(connection, "till.standing", {"sale": sale, "kind": kind})
    return _read(row) if row else None


def _settled(connection: apsw.Connection, event_id: str, item: ItemId) -> Told:
    ended, back = settle_registrations(connection, item)
    return Told(event_id=event_id, ended=tuple(_tied(connection, ended)), back=tuple(_tied(connection, back)))


def _tied(connection: apsw.Connection, claims: list[str]) -> Iterator[TiedRegistration]:
    for claim in claims:
        registration = find_by_claim(connection, claim)
        if registration is not None:
            yield TiedRegistration(claim=claim, number=registration.number, item=registration.item)


def _is_over(connection: apsw.Connection, claim: str) -> bool:
    registration = find_by_claim(connection, claim)
    if registration is None:
        return False
    items = msgspec.json.encode(_items_of(registration)).decode()
    tied = [
        bool(given_back)
        for mark, given_back in run(connection, "till.sales_of", {"items": items})
        if is_same_customer(connection, registration.card_mark, bytes(mark or b""))
    ]
    return bool(tied) and all(tied)


def _is_free(connection: apsw.Connection, claim: str) -> bool:
    registration = find_by_claim(connection, claim)
    if registration is None:
        return False
    return find_live(connection, _items_of(registration)) is None


def _items_of(registration: Registration) -> tuple[ItemId, ...]:
    known = (registration.package,) if registration.package else ()
    return (registration.item, *known, *registration.rolls)


def _digest(body: Body) -> bytes:
    """Return a hash of what a body says, the same for a later version of its kind that knows more fields."""
    said = {
        name.name: value for name in msgspec.structs.fields(body) if (value := getattr(body, name.name)) != name.default
    }
    return hashlib.sha256(msgspec.json.encode(said, order="sorted")).digest()


def _read(row: Row) -> TillRow:
    event, kind, item, sale, said, card_mark, corrected_by = row
    return TillRow(
        event=event,
        kind=kind,
        item=ItemId(item),
        sale=sale,
        said=bytes(said),
        card_mark=bytes(card_mark) if card_mark is not None else None,
        corrected_by=corrected_by,
    )
