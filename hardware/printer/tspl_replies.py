"""Tells apart what a TSPL printer sends: the eight bytes that answer ``<ESC>!S``.

Sans I/O: any split of the same bytes gives the same events. Each status byte is 0x40 and what it has to say (TSPL/TSPL2
programming manual, ``<ESC>!S``), so half an answer is told from a whole one, and noise from either.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from hardware.printer.language import Event, Flow, Noise, Saying

STX: Final = 0x02
XON: Final = 0x11
XOFF: Final = 0x13
STATUS_BYTES: Final = 4
END: Final = b"\x03\r\n"


@dataclass(frozen=True, kw_only=True)
class FourBytes(Saying):
    """The answer to ``<ESC>!S``: message, warning, and two bytes of errors."""

    message: int
    warning: int
    machine: int
    media: int


@dataclass
class TsplReplies:
    """Bytes in, events out; holds at most one unfinished answer."""

    _open: bytearray = field(default_factory=bytearray)

    def feed(self, received: bytes) -> list[Event]:
        """Return the events that ``received`` completes."""
        return [event for byte in received for event in self._take(byte)]

    def _take(self, byte: int) -> Iterator[Event]:
        if byte in (XON, XOFF):
            yield Flow(may_send=byte == XON)
            return
        if self._open and not self._continues(byte):
            yield Noise(raw=bytes(self._open))
            self._open.clear()
        if not self._open and byte != STX:
            yield Noise(raw=bytes((byte,)))
            return
        self._open.append(byte)
        if len(self._open) == 1 + STATUS_BYTES + len(END):
            message, warning, machine, media = self._open[1 : 1 + STATUS_BYTES]
            self._open.clear()
            yield FourBytes(message=message, warning=warning, machine=machine, media=media)

    def _continues(self, byte: int) -> bool:
        place = len(self._open) - 1
        return byte & 0xC0 == 0x40 if place < STATUS_BYTES else byte == END[place - STATUS_BYTES]
