"""Hosted checkouts: payment pages of providers, begun here, and what the providers tell of them (S4; DESIGN 5G).

A provider is never asked inside a transaction: a checkout is written, then asked for under its own name, then noted as
begun, so that dying in between leaves one that is asked for again. What a provider tells is kept first and answered
then; carrying it out comes after, here or by the round (``messages.py``).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from photocore.crockford import mint
from photocore.money import Money
from photocore.seams import Clock, Entropy
from photoservice.db.database import Database, Row, Session
from photoservice.errors import NotReady, Unknown
from photoservice.paying.errors import NothingToPay, RefundRefused
from photoservice.paying.messages import Messages
from photoservice.paying.payments import Payments
from photoservice.paying.providers import Provider, Wanted

CheckoutState = Literal["open", "paid", "failed", "expired", "refunded"]

LIVES: Final = timedelta(hours=24)
FRESH: Final = timedelta(minutes=10)
"""A page that ends sooner is not given to anybody any more."""
AGAIN: Final = timedelta(minutes=5)
"""How soon a provider that did not answer is asked again for a refund."""

_BATCH: Final = 50
_SYMBOLS: Final = 15


@dataclass(frozen=True, kw_only=True)
class Checkout:
    """A payment page that somebody was sent to; they come back to ``back``."""

    id: str
    order: str
    provider: str
    reference: str
    back: str
    language: str
    money: Money
    state: CheckoutState
    made_at: datetime
    expires_at: datetime


@dataclass(frozen=True, kw_only=True)
class Checkouts:
    """Begins checkouts, hears what became of them, and sends refunds. Without a provider there is no such way."""

    database: Database
    clock: Clock
    entropy: Entropy
    payments: Payments
    messages: Messages
    provider: Provider | None = None

    @property
    def is_on(self) -> bool:
        """Whether anybody can pay by a checkout here."""
        return self.provider is not None

    async def begin(self, order: str, *, back: str, language: str = "", person: str | None = None) -> str:
        """Return the address of a payment page for what the order lacks; an open one of the same amount is used again.

        In transactions of its own, since a provider is asked between them. ``back`` is an address of ours. An order
        that is nobody's becomes that of ``person``, if one is named.

        Raises:
            Unknown: there is no such order, or no provider.
            NothingToPay: nothing is lacking, or it was cancelled.
            NotReady: the provider does not answer.
        """
        provider = self._provider(None)
        async with self.database.begin() as session:
            url, wanted = await self._reserve(session, provider, order, back=back, language=language, person=person)
        if url:
            return url
        try:
            page = await provider.begin(wanted)
        except NotReady:
            async with self.database.begin() as session:
                await session.run("paying_checkouts.not_begun", wanted.checkout, self.clock.now())
            raise
        async with self.database.begin() as session:
            await session.run("paying_checkouts.begun", wanted.checkout, page.reference, page.url)
        return page.url

    async def hear(self, provider: str, headers: Mapping[str, str], body: bytes) -> None:
        """Keep what a provider tells, then carry it out; once, however often it comes. Header names are small.

        What fails in carrying it out is done by the next round: the provider is answered all the same.

        Raises:
            Unknown: there is no such provider here.
            WebhookForged: its provider did not sign it, or too long ago.
        """
        told_by = self._provider(provider)
        event = told_by.prove(headers, body, self.clock.now())
        await self.messages.keep(told_by, event, body)

    async def last(self, session: Session, order: str) -> Checkout | None:
        """Return the last checkout of an order."""
        row = await session.row("paying_checkouts.last", order)
        return _checkout(row) if row is not None else None

    async def by_reference(self, session: Session, provider: str, reference: str) -> Checkout | None:
        """Return a checkout as its provider calls it."""
        row = await session.row("paying_checkouts.by_reference", provider, reference)
        return _checkout(row) if row is not None else None

    async def run_once(self) -> int:
        """End checkouts whose time is over, carry out what was kept and not done, and send refunds; return how many."""
        async with self.database.begin() as session:
            done = await session.run("paying_checkouts.expire", self.clock.now())
        if self.provider is not None:
            done += await self.messages.carry_out_due(self.provider)
            done += await self._send_refunds(self.provider)
        return done

    def _provider(self, name: str | None) -> Provider:
        if self.provider is None or name not in (None, self.provider.name):
            raise Unknown("There is no such provider of payment pages here.")
        return self.provider

    async def _reserve(
        self, session: Session, provider: Provider, order: str, *, back: str, language: str, person: str | None
    ) -> tuple[str, Wanted]:
        """Return the page of an open checkout, or nothing, and what is wanted of the provider otherwise."""
        bill = await self.payments.bill(session, order, is_held=True)
        if not bill.lacking.minor:
            raise NothingToPay
        now, money = self.clock.now(), bill.lacking
        if person is not None and bill.person is None:
            await session.run("paying.take_person", order, person, now)
        await self.payments.choose(session, order, "checkout")
        what = (order, provider.name, money.minor, money.currency, back)
        row = await session.row("paying_checkouts.reusable", *what, now + FRESH)
        name = row["id"] if row else "CO-" + mint(self.entropy, _SYMBOLS)
        expires_at = row["expires_at"] if row else now + LIVES
        if row is None:
            told = (back, language, money.minor, money.currency, now, expires_at)
            await session.run("paying_checkouts.insert", name, order, provider.name, *told)
        wanted = Wanted(checkout=name, order=order, money=money, back=back, language=language, expires_at=expires_at)
        return (row["url"] if row else ""), wanted

    async def _send_refunds(self, provider: Provider) -> int:
        async with self.database.begin() as session:
            due = await session.rows("paying_checkouts.refunds_due", self.clock.now(), provider.name, _BATCH)
        for row in due:
            await self._send_refund(provider, row)
        return len(due)

    async def _send_refund(self, provider: Provider, row: Row) -> None:
        """Ask a provider to give something back, and note what became of it; it is asked by the refund's own key."""
        key, money = row["key"], Money(minor=-row["minor"], currency=row["currency"])
        query, said = "paying_checkouts.refunded", ""
        try:
            said = await provider.refund(row["reference"] or "", money, key)
        except NotReady:
            query = "paying_checkouts.try_later"
        except RefundRefused as refusal:
            query, said = "paying_checkouts.in_trouble", str(refusal)[:500]
        async with self.database.begin() as session:
            await self.payments.bill(session, row["order_id"], is_held=True)
            now = self.clock.now()
            values = {
                "paying_checkouts.refunded": (now, said),
                "paying_checkouts.try_later": (now + AGAIN,),
                "paying_checkouts.in_trouble": (said,),
            }
            await session.run(query, key, *values[query])


def _checkout(row: Row) -> Checkout:
    return Checkout(
        id=row["id"],
        order=row["order_id"],
        provider=row["provider"],
        reference=row["reference"] or "",
        back=row["back"],
        language=row["language"],
        money=Money(minor=row["minor"], currency=row["currency"]),
        state=row["state"],
        made_at=row["made_at"],
        expires_at=row["expires_at"],
    )
