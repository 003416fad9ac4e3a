"""Orders as operators see them: all of them, by how they stand; one with everything; and what may be done with it.

What an operator does goes through the same verbs as what customers do (``photoservice/ordering``, ``.../paying``), so
the same rules hold: what is being made is not cancelled, money is noted once, a remake is made once for each key.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, Literal, get_args

from photocore.money import Money
from photocore.orders import Step
from photoservice.db.database import Row, Session
from photoservice.errors import Malformed, Unknown, Unprocessable
from photoservice.gallery.cursors import OrderPlace, read_cursor, write_cursor
from photoservice.operating.audit import Audit
from photoservice.operating.duty import Duty
from photoservice.ordering.orders import Orders
from photoservice.ordering.shown import OrderShown
from photoservice.ordering.steps import Steps
from photoservice.paying.errors import CurrencyMixed
from photoservice.paying.payments import Payment, Payments

Filter = Literal[
    "all", "open", "cooling", "waiting", "unpaid", "owed", "released", "refused", "asked", "done", "cancelled"
]

FILTERS: Final[tuple[Filter, ...]] = get_args(Filter)
WAITS: Final = ("confirmation", "payment", "address", "owner")
KINDS: Final = ("plan", "next_roll", "hand", "remake")
STEPS: Final[tuple[Step, ...]] = ("making", "refused", "made", "sent", "ready", "handed")
"""What an operator may note of a line; cancelling is a deed of its own."""

_STEPS: Final[Mapping[str, Step]] = {one: one for one in STEPS}
PAGE: Final = 50
_SCANNED: Final = 1_000
"""Orders looked at for one page, where what it waits for decides."""

_END: Final = OrderPlace(at=datetime(9999, 1, 1, tzinfo=UTC), order="~")


@dataclass(frozen=True, kw_only=True)
class OrdersAsked:
    """Which orders are wanted. ``wait``: those that wait for this. ``days``: made longer ago than so many days."""

    stage: Filter = "all"
    wait: str = ""
    kind: str = ""
    days: int = 0
    tenant: str | None = None
    behind: str = ""


@dataclass(frozen=True, kw_only=True)
class OrdersListed:
    """Some orders, the newest first, and the cursor of those behind them, or nothing.

    ``asked``: those of them of which something is to be made again, as their customers ask, and nobody answered yet.
    """

    orders: tuple[OrderShown, ...]
    asked: frozenset[str]
    behind: str


@dataclass(frozen=True, kw_only=True)
class Promise:
    """Money promised back that somebody has to give, and why a provider would not."""

    promise: str
    money: Money
    trouble: str


@dataclass(frozen=True, kw_only=True)
class AskedAgain:
    """A customer asked to have a line made again. A remake of it answers that, and money given back since."""

    at: datetime
    why: str
    is_answered: bool


@dataclass(frozen=True, kw_only=True)
class OrderOpened:
    """One order with its payments, how far its handing over is, and what is to be given back by hand.

    ``asked``: what its customer asked to have made again, by the lines' numbers.
    """

    order: OrderShown
    payments: tuple[Payment, ...]
    release: Row
    promises: tuple[Promise, ...]
    asked: Mapping[int, AskedAgain]


@dataclass(frozen=True, kw_only=True)
class OrdersDesk:
    """Shows orders to operators, and does what they decide."""

    audit: Audit
    orders: Orders
    steps: Steps
    payments: Payments

    async def list(self, session: Session, duty: Duty, asked: OrdersAsked) -> OrdersListed:
        """Return a page of orders; an operator of one tenant is shown that one's alone.

        Raises:
            Malformed: the cursor is none of ours.
        """
        place = read_cursor(asked.behind, OrderPlace) if asked.behind else _END
        found: list[OrderShown] = []
        for _ in range(_SCANNED // PAGE):
            rows = await self._rows(session, duty, asked, place)
            shown = await self.orders.reading.all(session, [row["id"] for row in rows[:PAGE]])
            found += [one for one in shown if not asked.wait or asked.wait in one.waits]
            if len(rows) <= PAGE:
                return OrdersListed(orders=tuple(found), asked=await self._asking(session, found), behind="")
            place = OrderPlace(at=rows[PAGE - 1]["made_at"], order=rows[PAGE - 1]["id"])
            if not asked.wait or len(found) >= PAGE:
                break
        return OrdersListed(orders=tuple(found), asked=await self._asking(session, found), behind=write_cursor(place))

    async def open(self, session: Session, duty: Duty, order: str) -> OrderOpened:
        """Return one order. Raises Unknown, for another tenant's too."""
        opened = await self._open(session, duty, order)
        await self._note(session, duty, "order_seen", order, {})
        return opened

    async def cancel(self, session: Session, duty: Duty, order: str, *, version: int, why: str) -> None:
        """Cancel what may be cancelled of an order; its people are told, and money is promised back.

        Raises:
            Unknown: there is no such order.
            OrderChangedMeanwhile, NotAsItStands: it is not as it was looked at, or does not allow it.
        """
        await self._refuse_foreign(session, duty, order)
        await self.orders.cancel_by(session, order, by=duty.operator, note=why, version=version)
        await self._note(session, duty, "order_cancelled", order, {"why": why})

    async def remake(
        self, session: Session, duty: Duty, order: str, *, lines: Sequence[int], key: str, version: int, why: str
    ) -> str:
        """Have lines made once more, for nothing; return the new order's ID. Raises as :meth:`cancel`."""
        await self._refuse_foreign(session, duty, order)
        made = await self.orders.remake(
            session, order, lines=lines, by=duty.operator, key=f"{duty.operator} {key}", version=version
        )
        about = {"why": why, "made": made, "lines": ",".join(str(line) for line in lines)}
        await self._note(session, duty, "order_remade", order, about)
        return made

    async def refund(self, session: Session, duty: Duty, order: str, *, money: Money, key: str, why: str) -> None:
        """Promise money back, in the order's currency.

        Raises:
            Unknown: there is no such order.
            Malformed: no amount.
            CurrencyMixed: the order is in another currency.
            RefundBeyond: more than was paid.
            KeyReused: the form was sent before, with another amount.
        """
        await self._refuse_foreign(session, duty, order)
        wanted = (await self.payments.paid(session, order)).currency
        if money.currency != wanted:
            raise CurrencyMixed(wanted)
        await self.payments.refund(session, order, money.minor, duty.operator, f"{duty.operator} {key}")
        about = {"minor": money.minor, "currency": money.currency, "why": why}
        await self._note(session, duty, "order_refunded", order, about)

    async def give_back(self, session: Session, duty: Duty, order: str, *, promise: str) -> None:
        """Note that money promised back is in its customer's hands. Raises Unknown."""
        await self._refuse_foreign(session, duty, order)
        await self.payments.given(session, order, promise, duty.operator)
        await self._note(session, duty, "refund_given", order, {"promise": promise})

    async def note_payment(self, session: Session, duty: Duty, order: str, *, money: Money, key: str, why: str) -> None:
        """Note money that came another way. Raises as :meth:`refund`."""
        await self._refuse_foreign(session, duty, order)
        name = f"{order} {duty.operator} {key}"
        about = {"minor": money.minor, "currency": money.currency, "why": why}
        await self.payments.note(
            session, order, way="staff", key=name, minor=money.minor, currency=money.currency, by=duty.operator
        )
        await self._note(session, duty, "payment_noted", order, about)

    async def note_step(
        self, session: Session, duty: Duty, order: str, *, line: int, step: str, key: str, why: str
    ) -> None:
        """Note a step that a lab did not tell itself.

        Raises:
            Unknown: there is no such order or line.
            Malformed: there is no such step.
            Unprocessable: what was noted before does not let it follow, or the order was not handed over.
        """
        if step not in _STEPS:
            raise Malformed("There is no such step.")
        await self._refuse_foreign(session, duty, order)
        verdict = await self.steps.note(
            session, order, line, _STEPS[step], at=self.audit.clock.now(), by=duty.operator, key=key, note=why
        )
        if verdict in ("refused", "reused"):
            raise Unprocessable("This step does not follow what was noted before.")
        await self._note(session, duty, "step_noted", order, {"line": line, "step": step, "why": why})

    async def _rows(self, session: Session, duty: Duty, asked: OrdersAsked, place: OrderPlace) -> Sequence[Row]:
        now = self.audit.clock.now()
        before = now - timedelta(days=asked.days) if asked.days else None
        whose = duty.tenant or asked.tenant
        return await session.rows(
            "ops_orders.list", place.at, place.order, asked.stage, whose, asked.kind, before, now, PAGE + 1
        )

    async def _open(self, session: Session, duty: Duty, order: str) -> OrderOpened:
        await self._refuse_foreign(session, duty, order)
        shown = await self.orders.look(session, order)
        payments = await self.payments.of(session, order)
        release = await session.row("ops_orders.release", order)
        if release is None:
            raise Unknown("There is no such order.")
        promises = tuple(
            Promise(
                promise=row["promise"],
                money=Money(minor=row["minor"], currency=row["currency"]),
                trouble=row["trouble"],
            )
            for row in await session.rows("ops_orders.promises", order)
        )
        asked = {
            row["number"]: AskedAgain(at=row["again_at"], why=row["again_why"], is_answered=row["is_answered"])
            for row in await session.rows("ops_orders.asked", [order])
        }
        return OrderOpened(order=shown, payments=payments, release=release, promises=promises, asked=asked)

    async def _asking(self, session: Session, orders: Sequence[OrderShown]) -> frozenset[str]:
        rows = await session.rows("ops_orders.asked", [one.id for one in orders])
        return frozenset(row["order_id"] for row in rows if not row["is_answered"])

    async def _refuse_foreign(self, session: Session, duty: Duty, order: str) -> None:
        if duty.tenant is not None and not await session.value("ops_orders.is_of", order, duty.tenant):
            raise Unknown("There is no such order.")

    async def _note(self, session: Session, duty: Duty, kind: str, order: str, about: Mapping[str, object]) -> None:
        await self.audit.add(session, duty, kind, order, about)
