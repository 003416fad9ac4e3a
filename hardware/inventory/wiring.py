"""The composition root of ``twincheck devices``: the one place here that takes the real clock."""

from photocore.host import SystemClock
from photocore.seams import Clock


def system_clock() -> Clock:
    """Return the machine's clock."""
    return SystemClock()
