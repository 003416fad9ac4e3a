"""What is counted by the hour: what the tables tell by themselves, and what only the processes see.

The first sort is counted again and again with the same result (``hourly.sql``), so nothing that happens to a process
can lose or double it. Of the second each process adds what it saw, once a minute: one that is killed loses no more.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Final

COUNTED: Final = (
    "registrations",
    "confirmed",
    "contested",
    "parked",
    "images",
    "renditions",
    "orders_made",
    "orders_released",
    "payments",
    "messages_sent",
    "messages_failed",
)
"""Counted from the tables, whole hours at a time."""

OF_TENANTS: Final = frozenset(
    {"registrations", "confirmed", "contested", "parked", "images", "orders_made", "orders_released"}
)
"""What is also counted for each tenant; the rest is of the whole house."""

REQUESTS: Final = "requests"
REFUSED: Final = "refused"
ERRORS: Final = "errors"
BOUNDS_MS: Final = (5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000)
"""A request is counted under the first of these bounds that its answer kept, or under ``slower``."""
SLOWER: Final = "latency_slower"
LATENCIES: Final = (*(f"latency_{bound}" for bound in BOUNDS_MS), SLOWER)
SEEN: Final = (REQUESTS, REFUSED, ERRORS, *LATENCIES)
"""Seen by processes only."""


def latency_of(seconds: float) -> str:
    """Return the measure a request that took so long is counted under."""
    for bound in BOUNDS_MS:
        if seconds * 1000 <= bound:
            return f"latency_{bound}"
    return SLOWER


def quantile_ms(counts: Sequence[int], share: float) -> int:
    """Return the bound in ms that ``share`` of the requests kept, of counts as ``LATENCIES``; 0 where there were none.

    What is slower than the last bound is told as that bound: the numbers know no more.
    """
    wanted, seen = math.ceil(sum(counts) * share), 0
    if not wanted:
        return 0
    for bound, count in zip(BOUNDS_MS, counts, strict=False):
        seen += count
        if seen >= wanted:
            return bound
    return BOUNDS_MS[-1]


def quantiles_ms(values: Mapping[str, Sequence[int]], share: float) -> tuple[int, ...]:
    """Return the quantile of each step, of rows by measure that are equally long."""
    return tuple(quantile_ms(step, share) for step in zip(*(values[name] for name in LATENCIES), strict=True))
