"""Tells the listener what went by, behind the till's back: never waited for, and never in the till's way.

What the listener cannot take now stays in the ring and is told later, each piece with the moment it came in. Only what
the ring has no more room for is lost to it, the oldest first, and the places in the stream show that.
"""

from collections import deque
from dataclasses import dataclass
from typing import Final

from hardware.tee.copies import MOST_COPY_BYTES, Copy
from hardware.tee.flow import STEP_BYTES, Flow
from hardware.tee.shared import COPIED, COPIES_LOST, RING_BYTES, Shared
from hardware.transport.datagrams import DatagramSender
from photocore.seams import Clock

KEPT_BYTES: Final = RING_BYTES - STEP_BYTES
"""What the ring surely still has; the next read may already cover the rest."""
QUIET_S: Final = 0.1
"""A line that was quiet for so long begins something new."""
TOGETHER_S: Final = 0.01
"""Pieces that came in within this may be told as one."""


@dataclass(frozen=True)
class _Mark:
    offset: int
    at: float
    is_heard: bool
    is_fresh: bool


class Copier:
    """Copies what one flow reads to a listener."""

    def __init__(
        self, shared: Shared, flow: Flow, sender: DatagramSender, clock: Clock, *, lane: str, epoch: int
    ) -> None:
        self._words = shared.words
        self._flow = flow
        self._sender = sender
        self._clock = clock
        self._lane = lane
        self._epoch = epoch
        self._marks: deque[_Mark] = deque()
        self._noted = self._words[COPIED]  # what a forwarder before this one had not told came in just now
        self._last_at = clock.monotonic() if self._noted < flow.read_bytes else -QUIET_S

    @property
    def is_behind(self) -> bool:
        """Say whether something is still to be told."""
        return self._words[COPIED] < self._noted

    def note(self, *, is_heard: bool) -> None:
        """Remember that what came in since the last time did so now, and whether a till was there to take it."""
        offset, self._noted = self._noted, self._flow.read_bytes
        if offset == self._noted:
            return
        now = self._clock.monotonic()
        is_fresh, self._last_at = now - self._last_at >= QUIET_S, now
        last = self._marks[-1] if self._marks else None
        if last is None or is_fresh or now - last.at > TOGETHER_S or last.is_heard != is_heard:
            self._marks.append(_Mark(offset=offset, at=now, is_heard=is_heard, is_fresh=is_fresh))

    def tell(self) -> None:
        """Tell what the listener takes now of what was noted."""
        words, read = self._words, self._noted
        if read - words[COPIED] > KEPT_BYTES:
            self._lose(read)
        while words[COPIED] < read:
            copy = self._next(read)
            if self._sender.send(copy.encode()) != "taken":
                return
            words[COPIED] = copy.offset + len(copy.payload)

    def _next(self, read: int) -> Copy:
        offset, marks = self._words[COPIED], self._marks
        while len(marks) > 1 and marks[1].offset <= offset:
            marks.popleft()
        mark, following = marks[0], marks[1].offset if len(marks) > 1 else read
        start = offset % RING_BYTES
        length = min(following - offset, MOST_COPY_BYTES, RING_BYTES - start)
        return Copy(
            lane=self._lane,
            epoch=self._epoch,
            offset=offset,
            at=mark.at,
            payload=bytes(self._flow.ring[start : start + length]),
            is_heard=mark.is_heard,
            is_fresh=mark.is_fresh and mark.offset == offset,
        )

    def _lose(self, read: int) -> None:
        """Give up what the ring may no longer have, whole pieces where that is known."""
        oldest = read - KEPT_BYTES
        while len(self._marks) > 1 and self._marks[0].offset < oldest:
            self._marks.popleft()
        kept = max(oldest, self._marks[0].offset)
        self._words[COPIES_LOST] += kept - self._words[COPIED]
        self._words[COPIED] = kept
