"""PgQueuer as the house uses it: its names in the schema ``jobs``, and one manager of the queue a lane."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any, Final, cast

import asyncpg
from pgqueuer.adapters.drivers.asyncpg import AsyncpgPoolDriver
from pgqueuer.adapters.persistence.qb import QueryBuilderEnvironment, QueryQueueBuilder, QuerySchedulerBuilder
from pgqueuer.adapters.persistence.queries import Queries
from pgqueuer.core.qm import QueueManager
from pgqueuer.domain.errors import PgqException
from pgqueuer.domain.models import Job
from pgqueuer.domain.settings import DBSettings
from pgqueuer.ports.driver import NotifyCallback

from photoservice.db.driver import Pool
from photoservice.renditions.outages import Outage
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


_AGAIN_AFTER: Final = timedelta(seconds=1)
"""How soon a manager asks again that had no answer."""

HEALTH_EVERY: Final = timedelta(seconds=10)
"""How often each lane asks whether it is heard, and how long it waits to hear itself."""

_LISTENING_WITHIN_S: Final = 10.0

_DOWN: Final = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, PgqException)


class Ear:
    """The one connection that listens, for all lanes of a worker; another is taken when it was cut.

    The library's own driver keeps a connection that was cut until all its managers have ended, and then fails to give
    it back, each time: its lanes would never work again.
    """

    def __init__(self, pool: Pool) -> None:
        self.pool = pool
        self._callbacks: list[NotifyCallback] = []
        self._connection: Any = None
        self._mending = asyncio.Lock()

    @property
    def is_open(self) -> bool:
        """Whether there is a connection to listen on, as far as this side of it can know."""
        try:
            return self._connection is not None and not self._connection.is_closed()
        except asyncpg.InterfaceError:
            return False

    async def add(self, callback: NotifyCallback) -> None:
        """Tell ``callback`` what is heard."""
        await self.mend()
        self._callbacks.append(callback)

    def remove(self, callbacks: list[NotifyCallback]) -> None:
        """Tell these no more; without any left, nobody listens."""
        self._callbacks = [callback for callback in self._callbacks if callback not in callbacks]
        if not self._callbacks:
            self.drop()

    async def mend(self) -> None:
        """Listen, if nobody does."""
        async with self._mending:
            if self.is_open:
                return
            async with asyncio.timeout(_LISTENING_WITHIN_S):
                self._connection = await cast("Any", self.pool).acquire()
                try:
                    await self._connection.add_listener(NAMES["channel"], self._hear)
                except BaseException:
                    self.drop()
                    raise

    def drop(self) -> None:
        """Close the connection, without a word to a server that may not answer; the pool sees it and takes another."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(asyncpg.InterfaceError):  # it was cut, and is the pool's again
                connection.terminate()

    def _hear(self, _connection: object, _pid: int, _channel: str, payload: object) -> None:
        for callback in self._callbacks:
            callback(cast("str", payload))


class LaneDriver(AsyncpgPoolDriver):
    """The library's way to the pool, for one manager; it listens with everybody's ear."""

    def __init__(self, ear: Ear) -> None:
        super().__init__(cast("Any", ear.pool))
        self.ear = ear
        self._mine: list[NotifyCallback] = []

    async def add_listener(self, channel: str, callback: NotifyCallback) -> None:
        """Have ``callback`` told what is heard, until the manager ends."""
        await self.ear.add(callback)
        self._mine.append(callback)

    async def __aexit__(self, *_: object) -> None:
        self.ear.remove(self._mine)
        self._mine.clear()


class LaneManager(QueueManager):
    """A manager of the queue whom no outage ends: rolls under way go on, and others are taken when the queue is back.

    It knows its tables are there: our own migration made them, and a test compares.
    """

    ear: Ear
    outage: Outage

    async def verify_structure(self) -> None:
        """Ask nothing: it would be a dozen questions at each start."""

    async def fetch_jobs(
        self, batch_size: int, global_concurrency_limit: int | None, heartbeat_timeout: timedelta
    ) -> AsyncGenerator[Job]:
        """Yield jobs as the library does; a queue that does not answer has none."""
        try:
            await self.ear.mend()
            async for job in super().fetch_jobs(batch_size, global_concurrency_limit, heartbeat_timeout):
                yield job
        except _DOWN as cause:
            self.outage.fails(cause)
        else:
            self.outage.ends()

    async def _effective_dequeue_timeout(self, dequeue_timeout: timedelta) -> timedelta:
        if self.outage.is_on:
            return _AGAIN_AFTER
        try:
            return await super()._effective_dequeue_timeout(dequeue_timeout)
        except _DOWN as cause:
            self.outage.fails(cause)
            return _AGAIN_AFTER

    async def _run_periodic_health_check(self, interval: timedelta = HEALTH_EVERY) -> None:
        """Ask the ear now and then whether it hears; one that is deaf is dropped, and the next look takes another.

        The first time is later than the library's: it asks before it listens, and may then miss its own question.
        """
        while not self.shutdown.is_set():
            with suppress(TimeoutError):
                await asyncio.wait_for(self.shutdown.wait(), interval.total_seconds())
                return
            try:
                await self.listener_healthy(interval)
            except _DOWN as cause:
                self.outage.fails(cause)
                self.ear.drop()


def open_queue(ear: Ear) -> Queries:
    """Return the queue as the library asks for it, for one manager; the ear is everybody's."""
    names = DBSettings(**NAMES)
    return Queries(
        LaneDriver(ear),
        qbe=QueryBuilderEnvironment(names),
        qbq=QueryQueueBuilder(names),
        qbs=QuerySchedulerBuilder(names),
    )


def open_lane(ear: Ear, lane: Lane, handler: Handler, outage: Outage) -> LaneManager:
    """Return a manager that gives a lane's jobs to ``handler``."""
    manager = LaneManager(open_queue(ear), channel=NAMES["channel"])
    manager.ear, manager.outage = ear, outage
    manager.min_dequeue_poll_interval = _BUSY_POLL
    manager.entrypoint(lane, accepts_context=False)(handler)
    return manager
