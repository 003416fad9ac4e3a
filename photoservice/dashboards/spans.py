"""The times a dashboard shows: a day by the hour, a week, a month, a year. Pure; all of them in UTC."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

Name = Literal["day", "week", "month", "year"]

_HOUR: Final = timedelta(hours=1)
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Span:
    """``steps`` of ``width`` each, the last of which holds now; those of whole days are read from the sums of days."""

    name: Name
    begins: datetime
    width: timedelta
    steps: int

    @property
    def ends(self) -> datetime:
        """When the last step is over."""
        return self.begins + self.width * self.steps

    @property
    def is_of_days(self) -> bool:
        """Whether each step is made of whole days."""
        return self.width >= _DAY

    def starts(self) -> tuple[datetime, ...]:
        """Return when each step begins."""
        return tuple(self.begins + self.width * step for step in range(self.steps))


_WIDTHS: Final[dict[Name, tuple[timedelta, int]]] = {
    "day": (_HOUR, 24),
    "week": (6 * _HOUR, 28),
    "month": (_DAY, 30),
    "year": (7 * _DAY, 53),
}
NAMES: Final[tuple[Name, ...]] = tuple(_WIDTHS)


def span_of(name: Name, now: datetime) -> Span:
    """Return the span that ends with the step ``now`` stands in."""
    width, steps = _WIDTHS[name]
    finest = now.replace(minute=0, second=0, microsecond=0) if width < _DAY else _midnight(now)
    last = finest
    if width == 6 * _HOUR:
        last = finest.replace(hour=finest.hour // 6 * 6)
    elif width > _DAY:
        last = finest - timedelta(days=finest.weekday())
    return Span(name=name, begins=last - width * (steps - 1), width=width, steps=steps)


def _midnight(at: datetime) -> datetime:
    return at.replace(hour=0, minute=0, second=0, microsecond=0)
