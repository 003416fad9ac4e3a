"""Rolls dropped off: one commit for bag, twin checks and papers; numbers that are never given twice (S1)."""

import pytest

from photocore.kinds import read_public
from photocore.label import BagLabel, ClaimStub, TwinCheckLabel
from photocore.till_kinds import BagPickedUp, DropOffWithdrawn, RollsDropped
from photocore.twin_checks import bag_number, parse_season_number, twin_check
from sync.errors import DeskReason, DeskRefusal, DiskFull
from sync.label_states import LabelState
from sync.statements import number
from sync.till_views import DropNumbers, DropRoll

from .conftest import NUMBERS, Till


def refusal(verb) -> DeskReason:
    with pytest.raises(DeskRefusal) as caught:
        verb()
    return caught.value.reason


def count(station) -> int:
    return station.journal.read(lambda db: number(db, "journal.count_events"))


def numbers_of(*dropped) -> list[int]:
    return [parse_season_number(text).number for one in dropped for text in (one.bag, *(r.twin for r in one.rolls))]


@pytest.fixture
def known(world, station):
    """Return the station once the photoservice has answered: its history is known, and numbers are counted."""
    world.sync(station)
    return station


def test_S1_a_drop_off_is_one_event_with_a_bag_and_a_twin_check_for_each_roll(world, known, till: Till):
    """What is wanted, which rolls, in which store; and the papers in the order somebody needs them."""
    rolls = (
        DropRoll(process="C-41", roll=world.roll_id(1, 1)),
        DropRoll(process="B&W", stops=-1, note="old developer"),
    )

    done = known.desk.drop_off(till.drop(*rolls, scan="large", negatives="keep", number=None))

    assert done.bag == bag_number(4, 301).text
    assert [roll.twin for roll in done.rolls] == [twin_check(4, 301).text, twin_check(4, 302).text]
    assert [(job.kind, job.number, job.of) for job in done.jobs] == [
        ("bag", 1, 1),
        ("twin", 1, 2),
        ("twin", 2, 2),
        ("stub", 1, 1),
    ]
    world.sync(known)
    assert world.service.parked == {}
    (event,) = [event for event in world.service.held.values() if event.kind == "RollsDropped"]
    body = read_public(event)
    assert isinstance(body, RollsDropped)
    assert (body.bag, body.scan, body.negatives, body.store) == (done.bag, "large", "keep", "4012345000009")
    assert [(roll.process, roll.stops, roll.roll, roll.note) for roll in body.rolls] == [
        ("C-41", 0, world.roll_id(1, 1), ""),
        ("B&W", -1, None, "old developer"),
    ]


def test_S1_papers_print_bag_first_and_the_stub_when_the_labels_are_out(known, till: Till):
    """A stub would send the shopper away before the bag is labelled."""
    known.desk.drop_off(till.drop(DropRoll(process="C-41"), DropRoll(process="E-6", stops=2)))
    printed = []
    while (job := known.jobs.next_job()) is not None:
        known.jobs.begin(job.id, f"p{job.id}")
        if job.kind == "bag":
            assert known.jobs.next_job().kind == "twin", "it goes on while the bag's label is at the printer"
        known.jobs.printed(job.id, "process id")
        printed.append(job)

    bag, first, second, stub = (job.label for job in printed)
    assert isinstance(bag, BagLabel)
    assert isinstance(stub, ClaimStub)
    assert isinstance(second, TwinCheckLabel)
    assert (bag.of, bag.store, stub.bag) == (2, "Foto Linde", bag.bag)
    assert (first.wanted.process, second.wanted.process, second.wanted.stops) == ("C-41", "E-6", 2)
    assert stub.made_at.tzinfo is not None
    assert {job.state for job in known.desk.find_drop_off(bag.bag.text).jobs} == {LabelState.PRINTED}


def test_S1_the_stub_waits_while_a_label_is_at_the_printer(known, till: Till):
    """As a receipt does."""
    known.desk.drop_off(till.drop())
    for _ in range(2):
        job = known.jobs.next_job()
        known.jobs.begin(job.id, f"p{job.id}")
    assert known.jobs.next_job() is None
    known.jobs.maybe(job.id, "silence")
    known.jobs.printed(job.id - 1, "process id")
    assert known.jobs.next_job().kind == "stub"


def test_S1_the_same_drop_off_again_is_one(world, known, till: Till):
    """No second bag, no second paper; another content under the same event ID is refused."""
    wish = till.drop(DropRoll(process="C-41"), DropRoll(process="C-41", stops=1))
    done = known.desk.drop_off(wish)
    known.close()
    station = world.open()

    again = station.desk.drop_off(wish)

    assert (again.bag, again.rolls, again.already) == (done.bag, done.rolls, True)
    assert [job.id for job in again.jobs] == [job.id for job in done.jobs]
    for changed in (
        till.drop(DropRoll(process="C-41"), event_id=wish.event_id),
        till.drop(DropRoll(process="C-41"), DropRoll(process="C-41"), event_id=wish.event_id),
        till.drop(*wish.rolls, event_id=wish.event_id, negatives="discard"),
    ):
        assert refusal(lambda: station.desk.drop_off(changed)) is DeskReason.EVENT_ID_REUSED  # noqa: B023
    claimed = station.desk.register(world.wish(world.package_id(1))).claim
    assert refusal(lambda: station.desk.drop_off(till.drop(event_id=claimed))) is DeskReason.EVENT_ID_REUSED


def test_S1_numbers_are_counted_and_never_given_again(world, known, till: Till):
    """Not after a withdrawal, not after a restart; a full range is told, and another season begins anew."""
    first = known.desk.drop_off(till.drop(*[DropRoll(process="C-41")] * 3))
    second = known.desk.drop_off(till.drop())
    known.desk.withdraw_drop_off(second.event_id)
    known.close()
    station = world.open()
    world.sync(station)
    third = station.desk.drop_off(till.drop())

    assert numbers_of(first, second, third) == [301, 301, 302, 303, 302, 304, 303, 305]
    tight = DropNumbers(season=4, first=301, last=306)
    station.desk.drop_off(till.drop(numbers=tight))
    before = count(station)
    assert refusal(lambda: station.desk.drop_off(till.drop(numbers=tight))) is DeskReason.NUMBERS_SPENT
    two = till.drop(DropRoll(process="C-41"), DropRoll(process="C-41"), numbers=DropNumbers(season=4, first=1, last=1))
    assert refusal(lambda: station.desk.drop_off(two)) is DeskReason.NUMBERS_SPENT
    assert count(station) == before, "a bag that finds no twin checks is none"
    assert numbers_of(station.desk.drop_off(till.drop(numbers=DropNumbers(season=5, first=301, last=306)))) == [301] * 2


def test_S1_before_the_photoservice_has_answered_numbers_are_drawn_from_the_upper_half_first(
    world, station, till: Till
):
    """This journal may be an old copy that has forgotten the lowest; all are given in the end, none twice."""
    dropped = [station.desk.drop_off(till.drop()) for _ in range(30)]

    bags = [parse_season_number(one.bag).number for one in dropped]
    assert sorted(bags) == list(range(NUMBERS.first, NUMBERS.last + 1))
    assert bags != sorted(bags)
    assert set(bags[:15]) == set(range(316, 331))
    assert refusal(lambda: station.desk.drop_off(till.drop())) is DeskReason.NUMBERS_SPENT
    world.sync(station)
    assert refusal(lambda: station.desk.drop_off(till.drop())) is DeskReason.NUMBERS_SPENT


@pytest.mark.parametrize(("season", "first", "last"), [(100, 1, 2), (-1, 1, 2), (1, 0, 2), (1, 3, 2), (1, 1, 10**6)])
def test_S1_a_range_of_no_numbers_is_refused(season, first, last):
    """Whoever sets a till up hears of it at once."""
    with pytest.raises(ValueError, match="no range"):
        DropNumbers(season=season, first=first, last=last)


def test_S1_what_can_be_no_bag_is_refused_and_nothing_is_written(world, known, till: Till):
    """No rolls, too many, one of them twice, one that lies in a bag, a registration number that is none."""
    roll = DropRoll(process="C-41", roll=world.roll_id(1, 1))
    done = known.desk.drop_off(till.drop(roll))
    before = count(known)
    found = [
        refusal(lambda: known.desk.drop_off(till.drop(rolls=()))),
        refusal(lambda: known.desk.drop_off(till.drop(*[DropRoll(process="C-41")] * 51))),
        refusal(lambda: known.desk.drop_off(till.drop(roll, roll, event_id="a" * 32))),
        refusal(lambda: known.desk.drop_off(till.drop(roll))),
        refusal(lambda: known.desk.drop_off(till.drop(number="TCN-1"))),
        refusal(lambda: known.desk.drop_off(till.drop(DropRoll(process="K-14")))),  # type: ignore[arg-type]
    ]

    assert found == [
        DeskReason.BAG_COUNT,
        DeskReason.BAG_COUNT,
        DeskReason.ROLL_TWICE,
        DeskReason.ROLL_IN_BAG,
        DeskReason.TILL_UNFIT,
        DeskReason.TILL_UNFIT,
    ]
    assert count(known) == before
    known.desk.withdraw_drop_off(done.event_id)
    assert known.desk.drop_off(till.drop(roll)).bag == bag_number(4, 302).text
    with pytest.raises(ValueError, match="three stops"):
        DropRoll(process="C-41", stops=4)


def test_S1_a_full_disk_takes_no_rolls_in(world, known, till: Till):
    """Nothing is promised on paper that the journal does not hold, and no number is lost."""
    world.room.free = 0
    with pytest.raises(DiskFull):
        known.desk.drop_off(till.drop())
    world.room.free = 10**12

    assert known.desk.drop_off(till.drop()).bag == bag_number(4, 301).text


def test_S1_a_withdrawn_drop_off_is_none(world, known, till: Till):
    """Its papers are void, and a shopper with its stub is told so."""
    done = known.desk.drop_off(till.drop())
    job = known.jobs.next_job()
    known.jobs.begin(job.id, "p")
    known.jobs.printed(job.id, "process id")

    undone = known.desk.withdraw_drop_off(done.event_id, reason="changed their mind", staff=world.staff)

    assert (undone.printed, undone.moving) == (1, 0)
    assert known.desk.withdraw_drop_off(done.event_id) == undone
    view = known.desk.find_drop_off(done.bag)
    assert (view.is_withdrawn, view.jobs, known.jobs.next_job()) == (True, (), None)
    assert refusal(lambda: known.desk.pick_up(till.pick_up(done.bag))) is DeskReason.DROP_OFF_WITHDRAWN
    assert refusal(lambda: known.desk.reprint_drop_off(done.event_id, None, reason="")) is DeskReason.DROP_OFF_WITHDRAWN
    assert refusal(lambda: known.desk.withdraw_drop_off("0" * 32)) is DeskReason.UNKNOWN_DROP_OFF
    world.sync(known)
    bodies = [read_public(event) for event in world.service.held.values()]
    (said,) = [body for body in bodies if isinstance(body, DropOffWithdrawn)]
    assert (said.dropped, said.bag, said.reason) == (done.event_id, done.bag, "changed their mind")


def test_S1_a_bag_is_picked_up_once(world, known, till: Till):
    """By its stub, however it was read; a second time says when the first was, and writes nothing."""
    done = known.desk.drop_off(till.drop())
    wish = till.pick_up(done.bag.lower().replace("-", ""))

    first = known.desk.pick_up(wish)
    before = count(known)
    again, other = known.desk.pick_up(wish), known.desk.pick_up(till.pick_up(done.bag))

    assert (first.bag, first.is_first, first.drop_off.picked_up_at) == (done.bag, True, first.at)
    assert (again.is_first, again.at) == (True, first.at)
    assert (other.is_first, other.at) == (False, first.at)
    assert count(known) == before
    assert refusal(lambda: known.desk.withdraw_drop_off(done.event_id)) is DeskReason.PICKED_UP
    world.sync(known)
    assert [BagPickedUp for event in world.service.held.values() if event.kind == "BagPickedUp"] == [BagPickedUp]


def test_S1_a_bag_of_another_station_is_handed_out_and_recorded(known, till: Till):
    """The till that took it in may be next door; what it was is not known here."""
    bag = bag_number(9, 12).text

    done = known.desk.pick_up(till.pick_up(bag))

    assert (done.bag, done.is_first, done.drop_off) == (bag, True, None)
    assert known.desk.find_drop_off(bag) is None
    assert not known.desk.pick_up(till.pick_up(bag)).is_first


@pytest.mark.parametrize("text", ["", "TCB-04-0301-9", "TCT-04-0301-0", "TCN-H88CMK98F", "TCB-04-0301", "9" * 400])
def test_S1_what_is_no_bags_number_is_refused(known, till: Till, text):
    """Misread, mistyped, a twin check, a registration."""
    assert refusal(lambda: known.desk.pick_up(till.pick_up(text))) is DeskReason.BAG_NUMBER
    assert refusal(lambda: known.desk.find_drop_off(text)) is DeskReason.BAG_NUMBER


def test_S1_a_reprint_replaces_copies_and_keeps_numbers(world, known, till: Till):
    """One valid copy of each paper; spoilt ones are made anew by themselves."""
    done = known.desk.drop_off(till.drop(DropRoll(process="C-41"), DropRoll(process="B&W")))
    bag, first, second, stub = done.jobs

    view = known.desk.reprint_drop_off(done.event_id, (second.id,), reason="torn", staff=world.staff)
    known.jobs.begin(bag.id, "p")
    known.jobs.spoiled(bag.id, "paper out")

    jobs = known.desk.find_drop_off(done.bag).jobs
    assert [(job.kind, job.number) for job in jobs] == [("bag", 1), ("twin", 1), ("twin", 2), ("stub", 1)]
    assert (jobs[1].id, jobs[3].id) == (first.id, stub.id)
    assert jobs[0].id != bag.id
    assert jobs[2].id != second.id
    assert [roll.twin for roll in view.rolls] == [roll.twin for roll in done.rolls]
    wrong = lambda: known.desk.reprint_drop_off(done.event_id, (second.id,), reason="")  # noqa: E731
    assert refusal(wrong) is DeskReason.UNKNOWN_JOB
    world.sync(known)
    acts = [event.public for event in world.service.held.values() if event.kind == "StaffOverrode"]
    assert [(act["act"], act["about"]) for act in acts] == [("drop_papers_reprinted", done.event_id)]


def test_S1_a_printer_that_spoils_one_twin_check_for_ever_does_not_stop_the_others(known, till: Till):
    """Patience is counted for each twin check by itself."""
    known.desk.drop_off(till.drop(DropRoll(process="C-41"), DropRoll(process="B&W")))
    for _ in range(60):
        job = known.jobs.next_job()
        if job is None:
            break
        known.jobs.begin(job.id, f"p{job.id}")
        if job.kind == "twin" and job.label.wanted.process == "C-41":
            known.jobs.spoiled(job.id, "jam")
        else:
            known.jobs.printed(job.id, "process id")

    states = {(job.kind, job.number): job.state for job in known.desk.drop_offs(1)[0].jobs}
    assert states[("twin", 1)] is LabelState.DEFERRED
    assert states[("twin", 2)] is states[("stub", 1)] is LabelState.PRINTED


def test_S1_the_newest_drop_offs_are_listed(known, till: Till):
    """The newest first, as many as are asked for."""
    bags = [known.desk.drop_off(till.drop()).bag for _ in range(3)]

    assert [view.bag for view in known.desk.drop_offs(2)] == [bags[2], bags[1]]
