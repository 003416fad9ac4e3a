"""Where a roll is (S2): what was seen of it, and the line that makes of it. Pure: the time is an argument.

A line is a function of the **set** of sightings, so neither the order of their arrival nor who told twice matters. A
roll is where the furthest step is that anybody saw; a step before it that nobody told is unknown, not undone. What
comes next, when it usually comes, and when somebody should go and look, is said by *legs*, which are data.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final, Literal, get_args

from photocore.errors import SettingsError

Step = Literal["sold", "registered", "dropped", "shipped", "received", "developed", "scanned", "finished", "picked_up"]
State = Literal["done", "now", "unknown", "next", "later"]

STEPS: Final[tuple[Step, ...]] = get_args(Step)
"""In the order in which a roll takes them."""

PICTURES: Final[Step] = "scanned"
"""From this step on there are pictures."""


@dataclass(frozen=True, kw_only=True)
class Sighting:
    """A step that was seen. ``is_told``: somebody said so; else it follows from another fact, such as a scan."""

    step: Step
    at: datetime
    place: str = ""
    is_told: bool = True
    is_day: bool = False
    """Whether only the day of ``at`` is known."""


@dataclass(frozen=True, kw_only=True)
class Leg:
    """From one step to the next that is waited for: how long it ``usually`` takes, and when it is ``late``.

    None says that nobody can tell: the shopper's own time.
    """

    begins: Step
    ends: Step
    usually: timedelta | None = None
    late: timedelta | None = None


Legs = Mapping[Step, Leg]


@dataclass(frozen=True, kw_only=True)
class Mark:
    """One step on a roll's line, and what of it is known."""

    step: Step
    state: State
    at: datetime | None = None
    place: str = ""
    is_day: bool = False


@dataclass(frozen=True, kw_only=True)
class Line:
    """Where a roll is, as far as anybody told.

    ``now`` is the furthest step that was seen, ``next`` the one that is waited for, ``due`` when it usually comes.
    ``pictures_due`` is when pictures usually appear: None once they are there, and while nobody can tell. ``missing``
    is the leg whose end was expected but not seen.
    """

    marks: tuple[Mark, ...]
    now: Mark | None = None
    next: Step | None = None
    due: datetime | None = None
    pictures_due: datetime | None = None
    missing: Leg | None = None

    @property
    def has_pictures(self) -> bool:
        """Whether the roll was scanned, or went further."""
        return self.now is not None and rank(self.now.step) >= rank(PICTURES)


def rank(step: Step) -> int:
    """Return how far along the way ``step`` is."""
    return STEPS.index(step)


def draw_line(sightings: Iterable[Sighting], legs: Legs, now: datetime) -> Line:
    """Return the line of a roll; of a step that was seen more than once, what somebody told first counts."""
    seen: dict[Step, Sighting] = {}
    for one in sorted(sightings, key=lambda one: (not one.is_told, one.at, one.place, one.is_day)):
        seen.setdefault(one.step, one)
    here = max(seen.values(), key=lambda one: rank(one.step), default=None)
    leg = legs.get(here.step) if here else legs.get(STEPS[0])
    awaited = leg.ends if leg else None
    marks = tuple(_mark(step, seen.get(step), here, awaited) for step in STEPS)
    if here is None or leg is None:
        return Line(marks=marks, now=_at(marks, here), next=awaited)
    is_late = leg.late is not None and here.is_told and now > here.at + leg.late
    return Line(
        marks=marks,
        now=_at(marks, here),
        next=awaited,
        due=None if leg.usually is None else here.at + leg.usually,
        pictures_due=_pictures_due(here, legs),
        missing=leg if is_late else None,
    )


def check_legs(legs: Iterable[Leg]) -> Legs:
    """Return legs by the step they begin with.

    Raises:
        SettingsError: two begin with the same step, one leads backwards, or one is late before it is usual.
    """
    listed = sorted(legs, key=lambda leg: rank(leg.begins))
    for leg in listed:
        if rank(leg.ends) <= rank(leg.begins):
            raise SettingsError(f"The leg from {leg.begins} to {leg.ends} leads backwards.")
        if leg.late is not None and leg.late < (leg.usually or timedelta()):
            raise SettingsError(f"The leg from {leg.begins} to {leg.ends} is late before it is usual.")
    for one, other in pairwise(listed):
        if one.begins == other.begins:
            raise SettingsError(f"Two legs begin with {one.begins}.")
    return {leg.begins: leg for leg in listed}


def _mark(step: Step, seen: Sighting | None, here: Sighting | None, awaited: Step | None) -> Mark:
    if seen is None:
        return Mark(step=step, state=_unseen(step, here, awaited))
    state: State = "now" if seen is here else "done"
    return Mark(step=step, state=state, at=seen.at, place=seen.place, is_day=seen.is_day)


def _unseen(step: Step, here: Sighting | None, awaited: Step | None) -> State:
    if here is not None and rank(step) < rank(here.step):
        return "unknown"
    return "next" if step == awaited else "later"


def _at(marks: tuple[Mark, ...], here: Sighting | None) -> Mark | None:
    return marks[rank(here.step)] if here else None


def _pictures_due(here: Sighting, legs: Legs) -> datetime | None:
    """Add up what the legs from here to the pictures usually take."""
    step, due = here.step, here.at
    while rank(step) < rank(PICTURES):
        leg = legs.get(step)
        if leg is None or leg.usually is None:
            return None
        step, due = leg.ends, due + leg.usually
    return due if rank(here.step) < rank(PICTURES) else None
