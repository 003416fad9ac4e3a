"""When a kiosk starts anew by itself: once a night, in an hour of its own, and never under somebody's hand.

Programs that run for months collect what nobody foresaw; a start of a second at half past three costs no one
anything (research: pos_kiosk 2.4). Wall clocks jump, and twice a year an hour is missing or comes twice: so what counts
is a stretch of time, not a minute, and a kiosk that has just started never starts again.
"""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final

STRETCH: Final = timedelta(hours=2)
"""So long after the hour it may still be done; somebody may stand there at the hour itself."""
AWAKE_S: Final = 3 * 3600.0
"""A kiosk that has run for less than this has no need of it: the hour may have come twice."""
QUIET_S: Final = 600.0
"""Nobody touched or scanned anything for so long."""
RESTART: Final = 75
"""The exit code that asks the service manager for a fresh start (EX_TEMPFAIL)."""


@dataclass(frozen=True, kw_only=True)
class NightRest:
    """The hour of the start, by the store's own clock; ``began`` is a monotonic second, when this kiosk was opened."""

    at: time
    began: float

    def is_due(self, local: datetime, monotonic: float) -> bool:
        """Say whether it may be done now, as far as clocks go; ``local`` is the store's wall time, aware.

        Wall time alone decides about the hour: where the clock springs over it, the stretch begins after the leap.
        """
        if monotonic - self.began < AWAKE_S:
            return False
        wall = local.replace(tzinfo=None, fold=0)
        begins = datetime.combine(wall.date(), self.at)
        return any(begins - day <= wall < begins - day + STRETCH for day in (timedelta(), timedelta(days=1)))
