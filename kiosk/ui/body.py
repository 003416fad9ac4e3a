"""What the middle of every page is: a room that shows its part of the screen, and can be halted."""

from kiosk.ui.boxes import VBox
from kiosk.ui.buttons import Press
from kiosk.ui.facts import FactRows
from kiosk.ui.look import Look
from kiosk.ui.toolkit import Clock, Widget
from kiosk.view.screen import Screen


class Body(VBox):
    """The room between heading and buttons. One that every session walks through is kept while others are shown."""

    is_kept = False

    def __init__(self, look: Look, press: Press) -> None:
        u = look.u
        super().__init__(gap=2.4 * u, padding=[5 * u, 2.2 * u, 5 * u, 1.4 * u])
        self.look = look
        self.press = press
        self.side: Widget | None = None
        """The part that stands beside the words in landscape; below them, in the body, in portrait."""

    def watch_room(self, facts: FactRows, *, box: VBox | None = None, least: float = 0.0) -> None:
        """Show ``facts`` with less air where ``box`` would be higher than its room; ``least`` is left for the rest.

        The box is the body itself, if none is named.
        """
        place = box or self

        def check(_: float) -> None:
            if place.minimum_height + least > place.height + 1:
                facts.tighten()

        ask = Clock.create_trigger(check)
        place.bind(height=lambda *_: ask(), minimum_height=lambda *_: ask())

    def show(self, screen: Screen) -> None:
        """Show this body's part of ``screen``."""
        raise NotImplementedError

    def halt(self) -> None:
        """Stop whatever moves; the page is going away. What is kept moves again when it is shown again."""
