"""Is this machine's clock right? Told by the photoservice's signed time; nothing is ever refused for it.

Events keep the time they were written with, right or wrong, and order never goes by it (DESIGN 5E). But receipts show
it, so a manager should know.
"""

from dataclasses import dataclass
from datetime import datetime

import structlog

from photocore.seams import Clock

TOLERATED_S = 300.0
"""From here on it is said (research: reliability, clock: more than 5 minutes, warn)."""

_log = structlog.get_logger()


@dataclass
class ClockWatch:
    """Compares the clock with each newly signed time; ``trouble`` is a sentence while they differ.

    ``off_s`` is how many seconds ahead the clock is then, negative when it is behind; None while all is well.
    """

    clock: Clock
    trouble: str = ""
    off_s: float | None = None
    _compared: str = ""

    def compare(self, signed: str) -> None:
        """Take the newest signed time; one that was compared before says nothing new."""
        if not signed or signed == self._compared:
            return
        self._compared = signed
        ahead_s = (self.clock.now() - datetime.fromisoformat(signed)).total_seconds()
        if abs(ahead_s) <= TOLERATED_S:
            self.trouble, self.off_s = "", None
            return
        way = "ahead of" if ahead_s > 0 else "behind"
        said = f"this machine's clock is {_in_words(abs(ahead_s))} {way} the photoservice's: set it right"
        if not self.trouble:
            _log.warning("clock_off", ahead_s=round(ahead_s))
        self.trouble, self.off_s = said, ahead_s


def _in_words(seconds: float) -> str:
    for size, name in ((86_400, "days"), (3600, "hours")):
        if seconds >= 2 * size:
            return f"{round(seconds / size)} {name}"
    return f"{round(seconds / 60)} minutes"
