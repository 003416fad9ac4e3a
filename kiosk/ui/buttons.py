"""Buttons: an icon and words in the middle of a rounded sheet, as large as a finger needs.

One that is primary is filled with the accent; one that is chosen of several has a thick edge and a tick. A touch is
told on release, so that a finger may slide off again.
"""

from collections.abc import Callable, Sequence
from typing import Final

from kiosk.ui.boxes import HBox, Line, Spring, draw_sheet, icon
from kiosk.ui.look import Look
from kiosk.ui.theme import Rgba, faded, mixed
from kiosk.ui.toolkit import ButtonBehavior, TextPainter, Widget
from kiosk.view.screen import Button

Press = Callable[[str], None]
"""What a touched button calls, with its id."""

PRIMARY_HIGH_U: Final = 15.0
LEAST_HIGH_U: Final = 9.0
"""No target is lower or narrower than this."""


class Touchable(ButtonBehavior, HBox):
    """Something that can be touched as a whole: it says its button's id when the finger is lifted off it."""

    def __init__(self, look: Look, button: Button, press: Press, *, height_u: float, gap: float, inset: float) -> None:
        super().__init__(look=look, size_hint_y=None, height=height_u * look.u, padding=[inset, 0], gap=gap)
        self.look = look
        self.button = button
        self.press = press
        self.bind(pos=self._draw, size=self._draw, state=self._draw)

    def on_release(self) -> None:
        """Say which button was touched."""
        self.press(self.button.id)

    def _draw(self, *_: object) -> None:
        raise NotImplementedError


class TouchButton(Touchable):
    """A button: an icon and words in the middle, the words wrapped where they would not fit."""

    inset_u = 2.4

    def __init__(
        self, look: Look, button: Button, press: Press, *, size_u: float = 4, height_u: float = PRIMARY_HIGH_U
    ) -> None:
        super().__init__(look, button, press, height_u=height_u, gap=1.6 * look.u, inset=self.inset_u * look.u)
        self.fill, self.ink, self.edge = _button_colours(look, button)
        self.words = Line(look, button.text, size_u=size_u, weight="semibold", colour=self.ink)
        sign = "check" if button.is_chosen else button.icon
        self.icon = icon(look, sign, size_u=size_u * 1.3, colour=self.ink) if sign else None
        self.natural = self.words.texture_size[0]
        """The words' width on one line, in pixels."""
        self.add_widget(Spring())
        if self.icon:
            self.add_widget(self.icon)
        self.add_widget(self.words)
        self.add_widget(Spring())

    @property
    def wanted_width(self) -> float:
        """The width that shows icon and words with some air, in pixels."""
        u = self.look.u
        return self.natural + (self.icon.width + 1.6 * u if self.icon else 0) + 7 * u

    @property
    def least_width(self) -> float:
        """The width below which a word of the button would have to be broken, in pixels."""
        words = [_word_width(self.words, word) for word in self.words.text.split()]
        return max(words, default=0.0) + self.wanted_width - self.natural - 1.6 * self.look.u

    def _draw(self, *_: object) -> None:
        self._fit_words()
        self.canvas.before.clear()
        is_down = self.state == "down"
        fill = mixed(self.fill, self.look["ink"], 0.16 if is_down else 0)
        with self.canvas.before:
            draw_sheet(
                self.look,
                self.pos,
                self.size,
                fill=fill,
                edge=self.edge,
                edge_u=0.4 if self.button.is_chosen else 0.18,
                radius_u=2.2,
                has_shadow=self.button.kind == "primary" and not is_down,
            )

    def _fit_words(self) -> None:
        u = self.look.u
        room = self.width - 2 * self.inset_u * u - (self.icon.width + 1.6 * u if self.icon else 0)
        wanted = None if self.natural <= room else max(room, u)
        if self.words.text_size[0] == wanted:
            return
        self.words.text_size = (wanted, None)
        self.words.halign = "center" if self.icon is None else self.look.start
        self.words.texture_update()
        self.words.size = self.words.texture_size


def release_buttons(part: Widget) -> None:
    """Let no button in ``part`` look touched when it is shown again."""
    for widget in part.walk():
        if isinstance(widget, Touchable):
            widget.state = "normal"


def share_width(buttons: Sequence[TouchButton], room: float) -> None:
    """Give each button what its words need and the primary one the rest; shares by need where there is not enough."""
    lesser = [button for button in buttons if button.button.kind != "primary"]
    main = [button for button in buttons if button.button.kind == "primary"]
    if main and sum(button.wanted_width for button in buttons) <= room:
        broad = room * 0.26 if len(lesser) < 2 else room * 0.2  # a lone Cancel may be broad
        wides = [max(button.wanted_width, broad) for button in lesser]
        if sum(wides) + main[0].wanted_width > room:
            wides = [button.wanted_width for button in lesser]
        for button, wide in zip(lesser, wides, strict=True):
            button.size_hint_x, button.width = None, wide
        main[0].size_hint_x = 1
        return
    least = [button.least_width for button in buttons]
    longing = [max(button.wanted_width - need, 1.0) for button, need in zip(buttons, least, strict=True)]
    for button, need, more in zip(buttons, least, longing, strict=True):
        button.size_hint_x, button.width = None, need + (room - sum(least)) * more / sum(longing)


def _word_width(label: Line, word: str) -> float:
    painter = TextPainter(text=label.text, font_name=label.font_name, font_size=label.font_size)
    painter.resolve_font_name()
    return painter.get_extents(word)[0]


def _button_colours(look: Look, button: Button) -> tuple[Rgba, Rgba, Rgba]:
    """Return fill, words and outline; the outline keeps 3:1 to the page whatever the fill."""
    if button.kind == "primary":
        return look["accent"], look["accent_ink"], look["accent_line"]
    if button.kind == "danger":
        return look["bad"], look["on_strong"], look["bad"]
    if button.kind == "inline" and not button.is_chosen:
        return faded(look["ink"], 0.05), look["ink"], look["edge"]
    return look["surface"], look["ink"], look["accent_line" if button.is_chosen else "edge"]
