"""When a plan's criterion is met: the same crossings, whenever and however often anybody looks."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from photocore.criteria import (
    All,
    Any,
    Counted,
    Criterion,
    Crossing,
    Elapsed,
    Images,
    Need,
    Pending,
    Rolls,
    Span,
    crossings,
    due_after,
    next_crossing,
    outlook,
    read_criterion,
    write_criterion,
)
from photocore.errors import CriterionMalformed

BEGUN = datetime(2026, 1, 31, 9, tzinfo=UTC)


def day(number: float) -> datetime:
    """Return the moment so many days after the plan began."""
    return BEGUN + timedelta(days=number)


def came(*days: float, roll: str = "R1") -> tuple[Counted, ...]:
    """Return an image for each day."""
    return tuple(Counted(image=f"{roll}-{n}", roll=roll, at=day(at)) for n, at in enumerate(days, 1))


def until(number: float, *, since: float = 0) -> Span:
    """Return what a plan looks at on that day."""
    return Span(begun=BEGUN, since=day(since), now=day(number))


def test_O3_so_many_images_cross_once_for_each_time_they_are_there():
    """Eighty at once, of 36: two crossings of exactly 36, and eight are left."""
    pending = Pending(images=came(*[1] * 80))
    first, second = crossings(Images(count=36), pending, until(2))
    assert (len(first.images), len(second.images)) == (36, 36)
    assert first.images + second.images == tuple(one.image for one in pending.images[:72])
    assert len(pending.without(first).without(second).images) == 8


def test_O4_rolls_count_when_they_are_whole_and_are_never_cut():
    """The third roll's first pictures are there, and wait for its last."""
    images = came(1, 1, roll="R1") + came(2, roll="R2") + came(3, roll="R3")
    waiting = Pending(images=images, rolls={"R1": day(1), "R2": day(2)})
    assert next_crossing(Rolls(count=3), waiting, until(9)) is None
    (crossing,) = crossings(Rolls(count=2), waiting, until(9))
    assert (crossing.at, crossing.rolls) == (day(2), ("R1", "R2"))
    assert "R3-1" not in crossing.images


def test_O4_a_late_picture_of_a_counted_roll_goes_with_the_next_and_counts_no_roll():
    pending = Pending(images=came(1, roll="R1"), rolls={"R1": day(1)})
    (first,) = crossings(Rolls(count=1), pending, until(1))
    late = Counted(image="late", roll="R1", at=day(5))
    left = replace(pending.without(first), images=(late,))
    assert crossings(Rolls(count=1), left, until(9, since=1)) == []
    more = replace(left, images=(late, *came(7, roll="R2")), rolls={"R2": day(7)})
    (second,) = crossings(Rolls(count=1), more, until(9, since=1))
    assert (second.images, second.rolls) == (("late", "R2-1"), ("R2",))


def test_O2_a_time_is_crossed_when_it_is_due_and_there_is_something_to_make():
    """Nothing came in the first 30 days: no empty order; what came on the 31st is made on the 60th."""
    assert next_crossing(Elapsed(days=30), Pending(), until(400)) is None
    (crossing,) = crossings(Elapsed(days=30), Pending(images=came(31, 60, 61)), until(61))
    assert (crossing.at, len(crossing.images)) == (day(60), 2)


def test_O2_looked_at_late_a_time_takes_what_came_until_it_was_due():
    """A service that was down for a year makes what it would have made."""
    pending = Pending(images=came(10, 40, 70, 200))
    found = crossings(Elapsed(days=30), pending, until(365))
    assert [(one.at, len(one.images)) for one in found] == [(day(30), 1), (day(60), 1), (day(90), 1), (day(210), 1)]


def test_O2_months_end_where_a_month_ends_and_drift_nowhere():
    """Begun on 31 January: 28 February, 31 March, 30 April; not the 28th for ever."""
    span, dues = Span(begun=BEGUN, since=BEGUN, now=day(200)), []
    for _ in range(4):
        due = due_after(Elapsed(months=1), span, at_least=span.since)
        dues.append((due.month, due.day))
        span = replace(span, since=due)
    assert dues == [(2, 28), (3, 31), (4, 30), (5, 31)]


def test_O21_any_is_crossed_by_the_first_and_all_by_the_last():
    """36 images or 30 days, and 36 images and 30 days."""
    pending = Pending(images=came(*[5] * 36, 6))
    (by_count,) = crossings(Any(of=(Elapsed(days=30), Images(count=36))), pending, until(29))
    assert (by_count.at, len(by_count.images), by_count.met) == (day(5), 36, (Images(count=36),))
    both = All(of=(Images(count=36), Elapsed(days=30)))
    assert crossings(both, pending, until(29)) == []
    (by_both,) = crossings(both, pending, until(30))
    assert (by_both.at, len(by_both.images), by_both.met) == (day(30), 37, both.of)


def test_O15_what_is_missing_is_said_part_by_part():
    pending = Pending(images=came(1, 2), rolls={"R1": day(2)})
    wish = All(of=(Images(count=36), Rolls(count=3), Elapsed(days=90)))
    assert outlook(wish, pending, until(3)) == (
        Need(part=Images(count=36), have=2, need=36),
        Need(part=Rolls(count=3), have=1, need=3),
        Need(part=Elapsed(days=90), due=day(90)),
    )
    assert outlook(Elapsed(days=30), Pending(), until(100))[0].due == day(120)


@pytest.mark.parametrize(
    "text",
    [
        '{"kind":"images","count":0}',
        '{"kind":"images","count":-5}',
        '{"kind":"images","count":100001}',
        '{"kind":"images","count":"36"}',
        '{"kind":"images","count":1.5}',
        '{"kind":"rolls","count":1001}',
        '{"kind":"elapsed"}',
        '{"kind":"elapsed","days":1,"months":1}',
        '{"kind":"elapsed","days":-1}',
        '{"kind":"elapsed","months":121}',
        '{"kind":"all","of":[]}',
        '{"kind":"any","of":[{"kind":"images","count":1}]}',
        '{"kind":"any","of":[{"kind":"images","count":1},{"kind":"images","count":2}]}',
        '{"kind":"all","of":[{"kind":"any","of":[]},{"kind":"images","count":2}]}',
        '{"kind":"images","count":1,"more":1}',
        '{"kind":"weather"}',
        "[]",
        "null",
        "36",
        "",
        "\x00",
        "[" * 5000,
    ],
)
def test_O21_what_is_no_criterion_is_refused(text):
    with pytest.raises(CriterionMalformed):
        read_criterion(text.encode())


parts = st.one_of(
    st.integers(1, 12).map(lambda count: Images(count=count)),
    st.integers(1, 4).map(lambda count: Rolls(count=count)),
    st.integers(1, 40).map(lambda days: Elapsed(days=days)),
    st.integers(1, 3).map(lambda months: Elapsed(months=months)),
)
several = st.lists(parts, min_size=2, max_size=3, unique_by=type).map(tuple)
criteria = st.one_of(parts, several.map(lambda of: All(of=of)), several.map(lambda of: Any(of=of)))


@st.composite
def histories(draw: st.DrawFn) -> Pending:
    """Draw what a plan counts in its life: rolls with their images, some scanned again later."""
    images: list[Counted] = []
    rolls: dict[str, datetime] = {}
    for number in range(draw(st.integers(0, 6))):
        roll, days = f"R{number}", draw(st.lists(st.integers(0, 120), min_size=1, max_size=9))
        images += came(*days, roll=roll)
        if draw(st.booleans()):
            rolls[roll] = day(draw(st.integers(min(days), 130)))
    return Pending(images=tuple(sorted(images, key=lambda one: (one.at, one.image))), rolls=rolls)


@given(criteria)
def test_O21_a_criterion_is_the_same_after_its_way_as_json(criterion: Criterion):
    assert read_criterion(write_criterion(criterion)) == criterion


@given(criteria, histories(), st.lists(st.integers(0, 200), max_size=12))
def test_O21_the_crossings_are_the_same_whenever_somebody_looks(criterion, history, looks):
    """Looked at on any days, also twice on one, with only what had come by then: what one look at the end finds."""
    at_the_end = crossings(criterion, history, until(200))
    found, taken, counted, since = [], set[str](), frozenset[str](), BEGUN
    for look in [*sorted(looks), 200]:
        known = Pending(
            images=[one for one in history.images if one.at <= day(look) and one.image not in taken],
            rolls={roll: at for roll, at in history.rolls.items() if at <= day(look) and roll not in counted},
            counted_rolls=counted,
        )
        for crossing in crossings(criterion, known, Span(begun=BEGUN, since=since, now=day(look))):
            found.append(crossing)
            taken |= set(crossing.images)
            counted, since = counted | set(crossing.rolls), max(since, crossing.at)
    assert found == at_the_end


@given(criteria, histories())
def test_O21_no_image_is_taken_twice_and_no_crossing_is_empty(criterion, history):
    found = crossings(criterion, history, until(200))
    taken = [image for crossing in found for image in crossing.images]
    assert len(taken) == len(set(taken))
    assert all(crossing.images for crossing in found)
    rolls = [roll for crossing in found for roll in crossing.rolls]
    assert len(rolls) == len(set(rolls))
    assert all(crossing.at <= day(200) for crossing in found)


def test_O2_a_time_takes_no_more_than_goods_are_made_of_and_the_rest_is_for_the_next():
    pending = Pending(images=came(*[1] * 25))
    found = crossings(Elapsed(days=30), pending, until(99), most=10)
    assert [(one.at, len(one.images)) for one in found] == [(day(30), 10), (day(60), 10), (day(90), 5)]
    assert sum((one.images for one in found), ()) == tuple(one.image for one in pending.images)
    assert [len(one.images) for one in crossings(Elapsed(days=30), pending, until(99), most=25)] == [25]


def test_O4_of_rolls_that_are_too_many_pictures_whole_ones_are_taken():
    """Three rolls of two, and room for five: two rolls, and the third counts toward the next."""
    images = came(1, 1, roll="R1") + came(2, 2, roll="R2") + came(3, 3, roll="R3")
    pending = Pending(images=images, rolls={"R1": day(1), "R2": day(2), "R3": day(3)})
    (first,) = crossings(Rolls(count=3), pending, until(9), most=5)
    assert (first.rolls, len(first.images)) == (("R1", "R2"), 4)
    left = pending.without(first)
    assert ([one.roll for one in left.images], left.rolls) == (["R3", "R3"], {"R3": day(3)})
    assert crossings(Rolls(count=3), pending, until(9), most=6)[0].rolls == ("R1", "R2", "R3")


@pytest.mark.parametrize(("least", "most", "taken"), [(1, 3, 3), (5, 5, 5), (1, 4, 4)])
def test_O4_a_roll_that_is_larger_than_the_goods_is_cut_and_no_picture_is_lost(least, most, taken):
    """Where whole rolls are too many, or too few by themselves, the rest goes with the next as late pictures do."""
    images = came(*[1] * 4, roll="R1") + came(*[2] * 4, roll="R2")
    pending = Pending(images=images, rolls={"R1": day(1), "R2": day(2)})
    first = next_crossing(Rolls(count=1), pending, until(9), least=least, most=most)
    assert first is not None
    assert (len(first.images), first.rolls[0]) == (taken, "R1")
    found = crossings(Rolls(count=1), pending, until(9), least=least, most=most)
    assert all(least <= len(one.images) <= most for one in found)
    assert sorted(image for one in found for image in one.images) == sorted(
        {one.image for one in images} - {one.image for one in left_of(pending, found).images}
    )
    assert len(left_of(pending, found).images) < max(most, least)


def left_of(pending: Pending, found: list[Crossing]) -> Pending:
    """Return what some crossings have left."""
    for crossing in found:
        pending = pending.without(crossing)
    return pending
