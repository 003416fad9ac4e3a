"""Large text as blocks whose height is known at once, and the cutting of them into the parts of a page.

Each block is drawn for a given width and measures itself there and then, without a turn of the loop: so a page is cut
where it must be before it is ever shown.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Final

from kiosk.ui.boxes import HBox, Panel, Text, VBox, draw_sheet, icon, named
from kiosk.ui.buttons import LEAST_HIGH_U, Press, Touchable, TouchButton
from kiosk.ui.look import Look, Weight
from kiosk.ui.theme import Rgba, Token, mixed
from kiosk.ui.toolkit import Color, Rectangle, Texture, Widget
from kiosk.view.reading import Part, PartState
from kiosk.view.screen import Button

SIGNS: Final[dict[PartState, tuple[str, Token]]] = {
    "chosen": ("check", "accent_line"),
    "done": ("check_circle", "ok"),
    "good": ("check_circle", "ok"),
    "now": ("forward", "accent_line"),
    "next": ("schedule", "ink2"),
    "warn": ("warning", "warn"),
    "bad": ("error", "bad"),
}
"""What stands before a part in that state: a sign, so that none is told by its colour alone."""
GAP_U: Final = 2.2
PRIMARY_U: Final = 14.4
QR_U: Final = 42.0
Words = tuple[str, Weight, Rgba]
"""Some text, its face, its colour."""


class LargeText(Text):
    """Text of a fixed width that knows its height as soon as it is made."""

    def __init__(
        self,
        look: Look,
        text: str,
        *,
        wide: float,
        weight: Weight = "regular",
        colour: Rgba | None = None,
        share: float = 1,
    ) -> None:
        super().__init__(look, text, size_u=look.large_u * share, weight=weight, colour=colour)
        self.size_hint_x = None
        self.width = wide
        self.texture_update()
        self.height = self.texture_size[1]


def height_of(look: Look, words: Words, wide: float) -> float:
    """Return how high some text is in that width."""
    return LargeText(look, words[0], wide=wide, weight=words[1]).height


class TextBlock(HBox):
    """A part that is read: its sign, its name, what it holds."""

    def __init__(self, look: Look, state: PartState, texts: Sequence[Words], *, wide: float) -> None:
        u = look.u
        super().__init__(look, gap=1.6 * u, size_hint=(None, None))
        self.width = wide
        room = wide
        if state in SIGNS:
            name, token = SIGNS[state]
            sign = icon(look, name, size_u=look.large_u * 1.2, colour=look[token])
            sign.pos_hint = {"top": 1}
            self.add_widget(sign)
            room -= sign.width + 1.6 * u
        column = VBox(size_hint=(None, None), width=room)
        for text, weight, colour in texts:
            column.add_widget(LargeText(look, text, wide=room, weight=weight, colour=colour))
        column.height = sum(child.height for child in column.children)
        self.add_widget(column)
        self.height = max(child.height for child in self.children)


class FieldBlock(Panel):
    """What is typed: a sheet with a thick edge."""

    def __init__(self, look: Look, texts: Sequence[Words], *, wide: float) -> None:
        u = look.u
        super().__init__(
            look, edge=look["accent_line"], edge_u=0.34, padding=[2.4 * u, 1.4 * u], size_hint=(None, None), width=wide
        )
        for text, weight, colour in texts:
            self.add_widget(LargeText(look, text, wide=wide - 4.8 * u, weight=weight, colour=colour))
        self.height = sum(child.height for child in self.children) + 2.8 * u


class LargeButton(TouchButton):
    """A button that is as high as its words need in the width it is given."""

    inset_u = 2.8

    def __init__(self, look: Look, button: Button, press: Press) -> None:
        self.least_u = PRIMARY_U if button.kind == "primary" else LEAST_HIGH_U + 2
        super().__init__(look, button, press, size_u=look.large_u, height_u=self.least_u)
        self.size_hint = (None, None)

    def widen(self, wide: float) -> None:
        """Be so broad, and as high as that makes it; the sign goes where a word would be broken for it."""
        if self.icon and self.least_width > wide:
            self.remove_widget(self.icon)
            self.icon = None
        self.width = wide
        self._fit_words()
        self.height = max(self.least_u * self.look.u, self.words.height + 2.4 * self.look.u)


class LargeEntry(Touchable):
    """A line of a list: the whole of it is touched."""

    def __init__(self, look: Look, button: Button, block: TextBlock, press: Press, *, wide: float) -> None:
        u = look.u
        super().__init__(look, button, press, height_u=LEAST_HIGH_U, gap=1.6 * u, inset=2.4 * u)
        self.padding = [2.4 * u, 1.4 * u]
        self.size_hint = (None, None)
        self.width = wide
        self.add_widget(block)
        self.add_widget(icon(look, "open", size_u=look.large_u * 1.2, colour=look["ink2"]))
        self.height = max(block.height + 2.8 * u, (LEAST_HIGH_U + 1) * u)

    def _draw(self, *_: object) -> None:
        look = self.look
        self.canvas.before.clear()
        fill = mixed(look["surface"], look["ink"], 0.16 if self.state == "down" else 0)
        with self.canvas.before:
            draw_sheet(
                look, self.pos, self.size, fill=fill, edge=look["edge"], edge_u=0.18, radius_u=2.2, has_shadow=False
            )


class QrBlock(Widget):
    """A QR code to be photographed."""

    def __init__(self, look: Look, code: Texture, *, wide: float) -> None:
        super().__init__(size_hint=(None, None), size=(wide, QR_U * look.u))
        self.look, self.code = look, code
        self.bind(pos=self._draw)

    def _draw(self, *_: object) -> None:
        self.canvas.clear()
        side = self.height
        left = self.x + self.width - side if self.look.is_rtl else self.x
        with self.canvas:
            Color(rgba=(1, 1, 1, 1))
            Rectangle(texture=self.code, pos=(left, self.y), size=(side, side))


def words_of(look: Look, part: Part) -> list[Words]:
    """Return what is drawn of a part, in the order it is read."""
    value: Weight = "mono_bold" if part.spells else "semibold"
    ink, quiet = look["ink"], look["ink2"]
    if not part.value and not part.detail:
        weight: Weight = "semibold" if part.role in ("alert", "status", "button") else "regular"
        return [(part.name, weight, ink)]
    found: list[Words] = [(part.name, "semibold", ink) if part.role == "button" else (part.name, "regular", quiet)]
    if part.value:
        found.append((part.value, value, ink))
    if part.detail:
        found.append((part.detail, "regular", quiet))
    return [words for words in found if words[0]]


def text_blocks(look: Look, part: Part, *, wide: float, highest: float) -> list[Widget]:
    """Return a part as one block, or as several where it is higher than a whole page would be."""
    texts = words_of(look, part)
    whole = TextBlock(look, part.state, texts, wide=wide)
    if whole.height <= highest:
        return [named(whole, part.id)]
    sign_room = look.large_px * 1.2 + 1.6 * look.u if part.state in SIGNS else 0.0
    pieces: list[Words] = [
        (piece, weight, colour)
        for text, weight, colour in texts
        for piece in cut_text(
            text,
            lambda piece, weight=weight: LargeText(look, piece, wide=wide - sign_room, weight=weight).height <= highest,
        )
    ]
    return [named(TextBlock(look, part.state, [piece], wide=wide), part.id) for piece in pieces]


def cut_text(text: str, fits: Callable[[str], bool]) -> list[str]:
    """Return ``text`` in as few pieces as fit, cut between words; where there are no spaces, between signs."""
    joint = " " if " " in text else ""
    left = text.split(" ") if joint else list(text)
    pieces: list[str] = []
    while left:
        low, high = 1, len(left)
        while low < high:
            middle = (low + high + 1) // 2
            if fits(joint.join(left[:middle])):
                low = middle
            else:
                high = middle - 1
        pieces.append(joint.join(left[:low]))
        left = left[low:]
    return pieces


def button_rows(look: Look, buttons: Iterable[Button], press: Press, *, wide: float, most: int = 3) -> list[Widget]:
    """Return buttons in rows of the full width: as many side by side as have room for their words on one line."""
    gap = GAP_U * look.u * 0.7
    rows: list[list[LargeButton]] = []
    for button in buttons:
        made = LargeButton(look, button, press)
        row = rows[-1] if rows else []
        taken = sum(other.wanted_width + gap for other in row)
        is_alone = button.kind == "primary" or any(other.button.kind == "primary" for other in row)
        if row and len(row) < most and not is_alone and taken + made.wanted_width <= wide:
            row.append(made)
        else:
            rows.append([made])
    return [_row(look, row, wide=wide, gap=gap) for row in rows]


def _row(look: Look, buttons: Sequence[LargeButton], *, wide: float, gap: float) -> HBox:
    row = HBox(look, gap=gap, size_hint=(None, None))
    spare = wide - gap * (len(buttons) - 1) - sum(button.wanted_width for button in buttons)
    for button in buttons:
        button.widen(wide if len(buttons) == 1 else button.wanted_width + spare / len(buttons))
        row.add_widget(button)
    row.width = wide
    row.height = max(button.height for button in buttons)
    for button in buttons:
        button.height = row.height
    return row


def cut(heights: Sequence[float], room: float, gap: float) -> list[range]:
    """Return which blocks stand together: as many as fit below each other, in order. A lone one may be too high."""
    leaves: list[range] = []
    start, taken = 0, 0.0
    for n, high in enumerate(heights):
        if n > start and taken + gap + high > room:
            leaves.append(range(start, n))
            start, taken = n, high
        else:
            taken += high + (gap if n > start else 0)
    if start < len(heights) or not leaves:
        leaves.append(range(start, len(heights)))
    return leaves
