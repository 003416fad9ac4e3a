"""Forty power cuts of lives that are lived anew for each, through the journal's own writing thread.

Far more cuts, and the controls, are in test_power_cuts.py, which cuts one recorded life without a thread.
"""

from dataclasses import dataclass

import pytest

from photocore.testing import SeededEntropy
from sync.audit import check_chain
from sync.errors import JournalDown
from sync.station import Footing
from sync.testing_disk import FailingDisk

CUTS = 40
REGISTRATIONS = 4


@dataclass
class Laboratory:
    """One enrolled station, whose disk image every cut starts from."""

    world: object
    image: dict[str, bytes]

    def life(self, seed: int, cut_at: int | None):
        """Let a station live until the power goes; returns its disk, and what it acknowledged."""
        disk = FailingDisk(f"life-{id(self)}-{seed}-{cut_at}", SeededEntropy(seed), self.image)
        disk.cut_at = cut_at
        acked = []
        try:
            station = self.world.open(under=Footing(vfs=disk.name, reserve_bytes=1))
            try:
                for serial in range(1, REGISTRATIONS + 1):
                    acked.append(station.desk.register(self.world.wish(self.world.package_id(serial))))
                    job = station.jobs.next_job()
                    station.jobs.begin(job.id, "p")
                    station.jobs.printed(job.id, "process id")
            finally:
                station.close()
        except JournalDown:
            pass
        disk.unregister()
        return disk, acked

    def lost(self, seed: int, cut_at: int) -> int:
        """Return how many acknowledged registrations a cut lost; every other damage is an assertion."""
        disk, acked = self.life(seed, cut_at)
        after = FailingDisk(f"after-{id(self)}-{seed}", SeededEntropy(seed), disk.survivors())
        station = self.world.open(under=Footing(vfs=after.name, reserve_bytes=1))
        station.journal.read(lambda db: check_chain(db, self.world.keys().signing.public))
        self.assert_no_half_package(station)
        found = sum(len(station.desk.jobs(done.claim)) == 4 for done in acked)
        station.close()
        after.unregister()
        return len(acked) - found

    def assert_no_half_package(self, station) -> None:
        claims = station.journal.read(
            lambda db: db.execute("select id from event where kind = 'PackageClaimed'").fetchall()
        )
        for (claim,) in claims:
            rows = station.journal.read(
                lambda db, claim=claim: db.execute(
                    "select (select count(*) from registration where claim = ?1),"
                    " (select count(*) from registration_item where claim = ?1),"
                    " (select count(*) from outbox where event = ?1),"
                    " (select count(*) from label_job where claim = ?1)",
                    (claim,),
                ).fetchone()
            )
            assert rows == (1, 4, 1, 4)


@pytest.fixture
def laboratory(world):
    world.open().close()
    return Laboratory(world, {"journal.db": (world.folder / "journal.db").read_bytes()})


def spread(total: int, cuts: int) -> list[int]:
    """Return cut points all over a life, the very first and last operation among them."""
    return [1 + (total * index) // (cuts - 1) for index in range(cuts)]


@pytest.mark.parametrize("part", range(2))
def test_K4_forty_power_cuts_of_the_writing_thread_lose_nothing_acknowledged(laboratory, part):
    """Torn and dropped un-synced writes, at every stage of a station's life."""
    whole, acked = laboratory.life(0, None)
    assert len(acked) == REGISTRATIONS
    cuts = spread(whole.operations, CUTS)[part::2]

    lost = {cut: laboratory.lost(cut, cut) for cut in cuts}

    assert {cut: count for cut, count in lost.items() if count} == {}
