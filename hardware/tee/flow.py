"""One direction of a tee: from a source's descriptor through a ring and a pipe to a sink's, each byte once.

*In*: the system reads straight into the shared ring, over a pattern that shows how much came if nobody lived to note
it. *On*: into a pipe that the keeper holds, announced with the pipe's fill, so that a look at the pipe tells whether it
was done. *Out*: the system itself moves bytes from the pipe to the sink (``splice``), which no death can cut in two.

A sink that cannot be spliced to (a device file such as /dev/usb/lp0; a terminal before Linux 5.11) is written to from
the ring. There one instant is left in which nobody can know whether a write was done; it is then taken for done: a
line that is missing is seen and done again, one that comes twice is not.
"""

import errno
import fcntl
import os
import sys
import termios
from typing import Final

from hardware.errors import HardwareError
from hardware.tee.shared import BLOCK_LENGTH, BLOCK_SENT, RING_BYTES, Shared

STEP_BYTES: Final = 4096
"""Of one read, and of one write into the pipe: the system does as much whole or not at all (PIPE_BUF)."""
DIRECT_BYTES: Final = 512
SHORT_BYTES: Final = 512
"""Of a read in the way that nearly every byte takes: more than any scan."""
_PATTERN: Final = b"\xa5" * STEP_BYTES
_SHORT_PATTERN: Final = _PATTERN[:SHORT_BYTES]
EVERYTHING: Final = (1 << 63) - 1
"""Further than any stream goes."""
_ALL_THAT_CAME: Final = (1 << 64) - 1
"""Announces a write of as much as the read before it will bring."""

# A flow's words.
READ, TAKEN, READING, READING_AT, BEFORE, ADDING, ADDING_AT, IS_BLOCK, WASTED, IS_DIRECT = range(10)


class SourceGone(HardwareError):
    """The source hung up: unplugged."""


class SinkGone(HardwareError):
    """The sink hung up: unplugged."""


class Flow:
    """Bytes on their way in one direction. ``number`` is its place in ``shared``.

    To be made before the fork; a forwarder calls :meth:`resume` first, and :meth:`aim` for a sink.
    """

    def __init__(self, shared: Shared, number: int) -> None:
        self._shared = shared
        self.words, self.ring = shared.flow(number)
        self._out, self._in = os.pipe()
        os.set_blocking(self._in, False)
        os.set_blocking(self._out, False)
        self._in_pipe = 0
        self._place = self.ring[:SHORT_BYTES]
        self._place_at = 0

    @property
    def read_bytes(self) -> int:
        """How much has come in."""
        return self.words[READ]

    @property
    def taken_bytes(self) -> int:
        """How much of that has left the ring."""
        return self.words[TAKEN]

    @property
    def held(self) -> int:
        """How much has come in and not yet gone out."""
        return self.words[READ] - self.words[TAKEN] + self._in_pipe

    def since(self, place: int) -> bytes:
        """Return what has come in from a place of the stream on, at most a ring's length back."""
        start, count = place % RING_BYTES, self.words[READ] - place
        first = min(count, RING_BYTES - start)
        return bytes(self.ring[start : start + first]) + bytes(self.ring[: count - first])

    @property
    def room(self) -> int:
        """How much more can come in."""
        return RING_BYTES - (self.words[READ] - self.words[TAKEN])

    def waiting(self) -> int:
        """Return what :attr:`held` is, as the system knows it: for the keeper."""
        return self.words[READ] - self.words[TAKEN] + self._fill()

    def resume(self) -> None:
        """Find out how far the forwarder before this one came."""
        words = self.words
        if words[READING] and words[READ] == words[READING_AT]:
            start = words[READ] % RING_BYTES
            words[READ] += len(bytes(self.ring[start : start + words[READING]]).rstrip(_PATTERN[:1]))
        words[READING] = 0
        self._in_pipe = self._fill()
        counter, place = (self._shared.words, BLOCK_SENT) if words[IS_BLOCK] else (words, TAKEN)
        adding = words[READ] - words[TAKEN] if words[ADDING] == _ALL_THAT_CAME else words[ADDING]
        is_done = words[IS_DIRECT] or self._in_pipe == words[BEFORE] + adding
        if adding and counter[place] == words[ADDING_AT] and is_done:
            counter[place] += adding
        words[ADDING] = 0

    def aim(self, sink: int) -> None:
        """Find out whether the system can move bytes to ``sink`` by itself."""
        if self._in_pipe:
            return
        try:
            os.splice(self._out, sink, 1, flags=os.SPLICE_F_NONBLOCK)
        except OSError as cause:
            self.words[IS_DIRECT] = cause.errno == errno.EINVAL

    def take_in(self, source: int) -> int:
        """Read what is there, at most one step; return how much that was.

        Raises:
            SourceGone: it was unplugged.
        """
        words = self.words
        start = words[READ] % RING_BYTES
        most = min(STEP_BYTES, RING_BYTES - start, self.room)
        if most <= 0:
            return 0
        place = self.ring[start : start + most]
        place[:] = _PATTERN[:most]
        words[READING_AT] = words[READ]
        words[READING] = most
        try:
            came = os.readv(source, (place,))
        except BlockingIOError:
            words[READING] = 0
            return 0
        except OSError as cause:
            words[READING] = 0
            raise SourceGone from cause
        words[READ] += came
        words[READING] = 0
        if not came:
            raise SourceGone
        return came

    def send_on(self, sink: int, until: int = EVERYTHING) -> bool:
        """Move on what the sink takes now, up to stream offset ``until``; say whether all of that is out.

        Raises:
            SinkGone: it was unplugged.
        """
        words = self.words
        while True:
            end = min(words[READ], until)
            while words[TAKEN] < end:
                start = words[TAKEN] % RING_BYTES
                piece = self.ring[start : start + min(STEP_BYTES, RING_BYTES - start, end - words[TAKEN])]
                if not self._add(sink, piece, words, TAKEN):
                    break
            if not self._in_pipe:
                return words[TAKEN] >= end
            if not self._splice(sink):
                return False

    def make_ready(self) -> bool:
        """Announce, before bytes are there, what :meth:`pass_on` will do with them; say whether it may.

        To be called where nothing is held. What can be said beforehand costs the bytes no time; whoever finds the
        announcement and no bytes knows that there were none.
        """
        words = self.words
        read = words[READ]
        start = read % RING_BYTES
        if start > RING_BYTES - SHORT_BYTES or words[IS_DIRECT]:
            return False
        self._place_at, self._place = read, self.ring[start : start + SHORT_BYTES]
        self._place[:] = _SHORT_PATTERN
        words[READING_AT] = read
        words[READING] = SHORT_BYTES
        words[BEFORE] = 0
        words[ADDING_AT] = read
        words[IS_BLOCK] = 0
        words[ADDING] = _ALL_THAT_CAME
        return True

    def pass_on(self, source: int, sink: int) -> bool:
        """Do :meth:`take_in` and :meth:`send_on` in one, behind :meth:`make_ready`; say whether all that came is out.

        What nearly every byte of a scanner takes: between the read and the sink stands nothing but two notes.

        Raises:
            SourceGone: the source was unplugged.
            SinkGone: the sink was.
        """
        place, words = self._place, self.words
        try:
            came = os.readv(source, (place,))
        except BlockingIOError:
            return True
        except OSError as cause:
            raise SourceGone from cause
        if not came:
            raise SourceGone
        words[READ] = through = self._place_at + came
        os.write(self._in, place[:came])
        words[TAKEN] = through
        self._in_pipe = came
        return self._splice(sink) == came

    def send_block(self, sink: int) -> bool:
        """Move on the receipt's block that lies in the shared room; say whether all of it is out.

        Raises:
            SinkGone: the sink was unplugged.
        """
        words, block = self._shared.words, self._shared.block
        while True:
            while words[BLOCK_SENT] < words[BLOCK_LENGTH]:
                piece = block[words[BLOCK_SENT] : min(words[BLOCK_LENGTH], words[BLOCK_SENT] + STEP_BYTES)]
                if not self._add(sink, piece, words, BLOCK_SENT):
                    break
            if not self._in_pipe:
                return words[BLOCK_SENT] >= words[BLOCK_LENGTH]
            if not self._splice(sink):
                return False

    def waste(self) -> int:
        """Drop all that is held: nobody is there to take it. Return how much that was."""
        words, dropped = self.words, self.held
        words[WASTED] += dropped
        words[TAKEN] = words[READ]
        while self._in_pipe > 0:
            self._in_pipe -= len(os.read(self._out, RING_BYTES))
        return dropped

    def close(self) -> None:
        """Let go of the pipe, and of what is in it."""
        os.close(self._in)
        os.close(self._out)

    def _fill(self) -> int:
        return int.from_bytes(fcntl.ioctl(self._out, termios.FIONREAD, bytes(4)), sys.byteorder)

    def _add(self, sink: int, piece: memoryview, counter: memoryview, place: int) -> bool:
        """Put a piece into the pipe, or straight into the sink; say whether anything could be put."""
        words = self.words
        is_direct = words[IS_DIRECT]
        if is_direct:
            piece = piece[:DIRECT_BYTES]
        words[BEFORE] = self._in_pipe
        words[ADDING_AT] = counter[place]
        words[IS_BLOCK] = place == BLOCK_SENT and counter is self._shared.words
        words[ADDING] = len(piece)
        try:
            gone = os.write(sink if is_direct else self._in, piece)
        except BlockingIOError:
            words[ADDING] = 0
            return False
        except OSError as cause:
            words[ADDING] = 0
            raise SinkGone from cause
        self._in_pipe += 0 if is_direct else gone
        counter[place] += gone
        words[ADDING] = 0
        return True

    def _splice(self, sink: int) -> int:
        try:
            gone = os.splice(self._out, sink, RING_BYTES, flags=os.SPLICE_F_NONBLOCK)
        except BlockingIOError:
            return 0
        except OSError as cause:
            raise SinkGone from cause
        self._in_pipe -= gone
        return gone
