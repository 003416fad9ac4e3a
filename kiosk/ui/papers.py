"""The page of the labels: what is registered, and each paper as it comes out; a number to photograph where none can."""

from typing import Final

from kiosk.ui.body import Body
from kiosk.ui.boxes import HBox, Spring, VBox, named
from kiosk.ui.buttons import Press
from kiosk.ui.facts import FactRows
from kiosk.ui.look import Look
from kiosk.ui.overlay import draw_bar
from kiosk.ui.pictures import box, paint_text
from kiosk.ui.textures import qr_texture, secret_qr_texture
from kiosk.ui.tickets import TicketSheet
from kiosk.ui.toolkit import Color, Rectangle, Texture, Widget
from kiosk.view.screen import Screen

USUAL_SHARE, FULL_SHARE, MANY = 1.12, 1.6, 4
"""How broad the facts are beside the labels; many facts need more."""
LEAST_PAPERS_U: Final = 40.0
MOST_CODE_U: Final = 44.0
"""How large a secret code is drawn at most: larger could be photographed from the other end of the shop."""


class LabelsBody(Body):
    """Facts, then the labels; a number to photograph where no receipt can be printed."""

    def __init__(self, look: Look, press: Press) -> None:
        super().__init__(look, press)
        self.facts = FactRows(look, press, pairs=True)
        self.number = NumberSheet(look)
        self.sheet = TicketSheet(look)
        self.pane = VBox(size_hint_x=USUAL_SHARE)
        """Where the facts stand beside the labels."""
        self.bar = named(LabelBar(look), "progress")
        if look.is_landscape:
            self.watch_room(self.facts, box=self.pane)
            self._add_panes()
            return
        self.watch_room(self.facts, least=LEAST_PAPERS_U * look.u)
        for widget in (self.facts, self.number, self.sheet, self.bar):
            self.add_widget(widget)

    def _add_panes(self) -> None:
        """Put the facts beside the labels: a low window has no room for one below the other."""
        u = self.look.u
        row = HBox(self.look, gap=3 * u)
        facts = self.pane
        facts.add_widget(self.facts)
        facts.add_widget(Spring())
        papers = VBox(gap=2 * u)
        for widget in (self.number, self.sheet, self.bar):
            papers.add_widget(widget)
        row.add_widget(facts)
        row.add_widget(papers)
        self.add_widget(row)

    def show(self, screen: Screen) -> None:
        """Show what is known and how far the labels are."""
        self.pane.size_hint_x = USUAL_SHARE if len(screen.rows) < MANY else FULL_SHARE
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
            self.height = (34 if self.look.is_landscape else 46) * self.look.u if number else 0
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


class CodeSheet(Widget):
    """A secret link as a QR code, as large as there is room for: it is photographed at arm's length."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.look = look
        self.link = ""
        self.code: Texture | None = None
        self.bind(pos=self._draw, size=self._draw)

    def show(self, link: str) -> bool:
        """Show ``link``, or forget the one from before; say whether there is one."""
        if link != self.link:
            self.link = link
            self.code = secret_qr_texture(link) if link else None
            self._draw()
        return bool(link)

    def _draw(self, *_: object) -> None:
        self.canvas.clear()
        if self.code is None:
            return
        side = min(self.width, self.height, MOST_CODE_U * self.look.u)
        corner = (self.x + (self.width - side) / 2, self.y + (self.height - side) / 2)
        with self.canvas:
            Color(rgba=(1, 1, 1, 1))
            Rectangle(texture=self.code, pos=corner, size=(side, side))


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
