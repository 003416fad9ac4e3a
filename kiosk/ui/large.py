"""A page in large text: the same parts in the same order, each as large as an eye that sees little needs them.

One drawing for every page there is and will be: it is made from :func:`kiosk.view.reading.reading` alone, which speech
and the keypad walk too, so nothing can be missing here that is said or pressed elsewhere. What does not fit is cut into
leaves; ``More`` and ``Previous`` turn them, and so does the keypad when it walks on. A layout that was only made larger
would break words or lose buttons on the full pages (research: kivy 5.3).

The heading, the page's own buttons and what is typed stand on every leaf.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from kiosk.ui.boxes import draw_sheet, named
from kiosk.ui.buttons import LEAST_HIGH_U, Press
from kiosk.ui.focus import FocusRing, part_named
from kiosk.ui.keys import Pad, StepperRow
from kiosk.ui.large_parts import (
    MARGIN_U,
    drawn_of,
    is_elsewhere,
    own_buttons,
    page_of,
    pager_row,
    step_row,
    store_row,
)
from kiosk.ui.leaves import (
    GAP_U,
    FieldBlock,
    LargeEntry,
    LargeText,
    QrBlock,
    TextBlock,
    button_rows,
    cut,
    text_blocks,
    words_of,
)
from kiosk.ui.look import Look
from kiosk.ui.overlay import CountdownBar
from kiosk.ui.pictures import ScanPicture
from kiosk.ui.shaping import HAND
from kiosk.ui.strip import FilmStrip
from kiosk.ui.textures import qr_texture, secret_qr_texture
from kiosk.ui.toolkit import FloatLayout, Widget
from kiosk.view.reading import HEADING, Part, reading
from kiosk.view.screen import Button, Screen

TITLE_SHARE: Final = 1.3
PINNED_SHARE: Final = 0.42
"""The page's buttons take at most so much of the height in portrait; more of them stand among the text."""
LEAST_FLOW_U: Final = 26.0
LEAST_PICTURE_U: Final = 26.0
IN_HEAD: Final = frozenset({HEADING, "store"})
IN_FIXED: Final = frozenset({"field", "stepper"})
MOST_KEY_U, LEAST_KEY_U = 17.0, 9.0


class LargeStage(FloatLayout):
    """The whole window in large text. It is measured at once and placed by itself; the loop only draws it."""

    def __init__(self, look: Look, press: Press) -> None:
        super().__init__()
        self.look, self.press = look, press
        self.screen: Screen | None = None
        self.leaf = 0
        self.leaves: list[list[Widget]] = [[]]
        self.ring = FocusRing(look)
        self.picture: ScanPicture | FilmStrip | None = None
        self._on_leaf: list[Widget] = []
        self._titles: list[Widget] = []
        self._made: dict[object, list[Widget]] = {}
        self._room = (0.0, 0.0, 0.0)
        """Left, bottom, top of the flow, in pixels."""
        self._wide = 0.0

    @property
    def gap(self) -> float:
        """The room between two parts, in pixels."""
        return GAP_U * self.look.u

    def front(self) -> Widget:
        """Return what can be touched now: all of it."""
        return self

    def show(self, screen: Screen) -> None:
        """Draw ``screen``; where the keypad went to another part, on the leaf that has it."""
        HAND.language = screen.language
        before, self.screen = self.screen, screen
        if before is None or page_of(before) != page_of(screen):
            self.leaf, self._made = 0, {}
        if before is None or drawn_of(before) != drawn_of(screen):
            self._build(screen)
        focus = screen.access.focus
        if focus and (before is None or focus != before.access.focus):
            self._turn_to(focus)
        self.ring.show(part_named(focus, [self]))

    def halt(self) -> None:
        """Stop whatever moves: nothing does in large text."""

    def resume(self) -> None:
        """Let what was halted move again: nothing does."""

    def turn(self, leaf: int) -> None:
        """Show another leaf."""
        self.leaf = max(0, min(leaf, len(self.leaves) - 1))
        self._show_leaf()
        if self.screen:
            self.ring.show(part_named(self.screen.access.focus, [self]))

    def _turn_to(self, part: str) -> None:
        for n, leaf in enumerate(self.leaves):
            if n != self.leaf and part_named(part, leaf):
                self.turn(n)
                return

    def _press(self, button: str) -> None:
        """Turn the leaf, or say which button was touched: leaves are this drawing's own."""
        if button.startswith("leaf:"):
            self.turn(self.leaf + (1 if button == "leaf:after" else -1))
        else:
            self.press(button)

    def _build(self, screen: Screen) -> None:
        look, (wide, high) = self.look, self.look.window
        u = look.u
        self.clear_widgets()
        self.canvas.before.clear()
        self._on_leaf, self._titles = [], []
        margin = MARGIN_U * u
        top = self._add_head(screen, high - 1.6 * u)
        left, right, low = margin, wide - margin, 2.8 * u
        if self._has_side(screen):
            share = 0.56 if screen.keypad else 0.42
            middle = left + (right - left) * (share if look.is_rtl else 1 - share)
            words, side = (left, middle - 2 * u), (middle + 2 * u, right)
            if look.is_rtl:
                words, side = (middle + 2 * u, right), (left, middle - 2 * u)
            if screen.keypad:
                low = self._add_rows(self._foot(screen, right - left), left, low)
            pinned = self._add_side(screen, side, low, min(top, look.reach_px))
            left, right = words
            top = self._add_title(screen, left, right - left, top)
        else:
            low = self._add_rows(self._foot(screen, right - left), left, low)
            top = self._add_title(screen, left, right - left, top)
            low, pinned = self._add_bottom(screen, left, right - left, low, min(top, look.reach_px))
        top = self._lower_title(top, is_over=screen.overlay is not None)
        self._room, self._wide = (left, low, top), right - left
        self.leaves = self._cut(screen, frozenset(pinned))
        self.leaf = min(self.leaf, len(self.leaves) - 1)
        if screen.overlay:
            self._lay_over(high - 1.2 * u)
        self.add_widget(self.ring)
        self._show_leaf()

    def _has_side(self, screen: Screen) -> bool:
        """Say whether the page's own buttons stand beside the words: in a low window, unless they are a list."""
        is_list = screen.overlay is not None and screen.overlay.is_list
        return self.look.is_landscape and not is_list and bool(own_buttons(screen))

    def _add_strip(self, low: float, top: float) -> None:
        """Fill empty room with a film strip, if it is high enough for one."""
        if top - low > LEAST_PICTURE_U / 2 * self.look.u:
            strip = FilmStrip(self.look, is_still=True)
            strip.size_hint, strip.size, strip.pos = (None, None), (self.look.window[0], top - low), (0, low)
            self.add_widget(strip)

    def _lower_title(self, top: float, *, is_over: bool) -> float:
        """Bring the heading down to what is touched, for a person who sits; return where it ends then."""
        gap = max(0.0, top - self.look.reach_px)
        if gap and not is_over:
            high = max(title.y + title.height for title in self._titles)
            self._add_strip(high - gap, high)
        for title in self._titles:
            title.y -= gap
        return top - gap

    def _lay_over(self, top: float) -> None:
        """Lay a sheet under a question, as high as it is, low on the page: it is seen to lie over it."""
        look, u = self.look, self.look.u
        spare = 0.0
        if len(self.leaves) == 1:
            _, low, high = self._room
            taken = sum(block.height + self.gap for block in self.leaves[0])
            side = max(child.y + child.height for child in self.children if child not in self._titles)
            spare = max(0.0, min(high - low - taken, top - side - 4 * u))
        for title in self._titles:
            title.y -= spare
        self._room = (*self._room[:2], self._room[2] - spare)
        edge = min(top, max(title.y + title.height for title in self._titles) + 2.4 * u)
        self._add_strip(edge + 2 * u, top)
        with self.canvas.before:
            draw_sheet(
                look, (1.5 * u, 1.2 * u), (look.window[0] - 3 * u, edge - 1.2 * u),
                fill=look["surface"], edge=look["accent_line"], edge_u=0.4,
            )  # fmt: skip

    def _add_head(self, screen: Screen, top: float) -> float:
        """Add whose kiosk it is, the light's sign and the steps; return where they end."""
        u = self.look.u
        if screen.overlay:
            return top - 2 * u
        top = self._put(store_row(self.look, screen.store, screen.light), 0, top)
        if screen.steps:
            top = self._put(step_row(self.look, screen.steps), 0, top - u)
        return top - 1.6 * u

    def _add_title(self, screen: Screen, left: float, wide: float, top: float) -> float:
        look, u = self.look, self.look.u
        words = (screen.overlay.title if screen.overlay else screen.title).replace("\n", " ")
        title = LargeText(look, words, wide=wide, weight="display", share=TITLE_SHARE)
        if title.height > (look.window[1] * 0.4):
            title = LargeText(look, words, wide=wide, weight="display")
        top = self._put(named(title, HEADING), left, top)
        self._titles.append(title)
        if screen.overlay and screen.overlay.share is not None:
            bar = CountdownBar(look, screen.overlay.share)
            bar.size_hint_x, bar.width = None, wide
            self._titles.append(bar)
            top = self._put(bar, left, top - u)
        return top - 1.4 * u

    def _foot(self, screen: Screen, wide: float) -> list[Widget]:
        return [] if screen.overlay else button_rows(self.look, screen.tools, self._press, wide=wide)

    def _add_rows(self, rows: Sequence[Widget], left: float, low: float) -> float:
        """Stack ``rows`` on ``low``, the last the lowest; return where they end."""
        for row in reversed(rows):
            row.pos = (left, low)
            self.add_widget(row)
            low += row.height + self.gap
        return low

    def _add_bottom(self, screen: Screen, left: float, wide: float, low: float, top: float) -> tuple[float, list[str]]:
        """Add the page's buttons and what is typed above them; return where they end and which buttons are there."""
        rows, pinned = self._pinned(screen, wide, (top - low) * PINNED_SHARE)
        low = self._add_rows(rows, left, low)
        least = LEAST_FLOW_U * self.look.u + self._pager_high()
        return self._add_rows(self._fixed(screen, wide, top - low - least), left, low), pinned

    def _add_side(self, screen: Screen, pane: tuple[float, float], low: float, top: float) -> list[str]:
        """Add to the second pane what is typed and below it the page's buttons; return which of those are there."""
        left, wide = pane[0], pane[1] - pane[0]
        if not screen.keypad:
            low = self._add_rows(self._foot(screen, wide), left, low)
        is_typed = screen.keypad is not None and not screen.overlay
        rows, pinned = self._pinned(screen, wide, (top - low) * (0.36 if is_typed else 1.0))
        low = self._add_rows(rows, left, low)
        self._add_rows(self._fixed(screen, wide, top - low), left, low)
        return pinned

    def _pinned(self, screen: Screen, wide: float, room: float) -> tuple[list[Widget], list[str]]:
        """Return the page's own buttons in rows, the last ones where not all have room, and their ids."""
        buttons = list(own_buttons(screen))
        while buttons:
            rows = self._rows(buttons, wide)
            if len(buttons) == 1 or sum(row.height + self.gap for row in rows) <= room:
                return rows, [button.id for button in buttons]
            buttons = buttons[1:]
        return [], []

    def _rows(self, buttons: Sequence[Button], wide: float) -> list[Widget]:
        key = ("rows", tuple(buttons), wide)
        if key not in self._made:
            self._made[key] = button_rows(self.look, buttons, self._press, wide=wide)
        return self._made[key]

    def _fixed(self, screen: Screen, wide: float, room: float) -> list[Widget]:
        """Return what is typed or counted and its keys: they stand on every leaf."""
        if screen.overlay:
            return []
        found: list[Widget] = []
        field = next((part for part in reading(screen) if part.id == "field"), None)
        if field:
            words = words_of(self.look, field)[1:]
            found.append(named(FieldBlock(self.look, words, wide=wide), "field"))
        if screen.stepper:
            stepper = StepperRow(self.look, self._press)
            stepper.show(screen.stepper)
            stepper.size_hint, stepper.width = (None, None), wide
            number = 8 if self.look.is_low and self.look.is_landscape else 11
            stepper.height = (3.2 + (number + self.look.large_u) * 1.25) * self.look.u
            found.append(stepper)
        if screen.keypad:
            room -= sum(widget.height + self.gap for widget in found)
            found.append(self._pad(screen.keypad.rows, wide, room))
        return found

    def _pad(self, rows: tuple[str, ...], wide: float, room: float) -> Widget:
        u = self.look.u
        high = max(LEAST_KEY_U, min(MOST_KEY_U, room / u / len(rows) - 1.4))
        key = ("pad", rows, wide, high)
        if key not in self._made:
            pad = Pad(self.look, self._press, digit_high_u=high, letter_high_u=high)
            pad.show(rows)
            pad.size_hint, pad.width = (None, None), wide
            pad.height = (high * len(rows) + 1.4 * (len(rows) - 1)) * u
            self._made[key] = [pad]
        return self._made[key][0]

    def _cut(self, screen: Screen, pinned: frozenset[str]) -> list[list[Widget]]:
        """Return the leaves: one if all has room, else as many as it takes, with room for the pager on each."""
        _, low, top = self._room
        whole = top - low
        room = whole - self._pager_high()
        blocks = list(self._blocks(screen, pinned, room))
        heights = [block.height for block in blocks]
        leaves = cut(heights, whole, self.gap)
        if len(leaves) > 1:
            leaves = cut(heights, room, self.gap)
        return [[blocks[n] for n in leaf] for leaf in leaves]

    def _blocks(self, screen: Screen, pinned: frozenset[str], highest: float) -> Iterator[Widget]:
        """Yield what flows: every part that stands nowhere else, those to be touched in rows."""
        found = {button.id: button for button in screen.touchable()}
        waiting: list[Button] = []
        if screen.number and not screen.overlay:
            yield QrBlock(self.look, qr_texture(screen.number), wide=self._wide)
        if screen.qr and not screen.overlay:
            yield QrBlock(self.look, secret_qr_texture(screen.qr), wide=self._wide)
        for part in reading(screen):
            button = found.get(part.id)
            if part.role == "key" or part.id in IN_HEAD | IN_FIXED | pinned or part.role == "step":
                continue
            if button and is_elsewhere(screen, button):
                continue
            if button and not (part.value or part.detail):
                waiting.append(button)
                continue
            yield from self._rows(waiting, self._wide) if waiting else ()
            waiting = []
            yield from self._part(part, button, highest)
        yield from self._rows(waiting, self._wide) if waiting else ()

    def _part(self, part: Part, button: Button | None, highest: float) -> list[Widget]:
        key = (part, self._wide, highest)
        if key not in self._made:
            look = self.look
            if button:
                room = self._wide - 6.4 * look.u - look.large_px * 1.2
                block = TextBlock(look, part.state, words_of(look, part), wide=room)
                self._made[key] = [LargeEntry(look, button, block, self._press, wide=self._wide)]
            else:
                self._made[key] = text_blocks(look, part, wide=self._wide, highest=highest)
        return self._made[key]

    def _show_leaf(self) -> None:
        for widget in self._on_leaf:
            self.remove_widget(widget)
        left, low, top = self._room
        self._on_leaf = list(self.leaves[self.leaf])
        for widget in self._on_leaf:
            widget.pos = (left, top - widget.height)
            top -= widget.height + self.gap
            self.add_widget(widget, 1)
        if len(self.leaves) > 1:
            turners = self.screen.leaves if self.screen else ()
            pager = pager_row(
                self.look,
                turners,
                (self.leaf, len(self.leaves)),
                self._press,
                wide=self._wide,
                high=self._pager_high() - self.gap,
            )
            pager.pos = (left, low)
            low += pager.height + self.gap
            self._on_leaf.append(pager)
            self.add_widget(pager, 1)
        self._fill_rest(left, low, top)

    def _fill_rest(self, left: float, low: float, top: float) -> None:
        """Show the picture that says what to hold under the scanner, where the first leaf has room for it."""
        screen, u = self.screen, self.look.u
        if screen is None or screen.overlay or self.leaf or top - low < LEAST_PICTURE_U * u:
            return
        live = next((slot for slot in screen.slots if slot.state == "live"), None)
        if live:
            picture: Widget = ScanPicture(self.look, live)
        elif screen.layout == "attract":
            picture = FilmStrip(self.look, is_still=True)
        else:
            return
        picture.size_hint, picture.pos = (None, None), (left, low)
        picture.size = (self._wide, top - low)
        self._on_leaf.append(picture)
        self.add_widget(picture, 1)

    def _pager_high(self) -> float:
        return max((LEAST_HIGH_U + 2) * self.look.u, self.look.large_px * 1.4) + self.gap

    def _put(self, widget: Widget, left: float, top: float) -> float:
        widget.pos = (left, top - widget.height)
        self.add_widget(widget)
        return top - widget.height
