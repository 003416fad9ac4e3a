"""What the middle of every page is: a room that shows its part of the screen, and can be halted."""

from kiosk.ui.boxes import VBox
from kiosk.ui.buttons import Press
from kiosk.ui.look import Look
from kiosk.ui.toolkit import Widget
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

    def show(self, screen: Screen) -> None:
        """Show this body's part of ``screen``."""
        raise NotImplementedError

    def halt(self) -> None:
        """Stop whatever moves; the page is going away. What is kept moves again when it is shown again."""
