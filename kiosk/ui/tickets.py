"""The labels as they come out: each slides from its slot and fills in when it is proven printed.

They look like the paper (black head, product, roll ID, codes), but their codes are drawn patterns, see
:mod:`kiosk.ui.textures`.
"""

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from typing import Final

from kiosk.ui.boxes import Drawn, draw_outline, named
from kiosk.ui.look import Look, glyph
from kiosk.ui.pictures import BEAM, BLACK, WHITE, Area, box, paint_text
from kiosk.ui.shaping import HAND
from kiosk.ui.textures import bars_texture, cells_texture, glow_texture
from kiosk.ui.theme import Token, faded
from kiosk.ui.toolkit import (
    Animation,
    Color,
    Line,
    Rectangle,
    SmoothEllipse,
    StencilPop,
    StencilPush,
    StencilUnUse,
    StencilUse,
    TextPainter,
    Widget,
)
from kiosk.view.screen import Ticket, TicketLook
from photocore.capitals import capitals

SHOWN: Final[dict[TicketLook, float]] = {
    "waiting": 0.0, "later": 0.0, "planned": 1.0, "printing": 0.58, "maybe": 1.0, "proven": 1.0,
}  # fmt: skip
"""How much of the paper is out of its slot."""
MARKS: Final[dict[TicketLook, tuple[str, Token]]] = {
    "waiting": ("schedule", "ink2"),
    "later": ("schedule", "warn"),
    "planned": ("print", "ink2"),
    "printing": ("print", "warn"),
    "maybe": ("help", "warn"),
    "proven": ("check", "ok"),
}
SOLID: Final = frozenset({"proven", "maybe"})
"""Looks whose mark is a filled disc."""
ASPECT: Final = 0.62
MOST_COLUMNS: Final = 8
LEAST_ROOM_U: Final = 14.0
FOOT_U: Final = 5.6
"""Room for the word below a label; it stays readable however many labels there are."""


class TicketSheet(Widget):
    """All labels of a registration in a grid that fits the room, however many there are."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.look = look
        self.pictures: list[TicketPicture] = []
        self.bind(pos=self._place, size=self._place)

    def show(self, tickets: Sequence[Ticket]) -> None:
        """Show ``tickets``; those that stay keep their place and move to their new state."""
        if len(tickets) != len(self.pictures):
            self.clear_widgets()
            self.pictures = [named(TicketPicture(self.look), f"ticket:{n}") for n in range(len(tickets))]
            for picture in self.pictures:
                self.add_widget(picture)
            self._place()
        for picture, ticket in zip(self.pictures, tickets, strict=True):
            picture.show(ticket)

    def _place(self, *_: object) -> None:
        """Try every number of columns and take the one with the largest labels."""
        count = len(self.pictures)
        if not count:
            return
        if min(self.size) < LEAST_ROOM_U * self.look.u:  # no room is left: nothing is better than crumbs
            for picture in self.pictures:
                picture.pos, picture.size = self.pos, (0, 0)
            return
        gap = 2.2 * self.look.u
        columns = max(range(1, min(count, MOST_COLUMNS) + 1), key=lambda n: self._cell(n, gap)[0])
        wide, high = self._cell(columns, gap)
        rows = -(-count // columns)
        spare = self.height - rows * high - (rows - 1) * gap
        top = (self.y + self.height) - min(spare / 2, 8 * self.look.u)
        for n, picture in enumerate(self.pictures):
            row, column = divmod(n, columns)
            in_row = count - row * columns if row == rows - 1 else columns
            left = (self.x + self.width / 2) - (in_row * wide + (in_row - 1) * gap) / 2
            place = in_row - 1 - column if self.look.is_rtl else column
            picture.size = (wide, high)
            picture.pos = (left + place * (wide + gap), top - (row + 1) * high - row * gap)

    def _cell(self, columns: int, gap: float) -> tuple[float, float]:
        rows = -(-len(self.pictures) // columns)
        by_width = (self.width - gap * (columns - 1)) / columns
        by_height = ((self.height - gap * (rows - 1)) / rows - FOOT_U * self.look.u) / ASPECT
        wide = max(1.0, min(by_width, by_height, 62 * self.look.u))
        return wide, wide * ASPECT + FOOT_U * self.look.u


class TicketPicture(Drawn):
    """One label: its slot, the paper that is out so far, and the word for its state."""

    def __init__(self, look: Look) -> None:
        super().__init__(size_hint=(None, None))
        self.look = look
        self.ticket: Ticket | None = None
        self.shown = 0.0

    def show(self, ticket: Ticket) -> None:
        """Take the new state; the paper slides on if things may move."""
        if ticket == self.ticket:
            return
        first, self.ticket = self.ticket is None, ticket
        target = SHOWN[ticket.look]
        Animation.cancel_all(self, "shown")
        if first or not self.look.moves or target <= self.shown:
            self.shown = target
            self._draw()
            return
        slide = Animation(shown=target, d=0.5 if ticket.look == "proven" else 1.4, t="out_quad")
        slide.bind(on_progress=lambda *_: self._draw(), on_complete=lambda *_: self._draw())
        slide.start(self)

    def _draw(self, *_: object) -> None:
        self.canvas.clear()
        if self.ticket is None or min(self.size) < 20:
            return
        foot = self.height - self.width * ASPECT
        x, y, w, h = self.x, self.y + foot, self.width, self.width * ASPECT
        with self.canvas:
            self._draw_ghost(x, y, w, h)
            if self.shown > 0:
                self._draw_paper(self.ticket, x, y, w, h)
            if self.ticket.look == "maybe":
                self._draw_beam(x, y, w, h)
            self._draw_word(self.ticket, foot)

    def _draw_ghost(self, x: float, y: float, w: float, h: float) -> None:
        """Draw the empty place and the printer's slot above it."""
        look = self.look
        if self.shown < 1 and self.ticket:
            box((x, y, w, h), faded(look["ink"], 0.04), w * 0.03)
            Color(rgba=look["edge"])
            Line(rounded_rectangle=(x + 1, y + 1, w - 2, h - 2, w * 0.03), width=1.2, dash_length=6, dash_offset=6)
            size = h * 0.14
            paint_text(
                self.ticket.title,
                "semibold",
                size,
                look["ink2"],
                (x + w / 2, y + h * 0.43),
                anchor="center",
                widest=w * 0.8,
            )

    def _draw_paper(self, ticket: Ticket, x: float, y: float, w: float, h: float) -> None:
        """Draw the paper; what is still inside the printer is cut off at the slot, so the foot comes out first."""
        look = self.look
        lift = h * (1 - self.shown)
        box((x, y + lift, w, h - lift), WHITE, w * 0.03 if self.shown >= 1 else 0)
        parts = _paint_receipt if ticket.kind == "receipt" else _paint_roll
        with _cut_at_slot(x, y, w, h):
            parts(ticket, (x, y, w, h), lift)
        edge: Token = "edge" if ticket.look in ("planned",) else MARKS[ticket.look][1]
        width_u = 0.12 if ticket.look == "planned" else 0.24
        draw_outline(look, (x, y + lift), (w, h - lift), colour=look[edge], width_u=width_u, radius_u=w * 0.03 / look.u)
        if self.shown < 1:
            box((x - w * 0.02, y + h - h * 0.035, w * 1.04, h * 0.06), BLACK, h * 0.03)

    def _draw_beam(self, x: float, y: float, w: float, h: float) -> None:
        """Lay the scanner's light over the square code: that is what to hold under it."""
        at, left, wide = y + h * 0.50, x + w * 0.70, w * 0.36
        Color(rgba=faded(BEAM, 0.5))
        Rectangle(texture=glow_texture(), pos=(left, at - h * 0.09), size=(wide, h * 0.18))
        Color(rgba=BEAM)
        Line(points=[left, at, left + wide, at], width=max(1.2, self.look.u * 0.2))

    def _draw_word(self, ticket: Ticket, foot: float) -> None:
        look = self.look
        mark, token = MARKS[ticket.look]
        size = 3.4 * look.u
        r = size * 0.62
        middle = self.y + foot * 0.46
        word = text_width(ticket.word, size)
        room = self.width - 2 * r - look.u
        if word > room * 1.5:  # smaller than it could be read: the mark and the outline say it then
            self._draw_mark(mark, token, self.x + self.width / 2, middle, r, is_solid=ticket.look in SOLID)
            return
        wide = min(word, room) + 2 * r + look.u * 0.8
        left = (self.x + self.width / 2) - wide / 2
        at = left + wide - r if look.is_rtl else left + r
        self._draw_mark(mark, token, at, middle, r, is_solid=ticket.look in SOLID)
        start = left if look.is_rtl else left + 2 * r + look.u * 0.8
        paint_text(ticket.word, "semibold", size, look[token], (start, middle - size * 0.62), widest=room)

    def _draw_mark(self, mark: str, token: Token, x: float, y: float, r: float, *, is_solid: bool) -> None:
        look = self.look
        if is_solid:
            Color(rgba=look[token])
            SmoothEllipse(pos=(x - r, y - r), size=(2 * r, 2 * r))
        colour = look["on_strong"] if is_solid else look[token]
        size = r * (1.35 if is_solid else 1.8)
        paint_text(glyph(mark, is_rtl=False), "icons", size, colour, (x, y - size * 0.5), anchor="center")


@contextmanager
def _cut_at_slot(x: float, y: float, w: float, h: float) -> Generator[None]:
    """Draw only what is out of the slot."""
    StencilPush()
    Rectangle(pos=(x, y), size=(w, h))
    StencilUse()
    yield
    StencilUnUse()
    Rectangle(pos=(x, y), size=(w, h))
    StencilPop()


def text_width(text: str, size: float) -> float:
    """Return the width ``text`` takes in the semibold face."""
    return TextPainter(text=text, font_name="semibold", font_size=size).get_extents(text)[0]


def _paint_roll(ticket: Ticket, area: Area, lift: float) -> None:
    """Draw a roll label as it is on paper; the caller cuts off what is above the slot."""
    x, y, w, h = area
    pad = w * 0.05
    low = y + lift
    _paint_head(ticket, x + pad, low + h * 0.79, w - 2 * pad, h * 0.15)
    paint_text(ticket.line, "regular", h * 0.085, BLACK, (x + pad, low + h * 0.655), widest=w - 2 * pad)
    _paint_codes(ticket, x + pad, low + h * 0.36, w - 2 * pad, h * 0.27)
    _paint_identity(ticket.code, x + pad, low + h * 0.12, w - 2 * pad, h * 0.12)
    Color(rgba=faded(BLACK, 0.5))
    tear = low + h * 0.065
    Line(points=[x + pad, tear, x + w - pad, tear], width=1, dash_length=5, dash_offset=5)


def _paint_head(ticket: Ticket, x: float, y: float, w: float, h: float) -> None:
    box((x, y, w, h), BLACK, h * 0.16)
    paint_text(
        capitals(ticket.title, HAND.language), "bold", h * 0.62, WHITE, (x + w * 0.04, y + h * 0.13), widest=w * 0.92
    )


def _paint_codes(ticket: Ticket, x: float, y: float, w: float, h: float) -> None:
    Color(rgba=BLACK)
    Rectangle(texture=bars_texture(ticket.code), pos=(x, y), size=(w - h * 1.25, h))
    Rectangle(texture=cells_texture(ticket.code), pos=(x + w - h, y), size=(h, h))


def _paint_identity(code: str, x: float, y: float, w: float, size: float) -> None:
    """Draw a roll ID large; of a long GS1 string the serial, which tells two rolls apart, is the large line."""
    head, mark, tail = code.partition("(21)")
    if not mark:
        paint_text(code, "mono_bold", size * 1.25, BLACK, (x, y), widest=w)
        return
    paint_text(f"{mark} {tail}", "mono_bold", size * 1.1, BLACK, (x, y + size * 0.62), widest=w)
    paint_text(head, "mono", size * 0.62, faded(BLACK, 0.8), (x, y - size * 0.06), widest=w)


def _paint_receipt(ticket: Ticket, area: Area, lift: float) -> None:
    """Draw the receipt: lines, the registration number and the square that opens the pictures on a phone."""
    x, y, w, h = area
    pad, side, low = w * 0.05, h * 0.46, y + lift
    paint_text(
        capitals(ticket.title, HAND.language), "bold", h * 0.10, BLACK, (x + pad, low + h * 0.80), widest=w - 2 * pad
    )
    for n, wide in enumerate((0.44, 0.36, 0.40)):
        box((x + pad, low + h * (0.66 - n * 0.10), w * wide, h * 0.035), faded(BLACK, 0.45))
    Color(rgba=BLACK)
    Rectangle(texture=cells_texture("receipt"), pos=(x + w - pad - side, low + h * 0.30), size=(side, side))
    paint_text(ticket.code, "mono_bold", h * 0.11, BLACK, (x + pad, low + h * 0.10), widest=w - 2 * pad)
