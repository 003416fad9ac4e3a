"""Facts under each other: an icon, what it is, its value, and sometimes a button."""

from collections.abc import Iterator

from kiosk.ui.boxes import HBox, Panel, Pill, Text, VBox, icon, named
from kiosk.ui.buttons import LEAST_HIGH_U, Press, TouchButton
from kiosk.ui.look import SMALL_U, Look
from kiosk.ui.sections import INKS
from kiosk.view.screen import Row


class FactRows(VBox):
    """Facts under each other: icon, what it is, its value."""

    def __init__(self, look: Look, press: Press, *, pairs: bool = False) -> None:
        super().__init__(fit=True)
        self.look, self.press, self.pairs = look, press, pairs
        self.rows: tuple[Row, ...] | None = None
        self.is_tight = False
        self.height = 0

    def show(self, rows: tuple[Row, ...]) -> None:
        """Show ``rows``; none takes no room."""
        if rows == self.rows:
            return
        self.rows = rows
        self.is_tight = False
        self._build(rows)

    def tighten(self) -> None:
        """Show the same with less air, where they are too high for the page."""
        if self.rows and not self.is_tight:
            self.is_tight = True
            self._build(self.rows)

    def _build(self, rows: tuple[Row, ...]) -> None:
        self.clear_widgets()
        if not rows:
            return
        look, u = self.look, self.look.u
        air, gap = (0.5, 0.2) if self.is_tight else (2.4, 1.9) if look.is_landscape else (3, 2.6)
        panel = Panel(look, padding=[(3 if self.is_tight else 4) * u, air * u], gap=gap * u, fit=True)
        for line in self._lines(rows):
            panel.add_widget(line)
        self.add_widget(panel)

    def _lines(self, rows: tuple[Row, ...]) -> Iterator[HBox]:
        """Yield the rows, two short ones side by side where that saves room for the labels."""
        waiting: list[HBox] = []
        for n, row in enumerate(rows):
            line = named(self._row(row), f"row:{n}")
            if self.pairs and row.is_narrow:
                waiting.append(line)
            else:
                yield line
        while waiting:
            pair, waiting = waiting[:2], waiting[2:]
            both = HBox(self.look, gap=2 * self.look.u, fit=True)
            for line in pair:
                both.add_widget(line)
            yield both

    def _row(self, row: Row) -> HBox:
        look, u = self.look, self.look.u
        line = HBox(look, gap=2.4 * u, fit=True)
        sign = "check_circle" if row.tone == "good" else row.icon
        ink = look["ink2"] if row.tone == "plain" else look[INKS[row.tone]]
        line.add_widget(icon(look, sign, size_u=4.6 if self.is_tight else 5.6, colour=ink))
        column = VBox(gap=0 if self.is_tight else 0.4 * u, fit=True, pos_hint={"center_y": 0.5})
        leading = 1.04 if self.is_tight else 1.16
        column.add_widget(Text(look, row.title, size_u=SMALL_U, colour=look["ink2"], line_height=leading))
        column.add_widget(
            Text(
                look,
                row.value,
                size_u=3.6 if self.is_tight else 3.9 if look.is_landscape else 4.1,
                weight="mono_bold" if row.is_code else "semibold",
                line_height=leading,
            )
        )
        if row.detail:
            column.add_widget(Text(look, row.detail, size_u=SMALL_U, colour=look["ink2"], line_height=leading))
        line.add_widget(column)
        if row.tag:
            line.add_widget(Pill(look, row.tag, icon_name="keyboard", ink=look["warn"], wash=look["warn_wash"]))
        if row.button:
            button = TouchButton(look, row.button, self.press, size_u=3.6, height_u=LEAST_HIGH_U)
            button.size_hint_x, button.width = None, max(26 * u, button.words.width + 14 * u)
            button.pos_hint = {"center_y": 0.5}
            line.add_widget(button)
        return line
