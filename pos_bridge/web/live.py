"""What a lane's page shows as it happens: the last scans, what became of them; and whoever looks is told at once.

Scans come on the threads of ears, facade and pages; pages wait on the server's loop. What is shown is kept in memory
alone: the ledger has what counts.
"""

import asyncio
import threading
from collections import deque
from collections.abc import AsyncGenerator
from typing import Final, Literal

import msgspec

from photocore.seams import Clock

SHOWN: Final = 12
QUIET_S: Final = 15.0
"""After so long without news a listener is told that nothing happened, so that both ends see a dead line."""

Tone = Literal["good", "refused", "quiet"]


class LaneEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that happened at a lane. ``title`` and ``detail`` are names of words with their blanks filled later.

    ``what`` is what was scanned, as a person reads it; ``why`` the word for a reason where it was refused.
    """

    number: int
    at: str
    tone: Tone
    what: str
    name: str = ""
    why: str = ""


class LaneFeed:
    """The news of every lane. ``note`` is for any thread, ``follow`` for the loop's."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._entries: dict[str, deque[LaneEntry]] = {}
        self._version = 0
        self._loop: asyncio.AbstractEventLoop | None = None
        self._changed: asyncio.Event | None = None
        self._is_over = False

    def note(self, lane: str, what: str, *, tone: Tone = "good", name: str = "", why: str = "") -> LaneEntry:
        """Show that something happened at ``lane``."""
        at = self._clock.now().isoformat(timespec="seconds")
        with self._lock:
            self._version += 1
            entry = LaneEntry(number=self._version, at=at, tone=tone, what=what, name=name, why=why)
            self._entries.setdefault(lane, deque(maxlen=SHOWN)).appendleft(entry)
        self._tell()
        return entry

    def touch(self) -> None:
        """Tell whoever looks that something else changed: a sale was told, the line came back."""
        with self._lock:
            self._version += 1
        self._tell()

    def last(self, lane: str) -> tuple[LaneEntry, ...]:
        """Return what happened at ``lane``, the newest first."""
        with self._lock:
            return tuple(self._entries.get(lane, ()))

    def close(self) -> None:
        """Let everybody who follows go home."""
        self._is_over = True
        self._tell()

    async def follow(self) -> AsyncGenerator[int]:
        """Yield the version now and whenever it changes, and after a quiet while the same once more."""
        self._loop = asyncio.get_running_loop()
        while not self._is_over:
            changed = self._changed = self._changed or asyncio.Event()
            yield self._version
            try:
                await asyncio.wait_for(changed.wait(), QUIET_S)
            except TimeoutError:
                continue

    def _tell(self) -> None:
        loop = self._loop
        if loop is not None and not loop.is_closed():
            loop.call_soon_threadsafe(self._ring)

    def _ring(self) -> None:
        changed, self._changed = self._changed, None
        if changed is not None:
            changed.set()
