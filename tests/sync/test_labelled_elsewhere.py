"""A package that another station of the store made up is registered here: its cartridges bear labels already (O18)."""

import pytest
from msgspec.structs import replace

from photocore.label import Receipt
from sync.errors import DeskReason, DeskRefusal
from sync.words import ReceiptWord, english_words


@pytest.fixture
def elsewhere(make_world):
    """Return a station whose roster lists a package that another one made up for the shelf, and that package."""
    other = make_world(seed=9)
    other.enrol()
    made = other.open().desk.make_up(other.make_up_wish(2))
    world = make_world()
    listed = replace(world.manifest(1), package=made.package, rolls=made.rolls, source="retailer")
    world.snapshot = replace(world.snapshot, manifests=(*world.snapshot.manifests, listed))
    world.service.roster = world.snapshot
    world.enrol()
    station = world.open()
    station.roster.switch(replace(world.snapshot, version=2), "")
    return world, station, made


def papers(jobs) -> list[str]:
    return [job.kind for job in jobs]


@pytest.mark.parametrize("by", ["package", "roll"])
def test_O18_registering_it_prints_the_receipt_alone_and_foretells_so(elsewhere, by):
    """As at its own station: the labels under the strip stay, and nobody sticks a second one over them."""
    world, station, made = elsewhere
    item = made.package if by == "package" else made.rolls[1]
    assert station.desk.look_up(item).to_label == ()

    done = station.desk.register(world.wish(item))

    assert (done.package, done.rolls, papers(done.jobs)) == (made.package, made.rolls, ["receipt"])
    receipt = station.jobs.next_job().label
    assert isinstance(receipt, Receipt)
    assert english_words("en", ReceiptWord.LABELLED) in receipt.state_words


def test_O18_a_makers_package_still_gets_its_labels_and_says_nothing_of_others(elsewhere):
    """Its cartridges bear the maker's IDs, and no label of ours."""
    world, station, _ = elsewhere

    done = station.desk.register(world.wish(world.package_id(1)))

    assert papers(done.jobs) == ["roll", "roll", "roll", "receipt"]
    receipt = next(job for job in station.desk.queue() if job.kind == "receipt")
    assert receipt.registration == done.number
    words = station.journal.read(
        lambda db: db.execute("select content from label_job where kind = 'receipt'").fetchone()
    )[0]
    assert english_words("en", ReceiptWord.LABELLED) not in str(words, "utf-8")


def test_O18_a_label_that_is_missing_is_printed_here_without_a_code_and_told_upstream(elsewhere):
    """One roll's, then all: the second time a copy of our own is voided, the first time none is known."""
    world, station, made = elsewhere
    done = station.desk.register(world.wish(made.package))

    first = station.desk.reprint(done.claim, (made.rolls[1],), "torn off")
    both = station.desk.reprint(done.claim, None, "again")

    assert [(job.kind, job.roll) for job in first] == [("receipt", None), ("roll", made.rolls[1])]
    assert {job.roll for job in both if job.kind == "roll"} == set(made.rolls)
    world.sync(station)
    one, two = [event.public for event in world.service.applied if event.kind == "CopiesIssued"]
    lost = first[1].copy
    assert [(copy["roll"], copy.get("voids")) for copy in one["copies"]] == [(made.rolls[1], None)]
    assert {copy["roll"]: copy.get("voids") for copy in two["copies"]} == {made.rolls[1]: lost, made.rolls[0]: None}
    assert station.desk.copy_state(made.rolls[1], lost) == "replaced"
    assert world.service.parked == {}


def test_O18_a_roll_of_another_package_gets_no_label_by_it(elsewhere):
    """And of those asked for with it none is made."""
    world, station, made = elsewhere
    done = station.desk.register(world.wish(made.package))

    with pytest.raises(DeskRefusal) as refused:
        station.desk.reprint(done.claim, (made.rolls[0], world.roll_id(1, 1)), "torn")

    assert refused.value.reason is DeskReason.UNKNOWN_ROLL
    assert papers(station.desk.jobs(done.claim)) == ["receipt"]


def test_O18_one_that_waited_for_its_list_prints_no_labels_when_it_comes(make_world, elsewhere):
    """Registered before the roster told of it: its labels were there all the time."""
    _, _, made = elsewhere
    world = make_world()
    world.enrol()
    station = world.open()
    done = station.desk.register(world.wish(made.package))
    assert done.waiting_for_manifest
    listed = replace(world.manifest(1), package=made.package, rolls=made.rolls, source="retailer")
    station.roster.switch(world.roster(2, 5, manifests=(listed,)), "")

    assert papers(station.desk.issue_labels(done.claim)) == ["receipt"]

    assert {job.roll for job in station.desk.reprint(done.claim, None, "none there") if job.kind == "roll"} == set(
        made.rolls
    )
