"""A roll is whole when all of its pictures are there: when nothing of it changed for a while (``Settings.told_after``).

No lab says "that was the last one". A roll becomes whole once; pictures that come later are late ones of a whole roll.
The moment follows from its last change and not from when somebody looks.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from photocore.seams import Clock
from photoservice.db.database import Database

_AT_ONCE: Final = 500


@dataclass(frozen=True, kw_only=True)
class Wholes:
    """Finds rolls that are whole."""

    database: Database
    clock: Clock
    quiet_for: timedelta

    async def run_once(self) -> int:
        """Note the rolls that became whole; returns how many."""
        found = 0
        while True:
            now = self.clock.now()
            async with self.database.begin() as session:
                one = await session.run(
                    "planning_counting.find_whole", now, now - self.quiet_for, self.quiet_for, _AT_ONCE
                )
            found += one
            if one < _AT_ONCE:
                return found
