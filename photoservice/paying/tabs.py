"""Tabs: who may order on account, and up to how much is open at a time, by currency (S4).

What is open is not kept anywhere: it is what orders on account cost, less what was paid of them. An order on account
that was cancelled costs nothing, so it opens nothing. A tab's row is the lock under which orders on it pass one by one.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from photocore.money import Money
from photocore.seams import Clock
from photoservice.db.database import Session
from photoservice.errors import Malformed, Unknown
from photoservice.paying.errors import NothingToPay, NotOnAccount
from photoservice.paying.payments import Payments


@dataclass(frozen=True, kw_only=True)
class Tab:
    """What somebody may have open in one currency, and what they have open now."""

    most: Money
    open: Money

    @property
    def left(self) -> Money:
        """What may still be ordered; never below nothing."""
        rest = self.most - self.open
        return rest if rest.minor > 0 else rest.times(0)


@dataclass(frozen=True, kw_only=True)
class Tabs:
    """Keeps who may order on account."""

    clock: Clock
    payments: Payments

    async def of(self, session: Session, person: str) -> Sequence[Tab]:
        """Return the tabs of somebody, by currency; none for most."""
        rows = await session.rows("paying_tabs.of", person)
        return tuple(
            Tab(
                most=Money(minor=row["most"], currency=row["currency"]),
                open=Money(minor=row["open"], currency=row["currency"]),
            )
            for row in rows
        )

    async def give(self, session: Session, person: str, most: Money, *, by: str) -> None:
        """Let somebody order on account, or change how much; nothing (0) ends it for new orders.

        Raises:
            Unknown: there is no such person.
            Malformed: less than nothing.
        """
        if most.minor < 0:
            raise Malformed("A limit is nothing, or more.")
        if not await session.value("paying_tabs.has_person", person):
            raise Unknown("There is no such person.")
        await session.run("paying_tabs.give", person, most.currency, most.minor, by, self.clock.now())

    async def hold(self, session: Session, person: str | None, money: Money, *, besides: str = "") -> None:
        """Let an order of so much on account pass; nobody else's passes until this transaction ends.

        To be called before the order is written in the same transaction. ``besides``: an order that is written already
        and does not count, since ``money`` is what it costs now.

        Raises:
            NotOnAccount: they have no tab in this currency, or it would go beyond its limit.
        """
        most = await session.value("paying_tabs.hold", person, money.currency) if person else None
        if most is None:
            raise NotOnAccount
        opened = await session.value("paying_tabs.open", person, money.currency, besides)
        if opened + max(0, money.minor) > most:
            raise NotOnAccount

    async def put(self, session: Session, order: str, person: str) -> None:
        """Have an order that waits for its money go on the account of ``person``, whose it is or becomes.

        Raises:
            Unknown: there is no such order, or it is somebody else's.
            NothingToPay: nothing is lacking, or it was cancelled.
            NotOnAccount: as :meth:`hold`.
        """
        bill = await self.payments.bill(session, order, is_held=True)
        if bill.person not in (None, person):
            raise Unknown("There is no such order.")
        if not bill.lacking.minor:
            raise NothingToPay
        if bill.pays == "account":
            return
        await self.hold(session, person, bill.lacking, besides=order)
        now = self.clock.now()
        await session.run("paying.take_person", order, person, now)
        await session.run("paying.choose", order, "account", now)
