"""The parts of the frame: top bar, steps, heading, notice, buttons, foot, overlay.

A section draws itself anew only when its own part of the screen changed. So a touch in progress survives everything
that happens elsewhere, and a screen where nothing changes costs no frame.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Generic, TypeVar

from kiosk.ui.boxes import HBox, Line, Panel, Pill, Press, Spring, Text, TouchButton, VBox, draw_sheet, icon
from kiosk.ui.look import BODY_U, SMALL_U, UNITS_WIDE, Look, glyph
from kiosk.ui.pictures import Medallion, paint_text
from kiosk.ui.theme import Rgba, Token
from kiosk.ui.toolkit import Color, FloatLayout, Label, Rectangle, SmoothEllipse, SmoothRoundedRectangle, Widget
from kiosk.view.screen import Button, Chip, LightMark, Notice, Overlay, Screen, StepMark, Tone

if TYPE_CHECKING:
    from kiosk.ui.toolkit import Touch

V = TypeVar("V")
INKS: dict[Tone, Token] = {"plain": "ink", "good": "ok", "warn": "warn", "bad": "bad"}
WASHES: dict[Tone, Token] = {"plain": "line", "good": "ok_wash", "warn": "warn_wash", "bad": "bad_wash"}
SIGNS: dict[Tone, str] = {"plain": "note", "good": "check_circle", "warn": "note", "bad": "error"}


class Section(VBox, Generic[V]):
    """A part of the screen that rebuilds itself when its value changes."""

    def __init__(self, look: Look, press: Press) -> None:
        super().__init__(fit=True)
        self.look = look
        self.press = press
        self.value: V | None = None
        self.height = 0

    def show(self, value: V) -> None:
        """Show ``value``, if it is not what is shown already."""
        if value != self.value:
            self.value = value
            self.clear_widgets()
            self.build(value)

    def build(self, value: V) -> None:
        """Add the widgets for ``value``."""
        raise NotImplementedError


class TopBar(Section[tuple[str, LightMark]]):
    """Whose kiosk this is, and the always-visible light."""

    def build(self, value: tuple[str, LightMark]) -> None:
        """Show the store at the start and the light at the end."""
        store, light = value
        look, u = self.look, self.look.u
        row = HBox(look, gap=1.6 * u, padding=[5 * u, 0], size_hint_y=None, height=11 * u)
        row.add_widget(Aperture(look))
        name = Text(look, store, size_u=3.9, weight="bold")
        name.shorten = True
        name.max_lines = 1
        name.pos_hint = {"center_y": 0.5}
        row.add_widget(name)
        row.add_widget(
            Pill(look, light.text, icon_name=light.icon, ink=look[INKS[light.tone]], wash=look[WASHES[light.tone]])
        )
        self.add_widget(row)


class Aperture(Widget):
    """Our sign: a lens."""

    def __init__(self, look: Look, *, size_u: float = 5) -> None:
        super().__init__(size_hint=(None, None), size=(size_u * look.u, size_u * look.u), pos_hint={"center_y": 0.5})
        self.look = look
        self.bind(pos=self._draw, size=self._draw)

    def _draw(self, *_: object) -> None:
        self.canvas.clear()
        with self.canvas:
            for share, token in ((1.0, "ink"), (0.74, "accent"), (0.40, "ink"), (0.18, "accent")):
                side = self.width * share
                Color(rgba=self.look[token])
                SmoothEllipse(pos=(self.center_x - side / 2, self.center_y - side / 2), size=(side, side))


class Steps(Section[tuple[StepMark, ...]]):
    """Your film, your card, your labels: said by bar, sign, weight and words, never by colour alone."""

    def build(self, value: tuple[StepMark, ...]) -> None:
        """Show each step as a bar with its name below."""
        if not value:
            return
        look, u = self.look, self.look.u
        row = HBox(look, gap=1.6 * u, padding=[5 * u, 0.6 * u], fit=True)
        for step in value:
            row.add_widget(self._step(step))
        self.add_widget(row)

    def _step(self, step: StepMark) -> VBox:
        look, u = self.look, self.look.u
        column = VBox(gap=0.9 * u, fit=True)
        column.add_widget(StepBar(look, step.state))
        words = HBox(look, gap=0.7 * u, fit=True)
        if step.state == "done":
            words.add_widget(icon(look, "check", size_u=3.8, colour=look["ok"]))
        weight = "bold" if step.state == "now" else "regular"
        name = Text(
            look, step.text, size_u=SMALL_U, weight=weight, colour=look["ink2" if step.state == "next" else "ink"]
        )
        words.add_widget(name)
        column.add_widget(words)
        return column


class StepBar(Widget):
    """The bar of one step: full when done, thick amber now, an empty outline when it comes later."""

    def __init__(self, look: Look, state: str) -> None:
        super().__init__(size_hint_y=None, height=1.3 * look.u)
        self.look, self.state = look, state
        self.bind(pos=self._draw, size=self._draw)

    def _draw(self, *_: object) -> None:
        self.canvas.clear()
        token: Token = {"done": "ok", "now": "accent_line", "next": "edge"}[self.state]  # pyright: ignore[reportAssignmentType]
        high = self.height if self.state != "next" else self.height * 0.42
        with self.canvas:
            Color(rgba=self.look[token])
            SmoothRoundedRectangle(pos=(self.x, self.center_y - high / 2), size=(self.width, high), radius=[high / 2])


class Heading(Section[tuple[str, str, tuple[Chip, ...], str]]):
    """What to do now, in large letters, and one sentence more."""

    def build(self, value: tuple[str, str, tuple[Chip, ...], str]) -> None:
        """Show chips, title and guidance; the attract page's title is larger."""
        title, guidance, chips, layout = value
        look, u = self.look, self.look.u
        is_start = layout == "attract"
        column = VBox(
            gap=(2.6 if is_start else 1.5) * u, padding=[5 * u, 1.4 * u, 5 * u, (2 if is_start else 0) * u], fit=True
        )
        align = "center" if layout in ("message", "busy") else "start"
        size = 11.6 if is_start else 7.4
        column.add_widget(Text(look, title, size_u=size, weight="display", align=align, line_height=1.02))
        if chips:
            column.add_widget(self._chips(chips))
        if guidance:
            body = 4.3 if is_start else BODY_U + 0.2
            column.add_widget(Text(look, guidance, size_u=body, colour=look["ink2"], align=align))
        self.add_widget(column)

    def _chips(self, chips: Sequence[Chip]) -> HBox:
        look, u = self.look, self.look.u
        row = HBox(look, gap=1.4 * u, padding=[0, 0.4 * u], size_hint_y=None, height=7 * u)
        for chip in chips:
            row.add_widget(
                Pill(
                    look,
                    chip.text,
                    icon_name=chip.icon,
                    ink=look[INKS[chip.tone]],
                    wash=look[WASHES[chip.tone]],
                    size_u=3.6,
                )
            )
        row.add_widget(Spring())
        return row


class Sign(Section[str]):
    """The large sign of a message page."""

    def build(self, value: str) -> None:
        """Show the picture, or nothing."""
        if value:
            u = self.look.u
            margin = VBox(padding=[0, 8 * u, 0, 4 * u], fit=True)
            margin.add_widget(Medallion(self.look, value, height_u=54))
            self.add_widget(margin)


class NoticeBox(Section[Notice | None]):
    """What was scanned last and why it is not it: a box with a sign, a thick edge and a sentence."""

    def build(self, value: Notice | None) -> None:
        """Show the sentence, or nothing."""
        if value is None:
            return
        look, u = self.look, self.look.u
        ink = look[INKS[value.tone]]
        wash = look[WASHES[value.tone]] if value.tone != "plain" else look["surface"]
        margin = VBox(padding=[5 * u, 1.4 * u, 5 * u, 0], fit=True)
        row = WashBox(look, ink=ink, wash=wash)
        row.add_widget(icon(look, SIGNS[value.tone], size_u=5.4, colour=ink))
        words = Text(look, value.text, size_u=BODY_U, weight="semibold")
        words.pos_hint = {"center_y": 0.5}
        row.add_widget(words)
        margin.add_widget(row)
        self.add_widget(margin)


class WashBox(HBox):
    """A tinted box with a thick edge where reading begins."""

    def __init__(self, look: Look, *, ink: Rgba, wash: Rgba) -> None:
        u = look.u
        super().__init__(look, gap=2 * u, padding=[3 * u, 2 * u, 2.6 * u, 2 * u], fit=True)
        self.look, self.ink, self.wash = look, ink, wash
        self.bind(pos=self._draw, size=self._draw)

    def _draw(self, *_: object) -> None:
        self.canvas.before.clear()
        u = self.look.u
        wide = 1.0 * u
        left = self.right - wide if self.look.is_rtl else self.x
        with self.canvas.before:
            draw_sheet(
                self.look,
                self.pos,
                self.size,
                fill=self.wash,
                edge=self.ink,
                edge_u=0.1,
                radius_u=1.6,
                has_shadow=False,
            )
            Color(rgba=self.ink)
            SmoothRoundedRectangle(pos=(left, self.y), size=(wide, self.height), radius=[wide / 2])


class ButtonBar(Section[tuple[tuple[Button, ...], str]]):
    """The page's buttons: the primary one always last in reading order, and the widest."""

    def build(self, value: tuple[tuple[Button, ...], str]) -> None:
        """Show the buttons side by side."""
        buttons, layout = value
        if not buttons:
            return
        look, u = self.look, self.look.u
        is_start = layout == "attract"
        row = HBox(look, gap=2.2 * u, padding=[5 * u, 1.8 * u, 5 * u, 0.6 * u], fit=True)
        size, high = (5.4, 21) if is_start else (4, 15)
        widgets = [TouchButton(look, button, self.press, size_u=size, height_u=high) for button in buttons]
        for widget in widgets:
            row.add_widget(widget)
        _share_width(widgets, (UNITS_WIDE - 10) * u - 2.2 * u * (len(buttons) - 1))
        self.add_widget(row)


def _share_width(buttons: Sequence[TouchButton], room: float) -> None:
    """Give each button what its words need and the primary one the rest; shares by need where there is not enough."""
    lesser = [button for button in buttons if button.button.kind != "primary"]
    main = [button for button in buttons if button.button.kind == "primary"]
    taken = sum(button.wanted_width for button in lesser)
    if main and taken + main[0].wanted_width <= room:
        for button in lesser:
            button.size_hint_x, button.width = None, max(button.wanted_width, room * 0.26)
        if sum(button.width for button in lesser) + main[0].wanted_width <= room:
            return
    for button in buttons:
        button.size_hint_x = button.wanted_width / room


class Foot(Section[tuple[tuple[Button, ...], str]]):
    """Tools at the start, a quiet word at the end."""

    def build(self, value: tuple[tuple[Button, ...], str]) -> None:
        """Show tools and word."""
        tools, word = value
        look, u = self.look, self.look.u
        row = HBox(look, gap=2.4 * u, padding=[5 * u, 1.2 * u, 5 * u, 2.6 * u], fit=True)
        for tool in tools:
            widget = TouchButton(look, tool, self.press, size_u=3.5, height_u=9)
            widget.size_hint_x = None
            widget.width = max(widget.words.width + 13 * u, 40 * u)
            row.add_widget(widget)
        words = Text(look, word, size_u=SMALL_U, colour=look["ink2"], align="left" if look.is_rtl else "right")
        words.pos_hint = {"center_y": 0.5}
        row.add_widget(words)
        self.add_widget(row)


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
            look, padding=[6 * u, 6 * u, 6 * u, 4.5 * u], gap=2.6 * u, fit=True, size_hint=(0.86, None),
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
        sheet.add_widget(Text(look, overlay.title, size_u=6.4, weight="display", align="center", line_height=1.04))
        self.words = Text(look, overlay.text, size_u=4, colour=look["ink2"], align="center")
        sheet.add_widget(self.words)
        self.clock = CountdownBar(look, overlay.share) if overlay.share is not None else None
        if self.clock:
            sheet.add_widget(self.clock)
        row = HBox(look, gap=2.2 * u, padding=[0, 2 * u, 0, 0], fit=True)
        for button in overlay.buttons:
            row.add_widget(TouchButton(look, button, self.press))
        sheet.add_widget(row)
        self.add_widget(sheet)

    def _veil(self, *_: object) -> None:
        self.canvas.before.clear()
        if self.overlay is None:
            return
        with self.canvas.before:
            Color(rgba=self.look["veil"])
            Rectangle(pos=self.pos, size=self.size)


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
            left = widget.right - filled if look.is_rtl else widget.x
            Color(rgba=look[token])
            SmoothRoundedRectangle(pos=(left, widget.y), size=(filled, high), radius=[high / 2])


def heading_of(screen: Screen) -> tuple[str, str, tuple[Chip, ...], str]:
    """Return what the heading shows of a screen."""
    return screen.title, screen.guidance, screen.chips, screen.layout


__all__ = [
    "Aperture",
    "ButtonBar",
    "CountdownBar",
    "Foot",
    "Heading",
    "Label",
    "Line",
    "NoticeBox",
    "OverlaySheet",
    "Section",
    "Sign",
    "Steps",
    "TopBar",
    "draw_bar",
    "heading_of",
    "paint_text",
]
