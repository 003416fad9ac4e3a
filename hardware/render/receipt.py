"""The receipt: what happened in words, the way to the pictures, and the number that brings the labels back.

Text goes out in the printer's own letters where they can show it (:mod:`hardware.render.receipt_body`). Masthead and
codes are our raster, the same on every printer, and read back before they leave. The access code stands nowhere but
here (DESIGN 5A): in the QR's URL fragment, which no web server sees, and as text.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from hardware.printer.document import Document, label_document
from hardware.printer.escpos_document import ending, prologue, raster_pieces
from hardware.printer.profile import PrinterProfile
from hardware.printer.raster import Raster, encode
from hardware.render.canvas import Area, Canvas
from hardware.render.content import ink, words_for
from hardware.render.fonts import FontShelf
from hardware.render.lines import Setting, wrapped
from hardware.render.lines import code as isolated
from hardware.render.receipt_body import body_pieces
from hardware.render.receipt_parts import ReceiptSheet, beginning, demand, masthead, module_dots, number_strip
from hardware.render.stub import stub_parts
from hardware.render.symbols import plain_linear, plain_matrix, plain_qr
from hardware.render.template import load_words
from photocore.capitals import capitals
from photocore.codes import grouped, parse_access_code, parse_guest_card, parse_registration_number
from photocore.label import ClaimStub, Receipt

WITH_LETTERS: Final = frozenset({"escpos"})
"""Languages whose printers write receipts in letters of their own; in the others all of one is our raster."""


class ReceiptComposer:
    """Makes receipts, and claim stubs, for one printer."""

    def __init__(self, config: Path, profile: PrinterProfile) -> None:
        """Read words and fonts from ``config``.

        Raises:
            ProfileWrong: a file is missing or breaks its form.
        """
        self._profile = profile
        self._words = load_words(config)
        self._shelf = FontShelf(config / "fonts")

    def compose(self, receipt: Receipt | ClaimStub) -> Document:
        """Return the paper's bytes, in pieces.

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

    def draw(self, receipt: Receipt | ClaimStub) -> Raster:
        """Return the paper as dots alone, for a printer without letters. Raises as :meth:`compose`."""
        parts = self._parts(receipt, is_drawn=True)
        rasters = [encode(part.finished()) for part in parts if isinstance(part, Canvas)]
        rows = b"".join(raster.rows for raster in rasters)
        return Raster(width=rasters[0].width, height=sum(raster.height for raster in rasters), rows=rows)

    def _parts(self, receipt: Receipt | ClaimStub, *, is_drawn: bool) -> Iterator[bytes | Canvas]:
        """Return a paper from top to bottom: what we draw, and bytes for what the printer writes."""
        words = dict(words_for(self._words, receipt.language))
        sheet = ReceiptSheet(profile=self._profile, shelf=self._shelf, words=words)
        if isinstance(receipt, ClaimStub):
            yield from stub_parts(sheet, receipt, is_drawn=is_drawn)
            return
        yield masthead(sheet, receipt.store, "receipt_title")
        yield from body_pieces(receipt, words, self._profile, self._shelf, is_ours=is_drawn)
        if receipt.access_code:
            yield _access(sheet, receipt.access_code, receipt.access_url)
        number = parse_registration_number(receipt.number)
        yield number_strip(sheet, number, grouped(number), "again_hint")
        if receipt.guest_card:
            yield _guest_card(sheet, parse_guest_card(receipt.guest_card))

    def _raster(self, canvas: Canvas) -> list[bytes]:
        return list(raster_pieces(encode(canvas.finished()), self._profile))


def _access(sheet: ReceiptSheet, code: str, url: str | None) -> Canvas:
    """Draw the QR and the access code, side by side where the paper is wide enough; without a link the code alone."""
    qr = plain_qr(url) if url else None
    dots = module_dots(sheet, qr) if qr else 0
    size_mm = qr.width * dots / sheet.profile.dots_per_mm if qr else 0.0
    left, top = (size_mm + 5, 6.0) if qr and sheet.is_wide else (0.0, size_mm + 10 if qr else 3.0)
    width = sheet.profile.print_width_mm - left - 2
    hint = _paragraph(sheet, _hint(sheet, url), width)
    end = top + 11.2 + 3.2 * len(hint)
    canvas = sheet.canvas(max(size_mm + 8, end) if sheet.is_wide else end)
    if qr:
        x = beginning(sheet, qr, dots) if sheet.is_wide else (canvas.width - qr.width * dots) // 2
        canvas.symbol(qr, x, sheet.profile.dots(4), dots)
        demand(canvas.finished(), qr)
    title = capitals(sheet.words["access_title"], sheet.words["language"])
    canvas.text(title, sheet.area(left, top, width), sheet.style("semibold", 1.6, tracking=0.08))
    canvas.text(grouped(parse_access_code(code)), sheet.area(left, top + 3.6, width), sheet.style("mono", 2.4))
    for nr, line in enumerate(hint):
        canvas.text(line, sheet.area(left, top + 9.2 + 3.2 * nr, width), sheet.style("regular", 1.5))
    return canvas


def _hint(sheet: ReceiptSheet, url: str | None) -> str:
    """Return what to do with the code; the page is named in letters too, for whoever cannot scan."""
    if url is None:
        return sheet.words["access_hint_typed"]
    page = ink(url.partition("#")[0].partition("://")[2])
    return sheet.words["access_hint"].format(link=isolated(page) if sheet.is_rtl else page)


def _guest_card(sheet: ReceiptSheet, number: str) -> Canvas:
    """Draw a guest card below the receipt, where it can be cut off: it is scanned as any card is.

    Its bars are wider than a narrow roll; there the square code stands alone, as large as it may be.
    """
    if plain_linear(number).width * sheet.profile.quality.linear_dots <= sheet.profile.print_width_dots:
        return number_strip(sheet, number, grouped(number), "guest_hint")
    matrix = plain_matrix(number)
    dots, scale = module_dots(sheet, matrix), sheet.profile.dots
    size_mm = matrix.width * dots / sheet.profile.dots_per_mm
    canvas = sheet.canvas(size_mm + 16)
    canvas.rule(Area(x=0, y=scale(1), width=canvas.width, height=2), scale(1.5))
    canvas.symbol(matrix, (canvas.width - matrix.width * dots) // 2, scale(4), dots)
    width = sheet.profile.print_width_mm - 2
    canvas.text(grouped(number), sheet.area(1, size_mm + 6, width), sheet.style("mono", 2.2, "center"))
    hint = sheet.words["guest_hint"]
    canvas.text(hint, sheet.area(1, size_mm + 10.4, width), sheet.style("regular", 1.5, "center"))
    demand(canvas.finished(), matrix)
    return canvas


def _paragraph(sheet: ReceiptSheet, text: str, width_mm: float) -> list[str]:
    """Break ``text`` so that each line of small print fits ``width_mm``."""
    cap = 1.5 * sheet.profile.dots_per_mm
    setting = Setting(face="regular", cap=cap, is_rtl=sheet.is_rtl, language=sheet.words["language"])
    return wrapped(sheet.shelf, text, sheet.profile.dots(width_mm), setting)
