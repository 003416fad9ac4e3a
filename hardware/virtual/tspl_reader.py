"""What a TSC printer makes of the bytes it receives: TSPL as commands, and its bitmaps as raw bytes.

Sans I/O, and written from the TSPL/TSPL2 programming manual (TSC AUTO ID, 2013) and research/standards.md 3.7, not from
our encoder, so that it is a judge. A line is a command; only BITMAP is followed by as many raw bytes as its width and
height say, whatever they are, line ends included: a size that lies swallows what follows.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from hardware.virtual.escpos_reader import Command, Unknown

MAX_LINE_BYTES: Final = 4_096
MAX_BITMAP_BYTES: Final = 2_000_000
BITMAP_HEAD: Final = re.compile(rb"BITMAP\s+" + rb"(\d{1,5})\s*,\s*" * 4 + rb"([012])\s*,")
AT_ONCE: Final = re.compile(rb"\x1b![?SR.PODC]")
LONGEST_AT_ONCE: Final = 3


@dataclass(frozen=True, kw_only=True)
class Bitmap:
    """``BITMAP``: its corner in dots, the length of its rows, how it is laid on, and its bytes (0 bits are black)."""

    x: int
    y: int
    row_bytes: int
    mode: int
    rows: bytes


Read = Command | Bitmap | Unknown


@dataclass
class TsplReader:
    """Bytes in, commands out; holds an unfinished line or bitmap until the rest of it comes."""

    _open: bytearray = field(default_factory=bytearray)

    def forget(self) -> None:
        """Drop what is half received."""
        self._open.clear()

    def feed(self, received: bytes) -> list[Read]:
        """Return the commands that ``received`` completes."""
        self._open += received
        return list(self._commands())

    def _commands(self) -> Iterator[Read]:
        while self._open:
            taken = self._bitmap() if self._open[:6].upper().startswith(b"BITMAP") else self._line()
            if taken is None:
                return
            length, command = taken
            del self._open[:length]
            if command is not None:
                yield command

    def _bitmap(self) -> tuple[int, Read] | None:
        head = BITMAP_HEAD.match(self._open)
        if head is None:
            return self._broken() if b"\n" in self._open or len(self._open) > MAX_LINE_BYTES else None
        x, y, row_bytes, height, mode = (int(number) for number in head.groups())
        if not 0 < row_bytes * height <= MAX_BITMAP_BYTES:
            return self._broken()
        end = head.end() + row_bytes * height
        if len(self._open) < end:
            return None
        rows = bytes(self._open[head.end() : end])
        return end, Bitmap(x=x, y=y, row_bytes=row_bytes, mode=mode, rows=rows)

    def _line(self) -> tuple[int, Read | None] | None:
        if AT_ONCE.match(self._open):
            return LONGEST_AT_ONCE, None  # it was obeyed when it came in
        end = re.search(rb"[\r\n]", self._open)
        if end is None:
            return self._broken() if len(self._open) > MAX_LINE_BYTES else None
        line = AT_ONCE.sub(b"", bytes(self._open[: end.start()])).strip()
        return end.end(), _command(line)

    def _broken(self) -> tuple[int, Unknown]:
        end = self._open.find(b"\n") + 1 or len(self._open)
        return end, Unknown(raw=bytes(self._open[:end]))


def _command(line: bytes) -> Command | Unknown | None:
    if not line:
        return None
    word = re.match(rb"(SET\s+[A-Z]+|[~A-Z][A-Z!@]*)", line)
    if word is None:
        return Unknown(raw=line)
    name = b" ".join(word.group().split()).decode("ascii")
    return Command(name=name, parameters=line[word.end() :].strip())
