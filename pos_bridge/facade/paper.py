"""A till's piece of paper as bytes for its printer, and as a job that stands in one queue with our labels."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Final, Literal

from PIL import Image

from hardware.errors import LabelUndrawable
from hardware.printer.escpos_document import ending, prologue, raster_pieces
from hardware.printer.jobs import Composer
from hardware.printer.language import Document
from hardware.printer.profile import PrinterProfile
from hardware.printer.raster import encode
from hardware.render import symbols
from hardware.render.escpos_text import Line, text_bytes
from photocore.label import Paper, QueuedLabel, TrialLabel
from pos_bridge.facade import words
from pos_bridge.facade.printing import BarCode, Part

LINES_AT_ONCE: Final = 20
"""Between two pieces of a document it is noticed that the printer is in trouble."""
LEAST_HEIGHT: Final = 24
MOST_HEIGHT: Final = 400
_MARGIN: Final = 8


@dataclass(frozen=True, kw_only=True)
class TillPaper(TrialLabel):
    """Something composed already: no label of ours, in no journal, and for the printer it was composed for alone."""

    document: Document = ()


class TillComposer:
    """Prints what a till sent beside what a station prints; a :class:`hardware.printer.jobs.Composer`."""

    def __init__(self, station: Composer) -> None:
        self._station = station

    def compose(self, printable: Paper) -> Document:
        """Return the document. Raises as the station's composer does."""
        return printable.document if isinstance(printable, TillPaper) else self._station.compose(printable)

    def label_mm(self, label: QueuedLabel) -> float:
        """Return the paper a label takes, to the cut."""
        return self._station.label_mm(label)


class NoLabels:
    """The station's composer where a printer is a till's alone."""

    def compose(self, printable: Paper) -> Document:
        """Refuse it: no label is sent to such a printer. Raises LabelUndrawable."""
        raise LabelUndrawable(f"this printer prints no {type(printable).__name__}")

    def label_mm(self, label: QueuedLabel) -> float:
        """Return nothing: there are none."""
        del label
        return 0.0


def compose(parts: tuple[Part, ...], profile: PrinterProfile) -> Document:
    """Return one piece of paper, from a known state of the printer to its cut.

    Raises:
        LabelUndrawable: a bar code does not fit this paper, or does not read.
    """
    return (prologue(profile), *_pieces(parts, profile), ending(profile))


def _pieces(parts: tuple[Part, ...], profile: PrinterProfile) -> Iterator[bytes]:
    for is_line, group in groupby(parts, key=lambda part: isinstance(part, Line)):
        found = list(group)
        if is_line:
            lines = [part for part in found if isinstance(part, Line)]
            for start in range(0, len(lines), LINES_AT_ONCE):
                yield text_bytes(lines[start : start + LINES_AT_ONCE], profile)
            continue
        for code in (part for part in found if isinstance(part, BarCode)):
            yield from raster_pieces(encode(picture(code, profile)), profile)
            if code.has_text:
                yield text_bytes([Line(text=code.text, align=_side(code.align))], profile)


def picture(code: BarCode, profile: PrinterProfile) -> Image.Image:
    """Return a bar code as it stands on the paper, read back.

    Raises:
        LabelUndrawable: it does not fit, does not read, or its text is none of its kind.
    """
    symbol = _symbol(code)
    is_flat = symbol.height == 1
    dots = profile.quality.linear_dots if is_flat else profile.quality.matrix_dots
    width = profile.print_width_dots
    while dots > 1 and (symbol.width + 2 * symbol.quiet) * dots > width:
        dots -= 1
    if (symbol.width + 2 * symbol.quiet) * dots > width:
        raise LabelUndrawable("the bar code is wider than the paper")
    height = min(max(code.height_dots, LEAST_HEIGHT), MOST_HEIGHT) if is_flat else None
    bars = symbol.picture(dots, height)
    quiet = symbol.quiet * dots
    left = {"left": quiet, "center": (width - bars.width) // 2, "right": width - bars.width - quiet}[_side(code.align)]
    top = _MARGIN if is_flat else quiet
    paper = Image.new("L", (width, bars.height + 2 * top), 255)
    paper.paste(bars, (left, top))
    read = symbols.read_retail(paper) if symbol.kind == "retail" else symbols.read_back(paper)
    if (symbol.aim, symbol.text) not in read:
        raise LabelUndrawable("the bar code does not read")
    return paper.convert("1", dither=Image.Dither.NONE)


def _symbol(code: BarCode) -> symbols.Symbol:
    make = {
        words.PTR_BCS_EAN13: symbols.retail,
        words.PTR_BCS_CODE128: symbols.plain_linear,
        words.PTR_BCS_QRCODE: symbols.plain_qr,
        words.PTR_BCS_DATAMATRIX: symbols.plain_matrix,
    }[code.symbology]
    return make(code.text)


def _side(align: int) -> Literal["left", "center", "right"]:
    if align == words.PTR_BC_LEFT:
        return "left"
    return "right" if align == words.PTR_BC_RIGHT else "center"
