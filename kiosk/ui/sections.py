"""The parts of the frame that tell: top bar, steps, heading, sign, notice.

Those that are touched are in :mod:`kiosk.ui.bars`.

A section draws itself anew only when its own part of the screen changed. So a touch in progress survives everything
that happens elsewhere, and a screen where nothing changes costs no frame.
"""

from collections import OrderedDict
from collections.abc import Sequence
from typing import Generic, TypeVar

from kiosk.ui.boxes import HBox, Line, Pill, Spring, Text, VBox, draw_sheet, icon, named
from kiosk.ui.buttons import Press, release_buttons
from kiosk.ui.logo import sign_of
from kiosk.ui.look import BODY_U, SMALL_U, Look
from kiosk.ui.medallions import Medallion
from kiosk.ui.theme import Rgba, Token
from kiosk.ui.toolkit import Color, SmoothRoundedRectangle, Widget
from kiosk.view.screen import Chip, LightMark, Notice, Screen, StepMark, Tone

V = TypeVar("V")
INKS: dict[Tone, Token] = {"plain": "ink", "good": "ok", "warn": "warn", "bad": "bad"}
WASHES: dict[Tone, Token] = {"plain": "line", "good": "ok_wash", "warn": "warn_wash", "bad": "bad_wash"}
STEP_TOKENS: dict[str, Token] = {"done": "ok", "now": "accent_line", "next": "edge"}
SIGNS: dict[Tone, str] = {"plain": "note", "good": "check_circle", "warn": "note", "bad": "error"}


class Section(VBox, Generic[V]):
    """A part of the screen that rebuilds itself when its value changes.

    What it built last is kept, ``keeps`` of it: shoppers walk the same pages, and a page that comes again is there
    with its texts painted and in their places.
    """

    keeps = 0

    def __init__(self, look: Look, press: Press) -> None:
        super().__init__(fit=True)
        self.look = look
        self.press = press
        self.value: V | None = None
        self.height = 0
        self._kept: OrderedDict[V, list[Widget]] = OrderedDict()

    def show(self, value: V) -> None:
        """Show ``value``, if it is not what is shown already."""
        if value == self.value:
            return
        self._put_away()
        self.value = value
        if value in self._kept:
            for part in self._kept.pop(value):
                self.add_widget(part)
        else:
            self.build(value)

    def _put_away(self) -> None:
        parts = self.children[::-1]
        self.clear_widgets()
        if not self.keeps or self.value is None:
            return
        for part in parts:
            release_buttons(part)
        self._kept[self.value] = parts
        if len(self._kept) > self.keeps:
            self._kept.popitem(last=False)

    def build(self, value: V) -> None:
        """Add the widgets for ``value``."""
        raise NotImplementedError


class TopBar(Section[tuple[str, LightMark]]):
    """Whose kiosk this is, and the always-visible light."""

    def build(self, value: tuple[str, LightMark]) -> None:
        """Show the store at the start and the light at the end."""
        store, light = value
        look, u = self.look, self.look.u
        high = 9.4 if look.is_landscape else 11
        row = HBox(look, gap=1.6 * u, padding=[5 * u, 0], size_hint_y=None, height=high * u)
        sign = sign_of(look)
        row.add_widget(sign)
        name = Text(look, store, size_u=3.9, weight="bold")
        name.shorten = True
        name.max_lines = 1
        name.pos_hint = {"center_y": 0.5}
        row.add_widget(named(name, "store"))
        taken = Line(look, store, size_u=3.9, weight="bold").width / u
        pill = Pill(
            look,
            light.text,
            icon_name=light.icon,
            ink=look[INKS[light.tone]],
            wash=look[WASHES[light.tone]],
            widest_u=max(60, look.wide_u - 23 - sign.width / u - min(taken, 60)),
        )
        row.add_widget(named(pill, "light"))

        def make_room(_: Widget, tall: float) -> None:
            """Be higher where the light has more to say than one line holds beside name and logo."""
            row.height = max(high * u, tall + u)

        pill.bind(height=make_room)
        self.add_widget(row)


class Steps(Section[tuple[StepMark, ...]]):
    """Your film, your card, your labels: said by bar, sign, weight and words, never by colour alone."""

    keeps = 4

    def build(self, value: tuple[StepMark, ...]) -> None:
        """Show each step as a bar with its name below."""
        if not value:
            return
        look, u = self.look, self.look.u
        row = HBox(look, gap=1.6 * u, padding=[5 * u, 0.6 * u], fit=True)
        for n, step in enumerate(value):
            row.add_widget(named(self._step(step), f"step:{n}"))
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
        high = self.height if self.state != "next" else self.height * 0.42
        with self.canvas:
            Color(rgba=self.look[STEP_TOKENS[self.state]])
            SmoothRoundedRectangle(
                pos=(self.x, (self.y + self.height / 2) - high / 2), size=(self.width, high), radius=[high / 2]
            )


class Heading(Section[tuple[str, str, tuple[Chip, ...], str]]):
    """What to do now, in large letters, and one sentence more."""

    keeps = 8

    def build(self, value: tuple[str, str, tuple[Chip, ...], str]) -> None:
        """Show chips, title and guidance; the attract page's title is larger."""
        title, guidance, chips, layout = value
        look, u = self.look, self.look.u
        is_start = layout == "attract"
        below = 2 if is_start and not look.is_landscape else 0
        column = VBox(gap=(2.6 if is_start else 1.3) * u, padding=[5 * u, 1.2 * u, 5 * u, below * u], fit=True)
        align = "center" if layout in ("message", "busy") else "start"
        size = (9.4 if look.is_landscape else 11.6) if is_start else 7.2
        heading = Text(look, title, size_u=size, weight="display", align=align, line_height=1.02)
        column.add_widget(named(heading, "title"))
        if chips:
            column.add_widget(self._chips(chips))
        if guidance:
            body = 4.3 if is_start else BODY_U + 0.2
            words = Text(look, guidance, size_u=body, colour=look["ink2"], align=align)
            column.add_widget(named(words, "guidance"))
        self.add_widget(column)

    def _chips(self, chips: Sequence[Chip]) -> HBox:
        look, u = self.look, self.look.u
        row = HBox(look, gap=1.4 * u, padding=[0, 0.4 * u], size_hint_y=None, height=7 * u)
        for n, chip in enumerate(chips):
            pill = Pill(
                look,
                chip.text,
                icon_name=chip.icon,
                ink=look[INKS[chip.tone]],
                wash=look[WASHES[chip.tone]],
                widest_u=(look.wide_u - 30) / len(chips),
                size_u=3.6,
            )
            row.add_widget(named(pill, f"chip:{n}"))
        row.add_widget(Spring())
        return row


class Sign(Section[tuple[str, bool]]):
    """The large sign of a message page."""

    def build(self, value: tuple[str, bool]) -> None:
        """Show the picture, or nothing; smaller where much is to be said below it."""
        picture, is_full = value
        if picture:
            u = self.look.u
            above, below, high = (1, 2, 46) if self.look.is_landscape else (3, 2, 42) if is_full else (12, 5, 62)
            margin = VBox(padding=[0, above * u, 0, below * u], fit=True)
            margin.add_widget(Medallion(self.look, picture, height_u=high))
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
        margin.add_widget(named(row, "notice"))
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
        left = (self.x + self.width) - wide if self.look.is_rtl else self.x
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


def heading_of(screen: Screen) -> tuple[str, str, tuple[Chip, ...], str]:
    """Return what the heading shows of a screen."""
    return screen.title, screen.guidance, screen.chips, screen.layout
