"""PgQueuer as the house uses it: its names in the schema ``jobs``, and one manager of the queue a lane."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any, Final, cast

from pgqueuer.adapters.drivers.asyncpg import AsyncpgPoolDriver
from pgqueuer.adapters.persistence.qb import QueryBuilderEnvironment, QueryQueueBuilder, QuerySchedulerBuilder
from pgqueuer.adapters.persistence.queries import Queries
from pgqueuer.core.qm import QueueManager
from pgqueuer.domain.models import Job
from pgqueuer.domain.settings import DBSettings

from photoservice.db.driver import Pool
from photoservice.renditions.wanting import Lane

Handler = Callable[[Job], Awaitable[None]]

NAMES: Final[Any] = {
    "prefix": "",
    "db_schema": "jobs",
    "channel": "ch_pgqueuer",
    "function": "fn_pgqueuer_changed",
    "statistics_table": "pgqueuer_statistics",
    "queue_status_type": "pgqueuer_status",
    "queue_table": "pgqueuer",
    "queue_table_log": "pgqueuer_log",
    "trigger": "tg_pgqueuer_changed",
    "schedules_table": "pgqueuer_schedules",
}
"""As ``0007_jobs.sql`` has them. All are said: what is not, the library takes from the environment."""

_BUSY_POLL: Final = timedelta(seconds=0.5)
"""How often a manager without a free place looks at a queue with work; a job that ends wakes it anyway."""


class LaneManager(QueueManager):
    """A manager of the queue that knows its tables are there: our own migration made them, and a test compares."""

    async def verify_structure(self) -> None:
        """Ask nothing: it would be a dozen questions at each start."""

    async def _run_periodic_health_check(self, interval: timedelta = timedelta(seconds=10)) -> None:
        """Begin later than the library does: it asks before it listens, and may then miss its own question."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self.shutdown.wait(), interval.total_seconds())
        await super()._run_periodic_health_check(interval)


def open_queue(pool: Pool) -> Queries:
    """Return the queue as the library asks for it; the managers that share it share one listening connection."""
    names = DBSettings(**NAMES)
    return Queries(
        AsyncpgPoolDriver(cast("Any", pool)),
        qbe=QueryBuilderEnvironment(names),
        qbq=QueryQueueBuilder(names),
        qbs=QuerySchedulerBuilder(names),
    )


def open_lane(queue: Queries, lane: Lane, handler: Handler) -> LaneManager:
    """Return a manager that gives a lane's jobs to ``handler``."""
    manager = LaneManager(queue, channel=NAMES["channel"])
    manager.min_dequeue_poll_interval = _BUSY_POLL
    manager.entrypoint(lane, accepts_context=False)(handler)
    return manager
