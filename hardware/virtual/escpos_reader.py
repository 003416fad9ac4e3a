"""What a printer makes of the bytes it receives: ESC/POS as commands, without printing any.

Sans I/O, and written from the manuals, not from our encoder, so that it is a judge: what it does not know is reported
as :class:`Unknown`, and a length that lies swallows what follows, as in a real printer (research/hardware.md 0).
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final


@dataclass(frozen=True, kw_only=True)
class Command:
    """One command as its name in the manual and its parameters."""

    name: str
    parameters: bytes = b""


@dataclass(frozen=True, kw_only=True)
class RasterRows:
    """``GS v 0``: rows of dots to print now."""

    row_bytes: int
    rows: bytes


@dataclass(frozen=True, kw_only=True)
class Print:
    """Text for the line buffer, still in the printer's code page."""

    text: bytes


@dataclass(frozen=True, kw_only=True)
class Unknown:
    """Bytes no manual here explains."""

    raw: bytes


Read = Command | RasterRows | Print | Unknown

# Commands of a fixed length: lead bytes, and how many parameters follow.
FIXED: Final = {
    b"\x1b@": 0,
    b"\x1b!": 1,
    b"\x1b-": 1,
    b"\x1b2": 0,
    b"\x1b3": 1,
    b"\x1bE": 1,
    b"\x1bG": 1,
    b"\x1bJ": 1,
    b"\x1bM": 1,
    b"\x1bR": 1,
    b"\x1ba": 1,
    b"\x1bd": 1,
    b"\x1bp": 3,
    b"\x1bt": 1,
    b"\x1b{": 1,
    b"\x1d!": 1,
    b"\x1dB": 1,
    b"\x1dP": 2,
    b"\x1da": 1,
    b"\x1db": 1,
    b"\x1dr": 1,
}
# Commands whose third byte is followed by a two-byte length.
SIZED: Final = (b"\x1d(", b"\x1c(")
LEADS: Final = b"\x10\x1b\x1c\x1d"
LONGEST_HEAD: Final = 10


@dataclass
class EscposReader:
    """Bytes in, commands out; holds an unfinished command until the rest of it comes."""

    _open: bytearray = field(default_factory=bytearray)

    @property
    def is_between(self) -> bool:
        """Say whether no command is half received."""
        return not self._open

    def forget(self) -> None:
        """Drop what is half received, as clearing the buffer does."""
        self._open.clear()

    def feed(self, received: bytes) -> list[Read]:
        """Return the commands that ``received`` completes."""
        self._open += received
        return list(self._commands())

    def _commands(self) -> Iterator[Read]:
        while self._open:
            taken = self._next(bytes(self._open[: LONGEST_HEAD + 2]))
            if taken is None:
                return
            length, command = taken
            del self._open[:length]
            if command is not None:
                yield command

    def _next(self, head: bytes) -> tuple[int, Read | None] | None:
        """Return the length of the first command and what it is; ``None`` while it is not whole."""
        if head[0] not in LEADS:
            return self._plain()
        if head[0] == 0x10 or len(head) < 2:
            return _real_time(head)
        if head[:2] in FIXED:
            return self._whole(2 + FIXED[head[:2]], head[:2])
        if head[:2] in SIZED:
            return self._sized(head)
        return self._special(head)

    def _plain(self) -> tuple[int, Read | None]:
        end = next((at for at, byte in enumerate(self._open) if byte < 0x20), len(self._open))
        if end == 0:
            stray = bytes(self._open[:1])
            if stray == b"\n":
                return 1, Command(name="LF")
            return 1, None if stray in (b"\x00", b"\r") else Unknown(raw=stray)
        return end, Print(text=bytes(self._open[:end]))

    def _whole(self, length: int, lead: bytes, skip: int | None = None) -> tuple[int, Read] | None:
        if len(self._open) < length:
            return None
        name = ("ESC " if lead[0] == 0x1B else "FS " if lead[0] == 0x1C else "GS ") + lead[1:].decode("ascii")
        return length, Command(name=name, parameters=bytes(self._open[skip or len(lead) : length]))

    def _sized(self, head: bytes) -> tuple[int, Read] | None:
        if len(head) < 5:
            return None
        return self._whole(5 + int.from_bytes(head[3:5], "little"), head[:3], skip=5)

    def _special(self, head: bytes) -> tuple[int, Read] | None:
        if head[:2] == b"\x1dv":
            return self._raster(head)
        if head[:2] == b"\x1dV":
            if len(head) < 3:
                return None
            return self._whole(4 if head[2] >= 65 else 3, head[:2])
        if head[:2] == b"\x1dk" and len(head) >= 4 and head[2] >= 65:
            return self._whole(4 + head[3], head[:2])
        return (2, Unknown(raw=head[:2])) if len(head) >= 4 else None

    def _raster(self, head: bytes) -> tuple[int, Read] | None:
        if len(head) < 8:
            return None
        row_bytes, rows = int.from_bytes(head[4:6], "little"), int.from_bytes(head[6:8], "little")
        length = 8 + row_bytes * rows
        if len(self._open) < length:
            return None
        return length, RasterRows(row_bytes=row_bytes, rows=bytes(self._open[8:length]))


def _real_time(head: bytes) -> tuple[int, None] | None:
    """Skip a real-time command at its place in the buffer: it was obeyed when it came in."""
    if len(head) < 2:
        return None
    length = {0x04: 3, 0x05: 3, 0x14: 10 if head[2:3] == b"\x08" else 5}.get(head[1], 2)
    return (length, None) if len(head) >= length else None


@dataclass
class RealTimeScanner:
    """Finds the commands a printer obeys at once, wherever they stand in the stream, raster data included."""

    _tail: bytes = b""

    def feed(self, received: bytes) -> list[tuple[int, bytes]]:
        """Return (offset in ``received`` after it, command) for each one completed here."""
        before = len(self._tail)
        stream = self._tail + received
        found = [
            (at + len(command) - before, command)
            for command in REAL_TIME
            for at in _places(stream, command)
            if at + len(command) > before
        ]
        self._tail = stream[-(LONGEST_HEAD - 1) :]
        return sorted(found)


REAL_TIME: Final = (
    *(b"\x10\x04" + bytes((what,)) for what in (1, 2, 3, 4)),
    b"\x10\x05\x01",
    b"\x10\x05\x02",
    b"\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08",
)


def _places(stream: bytes, command: bytes) -> Iterator[int]:
    at = stream.find(command)
    while at >= 0:
        yield at
        at = stream.find(command, at + 1)
