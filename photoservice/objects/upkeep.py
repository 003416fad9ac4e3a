"""What a running service does for its object store by itself: scrub a little, collect once a day, tell the numbers.

Any number of processes may do so: each kind of upkeep is done by one of them at a time.
"""

import asyncio
from datetime import timedelta
from typing import Final

import structlog
from prometheus_client import Counter, Gauge

from photocore.seams import Clock
from photoservice.db.database import Database
from photoservice.metrics import Metrics
from photoservice.objects.collecting import Collector
from photoservice.objects.scrubbing import Scrubber
from photoservice.objects.store import ObjectStore

log = structlog.get_logger(__name__)

COLLECT_EVERY: Final = timedelta(hours=24)
SCRUB_EVERY: Final = timedelta(days=30)
SCRUB_BYTES_PER_S: Final = 4 << 20
"""Some ten terabytes in thirty days."""

ROUND_S: Final = 60.0


class Upkeep:
    """Looks after the object store."""

    def __init__(self, *, objects: ObjectStore, database: Database, clock: Clock, metrics: Metrics) -> None:
        self._database = database
        self._clock = clock
        self._collector = Collector(objects=objects, database=database, clock=clock)
        self._scrubber = Scrubber(objects=objects, database=database, clock=clock, bytes_per_s=SCRUB_BYTES_PER_S)
        registry = metrics.registry
        self._damaged = Gauge(
            "twincheck_originals_damaged", "ALARM: originals that are damaged or missing", registry=registry
        )
        self._leaving = Gauge("twincheck_objects_unused", "Objects that wait to be collected", registry=registry)
        self._scrubbed = Counter("twincheck_scrubbed_bytes_total", "Originals read again", registry=registry)
        self._collected = Counter("twincheck_objects_collected_total", "Objects collected", registry=registry)

    async def round(self) -> None:
        """Tell the numbers, rest, and look after the store."""
        await self.tell()
        await asyncio.sleep(ROUND_S)
        await self.run_once()

    async def run_once(self) -> None:
        """Scrub what a round's time allows, collect when it is due, and tell the numbers.

        Raises:
            StoreDown: the store fails; the next round goes on.
        """
        await self._scrub()
        now = self._clock.now()
        async with self._database.begin() as session:
            is_due = await session.value("objects.upkeep_due", "collect", now, now - COLLECT_EVERY)
        if is_due:
            collected = await self._collector.run()
            self._collected.inc(collected.deleted)
            if collected.deleted or collected.strange:
                log.info("objects.collected", deleted=collected.deleted, strange=collected.strange)
        await self.tell()

    async def tell(self) -> None:
        """Take the numbers from the database."""
        async with self._database.begin() as session:
            counts = await session.row("objects.counts")
        assert counts is not None  # noqa: S101  # it counts, so there is a row
        self._damaged.set(counts["damaged"])
        self._leaving.set(counts["leaving"])

    async def _scrub(self) -> None:
        before = self._clock.now() - SCRUB_EVERY
        scrubbed = await self._scrubber.run(before=before, most_bytes=int(SCRUB_BYTES_PER_S * ROUND_S))
        self._scrubbed.inc(scrubbed.bytes)
        if scrubbed.damaged:
            log.error("originals.damaged", found=scrubbed.damaged)
