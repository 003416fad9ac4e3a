"""A copied station beside its original, a journal wrecked, a disk lost: found, told in these words, healed."""

import shutil

import pytest

from photocore.cards import CardNumber
from photocore.testing import SeededEntropy
from sync.enrolment import enrol
from sync.errors import JournalDamaged
from sync.restoring import TWIN
from sync.testing_cuts import Chance
from sync.testing_cuts_life import Stand

BEN = CardNumber(table="club", number="9912340815")


@pytest.fixture
def counter(machines):
    """Return a machine with one registration told."""
    one = machines()
    assert one.carry().ok
    one.register()
    assert one.carry().ok
    return one


def test_K4_a_twin_is_told_on_both_machines_while_both_are_online(counter, machines):
    """The copy is given back what it lacks; as soon as the other writes on, each says that another machine does."""
    twin = machines(*counter.copy("twin"))
    twin.register()
    assert twin.carry().ok
    counter.register()

    assert counter.carry().ok
    assert twin.carry().ok

    assert counter.told == twin.told == TWIN
    assert "its folder was copied. Enrol one of the two afresh" in TWIN


def test_K4_twins_that_were_both_offline_are_told_when_they_come_back(counter, machines):
    """Both wrote for a day; nothing of either is lost upstream, and no place in history is used twice."""
    twin = machines(*counter.copy("twin"))
    ours = {counter.register() for _ in range(3)}
    theirs = {twin.register() for _ in range(3)}

    assert counter.carry().ok
    assert twin.carry().ok
    assert counter.carry().ok

    assert counter.told == TWIN
    assert twin.told.startswith("RESTORED")
    counter.register()
    assert counter.carry().ok
    assert twin.carry().ok
    assert twin.told == TWIN
    assert ours | theirs <= {event.id for event in counter.stand.service.applied}
    assert len({(e.epoch, e.seq) for e in counter.stand.service.applied}) == len(counter.stand.service.applied)


def test_K4_a_copy_of_a_copy_gets_everything_back_and_says_so(counter, machines):
    """Put back from a copy, worked on, copied again, and put back from that one, with the first run's events sent."""
    image, _ = counter.copy("first")
    counter.register()
    assert counter.carry().ok
    counter.station.close()
    second = machines(image)
    second.register()
    image, _ = second.copy("second")
    assert second.carry().ok
    second.register()
    assert second.carry().ok
    second.station.close()

    third = machines(image)
    assert third.carry().ok

    assert {event.id for event in counter.stand.service.applied} <= third.ids()
    assert third.told.startswith("RESTORED")
    assert third.check() == len(third.ids())


def test_K4_a_twin_enrolled_afresh_is_another_station_and_all_is_well(counter, machines, stand, memory_path):
    """That is the cure that the sentence names: the other one starts again and is told nothing any more."""
    twin = machines(*counter.copy("twin"))
    twin.register()
    assert twin.carry().ok
    assert counter.carry().ok
    assert counter.told == TWIN
    twin.station.close()
    counter.station.close()

    folder = memory_path / "afresh"
    code = stand.service.issue_code("AFRESH")
    enrol(
        url="http://localhost:8470",
        code=code,
        name="Counter 2",
        folder=folder,
        channel=stand.service,
        entropy=SeededEntropy("afresh"),
    )
    again, afresh = machines(counter.disk.surface.views()), machines({}, folder)
    for one in (again, afresh, again, afresh):
        assert one.carry().ok
        one.register()
    for one in (again, afresh):
        assert one.carry().ok
    assert again.told == "RESTORED 2 events"  # the twin's own, which are this station's for ever
    assert afresh.told == ""
    assert afresh.station.file.station != again.station.file.station


def test_K4_a_machine_resumed_from_a_snapshot_of_its_memory_is_caught_by_the_chain(counter, machines):
    """Both go on in one epoch with the same numbers: the one that comes second sends nothing, and says why."""
    image, folder = counter.copy("resumed")
    counter.station.close()
    first = machines(image, None, SeededEntropy("the same memory"))
    second = machines(image, folder, SeededEntropy("the same memory"))
    assert first.station.journal.epoch == second.station.journal.epoch
    first.register()
    second.station.desk.register(second.stand.wish(BEN))
    assert first.carry().ok
    sent = len(first.stand.service.applied)

    report = second.carry()

    assert not report.ok
    assert report.reason == second.told
    assert "this station may have a twin" in second.told
    assert len(first.stand.service.applied) == sent
    assert second.station.desk.status().unsent > 0  # kept, for the person who sorts it out


def wrecked(image):
    """Return the journal with half of its pages overwritten."""
    text = image["journal.db"]
    return {"journal.db": text[: len(text) // 4] + b"\xa5" * (len(text) // 2) + text[3 * len(text) // 4 :]}


def test_K4_a_wrecked_journal_is_refused_and_comes_back_whole_from_the_photoservice_with_the_keys_alone(
    counter, machines
):
    """Taken away, it is written anew: by the first round every event that was ever sent stands in it again."""
    claims = [counter.register() for _ in range(3)]
    assert counter.carry().ok
    counter.station.close()
    before = counter.disk.surface.views()

    with pytest.raises(JournalDamaged):
        machines(wrecked(before))
    healed = machines({})
    assert healed.carry().ok

    assert {event.id for event in counter.stand.service.applied} <= healed.ids()
    assert healed.told.startswith("RESTORED")
    assert [healed.station.desk.level(claim).word for claim in claims] == ["confirmed"] * 3
    assert healed.station.jobs.next_job() is None  # nothing prints by itself
    assert healed.check() == len(healed.ids())
    healed.register()
    assert healed.carry().ok


def test_K4_with_disk_and_keys_lost_what_was_sent_stands_and_a_new_station_goes_on(
    counter, machines, stand, memory_path
):
    """The old one's registrations are the photoservice's; what it never sent is on its labels and receipts alone."""
    sent = counter.register()
    assert counter.carry().ok
    never_sent = counter.register()
    counter.station.close()
    shutil.rmtree(stand.folder)

    folder = memory_path / "new"
    code = stand.service.issue_code("NEW")
    enrol(
        url="http://localhost:8470",
        code=code,
        name="Counter",
        folder=folder,
        channel=stand.service,
        entropy=SeededEntropy("new"),
    )
    new = machines({}, folder)
    assert new.carry().ok
    new.register()
    assert new.carry().ok

    applied = {event.id for event in stand.service.applied}
    assert sent in applied
    assert never_sent not in applied
    assert new.told == ""


# --- twins at random


def test_K4_of_random_twins_every_one_is_told(memory_path, machines):
    """Whoever registers and carries in whichever order: once both have written and greeted, somebody says so."""
    for number in range(10):
        stand, chance = Stand(memory_path / str(number), seed=number), Chance(SeededEntropy(f"twins {number}"))
        one = machines(at=stand)
        assert one.carry().ok
        two = machines(*one.copy(f"twin-{number}"), at=stand)
        for _ in range(12):
            who = one if chance.falls_within(0.5) else two
            if chance.falls_within(0.6):
                who.register()
            else:
                assert who.carry().ok
        for who in (one, two, one, two):
            who.register()
            assert who.carry().ok
        assert TWIN in (one.told, two.told)
        assert one.told
        assert two.told
        places = [(event.epoch, event.seq) for event in stand.service.applied]
        assert len(places) == len(set(places))
