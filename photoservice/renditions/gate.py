"""Who may make the next picture: the best lane first, and within it the roll that came first.

Rolls of every lane are taken from the queue side by side, so nobody waits for a place; what they wait for is this, one
picture at a time. A new roll is behind at most the pictures that are being made when it comes.
"""

import asyncio
import heapq
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from photoservice.errors import ServiceError


class GateClosed(ServiceError):
    """The worker stops: no further picture is begun."""


@dataclass(order=True)
class _Waiting:
    """One that waits: the higher priority goes first, then the older job, then who came first."""

    place: tuple[int, int, int]
    turn: "asyncio.Future[None]" = field(compare=False)


class Gate:
    """Lets ``width`` in at once; the others wait in the order of their ranks. For one event loop."""

    def __init__(self, width: int) -> None:
        self._free = width
        self._waiting: list[_Waiting] = []
        self._came = 0
        self._closed = False

    @asynccontextmanager
    async def turn(self, *, priority: int, job: int) -> AsyncGenerator[None]:
        """Wait for one's turn and hold a place as long as the context lasts.

        Raises:
            GateClosed: the gate is closed, or was while one waited.
        """
        await self._enter(priority, job)
        try:
            yield
        finally:
            self._free += 1
            self._let_in()

    @property
    def waiting(self) -> int:
        """How many wait for their turn."""
        return sum(not waiting.turn.done() for waiting in self._waiting)

    def close(self) -> None:
        """Send everybody who waits away, and whoever comes; those inside go on."""
        self._closed = True
        for waiting in self._waiting:
            if not waiting.turn.done():
                waiting.turn.set_exception(GateClosed())
        self._waiting.clear()

    async def _enter(self, priority: int, job: int) -> None:
        if self._closed:
            raise GateClosed
        self._came += 1
        waiting = _Waiting((-priority, job, self._came), asyncio.get_running_loop().create_future())
        heapq.heappush(self._waiting, waiting)
        self._let_in()
        try:
            await waiting.turn
        except asyncio.CancelledError:
            if waiting.turn.done() and not waiting.turn.cancelled() and waiting.turn.exception() is None:
                self._free += 1  # let in at the moment it left: the place is the next one's
                self._let_in()
            raise

    def _let_in(self) -> None:
        while self._free and self._waiting:
            waiting = heapq.heappop(self._waiting)
            if not waiting.turn.done():
                self._free -= 1
                waiting.turn.set_result(None)
