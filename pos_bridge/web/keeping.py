"""Messages that come at once are kept at once: one commit holds all that wait, and each is answered after its own.

The ledger's verbs block until the disk has it. One thread at a time does that, so a hundred senders cost one fsync and
one thread, and none is told 2xx before its message is durable. Where many come at once a commit waits a moment for
those that were there a moment ago: a lone sender never waits for anybody.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from photocore.errors import TwincheckError
from pos_bridge.messages import RawMessage
from sync.errors import JournalDown

MOST_AT_ONCE: Final = 200
MOST_WAITING_BYTES: Final = 64_000_000
"""Of messages that wait for the disk; who comes then is told to come again."""

MANY: Final = 4
"""Senders at once, from which a commit waits for them."""
LINGER_S: Final = 0.001

Keep = Callable[[Sequence[RawMessage]], object]


@dataclass(frozen=True, kw_only=True)
class _Waiting:
    message: RawMessage
    done: "asyncio.Future[None]"


class Keeper:
    """Keeps messages durably, in the order they came; ``on_kept`` hears of each commit. For the loop's thread alone."""

    def __init__(self, keep: Keep, on_kept: Callable[[], object] = lambda: None) -> None:
        self._keep = keep
        self._on_kept = on_kept
        self._waiting: deque[_Waiting] = deque()
        self._bytes = 0
        self._work: asyncio.Task[None] | None = None
        self._at_once = 0
        self._gathered: asyncio.Future[None] | None = None

    async def keep(self, message: RawMessage) -> None:
        """Return once ``message`` is durable, or was before.

        Raises:
            JournalDown: it is not, and nobody can tell whether it will be: let the sender come again.
        """
        if self._bytes + len(message.body) > MOST_WAITING_BYTES:
            raise JournalDown("too many messages wait for the disk")
        waiting = _Waiting(message=message, done=asyncio.get_running_loop().create_future())
        self._waiting.append(waiting)
        self._bytes += len(message.body)
        if self._work is None:
            self._work = asyncio.create_task(self._run())
        elif self._gathered is not None and len(self._waiting) >= self._at_once:
            self._go_on()
        await waiting.done

    async def _run(self) -> None:
        try:
            while self._waiting:
                await self._gather()
                batch = [self._waiting.popleft() for _ in range(min(MOST_AT_ONCE, len(self._waiting)))]
                self._bytes -= sum(len(one.message.body) for one in batch)
                await self._keep_batch(batch)
                self._at_once = min(MOST_AT_ONCE, len(batch) + len(self._waiting))
                self._on_kept()
        finally:
            self._work = None

    async def _gather(self) -> None:
        """Wait until as many are there as the last time, a moment at most."""
        if not MANY <= self._at_once > len(self._waiting):
            return
        loop = asyncio.get_running_loop()
        self._gathered = loop.create_future()
        limit = loop.call_later(LINGER_S, self._go_on)
        try:
            await self._gathered
        finally:
            limit.cancel()
            self._gathered = None

    def _go_on(self) -> None:
        if self._gathered is not None and not self._gathered.done():
            self._gathered.set_result(None)

    async def _keep_batch(self, batch: list[_Waiting]) -> None:
        down: Exception | None = JournalDown("broken off before it was kept")
        try:
            await asyncio.to_thread(self._keep, [one.message for one in batch])
            down = None
        except TwincheckError as error:
            down = error if isinstance(error, JournalDown) else JournalDown(str(error))
        finally:  # whatever happened, nobody waits for ever
            for one in batch:
                if not one.done.done():
                    one.done.set_exception(down) if down else one.done.set_result(None)
