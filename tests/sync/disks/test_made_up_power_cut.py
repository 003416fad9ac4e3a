"""Power cuts and kill -9 round a make-up: package, registration, labels and what is owed are all there, or none is."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from photocore.testing import SeededEntropy
from sync.audit import check_chain
from sync.errors import JournalDown
from sync.station import Footing
from sync.testing_disk import FailingDisk

CUTS = 60


@dataclass
class Laboratory:
    """One enrolled station, whose disk image every cut starts from."""

    world: object
    image: dict[str, bytes]

    def life(self, seed: int, cut_at: int | None):
        """Make packages up until the power goes; returns the disk, and what was acknowledged."""
        disk = FailingDisk(f"made-{id(self)}-{seed}-{cut_at}", SeededEntropy(seed), self.image)
        disk.cut_at = cut_at
        acked = []
        try:
            station = self.world.open(under=Footing(vfs=disk.name, reserve_bytes=1))
            try:
                for card in (self.world.anna, None, self.world.ben, None):
                    acked.append(station.desk.make_up(self.world.make_up_wish(2, card)))
                    job = station.jobs.next_job()
                    station.jobs.begin(job.id, "p")
                    station.jobs.printed(job.id, "process id")
            finally:
                station.close()
        except JournalDown:
            pass
        disk.unregister()
        return disk, acked

    def lost(self, cut_at: int) -> int:
        """Return how many acknowledged packages a cut lost; a half one is an assertion."""
        disk, acked = self.life(cut_at, cut_at)
        after = FailingDisk(f"after-{id(self)}-{cut_at}", SeededEntropy(cut_at), disk.survivors())
        station = self.world.open(under=Footing(vfs=after.name, reserve_bytes=1))
        station.journal.read(lambda db: check_chain(db, self.world.keys().signing.public))
        station.journal.read(assert_nothing_is_half)
        found = [station.desk.find_made_up(done.rolls[1]) for done in acked]
        assert all(len(view.jobs) == 3 for view in found if view)
        station.close()
        after.unregister()
        return found.count(None)


def assert_nothing_is_half(db) -> None:
    """Every package has its event, its IDs, what is owed, its papers, and the registration it was made with."""
    made = db.execute("select event, coded, registration from made_up").fetchall()
    assert {event for event, _, _ in made} == {
        event for (event,) in db.execute("select id from event where kind = 'PackageMadeUp'").fetchall()
    }
    for event, coded, claim in made:
        papers = db.execute("select kind from label_job where claim = ?", (claim or event,)).fetchall()
        assert [kind for (kind,) in papers].count("roll") >= 2
        assert (("package" if coded else "receipt"),) in papers
        for one in filter(None, (event, claim)):
            assert db.execute("select count(*) from outbox where event = ?", (one,)).fetchone() == (1,)
        assert db.execute("select count(*) from made_up_item where event = ?", (event,)).fetchone() == (3,)
        assert (claim is None) == bool(coded)
        if claim:
            assert db.execute("select count(*) from registration_item where claim = ?", (claim,)).fetchone() == (3,)
    claims = db.execute("select id from event where kind = 'PackageClaimed'").fetchall()
    assert {claim for (claim,) in claims} == {claim for _, _, claim in made if claim}


@pytest.fixture
def laboratory(world):
    world.open().close()
    return Laboratory(world, {"journal.db": (world.folder / "journal.db").read_bytes()})


@pytest.mark.parametrize("part", range(2))
def test_O18_sixty_power_cuts_leave_no_half_package_and_lose_none_that_was_told(laboratory, part):
    """Torn and dropped un-synced writes, all over a life that makes packages up with a card and without."""
    whole, acked = laboratory.life(0, None)
    assert len(acked) == 4
    cuts = [1 + whole.operations * index // (CUTS - 1) for index in range(CUTS)][part::2]

    lost = {cut: laboratory.lost(cut) for cut in cuts}

    assert {cut: count for cut, count in lost.items() if count} == {}


LIFE = """
import json, os, signal, sys
from pathlib import Path
from photocore.cards import CardNumber
from photocore.errors import ChannelDown
from photocore.host import SystemClock, SystemDisk, SystemEntropy
from photocore.logs import configure_logs
from sync.station import Footing, Seams, open_station
from sync.views import MakeUpWish

configure_logs()

class NoNetwork:
    def exchange(self, request):
        raise ChannelDown("no network")

seams = Seams(clock=SystemClock(), entropy=SystemEntropy(), disk=SystemDisk(), channel=NoNetwork())
station = open_station(Path(sys.argv[1]), seams, carry=False, under=Footing(reserve_bytes=4096))
wish = MakeUpWish(**json.loads(sys.argv[2]))
done = station.desk.make_up(wish)
first = station.jobs.next_job()
station.jobs.begin(first.id, "p")
station.jobs.printed(first.id, "process id")
os.write(1, json.dumps([done.package, first.label.roll, first.label.claim_code]).encode())
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_O18_kill_9_between_commit_and_print_leaves_one_package_whose_codes_are_made_anew(world):
    """The printed label keeps its code, the others get new ones; the wish's ID tells the same package."""
    world.open().close()
    wish = world.make_up_wish(3)
    told_wish = json.dumps({"event_id": wish.event_id, "product": wish.product, "count": 3, "staff": wish.staff})
    command = [sys.executable, "-c", LIFE, str(world.folder), told_wish]
    told = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert told.returncode == -9, told.stderr[-2000:]
    package, roll, code = json.loads(told.stdout[told.stdout.index('["TCP') :])
    assert code.encode() not in b"".join(path.read_bytes() for path in Path(world.folder).iterdir() if path.is_file())

    station = world.open()
    again = station.desk.make_up(wish)
    codes = {roll: code}
    while (job := station.jobs.next_job()) is not None:
        station.jobs.begin(job.id, "p")
        station.jobs.printed(job.id, "process id")
        if job.kind == "roll":
            codes[job.label.roll] = job.label.claim_code
    world.sync(station)

    assert (again.already, again.package) == (True, package)
    assert set(codes) == set(again.rolls)
    assert world.service.made_up.codes == codes
    assert len(world.service.made_up.dead_codes) == 2
    assert world.service.parked == {}
