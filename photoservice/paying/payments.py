"""What was paid for orders and given back: each amount once, by the way it came and the key it came under (S4).

Money is never lost sight of: what comes for a cancelled order, or beyond its price, is kept like any other and promised
back at once. A promise is a negative payment that is not settled. What came by a provider's page goes back there by
itself (``checkouts.py``); the rest stands in the operators' list until somebody has given it.

Every method that writes holds the order's row first, so two payments, a payment and a refund, or two refunds of one
order come one after the other.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, cast

import msgspec

from photocore.errors import MoneyMalformed
from photocore.money import Money
from photocore.seams import Clock
from photoservice.db.database import Row, Session
from photoservice.errors import KeyReused, Malformed, Unknown
from photoservice.paying.errors import CurrencyMixed, RefundBeyond

Way = Literal["prepaid", "account", "till", "checkout", "staff"]
"""How money came; ``staff`` is what an operator notes by hand."""

Why = Literal["cancelled", "overpaid", "refund"]
"""Why money goes back: it came for what was cancelled, beyond the price, or somebody decided so."""

SERVICE = "service"
"""Who does what follows by itself."""


@dataclass(frozen=True, kw_only=True)
class Payment:
    """Money in (positive) or given back (negative). ``settled_at`` is None while it was promised and not given yet."""

    way: Way
    key: str
    money: Money
    at: datetime
    by: str
    settled_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class Owed:
    """What an order's customer was promised back under ``promise``, and has not got yet.

    ``trouble`` is why a provider would not; without it, what came by a provider's page goes back there by itself.
    """

    order: str
    way: Way
    promise: str
    money: Money
    why: Why
    since: datetime
    trouble: str


@dataclass(frozen=True, kw_only=True)
class Bill:
    """An order as paying sees it: whose it is, what it costs, and what was paid of it.

    ``paid`` is what came in less what was given back; ``received`` what came in alone.
    """

    order: str
    person: str | None
    root: str | None
    price: Money
    paid: Money
    received: Money
    pays: str
    language: str
    made_at: datetime
    is_handed_over: bool

    @property
    def lacking(self) -> Money:
        """What is still to be paid; never below nothing. What was given back of what was made is not due again.

        Nor is what a provider gave back beyond what was paid: nobody pays for its mistake.
        """
        had = (self.received if self.is_handed_over else self.paid).minor
        return Money(minor=max(0, self.price.minor - max(0, had)), currency=self.price.currency)


@dataclass(frozen=True, kw_only=True)
class Payments:
    """Keeps payments, and promises to give back."""

    clock: Clock

    async def bill(self, session: Session, order: str, *, is_held: bool = False) -> Bill:
        """Return what an order costs and what was paid; ``is_held``: nobody else changes it in this transaction.

        Raises:
            Unknown: there is no such order.
        """
        row = await session.row("paying.hold" if is_held else "paying.look", order)
        if row is None:
            raise Unknown("There is no such order.")
        currency = row["currency"]
        sums = cast("Row", await session.row("paying.paid", order))
        return Bill(
            order=row["id"],
            person=row["person"],
            root=row["root"],
            price=Money(minor=row["price"], currency=currency),
            paid=Money(minor=sums["paid"], currency=currency),
            received=Money(minor=sums["received"], currency=currency),
            pays=row["pays"],
            language=row["language"],
            made_at=row["made_at"],
            is_handed_over=row["is_handed_over"],
        )

    async def paid(self, session: Session, order: str) -> Money:
        """Return what came in for an order less what was given back, or promised to be.

        Raises:
            Unknown: there is no such order.
        """
        return (await self.bill(session, order)).paid

    async def of(self, session: Session, order: str) -> tuple[Payment, ...]:
        """Return all payments and refunds of an order, the oldest first."""
        return tuple(_payment(row) for row in await session.rows("paying.of_order", order))

    async def choose(self, session: Session, order: str, pays: Literal["till", "checkout"]) -> None:
        """Keep by which way an order is to be paid; what is on account stays there, however it is settled."""
        bill = await self.bill(session, order, is_held=True)
        if bill.pays != "account" and bill.lacking.minor:
            await session.run("paying.choose", order, pays, self.clock.now())

    async def note(
        self,
        session: Session,
        order: str,
        *,
        way: Way,
        key: str,
        minor: int,
        currency: str,
        by: str,
        about: Mapping[str, Any] | None = None,
    ) -> bool:
        """Keep what was paid, and have the order looked at now; return False where it was kept before.

        What comes too late, or is too much, is kept all the same, and what is beyond the price is promised back.

        Raises:
            Unknown: there is no such order.
            Malformed: no amount above nothing, or more than is ever paid.
            CurrencyMixed: the order is in another currency.
            KeyReused: the key stands for another payment.
        """
        bill = await self.bill(session, order, is_held=True)
        money = _amount(minor, currency, bill.price.currency)
        now = self.clock.now()
        written = _json(about or {})
        what = (way, key, order, money.minor, money.currency, now, by, written)
        if not await session.run("paying.insert", *what, "", "", now, None):
            await _refuse_another(session, way, key, order=order, money=money)
            return False
        await session.run("paying.look_at", order, now)
        beyond = money - bill.lacking
        if beyond.minor > 0:
            why: Why = "overpaid" if bill.price.minor else "cancelled"
            await self._promise(session, order, beyond, by=SERVICE, key=f"beyond {way} {key}", why=why)
        return True

    async def note_given_elsewhere(
        self, session: Session, order: str, *, key: str, money: Money, of_key: str, by: str, about: Mapping[str, Any]
    ) -> bool:
        """Keep that ``money`` (positive) went back by a provider without our asking; False where it was kept before."""
        bill = await self.bill(session, order, is_held=True)
        back = -_amount(money.minor, money.currency, bill.price.currency)
        now = self.clock.now()
        what = ("checkout", key, order, back.minor, back.currency, now, by, _json(about))
        is_new = bool(await session.run("paying.insert", *what, of_key, "", now, None))
        if is_new:
            await session.run("paying.look_at", order, now)
        return is_new

    async def refund(self, session: Session, order: str, minor: int, by: str, key: str) -> None:
        """Promise ``minor`` (positive) back, by the ways it came; asked again under ``key``, nothing more is promised.

        Raises:
            Unknown: there is no such order.
            Malformed: no amount above nothing, or more than is ever paid.
            RefundBeyond: more than was paid and not given back.
            KeyReused: the key stands for another refund.
        """
        bill = await self.bill(session, order, is_held=True)
        money = _amount(minor, bill.price.currency, bill.price.currency)
        before = await session.value("paying.promised", order, key)
        if before is not None:
            if before != money.minor:
                raise KeyReused
            return
        if money.minor > bill.paid.minor:
            raise RefundBeyond(max(0, bill.paid.minor))
        await self._promise(session, order, money, by=by, key=key, why="refund")

    async def given(self, session: Session, order: str, key: str, by: str) -> None:
        """Note that what was promised under ``key`` is in its customer's hands; once more changes nothing.

        What goes back by a provider is noted when the provider says so, unless it would not.

        Raises:
            Unknown: nothing was promised under this key.
        """
        await self.bill(session, order, is_held=True)
        if await session.run("paying.settle", order, key, self.clock.now(), by):
            return
        if not await session.value("paying.has_promise", order, key):
            raise Unknown("Nothing was promised under this key.")

    async def owed(self, session: Session, *, limit: int = 100) -> tuple[Owed, ...]:
        """Return what was promised back and is not given yet, of all orders, the oldest first."""
        return tuple(
            Owed(
                order=row["order_id"],
                way=row["way"],
                promise=row["promise"],
                money=Money(minor=row["minor"], currency=row["currency"]),
                why=row["why"],
                since=row["at"],
                trouble=row["trouble"],
            )
            for row in await session.rows("paying.owed", limit)
        )

    async def _promise(self, session: Session, order: str, money: Money, *, by: str, key: str, why: Why) -> None:
        """Share ``money`` out over the payments it came by, and write a promise for each. The order is held."""
        left, now = money.minor, self.clock.now()
        for place, row in enumerate(await session.rows("paying.returnable", order), start=1):
            part = min(left, row["left"])
            if part <= 0:
                continue
            left -= part
            told = msgspec.json.decode(row["about"])
            about = {name: told[name] for name in ("provider", "reference") if name in told} | {"why": why}
            try_at = now if row["way"] == "checkout" else None
            name = f"back {order} {place} {key}"
            what = (row["way"], name, order, -part, money.currency, now, by, _json(about))
            await session.run("paying.insert", *what, row["key"], key, None, try_at)


def _amount(minor: int, currency: str, wanted: str) -> Money:
    """Return an amount above nothing in the currency that is wanted."""
    try:
        money = Money(minor=minor, currency=currency)
    except MoneyMalformed as cause:
        raise Malformed("This is no amount of money.") from cause
    if minor <= 0:
        raise Malformed("An amount is more than nothing, in minor units.")
    if currency != wanted:
        raise CurrencyMixed(wanted)
    return money


def _json(about: Mapping[str, Any]) -> str:
    return msgspec.json.encode(dict(about)).decode()


async def _refuse_another(session: Session, way: Way, key: str, *, order: str, money: Money) -> None:
    row = await session.row("paying.by_key", way, key)
    if row is None or (row["order_id"], row["minor"], row["currency"]) != (order, money.minor, money.currency):
        raise KeyReused


def _payment(row: Row) -> Payment:
    return Payment(
        way=row["way"],
        key=row["key"],
        money=Money(minor=row["minor"], currency=row["currency"]),
        at=row["at"],
        by=row["by"],
        settled_at=row["settled_at"],
    )
