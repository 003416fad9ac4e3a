"""A Zebra in memory and in a time of its own, for the bench: the worst that its manual leaves open.

It counts a label only when the label is out, says nothing of the one that moves while it is asked what it holds, prints
a blank label for a picture it could not read, and may remember half a format over a power cut.
"""

import re
from collections import deque
from dataclasses import dataclass, field
from typing import Final

from hardware.testing_printer import PaperPiece
from hardware.virtual.zpl_reader import AT_ONCE, GraphicWrongError, read_graphic

GRAPHIC: Final = re.compile(rb"\^GF(A,[^\^~]*)\^FS")
ENDS: Final = re.compile(AT_ONCE.pattern + rb"|\^XZ")
OVERHEAD_ROWS: Final = 100


@dataclass
class ModelledZebra:
    """One label printer; what it holds, what it prints and what it says. Time is the bench's.

    ``counts`` is whether it tells its odometer, ``feels`` whether it has a peel bar, from which a hand takes each label
    ``taken_after_s`` later. ``keeps_buffer`` prints after a power cut what it held before (F34).
    """

    rows_per_s: float = 1200.0
    counts: bool = True
    feels: bool = False
    taken_after_s: float = 0.7
    keeps_buffer: bool = False
    boots_in_s: float = 2.0
    printed: int = 7
    is_mute: bool = False
    is_powered: bool = True
    pieces: list[PaperPiece] = field(default_factory=list[PaperPiece])
    said: bytearray = field(default_factory=bytearray)
    _in: bytearray = field(default_factory=bytearray)
    _formats: deque[bytes] = field(default_factory=deque[bytes])
    _free_at: float = 0.0
    _waits_until: float | None = None

    # -- what the bench does with it --------------------------------------------------------------------

    def receive(self, received: bytes, now: float) -> None:
        """Take bytes in; questions are answered as they come."""
        if not self.is_powered:
            return
        self.work(now)
        self._in += received
        while (hit := ENDS.search(self._in)) is not None:
            before, command = bytes(self._in[: hit.start()]), hit.group()
            del self._in[: hit.end()]
            if command == b"^XZ":
                self._take_format(before, now)
            else:
                self._in[:0] = before.rpartition(b"^GF")[0] or before  # a "~" in a picture ends it
                self._obey(command)
                if command != b"~JA":
                    continue

    def due(self) -> float | None:
        """Return when the label that moves will be out."""
        if not self.is_powered or not self._formats:
            return None
        return max(self._free_at, self._waits_until or 0.0) + self._cost(self._formats[0])

    def work(self, now: float) -> None:
        """Do everything that is done by ``now``."""
        while (due := self.due()) is not None and due <= now:
            self._free_at = due
            self.pieces.append(PaperPiece(strips=_strips(self._formats.popleft()), is_cut=True))
            self.printed += 1
            self._waits_until = due + self.taken_after_s if self.feels else None
        if self._waits_until is not None and now >= self._waits_until:
            self._waits_until = None

    def power_off(self, now: float) -> None:
        """Cut the power; the label that moves is torn, and comes again only if it keeps its buffer."""
        self.work(now)
        self.is_powered = False
        if not self.keeps_buffer:
            self.drop()
        self.said.clear()

    def power_on(self, now: float) -> None:
        """Bring it back, booted."""
        self.is_powered = True
        self._free_at = now

    def drop(self) -> None:
        """Forget everything received and not yet printed."""
        self._formats.clear()
        self._in.clear()

    # -- inside --------------------------------------------------------------------------------------------

    def _take_format(self, before: bytes, now: float) -> None:
        _, begun, body = before.rpartition(b"^XA")
        if begun:
            if not self._formats:
                self._free_at = max(self._free_at, now)
            self._formats.append(body)

    def _obey(self, command: bytes) -> None:
        if command == b"~JA":
            self._in.clear()
            while len(self._formats) > 1:  # the label that moves is finished
                self._formats.pop()
        elif command == b"~HS":
            self._say(self._host_status())
        elif command == b"~HQES":
            self._say(b"\x02\r\n  PRINTER STATUS\r\n  ERRORS:         0 00000000 00000000\r\n")
            self._say(b"  WARNINGS:       0 00000000 00000000\r\n\x03\r\n")
        elif command.startswith(b"!"):
            self._say(b'"%d"' % self.printed if self.counts else b'"?"')

    def _host_status(self) -> bytes:
        waiting = max(0, len(self._formats) - 1)
        first = f"030,0,0,0400,{waiting:03},0,0,{int(b'^XA' in self._in)},000,0,0,0"
        peels, stands = int(self.feels), int(self._waits_until is not None)
        second = f"001,0,0,0,0,{1 if peels else 2},6,{stands},00000000,1,000"
        return b"".join(b"\x02" + line.encode() + b"\x03\r\n" for line in (first, second, "1234,0"))

    def _cost(self, body: bytes) -> float:
        found = GRAPHIC.search(body)
        return (OVERHEAD_ROWS + (len(found[1]) if found else 0)) / self.rows_per_s

    def _say(self, said: bytes) -> None:
        if self.is_powered and not self.is_mute:
            self.said += said


def _strips(body: bytes) -> list[str]:
    """Return what a label says, strip by strip; one whose picture did not come whole is blank."""
    found = GRAPHIC.search(body)
    try:
        graphic = read_graphic(found[1]) if found else None
    except GraphicWrongError:
        graphic = None
    if graphic is None:
        return ["?"]
    step, strips = graphic.row_bytes, list[str]()
    for at in range(0, len(graphic.rows), step):
        text = graphic.rows[at : at + step].partition(b";")[0].decode("latin-1")
        if not strips or strips[-1] != text:
            strips.append(text)
    return strips
