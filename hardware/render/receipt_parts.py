"""What receipts and claim stubs have in common: the sheet, the masthead, an open number as bars, square and text."""

from dataclasses import dataclass
from typing import Final

from PIL import Image

from hardware.errors import LabelUndrawable
from hardware.printer.profile import PrinterProfile
from hardware.render.canvas import Area, Canvas, Style
from hardware.render.content import ink, is_rtl
from hardware.render.fonts import Face, FontShelf
from hardware.render.symbols import Symbol, plain_linear, plain_matrix, read_back
from photocore import bidi
from photocore.capitals import capitals

CODE_FACES: Final[frozenset[Face]] = frozenset({"mono", "mono_medium"})
"""What is set in these is a code: it runs from left to right in every language."""

SIDE_BY_SIDE_MM = 60
"""From this print width on a code and its words stand beside each other."""


@dataclass(frozen=True, kw_only=True)
class ReceiptSheet:
    """What the parts of a receipt share."""

    profile: PrinterProfile
    shelf: FontShelf
    words: dict[str, str]

    @property
    def is_wide(self) -> bool:
        """Say whether codes and words stand beside each other."""
        return self.profile.print_width_mm >= SIDE_BY_SIDE_MM

    @property
    def is_rtl(self) -> bool:
        """Say whether its language is read from right to left."""
        return is_rtl(self.words)

    def canvas(self, height_mm: float) -> Canvas:
        """Return a white piece of the paper, as wide as it is printed."""
        return Canvas(self.profile.print_width_dots, self.profile.dots(height_mm), self.profile, self.shelf)

    def area(self, x_mm: float, y_mm: float, width_mm: float) -> Area:
        """Return a line's place, ``x_mm`` from the side where its language begins."""
        dots = self.profile.dots
        left = self.profile.print_width_dots - dots(x_mm) - dots(width_mm) if self.is_rtl else dots(x_mm)
        return Area(x=left, y=dots(y_mm), width=dots(width_mm), height=dots(6))

    def style(self, face: Face, cap_mm: float, align: str = "", tracking: float = 0) -> Style:
        """Return how a line is set, from the side where its language begins if nothing else is said."""
        scale, rtl = self.profile.dots_per_mm, self.is_rtl and face not in CODE_FACES
        side = align or ("right" if self.is_rtl else "left")
        least = 1.3 * scale
        return Style(
            face=face,
            cap=cap_mm * scale,
            least_cap=least,
            align=side,
            tracking=tracking,
            is_rtl=rtl,
            language=self.words["language"],
        )


def masthead(sheet: ReceiptSheet, store: str, title_name: str) -> Canvas:
    """Draw the store's name, and what kind of paper it is."""
    width = sheet.profile.print_width_mm
    canvas = sheet.canvas(19)
    name = bidi.isolated(ink(store), in_rtl=sheet.is_rtl)
    canvas.text(name, sheet.area(1, 2.5, width - 2), sheet.style("display", 4.4, "center"))
    title = capitals(sheet.words[title_name], sheet.words["language"])
    canvas.text(title, sheet.area(1, 10.4, width - 2), sheet.style("semibold", 1.9, "center", tracking=0.1))
    canvas.rule(Area(x=0, y=sheet.profile.dots(15.6), width=canvas.width, height=2), 0)
    return canvas


def number_strip(sheet: ReceiptSheet, number: str, letters: str, hint_name: str) -> Canvas:
    """Draw an open number twice, linear and 2D, and in ``letters``, with what it is good for.

    Raises:
        LabelUndrawable: it does not fit this paper, or does not read.
    """
    bars, matrix = plain_linear(number), plain_matrix(number)
    module, dots = sheet.profile.quality.linear_dots, module_dots(sheet, matrix)
    canvas = sheet.canvas(24 if sheet.is_wide else 40)
    scale = sheet.profile.dots
    canvas.rule(Area(x=0, y=scale(1), width=canvas.width, height=2), scale(1.5))
    wide, tall = bars.width * module, matrix.width * dots
    x = beginning(sheet, bars, module) if sheet.is_wide else (canvas.width - wide) // 2
    if min(x, canvas.width - x - wide) + sheet.profile.margin_dots < bars.quiet * module:
        raise LabelUndrawable("a number's bars do not fit this paper")
    canvas.symbol(bars, x, scale(4), module, scale(10))
    far = scale(1) if sheet.is_rtl else canvas.width - scale(1) - tall
    begin = x + wide - tall if sheet.is_rtl else x
    canvas.symbol(matrix, *((far, scale(4)) if sheet.is_wide else (begin, scale(24))), dots)
    below = Area(x=x, y=scale(15.4), width=wide, height=scale(3))
    canvas.text(letters, below, sheet.style("mono", 2.2))
    left, right = (scale(2), x + wide) if sheet.is_rtl else (x, canvas.width - scale(2))
    hint = Area(x=left, y=scale(19.6), width=right - left, height=scale(3))
    canvas.text(sheet.words[hint_name], hint, sheet.style("regular", 1.5))
    demand(canvas.finished(), bars, matrix)
    return canvas


def beginning(sheet: ReceiptSheet, symbol: Symbol, dots: int) -> int:
    """Return where a code stands at the side where the language begins."""
    left = _left(sheet, symbol, dots)
    return sheet.profile.print_width_dots - left - symbol.width * dots if sheet.is_rtl else left


def _left(sheet: ReceiptSheet, symbol: Symbol, dots: int) -> int:
    """Return where a code starts at the left edge: white paper beside the head counts as its quiet zone."""
    return max(0, symbol.quiet * dots - sheet.profile.margin_dots)


def module_dots(sheet: ReceiptSheet, symbol: Symbol) -> int:
    """Return how many dots a module of a square code gets. Raises LabelUndrawable where it does not fit."""
    quality = sheet.profile.quality
    room = sheet.profile.print_width_dots // (symbol.width + 2 * symbol.quiet)
    if room < quality.matrix_least_dots - 1:
        raise LabelUndrawable(f"a code of {symbol.width} modules does not fit this paper")
    return min(quality.matrix_dots, room)


def demand(picture: Image.Image, *symbols: Symbol) -> None:
    """Refuse a picture that does not read as ``symbols``. Raises LabelUndrawable."""
    paper = Image.new("L", (picture.width + 64, picture.height + 64), 255)
    paper.paste(picture, (32, 32))
    found = read_back(paper)
    if any((symbol.aim, symbol.text) not in found for symbol in symbols):
        raise LabelUndrawable("a code of the receipt did not read back")
