"""What stands at this moment: what waits for a person or a round, and how long. For metrics and the doctor."""

from dataclasses import dataclass
from datetime import datetime

from photoservice.db.database import Session
from photoservice.metrics import Metrics


@dataclass(frozen=True, kw_only=True)
class Standing:
    """Counts, and seconds that the first of each waits; 0 where nothing does."""

    contested: int
    parked_events: int
    plans_uncounted: int
    plans_uncounted_seconds: float
    plans_due: int
    plans_late_seconds: float
    orders_open: int
    orders_late_seconds: float
    checkouts_open: int

    def tell(self, metrics: Metrics) -> None:
        """Set the gauges of this process."""
        for name, gauge in metrics.standing.items():
            gauge.set(getattr(self, name))


async def read_standing(session: Session, now: datetime) -> Standing:
    """Return what stands now."""
    row = await session.row("standing.now", now)
    assert row is not None, "a query of aggregates has a row"  # noqa: S101
    return Standing(
        contested=row["contested"],
        parked_events=row["parked"],
        plans_uncounted=row["uncounted"],
        plans_uncounted_seconds=max(0.0, row["uncounted_s"]),
        plans_due=row["plans_due"],
        plans_late_seconds=max(0.0, row["plans_late_s"]),
        orders_open=row["orders"],
        orders_late_seconds=max(0.0, row["orders_late_s"]),
        checkouts_open=row["checkouts"],
    )
