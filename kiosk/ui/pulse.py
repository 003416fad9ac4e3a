"""When the toolkit's loop turns: sixty times a second, and at once when there is something to do now.

The toolkit's plain clock sleeps to the end of its sixtieth of a second whatever comes; its clock that can be woken
never sleeps while a picture moves, since a motion is always due. This one does both: what a thread rings for is drawn
at once, and what moves waits for the next sixtieth. :mod:`kiosk.ui.display` chooses the clock that can be woken.
"""

# pyright: basic
# (Kivy has no types.)

from math import inf
from typing import Any

from kivy.clock import Clock


def sleep_through_motions() -> None:
    """Let what is due with every frame wait for the frame; only what is asked for now wakes the loop."""
    clock: Any = Clock
    clock._get_min_timeout_func = lambda: inf  # noqa: SLF001  there is no public way to say it
