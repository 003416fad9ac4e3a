"""The middle of the page, one class a layout; each shows its part of the screen and can be halted.

A body draws anew what changed and leaves the rest, so that a picture's motion and a touch in progress go on.
"""

from collections.abc import Iterator
from typing import Final

from kiosk.ui.boxes import HBox, Panel, Pill, Press, Spring, Text, TouchButton, VBox, icon
from kiosk.ui.look import SMALL_U, Look
from kiosk.ui.overlay import draw_bar
from kiosk.ui.pictures import ScanPicture, box, paint_text
from kiosk.ui.sections import INKS
from kiosk.ui.strip import FilmStrip
from kiosk.ui.textures import qr_texture
from kiosk.ui.tickets import TicketSheet
from kiosk.ui.toolkit import Color, Rectangle, Widget
from kiosk.view.screen import Block, Button, Keypad, Layout, Row, Screen, Slot

KEY_HIGH_U: Final = 19


class Body(VBox):
    """The room between heading and buttons."""

    def __init__(self, look: Look, press: Press) -> None:
        u = look.u
        super().__init__(gap=2.4 * u, padding=[5 * u, 2.2 * u, 5 * u, 1.4 * u])
        self.look = look
        self.press = press

    def show(self, screen: Screen) -> None:
        """Show this body's part of ``screen``."""
        raise NotImplementedError

    def halt(self) -> None:
        """Stop whatever moves; the page is going away."""


class AttractBody(Body):
    """The film strips."""

    def __init__(self, look: Look, press: Press) -> None:
        super().__init__(look, press)
        self.padding = 0
        self.strip = FilmStrip(look)
        self.add_widget(self.strip)

    def show(self, screen: Screen) -> None:
        """Nothing of the strips depends on the screen."""

    def halt(self) -> None:
        """Stop the strips."""
        self.strip.halt()


class SlotsBody(Body):
    """A place for the package and one for the card; the one that is missing is the larger."""

    def __init__(self, look: Look, press: Press) -> None:
        super().__init__(look, press)
        self.shown: tuple[Slot, ...] = ()
        self.panels: list[SlotPanel] = []

    def show(self, screen: Screen) -> None:
        """Rebuild a place only where it changed."""
        if len(self.panels) != len(screen.slots):
            self.panels = [SlotPanel(self.look) for _ in screen.slots]
            for panel in self.panels:
                self.add_widget(panel)
        for panel, slot in zip(self.panels, screen.slots, strict=True):
            panel.show(slot)
        self.shown = screen.slots

    def halt(self) -> None:
        """Stop the beams."""
        for panel in self.panels:
            panel.halt()


class SlotPanel(VBox):
    """One place: its picture, and below it what was scanned or what is awaited."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.look = look
        self.slot: Slot | None = None
        self.picture: ScanPicture | None = None

    def show(self, slot: Slot) -> None:
        """Show ``slot``."""
        if slot == self.slot:
            return
        self.slot = slot
        self.halt()
        self.clear_widgets()
        self.size_hint_y = {"live": 1.0, "busy": 0.66, "done": 0.70}[slot.state]
        self.add_widget(self._panel(slot))

    def halt(self) -> None:
        """Stop the beam."""
        if self.picture:
            self.picture.halt()

    def _panel(self, slot: Slot) -> Panel:
        look, u = self.look, self.look.u
        edge = {"live": look["accent_line"], "busy": look["edge"], "done": look["ok"]}[slot.state]
        panel = Panel(
            look,
            padding=[4 * u, 2.4 * u, 4 * u, 2.6 * u],
            gap=1.6 * u,
            edge=edge,
            edge_u=0.14 if slot.state == "busy" else 0.34,
        )
        is_live = slot.state == "live"
        self.picture = ScanPicture(look, slot.kind, is_live=is_live, hint=slot.hint, is_faded=slot.state == "busy")
        panel.add_widget(self.picture)
        panel.add_widget(self._caption(slot))
        return panel

    def _caption(self, slot: Slot) -> HBox:
        look, u = self.look, self.look.u
        row = HBox(look, gap=2.2 * u, fit=True)
        sign = {"live": "camera_roll" if slot.kind == "package" else "card", "busy": "card", "done": "check_circle"}[
            slot.state
        ]
        ink = {"live": look["accent_line"], "busy": look["ink2"], "done": look["ok"]}[slot.state]
        row.add_widget(icon(look, sign, size_u=6.2, colour=ink))
        column = VBox(gap=0.5 * u, fit=True, pos_hint={"center_y": 0.5})
        column.add_widget(Text(look, slot.title, size_u=SMALL_U, colour=look["ink2"]))
        column.add_widget(Text(look, slot.value, size_u=4.1, weight="mono_bold" if slot.is_code else "semibold"))
        if slot.detail:
            column.add_widget(Text(look, slot.detail, size_u=SMALL_U, colour=look["ink2"]))
        row.add_widget(column)
        if slot.tag:
            row.add_widget(Pill(look, slot.tag, icon_name="keyboard", ink=look["warn"], wash=look["warn_wash"]))
        return row


class FactRows(VBox):
    """Facts under each other: icon, what it is, its value."""

    def __init__(self, look: Look, press: Press, *, pairs: bool = False) -> None:
        super().__init__(fit=True)
        self.look, self.press, self.pairs = look, press, pairs
        self.rows: tuple[Row, ...] | None = None
        self.height = 0

    def show(self, rows: tuple[Row, ...]) -> None:
        """Show ``rows``; none takes no room."""
        if rows == self.rows:
            return
        self.rows = rows
        self.clear_widgets()
        if not rows:
            return
        look, u = self.look, self.look.u
        panel = Panel(look, padding=[4 * u, 3 * u], gap=2.6 * u, fit=True)
        for line in self._lines(rows):
            panel.add_widget(line)
        self.add_widget(panel)

    def _lines(self, rows: tuple[Row, ...]) -> Iterator[HBox]:
        """Yield the rows, two short ones side by side where that saves room for the labels."""
        waiting: list[Row] = []
        for row in rows:
            if self.pairs and row.is_narrow:
                waiting.append(row)
            else:
                yield self._row(row)
        while waiting:
            pair, waiting = waiting[:2], waiting[2:]
            line = HBox(self.look, gap=2 * self.look.u, fit=True)
            for row in pair:
                line.add_widget(self._row(row))
            yield line

    def _row(self, row: Row) -> HBox:
        look, u = self.look, self.look.u
        line = HBox(look, gap=2.4 * u, fit=True)
        sign = "check_circle" if row.tone == "good" else row.icon
        ink = look["ink2"] if row.tone == "plain" else look[INKS[row.tone]]
        line.add_widget(icon(look, sign, size_u=5.6, colour=ink))
        column = VBox(gap=0.4 * u, fit=True, pos_hint={"center_y": 0.5})
        column.add_widget(Text(look, row.title, size_u=SMALL_U, colour=look["ink2"]))
        column.add_widget(Text(look, row.value, size_u=4.1, weight="mono_bold" if row.is_code else "semibold"))
        if row.detail:
            column.add_widget(Text(look, row.detail, size_u=SMALL_U, colour=look["ink2"]))
        line.add_widget(column)
        if row.tag:
            line.add_widget(Pill(look, row.tag, icon_name="keyboard", ink=look["warn"], wash=look["warn_wash"]))
        if row.button:
            button = TouchButton(look, row.button, self.press, size_u=3.6, height_u=9)
            button.size_hint_x, button.width = None, max(26 * u, button.words.width + 14 * u)
            button.pos_hint = {"center_y": 0.5}
            line.add_widget(button)
        return line


class LabelsBody(Body):
    """Facts, then the labels; a number to photograph where no receipt can be printed."""

    def __init__(self, look: Look, press: Press) -> None:
        super().__init__(look, press)
        self.facts = FactRows(look, press, pairs=True)
        self.number = NumberSheet(look)
        self.sheet = TicketSheet(look)
        self.bar = LabelBar(look)
        for widget in (self.facts, self.number, self.sheet, self.bar):
            self.add_widget(widget)

    def show(self, screen: Screen) -> None:
        """Show what is known and how far the labels are."""
        self.facts.show(tuple(row for row in screen.rows if not (screen.number and row.value == screen.number)))
        self.number.show(screen.number)
        self.sheet.show(screen.tickets)
        self.bar.show(screen.progress)


class NumberSheet(VBox):
    """The registration number, large and as a QR code: it can be photographed and scanned here later."""

    def __init__(self, look: Look) -> None:
        super().__init__(size_hint_y=None, height=0)
        self.look = look
        self.number = ""
        self.bind(pos=self._draw, size=self._draw)

    def show(self, number: str) -> None:
        """Show ``number``; none takes no room."""
        if number != self.number:
            self.number = number
            self.height = 46 * self.look.u if number else 0
            self._draw()

    def _draw(self, *_: object) -> None:
        self.canvas.clear()
        u, look = self.look.u, self.look
        if not self.number or self.height < 20 * u:
            return
        side = self.height - 4 * u
        with self.canvas:
            box((self.x, self.y, self.width, self.height), look["surface"], 3 * u)
            Color(rgba=(1, 1, 1, 1))
            left = (self.x + self.width) - side - 2 * u if look.is_rtl else self.x + 2 * u
            Rectangle(texture=qr_texture(self.number), pos=(left, self.y + 2 * u), size=(side, side))
            room = self.width - side - 10 * u
            start = self.x + 4 * u if look.is_rtl else left + side + 4 * u
            paint_text(
                self.number, "mono_bold", 6.4 * u, look["ink"], (start, (self.y + self.height / 2) - 3 * u), widest=room
            )


class LabelBar(Widget):
    """How many labels are proven, as a bar."""

    def __init__(self, look: Look) -> None:
        super().__init__(size_hint_y=None, height=0)
        self.look = look
        self.share: float | None = None
        self.bind(pos=self._draw, size=self._draw)

    def show(self, share: float | None) -> None:
        """Show a share from 0 to 1, or nothing."""
        if share != self.share:
            self.share = share
            self.height = 1.6 * self.look.u if share is not None else 0
            self._draw()

    def _draw(self, *_: object) -> None:
        self.canvas.clear()
        if self.share is not None:
            draw_bar(self, self.look, self.share, "ok" if self.share >= 1 else "accent_line")


class MessageBody(Body):
    """Facts and paragraphs: what happened, what is safe, what to do."""

    def __init__(self, look: Look, press: Press) -> None:
        super().__init__(look, press)
        self.blocks: tuple[Block, ...] | None = None
        self.facts = FactRows(look, press)

    def show(self, screen: Screen) -> None:
        """Show facts and paragraphs."""
        self.facts.show(screen.rows)
        if screen.blocks == self.blocks:
            return
        self.blocks = screen.blocks
        self.clear_widgets()
        self.add_widget(self.facts)
        if screen.blocks:
            self.add_widget(self._blocks(screen.blocks))
        self.add_widget(Spring())

    def _blocks(self, blocks: tuple[Block, ...]) -> Panel:
        look, u = self.look, self.look.u
        panel = Panel(look, padding=[4 * u, 3.4 * u], gap=3.2 * u, fit=True)
        for block in blocks:
            row = HBox(look, gap=2.6 * u, fit=True)
            sign = icon(look, block.icon, size_u=5.6, colour=look["accent_line"])
            sign.pos_hint = {"top": 1}
            row.add_widget(sign)
            column = VBox(gap=0.6 * u, fit=True, pos_hint={"center_y": 0.5})
            column.add_widget(Text(look, block.title, size_u=SMALL_U, colour=look["ink2"]))
            column.add_widget(Text(look, block.text, size_u=4.1, weight="semibold"))
            row.add_widget(column)
            panel.add_widget(row)
        return panel


class BusyBody(Body):
    """Room below the words; the sign above them says what the desk is at work on."""

    def __init__(self, look: Look, press: Press) -> None:
        super().__init__(look, press)
        self.add_widget(Spring())

    def show(self, screen: Screen) -> None:
        """Nothing here depends on the screen."""


class KeypadBody(Body):
    """What is typed so far, and the keys."""

    def __init__(self, look: Look, press: Press) -> None:
        super().__init__(look, press)
        self.field = VBox(fit=True)
        self.keys = VBox(gap=1.5 * look.u, fit=True)
        self.rows: tuple[str, ...] = ()
        self.typed: Keypad | None = None
        for part in (self.field, Spring(size_hint_y=0.5), self.keys, Spring()):
            self.add_widget(part)

    def show(self, screen: Screen) -> None:
        """Show the text; the keys stay."""
        keypad = screen.keypad
        if keypad is None or keypad == self.typed:
            return
        self.typed = keypad
        self._show_field(keypad)
        if keypad.rows != self.rows:
            self.rows = keypad.rows
            self.keys.clear_widgets()
            for row in keypad.rows:
                self.keys.add_widget(self._row(row, max(len(r) for r in keypad.rows)))

    def _show_field(self, keypad: Keypad) -> None:
        look, u = self.look, self.look.u
        self.field.clear_widgets()
        panel = Panel(look, padding=[4 * u, 3.2 * u], gap=1.2 * u, fit=True, edge=look["accent_line"], edge_u=0.34)
        if keypad.text:
            panel.add_widget(Text(look, keypad.text + "\u2009|", size_u=6, weight="mono_bold"))
        else:
            panel.add_widget(Text(look, keypad.placeholder, size_u=6, weight="semibold", colour=look["ink2"]))
        panel.add_widget(Text(look, keypad.example, size_u=SMALL_U, colour=look["ink2"]))
        self.field.add_widget(panel)

    def _row(self, symbols: str, widest: int) -> HBox:
        """Return one row of keys, centred under the widest. Keys read left to right in every language."""
        u = self.look.u
        row = HBox(Look(theme=self.look.theme, u=u), gap=1.2 * u, fit=True)
        side = (widest - len(symbols)) / 2
        if side:
            row.add_widget(Spring(size_hint_x=side))
        for symbol in symbols:
            row.add_widget(Key(self.look, symbol, self.press))
        if side:
            row.add_widget(Spring(size_hint_x=side))
        return row


class Key(TouchButton):
    """One key of the keypad."""

    inset_u = 0.4

    def __init__(self, look: Look, symbol: str, press: Press) -> None:
        super().__init__(look, Button(id=f"key:{symbol}", text=symbol), press, size_u=6.4, height_u=KEY_HIGH_U)
        self.padding = 0


BODIES: Final[dict[Layout, type[Body]]] = {
    "attract": AttractBody,
    "slots": SlotsBody,
    "confirm": LabelsBody,
    "labels": LabelsBody,
    "message": MessageBody,
    "busy": BusyBody,
    "keypad": KeypadBody,
}
