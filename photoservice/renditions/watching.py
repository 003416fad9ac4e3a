"""What every process does beside the work itself: find rolls that were left behind, and tell how long the queue is."""

from photoservice.db.database import Database
from photoservice.metrics import Metrics
from photoservice.renditions.wanting import LANES, sweep

EVERY_S = 15.0
"""How often; a job that a killed worker held is found by the queue itself, and sooner."""


async def watch_once(database: Database, metrics: Metrics) -> int:
    """Sweep once and set the gauges; returns how many rolls were given a job."""
    async with database.begin() as session:
        found = await sweep(session)
        waiting = {row["lane"]: row for row in await session.rows("renditions.waiting")}
    for lane in LANES:
        row = waiting.get(lane)
        metrics.rolls_waiting.labels(lane=lane).set(row["rolls"] if row else 0)
        metrics.rolls_retried.labels(lane=lane).set(row["retried"] if row else 0)
        metrics.rolls_oldest.labels(lane=lane).set(row["oldest_s"] if row else 0)
    return found
