"""When the toolkit's loop turns: sixty times a second, and at once when there is something to do now.

The toolkit's plain clock sleeps to the end of its sixtieth of a second whatever comes; its clock that can be woken
never sleeps while a picture moves, since a motion is always due. This one does both: what a thread rings for is drawn
at once, and what moves waits for the next sixtieth. :mod:`kiosk.ui.display` chooses the clock that can be woken.

Nobody rings when the screen is touched: the toolkit asks the window at every turn. Where nobody has been for a while it
asks ten times a second, which costs a quarter of what sixty do, and the first touch waits a tenth of a second at most.
"""

# pyright: basic
# (Kivy has no types.)

from math import inf
from typing import Any, Final

from kivy.clock import Clock

AWAKE_HZ: Final = 60.0
RESTING_HZ: Final = 10.0


def sleep_through_motions() -> None:
    """Let what is due with every frame wait for the frame; only what is asked for now wakes the loop."""
    clock: Any = Clock
    clock._get_min_timeout_func = lambda: inf  # noqa: SLF001  there is no public way to say it


def beat(*, is_resting: bool) -> None:
    """Turn sixty times a second, or ten while nobody is there; a thread's ring is heard at once either way."""
    clock: Any = Clock
    clock._max_fps = RESTING_HZ if is_resting else AWAKE_HZ  # noqa: SLF001  read at every turn; settable nowhere else
