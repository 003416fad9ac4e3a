"""Tells apart what an ESC/POS printer sends: flow control, answers, unasked reports and proofs share one line.

Sans I/O: bytes in, events out, and any split of the same bytes gives the same events. The bit patterns are the
same in every ESC/POS manual seen (research/hardware.md 2, research/standards.md 3.1); they tell the kind of an
answer from its first byte. What fits nothing is :class:`Noise`: reported, never guessed at.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from hardware.printer.language import Event, Flow, Noise, ProcessId, Saying

XON: Final = 0x11
XOFF: Final = 0x13
BLOCK: Final = 0x37
TEXT: Final = 0x5F
PROCESS_ID_BLOCK: Final = 0x22
CLEARED_BLOCK: Final = 0x25
POSITION_BLOCK: Final = 0x38
LONGEST_BLOCK: Final = 96

KIND_MASK: Final = 0x93
ANSWER_KIND: Final = 0x12
REPORT_KIND: Final = 0x10
REPORT_BYTES: Final = 4


@dataclass(frozen=True, kw_only=True)
class Answer(Saying):
    """One byte: the answer to a DLE EOT. It does not say to which; the asker knows."""

    byte: int


@dataclass(frozen=True, kw_only=True)
class Report(Saying):
    """Four bytes of automatic status (ASB)."""

    status: bytes


@dataclass(frozen=True, kw_only=True)
class Block(Saying):
    """Another data block: its identifier (25h = buffer cleared) and what it holds."""

    identifier: int
    body: bytes


@dataclass(frozen=True, kw_only=True)
class Text(Saying):
    """An answer in words (GS I): model, firmware, serial number."""

    body: bytes


@dataclass
class Demultiplexer:
    """Feeds bytes in, gets events out; holds at most one unfinished block."""

    _open: bytearray = field(default_factory=bytearray)

    def feed(self, received: bytes) -> list[Event]:
        """Return the events that ``received`` completes."""
        return [event for byte in received for event in self._take(byte)]

    def _take(self, byte: int) -> Iterator[Event]:
        if byte in (XON, XOFF):
            yield Flow(may_send=byte == XON)
        elif not self._open:
            yield from self._begin(byte)
        elif not _continues(self._open[0], byte):
            yield self._give_up()
            yield from self._begin(byte)
        else:
            yield from self._go_on(byte)

    def _begin(self, byte: int) -> Iterator[Event]:
        if byte & KIND_MASK == ANSWER_KIND:
            yield Answer(byte=byte)
        elif byte in (BLOCK, TEXT) or byte & KIND_MASK == REPORT_KIND:
            self._open.append(byte)
        else:
            yield Noise(raw=bytes((byte,)))

    def _go_on(self, byte: int) -> Iterator[Event]:
        self._open.append(byte)
        if self._open[0] in (BLOCK, TEXT):
            if byte == 0:
                yield _finished_block(self._close())
            elif len(self._open) > LONGEST_BLOCK:
                yield self._give_up()
        elif len(self._open) == REPORT_BYTES:
            yield Report(status=self._close())

    def _close(self) -> bytes:
        whole = bytes(self._open)
        self._open.clear()
        return whole

    def _give_up(self) -> Noise:
        return Noise(raw=self._close())


def _continues(first: int, byte: int) -> bool:
    """Say whether ``byte`` can stand inside what ``first`` began; if not, the rest of it was lost."""
    if first in (BLOCK, TEXT):
        return byte == 0 or 0x20 <= byte < 0x80
    return byte & 0x90 == 0


def _finished_block(whole: bytes) -> Event:
    if whole[0] == TEXT:
        return Text(body=whole[1:-1])
    identifier, body = (whole[1], whole[2:-1]) if len(whole) > 2 else (0, b"")
    if identifier == PROCESS_ID_BLOCK:
        return ProcessId(process_id=body.decode("ascii"))
    return Block(identifier=identifier, body=body)
