"""The kiosk's worker in front of the real desk and its journal on disk: what the fake promises, the real one keeps."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.flow import effects as ask
from kiosk.flow import events as told
from kiosk.flow.values import Card, Item, Package, Wish
from kiosk.testing import FakeStore
from kiosk.testing.counter import CARD, GOLD, OTHER_CARD, PACKAGE, ROLLS, UNKNOWN
from kiosk.worker import DeskWorker
from photocore.cards import CardNumber, CardTable
from photocore.host import SystemClock, SystemDisk
from photocore.ids import ItemId
from photocore.package import Manifest
from photocore.roster import RosterSnapshot, Store, StoreSettings
from photocore.testing import SeededEntropy
from sync.enrolment import enrol
from sync.station import Seams, Station, open_station
from sync.testing import FakePhotoservice
from sync.views import MakeUpWish

MINE = Card(card=CardNumber(table="demo", number=CARD))
THEIRS = Card(card=CardNumber(table="demo", number=OTHER_CARD))
LATE_ROLLS = tuple(roll.replace("R4T9", "S4T9") for roll in ROLLS)


@pytest.fixture
def station(tmp_path: Path) -> Iterator[Station]:
    """An enrolled station whose roster names one package."""
    clock, entropy = SystemClock(), SeededEntropy(5)
    service = FakePhotoservice(_roster(1, PACKAGE), clock=clock, entropy=entropy)
    code = service.issue_code()
    enrol(url="http://localhost:8470", code=code, name="Counter", folder=tmp_path, channel=service, entropy=entropy)
    seams = Seams(clock=clock, entropy=entropy, disk=SystemDisk(), channel=service, quick_channel=service)
    opened = open_station(tmp_path, seams, carry=False)
    yield opened
    opened.close()


@pytest.fixture
def worker(station: Station) -> DeskWorker:
    """The kiosk's worker, its thread not started."""
    return DeskWorker(
        desk=station.desk, labels=station.jobs, store=FakeStore(), clock=SystemClock(), tell=lambda _: None
    )


def test_K1_labels_again_over_the_real_desk_wait_until_the_list_is_here(station: Station, worker: DeskWorker) -> None:
    """Registered unknown: *again* says it still waits; with the list on the roster it brings the first labels."""
    done = _register(worker, UNKNOWN)
    again = ask.PrintAgain(session=1, claim=done.registration.claim, number=done.registration.number, card=MINE.card)
    still = worker.carry_out(again)
    assert isinstance(still, told.LabelsReplaced)
    assert still.is_waiting
    assert [label.kind for label in still.labels] == ["receipt"]
    station.roster.switch(_roster(2, PACKAGE, UNKNOWN), "")
    printed = worker.carry_out(again)
    assert isinstance(printed, told.LabelsReplaced)
    assert not printed.is_waiting
    assert [label.roll for label in printed.labels] == [*LATE_ROLLS, None]


def test_K1_the_real_desk_gives_no_other_card_the_labels(worker: DeskWorker) -> None:
    """Whatever the screen believed: the journal knows whose claim it is."""
    done = _register(worker, PACKAGE)
    claim, number = done.registration.claim, done.registration.number
    refused = worker.carry_out(ask.PrintAgain(session=1, claim=claim, number=number, card=THEIRS.card))
    assert isinstance(refused, told.DeskRefused)
    assert refused.reason == "registered_to_another_card"
    read = worker.carry_out(ask.ReadClaim(session=1, claim=claim))
    assert isinstance(read, told.ClaimRead)
    assert read.labels == done.labels


def test_K1_the_real_desk_counts_the_paper_of_an_undo(station: Station, worker: DeskWorker) -> None:
    """One label proven, one sent: the undo's answer says one out, one that may be."""
    done = _register(worker, PACKAGE)
    for is_proven in (True, False):
        job = station.jobs.next_job()
        assert job is not None
        station.jobs.begin(job.id, f"{job.id}")
        station.jobs.sent(job.id)
        if is_proven:
            station.jobs.printed(job.id, "said so")
    undone = worker.carry_out(ask.Undo(session=1, claim=done.registration.claim))
    assert isinstance(undone, told.UndoStored)
    assert (undone.printed, undone.moving) == (1, 1)


def test_O18_the_real_desk_foretells_what_registering_from_the_shelf_prints(
    station: Station, worker: DeskWorker
) -> None:
    """A maker's package: a label for each roll. One from the shelf: its labels are on, the receipt alone."""
    made = station.desk.make_up(
        MakeUpWish(event_id=station.desk.mint_event_id(), product=GOLD.gtin, count=2, staff="0")
    )
    for package, rolls in ((PACKAGE, ROLLS), (str(made.package), ())):
        checked = worker.carry_out(ask.CheckClaim(session=1, item=Item(item=package, level="package"), card=MINE))
        assert isinstance(checked, told.ClaimChecked)
        assert checked.package.to_label == tuple(rolls)
        done = _register(worker, package)
        assert [label.roll for label in done.labels] == [*rolls, None]


def _register(worker: DeskWorker, package: str) -> told.Registered:
    item = Item(item=package, level="package")
    checked = worker.carry_out(ask.CheckClaim(session=1, item=item, card=MINE))
    assert isinstance(checked, told.ClaimChecked)
    wish = Wish(event_id=checked.event_id, item=item, card=MINE)
    done = worker.carry_out(ask.Register(session=1, wish=wish, package=Package(item=package)))
    assert isinstance(done, told.Registered)
    return done


def _roster(version: int, *packages: str) -> RosterSnapshot:
    rolls = {PACKAGE: ROLLS, UNKNOWN: LATE_ROLLS}
    manifests = (
        Manifest(
            package=ItemId(package),
            rolls=tuple(ItemId(roll) for roll in rolls[package]),
            source="maker",
            product=GOLD.gtin,
        )
        for package in packages
    )
    return RosterSnapshot(
        version=version,
        made_at="2026-11-21T09:00:00.000Z",
        store=Store(gln="4012345000009", name="Halide & Co."),
        settings=StoreSettings(access_url="https://photos.example/r"),
        products=(GOLD,),
        manifests=tuple(manifests),
        card_tables=(CardTable(name="demo", kind="card", symbologies=("ean-13",), pattern=r"29\d{11}", check="gs1"),),
    )
