"""The next roll (O7): a roll received for development makes exactly one order of a fresh one."""

from dataclasses import dataclass

from photocore.seams import Clock
from photoservice.db.database import Database


@dataclass(frozen=True, kw_only=True)
class NextRolls:
    """Orders next rolls."""

    database: Database
    clock: Clock

    async def run_once(self) -> int:
        """Look at rolls that came in; returns how many orders were made."""
        raise NotImplementedError
