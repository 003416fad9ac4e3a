"""Virtual time: a heap of what will happen, in whole milliseconds. Waiting costs nothing, and the order is fixed."""

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

SECOND = 1000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR

BEGINNING = datetime(2026, 11, 2, 0, 0, tzinfo=UTC)
"""Midnight of a Monday, at which every simulated world begins."""

Action = Callable[[], object]


@dataclass(order=True)
class Due:
    """Something that will happen, unless it is called off."""

    at_ms: int
    order: int
    action: Action = field(compare=False)
    is_off: bool = field(default=False, compare=False)


class Loop:
    """The heap. ``after_each`` is called when an action is done, at the same virtual moment."""

    def __init__(self, after_each: Action = lambda: None) -> None:
        self.now_ms = 0
        self.steps = 0
        self.after_each = after_each
        self._heap: list[Due] = []
        self._order = 0

    def at(self, when_ms: int, action: Action) -> Due:
        """Let ``action`` happen at ``when_ms``, or now if that is past."""
        self._order += 1
        due = Due(max(when_ms, self.now_ms), self._order, action)
        heapq.heappush(self._heap, due)
        return due

    def after(self, wait_ms: int, action: Action) -> Due:
        """Let ``action`` happen ``wait_ms`` from now."""
        return self.at(self.now_ms + wait_ms, action)

    def every(self, period_ms: int, first_ms: int, action: Action) -> None:
        """Let ``action`` happen again and again."""

        def again() -> None:
            self.after(period_ms, again)
            action()

        self.at(first_ms, again)

    def run_until(self, end_ms: int) -> None:
        """Let everything happen that is due before ``end_ms``, and then be that time."""
        while self._heap and self._heap[0].at_ms < end_ms:
            due = heapq.heappop(self._heap)
            if due.is_off:
                continue
            self.now_ms = due.at_ms
            self.steps += 1
            due.action()
            self.after_each()
        self.now_ms = end_ms


def wall(at_ms: int) -> datetime:
    """Return the true wall time of a virtual moment."""
    return BEGINNING + timedelta(milliseconds=at_ms)


def spoken(at_ms: int) -> str:
    """Return a virtual moment as a story tells it: ``day 3 14:05:09.250``."""
    days, rest = divmod(at_ms, DAY)
    hours, rest = divmod(rest, HOUR)
    minutes, rest = divmod(rest, MINUTE)
    return f"day {days + 1} {hours:02d}:{minutes:02d}:{rest // SECOND:02d}.{rest % SECOND:03d}"
