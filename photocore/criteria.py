"""When a plan makes its goods (O2, O3, O4, O21; DESIGN 5G): criteria, and whether what was counted meets one. Pure.

A plan counts images in the order in which they came, and rolls once all of their pictures are there. What it has
counted and not yet used is *pending*. A *crossing* is the moment at which the pending first met the criterion, and the
images it takes. It is a function of what was counted, and not of when anybody looks: looked at once an hour, once a
year, twice, or by two workers, the same crossings are found. So the n-th crossing of a plan can be a unique key.

- ``Images(count=36)`` takes exactly the first 36: eighty images at once cross it twice and leave eight.
- ``Rolls(count=3)`` takes the images of the rolls that were whole by then, never half a roll. A roll counts once.
- ``Elapsed(days=90)`` takes what came until it was due. While nothing is pending it is not crossed: the next due moment
  with something to make is. Moments are counted in UTC, so that no clock change makes one come twice.

Some goods need more than one image (``least``): what has too few waits for more, as a time waits for the first. None
are made of more than so many (``most``): what is beyond stays pending, whole rolls where that is enough.
"""

import calendar
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import accumulate
from typing import Final, TypeAlias, cast

import msgspec

from photocore.errors import CriterionMalformed, EventMalformed
from photocore.jsontext import read_json

MOST_IMAGES: Final = 100_000
MOST_ROLLS: Final = 1_000
MOST_DAYS: Final = 3_650
MOST_MONTHS: Final = 120
MOST_PARTS: Final = 3


class Images(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="images", forbid_unknown_fields=True):
    """So many images have come. 1 to :data:`MOST_IMAGES`, else raises CriterionMalformed."""

    count: int

    def __post_init__(self) -> None:
        _within("images", self.count, MOST_IMAGES)


class Rolls(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="rolls", forbid_unknown_fields=True):
    """All pictures of so many rolls have come. 1 to :data:`MOST_ROLLS`, else raises CriterionMalformed."""

    count: int

    def __post_init__(self) -> None:
        _within("rolls", self.count, MOST_ROLLS)


class Elapsed(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="elapsed", forbid_unknown_fields=True):
    """So much time has passed: ``days``, or ``months`` of the calendar (the last day where a month has no such day).

    Raises:
        CriterionMalformed: both are given, or none, or too many.
    """

    days: int = 0
    months: int = 0

    def __post_init__(self) -> None:
        if bool(self.days) == bool(self.months):
            raise CriterionMalformed("a time is so many days or so many months")
        _within("days", self.days or 1, MOST_DAYS)
        _within("months", self.months or 1, MOST_MONTHS)


Part: TypeAlias = Images | Rolls | Elapsed


class All(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="all", forbid_unknown_fields=True):
    """Every part is met: crossed with the last of them."""

    of: tuple[Part, ...]

    def __post_init__(self) -> None:
        _check_parts(self.of)


class Any(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="any", forbid_unknown_fields=True):
    """Any part is met: crossed with the first of them."""

    of: tuple[Part, ...]

    def __post_init__(self) -> None:
        _check_parts(self.of)


Criterion: TypeAlias = Part | All | Any


@dataclass(frozen=True, kw_only=True)
class Counted:
    """An image that a plan has counted, when, and of which roll."""

    image: str
    roll: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class Pending:
    """What a plan has counted and not yet used.

    ``images`` in the order in which they were counted. ``rolls`` says since when a roll is whole, of those rolls that
    have not been counted yet; ``counted_rolls`` were, and may have got late pictures since.
    """

    images: Sequence[Counted] = ()
    rolls: Mapping[str, datetime] = field(default_factory=dict[str, datetime])
    counted_rolls: frozenset[str] = frozenset()

    def without(self, crossing: "Crossing") -> "Pending":
        """Return what is left when ``crossing`` has taken its images."""
        taken = set(crossing.images)
        return Pending(
            images=tuple(one for one in self.images if one.image not in taken),
            rolls={roll: at for roll, at in self.rolls.items() if roll not in crossing.rolls},
            counted_rolls=self.counted_rolls | set(crossing.rolls),
        )


@dataclass(frozen=True, kw_only=True)
class Span:
    """The time a plan looks at: ``since`` its last crossing (at first ``begun``, when it began) until ``now``."""

    begun: datetime
    since: datetime
    now: datetime


@dataclass(frozen=True, kw_only=True)
class Crossing:
    """A criterion was met ``at`` a moment: by these parts, taking these images, counting these rolls."""

    at: datetime
    met: tuple[Part, ...]
    images: tuple[str, ...]
    rolls: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Need:
    """How far a part is: ``have`` of ``need`` images or rolls, or ``due`` at a moment."""

    part: Part
    have: int = 0
    need: int = 0
    due: datetime | None = None


def next_crossing(
    criterion: Criterion, pending: Pending, span: Span, *, least: int = 1, most: int | None = None
) -> Crossing | None:
    """Return the first crossing in ``span`` that takes ``least`` images or more, or None where there is none yet.

    It takes ``most`` at most (None: all there are; not below ``least``). That changes nothing of when it is crossed.
    """
    if len(pending.images) < max(1, least):
        return None
    parts = parts_of(criterion)
    enough = None if isinstance(criterion, All) else max(1, least)
    met = [(at, part) for part in parts if (at := _met_at(part, pending, span, enough)) and at <= span.now]
    if not met or (isinstance(criterion, All) and len(met) < len(parts)):
        return None
    if isinstance(criterion, All):
        at, last = max(met, key=lambda one: one[0])
        by = tuple(part for _, part in met)
        at = _enough_from(pending, at, last, by, least)
    else:
        at, last = min(met, key=lambda one: one[0])
        by = (last,)
    if at is None or at > span.now:
        return None
    return _keep_to(_take(pending, at, last, by, least), pending, least, most)


def crossings(
    criterion: Criterion, pending: Pending, span: Span, *, least: int = 1, most: int | None = None
) -> list[Crossing]:
    """Return every crossing in ``span``, one after the other."""
    found: list[Crossing] = []
    while crossing := next_crossing(criterion, pending, span, least=least, most=most):
        found.append(crossing)
        pending, span = pending.without(crossing), replace(span, since=max(span.since, crossing.at))
    return found


def outlook(criterion: Criterion, pending: Pending, span: Span, *, least: int = 1) -> tuple[Need, ...]:
    """Return how far each part is, in the criterion's order: what will be made next, and when."""
    enough = None if isinstance(criterion, All) else max(1, least)
    needs: list[Need] = []
    for part in parts_of(criterion):
        match part:
            case Images(count=count):
                needs.append(Need(part=part, have=min(len(pending.images), count), need=count))
            case Rolls(count=count):
                needs.append(Need(part=part, have=min(len(_whole(pending)), count), need=count))
            case Elapsed():
                needs.append(Need(part=part, due=due_after(part, span, at_least=_counts_from(pending, span, enough))))
    return tuple(needs)


def _counts_from(pending: Pending, span: Span, enough: int | None) -> datetime:
    """Return the moment before which a time is of no use: until then there was, or is, not enough to make something."""
    if enough is None:
        return span.since
    return pending.images[enough - 1].at if len(pending.images) >= enough else span.now


def parts_of(criterion: Criterion) -> tuple[Part, ...]:
    """Return the parts of a criterion; a simple one is its own part."""
    return criterion.of if isinstance(criterion, All | Any) else (criterion,)


def due_after(part: Elapsed, span: Span, *, at_least: datetime) -> datetime:
    """Return the first moment a whole number of times ``part`` after ``span.since`` that is not before ``at_least``.

    Months are counted from the day of the month on which the plan began, so that the end of February moves nothing.
    """
    if part.days:
        period = timedelta(days=part.days)
        times = max(1, -((span.since - at_least) // period))
        return span.since + times * period
    times = max(1, _months_between(span.since, at_least) // part.months)
    while (due := _months_later(span, times * part.months)) < at_least:
        times += 1
    return due


def read_criterion(text: bytes) -> Criterion:
    """Return the criterion of its JSON. Raises CriterionMalformed when it is none."""
    try:
        return read_json(text, cast("type[Criterion]", Criterion))
    except EventMalformed as cause:
        raise CriterionMalformed("no criterion, or one beyond its limits") from cause


def write_criterion(criterion: Criterion) -> bytes:
    """Return a criterion as JSON; the same makes the same bytes."""
    return msgspec.json.encode(criterion)


def _met_at(part: Part, pending: Pending, span: Span, enough: int | None) -> datetime | None:
    """Return when ``part`` was met. A time lets its moments pass until there is ``enough``; None: it never waits."""
    match part:
        case Images(count=count):
            needed = max(count, enough or 1)
            return pending.images[needed - 1].at if len(pending.images) >= needed else None
        case Rolls(count=count):
            whole = _whole(pending)
            if len(whole) < count:
                return None
            return _enough_from(pending, whole[count - 1], part, (part,), enough or 1)
        case Elapsed():
            return due_after(part, span, at_least=_counts_from(pending, span, enough))


def _enough_from(pending: Pending, at: datetime, last: Part, met: tuple[Part, ...], least: int) -> datetime | None:
    """Return the first moment from ``at`` on at which a crossing takes ``least`` images."""
    if least <= 1:
        return at
    later = {moment for moment in (*(one.at for one in pending.images), *pending.rolls.values()) if moment > at}
    for moment in (at, *sorted(later)):
        if len(_take(pending, moment, last, met, least).images) >= least:
            return moment
    return None


def _whole(pending: Pending) -> list[datetime]:
    """Return since when each roll is whole and has something pending, the first first."""
    first: dict[str, datetime] = {}
    for one in pending.images:
        first.setdefault(one.roll, one.at)
    return sorted(max(at, first[roll]) for roll, at in pending.rolls.items() if roll in first)


def _take(pending: Pending, at: datetime, last: Part, met: tuple[Part, ...], least: int) -> Crossing:
    came = [one for one in pending.images if one.at <= at]
    if not any(isinstance(part, Rolls) for part in met):
        taken = pending.images[: max(last.count, least)] if isinstance(last, Images) else came
        return Crossing(at=at, met=met, images=tuple(one.image for one in taken), rolls=())
    whole = {roll for roll, since in pending.rolls.items() if since <= at}
    taken = [one for one in came if one.roll in whole or one.roll in pending.counted_rolls]
    counted = sorted(whole & {one.roll for one in taken})
    return Crossing(at=at, met=met, images=tuple(one.image for one in taken), rolls=tuple(counted))


def _keep_to(crossing: Crossing, pending: Pending, least: int, most: int | None) -> Crossing:
    """Return what of a crossing ``most`` images hold: of rolls whole ones, unless those are too few by themselves."""
    if most is None or len(crossing.images) <= most:
        return crossing
    roll_of = {one.image: one.roll for one in pending.images}
    taken = crossing.images[:most]
    if crossing.rolls:
        sizes = Counter(roll_of[image] for image in crossing.images)
        sums = accumulate(sizes.values())
        whole = {roll for roll, until in zip(sizes, sums, strict=True) if until <= most}
        kept = tuple(image for image in crossing.images if roll_of[image] in whole)
        taken = kept if len(kept) >= max(1, least) else taken
    rolls = {roll_of[image] for image in taken}
    return replace(crossing, images=taken, rolls=tuple(roll for roll in crossing.rolls if roll in rolls))


def _months_between(since: datetime, until: datetime) -> int:
    return max(0, (until.year - since.year) * 12 + until.month - since.month)


def _months_later(span: Span, months: int) -> datetime:
    year, month = divmod(span.since.year * 12 + span.since.month - 1 + months, 12)
    wanted = span.begun.day if span.since.day == _clamped(span.since, span.begun.day) else span.since.day
    first = span.since.replace(year=year, month=month + 1, day=1)
    return first.replace(day=_clamped(first, wanted))


def _clamped(month: datetime, day: int) -> int:
    return min(day, calendar.monthrange(month.year, month.month)[1])


def _check_parts(parts: tuple[Part, ...]) -> None:
    kinds = [type(part) for part in parts]
    if not 2 <= len(parts) <= MOST_PARTS or len(set(kinds)) != len(kinds):
        raise CriterionMalformed("all or any of two or three criteria, each kind once")


def _within(what: str, count: int, most: int) -> None:
    if not 1 <= count <= most:
        raise CriterionMalformed(f"{what}: 1 to {most}")
