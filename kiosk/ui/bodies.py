"""The middle of the page, one class a layout; each shows its part of the screen and can be halted.

A body draws anew what changed and leaves the rest, so that a picture's motion and a touch in progress go on.
"""

from typing import Final

from kiosk.ui.body import Body
from kiosk.ui.boxes import HBox, Panel, Pill, Spring, Text, VBox, icon, named
from kiosk.ui.buttons import Press
from kiosk.ui.facts import FactRows
from kiosk.ui.keys import CountBody, KeypadBody
from kiosk.ui.lists import ListBody
from kiosk.ui.look import SMALL_U, Look, Weight, glyph
from kiosk.ui.papers import CodeSheet, LabelsBody
from kiosk.ui.pictures import ScanPicture
from kiosk.ui.strip import FilmStrip
from kiosk.ui.theme import Rgba
from kiosk.view.screen import Block, Layout, Screen, Slot


class AttractBody(Body):
    """The film strips."""

    is_kept = True

    def __init__(self, look: Look, press: Press) -> None:
        super().__init__(look, press)
        self.padding = 0
        self.strip = FilmStrip(look)
        self.add_widget(self.strip)

    def show(self, screen: Screen) -> None:
        """Let the strips drift; nothing of them depends on the screen."""
        self.strip.resume()

    def halt(self) -> None:
        """Stop the strips."""
        self.strip.halt()


class SlotsBody(Body):
    """A place for the package and one for the card; the one that is missing is the larger."""

    is_kept = True

    def __init__(self, look: Look, press: Press) -> None:
        super().__init__(look, press)
        self.panels: list[SlotPanel] = []
        self.row = HBox(look, gap=2.4 * look.u) if look.is_landscape else VBox(gap=2.4 * look.u)
        self.add_widget(self.row)

    def show(self, screen: Screen) -> None:
        """Rebuild a place only where it changed."""
        if len(self.panels) != len(screen.slots):
            self.row.clear_widgets()
            self.panels = [named(SlotPanel(self.look), f"slot:{slot.kind}") for slot in screen.slots]
            for panel in self.panels:
                self.row.add_widget(panel)
        for panel, slot in zip(self.panels, screen.slots, strict=True):
            panel.show(slot)

    def halt(self) -> None:
        """Stop the beams."""
        for panel in self.panels:
            panel.halt()


class SlotPanel(VBox):
    """One place: its picture, and below it what was scanned or what is awaited.

    A scan changes a few words and an outline; the widgets stay. It is the change a shopper waits for most often.
    """

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.look = look
        self.slot: Slot | None = None
        self.picture: ScanPicture | None = None
        self.caption: Caption | None = None
        self.panel = Panel(look, padding=[4 * look.u, 2.4 * look.u, 4 * look.u, 2.6 * look.u], gap=1.6 * look.u)

    def show(self, slot: Slot) -> None:
        """Show ``slot``."""
        if slot == self.slot:
            if self.picture:
                self.picture.resume()
            return
        self.slot = slot
        look = self.look
        if not look.is_landscape:
            self.size_hint_y = {"live": 1.0, "busy": 0.66, "done": 0.70}[slot.state]
        self.panel.mark(
            {"live": look["accent_line"], "busy": look["edge"], "done": look["ok"]}[slot.state],
            0.14 if slot.state == "busy" else 0.34,
        )
        if self.picture and self.caption:
            self.picture.show(slot)
            self.caption.show(slot)
            return
        self.picture, self.caption = ScanPicture(look, slot), Caption(look, slot)
        self.panel.add_widget(self.picture)
        self.panel.add_widget(self.caption)
        self.add_widget(self.panel)

    def halt(self) -> None:
        """Stop the beam."""
        if self.picture:
            self.picture.halt()


class Caption(HBox):
    """What stands below a place's picture: a sign, what it is, and what was scanned."""

    def __init__(self, look: Look, slot: Slot) -> None:
        u = look.u
        super().__init__(look, gap=2.2 * u, fit=True)
        self.look = look
        self.sign = icon(look, "card", size_u=6.2)
        self.title = Text(look, slot.title, size_u=SMALL_U, colour=look["ink2"])
        self.value = Text(look, slot.value, size_u=4.1, weight=_weight(slot))
        self.detail = Text(look, slot.detail, size_u=SMALL_U, colour=look["ink2"])
        self.tag = ""
        self.pill: Pill | None = None
        self.column = VBox(gap=0.5 * u, fit=True, pos_hint={"center_y": 0.5})
        for part in (self.title, self.value):
            self.column.add_widget(part)
        self.add_widget(self.sign)
        self.add_widget(self.column)
        self.show(slot)

    def show(self, slot: Slot) -> None:
        """Show the words of ``slot``."""
        name, ink = self._sign(slot)
        self.sign.say(glyph(name, is_rtl=self.look.is_rtl), ink)
        self.title.text = slot.title
        self.value.font_name, self.value.text = _weight(slot), slot.value
        self.detail.text = slot.detail
        if bool(slot.detail) != (self.detail.parent is not None):
            (self.column.add_widget if slot.detail else self.column.remove_widget)(self.detail)
        if slot.tag != self.tag:
            self._show_tag(slot.tag)

    def _show_tag(self, tag: str) -> None:
        look, self.tag = self.look, tag
        if self.pill:
            self.remove_widget(self.pill)
        self.pill = Pill(look, tag, icon_name="keyboard", ink=look["warn"], wash=look["warn_wash"]) if tag else None
        if self.pill:
            self.add_widget(self.pill)

    def _sign(self, slot: Slot) -> tuple[str, Rgba]:
        look = self.look
        if slot.state == "live":
            return "camera_roll" if slot.kind == "package" else "card", look["accent_line"]
        return ("card", look["ink2"]) if slot.state == "busy" else ("check_circle", look["ok"])


def _weight(slot: Slot) -> Weight:
    return "mono_bold" if slot.is_code else "semibold"


class MessageBody(Body):
    """Facts and paragraphs: what happened, what is safe, what to do."""

    def __init__(self, look: Look, press: Press) -> None:
        super().__init__(look, press)
        self.blocks: tuple[Block, ...] | None = None
        self.facts = FactRows(look, press)
        self.code = CodeSheet(look)
        self.watch_room(self.facts)

    def show(self, screen: Screen) -> None:
        """Show facts and paragraphs, or a code to be photographed in their place."""
        self.facts.show(screen.rows)
        is_code = self.code.show(screen.qr)
        if screen.blocks == self.blocks and is_code == (self.code.parent is not None):
            return
        self.blocks = screen.blocks
        self.clear_widgets()
        if is_code:
            self.add_widget(self.code)
            return
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
        for n, block in enumerate(blocks):
            row = named(HBox(look, gap=2.6 * u, fit=True), f"block:{n}")
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
