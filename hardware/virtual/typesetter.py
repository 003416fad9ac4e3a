"""The virtual printer's own letters: a line of text in font A or B, as rows of dots.

A real printer has its fonts in its firmware; this one borrows JetBrains Mono, cell by cell, so that a receipt can be
looked at. Code pages are those of the Epson manuals that our profiles use.
"""

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from hardware.virtual.paper import Rows

CODEPAGES: Final = {
    0: "cp437",
    2: "cp850",
    3: "cp860",
    4: "cp863",
    5: "cp865",
    16: "cp1252",
    17: "cp866",
    18: "cp852",
    19: "cp858",
}
CELLS: Final = {0: (12, 24, 20, 18), 1: (9, 17, 15, 13)}
"""Width, height, font size and baseline of a cell, by font."""


@dataclass(frozen=True, kw_only=True)
class TextMode:
    """How letters are set until the next command changes it; ESC @ brings this back."""

    font: int = 0
    bold: bool = False
    underline: bool = False
    inverse: bool = False
    wide: int = 1
    high: int = 1
    align: int = 0
    codepage: int = 0
    line_spacing: int = 30


@dataclass
class Typesetter:
    """Collects letters of one line; ``width`` dots fit it."""

    width: int
    fonts: Path
    mode: TextMode = TextMode()
    _cells: list[Rows] = field(default_factory=list[Rows])
    _opened: dict[tuple[int, bool], ImageFont.FreeTypeFont] = field(
        default_factory=dict[tuple[int, bool], ImageFont.FreeTypeFont]
    )

    def set(self, **changes: int | bool) -> None:
        """Change the mode for what follows."""
        self.mode = replace(self.mode, **changes)

    def reset(self) -> None:
        """Go back to the modes of power-on; what stands in the line is dropped."""
        self.mode = TextMode()
        self._cells.clear()

    def add(self, text: bytes) -> list[Rows]:
        """Put letters into the line; return the lines that became full."""
        full: list[Rows] = []
        for sign in text.decode(CODEPAGES.get(self.mode.codepage, "cp437"), errors="replace"):
            cell = self._cell(sign)
            if self._used + cell.shape[1] > self.width:
                full.append(self.line())
            self._cells.append(cell)
        return full

    def line(self) -> Rows:
        """End the line: return its rows, aligned, as high as its highest letter or the line spacing."""
        height = max([self.mode.line_spacing, *(cell.shape[0] + 4 for cell in self._cells)])
        rows = np.zeros((height, self.width), dtype=np.uint8)
        x = self.aligned(self._used)
        for cell in self._cells:
            top = height - 4 - cell.shape[0]
            rows[top : top + cell.shape[0], x : x + cell.shape[1]] = cell
            x += cell.shape[1]
        self._cells.clear()
        return rows

    def aligned(self, used: int) -> int:
        """Return where something ``used`` dots wide starts."""
        free = max(0, self.width - used)
        return {0: 0, 1: free // 2, 2: free}.get(self.mode.align, 0)

    @property
    def _used(self) -> int:
        return sum(cell.shape[1] for cell in self._cells)

    def _cell(self, sign: str) -> Rows:
        mode = self.mode
        width, height, size, baseline = CELLS.get(mode.font, CELLS[0])
        picture = Image.new("L", (width, height), 0)
        ImageDraw.Draw(picture).text((0, baseline), sign, fill=255, font=self._font(size, bold=mode.bold), anchor="ls")
        dots = (np.asarray(picture) > 105).astype(np.uint8)
        if mode.underline:
            dots[-2:] = 1
        if mode.inverse:
            dots = (1 - dots).astype(np.uint8)
        return np.repeat(np.repeat(dots, mode.high, axis=0), mode.wide, axis=1)

    def _font(self, size: int, *, bold: bool) -> ImageFont.FreeTypeFont:
        if (size, bold) not in self._opened:
            name = "JetBrainsMono-Bold.ttf" if bold else "JetBrainsMono-Medium.ttf"
            layout = ImageFont.Layout.BASIC
            self._opened[size, bold] = ImageFont.truetype(self.fonts / name, size, layout_engine=layout)
        return self._opened[size, bold]
