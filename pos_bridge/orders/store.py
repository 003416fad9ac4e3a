"""The codes that were given out here: one-time, for so much, for so long; in bridge.db, so that a restart keeps them.

A reference is short, since a till's digits are few. So it is drawn at random among those that are free, and rests for
:data:`RESTS` after its code has expired: a sale that its till tells a fortnight late still finds the code it meant. A
number whose reference was never given out here is not ours, whatever its prefix: a scale's label, say.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Final, Literal, Protocol, TypeVar

import apsw
import msgspec

from photocore.codes import parse_order_code
from photocore.errors import CodeError
from photocore.seams import Clock, Entropy
from pos_bridge.errors import BridgeRefusal
from pos_bridge.orders import codes
from pos_bridge.orders.service import OrderService
from pos_bridge.settings import CodeSettings
from sync.statements import Row, one, run

T = TypeVar("T")

RESTS: Final = timedelta(days=14)
"""As long as a sale may wait for what it belongs to (``match.patience_h`` at most)."""
USABLE: Final = timedelta(minutes=2)
"""A code that ends sooner is not shown any more: its shopper still stands in the queue."""
TRIES: Final = 64

Fault = Literal["order_code_amount", "order_code_currency", "order_code_expired", "order_code_early"]


class Books(Protocol):
    """The bridge's database, as its ledger lets others write in it (:class:`pos_bridge.ledger.ledger.Ledger`)."""

    def write(self, work: Callable[[apsw.Connection], T]) -> T:
        """Run ``work`` in a transaction; durable on return. Raises JournalDown."""
        ...

    def read(self, work: Callable[[apsw.Connection], T]) -> T:
        """Run ``work`` on one committed state. Raises JournalDown."""
        ...


@dataclass(frozen=True, kw_only=True)
class Issued:
    """A code that was given out: what it charges, for what, when. Times are aware, in UTC.

    ``is_order``: it pays an order of the photoservice, whose own code is ``order_code`` while it may be needed.
    """

    number: int
    form: codes.Form
    reference: str
    code: str
    minor: int
    currency: str
    store: str
    about: str
    is_order: bool
    order_code: str | None = field(repr=False)
    issued_at: datetime
    expires_at: datetime


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What a line of a sale says of a code: the amount in the code, the line's own, and when it was.

    ``at`` is None where the till tells no time; then ``business_day`` stands for it.
    """

    in_code: int | None
    minor: int | None
    currency: str | None
    at: datetime | None
    business_day: date


def judge(issued: Issued, seen: Seen) -> Fault | None:
    """Say what is wrong with a sale that carried this code; None where nothing is.

    Both amounts must be the one that was given out, as far as they are said, to the minor unit. The moment of expiry
    itself is too late.
    """
    said = [amount for amount in (seen.in_code, seen.minor) if amount is not None]
    if not said or any(amount != issued.minor for amount in said):
        return "order_code_amount"
    if seen.currency is not None and seen.currency != issued.currency:
        return "order_code_currency"
    if seen.at is not None:
        if seen.at >= issued.expires_at:
            return "order_code_expired"
        return "order_code_early" if seen.at < issued.issued_at - timedelta(hours=1) else None
    # A business day may begin a day before it is told, and end after midnight.
    if seen.business_day > issued.expires_at.date() + timedelta(days=1):
        return "order_code_expired"
    return "order_code_early" if seen.business_day < issued.issued_at.date() - timedelta(days=1) else None


class IssuedCodes:
    """Gives codes out and knows them again. Thread-safe, as its books are.

    ``service`` is None in a store without a tenant key: then it charges only for the store itself.
    """

    def __init__(
        self,
        books: Books,
        settings: CodeSettings,
        *,
        store: str,
        clock: Clock,
        entropy: Entropy,
        service: OrderService | None = None,
    ) -> None:
        """Take the shop's layout.

        Raises:
            SettingsError: the layout is none, as :func:`pos_bridge.orders.codes.layout_of`.
        """
        codes.layout_of(settings)
        self._books = books
        self._settings = settings
        self._store = store
        self._clock = clock
        self._entropy = entropy
        self._service = service

    def issue(self, order_code: str, about: str = "") -> Issued:
        """Return a code that charges what an order's code (``TCO-``) pays; the same one as long as that holds.

        Raises:
            BridgeRefusal: ``order_code_unreadable``, ``order_code_refused`` (another retailer's as well),
                ``order_code_charged`` (paid here, not told yet), ``no_service``, ``amount_too_large``,
                ``all_references_used``, or as :class:`OrderService` says.
            SourceDown: the photoservice does not answer, and without it nobody knows what is to be paid.
            JournalDown: the code may not be kept.
        """
        try:
            text = parse_order_code(order_code)
        except CodeError as cause:
            raise BridgeRefusal(
                "order_code_unreadable", "This is no order code; it was misread or mistyped."
            ) from cause
        if self._service is None:
            raise BridgeRefusal(
                "no_service", "No tenant key is set (till.toml, service.key): orders cannot be charged."
            )
        told = self._service.look_up(text)
        now = self._clock.now()
        until = min(now + self._life, told.expires_at.astimezone(UTC))
        money = {"minor": told.minor, "currency": told.currency}
        wish = {"about": about, "is_order": 1, "order_code": text, "wish": None} | money
        return self._give_out(wish, now, until)

    def issue_plain(self, minor: int, currency: str, about: str, *, wish: str | None = None) -> Issued:
        """Return a code for a charge of the store's own, such as the price of developing what a ticket names.

        ``wish`` names what it is for, once and for ever: asked again, the same code is returned.

        Raises:
            BridgeRefusal: ``amount_none``, ``amount_too_large``, ``all_references_used``.
            JournalDown: the code may not be kept.
        """
        now = self._clock.now()
        said = {"minor": minor, "currency": currency, "about": about, "is_order": 0, "order_code": None, "wish": wish}
        return self._give_out(said, now, now + self._life)

    def is_taken_in(self, number: int) -> bool:
        """Say whether a till told that it took in the money of a code, and did not give it back."""
        asked = {"number": number}
        return bool(self._books.read(lambda connection: run(connection, "pos_bridge/orders.paid_at_till", asked)))

    def find(self, text: str, at: datetime | None = None) -> Issued | None:
        """Return what was given out as the code on a line; None if it is none of ours.

        Of several codes with one reference it is the newest that was given out by ``at`` (aware), or the newest.
        """
        scanned = codes.parse(text, self._settings)
        if scanned is None:
            return None
        where = {"form": scanned.form, "reference": scanned.reference}
        rows = self._books.read(lambda connection: run(connection, "pos_bridge/orders.by_reference", where))
        given = [_issued(row) for row in rows]
        in_time = (one for one in given if at is None or one.issued_at <= at)
        return next(in_time, given[-1] if given else None)

    def by_number(self, number: int) -> Issued | None:
        """Return one code."""
        row = self._books.read(lambda connection: one(connection, "pos_bridge/orders.by_number", {"number": number}))
        return _issued(row) if row else None

    def newest(self, limit: int = 20) -> tuple[Issued, ...]:
        """Return the codes given out last, for whoever looks at the cashier page."""
        rows = self._books.read(lambda connection: run(connection, "pos_bridge/orders.newest", {"limit": limit}))
        return tuple(map(_issued, rows))

    def forget(self) -> int:
        """Drop the photoservice's own codes where nothing needs them any more; return how many they were."""
        now = {"now": _text(self._clock.now())}
        return len(self._books.write(lambda connection: run(connection, "pos_bridge/orders.forget_orders", now)))

    @property
    def _life(self) -> timedelta:
        return timedelta(minutes=self._settings.life_min)

    def _give_out(self, said: Mapping[str, object], now: datetime, until: datetime) -> Issued:
        minor = int(str(said["minor"]))
        candidates = [codes.draw_reference(self._entropy, minor, self._settings) for _ in range(TRIES)]
        made = {reference: codes.compose(reference, minor, self._settings) for reference in candidates}
        common = dict(said) | {
            "form": self._settings.form,
            "store": self._store,
            "issued_at": _text(now),
            "expires_at": _text(until),
            "rests_until": _text(until + RESTS),
        }

        def give(connection: apsw.Connection) -> Row:
            if (given := _given_already(connection, said, now)) is not None:
                return given
            reference = self._free(connection, candidates, now)
            code = made.get(reference) or codes.compose(reference, minor, self._settings)
            return run(connection, "pos_bridge/orders.issue", common | {"reference": reference, "code": code})[0]

        return _issued(self._books.write(give))

    def _free(self, connection: apsw.Connection, candidates: Sequence[str], now: datetime) -> str:
        where = {"form": self._settings.form, "now": _text(now)}
        drawn = where | {"candidates": msgspec.json.encode(candidates).decode()}
        found = one(connection, "pos_bridge/orders.first_free", drawn)
        if found is None and self._settings.form == "ean13":
            count = codes.references(self._settings)
            round_ = {"digits": len(candidates[0]), "start": int(candidates[0]), "count": count, "now": where["now"]}
            taken = run(connection, "pos_bridge/orders.count_resting", where)[0][0]
            found = one(connection, "pos_bridge/orders.next_free", round_) if taken < count else None
        if found is None:
            raise BridgeRefusal(
                "all_references_used",
                f"All references of the codes are taken; each is free {RESTS.days} days after its code has expired."
                " A layout with more letters R, or Code 128, has more.",
            )
        return str(found[0])


def read_issued(connection: apsw.Connection, form: str, reference: str) -> tuple[Issued, ...]:
    """Return all codes that ever bore a reference, the newest first; for whoever holds a transaction already."""
    where = {"form": form, "reference": reference}
    return tuple(_issued(row) for row in run(connection, "pos_bridge/orders.by_reference", where))


def _given_already(connection: apsw.Connection, said: Mapping[str, object], now: datetime) -> Row | None:
    """Return the code that was given out for the same wish, or for the same order and amount and still holds.

    Raises:
        BridgeRefusal: ``order_code_charged``: the order was paid here, and the photoservice does not know it yet.
    """
    if said["wish"] is not None:
        return one(connection, "pos_bridge/orders.by_wish", {"wish": said["wish"]})
    if said["order_code"] is None:
        return None
    if run(connection, "pos_bridge/orders.taken_in", {"order_code": said["order_code"]}):
        raise BridgeRefusal("order_code_charged", "A till took its money in already, which is still to be told.")
    wanted = {name: said[name] for name in ("order_code", "minor", "currency")}
    return one(connection, "pos_bridge/orders.by_order", wanted | {"usable_at": _text(now + USABLE)})


def _issued(row: Row) -> Issued:
    number, form, reference, code, minor, currency, store, about, is_order, order_code, issued_at, expires_at = row
    return Issued(
        number=number,
        form=form,
        reference=reference,
        code=code,
        minor=minor,
        currency=currency,
        store=store,
        about=about,
        is_order=bool(is_order),
        order_code=order_code,
        issued_at=datetime.fromisoformat(issued_at),
        expires_at=datetime.fromisoformat(expires_at),
    )


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds")
