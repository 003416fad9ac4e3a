"""Where the parts of a page stand: one below the other in portrait, in two panes where the window is broad and low.

The order is the order of reading in both: what it is about, what to do, and last the button that does it.

For a person who sits, the words that are only read take the upper part of the page, with a film strip where they are
few; everything that is touched stands below the line the look gives (:attr:`kiosk.ui.look.Look.reach_px`).
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from kiosk.ui.boxes import HBox, Spring, VBox
from kiosk.ui.buttons import Touchable
from kiosk.ui.look import Look
from kiosk.ui.strip import FilmStrip
from kiosk.ui.toolkit import Clock, Widget
from kiosk.view.screen import Layout

if TYPE_CHECKING:
    from kiosk.ui.stage import Stage


LEAST_PANES_U = 52.0


def arrange(stage: "Stage", layout: Layout) -> None:
    """Put the stage's parts where ``layout`` wants them."""
    for part in _parts(stage):
        if part.parent:
            part.parent.remove_widget(part)
    stage.column.clear_widgets()
    order = _in_panes(stage, layout) if stage.look.is_landscape else _stacked(stage, layout)
    for part in order:
        stage.column.add_widget(part)


def _parts(stage: "Stage") -> Sequence[Widget]:
    return (
        stage.top_bar,
        stage.staff_bar,
        stage.steps,
        stage.sign,
        stage.heading,
        stage.notice,
        stage.place,
        stage.side,
        stage.button_bar,
        stage.languages,
        stage.foot,
    )


def _stacked(stage: "Stage", layout: Layout) -> Sequence[Widget]:
    """Return the parts for portrait: on the attract page the strips come above the words."""
    words = (stage.heading, stage.notice)
    tail = (stage.button_bar, stage.languages, stage.foot)
    if stage.look.is_low:
        return _low(stage, layout, words, tail)
    middle = (stage.place, *words) if layout == "attract" else (*words, stage.place)
    return (stage.top_bar, stage.staff_bar, stage.steps, stage.sign, *middle, *tail)


def _low(stage: "Stage", layout: Layout, words: Sequence[Widget], tail: Sequence[Widget]) -> Sequence[Widget]:
    """Return the parts for a person who sits before a high screen: who of the staff is signed in stands low too."""
    if layout == "attract":
        return (stage.top_bar, stage.place, *words, stage.staff_bar, *tail)
    head = LowHead(stage.look, (stage.top_bar, stage.steps, stage.sign, *words))
    return (head, stage.place, stage.staff_bar, *tail)


def _in_panes(stage: "Stage", layout: Layout) -> Sequence[Widget]:
    """Return the parts for landscape: words at the start and the thing itself beside them, where both are large."""
    if layout == "attract":
        start = _middled(stage.heading, stage.notice)
        end = _middled(stage.languages, stage.button_bar)
        panes = _panes(stage, start, end, share=1.0, is_fit=True)
        return (stage.top_bar, stage.place, panes, stage.foot)
    head, tail = (stage.top_bar, stage.steps), (stage.button_bar, stage.foot)
    if layout == "busy":
        return (*head, Spring(size_hint_y=0.6), stage.sign, stage.heading, stage.place, *tail)
    if layout == "message":
        words = _middled(stage.sign, stage.heading, stage.notice)
        return (*head, _panes(stage, words, _lowered(stage, stage.place), share=0.66), *tail)
    if layout in ("keypad", "count"):
        words = _column(stage.heading, stage.notice, _lowered(stage, stage.place))
        keys = _column(Spring(), stage.side) if stage.look.is_low else _middled(stage.side)
        return (*head, _panes(stage, words, keys, share=0.72 if layout == "keypad" else 1.2), *tail)
    if stage.look.is_low:
        return (LowHead(stage.look, (*head, stage.heading, stage.notice)), stage.place, *tail)
    return (*head, stage.heading, stage.notice, stage.place, *tail)


def _lowered(stage: "Stage", part: Widget) -> VBox:
    """Return ``part`` in a column, below the line if there is one."""
    return _column(Lowered(stage.look, part), part) if stage.look.is_low else _column(part)


def _column(*parts: Widget) -> VBox:
    column = VBox()
    for part in parts:
        column.add_widget(part)
    return column


def _middled(*parts: Widget) -> VBox:
    """Return the parts below each other in the middle of their pane's height."""
    return _column(Spring(), *parts, Spring())


def _panes(stage: "Stage", start: VBox, end: VBox, *, share: float, is_fit: bool = False) -> HBox:
    """Return two panes; ``share`` is how broad the first is beside the second."""
    row = HBox(stage.look)
    start.size_hint_x = share
    row.add_widget(start)
    row.add_widget(end)
    if is_fit:
        _fit_panes(row, (start, end), LEAST_PANES_U * stage.look.u)
    return row


def _fit_panes(row: HBox, panes: Sequence[VBox], least: float) -> None:
    """Make the row as high as the fuller of its panes, and never lower than ``least``."""

    def fit(*_: object) -> None:
        row.height = max(least, *(pane.minimum_height for pane in panes))

    row.size_hint_y = None
    for pane in panes:
        pane.bind(minimum_height=fit)
    fit()


class LowHead(VBox):
    """What is only read, never lower than the line allows: a film strip fills what the words leave empty."""

    def __init__(self, look: Look, parts: Sequence[Widget]) -> None:
        super().__init__(fit=True)
        self.least = look.window[1] - look.reach_px
        self.room = VBox(size_hint_y=None, height=0)
        self.room.add_widget(FilmStrip(look, is_still=True))
        for part in (parts[0], self.room, *parts[1:]):
            self.add_widget(part)
        self.bind(minimum_height=self._fill)
        self._fill()

    def _fill(self, *_: object) -> None:
        high = max(0.0, self.least - (self.minimum_height - self.room.height))
        if abs(high - self.room.height) > 1:  # it changes what it is reckoned from, to the last binary digit
            self.room.height = high


class Lowered(Widget):
    """Room above ``part``, as high as it takes to bring all of it that is touched below the line."""

    def __init__(self, look: Look, part: Widget) -> None:
        super().__init__(size_hint_y=None, height=0)
        self.line, self.part_below = look.reach_px, part
        self._ask_fill = Clock.create_trigger(self._fill, 0)  # once everything has its place
        self.bind(top=self._note_place)
        part.bind(pos=self._note_place, size=self._note_place)

    def _note_place(self, *_: object) -> None:
        self._ask_fill()

    def _fill(self, *_: object) -> None:
        tops = [widget.top for widget in self.part_below.walk(restrict=True) if isinstance(widget, Touchable)]
        highest = max(tops, default=self.line)
        if abs(highest - self.line) > 1:
            self.height = max(0.0, self.height + highest - self.line)
