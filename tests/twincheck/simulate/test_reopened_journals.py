"""A journal that was opened afresh in the middle of a life has begun an epoch; the simulation knows it to be there."""

import pytest

from sync.errors import JournalDown
from sync.outbox import read_hello
from sync.statements import run
from twincheck.simulate.draws import Draws
from twincheck.simulate.ground import Ground
from twincheck.simulate.loop import Loop
from twincheck.simulate.signatures import short_signatures
from twincheck.simulate.story import Story
from twincheck.simulate.world import World


@pytest.fixture
def world(tmp_path):
    loop = Loop()
    with short_signatures():
        world = World(Ground(loop=loop, draws=Draws(1), story=Story(loop)), tmp_path, 100)
        yield world
        world.close()


def test_K4_the_opening_after_a_failed_commit_is_known_to_be_on_the_disk(world):
    """No listener hears of it, and nothing need be written after it: the next look finds it (seed 1351)."""
    machine = world.counters[0].machine
    disk, journal = machine.drive.disk, machine.station.journal
    disk.sync_fails_at = disk.syncs + 1
    with pytest.raises(JournalDown):
        journal.write(
            lambda transaction: run(transaction.connection, "journal.write_note", {"name": "a", "value": "b"})
        )
    opening = machine.look(read_hello).epochs[-1]

    machine.catch_up()

    assert (opening.epoch, opening.last) == (journal.epoch, 1)
    assert opening.head in world.promises.on_disk[machine.name]
