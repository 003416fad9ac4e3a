"""Fills the counts by the hour and reads them for a dashboard.

Counting from the tables takes whole hours, some before the last time it was done, and never lowers one: done twice, by
two workers, or with rows that came late, it ends with the same numbers. What processes saw is added once each.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from photocore.seams import Clock
from photoservice.dashboards.measures import COUNTED
from photoservice.dashboards.spans import Span
from photoservice.dashboards.traffic import Traffic
from photoservice.db.database import Database, Session

OVERLAP: Final = timedelta(hours=3)
"""So far back hours are counted again: longer than any transaction stays open between its time and its commit."""


@dataclass(frozen=True, kw_only=True)
class Hours:
    """Counts by the hour in ``ops.hourly``, and by the day in ``ops.daily``."""

    database: Database
    clock: Clock
    traffic: Traffic

    async def run_once(self) -> None:
        """Add what this process saw, and count what the tables say of the last hours."""
        await self.flush()
        async with self.database.begin() as session:
            await self.count(session)

    async def count(self, session: Session) -> None:
        """Count what the tables say since the last time, in this transaction; the first time, all there ever was."""
        now = self.clock.now()
        await session.run("hourly.begin")
        until: datetime | None = await session.value("hourly.counted_until")
        since = None if until is None else _whole(min(until, now) - OVERLAP)
        await session.run("hourly.count", since)
        await session.run("hourly.sum_days", since, list(COUNTED))
        await session.run("hourly.note_counted", now)

    async def flush(self) -> None:
        """Add what this process saw since the last time; what cannot be added now is kept for the next time."""
        if not (seen := self.traffic.take()):
            return
        rows = sorted((measure, hour, count) for (measure, hour), count in seen.items())
        try:
            async with self.database.begin() as session:
                await session.run("hourly.add", *(list(column) for column in zip(*rows, strict=True)))
        except BaseException:
            self.traffic.put_back(seen)
            raise


async def read_hours(
    session: Session, span: Span, measures: Sequence[str], *, tenant: str | None
) -> Mapping[str, tuple[int, ...]]:
    """Return the counts of each measure in every step of ``span``, of a tenant or of the whole house (None)."""
    days = span.is_of_days
    begins, ends = (span.begins.date(), span.ends.date()) if days else (span.begins, span.ends)
    width = int(span.width / timedelta(days=1) if days else span.width / timedelta(hours=1))
    query = "hourly.days" if days else "hourly.hours"
    values = {name: [0] * span.steps for name in measures}
    for row in await session.rows(query, list(measures), tenant or "", begins, ends, width):
        values[row["measure"]][row["step"]] = row["n"]
    return {name: tuple(counts) for name, counts in values.items()}


def _whole(at: datetime) -> datetime:
    return at.replace(minute=0, second=0, microsecond=0)
