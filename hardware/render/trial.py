"""A label that stands for nothing: to see whether a printer prints, where it prints, and what training looks like.

It bears no code at all, so no scanner takes it for a roll's, a package's or a receipt.
"""

from pathlib import Path

from hardware.printer.profile import PrinterProfile
from hardware.printer.raster import Raster
from hardware.render.canvas import Area, Canvas, Style, packed
from hardware.render.content import is_rtl, words_for
from hardware.render.fonts import FontShelf
from hardware.render.template import load_words
from photocore.label import TrialLabel

HEIGHT_MM = 40.0
WIDEST_MM = 72.0
BAND_MM, LINE_MM, EDGE_MM = 8.0, 4.6, 2.0
ROOM_MM = 5.2
"""Round the ruler: so far the print can be moved, and a little more, or nothing of a move could be seen."""


class TrialRenderer:
    """Draws trial labels for one printer."""

    def __init__(self, config: Path, profile: PrinterProfile) -> None:
        self._profile = profile
        self._shelf = FontShelf(config / "fonts")
        self._words = load_words(config)

    def render(self, label: TrialLabel) -> Raster:
        """Return ``label`` as dots; a line that is too long for the paper is cut."""
        dots = self._profile.dots
        width = min(dots(WIDEST_MM), self._profile.print_width_dots)
        canvas = Canvas(width, dots(HEIGHT_MM), self._profile, self._shelf)
        edge, y = dots(EDGE_MM), dots(EDGE_MM)
        if label.has_ruler:
            self._draw_ruler(canvas)
            edge, y = dots(ROOM_MM + EDGE_MM * 3), dots(ROOM_MM + EDGE_MM * 3)
        room = width - 2 * edge
        rtl = is_rtl(words_for(self._words, label.language))
        side = "right" if rtl else "left"
        if label.band:
            canvas.band(Area(x=edge, y=y, width=room, height=dots(BAND_MM)), dots(1))
            cap = dots(BAND_MM * 0.5)
            inside = Area(x=edge, y=y + (dots(BAND_MM) - cap) // 2, width=room, height=cap)
            style = Style(face="bold", cap=cap, align="center", white=True, is_rtl=rtl, language=label.language)
            canvas.text(label.band, inside, style)
            y += dots(BAND_MM + EDGE_MM)
        style = Style(face="bold", cap=dots(3), align=side, is_rtl=rtl, language=label.language)
        canvas.text(label.title, Area(x=edge, y=y, width=room, height=dots(LINE_MM)), style)
        style = Style(face="regular", cap=dots(2), align=side, is_rtl=rtl, language=label.language)
        for nr, line in enumerate(label.lines, start=1):
            row = Area(x=edge, y=y + dots(0.6) + dots(LINE_MM) * nr, width=room, height=dots(LINE_MM))
            canvas.text(line, row, style)
        return packed(canvas.black_dots())

    def _draw_ruler(self, canvas: Canvas) -> None:
        """Draw a frame on the edge of the print, and a tick each millimetre: longer at five, longest at ten."""
        dots, room = self._profile.dots, self._profile.dots(ROOM_MM)
        width, height = canvas.width - 2 * room, canvas.height - 2 * room
        canvas.frame(Area(x=room, y=room, width=width, height=height), 0, 2)
        for mm in range(1, int(width / self._profile.dots_per_mm)):
            canvas.band(Area(x=room + dots(mm), y=room, width=2, height=dots(_tick_mm(mm))), 0)
        for mm in range(1, int(height / self._profile.dots_per_mm)):
            canvas.band(Area(x=room, y=room + dots(mm), width=dots(_tick_mm(mm)), height=2), 0)


def _tick_mm(mm: int) -> float:
    return 4.0 if mm % 10 == 0 else 2.5 if mm % 5 == 0 else 1.4
