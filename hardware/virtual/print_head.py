"""The virtual printer's head: from commands to rows of dots."""

from pathlib import Path
from typing import Protocol

import numpy as np

from hardware.virtual.escpos_reader import Command, Print, RasterRows, Read, Unknown
from hardware.virtual.paper import Rows, unpacked
from hardware.virtual.typesetter import Typesetter

WITHOUT_EFFECT = frozenset({"ESC {", "GS b", "ESC R", "GS r", "FS (A"})
"""Commands that are known and change nothing here: nothing is upside down, smoothed or in another character set."""


class PrinterBody(Protocol):
    """What moves paper round the head; each raises when what it prints (``drops`` marks it) was dropped."""

    def lay(self, rows: Rows, drops: int) -> None:
        """Print rows."""
        ...

    def cut(self, drops: int) -> None:
        """Cut the paper."""
        ...

    def prove(self, process_id: bytes, drops: int) -> None:
        """Say that everything before is on paper."""
        ...

    def report_from_now_on(self, mask: int) -> None:
        """Send automatic reports, or end them."""
        ...

    def tell_label_position(self) -> None:
        """Say where the label stands."""
        ...


class PrintHead:
    """Carries out commands in order; ``unknown`` collects what it did not understand, ``kicks`` drawer kicks."""

    def __init__(self, *, width: int, dpi: int, fonts: Path, body: PrinterBody) -> None:
        self.setter = Typesetter(width=width, fonts=fonts)
        self.unknown: list[bytes] = []
        self.kicks = 0
        self._width = width
        self._dpi = dpi
        self._unit_rows = 1
        self._body = body

    def do(self, command: Read, drops: int) -> None:
        """Carry out one command."""
        match command:
            case RasterRows():
                self._body.lay(self._placed(command), drops)
            case Print():
                for rows in self.setter.add(command.text):
                    self._body.lay(rows, drops)
            case Unknown():
                self.unknown.append(command.raw)
            case Command():
                self._command(command.name, command.parameters, drops)

    def _command(self, name: str, parameters: bytes, drops: int) -> None:
        first = parameters[0] if parameters else 0
        match name:
            case "LF":
                self._body.lay(self.setter.line(), drops)
            case "ESC J":
                self._body.lay(self._white(first * self._unit_rows), drops)
            case "ESC d":
                self._body.lay(self._white(first * self.setter.mode.line_spacing), drops)
            case "GS V":
                self._body.cut(drops)
            case "FS (L":
                self._to_label(first, drops)
            case "GS (H":
                self._body.prove(parameters[2:], drops)
            case _:
                self._set(name, first, parameters)

    def _to_label(self, to: int, drops: int) -> None:
        """Part the paper at the peel or cut position; the print position is where it stands anyway."""
        if to in (65, 66):
            self._body.cut(drops)
        elif to == 48:
            self._body.tell_label_position()

    def _set(self, name: str, first: int, parameters: bytes) -> None:
        if name == "GS a":
            self._body.report_from_now_on(first)
        elif name == "ESC p":
            self.kicks += 1
        elif name == "ESC @":
            self.setter.reset()
        elif name == "GS P":
            self._unit_rows = max(1, round(self._dpi / parameters[1])) if parameters[1] else 1
        elif not self._set_mode(name, first) and name not in WITHOUT_EFFECT:
            self.unknown.append(name.encode())

    def _set_mode(self, name: str, value: int) -> bool:
        """Change how letters are set; say whether the command is one of these."""
        changes: dict[str, dict[str, int | bool]] = {
            "ESC !": {
                "font": value & 1,
                "bold": bool(value & 8),
                "high": 1 + bool(value & 0x10),
                "wide": 1 + bool(value & 0x20),
                "underline": bool(value & 0x80),
            },
            "ESC -": {"underline": bool(value & 1)},
            "ESC 2": {"line_spacing": 30},
            "ESC 3": {"line_spacing": value},
            "ESC E": {"bold": bool(value & 1)},
            "ESC G": {"bold": bool(value & 1)},
            "ESC M": {"font": value & 1},
            "ESC a": {"align": value & 3},
            "ESC t": {"codepage": value},
            "GS !": {"wide": 1 + (value >> 4 & 7), "high": 1 + (value & 7)},
            "GS B": {"inverse": bool(value & 1)},
        }
        if name in changes:
            self.setter.set(**changes[name])
        return name in changes

    def _placed(self, command: RasterRows) -> Rows:
        rows = unpacked(command.row_bytes, command.rows, self._width)
        return np.roll(rows, self.setter.aligned(min(command.row_bytes * 8, self._width)), axis=1)

    def _white(self, count: int) -> Rows:
        return np.zeros((count, self._width), dtype=np.uint8)
