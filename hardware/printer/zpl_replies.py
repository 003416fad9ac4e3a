"""Tells apart what a ZPL printer sends: three framed lines of host status, a report of errors, a number in quotes.

Sans I/O: bytes in, events out, any split of the same bytes gives the same events, and nothing grows without end. What
fits nothing is :class:`Noise`.
"""

import re
from dataclasses import dataclass, field
from typing import Final

from hardware.printer.language import Event, Flow, Noise, Saying

STX, ETX, XON, XOFF, QUOTE = 0x02, 0x03, 0x11, 0x13, 0x22
LONGEST: Final = 512
BLANKS: Final = b"\r\n\0 "

FIRST_LINE: Final = re.compile(rb"\d{3}(,\d{1,5}){11}")
SECOND_LINE: Final = re.compile(rb"\d{3}(,\d){7},\d{8},\d,\d{3}")
THIRD_LINE: Final = re.compile(rb"\w{4},\d")
ERRORS: Final = re.compile(
    rb"ERRORS: *\d ([0-9A-Fa-f]{8}) ([0-9A-Fa-f]{8}).*WARNINGS: *\d ([0-9A-Fa-f]{8}) ([0-9A-Fa-f]{8})", re.DOTALL
)


@dataclass(frozen=True, kw_only=True)
class HostStatus(Saying):
    """The answer to ``~HS`` (guide, ~HS): its flags by name, ``label_dots`` the length of the labels it measured."""

    paper_out: bool
    paused: bool
    label_dots: int
    formats: int
    is_partial: bool
    is_too_hot: bool
    head_up: bool
    ribbon_out: bool
    peels: bool
    label_waiting: bool
    labels_left: int


@dataclass(frozen=True, kw_only=True)
class ErrorStatus(Saying):
    """The answer to ``~HQES``: bits of errors and of warnings, the lower 32 of each group."""

    errors: int
    warnings: int


@dataclass(frozen=True, kw_only=True)
class Quoted(Saying):
    """The answer to a ``getvar``: what stood between the quotes."""

    value: bytes


@dataclass
class ZplReplies:
    """Feeds bytes in, gets events out; holds at most one unfinished answer."""

    _open: bytearray = field(default_factory=bytearray)
    _lines: tuple[bytes, ...] = ()

    def feed(self, received: bytes) -> list[Event]:
        """Return the events that ``received`` completes."""
        return [event for byte in received if (event := self._take(byte)) is not None]

    def _take(self, byte: int) -> Event | None:
        if byte in (XON, XOFF):
            return Flow(may_send=byte == XON)
        if not self._open:
            return self._begin(byte)
        if byte == STX:
            lost, self._open = bytes(self._open), bytearray((STX,))
            return self._noise(lost)
        self._open.append(byte)
        if byte == (QUOTE if self._open[0] == QUOTE else ETX):
            return self._close()
        return self._noise(self._drop()) if len(self._open) > LONGEST else None

    def _begin(self, byte: int) -> Event | None:
        if byte in (STX, QUOTE):
            self._open.append(byte)
            return None
        return None if byte in BLANKS else self._noise(bytes((byte,)))

    def _close(self) -> Event | None:
        whole = self._drop()
        if whole[0] == QUOTE:
            return Quoted(value=whole[1:-1])
        body = whole[1:-1]
        if (found := ERRORS.search(body)) is not None:
            self._lines = ()
            return ErrorStatus(errors=int(found[2], 16), warnings=int(found[4], 16))
        return self._take_line(body) if self._fits(body) else self._noise(whole)

    def _fits(self, body: bytes) -> bool:
        """Say whether ``body`` is the next line of a host status; a first line begins one at any time."""
        if FIRST_LINE.fullmatch(body):
            self._lines = ()
            return True
        wanted = (SECOND_LINE, THIRD_LINE)[len(self._lines) - 1] if self._lines else None
        return wanted is not None and wanted.fullmatch(body) is not None

    def _take_line(self, body: bytes) -> HostStatus | None:
        self._lines = (*self._lines, body)
        if len(self._lines) < 3:
            return None
        first, second, _ = self._lines
        self._lines = ()
        return _host_status(first.split(b","), second.split(b","))

    def _drop(self) -> bytes:
        whole = bytes(self._open)
        self._open.clear()
        return whole

    def _noise(self, raw: bytes) -> Noise:
        self._lines = ()
        return Noise(raw=raw)


def _host_status(first: list[bytes], second: list[bytes]) -> HostStatus:
    """Return the named flags of lines 1 and 2; the letters of the guide are their places."""
    return HostStatus(
        paper_out=first[1] == b"1",
        paused=first[2] == b"1",
        label_dots=int(first[3]),
        formats=int(first[4]),
        is_partial=first[7] == b"1",
        is_too_hot=first[11] == b"1",
        head_up=second[2] == b"1",
        ribbon_out=second[3] == b"1",
        peels=second[5] == b"1",
        label_waiting=second[7] == b"1",
        labels_left=int(second[8]),
    )
