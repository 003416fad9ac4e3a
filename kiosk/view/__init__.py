"""``view(state, strings) -> Screen``: the flow's state as a screen, without a display."""

from kiosk.view.frame import view
from kiosk.view.screen import Screen, Strings

__all__ = ["Screen", "Strings", "view"]
