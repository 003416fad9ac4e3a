"""The rows of the frame that are touched: the page's buttons, the tools at the foot, the languages, the staff bar."""

from typing import Final

from kiosk.ui.boxes import HBox, Spring, Text, VBox, icon, named
from kiosk.ui.buttons import LEAST_HIGH_U, PRIMARY_HIGH_U, Press, TouchButton, share_width
from kiosk.ui.look import SMALL_U, Look
from kiosk.ui.sections import Section
from kiosk.ui.toolkit import Color, SmoothRoundedRectangle, Widget
from kiosk.view.screen import Button, StaffMark

TOOL_GAP_U, GAP_U = 2.4, 2.2
MOST_IN_ROW: Final = 4


class ButtonBar(Section[tuple[tuple[Button, ...], str]]):
    """The page's buttons: the primary one always last in reading order, and the widest."""

    keeps = 6

    def build(self, value: tuple[tuple[Button, ...], str]) -> None:
        """Show the buttons side by side; where a word would have to be broken, the last gets a row of its own."""
        buttons, layout = value
        if not buttons:
            return
        look, u = self.look, self.look.u
        is_start = layout == "attract"
        size, high = (5.4, 21.0) if is_start else (4.0, PRIMARY_HIGH_U)
        widgets = [TouchButton(look, button, self.press, size_u=size, height_u=high) for button in buttons]
        room = (look.wide_u - 10) * u - GAP_U * u * (len(widgets) - 1)
        is_full = sum(widget.least_width for widget in widgets) > room
        for part in (widgets[:-1], widgets[-1:]) if is_full else (widgets,):
            row = ButtonRow(look, gap=GAP_U * u, padding=[5 * u, 1.6 * u, 5 * u, 0.6 * u], fit=True)
            for widget in part:
                row.add_widget(widget)
            self.add_widget(row)


class ButtonRow(HBox):
    """Buttons that share the width of their row by what their words need."""

    def __init__(self, look: Look, *, gap: float, padding: list[float], fit: bool = False, **place: object) -> None:
        super().__init__(look, gap=gap, padding=padding, fit=fit, **place)
        self.bind(width=self._share)

    def _share(self, _: Widget, width: float) -> None:
        buttons = [child for child in self.children if isinstance(child, TouchButton)]
        sides = self.padding
        margin = sides[0] + sides[2] if not isinstance(sides, int | float) else 2 * sides
        share_width(buttons, width - margin - self.spacing * (len(buttons) - 1))


class Foot(Section[tuple[tuple[Button, ...], str, StaffMark | None]]):
    """Tools at the start; at the end a quiet word, or in landscape who of the staff is signed in."""

    keeps = 4

    def build(self, value: tuple[tuple[Button, ...], str, StaffMark | None]) -> None:
        """Show tools and word."""
        tools, word, staff = value
        look, u = self.look, self.look.u
        ends = [1.2, 2.4] if look.is_landscape else [1.8, 3]
        row = HBox(look, gap=TOOL_GAP_U * u, padding=[5 * u, ends[0] * u, 5 * u, ends[1] * u], fit=True)
        for tool in tools:
            row.add_widget(self._tool(tool, is_tight=len(tools) > 1))
        if staff is not None:
            row.add_widget(staff_row(look, staff, self.press))
        else:
            words = Text(look, word, size_u=SMALL_U, colour=look["ink2"], align="left" if look.is_rtl else "right")
            words.pos_hint = {"center_y": 0.5}
            row.add_widget(named(words, "foot"))
        self.add_widget(row)

    def _tool(self, tool: Button, *, is_tight: bool) -> TouchButton:
        widget = TouchButton(self.look, tool, self.press, size_u=3.5, height_u=LEAST_HIGH_U)
        widget.size_hint_x = None
        least = 30 if is_tight else 40
        widget.width = max(widget.wanted_width, least * self.look.u)
        return widget


class LanguageRow(Section[tuple[Button, ...]]):
    """Each language in its own script, to be touched before anything is read."""

    keeps = 2

    def build(self, value: tuple[Button, ...]) -> None:
        """Show the languages side by side, in the same order in every language; many stand in a grid."""
        if not value:
            return
        look, u = self.look, self.look.u
        columns = language_columns(look, len(value))
        high = 11.0 if len(value) <= columns else 9.6
        gap = TOOL_GAP_U if len(value) <= columns else 1.4
        self.add_widget(Spring(size_hint_y=None, height=1.8 * u))
        for n in range(0, len(value), columns):
            row = HBox(look, gap=gap * u, padding=[5 * u, 0, 5 * u, 0], fit=True)
            for button in value[n : n + columns]:
                row.add_widget(TouchButton(look, button, self.press, size_u=4, height_u=high))
            for _ in range(columns - len(value[n : n + columns])):
                row.add_widget(Spring())
            self.add_widget(row)
            if n + columns < len(value) or look.is_landscape:
                self.add_widget(Spring(size_hint_y=None, height=gap * u))


def language_columns(look: Look, count: int) -> int:
    """Return how many languages stand side by side: all of a few, three or four of many, so that the rows are full."""
    if count <= MOST_IN_ROW:
        return count
    return 3 if look.is_landscape else 4


class StaffBar(Section[StaffMark | None]):
    """Who of the staff is signed in, as a band of its own; in landscape the foot has room for it."""

    def build(self, value: StaffMark | None) -> None:
        """Show the band, or nothing."""
        if value is None:
            return
        u = self.look.u
        margin = VBox(padding=[5 * u, 0, 5 * u, 1.4 * u], fit=True)
        margin.add_widget(staff_row(self.look, value, self.press))
        self.add_widget(margin)


def staff_row(look: Look, mark: StaffMark, press: Press) -> HBox:
    """Return who is signed in and what that person can touch, as one row."""
    u = look.u
    row = HBox(look, gap=1.4 * u, size_hint_y=None, height=LEAST_HIGH_U * u)
    row.add_widget(named(StaffBand(look, mark.text), "staff"))
    for button in mark.buttons:
        widget = TouchButton(look, button, press, size_u=3.5, height_u=LEAST_HIGH_U)
        widget.size_hint_x, widget.width = None, widget.wanted_width
        row.add_widget(widget)
    return row


class StaffBand(HBox):
    """A dark band: while it is there, a person of the store is answerable for what is touched."""

    def __init__(self, look: Look, text: str) -> None:
        u = look.u
        super().__init__(look, gap=1.2 * u, padding=[2.2 * u, 0])
        self.look = look
        self.add_widget(icon(look, "badge", size_u=4.4, colour=look["bg"]))
        name = Text(look, text, size_u=SMALL_U, weight="semibold", colour=look["bg"])
        name.shorten, name.max_lines = True, 1
        name.pos_hint = {"center_y": 0.5}
        self.add_widget(name)
        self.bind(pos=self._draw, size=self._draw)

    def _draw(self, *_: object) -> None:
        self.canvas.before.clear()
        with self.canvas.before:
            Color(rgba=self.look["ink"])
            SmoothRoundedRectangle(pos=self.pos, size=self.size, radius=[2.2 * self.look.u])
