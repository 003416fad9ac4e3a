"""What needs somebody today: a few counts for the operators' first page, each of what its reader may see."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from photocore.duties import Right
from photocore.seams import Clock
from photoservice.db.database import Session
from photoservice.operating.duty import Duty

MOST: Final = 10_000
"""More than these are not counted."""

_SILENT: Final = timedelta(days=2)
_SOON: Final = timedelta(days=1)

RIGHTS: Final[Mapping[str, Right]] = {
    "orders_open": "orders",
    "orders_refused": "orders",
    "orders_asked": "orders",
    "plans_soon": "plans",
    "contested": "contested",
    "parked": "parked",
    "mail_failed": "mail",
    "stations_silent": "fleet",
}
"""What is counted, and who may know."""


@dataclass(frozen=True, kw_only=True)
class Today:
    """Counts what needs somebody."""

    clock: Clock

    async def counts(self, session: Session, duty: Duty) -> dict[str, int]:
        """Return how many there are of each thing ``duty`` may see, in the order in which people read them."""
        now = self.clock.now()
        row = await session.row("ops_home.counts", now - _SILENT, now + _SOON, duty.tenant)
        if row is None:
            return {}
        return {word: int(row[word]) for word, right in RIGHTS.items() if duty.may(right)}
