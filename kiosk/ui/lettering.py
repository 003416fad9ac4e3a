"""The toolkit's text, taught to read from right to left, and to write what it has no letters for.

Latin labels go the toolkit's own way, letter for letter as before. A label with a letter that is read from the right,
or with an isolated fact in it, or with Hindi, Chinese or Japanese letters, is set by :mod:`kiosk.ui.shaping`. The
choice is per label, so that all lines of a paragraph stand alike. The toolkit breaks lines at spaces; Chinese and
Japanese have none, so theirs are broken here (:mod:`photocore.linebreak`) before it sees them.

What was painted once is kept, a few megabytes of it: pages come again and again, and the words on them do not change.
Identities, which stand in the fonts made for them, are not kept: whose they are has left.
"""

# pyright: basic
# (Kivy has no types; toolkit.pyi is what the others see.)

from collections import OrderedDict
from typing import Any, Final

from kivy.core.image import ImageData
from kivy.core.text.text_sdl2 import LabelSDL2
from kivy.uix.label import Label as PlainLabel
from PIL import Image

from kiosk.ui.shaping import HAND, Setting, ink_line, needs_setting, room_of, scripts_of, set_line
from photocore.bidi import begins_rtl
from photocore.linebreak import lines

MOST_KEPT_BYTES: Final = 6_000_000
NOT_KEPT: Final = frozenset({"mono", "mono_bold"})
"""The fonts of identities and codes."""
UNBREAKING: Final = "\u00a0"
"""A space where the toolkit must not break a line that is broken already."""


class Inker(LabelSDL2):
    """What measures and draws a text, line by line."""

    sheet: Image.Image | None = None
    language: str = ""
    """What it is written in, where it will be painted later than it was asked for: the screen may speak another by
    then."""

    @property
    def is_set(self) -> bool:
        """Say whether this text needs more than the toolkit can do."""
        return needs_setting(self.text)

    def render(self, real: bool = False) -> Any:  # noqa: ANN401  as the toolkit calls it
        """Lay the text out, or paint it; where it has no spaces, with line ends of our own."""
        wide = self._text_size[0]
        if real or not wide or "wide" not in scripts_of(self.text):
            return super().render(real)
        whole = self._text
        self._text = "\n".join(self._broken(part, wide) for part in self.text.split("\n"))
        try:
            return super().render()
        finally:
            self._text = whole

    def _broken(self, paragraph: str, wide: float) -> str:
        """Return a paragraph with its line ends, and no place left where the toolkit would break."""
        return "\n".join(line.replace(" ", UNBREAKING) for line in lines(paragraph, wide, self._measured, even=True))

    def _measured(self, text: str) -> float:
        return sum(piece.wide for piece in self._set(text).pieces)

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
        language = self.language or HAND.language
        return set_line(text, facts["font_name_r"], pixels, is_rtl=is_rtl, language=language, room=room_of(self.text))

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


class Painted:
    """The texts painted of late; the oldest go when together they take more than ``MOST_KEPT_BYTES``."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[object, ...], Inker] = OrderedDict()
        self._bytes = 0

    def find(self, key: tuple[object, ...]) -> Inker | None:
        """Return what was painted with these words and this look."""
        found = self._kept.get(key)
        if found is not None:
            self._kept.move_to_end(key)
        return found

    def keep(self, key: tuple[object, ...], inker: Inker) -> None:
        """Keep one more; whoever shows it now goes on showing it, however long it is kept."""
        self._kept[key] = inker
        self._bytes += _bytes_of(inker)
        while self._bytes > MOST_KEPT_BYTES:
            _, oldest = self._kept.popitem(last=False)
            self._bytes -= _bytes_of(oldest)


PAINTED: Final = Painted()


class TextPainter(Inker):
    """The painter of one label. Labels with the same words and the same look share one texture."""

    def refresh(self) -> None:
        """Measure and paint the text, unless it has been done already."""
        if self.options["font_name"] in NOT_KEPT:
            self.texture = None  # the last one may be another label's too: paint a new one, never over it
            super().refresh()
            return
        self.resolve_font_name()
        key = self._key()
        twin = PAINTED.find(key)
        if twin is None:
            twin = self._twin()
            twin.refresh()
            PAINTED.keep(key, twin)
        self.texture = twin.texture
        vars(self).update(vars(twin))  # the sizes and lines it found

    def _key(self) -> tuple[object, ...]:
        return (
            self._text,
            HAND.language,
            *(tuple(fact) if isinstance(fact, list) else fact for fact in self._facts().values()),
        )

    def _twin(self) -> Inker:
        """Return what will paint this text when it is first shown, whatever becomes of this label meanwhile."""
        text: Any = self._text
        twin = Inker(text=text, **self._facts())
        twin.language = HAND.language
        return twin

    def _facts(self) -> dict[str, Any]:
        facts: dict[str, Any] = {name: fact for name, fact in self.options.items() if name != "text"}
        return facts | {"text_size": list(self._text_size)}


def _bytes_of(inker: Inker) -> int:
    wide, high = inker.size
    return int(wide * high * 4)


class Label(PlainLabel):
    """A label whose text may be read from the right; without markup, as no text of ours has any."""

    def _create_label(self) -> None:
        if self._label is None:
            facts = {name: getattr(self, name) for name in self._font_properties}
            self._label = TextPainter(**facts, usersize=self.text_size)
