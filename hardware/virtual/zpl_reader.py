"""What a Zebra printer makes of the bytes it receives: ZPL II as commands, and its graphics as rows of dots.

Sans I/O, and written from the ZPL II programming guide (45541L) as gathered in research/standards.md 3.6, not from our
encoder, so that it is a judge. What it does not know is :class:`~hardware.virtual.escpos_reader.Unknown`.
"""

import base64
import binascii
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from hardware.virtual.escpos_reader import Command, Unknown

MAX_COMMAND_BYTES: Final = 4_000_000
MAX_GRAPHIC_BYTES: Final = 2_000_000
STARTS: Final = re.compile(rb"[\^~!]")
SGD: Final = re.compile(rb"! U1 [^\r\n]*\r?\n")
AT_ONCE: Final = re.compile(rb'~(?:HS|HQES|HQOD|HI|JA|JR|PS|PP)|! U1 getvar "[^"\r\n]{1,80}"\r?\n')
LONGEST_AT_ONCE: Final = 100


@dataclass
class ZplReader:
    """Bytes in, commands out; a command ends where the next begins, and holds its parameters as bytes."""

    _open: bytearray = field(default_factory=bytearray)

    def forget(self) -> None:
        """Drop what is half received."""
        self._open.clear()

    def feed(self, received: bytes) -> list[Command | Unknown]:
        """Return the commands that ``received`` completes."""
        self._open += received
        return list(self._commands())

    def _commands(self) -> Iterator[Command | Unknown]:
        while self._open:
            start = STARTS.search(self._open)
            stray = bytes(self._open[: start.start() if start else len(self._open)])
            if stray:
                del self._open[: len(stray)]
                if stray.strip(b"\r\n \x00"):
                    yield Unknown(raw=stray)
                continue
            length = self._length()
            if length is None:
                return
            whole = bytes(self._open[:length])
            del self._open[:length]
            if (command := _command(whole)) is not None:
                yield command

    def _length(self) -> int | None:
        """Return how long the first command is; None while that is not known."""
        if self._open.startswith(b"!"):
            sgd = SGD.match(self._open)
            return sgd.end() if sgd else 1 if len(self._open) > LONGEST_AT_ONCE else None
        if self._open.startswith(b"~") and (at_once := AT_ONCE.match(self._open)):
            return at_once.end()
        if self._open.startswith(b"^XZ"):
            return 3
        after = STARTS.search(self._open, 1)
        while after is not None and after.group() == b"!" and SGD.match(self._open, after.start()) is None:
            after = STARTS.search(self._open, after.end())  # in compressed graphics "!" means white to the row's end
        if after is not None:
            return after.start()
        return len(self._open) if len(self._open) > MAX_COMMAND_BYTES else None


def _command(whole: bytes) -> Command | Unknown | None:
    if whole.startswith(b"!"):
        return None if SGD.fullmatch(whole) else Unknown(raw=whole)
    if AT_ONCE.fullmatch(whole):
        return None  # it was obeyed when it came in
    if len(whole) < 3:
        return Unknown(raw=whole)
    return Command(name=whole[:3].decode("latin-1"), parameters=whole[3:].rstrip(b"\r\n"))


# -- graphics -----------------------------------------------------------------------------------------


class GraphicWrongError(ValueError):
    """A ``^GF`` that no printer could draw."""


@dataclass(frozen=True, kw_only=True)
class Graphic:
    """Rows of dots of a ``^GF``."""

    row_bytes: int
    rows: bytes


def read_graphic(parameters: bytes) -> Graphic:
    """Read ``A,total,total,row bytes,data``: hex (also run-length coded), ``:B64:`` or ``:Z64:``.

    Raises:
        GraphicWrongError: a length lies, the check sum is wrong, or the data is none.
    """
    fields = parameters.split(b",", 4)
    if len(fields) != 5 or fields[0] != b"A" or not all(number.isdigit() for number in fields[1:4]):
        raise GraphicWrongError(f"no ^GFA: {parameters[:40]!r}")
    total, row_bytes = int(fields[2]), int(fields[3])
    if not (0 < row_bytes <= total <= MAX_GRAPHIC_BYTES) or total % row_bytes:
        raise GraphicWrongError(f"{total} bytes in rows of {row_bytes}")
    rows = _unpacked(fields[4]) if fields[4].startswith(b":") else _from_hex(fields[4], total, row_bytes)
    if len(rows) != total:
        raise GraphicWrongError(f"{len(rows)} bytes came instead of {total}")
    return Graphic(row_bytes=row_bytes, rows=rows)


def _unpacked(field_: bytes) -> bytes:
    _, kind, body, crc = (*field_.split(b":"), b"", b"", b"")[:4]
    if not re.fullmatch(rb"[0-9A-Fa-f]{4}", crc) or int(crc, 16) != binascii.crc_hqx(body, 0):
        raise GraphicWrongError(f"the check sum of a :{kind.decode('latin-1')}: is wrong")
    try:
        packed = base64.b64decode(body, validate=True)
        return zlib.decompressobj().decompress(packed, MAX_GRAPHIC_BYTES) if kind == b"Z64" else packed
    except (binascii.Error, zlib.error) as cause:
        raise GraphicWrongError(str(cause)) from cause


def _from_hex(data: bytes, total: int, row_bytes: int) -> bytes:
    """Unfold ``G..Y`` (1 to 19 times), ``g..z`` (20 to 400 times), ``,`` ``!`` (rest of the row 0, or 1) and ``:``."""
    rows: list[str] = []
    row, times, width = "", 0, row_bytes * 2
    for sign in data.decode("latin-1"):
        if len(rows) * row_bytes >= total:
            break
        if "G" <= sign <= "Y":
            times += ord(sign) - ord("F")
        elif "g" <= sign <= "z":
            times += (ord(sign) - ord("f")) * 20
        elif sign in ",!":
            row = row.ljust(width, "0" if sign == "," else "F")
        elif sign == ":":
            rows.append(rows[-1] if rows else "0" * width)
        elif sign in "0123456789ABCDEFabcdef":
            row, times = row + sign * max(1, times), 0
        elif sign not in "\r\n ":
            raise GraphicWrongError(f"{sign!r} is no hex")
        while len(row) >= width:
            rows.append(row[:width])
            row = row[width:]
    return bytes.fromhex("".join(rows))
