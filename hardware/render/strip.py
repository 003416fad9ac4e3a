"""What a label looks like with its security strip on: for pictures and tests, never for the printer.

A printer cannot print under a strip that is already there: the label is printed, then a strip is put on, or the stock
brings its own (research/hardware.md 6). So the strip is no part of a label's raster. This paints one over it, as opaque
as the real one must be, so that a person, and a decoder, can look at what stays readable in the shop.
"""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from PIL import Image

from hardware.printer.profile import PrinterProfile
from hardware.render.canvas import Area, Canvas, Style
from hardware.render.content import is_rtl, words_for
from hardware.render.fonts import FontShelf
from hardware.render.label import DrawnLabel
from hardware.render.lines import Setting, set_line
from hardware.render.marks import guilloche
from hardware.render.template import load_words
from photocore.capitals import capitals

PANEL_SIDE_MM = 5.0
PANEL_HEIGHT_MM = 9.4
PEEL_WIDTH_MM = 14.0


class SecurityStrip:
    """Paints strips for the labels of one printer."""

    def __init__(self, config: Path, profile: PrinterProfile) -> None:
        """Read words and fonts from ``config``.

        Raises:
            ProfileWrong: a file is missing or breaks its form.
        """
        self._profile = profile
        self._words = load_words(config)
        self._shelf = FontShelf(config / "fonts")

    def cover(self, label: DrawnLabel, language: str = "en") -> Image.Image:
        """Return ``label`` as it is sold: its strip area under the strip, or under its flap; without one, as it is."""
        picture = label.picture.copy()
        if label.flap is not None and label.strip is not None:
            picture.paste(self._folded(label.strip), (label.strip.x, label.strip.y))
            return picture.crop((0, 0, picture.width, label.flap.y))
        if label.strip is not None:
            picture.paste(self._draw(label.strip, language), (label.strip.x, label.strip.y))
        return picture

    def _folded(self, area: Area) -> Image.Image:
        """Return the back of a flap, as it lies over its panel: white paper."""
        canvas = Canvas(area.width, area.height, self._profile, self._shelf)
        canvas.panel(Area(x=0, y=0, width=area.width, height=area.height), 0, 2)
        return canvas.finished()

    def _draw(self, area: Area, language: str) -> Image.Image:
        words, dots = words_for(self._words, language), self._profile.dots
        canvas = Canvas(area.width, area.height, self._profile, self._shelf)
        canvas.paste(guilloche(area.width, area.height, self._profile.dots_per_mm))
        side, height = dots(PANEL_SIDE_MM / 2), dots(PANEL_HEIGHT_MM)
        peel = min(dots(PEEL_WIDTH_MM), area.width * 27 // 100)
        top = (area.height - height) // 2
        wide = Area(x=side, y=top, width=area.width - peel - 3 * side, height=height)
        narrow = Area(x=area.width - peel - side, y=top, width=peel, height=height)
        if is_rtl(words):
            wide, narrow = (_mirrored(panel, area.width) for panel in (wide, narrow))
        self._write_panel(canvas, wide, words)
        self._write_peel(canvas, narrow, words)
        return canvas.finished()

    def _write_panel(self, canvas: Canvas, panel: Area, words: Mapping[str, str]) -> None:
        scale, dots = self._profile.dots_per_mm, self._profile.dots
        rtl, language = is_rtl(words), words["language"]
        title, hint = capitals(words["strip_title"], language), words["strip_hint"]
        canvas.panel(panel, dots(0.5), dots(0.25))
        setting = Setting(face="semibold", cap=1.2 * scale, is_rtl=rtl, language=language)
        lines = 1 if set_line(self._shelf, hint, setting).width <= panel.width - dots(1.6) else 2
        inner = Area(
            x=panel.x + dots(0.8),
            y=panel.y + dots(2.0 if lines == 1 else 1.4),
            width=panel.width - dots(1.6),
            height=dots(2),
        )
        style = Style(face="bold", cap=2.0 * scale, least_cap=scale, align="center", is_rtl=rtl, language=language)
        canvas.text(title, inner, replace(style, tracking=0.1))
        style = replace(style, face="semibold", cap=1.5 * scale, least_cap=1.2 * scale)
        below = Area(
            x=inner.x, y=panel.y + dots(5.7 if lines == 1 else 4.4), width=inner.width, height=dots(1.9 * lines)
        )
        canvas.paragraph(hint, below, style, lines)

    def _write_peel(self, canvas: Canvas, panel: Area, words: Mapping[str, str]) -> None:
        scale, dots = self._profile.dots_per_mm, self._profile.dots
        rtl, language = is_rtl(words), words["language"]
        canvas.panel(panel, dots(0.5), dots(0.25))
        arrow, middle = dots(2.0), panel.y + panel.height // 2
        room = Area(
            x=panel.x + (dots(1.8) + arrow if rtl else dots(0.8)),
            y=middle - dots(0.85),
            width=panel.width - dots(3.4) - arrow,
            height=dots(1.7),
        )
        style = Style(face="bold", cap=1.7 * scale, least_cap=scale, align="center", is_rtl=rtl, language=language)
        canvas.text(capitals(words["strip_peel"], language), room, style)
        tip = panel.x + panel.width - dots(1.4)
        base = tip - arrow
        if rtl:
            tip = panel.x + dots(1.4)
            base = tip + arrow
        canvas.wedge((base, middle - dots(1.3)), (base, middle + dots(1.3)), (tip, middle))


def _mirrored(area: Area, width: int) -> Area:
    return Area(x=width - area.x - area.width, y=area.y, width=area.width, height=area.height)
