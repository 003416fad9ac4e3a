"""A roll's line (S2): a function of the set of sightings, whatever order they came in; and what is overdue."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from photocore.custody import STEPS, Leg, Sighting, check_legs, draw_line, rank
from photocore.errors import SettingsError

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
DAY = timedelta(days=1)
LEGS = check_legs(
    [
        Leg(begins="sold", ends="registered"),
        Leg(begins="registered", ends="dropped"),
        Leg(begins="dropped", ends="received", usually=2 * DAY, late=5 * DAY),
        Leg(begins="shipped", ends="received", usually=DAY, late=4 * DAY),
        Leg(begins="received", ends="developed", usually=2 * DAY, late=5 * DAY),
        Leg(begins="developed", ends="scanned", usually=DAY, late=4 * DAY),
        Leg(begins="scanned", ends="finished", usually=2 * DAY, late=7 * DAY),
        Leg(begins="finished", ends="picked_up"),
    ]
)

moments = st.integers(-1000, 1000).map(lambda hours: NOON + timedelta(hours=hours))
sightings = st.builds(
    Sighting, step=st.sampled_from(STEPS), at=moments, place=st.sampled_from(["", "Lab", "Shop"]), is_told=st.booleans()
)


def seen(*steps, days_ago=0, **more):
    return [Sighting(step=step, at=NOON - days_ago * DAY, **more) for step in steps]


@given(st.lists(sightings, max_size=20), st.randoms(use_true_random=False))
def test_S2_a_line_is_the_same_in_whatever_order_and_however_often_things_were_told(told, shuffler):
    again = [*told, *told]
    shuffler.shuffle(again)
    assert draw_line(again, LEGS, NOON) == draw_line(told, LEGS, NOON)


@given(st.lists(sightings, max_size=20))
def test_S2_every_step_has_one_state_and_the_furthest_seen_is_now(told):
    line = draw_line(told, LEGS, NOON)
    steps = {one.step for one in told}
    assert tuple(mark.step for mark in line.marks) == STEPS
    assert {mark.step for mark in line.marks if mark.state in ("done", "now")} == steps
    assert (line.now.step if line.now else None) == max(steps, key=rank, default=None)
    assert [mark.state for mark in line.marks].count("now") == bool(steps)
    for mark in line.marks:
        is_behind = line.now is not None and rank(mark.step) < rank(line.now.step)
        assert (mark.state == "unknown") == (is_behind and mark.step not in steps)
    assert line.has_pictures == bool(steps & {"scanned", "finished", "picked_up"})
    assert line.pictures_due is None or not line.has_pictures


@given(st.lists(sightings, max_size=20), sightings)
def test_S2_another_sighting_never_leads_back(told, one):
    before, after = draw_line(told, LEGS, NOON), draw_line([*told, one], LEGS, NOON)
    assert before.now is None or (after.now is not None and rank(after.now.step) >= rank(before.now.step))


def test_S2_what_somebody_told_first_counts_and_before_what_merely_follows():
    told = [
        Sighting(step="scanned", at=NOON - 3 * DAY, is_told=False),
        Sighting(step="scanned", at=NOON - DAY, place="Lab"),
        Sighting(step="scanned", at=NOON - 2 * DAY, place="Lab"),
    ]
    assert draw_line(told, LEGS, NOON).now.at == NOON - 2 * DAY


def test_S2_pictures_are_due_when_the_legs_to_them_have_usually_passed():
    assert draw_line(seen("registered"), LEGS, NOON).pictures_due is None
    assert draw_line(seen("registered", "dropped"), LEGS, NOON).pictures_due == NOON + 5 * DAY
    assert draw_line(seen("dropped", "shipped"), LEGS, NOON).pictures_due == NOON + 4 * DAY
    assert draw_line(seen("developed"), LEGS, NOON).pictures_due == NOON + DAY
    assert draw_line(seen("scanned"), LEGS, NOON).pictures_due is None


@pytest.mark.parametrize(("days", "is_late"), [(5, False), (5.01, True)])
def test_S2_a_leg_is_overdue_when_its_time_is_over_and_not_before(days, is_late):
    line = draw_line(seen("dropped", days_ago=days), LEGS, NOON)
    assert (line.missing is not None, line.next) == (is_late, "received")


def test_S2_nobody_is_late_of_what_was_only_inferred_nor_in_the_shoppers_own_time():
    assert draw_line(seen("scanned", days_ago=400, is_told=False), LEGS, NOON).missing is None
    assert draw_line(seen("registered", days_ago=400), LEGS, NOON).missing is None
    assert draw_line(seen("finished", days_ago=400), LEGS, NOON).missing is None


def test_S2_after_the_last_step_nothing_is_waited_for():
    line = draw_line(seen("picked_up"), LEGS, NOON)
    assert (line.next, line.due, line.missing) == (None, None, None)


@pytest.mark.parametrize(
    "legs",
    [
        [Leg(begins="dropped", ends="sold")],
        [Leg(begins="dropped", ends="dropped")],
        [Leg(begins="dropped", ends="received"), Leg(begins="dropped", ends="shipped")],
        [Leg(begins="dropped", ends="received", usually=2 * DAY, late=DAY)],
    ],
)
def test_S2_legs_that_make_no_way_are_refused(legs):
    with pytest.raises(SettingsError):
        check_legs(legs)
