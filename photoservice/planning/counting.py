"""What came is counted toward every plan that covers it, once: many rows at a time, by any number of workers.

Rows are taken and images counted in one transaction, so a worker that dies leaves all or nothing.
"""

from dataclasses import dataclass

from photocore.seams import Clock
from photoservice.db.database import Database
from photoservice.persons.persons import Persons
from photoservice.planning.defaults import Defaults


@dataclass(frozen=True, kw_only=True)
class Counting:
    """Counts."""

    database: Database
    clock: Clock
    persons: Persons
    defaults: Defaults
    at_once: int = 2_000

    async def run_once(self) -> int:
        """Count all there is to count; returns how many rows were taken."""
        raise NotImplementedError
