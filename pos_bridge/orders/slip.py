"""A code on paper: for a till whose scanner cannot read a screen, or a shopper who carries it there.

Drawn as dots, so any printer of ours prints it, ESC/POS or a label printer; the bars are read back before they leave.
"""

from pathlib import Path

from hardware.errors import LabelUndrawable
from hardware.printer.document import Document, label_document
from hardware.printer.profile import PrinterProfile
from hardware.printer.raster import encode
from hardware.render import symbols
from hardware.render.canvas import Area, Canvas, Style
from hardware.render.fonts import Face, FontShelf
from pos_bridge.orders.store import Issued

BARS_MM = 18.0
EDGE_MM = 3.0
LINE_MM = 7.0


def symbol_of(issued: Issued) -> symbols.Symbol:
    """Return the bars of a code: an EAN-13, or a Code 128."""
    return symbols.retail(issued.code) if issued.form == "ean13" else symbols.plain_linear(issued.code)


def order_slip(issued: Issued, amount: str, until: str, profile: PrinterProfile, config: Path) -> Document:
    """Return the slip's bytes for one printer. ``amount`` and ``until`` are what people read, in their language.

    Raises:
        LabelUndrawable: the code is wider than the paper, or does not read.
        ProfileWrong: ``config`` has no fonts.
    """
    symbol = symbol_of(issued)
    dots = _dots(symbol, profile)
    tall, edge, line = (profile.dots(mm) for mm in (BARS_MM, EDGE_MM, LINE_MM))
    canvas = Canvas(profile.print_width_dots, 2 * edge + 3 * line + tall, profile, FontShelf(config / "fonts"))
    lines: tuple[tuple[str, int, Face, float], ...] = (
        (amount, edge, "semibold", 4.0),
        (issued.code, edge + line + tall + edge // 2, "mono", 2.4),
        (until, 2 * edge + 2 * line + tall, "regular", 2.0),
    )
    for text, top, face, cap_mm in lines:
        area = Area(x=edge, y=top, width=canvas.width - 2 * edge, height=line)
        canvas.text(text, area, Style(face=face, cap=profile.dots(cap_mm), align="center"))
    canvas.symbol(symbol, (canvas.width - symbol.width * dots) // 2, edge + line, dots, tall)
    drawn = canvas.finished()
    read = symbols.read_retail(drawn) if symbol.kind == "retail" else symbols.read_back(drawn)
    if (symbol.aim, symbol.text) not in read:
        raise LabelUndrawable("the order code does not read on this paper")
    return label_document(encode(drawn), profile)


def _dots(symbol: symbols.Symbol, profile: PrinterProfile) -> int:
    """Return how many dots a module gets: at most what the head prints sharply, at least one."""
    room = profile.print_width_dots // (symbol.width + 2 * symbol.quiet)
    if not room:
        raise LabelUndrawable("the order code is wider than the paper")
    return min(room, max(profile.quality.linear_dots, 3))
