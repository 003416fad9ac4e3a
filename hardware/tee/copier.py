"""Tells the listener what went by, behind the till's back: never waited for, and never in the till's way.

What the listener cannot take now stays in the ring and is told later, each piece with the moment it came in. What it
took it may not have written down when it dies: so it says how far it has, and the next listener is told from there on.
Only what the ring has no more room for is lost, the oldest first, and the places in the stream show that.
"""

from bisect import bisect_right
from contextlib import suppress
from dataclasses import dataclass
from operator import attrgetter
from typing import Final

from hardware.errors import HardwareError
from hardware.tee.copies import MOST_COPY_BYTES, Copy, Kept, KeptAsked, decode
from hardware.tee.flow import STEP_BYTES, Flow
from hardware.tee.shared import COPIED, COPIES_LOST, KEPT, RING_BYTES, Shared
from hardware.transport.datagrams import DatagramLine, Sent
from photocore.seams import Clock

KEPT_BYTES: Final = RING_BYTES - STEP_BYTES
"""What the ring surely still has; the next read may already cover the rest."""
QUIET_S: Final = 0.1
"""A line that was quiet for so long begins something new."""
TOGETHER_S: Final = 0.01
"""Pieces that came in within this may be told as one."""
BEHIND_WAIT_MS: Final = 250
"""How often a listener is tried that did not listen, and how soon one is asked that has not said what it kept."""
MOST_ASKING_WAIT_MS: Final = 1000
"""How often one is asked that never answers."""
_BY_OFFSET: Final = attrgetter("offset")


@dataclass(frozen=True)
class _Mark:
    offset: int
    at: float
    is_heard: bool
    is_fresh: bool


class Copier:
    """Copies what one flow reads to a listener."""

    def __init__(self, shared: Shared, flow: Flow, line: DatagramLine, clock: Clock, *, lane: str, epoch: int) -> None:
        self._words = shared.words
        self._flow = flow
        self._line = line
        self._clock = clock
        self._lane = lane
        self._epoch = epoch
        self._marks: list[_Mark] = []
        self._noted = self._words[KEPT]  # what a forwarder before this one had told or not came in just now
        self._last_at = clock.monotonic() if self._noted < flow.read_bytes else -QUIET_S
        self._came_at: float | None = None
        self._asking_ms = BEHIND_WAIT_MS
        self._ask_at = 0.0

    @property
    def is_behind(self) -> bool:
        """Say whether something is still to be told."""
        return self._words[COPIED] < self._noted

    @property
    def is_owing(self) -> bool:
        """Say whether something is still to be told, or to be heard of."""
        return self._words[KEPT] < self._noted

    def patience_ms(self) -> int | None:
        """Return how long may be waited until :meth:`tell` is called again; None: there is nothing to be told."""
        if self.is_behind:
            return BEHIND_WAIT_MS
        return self._asking_ms if self.is_owing else None

    def stamp(self) -> None:
        """Remember the moment at which bytes came in, to be noted when there is time."""
        self._came_at = self._clock.monotonic()

    def note(self, *, is_heard: bool) -> None:
        """Remember that what came in since the last time did so now, and whether a till was there to take it."""
        offset, self._noted = self._noted, self._flow.read_bytes
        if offset == self._noted:
            return
        now = self._clock.monotonic() if self._came_at is None else self._came_at
        self._came_at = None
        is_fresh, self._last_at = now - self._last_at >= QUIET_S, now
        last = self._marks[-1] if self._marks else None
        if last is None or is_fresh or now - last.at > TOGETHER_S or last.is_heard != is_heard:
            self._marks.append(_Mark(offset=offset, at=now, is_heard=is_heard, is_fresh=is_fresh))

    def tell(self) -> None:
        """Tell what the listener takes now of what was noted; ask what it has kept if it is slow to say so."""
        self._hear()
        for _ in range(2):
            if self._tell_one() != "absent" or not self._join_next():
                return

    def _tell_one(self) -> Sent:
        """Tell whoever listened last; say how that went."""
        words, read = self._words, self._noted
        while words[COPIED] < read:
            if read - words[COPIED] > KEPT_BYTES:
                self._lose(read)
            copy = self._next(read)
            sent = self._line.send(copy.encode())
            if sent != "taken":
                return sent
            words[COPIED] = copy.offset + len(copy.payload)
            self._asking_ms, self._ask_at = BEHIND_WAIT_MS, self._clock.monotonic() + BEHIND_WAIT_MS / 1000
        return self._ask() if self.is_owing and self._clock.monotonic() >= self._ask_at else "taken"

    def _ask(self) -> Sent:
        """Ask how far it has kept all; less and less often, if there is no answer."""
        now = self._clock.monotonic()
        sent = self._line.send(KeptAsked(lane=self._lane, epoch=self._epoch, offset=self._noted, at=now).encode())
        self._ask_at = now + self._asking_ms / 1000
        self._asking_ms = min(2 * self._asking_ms, MOST_ASKING_WAIT_MS)
        return sent

    def _join_next(self) -> bool:
        """Turn to whoever listens now, if anybody does, and go back to what the last one had kept."""
        if not self._line.join():
            return False
        words = self._words
        words[COPIED] = max(words[KEPT], min(words[COPIED], self._oldest(self._noted)))
        return True

    def _hear(self) -> None:
        """Hear what the listener has kept, and forget the moments of that."""
        words = self._words
        while (datagram := self._line.receive()) is not None:
            with suppress(HardwareError):
                told = decode(datagram)
                if isinstance(told, Kept) and (told.epoch, told.lane) == (self._epoch, self._lane):
                    words[KEPT] = max(words[KEPT], min(told.offset, words[COPIED]))
        needed = max(words[KEPT], self._noted - KEPT_BYTES)
        del self._marks[: max(0, bisect_right(self._marks, needed, key=_BY_OFFSET) - 1)]

    def _next(self, read: int) -> Copy:
        offset, marks = self._words[COPIED], self._marks
        at = max(0, bisect_right(marks, offset, key=_BY_OFFSET) - 1)
        mark, following = marks[at], marks[at + 1].offset if at + 1 < len(marks) else read
        start = offset % RING_BYTES
        length = min(following - offset, MOST_COPY_BYTES, RING_BYTES - start)
        return Copy(
            lane=self._lane,
            epoch=self._epoch,
            offset=offset,
            at=mark.at,
            payload=bytes(self._flow.ring[start : start + length]),
            is_heard=mark.is_heard,
            is_fresh=(mark.is_fresh and mark.offset == offset) or 0 < offset == self._words[KEPT],
        )

    def _lose(self, read: int) -> None:
        """Give up what the ring may no longer have."""
        oldest = self._oldest(read)
        self._words[COPIES_LOST] += oldest - self._words[COPIED]
        self._words[COPIED] = oldest

    def _oldest(self, read: int) -> int:
        """Return from where on the ring surely has all; whole pieces, where that is known."""
        oldest = max(0, read - KEPT_BYTES)
        return next((mark.offset for mark in self._marks if mark.offset >= oldest), oldest)
