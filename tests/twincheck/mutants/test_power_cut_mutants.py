"""Faults that power cuts of a recorded life must find: every state that is left is looked at whole."""

import pytest

from sync import journal, registering
from sync.testing_cuts_judge import Judge, spread
from sync.testing_cuts_life import Stand, ordinary_life
from twincheck.simulate.mutants.planting import Plant

CUTS = 300


def labels_afterwards(plant):
    """A registration's papers are queued by a transaction of their own, behind the event's."""
    waiting = []
    queue = registering.queue_new_set

    def later(connection, made_by, labels, receipt):
        papers = (made_by, tuple(labels), receipt)
        jobs = queue(connection, *papers)
        connection.execute("delete from label_job where claim = ?", (made_by,))
        waiting.append(papers)
        return jobs

    def make_write(original):
        def write(self, work):
            result = original(self, work)
            left, waiting[:] = waiting[:], []
            for made_by, labels, receipt in left:
                plant.hit()
                original(self, lambda t, it=(made_by, labels, receipt): queue(t.connection, *it))
            return result

        return write

    plant.replace(registering, "queue_new_set", later)
    plant.wrap(journal.Journal, "write", make_write)


def epoch_goes_on(plant):
    """A start goes on in the epoch that it finds on the disk."""

    def make(original):
        def begin(self, connection):
            found = journal.run(connection, "journal.newest_epoch")
            if not found:
                original(self, connection)
                return
            plant.hit()
            self._epoch = found[0][1]
            self._first_ordinal = self._first_ordinal or found[0][0]

        return begin

    plant.wrap(journal.Journal, "_begin_epoch", make)


MUTANTS = {
    "labels-afterwards": (labels_afterwards, "half: "),
    "epoch-goes-on": (epoch_goes_on, "an epoch was used twice"),
}


@pytest.fixture
def harm(tmp_path):
    """Return what cuts of an ordinary life do: the words of the harm."""

    def cut(name):
        judge = Judge(stand := Stand(tmp_path / name))
        try:
            life = ordinary_life(stand)
            return set(judge.sweep(life, spread(0, len(life.log), CUTS)).harm.values())
        finally:
            judge.close()

    return cut


@pytest.mark.parametrize("name", MUTANTS)
def test_K4_mutant_is_caught_by_power_cuts(harm, name):
    put, word = MUTANTS[name]
    with Plant(put) as plant:
        found = harm(name)

    assert plant.reached > 0
    assert any(word in one for one in found), found


def test_K4_without_them_no_cut_does_harm(harm):
    assert harm("sound") == set()
