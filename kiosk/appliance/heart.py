"""What the service manager is told: that the kiosk is open, that it lives, that it ends.

It is told by the screen's own loop and by nothing else, so a loop that hangs is silent, and a kiosk that is silent is
started anew (``WatchdogSec=`` in deploy/systemd). A loop that turns but draws no more is silent too: what is due to
be drawn and was not, from one beat to the next, is a picture nobody can trust (research: kivy 5.2).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import structlog

Tell = Callable[[str], None]
"""Takes what ``sd_notify`` would send: lines such as ``READY=1``."""


@dataclass(frozen=True, kw_only=True)
class Turn:
    """How the window's loop is, at one of its turns: frames drawn since the start, and whether one is due now."""

    flips: int
    is_frame_due: bool


class Heart:
    """Beats while the window draws what it owes. For the screen's thread alone."""

    def __init__(self, tell: Tell) -> None:
        self._tell = tell
        self._has_begun = False
        self._last: Turn | None = None
        self._status = ""
        self._is_still = False
        self._log: Any = structlog.get_logger().bind(room="kiosk")

    def begin(self) -> None:
        """Say that the first frame is there: whoever waited for the kiosk may go on."""
        self._has_begun = True
        self._tell("READY=1")

    def beat(self, turn: Turn, status: str) -> None:
        """Say that it lives, and how it is when that changed; nothing while a frame is owed, or before the first."""
        if not self._has_begun:
            return
        last, self._last = self._last, turn
        if last and last.is_frame_due and turn.is_frame_due and last.flips == turn.flips:
            self._note_still()
            return
        self._is_still = False
        if status == self._status:
            self._tell("WATCHDOG=1")
        else:
            self._status = status
            self._tell(f"WATCHDOG=1\nSTATUS={status}")

    def end(self) -> None:
        """Say that it ends because it was asked to."""
        self._tell("STOPPING=1")

    def _note_still(self) -> None:
        if not self._is_still:
            self._is_still = True
            self._log.error("screen.still", why="a frame is due and none is drawn; the service manager will restart us")
