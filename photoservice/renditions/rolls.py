"""One roll's job: everything of the roll that is due, with a few pictures under way at once, until nothing is.

The job looks again as it goes: what comes in while it works is done in the same job, and when it ends, the roll's row
is held for the moment in which "nothing more is wanted" becomes true and the job's row goes.
"""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Final

from imaging.pixels.picture import RECIPE, TIERS
from photoservice.db.database import Database
from photoservice.metrics import Metrics
from photoservice.renditions.gate import Gate
from photoservice.renditions.making import Maker, Original

_AHEAD: Final = 16
"""How many pictures of a roll are asked for at once; they wait at the gate and cost nothing."""

_AGAIN: Final = 8
"""With how many left a job looks for more, so that the gate never runs dry."""

_LOOK_EVERY_S: Final = 0.25
"""How soon a job that has few under way sees what came meanwhile: a roll's frames come one by one."""


@dataclass(frozen=True, kw_only=True)
class _Look:
    """What a job sees: up to which change the roll is wanted, how urgent it is by now, and what is due."""

    wanted: int
    priority: int
    due: list[Original]


@dataclass(frozen=True, kw_only=True)
class RollJobs:
    """Does rolls' jobs; any number at once, which share the gate."""

    database: Database
    maker: Maker
    gate: Gate
    metrics: Metrics

    async def run(self, roll: str, job: int) -> None:
        """Make all that is due of ``roll``, and end the queue's ``job``; a roll that is gone has nothing due.

        Raises:
            GateClosed: the worker stops; what was begun is made and kept.
            StoreDown: the object store does not answer.
            StoreFull: it has no room.
        """
        under_way = _UnderWay()
        try:
            while seen := await self._look(roll, job, under_way):
                for original in seen.due:
                    under_way.begin(original.sha256, self._make(original, under_way, seen.priority, job))
                if under_way.tasks:
                    await under_way.wait(_AGAIN if len(seen.due) == _AHEAD else len(under_way.tasks) - 1)
                elif await self._finish(roll, job, seen.wanted):
                    return
        finally:
            await under_way.end()

    async def _look(self, roll: str, job: int, under_way: "_UnderWay") -> _Look | None:
        async with self.database.look() as session:
            row = await session.row("renditions.look", roll, job)
            if row is None:
                return None
            due = await session.rows("renditions.due", roll, list(under_way.tasks), RECIPE, list(TIERS), _AHEAD)
        originals = [Original(sha256=one["sha256"], media=one["media"], size=one["size"]) for one in due]
        return _Look(wanted=row["wanted"], priority=row["priority"] or 0, due=originals)

    async def _make(self, original: Original, under_way: "_UnderWay", priority: int, job: int) -> None:
        async with self.gate.turn(priority=priority, job=job):
            under_way.inside.add(original.sha256)
            began = self.maker.clock.monotonic()
            word = await self.maker.make(original)
        self.metrics.renditions.labels(result=word or "made").inc()
        self.metrics.rendition_seconds.observe(self.maker.clock.monotonic() - began)

    async def _finish(self, roll: str, job: int, wanted: int) -> bool:
        async with self.database.begin() as session:
            return bool(await session.value("renditions.finish", roll, wanted, job))


class _UnderWay:
    """The pictures of one roll that are being made (``inside`` the gate), or wait for their turn."""

    def __init__(self) -> None:
        self.tasks: dict[bytes, asyncio.Task[None]] = {}
        self.inside: set[bytes] = set()

    def begin(self, sha256: bytes, work: Coroutine[object, object, None]) -> None:
        """Begin with one more."""
        self.tasks[sha256] = asyncio.create_task(work)

    async def wait(self, left: int) -> None:
        """Wait until no more than ``left`` are under way, or there may be more; raises what one failed with."""
        while len(self.tasks) > left:
            look_again_s = _LOOK_EVERY_S if len(self.tasks) < _AGAIN else None
            waited = asyncio.wait(self.tasks.values(), timeout=look_again_s, return_when=asyncio.FIRST_COMPLETED)
            done, _ = await waited
            self.tasks = {sha256: task for sha256, task in self.tasks.items() if task not in done}
            failures = [failure for task in done if (failure := task.exception())]
            if failures:
                raise failures[0]
            if not done:
                return

    async def end(self) -> None:
        """Let those inside come to their end, and call the others back."""
        for sha256, task in self.tasks.items():
            if sha256 not in self.inside:
                task.cancel()
        await asyncio.gather(*self.tasks.values(), return_exceptions=True)
