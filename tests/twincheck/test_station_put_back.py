"""A real station and the real photoservice: news between stores, and a journal put back from last night's copy."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from photocore.cards import CardNumber, CardTable
from photocore.ids import ItemId
from photoservice.testing import RunningService, ScratchPostgres, running_service
from sync.audit import check_chain
from sync.bringing_back import count_restored
from sync.keys import load_keys
from sync.label_states import LabelState
from sync.station import Station
from sync.views import MadeUp, MakeUpWish, RegisterWish
from sync.wiring import enrol_real, open_real_station

pytestmark = pytest.mark.xdist_group("put_back")  # a database server is made once for all of them

CLUB = CardTable(name="club", kind="card", symbologies=("ean-13",), pattern=r"29\d{11}", check="none")
ANNA = CardNumber(table="club", number="2912345678901")
BEN = CardNumber(table="club", number="2912345670815")
STORES = {"north": "9521141000038", "south": "9521141000052"}
STAFF = "00ff00ff00ff00ff"


@pytest.fixture(scope="session")
def postgres() -> Iterator[ScratchPostgres]:
    with ScratchPostgres() as server:
        yield server


@pytest.fixture
def service(postgres: ScratchPostgres, tmp_path: Path) -> Iterator[RunningService]:
    database = postgres.fresh()
    with running_service(database, tmp_path / "service") as running:
        running.add_tenant("Corner Photo", "retailer", "9521999", gln="9521141000021")
        for name, gln in STORES.items():
            running.add_store(gln, name, retailer="Corner Photo", tables=(CLUB,))
        yield running
    postgres.drop(database)


@dataclass
class Counter:
    """A station's folder, opened for one visit at a time: carried by hand, over real HTTP."""

    folder: Path

    def visit(self, work: Callable[[Station], object]) -> object:
        """Open the station, do ``work``, carry everything, and close."""
        station = open_real_station(self.folder, carry=False)
        try:
            done = work(station)
            report = station.courier.carry_here()
            assert report.ok, report.reason
            return done
        finally:
            station.close()

    def carry(self) -> None:
        self.visit(lambda _: None)

    def look(self, work: Callable[[Station], object]) -> object:
        """Open the station and do ``work`` without carrying."""
        station = open_real_station(self.folder, carry=False)
        try:
            return work(station)
        finally:
            station.close()

    def register(self, item: ItemId, card: CardNumber) -> str:
        def work(station: Station) -> str:
            wish = RegisterWish(
                event_id=station.desk.mint_event_id(),
                item=item,
                level="package",
                item_typed=False,
                card=card,
                card_typed=False,
            )
            return station.desk.register(wish).claim

        return str(self.visit(work))

    def make_up(self, count: int, card: CardNumber | None = None) -> MadeUp:
        def work(station: Station) -> MadeUp:
            desk = station.desk
            claim = desk.mint_event_id() if card else None
            wish = MakeUpWish(
                event_id=desk.mint_event_id(), product=None, count=count, staff=STAFF, card=card, claim_id=claim
            )
            return desk.make_up(wish)

        made = self.visit(work)
        assert isinstance(made, MadeUp)
        return made

    def word(self, claim: str) -> str:
        return str(self.look(lambda station: station.desk.level(claim).word))


@pytest.fixture
def counters(service: RunningService, tmp_path: Path) -> dict[str, Counter]:
    url = service.url.replace("127.0.0.1", "localhost")
    made: dict[str, Counter] = {}
    for name, gln in STORES.items():
        enrol_real(url=url, code=service.enrol_code(gln), name=name, folder=tmp_path / name)
        made[name] = Counter(tmp_path / name)
    return made


def put_back(counter: Counter, copy: Path) -> None:
    shutil.rmtree(counter.folder)
    shutil.copytree(copy, counter.folder)


def test_K4_two_stores_one_package_both_are_told_that_it_is_contested(counters):
    """The first store had its "confirmed" long before: the news reach it in its next round."""
    north, south = counters["north"], counters["south"]
    package = north.make_up(2).package
    first = north.register(package, ANNA)
    assert north.word(first) == "confirmed"

    second = south.register(package, BEN)
    north.carry()

    assert (north.word(first), south.word(second)) == ("contested", "contested")
    assert north.look(lambda station: station.desk.status().contested) == 1


def test_K4_a_station_put_back_from_last_nights_copy_gets_all_its_events_from_the_real_photoservice(
    service, counters, tmp_path
):
    """Registrations, made-up packages, reprints and undos come back; receipts find them; nothing prints by itself."""
    north = counters["north"]
    evening = north.make_up(3, ANNA)
    copy = shutil.copytree(north.folder, tmp_path / "last-night")
    lost, shelf, undone = north.make_up(2, BEN), north.make_up(2), north.make_up(1, ANNA)
    assert lost.registration
    assert undone.registration
    assert evening.registration
    north.visit(lambda station: station.desk.undo(undone.registration.claim, by="staff", staff=STAFF))
    north.visit(lambda station: station.desk.reprint(evening.registration.claim, (evening.rolls[0],), "torn"))
    events = {row["id"] for row in service.sql("select id from event")}

    put_back(north, copy)
    north.carry()

    def look(station: Station) -> None:
        held = {row[0] for row in station.journal.read(lambda db: list(db.execute("select id from event")))}
        assert events <= held
        assert station.desk.status().unsent == station.desk.status().parked + 1  # this look's own epoch
        view = station.desk.find_registration(lost.registration.number)
        assert view is not None
        assert (view.rolls, view.withdrawn) == (lost.rolls, False)
        assert {job.state for job in view.jobs} == {LabelState.MAYBE}
        assert station.desk.level(lost.registration.claim).word == "confirmed"
        assert station.desk.find_registration(undone.registration.number).withdrawn
        assert station.desk.find_made_up(shelf.package).rolls == shelf.rolls
        first_label = next(job for job in evening.jobs if job.roll == evening.rolls[0])
        assert station.desk.copy_state(evening.rolls[0], first_label.copy) == "replaced"
        assert station.jobs.next_job() is None
        public = load_keys(north.folder).signing.public
        assert station.journal.read(lambda db: check_chain(db, public)) == len(held)
        assert station.desk.status().restored == station.journal.read(count_restored) > 8

    north.look(look)


def test_K4_print_again_after_the_restore_voids_at_the_photoservice_what_was_printed_before(
    service, counters, tmp_path
):
    """The new copy is the one that counts, there too; the shopper's new access code opens, the old one does not."""
    north = counters["north"]
    north.carry()
    copy = shutil.copytree(north.folder, tmp_path / "last-night")
    lost = north.make_up(2, ANNA)
    assert lost.registration
    put_back(north, copy)
    north.carry()

    claim = lost.registration.claim
    again = north.visit(lambda station: station.desk.reprint(claim, None, "lost with the disk", receipt=True))

    voids = {row["copy"]: row["voids"] for row in service.sql("select copy, voids from label_copy")}
    old = {job.roll: job.copy for job in lost.jobs if job.kind == "roll"}
    new = {job.roll: job.copy for job in again if job.kind == "roll"}
    assert {roll: voids[new[roll]] for roll in new} == old
    codes = service.sql("select voided_at from access_code order by voided_at is null")
    assert [row["voided_at"] is None for row in codes] == [False, True]


def test_K4_news_told_since_the_backup_are_told_again_to_the_restored_station(counters, tmp_path):
    """It had noted them, and lost them with its disk."""
    north, south = counters["north"], counters["south"]
    package = north.make_up(2).package
    first = north.register(package, ANNA)
    copy = shutil.copytree(north.folder, tmp_path / "last-night")
    south.register(package, BEN)
    north.carry()
    assert north.word(first) == "contested"

    put_back(north, copy)
    assert north.word(first) == "confirmed"
    north.carry()
    north.carry()

    assert north.word(first) == "contested"
