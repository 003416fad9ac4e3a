"""An outage of a lane's queue, as it is told: a line when it begins and one when it ends, and counted between."""

import traceback
from typing import Final

import asyncpg
import structlog

from photoservice.metrics import Metrics
from photoservice.renditions.wanting import Lane

log = structlog.get_logger(__name__)

DATABASE_DOWN: Final = (
    ConnectionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
)
"""What is raised when the database cannot be reached, cuts a connection, or has none to spare."""

_LONGEST: Final = 200


class Outage:
    """Whether a lane is without its queue."""

    def __init__(self, lane: Lane, metrics: Metrics) -> None:
        self._lane = lane
        self._failures = metrics.failures.labels(task=f"renditions-{lane}")
        self._failed = 0

    @property
    def is_on(self) -> bool:
        """Whether the last question had no answer."""
        return self._failed > 0

    def fails(self, cause: Exception) -> None:
        """Count a failure, and tell the first."""
        self._failed += 1
        self._failures.inc()
        if self._failed == 1:
            log.error("renditions.queue_failing", lane=self._lane, why=in_a_line(cause))

    def ends(self) -> None:
        """Tell that the queue answers again, if it did not."""
        if self._failed:
            log.info("renditions.queue_works_again", lane=self._lane, failed=self._failed)
        self._failed = 0


def in_a_line(cause: BaseException) -> str:
    """Say what was raised and where, without what anybody's variables held."""
    said = next(iter(str(cause).splitlines()), "")[:_LONGEST]
    where = traceback.extract_tb(cause.__traceback__)[-1:]
    at = "".join(f" at {frame.filename.rpartition('/')[2]}:{frame.lineno}" for frame in where)
    return f"{type(cause).__name__}: {said}{at}"
