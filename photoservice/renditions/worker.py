"""The worker: takes rolls' jobs from the queue (PgQueuer, docs/adr/0035) and gives its children pictures to make.

One manager a lane, so that each lane has places of its own; what they share is the gate. A job whose worker was killed
is taken up by another, or after the next start, once its heartbeat is older than ``STALE_AFTER``: whatever was made of
the roll is there, and the rest is made.
"""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from typing import Final

import structlog
from pgqueuer.domain.errors import RetryRequested
from pgqueuer.domain.models import Job

from imaging.errors import DarkroomDown
from imaging.pixels.darkroom import Darkroom
from photoservice.metrics import Metrics
from photoservice.objects.store import StoreDown, StoreFull
from photoservice.renditions.gate import Gate, GateClosed
from photoservice.renditions.making import Maker
from photoservice.renditions.outages import DATABASE_DOWN, Outage, in_a_line
from photoservice.renditions.queue import Ear, LaneManager, open_lane
from photoservice.renditions.rolls import RollJobs
from photoservice.renditions.scratch import Scratch, open_scratch
from photoservice.renditions.wanting import LANES, Lane
from photoservice.service import Photoservice

log = structlog.get_logger(__name__)

STALE_AFTER: Final = timedelta(seconds=10)
"""A job whose worker gave no sign for so long is another's. Both may work on: what they make is the same."""

POLL: Final = timedelta(seconds=4)
"""How often a lane looks for jobs that nobody told it of: stale ones, and those put back."""

_PLACES: Final = 2
"""Rolls of a lane under way at once, so that the children have work while one ends and the next begins."""

_AT_ONCE: Final = 2
"""Pictures under way for each child: one is opened while the next is fetched, or the last one kept."""

_LONGEST_DELAY_S: Final = 60
_STOP_WITHIN_S: Final = 5.0
_AGAIN_AFTER_S: Final = 1.0


class Worker:
    """Works until it is stopped."""

    def __init__(self, jobs: RollJobs, *, metrics: Metrics) -> None:
        self._jobs = jobs
        self._metrics = metrics
        self._ear = Ear(jobs.database.pool)
        self._managers: dict[Lane, LaneManager] = {}
        self._stopping = asyncio.Event()

    async def run(self) -> None:
        """Work in all lanes until :meth:`stop`."""
        await asyncio.gather(*(self._serve(lane) for lane in LANES))

    def stop(self) -> None:
        """Begin nothing more; what is being made comes to its end, and jobs go back to the queue."""
        self._stopping.set()
        self._jobs.gate.close()
        for manager in self._managers.values():
            manager.shutdown.set()

    async def _serve(self, lane: Lane) -> None:
        """Work in one lane, and begin afresh should it end: the queue may be down at its beginning."""
        outage = Outage(lane, self._metrics)
        while not self._stopping.is_set():
            try:
                await self._manage(lane, outage)
            except Exception as cause:  # noqa: BLE001  # the worker's boundary: told, counted, and the lane goes on
                outage.fails(cause)
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._stopping.wait(), _AGAIN_AFTER_S)

    async def _manage(self, lane: Lane, outage: Outage) -> None:
        manager = self._managers[lane] = open_lane(self._ear, lane, self._work, outage)
        await manager.run(
            dequeue_timeout=POLL,
            batch_size=1,
            max_concurrent_tasks=_PLACES,
            heartbeat_timeout=STALE_AFTER,
            log_aggregation_interval=timedelta(0),
        )

    async def _work(self, job: Job) -> None:
        """Do one roll's job; whatever stops it, the job goes back to the queue and waits its time."""
        roll = (job.payload or b"").decode()
        try:
            await self._jobs.run(roll, job.id)
        except GateClosed as stopped:
            raise RetryRequested(timedelta(0), "the worker stops") from stopped
        except (StoreDown, StoreFull, DarkroomDown) as cause:
            raise self._later(job, type(cause).__name__, cause) from cause
        except DATABASE_DOWN as cause:
            raise self._later(job, "DatabaseDown", cause) from cause
        except Exception as cause:
            log.exception("renditions.job_failed", job=job.id)
            raise self._later(job, "unexpected", cause) from cause

    def _later(self, job: Job, why: str, cause: Exception) -> RetryRequested:
        delay = timedelta(seconds=min(2**job.attempts, _LONGEST_DELAY_S))
        self._metrics.renditions_delayed.labels(why=why).inc()
        log.warning("renditions.delayed", job=job.id, why=why, attempt=job.attempts + 1, wait_s=delay.total_seconds())
        return RetryRequested(delay, in_a_line(cause))


@asynccontextmanager
async def working(service: Photoservice) -> AsyncGenerator[Worker]:
    """Work as long as the context lasts; what is being made at its end gets some seconds to be kept."""
    children = service.settings.derive_children
    with open_scratch(service.settings.folder / "darkroom") as scratch:
        async with Darkroom(children=children) as darkroom:
            worker = Worker(_jobs(service, darkroom, scratch), metrics=service.metrics)
            task = asyncio.create_task(worker.run())
            try:
                yield worker
            finally:
                worker.stop()
                await asyncio.wait([task], timeout=_STOP_WITHIN_S)
                await darkroom.close()
                await task


def _jobs(service: Photoservice, darkroom: Darkroom, scratch: Scratch) -> RollJobs:
    maker = Maker(
        database=service.database,
        objects=service.pictures.objects,
        keeping=service.pictures.keeping,
        darkroom=darkroom,
        scratch=scratch,
        clock=service.clock,
    )
    gate = Gate(_AT_ONCE * service.settings.derive_children)
    return RollJobs(database=service.database, maker=maker, gate=gate, metrics=service.metrics)
