"""A virtual TSC printer's tongue: TSPL labels, ``<ESC>!?`` and ``<ESC>!S``, peeling and waiting to be taken.

From the TSPL/TSPL2 programming manual (``<ESC>!?`` and ``<ESC>!S``: p. 84-86 of the TTP-244's edition) and
research/standards.md 3.7. An immediate command is obeyed wherever it stands, in a bitmap too: the manual gives
``<ESC>!D`` to end that. From memory, as no copy of those pages was found: ``SET REPRINT``, ``<ESC>!.`` (cancel) and
``<ESC>!D`` / ``~!E``.
"""

import re
from collections.abc import Iterable
from typing import Final

import numpy as np

from hardware.virtual.escpos_reader import Command, Unknown
from hardware.virtual.paper import unpacked
from hardware.virtual.printer_stock import MOST_COPIES, LabelPath, Stock
from hardware.virtual.printer_tongue import Body
from hardware.virtual.tspl_reader import AT_ONCE, LONGEST_AT_ONCE, Bitmap, TsplReader

INCH_MM: Final = 25.4
LONGEST_LABEL_ROWS: Final = 16_000
NORMAL: Final = 0x40
WITHOUT_EFFECT: Final = frozenset(
    {"DIRECTION", "DENSITY", "SPEED", "REFERENCE", "OFFSET", "SHIFT", "CODEPAGE", "SOUND", "SET RIBBON", "SET PRINTKEY"}
)
"""Commands that are known and change no dot here; a label lies as it is sent (``DIRECTION 0``, no offsets)."""
ON_OFF: Final = {"ON": True, "OFF": False}


class TsplTongue:
    """A TTP-class printer; ``peels`` says whether it has a peel bar with a sensor."""

    def __init__(self, body: Body, *, width: int, dpi: int, stock: Stock, peels: bool = True) -> None:
        self.unknown: list[bytes] = []
        self._path = LabelPath(body=body, stock=stock, reprints=True)
        self._body = body
        self._width = width
        self._dots_per_mm = 8.0 if dpi == 203 else dpi / INCH_MM
        self._peels = peels
        self._reader = TsplReader()
        self._tail = b""
        self._is_immediate = True
        self._is_printing = False
        self._length = stock.label_rows or 400
        self._image = np.zeros((self._length, width), dtype=np.uint8)

    @property
    def path(self) -> LabelPath:
        """The way a label takes."""
        return self._path

    # -- at once ----------------------------------------------------------------------------------

    def overhear(self, received: bytes) -> Iterable[tuple[int, bytes]]:
        """Yield the immediate commands in it, wherever they stand."""
        before = len(self._tail)
        stream, self._tail = self._tail + received, b""
        for hit in AT_ONCE.finditer(stream):
            if hit.end() > before and self._is_immediate:
                yield hit.end() - before, hit.group()
        self._tail = stream[-(LONGEST_AT_ONCE - 1) :]

    def obey(self, command: bytes) -> None:
        """Answer, pause, go on, cancel or reset."""
        what = command[2:]
        if what == b"?":
            self._body.say(bytes((self._status_byte(),)))
        elif what == b"S":
            self._body.say(b"\x02" + self._status_bytes() + b"\x03\r\n")
            self._path.asked()
        elif what in (b"P", b"O"):
            self._body.feel(is_paused=what == b"P")
        elif what == b"D":
            self._is_immediate = False
        else:  # "." cancels what waits, R and C restart the printer
            self._body.drop()
            if what != b".":
                self.wake_up()

    def _status_byte(self) -> int:
        senses = self._body.senses
        return (
            0x01 * senses.cover_open
            | 0x02 * (senses.gap_lost or senses.cutter_jam)
            | 0x04 * senses.paper_out
            | 0x10 * senses.is_paused
            | 0x20 * self._is_printing
            | 0x80 * senses.head_hot
        )

    def _status_bytes(self) -> bytes:
        senses = self._body.senses
        is_wrong = senses.is_stopped and not senses.is_paused
        message = (
            0x45
            if is_wrong
            else 0x60
            if senses.is_paused
            else 0x4C
            if senses.label_waiting
            else 0x50
            if self._is_printing
            else NORMAL
        )
        hot = 0x01 * senses.head_hot | 0x08 * senses.cutter_jam
        media = 0x01 * senses.paper_out | 0x02 * senses.gap_lost | 0x20 * senses.cover_open
        return bytes((message, NORMAL | 0x01 * senses.near_end, NORMAL | hot, NORMAL | media))

    # -- in order ---------------------------------------------------------------------------------

    def read(self, received: bytes) -> Iterable[object]:
        """Return the commands it completes."""
        return self._reader.feed(received)

    def do(self, command: object, drops: int) -> None:
        """Carry out one command."""
        match command:
            case Bitmap():
                self._draw(command)
            case Command():
                self._do(command.name, command.parameters.decode("latin-1"), drops)
            case Unknown():
                self.unknown.append(command.raw)
            case _:
                raise TypeError(command)

    def forget(self) -> None:
        """Drop what is half received, and the image."""
        self._reader.forget()
        self._tail = b""
        self._is_printing = False
        self._clear()

    def felt(self) -> None:
        """Say nothing: a TSC is asked."""

    def wake_up(self) -> None:
        """Go back to the modes of power-on."""
        self.forget()
        self._is_immediate = True
        self._path.wake_up()

    def _do(self, name: str, parameters: str, drops: int) -> None:
        if name == "PRINT":
            self._print(parameters, drops)
        elif name == "CLS":
            self._clear()
        elif name == "FORMFEED":
            self._path.feed(self._length, drops)
        elif name == "~!E":
            self._is_immediate = True
        elif name not in WITHOUT_EFFECT and not self._set(name, parameters):
            self.unknown.append(f"{name} {parameters}".encode("latin-1"))

    def _set(self, name: str, parameters: str) -> bool:
        """Change how labels are printed; say whether the command is one of these."""
        if name == "SIZE":
            lengths = [self._dots(part) for part in parameters.split(",")]
            if len(lengths) == 2 and 0 < lengths[1] <= LONGEST_LABEL_ROWS:
                self._length = lengths[1]
                self._clear()
        elif name in ("GAP", "BLINE"):
            is_gap = self._dots(parameters.partition(",")[0]) > 0
            self._path.tracking = "gap" if is_gap else "continuous"
        elif name in ("SET PEEL", "SET CUTTER", "SET TEAR", "SET REPRINT"):
            self._hand_out(name, is_on=ON_OFF.get(parameters, parameters.isdigit() or parameters == "BATCH"))
        else:
            return False
        return True

    def _hand_out(self, name: str, *, is_on: bool) -> None:
        if name == "SET REPRINT":
            self._path.reprints = is_on
        elif name == "SET TEAR" or not is_on:
            was = {"SET PEEL": "peel", "SET CUTTER": "cut"}.get(name)
            self._path.hand_out = "tear" if is_on or self._path.hand_out == was else self._path.hand_out
        else:
            self._path.hand_out = "cut" if name == "SET CUTTER" else "peel" if self._peels else "tear"

    def _draw(self, bitmap: Bitmap) -> None:
        dots = 1 - unpacked(bitmap.row_bytes, bitmap.rows, bitmap.row_bytes * 8)
        height = min(len(dots), max(0, self._length - bitmap.y))
        broad = min(dots.shape[1], max(0, self._width - bitmap.x))
        there = self._image[bitmap.y : bitmap.y + height, bitmap.x : bitmap.x + broad]
        laid = dots[:height, :broad]
        there[:] = {0: laid, 1: there | laid, 2: there ^ laid}[bitmap.mode]

    def _print(self, parameters: str, drops: int) -> None:
        numbers = [int(part) if part.strip().isdigit() else 0 for part in parameters.split(",")]
        sets, copies = numbers[0], numbers[1] if len(numbers) > 1 else 1
        image = self._image.copy()
        self._is_printing = True
        for _ in range(min(max(1, sets) * max(1, copies), MOST_COPIES)):
            self._path.print(image, drops)
        self._is_printing = False

    def _clear(self) -> None:
        self._image = np.zeros((self._length, self._width), dtype=np.uint8)

    def _dots(self, text: str) -> int:
        """Read a length: millimetres, dots, else inches."""
        number = re.match(r"\s*(\d+(?:\.\d+)?)\s*(mm|dot)?", text)
        if number is None:
            return 0
        unit = {"mm": self._dots_per_mm, "dot": 1.0, None: self._dots_per_mm * INCH_MM}[number.group(2)]
        return round(float(number.group(1)) * unit)
