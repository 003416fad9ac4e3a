"""Guest cards, the consent and joined cards over the real desk and its journal on disk (S5)."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.flow import effects as ask
from kiosk.flow import events as told
from kiosk.flow.card_effects import JoinCards, MintGuestCard
from kiosk.flow.card_events import GuestCardMinted
from kiosk.flow.staff_events import DeedDone
from kiosk.flow.values import Card, Item, Seen, Wish
from kiosk.testing import FakeStore
from kiosk.testing.counter import CARD, GOLD, OTHER_CARD, PACKAGE, ROLLS
from kiosk.worker import DeskWorker
from photocore.cards import CardNumber
from photocore.host import SystemClock, SystemDisk
from photocore.ids import ItemId
from photocore.label import Receipt
from photocore.package import Manifest
from photocore.roster import RosterSnapshot, Store, StoreSettings
from photocore.testing import SeededEntropy
from sync.enrolment import enrol
from sync.station import Seams, Station, open_station
from sync.testing import FakePhotoservice

MINE = CardNumber(table="demo", number=CARD)
THEIRS = CardNumber(table="demo", number=OTHER_CARD)
ITEM = Item(item=PACKAGE, level="package")
STAFF = "a3f1c2d4e5b60718"


@pytest.fixture
def station(tmp_path: Path) -> Iterator[Station]:
    """An enrolled station whose roster names one package; nothing is sent."""
    clock, entropy = SystemClock(), SeededEntropy(5)
    manifest = Manifest(package=ItemId(PACKAGE), rolls=tuple(map(ItemId, ROLLS)), source="maker", product=GOLD.gtin)
    snapshot = RosterSnapshot(
        version=1,
        made_at="2026-11-21T09:00:00.000Z",
        store=Store(gln="4012345000009", name="Halide & Co."),
        settings=StoreSettings(),
        products=(GOLD,),
        manifests=(manifest,),
    )
    service = FakePhotoservice(snapshot, clock=clock, entropy=entropy)
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


def minted(worker: DeskWorker) -> CardNumber:
    """A guest card, as the page asks for one."""
    answer = worker.carry_out(MintGuestCard(session=1))
    assert isinstance(answer, GuestCardMinted)
    return answer.card


def checked(worker: DeskWorker, card: CardNumber) -> told.ClaimChecked:
    """What the desk says of the package and a card together."""
    answer = worker.carry_out(ask.CheckClaim(session=1, item=ITEM, card=Card(card=card)))
    assert isinstance(answer, told.ClaimChecked)
    return answer


def registered(worker: DeskWorker, card: CardNumber) -> told.Registered:
    """The package, registered to a card by the walk's own steps."""
    check = checked(worker, card)
    wish = Wish(event_id=check.event_id, item=ITEM, card=Card(card=card), notice="2026-11-21")
    answer = worker.carry_out(ask.Register(session=1, wish=wish, package=check.package))
    assert isinstance(answer, told.Registered)
    return answer


def test_S5_a_guest_card_registers_offline_and_its_receipt_bears_it(station: Station, worker: DeskWorker) -> None:
    """From the button to the job in the print queue, without a network."""
    card = minted(worker)
    registered(worker, card)
    papers = []
    while (job := station.jobs.next_job()) is not None:
        papers.append(job.label)
        station.jobs.begin(job.id, f"p{job.id}")
        station.jobs.sent(job.id)
        station.jobs.printed(job.id, "odometer")
    (receipt,) = (label for label in papers if isinstance(label, Receipt))
    assert (receipt.guest_card, receipt.access_code is not None) == (card.number, True)
    assert station.desk.check_claim(ItemId(PACKAGE), card).registered == "same_card"


@pytest.mark.parametrize("why", ["guest", "replaced", "household"])
def test_S5_staff_join_two_cards_over_the_real_desk(worker: DeskWorker, why: str) -> None:
    """A stranger's card becomes the customer's, at once and offline."""
    old = minted(worker) if why == "guest" else THEIRS
    registered(worker, old)
    assert checked(worker, MINE).package.seen is Seen.OTHER_CARD
    joining = JoinCards(session=1, staff=STAFF, why=why, old=old, into=MINE)  # type: ignore[arg-type]
    assert isinstance(worker.carry_out(joining), DeedDone)
    assert checked(worker, MINE).package.seen is Seen.SAME_CARD
    assert checked(worker, old).package.is_card_lost == (why == "replaced")


def test_S5_a_receipt_stands_for_a_lost_card_over_the_real_desk(worker: DeskWorker) -> None:
    """Its number is enough, at the station that made it; an unknown one is refused with a reason."""
    done = registered(worker, THEIRS)
    unknown = JoinCards(session=1, staff=STAFF, why="replaced", number="TCN-GTH3WRWH4", into=MINE)
    refused = worker.carry_out(unknown)
    assert isinstance(refused, told.DeskRefused)
    assert refused.reason == "unknown_claim"
    joining = JoinCards(session=1, staff=STAFF, why="replaced", number=done.registration.number, into=MINE)
    assert isinstance(worker.carry_out(joining), DeedDone)
    assert checked(worker, THEIRS).package.is_card_lost
    assert checked(worker, MINE).package.seen is Seen.SAME_CARD
