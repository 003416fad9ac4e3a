"""The toolkit's text, taught to read from right to left.

Latin labels go the toolkit's own way, letter for letter as before. A label with a letter that is read from the right,
or with an isolated fact in it, is set by :mod:`kiosk.ui.shaping`. The choice is per label, so that all lines of a
paragraph stand alike.
"""

# pyright: basic
# (Kivy has no types; toolkit.pyi is what the others see.)

from typing import Any

from kivy.core.image import ImageData
from kivy.core.text.text_sdl2 import LabelSDL2
from kivy.uix.label import Label as PlainLabel
from PIL import Image

from kiosk.ui.shaping import Setting, ink_line, set_line
from photocore.bidi import begins_rtl, needs_order


class TextPainter(LabelSDL2):
    """What measures and draws the text of a label, line by line."""

    sheet: Image.Image | None = None

    @property
    def is_set(self) -> bool:
        """Say whether this text needs more than the toolkit can do."""
        return needs_order(self.text)

    def get_extents(self, text: str) -> tuple[float, float]:
        """Return width and height of a piece of this label's text, in pixels."""
        if not self.is_set:
            return super().get_extents(text)
        wide, high = self._set(text).size
        leading: Any = self.options["line_height"]  # it is in the height already
        return wide, high / leading

    def _set(self, text: str) -> Setting:
        facts: Any = self.options
        pixels = max(1, int(facts["font_size"]))
        direction = facts["base_direction"]  # a label says it; a single painted line is as it begins
        is_rtl = direction == "rtl" if direction else begins_rtl(self.text)
        return set_line(text, facts["font_name_r"], pixels, is_rtl=is_rtl)

    def _render_begin(self) -> None:
        self.sheet = Image.new("L", self._size, 0) if self.is_set else None
        if self.sheet is None:
            super()._render_begin()

    def _render_text(self, text: str, x: float, y: float) -> None:
        if self.sheet is None:
            super()._render_text(text, x, y)
        else:
            ink_line(self._set(text), self.sheet, (x, y))

    def _render_end(self) -> ImageData:
        if self.sheet is None:
            return super()._render_end()
        colour: Any = self.options["color"]
        ink = tuple(round(part * 255) for part in colour)
        picture = Image.new("RGBA", self._size, ink)
        picture.putalpha(self.sheet)
        self.sheet = None
        return ImageData(picture.width, picture.height, "rgba", picture.tobytes())


class Label(PlainLabel):
    """A label whose text may be read from the right; without markup, as no text of ours has any."""

    def _create_label(self) -> None:
        if self._label is None:
            facts = {name: getattr(self, name) for name in self._font_properties}
            self._label = TextPainter(**facts, usersize=self.text_size)
