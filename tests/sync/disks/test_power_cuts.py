"""Ten thousand power cuts of recorded lives: nothing said is lost, nothing is half, no epoch is used twice.

The controls come with it: the same cuts must find every setting that loses, or they prove nothing.
"""

from dataclasses import replace

import pytest

from sync.database import PRAGMAS
from sync.testing_cuts import Replay
from sync.testing_cuts_judge import Judge, Tally, recoveries, spread
from sync.testing_cuts_life import ANNA, Stand, long_life, ordinary_life, record

PARTS = 4


def pragmas(**changed):
    """Return the journal's settings, some changed: value and what it reads back as."""
    return tuple(
        replace(one, value=changed[one.name][0], reads=(changed[one.name][1],)) if one.name in changed else one
        for one in PRAGMAS
    )


MUTANTS = {
    "synchronous=NORMAL": pragmas(synchronous=("NORMAL", 1)),
    "synchronous=OFF": pragmas(synchronous=("OFF", 0)),
    "journal_mode=DELETE without sync": pragmas(journal_mode=("delete", "delete"), synchronous=("OFF", 0)),
    "journal_mode=MEMORY": pragmas(journal_mode=("memory", "memory")),
}


@pytest.fixture
def make_stand(memory_path):
    """Return a maker of stands, and of the judge of each."""
    judges = []

    def make(name="station", **changes):
        stand = Stand(memory_path / name, **changes)
        judge = Judge(stand)
        judges.append(judge)
        return stand, judge

    yield make
    for judge in judges:
        judge.close()


def checkpoint_of(life):
    """Return the first and last write of a checkpoint that was made while the station worked."""
    first, last = life.promises[1].at, life.promises[-1].at
    inside = [at for at, (path, _) in enumerate(life.log) if path == "journal.db" and first < at < last]
    return inside[0], inside[-1]


def single_cuts(make_stand, count, seed):
    """Cut an ordinary life of two days ``count`` times."""
    stand, judge = make_stand()
    life = ordinary_life(stand)
    return judge.sweep(life, spread(0, len(life.log), count, seed))


def checkpoint_cuts(make_stand, count, seed):
    """Cut a long life round its checkpoint, and where the WAL begins anew over old frames."""
    stand, judge = make_stand()
    life = long_life(stand)
    first, last = checkpoint_of(life)
    return judge.sweep(life, spread(first - 50, min(last + 150, len(life.log)), count, seed))


def double_cuts(make_stand, count, seed):
    """Cut lives, and then again the recoveries and first registrations of those that come after."""
    stand, judge = make_stand()
    life = ordinary_life(stand)
    tally = Tally()
    for again in recoveries(stand, life, spread(1, len(life.log), count // 100, seed)):
        tally.add(judge.sweep(again, spread(0, len(again.log), 100, seed)))
    return tally


CUTS = {"single": (single_cuts, 7600), "in a checkpoint": (checkpoint_cuts, 400), "double": (double_cuts, 2000)}


@pytest.mark.timeout(400)
@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("kind", CUTS)
def test_K4_ten_thousand_power_cuts_lose_nothing_that_was_said(make_stand, kind, part):
    """Registrations, make-ups, papers, acks, news: whatever was said before the cut is there after it, and whole."""
    cut, count = CUTS[kind]

    tally = cut(make_stand, count // PARTS, seed=100 * part)

    assert tally.harm == {}
    assert tally.cuts == count // PARTS
    assert tally.survived > tally.cuts


@pytest.mark.nightly
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("part", range(40))
@pytest.mark.parametrize("kind", CUTS)
def test_K4_a_million_power_cuts_lose_nothing_that_was_said(make_stand, kind, part):
    """The same with a hundred times as many fates of un-synced writes."""
    cut, count = CUTS[kind]

    tally = cut(make_stand, count * 100 // 40, seed=1000 + 1000 * part)

    assert tally.harm == {}
    assert tally.cuts == count * 100 // 40


def lost_day(at):
    """A day that is sent, and then lost with the disk."""
    at.register()
    at.make_up(ANNA)
    at.undo(at.register().claim)
    at.carry()


def coming_back(at):
    """Get everything back that the photoservice holds, and note that it is there; then go on."""
    at.carry()
    for event in at.stand.service.applied:
        at.life.say(f"settled {event.id}")
    at.register()
    at.carry()


def test_K4_power_cuts_while_a_restored_station_gets_its_events_back_lose_nothing(make_stand):
    """Each page is one commit: what came back stays, and the next life gets the rest."""
    stand, judge = make_stand()
    first = ordinary_life(stand, days=1)
    (surface,) = Replay(first.start, first.log).stops([len(first.log)])
    copy = surface.views()
    stand.service.back_at_once = 3
    lost = record(stand, copy, lost_day)
    restored = record(stand, copy, coming_back)

    tally = judge.sweep(restored, spread(0, len(restored.log), 600))

    assert tally.harm == {}
    assert tally.states > 5
    (surface,) = Replay(restored.start, restored.log).stops([len(restored.log)])
    assert lost.said_by(len(lost.log)) <= judge.state_of(surface.views()).held


@pytest.mark.parametrize("mutant", MUTANTS)
def test_K4_the_same_cuts_catch_every_setting_that_loses(make_stand, mutant):
    """Each of these is faster, and each loses what was said: by a hundred cuts at most it is caught."""
    stand, judge = make_stand(pragmas=MUTANTS[mutant])
    life = ordinary_life(stand)

    tally = judge.sweep(life, spread(0, len(life.log), 100))

    assert tally.harm


def test_K4_another_setting_that_loses_nothing_is_not_accused(make_stand):
    """A rollback journal that syncs everything is safe too: the cuts find loss, not difference."""
    stand, judge = make_stand(pragmas=pragmas(journal_mode=("delete", "delete"), synchronous=("EXTRA", 3)))
    life = ordinary_life(stand)

    assert judge.sweep(life, spread(0, len(life.log), 500)).harm == {}


def test_K4_the_same_seed_makes_the_same_cut(make_stand):
    """So that a cut that did harm can be looked at again."""
    stand, judge = make_stand(pragmas=MUTANTS["synchronous=NORMAL"])
    life = ordinary_life(stand)
    cuts = spread(0, len(life.log), 50, seed=3)

    first, again = judge.sweep(life, cuts), judge.sweep(life, cuts)

    assert first.harm == again.harm
    assert again.images == again.states == 0
