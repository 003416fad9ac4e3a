"""Reminding people of orders that wait for them, and ending those that waited too long."""

from dataclasses import dataclass

from photocore.seams import Clock
from photoservice.db.database import Database


@dataclass(frozen=True, kw_only=True)
class Reminding:
    """Reminds people."""

    database: Database
    clock: Clock

    async def run_once(self) -> int:
        """Remind whom there is to remind, and end what waited too long; returns how many orders it was about."""
        raise NotImplementedError
