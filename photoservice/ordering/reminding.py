"""Reminding people of orders that wait for them, and ending those that waited too long (S4).

Reminded after 3 and 14 days, warned after 53, cancelled after 60: and never sooner than a week after the warning, even
where nobody was there to send it. It is the same whatever they wait for, an owner whom operators settle among it: what
a package had prepaid is not held for ever. What lacks nothing any more when its end comes is looked at instead.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from photocore.seams import Clock
from photoservice.db.database import Database
from photoservice.ordering.reading import Reading
from photoservice.ordering.settling import SERVICE, Settling

AFTER: Final = (timedelta(days=3), timedelta(days=14), timedelta(days=53))
"""How long an order has waited when its people are reminded; the last one warns."""

ENDS_AFTER: Final = timedelta(days=60)
APART: Final = (timedelta(0), timedelta(days=3), timedelta(days=7), timedelta(days=7))
"""How long after the reminder before it each one comes, and the end."""


@dataclass(frozen=True, kw_only=True)
class Reminding:
    """Reminds people."""

    database: Database
    clock: Clock
    reading: Reading
    settling: Settling

    async def run_once(self) -> int:
        """Remind whom there is to remind, and end what waited too long; returns how many orders it was about.

        Raises:
            Exception: what kept an order from being reminded of; all others were looked at first.
        """
        done, failed = 0, list[Exception]()
        for step in reversed(range(len(APART))):
            last = ""
            while (order := await self._one(step, last, failed)) is not None:
                last, done = order, done + 1
        if failed:
            raise failed[0]
        return done

    async def _one(self, step: int, last: str, failed: list[Exception]) -> str | None:
        """Do one step with one order, behind the one called ``last``; returns which, or None when none is left."""
        found: list[str] = []
        try:
            return await self._step(step, last, found)
        except Exception as cause:
            if not found:
                raise
            failed.append(cause)
            return found[0]

    async def _step(self, step: int, last: str, found: list[str]) -> str | None:
        now = self.clock.now()
        is_end = step == len(AFTER)
        since = now - (ENDS_AFTER if is_end else AFTER[step])
        async with self.database.begin() as session:
            row = await session.row("ordering_release.to_remind", last, since, step, now - APART[step])
            if row is None:
                return None
            found.append(row["id"])
            order = await self.reading.one(session, row["id"])
            if is_end and not order.waits:
                await session.run("ordering_release.again", order.id, now, None)
                return order.id
            await session.run("ordering_release.reminded", order.id, step + 1, now)
            if is_end:
                lines = [line.number for line in order.lines]
                await self.settling.cancel(session, order, lines, by=SERVICE, note="it waited too long", tell=True)
            elif order.waits:
                kind = "order_ends" if step == len(AFTER) - 1 else "order_waits"
                whose, again = (order.person, order.root), str(step)
                await self.settling.telling.tell(session, order.id, kind, whose, wait=order.waits[0], again=again)
        return order.id
