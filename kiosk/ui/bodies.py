"""The middle of the page, one class a layout; each shows its part of the screen and can be halted.

A body draws anew what changed and leaves the rest, so that a picture's motion and a touch in progress go on.
"""

from typing import Final

from kiosk.ui.body import Body
from kiosk.ui.boxes import HBox, Panel, Pill, Spring, Text, VBox, icon
from kiosk.ui.buttons import Press
from kiosk.ui.facts import FactRows
from kiosk.ui.keys import CountBody, KeypadBody
from kiosk.ui.lists import ListBody
from kiosk.ui.look import SMALL_U, Look
from kiosk.ui.papers import LabelsBody
from kiosk.ui.pictures import ScanPicture
from kiosk.ui.strip import FilmStrip
from kiosk.view.screen import Block, Layout, Screen, Slot


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
        self.panels: list[SlotPanel] = []
        self.row = HBox(look, gap=2.4 * look.u) if look.is_landscape else VBox(gap=2.4 * look.u)
        self.add_widget(self.row)

    def show(self, screen: Screen) -> None:
        """Rebuild a place only where it changed."""
        if len(self.panels) != len(screen.slots):
            self.row.clear_widgets()
            self.panels = [SlotPanel(self.look) for _ in screen.slots]
            for panel in self.panels:
                self.row.add_widget(panel)
        for panel, slot in zip(self.panels, screen.slots, strict=True):
            panel.show(slot)

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
        if not self.look.is_landscape:
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
        self.picture = ScanPicture(look, slot)
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
        if self.look.is_landscape:
            self.add_widget(Spring())
        self.add_widget(self.facts)
        if screen.blocks:
            self.add_widget(self._blocks(screen.blocks))
        self.add_widget(Spring())

    def _blocks(self, blocks: tuple[Block, ...]) -> Panel:
        look, u = self.look, self.look.u
        is_low = look.is_landscape
        panel = Panel(look, padding=[4 * u, (2.2 if is_low else 3) * u], gap=(1.6 if is_low else 3.2) * u, fit=True)
        for block in blocks:
            row = HBox(look, gap=2.6 * u, fit=True)
            sign = icon(look, block.icon, size_u=5.6, colour=look["accent_line"])
            sign.pos_hint = {"top": 1}
            row.add_widget(sign)
            column = VBox(gap=0.6 * u, fit=True, pos_hint={"center_y": 0.5})
            column.add_widget(Text(look, block.title, size_u=SMALL_U, colour=look["ink2"]))
            column.add_widget(Text(look, block.text, size_u=3.8 if look.is_landscape else 4.1, weight="semibold"))
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


BODIES: Final[dict[Layout, type[Body]]] = {
    "attract": AttractBody,
    "slots": SlotsBody,
    "confirm": LabelsBody,
    "labels": LabelsBody,
    "message": MessageBody,
    "busy": BusyBody,
    "keypad": KeypadBody,
    "count": CountBody,
    "list": ListBody,
}
