"""The receipt: what happened in words, the way to the pictures, and the number that brings the labels back.

Text goes out in the printer's own letters where they can show it (:mod:`hardware.render.receipt_body`). Masthead and
codes are our raster, the same on every printer, and read back before they leave. The access code stands nowhere but
here (DESIGN 5A): in the QR's URL fragment, which no web server sees, and as text.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from PIL import Image

from hardware.errors import LabelUndrawable
from hardware.printer.document import Document, label_document
from hardware.printer.escpos_document import ending, prologue, raster_pieces
from hardware.printer.profile import PrinterProfile
from hardware.printer.raster import Raster, encode
from hardware.render.canvas import Area, Canvas, Style
from hardware.render.content import ink, is_rtl, words_for
from hardware.render.fonts import Face, FontShelf
from hardware.render.lines import Setting, wrapped
from hardware.render.lines import code as isolated
from hardware.render.receipt_body import body_pieces
from hardware.render.symbols import Symbol, plain_linear, plain_matrix, plain_qr, read_back
from hardware.render.template import load_words
from photocore import bidi
from photocore.capitals import capitals
from photocore.codes import grouped, parse_access_code, parse_guest_card, parse_registration_number
from photocore.label import Receipt

CODE_FACES: Final[frozenset[Face]] = frozenset({"mono", "mono_medium"})
"""What is set in these is a code: it runs from left to right in every language."""

WITH_LETTERS: Final = frozenset({"escpos"})
"""Languages whose printers write receipts in letters of their own; in the others all of one is our raster."""

SIDE_BY_SIDE_MM = 60
"""From this print width on a code and its words stand beside each other."""


@dataclass(frozen=True, kw_only=True)
class _Sheet:
    """What the parts of a receipt share."""

    profile: PrinterProfile
    shelf: FontShelf
    words: dict[str, str]

    @property
    def is_wide(self) -> bool:
        return self.profile.print_width_mm >= SIDE_BY_SIDE_MM

    @property
    def is_rtl(self) -> bool:
        return is_rtl(self.words)

    def canvas(self, height_mm: float) -> Canvas:
        return Canvas(self.profile.print_width_dots, self.profile.dots(height_mm), self.profile, self.shelf)

    def area(self, x_mm: float, y_mm: float, width_mm: float) -> Area:
        """Return a line's place, ``x_mm`` from the side where its language begins."""
        dots = self.profile.dots
        left = self.profile.print_width_dots - dots(x_mm) - dots(width_mm) if self.is_rtl else dots(x_mm)
        return Area(x=left, y=dots(y_mm), width=dots(width_mm), height=dots(6))

    def style(self, face: Face, cap_mm: float, align: str = "", tracking: float = 0) -> Style:
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


class ReceiptComposer:
    """Makes receipts for one printer."""

    def __init__(self, config: Path, profile: PrinterProfile) -> None:
        """Read words and fonts from ``config``.

        Raises:
            ProfileWrong: a file is missing or breaks its form.
        """
        self._profile = profile
        self._words = load_words(config)
        self._shelf = FontShelf(config / "fonts")

    def compose(self, receipt: Receipt) -> Document:
        """Return the receipt's bytes, in pieces.

        Raises:
            LabelUndrawable: a code does not fit this paper, or does not read.
            CodeError: a number or code of the receipt is none.
        """
        if self._profile.language not in WITH_LETTERS:
            return label_document(self.draw(receipt), self._profile)
        pieces = [prologue(self._profile)]
        for part in self._parts(receipt, is_drawn=False):
            pieces += [part] if isinstance(part, bytes) else self._raster(part)
        return (*pieces, ending(self._profile))

    def draw(self, receipt: Receipt) -> Raster:
        """Return the receipt as dots alone, for a printer without letters. Raises as :meth:`compose`."""
        parts = self._parts(receipt, is_drawn=True)
        rasters = [encode(part.finished()) for part in parts if isinstance(part, Canvas)]
        rows = b"".join(raster.rows for raster in rasters)
        return Raster(width=rasters[0].width, height=sum(raster.height for raster in rasters), rows=rows)

    def _parts(self, receipt: Receipt, *, is_drawn: bool) -> Iterator[bytes | Canvas]:
        """Return a receipt from top to bottom: what we draw, and bytes for what the printer writes."""
        words = dict(words_for(self._words, receipt.language))
        sheet = _Sheet(profile=self._profile, shelf=self._shelf, words=words)
        yield _masthead(sheet, receipt)
        yield from body_pieces(receipt, words, self._profile, self._shelf, is_ours=is_drawn)
        if receipt.access_code:
            yield _access(sheet, receipt.access_code, receipt.access_url)
        yield _number(sheet, parse_registration_number(receipt.number), "again_hint")
        if receipt.guest_card:
            yield _guest_card(sheet, parse_guest_card(receipt.guest_card))

    def _raster(self, canvas: Canvas) -> list[bytes]:
        return list(raster_pieces(encode(canvas.finished()), self._profile))


def _masthead(sheet: _Sheet, receipt: Receipt) -> Canvas:
    width = sheet.profile.print_width_mm
    canvas = sheet.canvas(19)
    store = bidi.isolated(ink(receipt.store), in_rtl=sheet.is_rtl)
    canvas.text(store, sheet.area(1, 2.5, width - 2), sheet.style("display", 4.4, "center"))
    title = capitals(sheet.words["receipt_title"], sheet.words["language"])
    canvas.text(title, sheet.area(1, 10.4, width - 2), sheet.style("semibold", 1.9, "center", tracking=0.1))
    canvas.rule(Area(x=0, y=sheet.profile.dots(15.6), width=canvas.width, height=2), 0)
    return canvas


def _access(sheet: _Sheet, code: str, url: str | None) -> Canvas:
    """Draw the QR and the access code, side by side where the paper is wide enough; without a link the code alone."""
    qr = plain_qr(url) if url else None
    dots = _dots(sheet, qr) if qr else 0
    size_mm = qr.width * dots / sheet.profile.dots_per_mm if qr else 0.0
    left, top = (size_mm + 5, 6.0) if qr and sheet.is_wide else (0.0, size_mm + 10 if qr else 3.0)
    width = sheet.profile.print_width_mm - left - 2
    hint = _paragraph(sheet, _hint(sheet, url), width)
    end = top + 11.2 + 3.2 * len(hint)
    canvas = sheet.canvas(max(size_mm + 8, end) if sheet.is_wide else end)
    if qr:
        x = _begin(sheet, qr, dots) if sheet.is_wide else (canvas.width - qr.width * dots) // 2
        canvas.symbol(qr, x, sheet.profile.dots(4), dots)
        _demand(canvas.finished(), qr)
    title = capitals(sheet.words["access_title"], sheet.words["language"])
    canvas.text(title, sheet.area(left, top, width), sheet.style("semibold", 1.6, tracking=0.08))
    canvas.text(grouped(parse_access_code(code)), sheet.area(left, top + 3.6, width), sheet.style("mono", 2.4))
    for nr, line in enumerate(hint):
        canvas.text(line, sheet.area(left, top + 9.2 + 3.2 * nr, width), sheet.style("regular", 1.5))
    return canvas


def _hint(sheet: _Sheet, url: str | None) -> str:
    """Return what to do with the code; the page is named in letters too, for whoever cannot scan."""
    if url is None:
        return sheet.words["access_hint_typed"]
    page = ink(url.partition("#")[0].partition("://")[2])
    return sheet.words["access_hint"].format(link=isolated(page) if sheet.is_rtl else page)


def _guest_card(sheet: _Sheet, number: str) -> Canvas:
    """Draw a guest card below the receipt, where it can be cut off: it is scanned as any card is.

    Its bars are wider than a narrow roll; there the square code stands alone, as large as it may be.
    """
    if plain_linear(number).width * sheet.profile.quality.linear_dots <= sheet.profile.print_width_dots:
        return _number(sheet, number, "guest_hint")
    matrix = plain_matrix(number)
    dots, scale = _dots(sheet, matrix), sheet.profile.dots
    size_mm = matrix.width * dots / sheet.profile.dots_per_mm
    canvas = sheet.canvas(size_mm + 16)
    canvas.rule(Area(x=0, y=scale(1), width=canvas.width, height=2), scale(1.5))
    canvas.symbol(matrix, (canvas.width - matrix.width * dots) // 2, scale(4), dots)
    width = sheet.profile.print_width_mm - 2
    canvas.text(grouped(number), sheet.area(1, size_mm + 6, width), sheet.style("mono", 2.2, "center"))
    hint = sheet.words["guest_hint"]
    canvas.text(hint, sheet.area(1, size_mm + 10.4, width), sheet.style("regular", 1.5, "center"))
    _demand(canvas.finished(), matrix)
    return canvas


def _number(sheet: _Sheet, number: str, hint_name: str) -> Canvas:
    """Draw an open number twice, linear and 2D, and as text, with what it is good for."""
    bars, matrix = plain_linear(number), plain_matrix(number)
    module, dots = sheet.profile.quality.linear_dots, _dots(sheet, matrix)
    canvas = sheet.canvas(24 if sheet.is_wide else 40)
    scale = sheet.profile.dots
    canvas.rule(Area(x=0, y=scale(1), width=canvas.width, height=2), scale(1.5))
    wide, tall = bars.width * module, matrix.width * dots
    x = _begin(sheet, bars, module) if sheet.is_wide else (canvas.width - wide) // 2
    if min(x, canvas.width - x - wide) + sheet.profile.margin_dots < bars.quiet * module:
        raise LabelUndrawable("a number's bars do not fit this paper")
    canvas.symbol(bars, x, scale(4), module, scale(10))
    far = scale(1) if sheet.is_rtl else canvas.width - scale(1) - tall
    begin = x + wide - tall if sheet.is_rtl else x
    canvas.symbol(matrix, *((far, scale(4)) if sheet.is_wide else (begin, scale(24))), dots)
    below = Area(x=x, y=scale(15.4), width=wide, height=scale(3))
    canvas.text(grouped(number), below, sheet.style("mono", 2.2))
    left, right = (scale(2), x + wide) if sheet.is_rtl else (x, canvas.width - scale(2))
    hint = Area(x=left, y=scale(19.6), width=right - left, height=scale(3))
    canvas.text(sheet.words[hint_name], hint, sheet.style("regular", 1.5))
    _demand(canvas.finished(), bars, matrix)
    return canvas


def _left(sheet: _Sheet, symbol: Symbol, dots: int) -> int:
    """Return where a code starts at the left edge: white paper beside the head counts as its quiet zone."""
    return max(0, symbol.quiet * dots - sheet.profile.margin_dots)


def _begin(sheet: _Sheet, symbol: Symbol, dots: int) -> int:
    """Return where a code stands at the side where the language begins."""
    left = _left(sheet, symbol, dots)
    return sheet.profile.print_width_dots - left - symbol.width * dots if sheet.is_rtl else left


def _dots(sheet: _Sheet, symbol: Symbol) -> int:
    quality = sheet.profile.quality
    room = sheet.profile.print_width_dots // (symbol.width + 2 * symbol.quiet)
    if room < quality.matrix_least_dots - 1:
        raise LabelUndrawable(f"a code of {symbol.width} modules does not fit this paper")
    return min(quality.matrix_dots, room)


def _paragraph(sheet: _Sheet, text: str, width_mm: float) -> list[str]:
    """Break ``text`` so that each line of small print fits ``width_mm``."""
    cap = 1.5 * sheet.profile.dots_per_mm
    setting = Setting(face="regular", cap=cap, is_rtl=sheet.is_rtl, language=sheet.words["language"])
    return wrapped(sheet.shelf, text, sheet.profile.dots(width_mm), setting)


def _demand(picture: Image.Image, *symbols: Symbol) -> None:
    paper = Image.new("L", (picture.width + 64, picture.height + 64), 255)
    paper.paste(picture, (32, 32))
    found = read_back(paper)
    if any((symbol.aim, symbol.text) not in found for symbol in symbols):
        raise LabelUndrawable("a code of the receipt did not read back")
