"""Drawing in whole dots: eight-bit first, so that letters are well formed, then one bit, without dither.

A thermal head has no grey; what a dither would make of it is noise to a scanner (research/hardware.md 6).
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from PIL import Image, ImageDraw, ImageFont

from hardware.printer.profile import PrinterProfile
from hardware.render.fonts import Face, FontShelf
from hardware.render.symbols import Symbol

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
    """How a line of text looks; sizes are the height of a capital in dots."""

    face: Face
    cap: float
    least_cap: float = 8
    align: str = "left"
    tracking: float = 0
    white: bool = False


@dataclass
class Canvas:
    """A white label to draw on; :meth:`finished` gives the one-bit picture."""

    width: int
    height: int
    profile: PrinterProfile
    shelf: FontShelf
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

    def rule(self, area: Area, dash: int) -> None:
        """Draw a horizontal bar; with ``dash`` in pieces of that length, two thirds black."""
        left, top, right, bottom = area.corners
        step = dash or area.width
        for x in range(left, right + 1, step):
            end = x + (step if not dash else step * 2 // 3) - 1
            self._pen.rectangle((x, top, min(end, right), bottom), fill=BLACK)

    def symbol(self, symbol: Symbol, x: int, y: int, dots: int, height: int | None = None) -> None:
        """Put a code's first module at ``x``, ``y``."""
        self._sheet.paste(symbol.picture(dots, height), (x, y))

    def text(self, text: str, area: Area, style: Style) -> int:
        """Write one line into ``area``, its capitals from the area's top; return the dots it is wide.

        It shrinks to the area's width, but not below ``least_cap``: then it is cut with an ellipsis.
        """
        text = self.shelf.drawable(style.face, text)
        font, text = self._fit(text, area.width, style)
        width = round(_length(font, text, style.tracking))
        free = area.width - width
        x = area.x + {"left": 0, "center": free // 2, "right": free}[style.align]
        self._write(font, text, (x, area.y + round(style.cap)), style)
        return width

    def finished(self) -> Image.Image:
        """Return the sheet in one bit: black where it is darker than the profile's threshold."""
        limit = self.profile.quality.black_below
        decide: Callable[[int], int] = lambda tone: WHITE if tone >= limit else BLACK  # noqa: E731
        return self._sheet.point(decide).convert("1", dither=Image.Dither.NONE)

    def _fit(self, text: str, width: int, style: Style) -> tuple[ImageFont.FreeTypeFont, str]:
        font = self.shelf.font(style.face, style.cap)
        wide = _length(font, text, style.tracking)
        if wide <= width:
            return font, text
        least = min(style.least_cap, style.cap)
        for cap in range(int(style.cap), int(least), -1):
            font = self.shelf.font(style.face, cap)
            if _length(font, text, style.tracking) <= width:
                return font, text
        font = self.shelf.font(style.face, least)
        while text and _length(font, text + ELLIPSIS, style.tracking) > width:
            text = text[:-1].rstrip()
        return font, text + ELLIPSIS

    def _write(self, font: ImageFont.FreeTypeFont, text: str, at: tuple[int, int], style: Style) -> None:
        ink = WHITE if style.white else BLACK
        if not style.tracking:
            self._pen.text(at, text, fill=ink, font=font, anchor="ls")
            return
        x = float(at[0])
        for sign in text:
            self._pen.text((round(x), at[1]), sign, fill=ink, font=font, anchor="ls")
            x += font.getlength(sign) + _gap(font, style.tracking)


def _length(font: ImageFont.FreeTypeFont, text: str, tracking: float) -> float:
    if not tracking:
        return font.getlength(text)
    letters = sum(font.getlength(sign) for sign in text)
    return letters + _gap(font, tracking) * max(0, len(text) - 1)


def _gap(font: ImageFont.FreeTypeFont, tracking: float) -> float:
    return tracking * font.size
