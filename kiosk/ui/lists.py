"""A page that is a list: facts and papers it is about, entries to touch, and the way to the next part of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from kiosk.ui.body import Body
from kiosk.ui.boxes import HBox, Pill, Spring, Text, VBox, draw_sheet, icon, named
from kiosk.ui.buttons import LEAST_HIGH_U, Press, Touchable, TouchButton
from kiosk.ui.facts import FactRows
from kiosk.ui.look import SMALL_U, Look
from kiosk.ui.sections import INKS, WASHES
from kiosk.ui.theme import mixed
from kiosk.ui.tickets import TicketSheet
from kiosk.ui.toolkit import Clock, Widget
from kiosk.view.screen import Entry, Pager, Screen
from photocore.scripts import is_wide

LEAST_PAPERS_U: Final = 40.0


@dataclass(frozen=True, kw_only=True)
class EntrySize:
    """How large an entry is: few entries are large ones, as there is room. In units."""

    high_u: float
    title_u: float
    detail_u: float
    gap_u: float = 1.4
    inset_u: float = 1.3
    pill_u: float = 40
    leading: float = 1.1


TIGHT = EntrySize(high_u=9.5, title_u=3.4, detail_u=SMALL_U, gap_u=0.6, inset_u=0.4, pill_u=31, leading=1.0)
FULL = EntrySize(high_u=12.5, title_u=3.7, detail_u=SMALL_U)
ROOMY = EntrySize(high_u=15.5, title_u=4.1, detail_u=3.5)
TALL = EntrySize(high_u=19.5, title_u=4.7, detail_u=3.9)
SIZES: Final = (TIGHT, FULL, ROOMY, TALL)
FEW: Final = 7
LONG: Final = 90


def likely_size(look: Look, count: int, *, is_beside: bool) -> EntrySize:
    """Return how large ``count`` entries may be; ``is_beside`` says that something stands with them on the page."""
    if look.is_landscape:
        return ROOMY if count <= FEW and not is_beside else FULL
    return TALL if count <= FEW and not is_beside else ROOMY


class ListBody(Body):
    """In portrait one below the other; in landscape facts and papers stand beside the list, or the list has columns.

    How high the entries' words become is known only when they stand in their place; where the list is too high for
    the page then, it is shown again one size smaller.
    """

    def __init__(self, look: Look, press: Press) -> None:
        super().__init__(look, press)
        self.facts = FactRows(look, press)
        self.sheet = TicketSheet(look)
        self.entries = EntryList(look, press)
        self.subject: tuple[bool, bool] | None = None
        self._ask_fit = Clock.create_trigger(self._check_room)
        self.bind(height=self._note_height)
        self.entries.bind(minimum_height=self._note_height)

    def show(self, screen: Screen) -> None:
        """Show facts, papers, entries."""
        subject = (bool(screen.rows), bool(screen.tickets))
        if subject != self.subject:
            self.subject = subject
            self._arrange(has_subject=any(subject), has_papers=subject[1])
        self.facts.show(screen.rows)
        self.sheet.show(screen.tickets)
        columns = 2 if self.look.is_landscape and not any(subject) else 1
        size = likely_size(self.look, len(screen.entries), is_beside=any(subject))
        self.entries.show(Listed(entries=screen.entries, empty=screen.empty, pager=screen.pager, columns=columns), size)

    def halt(self) -> None:
        """Look no more whether the list fits."""
        self._ask_fit.cancel()

    def _note_height(self, *_: object) -> None:
        self._ask_fit()

    def _check_room(self, _: float) -> None:
        u = self.look.u
        taken = 3.6 * u
        if self.subject and not self.look.is_landscape:
            taken += self.facts.height + 2.4 * u + (LEAST_PAPERS_U * u if self.subject[1] else 0)
        if self.entries.minimum_height > self.height - taken:
            self.entries.shrink()

    def _arrange(self, *, has_subject: bool, has_papers: bool) -> None:
        for part in (self.facts, self.sheet, self.entries):
            if part.parent:
                part.parent.remove_widget(part)
        self.clear_widgets()
        subject = [self.facts, self.sheet] if has_papers else [self.facts, Spring()]
        if self.look.is_landscape and has_subject:
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


@dataclass(frozen=True, kw_only=True)
class Listed:
    """What a list shows: entries or the sentence for none, the pager, and in how many columns."""

    entries: tuple[Entry, ...]
    empty: str
    pager: Pager | None
    columns: int


class EntryList(VBox):
    """The entries, in one column or two, and the pager below them."""

    def __init__(self, look: Look, press: Press) -> None:
        super().__init__(gap=1.4 * look.u, fit=True)
        self.look, self.press = look, press
        self.shown: Listed | None = None
        self.size_now = FULL

    def show(self, listed: Listed, size: EntrySize) -> None:
        """Show entries, or the sentence for none; and the pager."""
        if listed != self.shown:
            self._draw(listed, size)

    def shrink(self) -> None:
        """Show the same one size smaller, if there is one."""
        smaller = SIZES.index(self.size_now) - 1
        if self.shown and smaller >= 0:
            self._draw(self.shown, SIZES[smaller])

    def _draw(self, listed: Listed, size: EntrySize) -> None:
        self.shown, self.size_now = listed, size
        self.clear_widgets()
        self.spacing = size.gap_u * self.look.u
        for line in lines_of(listed.entries, listed.columns):
            entries = listed.entries[line.start : line.stop]
            columns = 1 if is_long(entries[0]) else listed.columns
            self.add_widget(self._line(entries, columns, size, first=line.start))
        if not listed.entries and listed.empty:
            self.add_widget(self._empty(listed.empty))
        if listed.pager:
            self.add_widget(self._pager(listed.pager))

    def _line(self, entries: Sequence[Entry], columns: int, size: EntrySize, *, first: int) -> HBox:
        lines = [
            named(entry_line(self.look, entry, size, self.press), f"entry:{n}")
            for n, entry in enumerate(entries, start=first)
        ]
        line = EntryRow(self.look, lines, least_u=size.high_u)
        for _ in range(columns - len(entries)):
            line.add_widget(Spring())
        return line

    def _empty(self, sentence: str) -> VBox:
        u = self.look.u
        place = VBox(padding=[2 * u, 6 * u], fit=True)
        words = Text(self.look, sentence, size_u=4.2, colour=self.look["ink2"], align="center")
        place.add_widget(named(words, "empty"))
        return place

    def _pager(self, pager: Pager) -> HBox:
        look, u = self.look, self.look.u
        row = HBox(look, gap=2 * u, padding=[0, 0.6 * u, 0, 0], fit=True)
        words = Text(look, pager.text, size_u=SMALL_U, colour=look["ink2"], align="center")
        words.pos_hint = {"center_y": 0.5}
        ends = [pager.before, pager.after]
        for place, button in ((0, ends[0]), (1, None), (2, ends[1])):
            if place == 1:
                row.add_widget(named(words, "pager"))
                continue
            widget: Widget = Spring(size_hint_y=None, height=LEAST_HIGH_U * u)
            if button:
                widget = TouchButton(look, button, self.press, size_u=3.6, height_u=LEAST_HIGH_U)
            widget.size_hint_x, widget.width = None, 34 * u
            row.add_widget(widget)
        return row


def is_long(entry: Entry) -> bool:
    """Say whether an entry has more to tell than one column holds in two lines."""
    return display_width(entry.detail) > LONG


def lines_of(entries: Sequence[Entry], columns: int) -> list[range]:
    """Return which entries stand side by side: a long one has its line to itself."""
    lines: list[range] = []
    n = 0
    while n < len(entries):
        end = n + 1
        while end < len(entries) and end - n < columns and not is_long(entries[n]) and not is_long(entries[end]):
            end += 1
        lines.append(range(n, end))
        n = end
    return lines


def display_width(text: str) -> int:
    """Return how many columns ``text`` takes: a wide sign two."""
    return sum(2 if is_wide(sign) else 1 for sign in text)


class EntryRow(HBox):
    """Entries side by side, all as high as the highest."""

    def __init__(self, look: Look, entries: Sequence[HBox], *, least_u: float) -> None:
        super().__init__(look, gap=2 * look.u, size_hint_y=None)
        self.entries = entries
        self.least = least_u * look.u
        for entry in entries:
            entry.size_hint_y = 1
            entry.bind(minimum_height=self._level)
            self.add_widget(entry)
        self._level()

    def _level(self, *_: object) -> None:
        self.height = max(self.least, *(entry.minimum_height for entry in self.entries))


def entry_line(look: Look, entry: Entry, size: EntrySize, press: Press) -> HBox:
    """Return one entry: a sheet to touch, or one to read where there is nothing to do."""
    return TouchEntry(look, entry, size, press) if entry.button else PlainEntry(look, entry, size)


class TouchEntry(Touchable):
    """An entry whose whole line is the target."""

    def __init__(self, look: Look, entry: Entry, size: EntrySize, press: Press) -> None:
        if entry.button is None:
            raise ValueError("an entry without a button is not touched")
        u = look.u
        super().__init__(look, entry.button, press, height_u=size.high_u, gap=2 * u, inset=3 * u)
        self.padding = [3 * u, size.inset_u * u]
        fill_entry(self, look, entry, size)
        self.add_widget(icon(look, "open", size_u=5, colour=look["ink2"]))

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

    def __init__(self, look: Look, entry: Entry, size: EntrySize) -> None:
        u = look.u
        super().__init__(look, gap=2 * u, padding=[3 * u, size.inset_u * u])
        self.look = look
        fill_entry(self, look, entry, size)
        self.bind(pos=self._draw, size=self._draw)

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


def fill_entry(row: HBox, look: Look, entry: Entry, size: EntrySize) -> None:
    """Put icon, words and state into ``row``."""
    u = look.u
    ink = look["ink2"] if entry.tone == "plain" else look[INKS[entry.tone]]
    row.add_widget(icon(look, entry.icon, size_u=size.title_u * 1.4, colour=ink))
    column = VBox(gap=0.2 * u, fit=True, pos_hint={"center_y": 0.5})
    weight = "mono_bold" if entry.is_code else "semibold"
    column.add_widget(Text(look, entry.title, size_u=size.title_u, weight=weight, line_height=size.leading))
    if entry.detail:
        column.add_widget(Text(look, entry.detail, size_u=size.detail_u, colour=look["ink2"], line_height=size.leading))
    row.add_widget(column)
    if entry.word:
        row.add_widget(
            Pill(look, entry.word, ink=look[INKS[entry.tone]], wash=look[WASHES[entry.tone]], widest_u=size.pill_u)
        )
