"""Plans whose moment has come are looked at: something was counted, or their time is over. A crossing makes one order.

Most that are looked at have not crossed: those are read many at a time, and told when they are to be looked at next.
One that has is fired by itself (``firing.py``). Until that is done it is set aside for a minute, so that a plan whose
order cannot be written just now keeps no other waiting.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import structlog

from photocore.seams import Clock
from photoservice.cataloguing.catalogues import Catalogues
from photoservice.db.database import Database
from photoservice.planning.firing import Firing
from photoservice.planning.looks import has_crossed, least_of, next_look, offered
from photoservice.planning.pendings import EMPTY, Pendings
from photoservice.planning.rows import read_plan

log = structlog.get_logger(__name__)

SET_ASIDE: Final = timedelta(minutes=1)
CLOCKS_DIFFER: Final = timedelta(minutes=5)
"""What clocks of two machines may differ by; one that is further behind what was seen was set back."""


@dataclass(frozen=True, kw_only=True)
class Evaluating:
    """Looks at plans, and has those fired that crossed."""

    database: Database
    clock: Clock
    pendings: Pendings
    catalogues: Catalogues
    firing: Firing
    at_once: int = 200
    most_fired: int = 100
    """Crossings of one plan in one round; with more it goes on in the next, behind all others."""

    async def run_once(self) -> int:
        """Look at every plan whose moment has come; returns how many crossings were fired.

        Raises:
            Exception: what kept a plan from being fired; all others were looked at first.
        """
        await self.watch_clock()
        fired, failed = 0, list[BaseException]()
        while True:
            looked, crossed = await self._look()
            for plan in crossed:
                (told,) = await asyncio.gather(self._fire(plan), return_exceptions=True)
                if isinstance(told, BaseException):
                    failed.append(told)
                else:
                    fired += told
            if looked < self.at_once:
                break
        if failed:
            raise failed[0]
        return fired

    async def _look(self) -> tuple[int, Sequence[str]]:
        """Look at some plans; return how many there were, and which of them crossed."""
        now = self.clock.now()
        async with self.database.begin() as session:
            plans = [read_plan(row) for row in await session.rows("planning_evaluating.due", now, self.at_once)]
            if not plans:
                return 0, ()
            catalogue = await offered(session, self.catalogues)
            pendings = await self.pendings.of(session, plans, now)
            crossed: list[str] = []
            looks: list[datetime | None] = []
            for plan in plans:
                pending, least = pendings.get(plan.id, EMPTY), least_of(catalogue, plan)
                if has_crossed(plan, pending, now, least):
                    crossed.append(plan.id)
                    looks.append(now + SET_ASIDE)
                else:
                    looks.append(next_look(plan, pending, now, least))
            await session.run("planning_evaluating.set_look", [plan.id for plan in plans], looks)
        return len(plans), crossed

    async def _fire(self, plan: str) -> int:
        fired = 0
        while fired < self.most_fired and await self.firing.fire(plan):
            fired += 1
        return fired

    async def watch_clock(self) -> None:
        """Keep the latest moment, and notice when the clock was set back.

        What was set while it was ahead would wait until it is as late again: due moments, last crossings, orders that
        cool off or wait, refunds that a provider is asked for again.
        """
        now = self.clock.now()
        seen = await self.database.row("planning_evaluating.clock")
        latest: datetime | None = seen["at"] if seen else None
        if latest is not None and abs(now - latest) < CLOCKS_DIFFER:
            return
        async with self.database.begin() as session:
            if await session.run("planning_evaluating.set_clock", now, latest) and latest is not None and now < latest:
                plans = await session.run("planning_evaluating.look_again", now)
                orders = await session.run("ordering_release.look_again", now)
                await session.run("paying_checkouts.look_again", now)
                by_s = round((latest - now).total_seconds())
                log.warning("plans.clock_set_back", by_s=by_s, plans=plans, orders=orders)
