"""What this process saw of requests since it last told: counts by measure and hour, in memory until they are added."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from photoservice.dashboards.measures import ERRORS, REFUSED, REQUESTS, latency_of

_NOT_COUNTED: Final = frozenset({"/health", "/ready", "/metrics"})
"""What machines ask all day long."""

_NOT_TIMED: Final = "PATCH"
"""A part of an upload takes as long as the network that brings it."""

Seen = Mapping[tuple[str, datetime], int]


class Traffic:
    """Counts until somebody takes the counts away."""

    def __init__(self) -> None:
        self._seen: Counter[tuple[str, datetime]] = Counter()

    def note(self, method: str, route: str, status: int, *, seconds: float, at: datetime) -> None:
        """Count one answered request."""
        if route in _NOT_COUNTED:
            return
        hour = at.replace(minute=0, second=0, microsecond=0)
        self._seen[REQUESTS, hour] += 1
        if method != _NOT_TIMED:
            self._seen[latency_of(seconds), hour] += 1
        if status >= 500:
            self._seen[ERRORS, hour] += 1
        elif status >= 400:
            self._seen[REFUSED, hour] += 1

    def take(self) -> Seen:
        """Return what was counted since the last time, and begin anew."""
        seen, self._seen = self._seen, Counter()
        return seen

    def put_back(self, seen: Seen) -> None:
        """Count again what could not be added."""
        self._seen.update(seen)
