"""A page that is a list: facts and papers it is about, entries to touch, and the way to the next part of it."""

from collections.abc import Sequence

from kiosk.ui.body import Body
from kiosk.ui.boxes import HBox, Padding, Pill, Spring, Text, VBox, draw_sheet, icon
from kiosk.ui.buttons import LEAST_HIGH_U, Press, Touchable, TouchButton
from kiosk.ui.facts import FactRows
from kiosk.ui.look import SMALL_U, Look
from kiosk.ui.sections import INKS, WASHES
from kiosk.ui.theme import mixed
from kiosk.ui.tickets import TicketSheet
from kiosk.ui.toolkit import Widget
from kiosk.view.screen import Entry, Pager, Screen

ENTRY_HIGH_U = 12.5


class ListBody(Body):
    """In portrait one below the other; in landscape facts and papers stand beside the list, or the list has columns."""

    def __init__(self, look: Look, press: Press) -> None:
        super().__init__(look, press)
        self.facts = FactRows(look, press)
        self.sheet = TicketSheet(look)
        self.entries = EntryList(look, press)
        self.has_subject: bool | None = None

    def show(self, screen: Screen) -> None:
        """Show facts, papers, entries."""
        has_subject = bool(screen.rows or screen.tickets)
        if has_subject != self.has_subject:
            self.has_subject = has_subject
            self._arrange(has_papers=bool(screen.tickets))
        self.facts.show(screen.rows)
        self.sheet.show(screen.tickets)
        columns = 2 if self.look.is_landscape and not has_subject else 1
        self.entries.show((screen.entries, screen.empty, screen.pager, columns))

    def _arrange(self, *, has_papers: bool) -> None:
        for part in (self.facts, self.sheet, self.entries):
            if part.parent:
                part.parent.remove_widget(part)
        self.clear_widgets()
        subject = [self.facts, self.sheet] if has_papers else [self.facts, Spring()]
        if self.look.is_landscape and self.has_subject:
            row = HBox(self.look, gap=3 * self.look.u)
            row.add_widget(_column(self.look, subject))
            row.add_widget(_column(self.look, [self.entries, Spring()]))
            self.add_widget(row)
            return
        for part in (self.facts, *([self.sheet] if has_papers else []), self.entries, Spring()):
            self.add_widget(part)


def _column(look: Look, parts: Sequence[Widget]) -> VBox:
    column = VBox(gap=2 * look.u)
    for part in parts:
        column.add_widget(part)
    return column


class EntryList(VBox):
    """The entries, in one column or two, and the pager below them."""

    def __init__(self, look: Look, press: Press) -> None:
        super().__init__(gap=1.4 * look.u, fit=True)
        self.look, self.press = look, press
        self.shown: tuple[tuple[Entry, ...], str, Pager | None, int] | None = None

    def show(self, value: tuple[tuple[Entry, ...], str, Pager | None, int]) -> None:
        """Show entries, or the sentence for none; and the pager."""
        if value == self.shown:
            return
        self.shown = value
        entries, empty, pager, columns = value
        self.clear_widgets()
        for n in range(0, len(entries), columns):
            self.add_widget(self._line(entries[n : n + columns], columns))
        if not entries and empty:
            self.add_widget(self._empty(empty))
        if pager:
            self.add_widget(self._pager(pager))

    def _line(self, entries: Sequence[Entry], columns: int) -> HBox:
        line = HBox(self.look, gap=2 * self.look.u, fit=True)
        for entry in entries:
            line.add_widget(entry_line(self.look, entry, self.press))
        for _ in range(columns - len(entries)):
            line.add_widget(Spring())
        return line

    def _empty(self, sentence: str) -> VBox:
        u = self.look.u
        place = VBox(padding=[2 * u, 6 * u], fit=True)
        place.add_widget(Text(self.look, sentence, size_u=4.2, colour=self.look["ink2"], align="center"))
        return place

    def _pager(self, pager: Pager) -> HBox:
        look, u = self.look, self.look.u
        row = HBox(look, gap=2 * u, padding=[0, 0.6 * u, 0, 0], fit=True)
        words = Text(look, pager.text, size_u=SMALL_U, colour=look["ink2"], align="center")
        words.pos_hint = {"center_y": 0.5}
        ends = [pager.before, pager.after]
        for place, button in ((0, ends[0]), (1, None), (2, ends[1])):
            if place == 1:
                row.add_widget(words)
                continue
            widget: Widget = Spring(size_hint_y=None, height=LEAST_HIGH_U * u)
            if button:
                widget = TouchButton(look, button, self.press, size_u=3.6, height_u=LEAST_HIGH_U)
            widget.size_hint_x, widget.width = None, 34 * u
            row.add_widget(widget)
        return row


def entry_line(look: Look, entry: Entry, press: Press) -> Widget:
    """Return one entry: a sheet to touch, or one to read where there is nothing to do."""
    return TouchEntry(look, entry, press) if entry.button else PlainEntry(look, entry)


class TouchEntry(Touchable):
    """An entry whose whole line is the target."""

    def __init__(self, look: Look, entry: Entry, press: Press) -> None:
        if entry.button is None:
            raise ValueError("an entry without a button is not touched")
        u = look.u
        super().__init__(look, entry.button, press, height_u=ENTRY_HIGH_U, gap=2 * u, inset=3 * u)
        self.padding = _entry_padding(u)
        fill_entry(self, look, entry)
        self.add_widget(icon(look, "open", size_u=5, colour=look["ink2"]))
        self.bind(minimum_height=self._grow)

    def _grow(self, _: Widget, height: float) -> None:
        self.height = max(height, ENTRY_HIGH_U * self.look.u)

    def _draw(self, *_: object) -> None:
        look = self.look
        self.canvas.before.clear()
        fill = mixed(look["surface"], look["ink"], 0.16 if self.state == "down" else 0)
        with self.canvas.before:
            draw_sheet(
                look, self.pos, self.size, fill=fill, edge=look["edge"], edge_u=0.14, radius_u=2.2, has_shadow=False
            )


class PlainEntry(HBox):
    """An entry that only tells."""

    def __init__(self, look: Look, entry: Entry) -> None:
        u = look.u
        super().__init__(look, gap=2 * u, padding=_entry_padding(u), size_hint_y=None, height=ENTRY_HIGH_U * u)
        self.look = look
        fill_entry(self, look, entry)
        self.bind(minimum_height=self._grow, pos=self._draw, size=self._draw)

    def _grow(self, _: Widget, height: float) -> None:
        self.height = max(height, ENTRY_HIGH_U * self.look.u)

    def _draw(self, *_: object) -> None:
        look = self.look
        self.canvas.before.clear()
        with self.canvas.before:
            draw_sheet(
                look,
                self.pos,
                self.size,
                fill=look["bg"],
                edge=look["line"],
                edge_u=0.14,
                radius_u=2.2,
                has_shadow=False,
            )


def _entry_padding(u: float) -> Padding:
    return [3 * u, 1.3 * u]


def fill_entry(row: HBox, look: Look, entry: Entry) -> None:
    """Put icon, words and state into ``row``."""
    u = look.u
    ink = look["ink2"] if entry.tone == "plain" else look[INKS[entry.tone]]
    row.add_widget(icon(look, entry.icon, size_u=5, colour=ink))
    column = VBox(gap=0.2 * u, fit=True, pos_hint={"center_y": 0.5})
    weight = "mono_bold" if entry.is_code else "semibold"
    column.add_widget(Text(look, entry.title, size_u=3.7, weight=weight, line_height=1.1))
    if entry.detail:
        column.add_widget(Text(look, entry.detail, size_u=SMALL_U, colour=look["ink2"], line_height=1.1))
    row.add_widget(column)
    if entry.word:
        row.add_widget(Pill(look, entry.word, ink=look[INKS[entry.tone]], wash=look[WASHES[entry.tone]], widest_u=40))
