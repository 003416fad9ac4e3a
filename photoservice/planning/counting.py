"""What came is counted toward every plan that covers it, once: many rows at a time, by any number of workers.

Rows are taken and images counted in one transaction, so a worker that dies leaves all or nothing. A row says no more
than "look at this again": which plans cover it is found when it is counted, set-wise, and a key keeps each image of a
plan from being counted twice. So rows may be noted twice, or come late.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from photocore.seams import Clock
from photoservice.access import CODE_LIVES_FOR
from photoservice.db.database import Database, Row, Session
from photoservice.persons.persons import Persons
from photoservice.planning.defaults import Defaults


@dataclass(frozen=True, kw_only=True)
class Counting:
    """Counts."""

    database: Database
    clock: Clock
    persons: Persons
    defaults: Defaults
    at_once: int = 2_000

    async def run_once(self) -> int:
        """Count all there is to count; returns how many rows were taken."""
        taken = 0
        while True:
            async with self.database.begin() as session:
                rows = await session.rows("planning_counting.take", self.at_once)
                if rows:
                    await self._count(session, rows)
            taken += len(rows)
            if len(rows) < self.at_once:
                break
        while await self._count_held():
            taken += 1
        return taken

    async def _count(self, session: Session, rows: Sequence[Row]) -> None:
        now = self.clock.now()
        unbegun = await session.rows("planning_counting.unbegun", sorted({row["roll"] for row in rows}))
        if unbegun:
            await self.defaults.begin(session, [row["root"] for row in unbegun])
        came = [row for row in rows if row["image"] and not row["sub_group"]]
        arranged = [row for row in rows if row["image"] and row["sub_group"]]
        items = sorted({row["roll"] for row in rows if not row["image"]})
        columns = [*_columns(came), *_columns(arranged)]
        await session.value("planning_counting.count", *columns, items, now, now - CODE_LIVES_FOR)

    async def _count_held(self) -> bool:
        """Count what somebody came to hold toward their account's plans: what they see now, by the rule of all pages.

        One row a transaction: plans are locked in their order within a statement, and never across two.
        """
        async with self.database.begin() as session:
            row = await session.row("planning_counting.take_held")
            if row is None:
                return False
            person, roll = row["person"], row["roll"]
            if await session.value("planning_counting.has_account_plan", person):
                seen = [one.roll for one in await self.persons.shown(session, person)]
                rolls = [one for one in seen if roll in ("", one)]
                await session.value("planning_counting.count_held", person, rolls, row["at"], self.clock.now())
        return True


def _columns(rows: Sequence[Row]) -> tuple[list[str], list[object]]:
    return [row["image"] for row in rows], [row["at"] for row in rows]
