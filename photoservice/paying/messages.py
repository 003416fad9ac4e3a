"""What providers of payment pages tell: kept first, then carried out, each message once (S4).

A message may come twice, late, out of order, or about a payment nobody here knows. Each is kept as it came; what cannot
be carried out stays with a word why, and an operator sees it: money that moved at a provider is never lost sight of.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

import asyncpg
import structlog

from photocore.errors import EventMalformed
from photocore.seams import Clock
from photoservice.db.database import Database, Row, Session
from photoservice.errors import Malformed, Refusal
from photoservice.paying.payments import Payments
from photoservice.paying.providers import Provider, Told

log = structlog.get_logger(__name__)

Outcome = Literal["", "done", "unknown", "mismatch", "malformed", "early"]
"""What became of a message: of a page that is not ours; of another amount or currency than was asked for; not to be
read; about giving back what, as far as we heard, never came. Nothing (yet): it waits for another message."""

EARLY_FOR: Final = timedelta(days=3)
"""How long a refund told before its payment waits for that."""

_BATCH: Final = 50


@dataclass(frozen=True, kw_only=True)
class Heard:
    """A message that somebody has to look at."""

    provider: str
    event: str
    outcome: Outcome
    came_at: datetime
    order: str | None


@dataclass(frozen=True, kw_only=True)
class Messages:
    """Keeps messages and carries them out."""

    database: Database
    clock: Clock
    payments: Payments

    async def keep(self, provider: Provider, event: str, body: bytes) -> None:
        """Keep a proved message and carry it out; what was kept before is not carried out twice."""
        async with self.database.begin() as session:
            is_new = await session.run("paying_checkouts.keep_event", provider.name, event, body, self.clock.now())
        if not is_new:
            return
        try:
            await self._carry_out(provider, event)
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as cause:
            log.warning("checkout.message_kept_for_later", provider=provider.name, why=str(cause))

    async def carry_out_due(self, provider: Provider) -> int:
        """Carry out what was kept and not done; return how many messages there were."""
        async with self.database.look() as session:
            due = await session.rows("paying_checkouts.due_events", provider.name, _BATCH)
        for row in due:
            await self._carry_out(provider, row["id"])
        return len(due)

    async def to_look_at(self, session: Session, *, limit: int = 100) -> tuple[Heard, ...]:
        """Return the messages somebody has to look at, the oldest first."""
        rows = await session.rows("paying_checkouts.to_look_at", limit)
        return tuple(
            Heard(
                provider=row["provider"],
                event=row["id"],
                outcome=row["outcome"],
                came_at=row["came_at"],
                order=row["order_id"],
            )
            for row in rows
        )

    async def looked_at(self, session: Session, provider: str, event: str) -> Outcome | None:
        """Take a message off that list, since somebody put right what it told; return what it stood there for.

        None: there is no such message on it.
        """
        return await session.value("paying_checkouts.looked_at", provider, event)

    async def _carry_out(self, provider: Provider, event: str) -> None:
        async with self.database.begin() as session:
            row = await session.row("paying_checkouts.event", provider.name, event)
            if row is None:
                return
            outcome, order = await self._try(session, provider, row)
            if outcome:
                now = self.clock.now()
                await session.run("paying_checkouts.done", provider.name, event, now, outcome, order)
        if outcome not in ("", "done"):
            log.warning("checkout.message_to_look_at", provider=provider.name, outcome=outcome, order=order)

    async def _try(self, session: Session, provider: Provider, row: Row) -> tuple[Outcome, str | None]:
        """Carry out a message that is held; one that contradicts what is known changes nothing."""
        try:
            told = provider.understand(bytes(row["body"]))
        except (Malformed, EventMalformed):
            return "malformed", None
        try:
            async with session.savepoint():
                return await self._do(session, provider, told, came_at=row["came_at"])
        except Refusal:
            return "mismatch", None

    async def _do(
        self, session: Session, provider: Provider, told: Told, *, came_at: datetime
    ) -> tuple[Outcome, str | None]:
        """Carry out what was told, and return what became of it and of which order."""
        if told.kind == "other":
            return "done", None
        page = await session.row("paying_checkouts.by_reference", provider.name, told.reference)
        if page is None:
            return "unknown", None
        await self.payments.bill(session, page["order_id"], is_held=True)
        if told.kind == "paid":
            outcome = await self._note_paid(session, provider, told, page)
        elif told.kind == "refunded":
            outcome = await self._note_refunded(session, provider, told, page, came_at=came_at)
        else:
            await session.run("paying_checkouts.end", page["id"], told.kind, self.clock.now())
            outcome = "done"
        return outcome, page["order_id"]

    async def _note_paid(self, session: Session, provider: Provider, told: Told, page: Row) -> Outcome:
        money = told.money
        if money is None or (money.minor, money.currency) != (page["minor"], page["currency"]):
            return "mismatch"
        await session.run("paying_checkouts.end", page["id"], "paid", self.clock.now())
        await self.payments.note(
            session,
            page["order_id"],
            way="checkout",
            key=f"{provider.name} {told.payment}",
            minor=money.minor,
            currency=money.currency,
            by=provider.name,
            about={"provider": provider.name, "reference": told.reference},
        )
        return "done"

    async def _note_refunded(
        self, session: Session, provider: Provider, told: Told, page: Row, *, came_at: datetime
    ) -> Outcome:
        """Note what a provider gave back: one of our refunds by its key, or what somebody decided there."""
        order, now = page["order_id"], self.clock.now()
        if told.key:
            ours = await session.row("paying.by_key", "checkout", told.key)
            if ours is not None and ours["order_id"] == order:
                if told.money is None or (-ours["minor"], ours["currency"]) != (told.money.minor, told.money.currency):
                    return "mismatch"
                await session.run("paying_checkouts.refunded", told.key, now, told.payment)
                return "done"
        source = await session.row("paying_checkouts.payment_of", order, provider.name, told.reference)
        if source is None:
            return "early" if now - came_at > EARLY_FOR else ""
        money = told.money
        if money is None or not 0 < money.minor <= source["minor"] or money.currency != source["currency"]:
            return "mismatch"
        await self.payments.note_given_elsewhere(
            session,
            order,
            key=f"{provider.name} {told.payment}",
            money=money,
            of_key=source["key"],
            by=provider.name,
            about={"provider": provider.name, "reference": told.reference, "why": "refund"},
        )
        await session.run("paying_checkouts.end", page["id"], "refunded", now)
        return "done"
