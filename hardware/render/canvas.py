"""Drawing in whole dots: eight-bit first, so that letters are well formed, then one bit, without dither.

A thermal head has no grey; what a dither would make of it is noise to a scanner (research/hardware.md 6).
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw

from hardware.printer.profile import PrinterProfile
from hardware.printer.raster import Raster
from hardware.render.fonts import Face, FontShelf
from hardware.render.lines import KeptLines, Line, Setting, set_line, wrapped
from hardware.render.symbols import Symbol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

BLACK, WHITE = 0, 255
ELLIPSIS = "…"


@dataclass(frozen=True, kw_only=True)
class Area:
    """A rectangle in dots."""

    x: int
    y: int
    width: int
    height: int

    @property
    def corners(self) -> tuple[int, int, int, int]:
        """Left, top, right, bottom; the last dots are inside."""
        return self.x, self.y, self.x + self.width - 1, self.y + self.height - 1


@dataclass(frozen=True, kw_only=True)
class Style:
    """How a line of text looks; sizes are the height of a capital in dots. ``align`` is as seen, whatever its way.

    ``keeps`` says that the text will come again and may be kept: never true of a code. ``language`` is the text's.
    """

    face: Face
    cap: float
    least_cap: float = 8
    align: str = "left"
    tracking: float = 0
    white: bool = False
    is_rtl: bool = False
    keeps: bool = False
    language: str = "en"


@dataclass
class Canvas:
    """A white label to draw on; :meth:`finished` gives the one-bit picture. ``kept`` are lines of labels before it."""

    width: int
    height: int
    profile: PrinterProfile
    shelf: FontShelf
    kept: KeptLines = field(default_factory=KeptLines)
    _sheet: Image.Image = field(init=False)
    _pen: ImageDraw.ImageDraw = field(init=False)

    def __post_init__(self) -> None:
        """Take a white sheet."""
        self._sheet = Image.new("L", (self.width, self.height), WHITE)
        self._pen = ImageDraw.Draw(self._sheet)

    def band(self, area: Area, radius: int) -> None:
        """Fill a rounded rectangle with black."""
        self._pen.rounded_rectangle(area.corners, radius, fill=BLACK)

    def frame(self, area: Area, radius: int, line: int) -> None:
        """Draw a rounded outline ``line`` dots thick."""
        self._pen.rounded_rectangle(area.corners, radius, outline=BLACK, width=line)

    def panel(self, area: Area, radius: int, line: int) -> None:
        """Draw a white rounded rectangle with an outline ``line`` dots thick."""
        self._pen.rounded_rectangle(area.corners, radius, fill=WHITE, outline=BLACK, width=max(2, line))

    def wedge(self, *corners: tuple[int, int]) -> None:
        """Fill the shape between ``corners``."""
        self._pen.polygon(corners, fill=BLACK)

    def paste(self, picture: Image.Image, x: int = 0, y: int = 0) -> None:
        """Put an eight-bit picture on the sheet, its upper left corner at ``x``, ``y``."""
        self._sheet.paste(picture, (x, y))

    def rule(self, area: Area, dash: int) -> None:
        """Draw a bar along the longer side; with ``dash`` in pieces of that length, two thirds black."""
        left, top, right, bottom = area.corners
        is_upright = area.height > area.width
        first, last = (top, bottom) if is_upright else (left, right)
        step = dash or last - first + 1
        for start in range(first, last + 1, step):
            end = min(start + (step * 2 // 3 if dash else step) - 1, last)
            piece = (left, start, right, end) if is_upright else (start, top, end, bottom)
            self._pen.rectangle(piece, fill=BLACK)

    def symbol(self, symbol: Symbol, x: int, y: int, dots: int, height: int | None = None) -> None:
        """Put a code's first module at ``x``, ``y``."""
        self._sheet.paste(symbol.picture(dots, height), (x, y))

    def text(self, text: str, area: Area, style: Style) -> int:
        """Write one line into ``area``, its capitals from the area's top; return the dots it is wide.

        It shrinks to the area's width, but not below ``least_cap``: then it is cut with an ellipsis.
        """
        line = self._fit(text, area.width, style)
        width = round(line.width)
        free = area.width - width
        x = area.x + {"left": 0, "center": free // 2, "right": free}[style.align]
        line.draw(self._pen, (x, area.y + round(style.cap)), WHITE if style.white else BLACK)
        return width

    def paragraph(self, text: str, area: Area, style: Style, lines: int) -> None:
        """Write ``text`` in at most ``lines`` lines that share ``area``; the last is cut where it does not fit."""
        cap, least = style.cap, min(style.least_cap, style.cap)
        broken = self._break(text, area.width, style, cap)
        while len(broken) > lines and cap > least:
            cap = max(least, cap - 1)
            broken = self._break(text, area.width, style, cap)
        shown = [*broken[: lines - 1], " ".join(broken[lines - 1 :])]
        step = area.height // lines
        for nr, line in enumerate(shown):
            row = Area(x=area.x, y=area.y + nr * step, width=area.width, height=step)
            self.text(line, row, replace(style, cap=cap))

    def _break(self, text: str, width: int, style: Style, cap: float) -> list[str]:
        return wrapped(self.shelf, text, width, _setting(style, cap))

    def finished(self) -> Image.Image:
        """Return the sheet in one bit: black where it is darker than the profile's threshold."""
        limit = self.profile.quality.black_below
        decide: Callable[[int], int] = lambda tone: WHITE if tone >= limit else BLACK  # noqa: E731
        return self._sheet.point(decide).convert("1", dither=Image.Dither.NONE)

    def black_dots(self) -> "NDArray[np.bool_]":
        """Return which dots of the finished sheet are black, by row and column."""
        import numpy as np  # noqa: PLC0415  a label needs it; the kiosk's first frame does not

        return np.asarray(self._sheet) < self.profile.quality.black_below

    def _fit(self, text: str, width: int, style: Style) -> Line:
        line = self._set(text, style, style.cap)
        if line.width <= width:
            return line
        least = min(style.least_cap, style.cap)
        for cap in range(int(style.cap), int(least), -1):
            line = self._set(text, style, cap)
            if line.width <= width:
                return line
        while text and self._set(text + ELLIPSIS, style, least).width > width:
            text = text[:-1].rstrip()
        return self._set(text + ELLIPSIS, style, least)

    def _set(self, text: str, style: Style, cap: float) -> Line:
        set_it = self.kept.set_line if style.keeps else set_line
        return set_it(self.shelf, text, _setting(style, cap))


def packed(black: "NDArray[np.bool_]") -> Raster:
    """Return dots as a raster, its last byte of each row filled up with white."""
    import numpy as np  # noqa: PLC0415  a label needs it; the kiosk's first frame does not

    rows = np.packbits(black, axis=1)
    return Raster(width=rows.shape[1] * 8, height=rows.shape[0], rows=rows.tobytes())


def _setting(style: Style, cap: float) -> Setting:
    return Setting(face=style.face, cap=cap, tracking=style.tracking, is_rtl=style.is_rtl, language=style.language)
