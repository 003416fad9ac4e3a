"""Order codes: pay an order at a till with ``TCO-`` and nine symbols (DESIGN 5G; S4).

A code is one-time, for exactly what the order lacks, and lives fourteen days. Only its HMAC is kept: the code itself
follows from the order and a secret of ours, so that a page can show it again and a dump of the database tells none.
What an order lacks is looked at once more when its code is redeemed, so a changed price, a payment by another way and a
cancellation end the code without anybody having to think of it.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

import msgspec

from photocore.codes import mint_order_code, parse_order_code
from photocore.errors import CodeError
from photocore.money import Money
from photocore.seams import Clock
from photoservice.db.database import Database, Row, Session
from photoservice.errors import KeyReused
from photoservice.keyring import Keyring
from photoservice.paying.errors import NothingToPay, OrderCodeRefused, StoreForeign
from photoservice.paying.payments import Bill, Payments
from photoservice.tenants import Tenant
from photoservice.throttle import Source, Throttle

LIVES: Final = timedelta(days=14)
FRESH: Final = timedelta(days=1)
"""A code that ends sooner is not shown any more: whoever looks at it may go to the store tomorrow."""


@dataclass(frozen=True, kw_only=True)
class GivenCode:
    """A live order code: its canonical text, what it pays, until when."""

    text: str = field(repr=False)
    money: Money
    expires_at: datetime


@dataclass(frozen=True, kw_only=True)
class Redemption:
    """What a till sends: the code as scanned or typed, what was taken in, under which key, in which store (GLN)."""

    code: str = field(repr=False)
    minor: int
    currency: str
    key: str
    store: str


@dataclass(frozen=True, kw_only=True)
class Redeemed:
    """An order that a till has paid, and when; ``is_new`` is False where the same was answered before."""

    order: str
    money: Money
    at: datetime
    is_new: bool


@dataclass(frozen=True, kw_only=True)
class _Counted:
    """Bytes that follow from a secret of ours, an order, and which of its codes it is."""

    keyring: Keyring
    order: str
    serial: int
    drawn: list[int] = field(default_factory=list[int])

    def token(self, n: int) -> bytes:
        """Return the next ``n`` bytes, at most 32."""
        self.drawn.append(n)
        return self.keyring.mac("order code of", self.order, str(self.serial), str(len(self.drawn)))[:n]


@dataclass(frozen=True, kw_only=True)
class OrderCodes:
    """Makes, shows and redeems order codes."""

    database: Database
    clock: Clock
    keyring: Keyring
    throttle: Throttle
    payments: Payments

    async def give(self, session: Session, order: str) -> GivenCode:
        """Return the order's live code for what it lacks; one for another amount, or about to end, is voided first.

        Raises:
            Unknown: there is no such order.
            NothingToPay: nothing is lacking, or the order was cancelled.
        """
        bill = await self.payments.bill(session, order, is_held=True)
        if not bill.lacking.minor:
            raise NothingToPay
        now = self.clock.now()
        row = await session.row("paying_codes.live", order)
        if row is not None and _still_fits(row, bill, now):
            return self._given(order, row["serial"], bill.lacking, row["expires_at"])
        await self.void(session, order)
        serial = 1 + await session.value("paying_codes.last", order)
        given = self._given(order, serial, bill.lacking, now + LIVES)
        what = (order, serial, given.money.minor, given.money.currency, now, given.expires_at)
        await session.run("paying_codes.insert", self._mac(given.text), *what)
        return given

    async def shown(self, session: Session, order: str) -> GivenCode | None:
        """Return the code that holds for what an order lacks, or None where one is to be given first."""
        bill = await self.payments.bill(session, order)
        row = await session.row("paying_codes.live", order)
        if row is None or not bill.lacking.minor or not _still_fits(row, bill, self.clock.now()):
            return None
        return self._given(order, row["serial"], bill.lacking, row["expires_at"])

    async def void(self, session: Session, order: str) -> None:
        """End the order's live code, if it has one."""
        await session.run("paying_codes.void", order, self.clock.now())

    async def look(self, tenant: Tenant, code: str, store: str) -> GivenCode:
        """Return what a code pays, for a till that asks before it takes money in; nothing is changed.

        Raises:
            OrderCodeRefused, StoreForeign, Throttled: as :meth:`redeem`.
        """
        text = _parse(code)
        async with self.database.begin() as session:
            source = await self._begin(session, tenant, store)
            counts = self.throttle.counts(source, text)
            await self.throttle.refuse_resting(session, counts)
            row = await self._usable(session, text)
            if row is None:
                await self.throttle.note_wrong(session, counts)
        if row is None:
            raise OrderCodeRefused
        return GivenCode(
            text=text, money=Money(minor=row["minor"], currency=row["currency"]), expires_at=row["expires_at"]
        )

    async def redeem(self, tenant: Tenant, redemption: Redemption) -> Redeemed:
        """Note that a till took an order's money in, and end its code; in a transaction of its own.

        A code that was mistyped is refused by its check symbol and counts for nothing; any other wrong try counts
        against its store.

        Raises:
            OrderCodeRefused: forged, used, expired, voided, for another amount or currency: one answer for all.
            StoreForeign: the store is not one of this retailer's.
            KeyReused: the key stands for another redemption.
            Throttled: too many wrong tries from this store.
        """
        text = _parse(redemption.code)
        key = f"{tenant.id} {redemption.key}"
        async with self.database.begin() as session:
            source = await self._begin(session, tenant, redemption.store)
            mac = self._mac(text)
            done = await _answered(session, key, mac, redemption)
            if done is None:
                counts = self.throttle.counts(source, text)
                await self.throttle.refuse_resting(session, counts)
                row = await self._usable(session, text)
                if row is None or (row["minor"], row["currency"]) != (redemption.minor, redemption.currency):
                    await self.throttle.note_wrong(session, counts)
                else:
                    done = await self._redeem(session, tenant, row["order_id"], redemption, key=key, mac=mac)
        if done is None:
            raise OrderCodeRefused
        return done

    async def _begin(self, session: Session, tenant: Tenant, store: str) -> Source:
        """Return where a try comes from, its tries coming one after the other; raises StoreForeign."""
        if await session.value("paying_codes.retailer_of", store) != tenant.id:
            raise StoreForeign
        source = Source(near=f"{tenant.id} {store}")
        await session.lock([self.throttle.lock_name(source)])
        return source

    async def _usable(self, session: Session, text: str) -> Row | None:
        """Return a code that may be used now, its order held."""
        mac = self._mac(text)
        order = await session.value("paying_codes.order_of", mac)
        if order is None:
            return None
        bill = await self.payments.bill(session, order, is_held=True)
        row = await session.row("paying_codes.usable", mac, self.clock.now())
        return row if row is not None and row["minor"] == bill.lacking.minor else None

    async def _redeem(
        self, session: Session, tenant: Tenant, order: str, redemption: Redemption, *, key: str, mac: bytes
    ) -> Redeemed:
        await session.run("paying_codes.use", mac, self.clock.now())
        await self.payments.note(
            session,
            order,
            way="till",
            key=key,
            minor=redemption.minor,
            currency=redemption.currency,
            by=tenant.id,
            about={"store": redemption.store, "code": mac.hex()},
        )
        kept = await session.row("paying.by_key", "till", key)
        at = kept["at"] if kept is not None else self.clock.now()  # as whoever repeats it is told
        money = Money(minor=redemption.minor, currency=redemption.currency)
        return Redeemed(order=order, money=money, at=at, is_new=True)

    def _given(self, order: str, serial: int, money: Money, expires_at: datetime) -> GivenCode:
        text = mint_order_code(_Counted(keyring=self.keyring, order=order, serial=serial))
        return GivenCode(text=text, money=money, expires_at=expires_at)

    def _mac(self, text: str) -> bytes:
        return self.keyring.mac("order code", text)


def _parse(code: str) -> str:
    try:
        return parse_order_code(code)
    except CodeError as cause:
        raise OrderCodeRefused from cause


def _still_fits(row: Row, bill: Bill, now: datetime) -> bool:
    return bool(row["minor"] == bill.lacking.minor and row["expires_at"] > now + FRESH)


async def _answered(session: Session, key: str, mac: bytes, redemption: Redemption) -> Redeemed | None:
    """Return what the same redemption was answered before; raises KeyReused where it was another."""
    row = await session.row("paying.by_key", "till", key)
    if row is None:
        return None
    told = msgspec.json.decode(row["about"])
    said = (mac.hex(), redemption.store, redemption.minor, redemption.currency)
    if (told.get("code"), told.get("store"), row["minor"], row["currency"]) != said:
        raise KeyReused
    money = Money(minor=row["minor"], currency=row["currency"])
    return Redeemed(order=row["order_id"], money=money, at=row["at"], is_new=False)
