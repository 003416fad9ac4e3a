"""What tills took in for order codes, on its way to the photoservice: durable first, told once, and never in doubt.

A charge is named by the line of the sale that carried the code, and redeemed under a key made of that name: told
again, it is answered the same. Without a connection it waits. The photoservice takes no payment back, so a line that is
voided after its redemption, or paid for an order that takes no money any more, is a person's to settle.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Literal

import apsw
import structlog

from photocore.seams import Clock
from pos_bridge.errors import BridgeRefusal, SourceDown
from pos_bridge.orders.service import OrderService
from pos_bridge.orders.store import Books, IssuedCodes
from pos_bridge.sale import LineKey
from sync.statements import Row, one, run

State = Literal["plain", "owed", "redeemed", "refused", "withdrawn"]

AT_ONCE: Final = 50
FIRST_WAIT_S: Final = 15
LONGEST_WAIT_S: Final = 3600


@dataclass(frozen=True, kw_only=True)
class Charge:
    """A line of a sale carried the code of this ``number`` (:class:`pos_bridge.orders.store.Issued`)."""

    number: int
    line: LineKey
    minor: int
    currency: str


@dataclass(frozen=True, kw_only=True)
class Trouble:
    """A charge that a person must settle. ``line`` names it, ``place`` says till, day, receipt and line.

    ``order_code_refused``: the till took the money, and the order takes none, or not twice. ``order_code_taken_back``:
    the order counts as paid, and the till has given the money back. A code pays once: whichever of its lines paid the
    order, one line that counts is right.
    """

    kind: Literal["order_code_refused", "order_code_taken_back"]
    line: str
    place: str
    code: str
    minor: int
    currency: str
    order: str | None
    why: str
    at: datetime | None


@dataclass(frozen=True, kw_only=True)
class ChargeFigures:
    """How many charges wait for the photoservice, since when, and how many codes charge now."""

    owed: int
    oldest: datetime | None
    live_codes: int


@dataclass(frozen=True, kw_only=True)
class _Kept:
    line: str
    place: str
    number: int
    minor: int
    currency: str
    state: State
    is_taken_back: bool
    is_asked: bool
    tries: int


class Charges:
    """The queue to the photoservice. Thread-safe but for :meth:`run_once`, which one thread calls."""

    def __init__(
        self,
        books: Books,
        issued: IssuedCodes,
        *,
        clock: Clock,
        service: OrderService | None = None,
        wake: Callable[[], object] = lambda: None,
        log: Any = None,  # noqa: ANN401  structlog's loggers share no useful type
    ) -> None:
        self._books = books
        self._issued = issued
        self._clock = clock
        self._service = service
        self._wake = wake
        self._log = (log or structlog.get_logger()).bind(part="charges")
        self._is_down = False

    def paid(self, charge: Charge) -> bool:
        """Note that a till took the money in; durable on return. Say whether that is news. Repeating it is harmless.

        Raises:
            BridgeRefusal: ``order_code_unknown``: no such code was given out here.
            JournalDown: it may not be kept.
        """
        issued = self._issued.by_number(charge.number)
        if issued is None:
            raise BridgeRefusal("order_code_unknown", "No code of this number was given out here.")
        name = line_name(charge.line)

        def note(connection: apsw.Connection) -> bool:
            row = one(connection, "pos_bridge/orders.charge", {"line": name})
            if row is not None:
                return self._again(connection, _kept(row), is_order=issued.is_order)
            said: dict[str, object] = {
                "line": name,
                "place": str(charge.line),
                "number": charge.number,
                "minor": charge.minor,
                "currency": charge.currency,
                "state": "owed" if issued.is_order else "plain",
                "now": self._now(),
            }
            run(connection, "pos_bridge/orders.note_charge", said)
            return True

        is_news = self._books.write(note)
        if is_news:
            self._wake()
        return is_news

    def taken_back(self, line: LineKey) -> bool:
        """Note that a line was voided or refunded, or was no sale after all; say whether that is news.

        What the photoservice was not told yet it is not told any more; what it may have been told is found out; what
        it was told becomes a :class:`Trouble`.

        Raises:
            JournalDown: it may not be kept.
        """
        name = line_name(line)

        def note(connection: apsw.Connection) -> bool:
            row = one(connection, "pos_bridge/orders.charge", {"line": name})
            if row is None or (kept := _kept(row)).is_taken_back:
                return False
            state = kept.state
            if state == "plain" or (state == "owed" and not kept.is_asked):
                state = "withdrawn"
            self._change(connection, name, state, is_taken_back=True)
            return True

        is_news = self._books.write(note)
        if is_news:
            self._wake()
        return is_news

    def run_once(self) -> int:
        """Tell the photoservice what is due, as far as it answers; return how many charges are settled by it.

        Raises:
            JournalDown: the books take nothing now.
        """
        if self._service is None:
            return 0
        wanted = {"now": self._now(), "limit": AT_ONCE}
        rows = self._books.read(lambda connection: run(connection, "pos_bridge/orders.due", wanted))
        settled = 0
        for row in rows:
            try:
                settled += self._settle(_kept(row), self._service)
            except SourceDown as down:
                self._note_down(str(down))
                break
            self._note_up()
        return settled

    def due_in_s(self) -> float:
        """Return how long nothing needs to be done: at most :data:`LONGEST_WAIT_S`."""
        return float(FIRST_WAIT_S) if self.figures().owed else float(LONGEST_WAIT_S)

    def state_of(self, line: LineKey) -> State | None:
        """Return where a line's charge stands; None if it carried no code."""
        where = {"line": line_name(line)}
        row = self._books.read(lambda connection: one(connection, "pos_bridge/orders.charge", where))
        return _kept(row).state if row else None

    def troubles(self) -> tuple[Trouble, ...]:
        """Return what a person must settle, the oldest first."""
        rows = self._books.read(lambda connection: run(connection, "pos_bridge/orders.troubles"))
        return tuple(map(_trouble, rows))

    def close(self, line: str) -> bool:
        """Note that a person has settled a :class:`Trouble`, by its ``line``; say whether there was one."""
        return bool(
            self._books.write(lambda connection: run(connection, "pos_bridge/orders.close_trouble", {"line": line}))
        )

    def figures(self) -> ChargeFigures:
        """Return what the light, the doctor and the metrics show."""
        now = {"now": self._now()}
        owed, oldest, live = self._books.read(lambda connection: run(connection, "pos_bridge/orders.figures", now)[0])
        return ChargeFigures(owed=owed, oldest=datetime.fromisoformat(oldest) if oldest else None, live_codes=live)

    # -- one charge ---------------------------------------------------------------------------------------------------

    def _again(self, connection: apsw.Connection, kept: _Kept, *, is_order: bool) -> bool:
        """Take a charge up again that was taken back: the line counts after all."""
        if not kept.is_taken_back:
            return False
        state: State = kept.state
        if state == "withdrawn":
            state = "owed" if is_order else "plain"
        self._change(connection, kept.line, state, is_taken_back=False)
        return True

    def _change(self, connection: apsw.Connection, line: str, state: State, *, is_taken_back: bool) -> None:
        said: dict[str, object] = {"line": line, "state": state, "is_taken_back": int(is_taken_back)}
        run(connection, "pos_bridge/orders.change_charge", said | {"now": self._now()})

    def _settle(self, kept: _Kept, service: OrderService) -> int:
        issued = self._issued.by_number(kept.number)
        code = issued.order_code if issued else None
        if code is None:
            return self._answered(kept, "refused", why="its order code is not kept here any more")
        if kept.is_taken_back and self._is_still_unpaid(kept, code, service):
            return self._answered(kept, "withdrawn")
        next_at = _text(self._clock.now() + timedelta(seconds=wait_s(kept.tries)))
        going = {"line": kept.line, "next_at": next_at}
        if not self._books.write(lambda connection: run(connection, "pos_bridge/orders.note_try", going)):
            return 0  # it was voided a moment ago
        try:
            order = service.redeem(code, minor=kept.minor, currency=kept.currency, key=f"till-{kept.line}")
        except SourceDown as down:
            self._put_off(kept, str(down), next_at)
            raise
        except BridgeRefusal as refusal:
            if refusal.reason == "order_code_refused":
                return self._answered(kept, "withdrawn" if kept.is_taken_back else "refused", why=str(refusal))
            self._put_off(kept, str(refusal), next_at)
            raise SourceDown(str(refusal)) from refusal
        return self._answered(kept, "redeemed", order=order)

    def _is_still_unpaid(self, kept: _Kept, code: str, service: OrderService) -> bool:
        """Say whether a redemption that had no answer surely did not arrive: then its order still takes money."""
        try:
            service.look_up(code)
        except SourceDown as down:
            self._put_off(kept, str(down), _text(self._clock.now() + timedelta(seconds=wait_s(kept.tries))))
            raise
        except BridgeRefusal:
            return False
        return True

    def _put_off(self, kept: _Kept, why: str, next_at: str) -> None:
        said = {"line": kept.line, "why": why, "next_at": next_at}
        self._books.write(lambda connection: run(connection, "pos_bridge/orders.put_off", said))

    def _answered(self, kept: _Kept, state: State, *, why: str = "", order: str | None = None) -> int:
        said = {"line": kept.line, "state": state, "why": why, "order_id": order, "now": self._now()}
        self._books.write(lambda connection: run(connection, "pos_bridge/orders.settle", said))
        self._log.info("charge.settled", place=kept.place, state=state, why=why)
        return 1

    def _note_down(self, why: str) -> None:
        if not self._is_down:
            self._is_down = True
            self._log.warning("charges.wait", why=why)

    def _note_up(self) -> None:
        if self._is_down:
            self._is_down = False
            self._log.info("charges.go_on")

    def _now(self) -> str:
        return _text(self._clock.now())


def line_name(line: LineKey) -> str:
    """Return the name of a line's first unit: 32 hex digits, the same for ever."""
    return line.unit(1)


def wait_s(tries: int) -> int:
    """Return how long a charge waits after so many tries."""
    return int(min(FIRST_WAIT_S * 2 ** min(tries, 16), LONGEST_WAIT_S))


def _kept(row: Row) -> _Kept:
    line, place, of, minor, currency, state, is_taken_back, is_asked, tries, *_ = row
    return _Kept(
        line=line,
        place=place,
        number=of,
        minor=minor,
        currency=currency,
        state=state,
        is_taken_back=bool(is_taken_back),
        is_asked=bool(is_asked),
        tries=tries,
    )


def _trouble(row: Row) -> Trouble:
    line, place, code, minor, currency, kind, why, order, at = row
    return Trouble(
        kind=kind,
        line=line,
        place=place,
        code=code,
        minor=minor,
        currency=currency,
        order=order,
        why=why,
        at=datetime.fromisoformat(at) if at else None,
    )


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds")
