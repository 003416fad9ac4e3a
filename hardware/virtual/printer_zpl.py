"""A virtual Zebra printer's tongue: ZPL II formats, ``~HS``, ``~HQES``, the odometer, peel-off and label waiting.

From the ZPL II programming guide (~HS: p. 191-192 of 45541L; ~HQ: error and warning flags) and research/standards.md
3.6. What those do not settle is the stricter reading: a question is answered the moment it comes in, so that an answer
never proves what was sent before it; and without ``talks_in_error`` ~HS is silent while media is out, the head is open
or too hot, as the present guide says. The blanks in the answer to ~HQES are those by which public programs find its
flags (flag at 70, digits at 81 to 88); the answer to ``getvar`` (a value in quotes) is from memory.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from hardware.virtual.escpos_reader import Command, Unknown
from hardware.virtual.paper import Rows, unpacked
from hardware.virtual.printer_stock import MOST_COPIES, HandOut, LabelPath, Stock
from hardware.virtual.printer_tongue import Body
from hardware.virtual.zpl_reader import AT_ONCE, LONGEST_AT_ONCE, GraphicWrongError, ZplReader, read_graphic

STX, ETX = b"\x02", b"\x03\r\n"
ODOMETER: Final = b"odometer.total_label_count"
MODES: Final[dict[str, HandOut]] = {"T": "tear", "P": "peel", "C": "cut"}
MODE_DIGITS: Final = {"peel": 1, "tear": 2, "cut": 3}
HEARD: Final = re.compile(rb"\^X[AZ]|" + AT_ONCE.pattern)
LONGEST_LABEL_ROWS: Final = 16_000
WITHOUT_EFFECT: Final = frozenset(
    {"^CI", "^PR", "^MD", "~SD", "^PO", "^LS", "^LT", "^MT", "^JM", "^XB", "^PM", "^LR", "^FW", "^JU", "^FX", "^SZ"}
)
"""Commands that are known and change no dot here."""


@dataclass
class Format:
    """The label that is being put together between ``^XA`` and ``^XZ``."""

    at: tuple[int, int] = (0, 0)
    home: tuple[int, int] = (0, 0)
    quantity: int = 1
    graphics: list[tuple[int, int, Rows]] = field(default_factory=list[tuple[int, int, Rows]])

    def image(self, width: int, length: int) -> Rows:
        """Return the label's dots; what lies outside it is not printed."""
        canvas = np.zeros((length, width), dtype=np.uint8)
        for x, y, rows in self.graphics:
            height, broad = min(len(rows), max(0, length - y)), min(rows.shape[1], max(0, width - x))
            canvas[y : y + height, x : x + broad] |= rows[:height, :broad]
        return canvas


class ZplTongue:
    """A ZD-class printer; ``width`` is its head in dots, ``counts`` whether it tells its odometer."""

    def __init__(
        self, body: Body, *, width: int, stock: Stock, counts: bool = True, talks_in_error: bool = False
    ) -> None:
        self.unknown: list[bytes] = []
        self._path = LabelPath(body=body, stock=stock)
        self._body = body
        self._width = width
        self._counts = counts
        self._talks_in_error = talks_in_error
        self._reader = ZplReader()
        self._tail = b""
        self._begun = self._ended = self._done = 0
        self._left_in_batch = self._forgotten = 0
        self._length = stock.label_rows or 400
        self._print_width = width
        self._format: Format | None = None

    @property
    def path(self) -> LabelPath:
        """The way a label takes."""
        return self._path

    # -- at once ----------------------------------------------------------------------------------

    def overhear(self, received: bytes) -> Iterable[tuple[int, bytes]]:
        """Yield the control commands and questions in it, and count the formats that come in between."""
        before = len(self._tail)
        stream, self._tail = self._tail + received, b""
        for hit in HEARD.finditer(stream):
            if hit.end() <= before:
                continue
            self._begun += hit.group() == b"^XA"
            self._ended += hit.group() == b"^XZ"
            if hit.group()[:1] != b"^":
                yield hit.end() - before, hit.group()
        self._tail = stream[-(LONGEST_AT_ONCE - 1) :]

    def obey(self, command: bytes) -> None:
        """Answer, pause, go on, or cancel everything."""
        answers: dict[bytes, Callable[[], bytes]] = {
            b"~HS": self._host_status,
            b"~HQES": self._error_status,
            b"~HQOD": self._odometer_status,
            b"~HI": lambda: STX + b"ZD421-203dpi,V93.21.07Z,8,8192KB" + ETX,
        }
        if command in answers:
            self._body.say(answers[command]())
            if command == b"~HS":
                self._path.asked()
        elif command.startswith(b"!"):
            self._body.say(b'"%d"' % self._path.printed if self._counts and ODOMETER in command else b'"?"')
        elif command in (b"~PS", b"~PP"):
            self._body.feel(is_paused=command == b"~PP")
        else:  # ~JA: the label that moves is finished, everything else is gone; ~JR resets
            self._body.drop()
            if command == b"~JR":
                self.wake_up()

    def _host_status(self) -> bytes:
        senses = self._body.senses
        is_out = senses.paper_out or senses.gap_lost
        if (is_out or senses.cover_open or senses.head_hot) and not self._talks_in_error:
            return b""
        waiting = min(999, self._ended - self._done)
        is_partial, is_hot, mode = self._begun > self._ended, senses.head_hot, MODE_DIGITS[self._path.hand_out]
        lines = (
            f"030,{is_out:d},{senses.is_paused:d},{self._length:04},{waiting:03},0,0,{is_partial:d},000,0,0,{is_hot:d}",
            f"001,0,{senses.cover_open:d},0,0,{mode},6,{senses.label_waiting:d},{self._left_in_batch:08},1,000",
            "1234,0",
        )
        return b"".join(STX + line.encode() + ETX for line in lines)

    def _error_status(self) -> bytes:
        senses = self._body.senses
        errors = (
            0x1 * (senses.paper_out or senses.gap_lost)
            | 0x4 * senses.cover_open
            | 0x8 * senses.cutter_jam
            | 0x10 * senses.head_hot
            | 0x10000 * senses.is_paused
        )
        warnings = 0x8 * senses.near_end
        lines = (
            "  PRINTER STATUS".ljust(45),
            f"  ERRORS:         {errors != 0:d} 00000000 {errors:08X}".ljust(45),
            f"  WARNINGS:       {warnings != 0:d} 00000000 {warnings:08X}".ljust(45),
        )
        return STX + b"\r\n\r\n" + b"".join(line.encode() + b"\r\n" for line in lines) + ETX

    def _odometer_status(self) -> bytes:
        text = f'\r\n\r\n  PRINT METERS\r\n      TOTAL NONRESETTABLE:          {self._path.printed} "\r\n'
        return STX + text.encode() + ETX

    # -- in order ---------------------------------------------------------------------------------

    def read(self, received: bytes) -> Iterable[object]:
        """Return the commands it completes."""
        return self._reader.feed(received)

    def do(self, command: object, drops: int) -> None:
        """Carry out one command."""
        if isinstance(command, Unknown):
            self.unknown.append(command.raw)
        elif isinstance(command, Command):
            self._do(command.name, command.parameters.decode("latin-1"), drops)

    def forget(self) -> None:
        """Drop what is half received, and every format that waits."""
        self._reader.forget()
        self._tail = b""
        self._format = None
        self._begun = self._ended = self._done = self._left_in_batch = 0
        self._forgotten += 1

    def felt(self) -> None:
        """Say nothing: a Zebra is asked."""

    def wake_up(self) -> None:
        """Go back to what is kept over a power cut: the roll's length, tear-off, reprint after an error."""
        self.forget()
        self._path.wake_up()

    def _do(self, name: str, parameters: str, drops: int) -> None:
        first = parameters.partition(",")[0].strip()
        if name == "^XA":
            self._format = Format()
        elif name in ("~PH", "^PH"):
            self._path.feed(self._length, drops)
        elif name == "^XZ":
            self._print(drops)
        elif name in ("^FO", "^LH", "^PQ", "^GF") and self._format is not None:
            self._draw(self._format, name, parameters)
        elif name == "^FS" or name in WITHOUT_EFFECT:
            return
        elif not self._set(name, first):
            self.unknown.append((name + parameters).encode("latin-1"))

    def _draw(self, label: Format, name: str, parameters: str) -> None:
        numbers = [int(part) if part.strip().isdigit() else 0 for part in parameters.split(",")[:2]]
        if name == "^GF":
            try:
                graphic = read_graphic(parameters.encode("latin-1"))
            except GraphicWrongError as wrong:
                self.unknown.append(f"{wrong}".encode())
                return
            x, y = (at + home for at, home in zip(label.at, label.home, strict=True))
            rows = unpacked(graphic.row_bytes, graphic.rows, graphic.row_bytes * 8)
            label.graphics.append((x, y, rows))
        elif name == "^PQ":
            label.quantity = min(max(1, numbers[0]), MOST_COPIES)
        elif name == "^FO":
            label.at = (numbers[0], numbers[-1])
        else:
            label.home = (numbers[0], numbers[-1])

    def _set(self, name: str, first: str) -> bool:
        """Change how labels are printed; say whether the command is one of these."""
        if name == "^MM" and first in MODES:
            self._path.hand_out = MODES[first]
        elif name == "^MN" and first in ("Y", "W", "M", "N"):
            self._path.tracking = "continuous" if first == "N" else "gap"
        elif name == "^JZ" and first in ("Y", "N"):
            self._path.reprints = first == "Y"
        elif name == "^LL" and first.isdigit():
            self._length = min(int(first), LONGEST_LABEL_ROWS)
        elif name == "^PW" and first.isdigit():
            self._print_width = min(int(first), self._width)
        else:
            return False
        return True

    def _print(self, drops: int) -> None:
        label, self._format, forgotten = self._format, None, self._forgotten
        if label is not None and label.graphics:
            image = label.image(self._print_width, self._length)
            wide = np.zeros((len(image), self._width), dtype=np.uint8)
            wide[:, : self._print_width] = image
            for left in range(label.quantity, 0, -1):
                self._left_in_batch = left
                self._path.print(wide, drops)
        if self._forgotten == forgotten:  # else the label was finished, and is of no count any more
            self._left_in_batch = 0
            self._done += 1
