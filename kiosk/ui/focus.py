"""Where the keypad stands: a thick ring round one part of the page.

Two bands, so that it is told from whatever lies on either side of it: the inner one is as light as paper
(or black), the outer one strong, and between the two there is 3:1 in every theme. It lies over the page and moves
alone: nothing of the page is built anew for it.
"""

from collections.abc import Iterable
from typing import Final

from kiosk.ui.boxes import draw_outline
from kiosk.ui.buttons import Touchable
from kiosk.ui.look import Look
from kiosk.ui.toolkit import Clock, Widget

BAND_U: Final = 0.9
GAP_U: Final = 0.5
RADIUS_U: Final = 3.0


class FocusRing(Widget):
    """The ring. It follows its part while the page finds its layout, and takes no touch."""

    def __init__(self, look: Look) -> None:
        super().__init__(size_hint=(None, None), size=(0, 0))
        self.look = look
        self.target: Widget | None = None
        self._redraw = Clock.create_trigger(self._draw, -1)

    def show(self, part: Widget | None) -> None:
        """Lay the ring round ``part``, or take it away."""
        if part is not self.target:
            if self.target:
                self.target.unbind(pos=self._follow, size=self._follow)
            self.target = part
            if part:
                part.bind(pos=self._follow, size=self._follow)
        self._redraw()

    def _follow(self, *_: object) -> None:
        self._redraw()

    def _draw(self, *_: object) -> None:
        self.canvas.clear()
        if self.target is None or min(self.target.size) < 1:
            self.size = (0, 0)
            return
        look, u = self.look, self.look.u
        reach = (GAP_U + BAND_U) * u
        wide, high = look.window
        left, low = max(0, self.target.x - reach), max(0, self.target.y - reach)
        right = min(wide, self.target.x + self.target.width + reach)
        top = min(high, self.target.y + self.target.height + reach)
        self.pos, self.size = (left, low), (right - left, top - low)
        inset = BAND_U * u
        with self.canvas:
            draw_outline(
                look, (left + inset, low + inset), (self.width - 2 * inset, self.height - 2 * inset),
                colour=look["focus_gap"], width_u=GAP_U / 2, radius_u=RADIUS_U - BAND_U,
            )  # fmt: skip
            draw_outline(look, self.pos, self.size, colour=look["focus"], width_u=BAND_U / 2, radius_u=RADIUS_U)


def part_named(name: str, places: Iterable[Widget]) -> Widget | None:
    """Return what is drawn for the part ``name``: a button by its id, anything else by the name it was given."""
    if not name:
        return None
    for place in places:
        for widget in place.walk(restrict=True):
            if getattr(widget, "part", "") == name or (isinstance(widget, Touchable) and widget.button.id == name):
                return widget
    return None
