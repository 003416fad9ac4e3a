"""Whatever is made up, printed, spoiled, reprinted, registered and undone, in any order and on a failing disk:
one valid copy a roll, one live claim code a roll, and no code on paper that no event holds.
"""

import itertools

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from photocore.testing import SeededEntropy
from sync.station import Footing
from sync.testing_day import VERBS, Day
from sync.testing_disk import FailingDisk

# A list of steps is drawn long: short ones seldom get a label onto paper.
STEPS = st.lists(st.tuples(st.sampled_from(VERBS), st.integers(0, 11)), min_size=12, max_size=45)
_names = itertools.count()


def codes_told(world) -> dict[tuple[str, str], str]:
    """Return the code that the events hold for every copy that has one."""
    told = {}
    for fact in world.service.applied:
        if fact.secrets is None or fact.kind not in ("PackageMadeUp", "ClaimCodesReplaced"):
            continue
        codes = {one["roll"]: one["code"] for one in world.service.secrets_of(fact)["codes"]}
        told |= {(copy["roll"], copy["copy"]): codes[copy["roll"]] for copy in fact.public["copies"]}
    return told


def assert_paper_is_honest(world, day: Day) -> None:
    """Every code on paper is the one its event holds for that very copy; a valid label's code is the live one."""
    told, live = codes_told(world), world.service.made_up.codes
    for label in day.paper:
        if label.claim_code is None:
            continue
        assert told[label.roll, label.copy] == label.claim_code
        if day.station.desk.copy_state(label.roll, label.copy) == "valid":
            assert live[label.roll] == label.claim_code
    newest = {roll: code for (roll, _), code in told.items()}
    assert {roll: newest[roll] for roll in live} == live


def begin_day(world) -> Day:
    """Return a station on a disk that fails on command, with its roster in force."""
    world.enrol()
    world.open().close()
    image = {"journal.db": (world.folder / "journal.db").read_bytes()}
    disk = FailingDisk(f"any-order-{next(_names)}", SeededEntropy(3), image)
    return Day(world, disk, world.open(under=Footing(vfs=disk.name, reserve_bytes=1)))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_O18_one_valid_copy_and_one_live_code_a_roll_whatever_happens(make_world, steps):
    """Forty days at random, each carried to a photoservice that parks what it should: nothing is parked."""
    world = make_world()
    day = begin_day(world)
    try:
        day.live([("shelf", 1), *steps])
        world.sync(day.station)
        assert world.service.parked == {}
        assert day.packages
        event(f"{min(len(day.paper) // 3 * 3, 9)}+ labels on paper")
        assert_paper_is_honest(world, day)
    finally:
        day.station.close()
        day.disk.unregister()


def test_O18_the_test_of_any_order_finds_a_code_that_is_not_the_events(make_world):
    """The control: a label that shows another code than its event is found by the same look."""
    world = make_world()
    day = begin_day(world)
    day.shelf(0)
    day.print(0)
    (label,) = day.paper
    world.sync(day.station)
    assert_paper_is_honest(world, day)

    day.paper = [type(label)(roll=label.roll, number=1, of=1, copy=label.copy, claim_code="7Q2M9XKD4F8TP")]

    with pytest.raises(AssertionError):
        assert_paper_is_honest(world, day)
    day.station.close()
    day.disk.unregister()
