"""A question over the page, and the bar that says how much time is left to answer it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from kiosk.ui.bars import ButtonRow
from kiosk.ui.boxes import HBox, Panel, Text, VBox, named
from kiosk.ui.buttons import Press, TouchButton
from kiosk.ui.look import Look, glyph
from kiosk.ui.theme import Token
from kiosk.ui.toolkit import Color, FloatLayout, Rectangle, SmoothRoundedRectangle, Widget
from kiosk.view.screen import Button, Overlay

if TYPE_CHECKING:
    from kiosk.ui.toolkit import Touch


WIDEST_U: Final = 124.0
FEW, SOME = 4, 7
"""So many buttons stand under each other in a low window, and in a high one."""


class OverlaySheet(FloatLayout):
    """A question over the page. It takes every touch, so that nothing below can be hit by accident."""

    def __init__(self, look: Look, press: Press) -> None:
        super().__init__(size_hint=(None, None), size=(0, 0))
        self.look, self.press = look, press
        self.overlay: Overlay | None = None
        self.words: Text | None = None
        self.clock: CountdownBar | None = None

    def show(self, overlay: Overlay | None) -> None:
        """Show, change or take away the question; its words may change without its buttons being rebuilt."""
        before, self.overlay = self.overlay, overlay
        if overlay is None:
            self.size_hint, self.size = (None, None), (0, 0)
            self.clear_widgets()
            self.canvas.before.clear()
            return
        if before and (before.title, before.buttons) == (overlay.title, overlay.buttons):
            self._update(overlay)
            return
        self.clear_widgets()
        self.size_hint = (1, 1)
        self._build(overlay)

    def is_open(self) -> bool:
        """Say whether a question is being asked."""
        return self.overlay is not None

    def on_touch_down(self, touch: "Touch") -> bool | None:
        """Pass touches to the question only."""
        if self.overlay is None:
            return False
        super().on_touch_down(touch)
        return True

    def _update(self, overlay: Overlay) -> None:
        if self.words:
            self.words.text = overlay.text
        if self.clock and overlay.share is not None:
            self.clock.show(overlay.share)

    def _build(self, overlay: Overlay) -> None:
        look, u = self.look, self.look.u
        self.bind(size=self._veil, pos=self._veil)
        self._veil()
        sheet = Panel(
            look, padding=[6 * u, 5 * u, 6 * u, 4.5 * u], gap=2.2 * u, fit=True, size_hint=(None, None),
            width=min(look.wide_u * 0.86, WIDEST_U) * u,
            pos_hint={"center_x": 0.5, "center_y": 0.5}, edge=look["edge"],
        )  # fmt: skip
        sheet.add_widget(
            Text(
                look,
                glyph(overlay.icon, is_rtl=look.is_rtl),
                size_u=11,
                weight="icons",
                colour=look["accent_line"],
                align="center",
            )
        )
        title = Text(look, overlay.title, size_u=6.4, weight="display", align="center", line_height=1.04)
        sheet.add_widget(named(title, "title"))
        self.words = named(Text(look, overlay.text, size_u=4, colour=look["ink2"], align="center"), "guidance")
        sheet.add_widget(self.words)
        self.clock = CountdownBar(look, overlay.share) if overlay.share is not None else None
        if self.clock:
            sheet.add_widget(self.clock)
        sheet.add_widget(self._list(overlay.buttons) if overlay.is_list else self._row(overlay.buttons))
        self.add_widget(sheet)

    def _row(self, buttons: Sequence[Button]) -> HBox:
        u = self.look.u
        row = ButtonRow(self.look, gap=2.2 * u, padding=[0, 2 * u, 0, 0], fit=True)
        for button in buttons:
            row.add_widget(TouchButton(self.look, button, self.press))
        return row

    def _list(self, buttons: Sequence[Button]) -> VBox:
        """Return the buttons under each other, in columns where they would be higher than the window."""
        look, u = self.look, self.look.u
        columns = columns_of(look, len(buttons))
        rows = VBox(gap=1.4 * u, padding=[0, 1 * u, 0, 0], fit=True)
        for n in range(0, len(buttons), columns):
            row = HBox(look, gap=1.6 * u, fit=True)
            for button in buttons[n : n + columns]:
                row.add_widget(TouchButton(look, button, self.press, height_u=12.5))
            rows.add_widget(row)
        return rows

    def _veil(self, *_: object) -> None:
        self.canvas.before.clear()
        if self.overlay is None:
            return
        with self.canvas.before:
            Color(rgba=self.look["veil"])
            Rectangle(pos=self.pos, size=self.size)


def columns_of(look: Look, count: int) -> int:
    """Return how many columns so many buttons stand in: one while they are few, more where it would grow too high."""
    if look.is_landscape:
        return 1 if count <= FEW else 2 if count <= 2 * FEW + 1 else 3
    return 1 if count <= SOME else 2


class CountdownBar(Widget):
    """How much time is left, as a bar that empties."""

    def __init__(self, look: Look, share: float) -> None:
        super().__init__(size_hint_y=None, height=1.6 * look.u)
        self.look, self.share = look, share
        self.bind(pos=self._draw, size=self._draw)

    def show(self, share: float) -> None:
        """Show another share, 1 to 0."""
        self.share = share
        self._draw()

    def _draw(self, *_: object) -> None:
        draw_bar(self, self.look, self.share, "accent_line")


def draw_bar(widget: Widget, look: Look, share: float, token: Token) -> None:
    """Draw a progress bar into the whole of ``widget``; the rest of the way is an outline that keeps 3:1."""
    widget.canvas.clear()
    high, wide = widget.height, widget.width
    if wide < high:
        return
    with widget.canvas:
        Color(rgba=look["edge"])
        SmoothRoundedRectangle(pos=widget.pos, size=widget.size, radius=[high / 2])
        Color(rgba=look["surface"])
        inset = look.u * 0.2
        SmoothRoundedRectangle(
            pos=(widget.x + inset, widget.y + inset), size=(wide - 2 * inset, high - 2 * inset), radius=[high / 2]
        )
        filled = max(high, wide * share) if share > 0 else 0
        if filled:
            left = (widget.x + wide) - filled if look.is_rtl else widget.x
            Color(rgba=look[token])
            SmoothRoundedRectangle(pos=(left, widget.y), size=(filled, high), radius=[high / 2])
