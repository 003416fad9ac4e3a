"""Cut what an input device delivers into its events. Pure: no port, no clock.

The kernel delivers whole ``struct input_event`` only, yet a FIFO or a virtual device may cut anywhere, so what is left
over waits for the rest. The struct begins with two machine words of time: 24 bytes where a word has 64 bits, 16 where
it has 32 (linux/input.h).
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from hardware.input_events.codes import EV_SYN, SYN_DROPPED, SYN_REPORT

WORD_BYTES: Final = struct.calcsize("@l")
_BODY: Final = struct.Struct("=HHi")


@dataclass(frozen=True, kw_only=True)
class InputEvent:
    """One event, without its time: ours is the machine's own clock."""

    kind: int
    code: int
    value: int

    def pack(self, *, word_bytes: int = WORD_BYTES) -> bytes:
        """Return it as the kernel writes it, at time nought: for virtual devices and tests."""
        return bytes(2 * word_bytes) + _BODY.pack(self.kind, self.code, self.value)


class Decoder:
    """Bytes in, events out. ``has_dropped`` turns true once the kernel says it threw events away (SYN_DROPPED).

    That event itself is handed out in its place: what came before it is whole. What follows it up to the next
    SYN_REPORT belongs to a report that is not whole, and is ignored, as the kernel's own documentation asks
    (Documentation/input/event-codes.rst); the state of switches is then unknown: open the device anew.
    """

    def __init__(self, *, word_bytes: int = WORD_BYTES) -> None:
        self._head = 2 * word_bytes
        self._size = self._head + _BODY.size
        self._left = b""
        self._is_skipping = False
        self.has_dropped = False

    def feed(self, delivery: bytes) -> list[InputEvent]:
        """Return the whole events of ``delivery``, after what was left of the one before."""
        return [event for event in self._cut(delivery) if self._keeps(event)]

    def _cut(self, delivery: bytes) -> Iterator[InputEvent]:
        held = self._left + delivery
        whole = len(held) - len(held) % self._size
        self._left = held[whole:]
        for start in range(0, whole, self._size):
            kind, code, value = _BODY.unpack_from(held, start + self._head)
            yield InputEvent(kind=kind, code=code, value=value)

    def _keeps(self, event: InputEvent) -> bool:
        if event.kind == EV_SYN and event.code == SYN_DROPPED:
            self._is_skipping = self.has_dropped = True
            return True
        if self._is_skipping:
            self._is_skipping = not (event.kind == EV_SYN and event.code == SYN_REPORT)
            return False
        return True
