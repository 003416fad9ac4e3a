"""A TSC in memory and in a time of its own, for the bench: the worst that its manual leaves open.

It says "normal" while a label moves, finishes that label whatever is cancelled, does not take ``<ESC>!.`` for the end
of a bitmap it is in the middle of, and may remember half a bitmap over a power cut.
"""

from collections import deque
from dataclasses import dataclass, field
from typing import Final

from hardware.testing_printer import PaperPiece
from hardware.virtual.escpos_reader import Command
from hardware.virtual.tspl_reader import AT_ONCE, LONGEST_AT_ONCE, Bitmap, TsplReader

LABEL_ROWS: Final = 400


@dataclass
class ModelledTsc:
    """One label printer with a peel bar, from which a hand takes each label ``taken_after_s`` later.

    ``keeps_buffer`` prints after a power cut what it held before (F34). Time is the bench's.
    """

    rows_per_s: float = 1200.0
    taken_after_s: float = 0.7
    keeps_buffer: bool = False
    boots_in_s: float = 2.0
    is_mute: bool = False
    is_powered: bool = True
    pieces: list[PaperPiece] = field(default_factory=list[PaperPiece])
    said: bytearray = field(default_factory=bytearray)
    _reader: TsplReader = field(default_factory=TsplReader)
    _tail: bytes = b""
    _image: dict[int, bytes] = field(default_factory=dict[int, bytes])
    _labels: deque[list[str]] = field(default_factory=deque[list[str]])
    _free_at: float = 0.0
    _waits_until: float | None = None

    # -- what the bench does with it --------------------------------------------------------------------

    def receive(self, received: bytes, now: float) -> None:
        """Take bytes in; immediate commands are obeyed as they come."""
        if not self.is_powered:
            return
        self.work(now)
        before, stream = len(self._tail), self._tail + received
        start = 0
        for hit in AT_ONCE.finditer(stream):
            if hit.end() > before:
                self._read(received[start : hit.end() - before], now)
                start = hit.end() - before
                self._obey(hit.group())
        self._read(received[start:], now)
        self._tail = stream[-(LONGEST_AT_ONCE - 1) :]

    def due(self) -> float | None:
        """Return when the label that moves will be out."""
        if not self.is_powered or not self._labels:
            return None
        return max(self._free_at, self._waits_until or 0.0) + LABEL_ROWS / self.rows_per_s

    def work(self, now: float) -> None:
        """Do everything that is done by ``now``."""
        while (due := self.due()) is not None and due <= now:
            self._free_at, self._waits_until = due, due + self.taken_after_s
            self.pieces.append(PaperPiece(strips=self._labels.popleft(), is_cut=True))
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
        self._labels.clear()
        self._image.clear()
        self._reader.forget()
        self._tail = b""

    # -- inside --------------------------------------------------------------------------------------------

    def _read(self, received: bytes, now: float) -> None:
        for command in self._reader.feed(received):
            match command:
                case Bitmap():
                    self._draw(command)
                case Command(name="CLS"):
                    self._image.clear()
                case Command(name="PRINT"):
                    if not self._labels:
                        self._free_at = max(self._free_at, now)
                    self._labels.append(_strips(self._image))
                case _:
                    pass

    def _draw(self, bitmap: Bitmap) -> None:
        dots = bytes(0xFF - byte for byte in bitmap.rows)
        for row in range(len(dots) // bitmap.row_bytes):
            self._image[bitmap.y + row] = dots[row * bitmap.row_bytes : (row + 1) * bitmap.row_bytes]

    def _obey(self, command: bytes) -> None:
        if command == b"\x1b!.":
            while len(self._labels) > 1:
                self._labels.pop()
        elif command == b"\x1b!S" and self.is_powered and not self.is_mute:
            message = b"L" if self._waits_until is not None else b"@"
            self.said += b"\x02" + message + b"@@@\x03\r\n"


def _strips(image: dict[int, bytes]) -> list[str]:
    """Return what a label says, strip by strip."""
    strips: list[str] = []
    for _, row in sorted(image.items()):
        text = row.partition(b";")[0].decode("latin-1")
        if not strips or strips[-1] != text:
            strips.append(text)
    return strips
