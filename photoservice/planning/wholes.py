"""A roll is whole when all of its pictures are there: when nothing of it changed for a while (``Settings.told_after``).

No lab says "that was the last one". A roll becomes whole once; pictures that come later are late ones of a whole roll.
"""

from dataclasses import dataclass
from datetime import timedelta

from photocore.seams import Clock
from photoservice.db.database import Database


@dataclass(frozen=True, kw_only=True)
class Wholes:
    """Finds rolls that are whole."""

    database: Database
    clock: Clock
    quiet_for: timedelta

    async def run_once(self) -> int:
        """Note the rolls that became whole; returns how many."""
        raise NotImplementedError
