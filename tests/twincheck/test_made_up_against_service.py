"""Random days of making packages up, told to the real photoservice: nothing is parked, and codes on paper are its own.

The station's disk fails on command, so that retries, restarts and codes that got lost are among what it tells.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from photocore.cards import CardNumber, CardTable
from photocore.ids import ItemId
from photocore.testing import SeededEntropy
from photoservice.testing import RunningService, ScratchPostgres, running_service
from sync.station import Footing, Station, open_station
from sync.testing_day import VERBS, Day
from sync.testing_disk import FailingDisk
from sync.views import MadeUp, MakeUpWish, RegisterWish
from sync.wiring import enrol_real, real_seams

pytestmark = pytest.mark.xdist_group("made_up_against_service")  # a database server is made once for all of them

CLUB = CardTable(name="club", kind="card", symbologies=("ean-13",), pattern=r"29\d{11}", check="none")
ANNA = CardNumber(table="club", number="2912345678901")
BEN = CardNumber(table="club", number="2912345670815")
STORE = "9521141000038"
STEPS = 40
DAYS = [0, 1, 2, 3, 4, *(pytest.param(seed, marks=pytest.mark.nightly) for seed in range(5, 60))]


@dataclass
class RealStore:
    """A store whose station is enrolled at the real photoservice; its wishes are drawn from ``draw``."""

    folder: Path
    draw: random.Random
    anna: CardNumber = ANNA
    ben: CardNumber = BEN
    staff: str = "00ff00ff00ff00ff"

    def open(self, *, under: Footing | None = None) -> Station:
        return open_station(self.folder, real_seams(), carry=False, under=under or Footing())

    def make_up_wish(self, count: int = 3, card: CardNumber | None = None) -> MakeUpWish:
        return MakeUpWish(
            event_id=self._mint(),
            product="04006381333931",
            count=count,
            staff=self.staff,
            card=card,
            claim_id=self._mint() if card else None,
        )

    def wish(self, item: ItemId, card: CardNumber) -> RegisterWish:
        return RegisterWish(
            event_id=self._mint(), item=item, level="package", item_typed=False, card=card, card_typed=False
        )

    def _mint(self) -> str:
        return self.draw.randbytes(16).hex()


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningService]:
    with ScratchPostgres() as server:
        database = server.fresh()
        with running_service(database, tmp_path_factory.mktemp("service")) as running:
            running.add_tenant("Corner Photo", "retailer", "9521999", gln="9521141000021")
            running.add_store(STORE, "north", retailer="Corner Photo", tables=(CLUB,))
            yield running
        server.drop(database)


def begin_day(service: RunningService, folder: Path, seed: int) -> Day:
    """Return a fresh station of the store, on a disk that fails on command."""
    store = RealStore(folder, random.Random(seed))
    url = service.url.replace("127.0.0.1", "localhost")
    enrol_real(url=url, code=service.enrol_code(STORE), name="Counter", folder=folder)
    store.open().close()
    image = {"journal.db": (folder / "journal.db").read_bytes()}
    disk = FailingDisk(f"real-{folder.parent.name}-{seed}", SeededEntropy(seed), image)
    return Day(store, disk, store.open(under=Footing(vfs=disk.name, reserve_bytes=1)))


def carry(day: Day) -> None:
    day.mend_disk()
    report = day.station.courier.carry_here()
    assert report.ok, report.reason


def codes_at(service: RunningService, made: MadeUp) -> tuple[set[tuple[str, bytes]], set[bytes]]:
    """Return the live codes of a package (roll, HMAC), and every code it ever had."""
    rows = service.sql("select roll, mac, voided_at from claim_code where package = $1", made.package)
    live = {(row["roll"], bytes(row["mac"])) for row in rows if row["voided_at"] is None}
    return live, {bytes(row["mac"]) for row in rows}


def assert_service_agrees(service: RunningService, day: Day, made: MadeUp) -> None:
    """One live code a roll while the package is for the shelf, else none; on paper stands no other."""
    view = day.station.desk.find_made_up(made.package)
    assert view is not None
    live, ever = codes_at(service, made)
    is_coded = view.coded and not view.withdrawn
    assert sorted(roll for roll, _ in live) == (sorted(made.rolls) if is_coded else [])
    for label in day.paper:
        if label.package != made.package or label.claim_code is None:
            continue
        code = service.service.keyring.mac("claim code", made.package, label.claim_code)
        assert code in ever
        if day.station.desk.copy_state(label.roll, label.copy) == "valid":
            assert (label.roll, code) in live


@pytest.mark.parametrize("seed", DAYS)
def test_O18_the_real_photoservice_parks_nothing_of_a_random_day_and_knows_every_code_on_paper(service, tmp_path, seed):
    """Told now and then in the course of the day, and wholly at its end."""
    day = begin_day(service, tmp_path / "station", seed)
    draw = random.Random(f"day {seed}")
    try:
        day.live([("shelf", 2)])
        for _ in range(STEPS):
            day.live([(draw.choice(VERBS), draw.randrange(12))])
            if draw.random() < 0.1:
                carry(day)
        carry(day)
        assert day.station.desk.parked() == ()
        assert day.packages
        for made in day.packages:
            assert_service_agrees(service, day, made)
    finally:
        day.station.close()
        day.disk.unregister()


def test_O18_a_code_that_no_event_told_is_found_by_the_same_look(service, tmp_path):
    """The control: a label that shows another code is found, so the days above do look."""
    day = begin_day(service, tmp_path / "station", 77)
    day.live([("shelf", 0), ("print", 0)])
    carry(day)
    (made,) = day.packages
    (label,) = day.paper
    assert_service_agrees(service, day, made)

    day.paper = [type(label)(**{**vars(label), "claim_code": "7Q2M9XKD4F8TP"})]

    with pytest.raises(AssertionError):
        assert_service_agrees(service, day, made)
    day.station.close()
    day.disk.unregister()
