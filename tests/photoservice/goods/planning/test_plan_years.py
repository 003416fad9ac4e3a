"""Years of plans in a moment (O2, O21): however often somebody looks, by whatever clock, one and the same is made."""

import random
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from photocore.criteria import All, Counted, Elapsed, Images, Pending, Rolls, Span, crossings
from photocore.criteria import Any as AnyOf
from photocore.pricing import Choice
from photoservice.planning.looks import next_look
from photoservice.planning.shown import PlanShown

BEGUN = datetime(2026, 1, 31, 23, 30, tzinfo=UTC)
YEARS = timedelta(days=3 * 365)
ZONES = ("Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe", "UTC")


def pictures(seed: int) -> list[Counted]:
    """Return three years of film: rolls come in bursts, months with nothing between."""
    dice = random.Random(seed)
    came, at = list[Counted](), BEGUN
    while (at := at + timedelta(hours=dice.choice([1, 40, 700, 2500]))) < BEGUN + YEARS:
        number = len(came)
        came += [
            Counted(image=f"IM-{number + frame}", roll=f"R{number}", at=at + timedelta(seconds=frame))
            for frame in range(dice.randint(1, 9))
        ]
    return came


def wholes(images: list[Counted]) -> dict[str, datetime]:
    return {one.roll: one.at + timedelta(minutes=10) for one in images}


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize(
    "criterion",
    [
        Elapsed(days=1),
        Elapsed(months=1),
        AnyOf(of=(Elapsed(months=3), Images(count=36))),
        All(of=(Elapsed(days=90), Rolls(count=3))),
        AnyOf(of=(Images(count=24), Rolls(count=3), Elapsed(days=365))),
    ],
)
def test_O21_whoever_looks_when_the_plan_says_so_makes_what_one_look_at_the_end_makes(
    plan: Any, criterion: Any, zone: str
):
    """Looked at when something came and at each due moment, by a clock in a zone that jumps twice a year."""
    images = pictures(7)
    whole, where = wholes(images), ZoneInfo(zone)
    held = plan(criterion)
    looks = sorted({one.at for one in images} | set(whole.values()))
    pending, since, found = Pending(), BEGUN, []
    look: datetime | None = None
    while looks or look is not None:
        now = min(moment for moment in (*looks[:1], look) if moment is not None)
        looks = [moment for moment in looks if moment > now]
        used = {image for crossing in found for image in crossing.images}
        rolls = {roll for crossing in found for roll in crossing.rolls}
        came = tuple(one for one in images if one.at <= now and one.image not in used)
        whole_now = {roll: at for roll, at in whole.items() if at <= now and roll not in rolls}
        pending = Pending(images=came, rolls=whole_now, counted_rolls=frozenset(rolls))
        span = Span(begun=BEGUN, since=since, now=now.astimezone(where).astimezone(UTC))
        if made := crossings(criterion, pending, span):
            found += made
            since, look = max(since, made[-1].at), now
            continue
        look = next_look(plan(criterion, since=since), pending, now, 1)
        if look is not None and look > BEGUN + YEARS:
            look = None

    span = Span(begun=held.begun_at, since=BEGUN, now=BEGUN + YEARS)
    at_once = crossings(criterion, Pending(images=tuple(images), rolls=whole), span)
    assert found == [crossing for crossing in at_once if crossing.at <= BEGUN + YEARS]
    assert len(found) > 2


@pytest.fixture
def plan() -> Any:
    """Make a plan as it is kept, which began at the end of a January."""

    def make(criterion: Any, since: datetime = BEGUN) -> PlanShown:
        return PlanShown(
            id="PL-1",
            kind="goods",
            scope="account",
            person="P-1",
            root=None,
            sub_group=None,
            group="",
            name="",
            when=criterion,
            make=Choice(item="cd"),
            repeats=True,
            cooling=timedelta(),
            pays="till",
            currency="EUR",
            state="live",
            version=1,
            number=0,
            begun_at=BEGUN,
            since=since,
            made_at=BEGUN,
            changed_at=BEGUN,
            is_default=False,
            counts_all=False,
            trouble="",
        )

    return make
