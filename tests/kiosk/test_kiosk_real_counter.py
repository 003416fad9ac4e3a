"""The whole counter on a real station: film made up, staff who sign in and put right, on a journal on disk."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.flow import effects as ask
from kiosk.flow.events import JournalMoved, Scanned
from kiosk.roster_facts import RosterStore
from kiosk.testing import Counter, SilentScanner, card_frame, film_store, frame, stocked_desk
from kiosk.testing.counter import BADGE, CARD, EAN, GOLD, PACKAGE, PIN, ROLLS, TRIO, label_frame, price_frame
from kiosk.testing.desk import BADGES, CARDS
from kiosk.worker import DeskWorker
from photocore.cards import CardNumber
from photocore.host import SystemDisk
from photocore.ids import ItemId
from photocore.package import Manifest
from photocore.roster import RosterSnapshot, Store, StoreSettings
from photocore.symbology import ReceiptScan
from photocore.testing import ManualClock, SeededEntropy
from sync.enrolment import enrol
from sync.label_states import LabelState
from sync.station import Seams, Station, open_station
from sync.testing import FakePhotoservice


@pytest.fixture
def clock() -> ManualClock:
    """A clock that moves when told to."""
    return ManualClock()


@pytest.fixture
def station(tmp_path: Path, clock: ManualClock) -> Iterator[Station]:
    """An enrolled station whose roster knows one package and one film without serials, with Mara in its staff book."""
    entropy = SeededEntropy(5)
    service = FakePhotoservice(_roster(), clock=clock, entropy=entropy)
    code = service.issue_code()
    enrol(url="http://localhost:8470", code=code, name="Counter", folder=tmp_path, channel=service, entropy=entropy)
    seams = Seams(clock=clock, entropy=entropy, disk=SystemDisk(), channel=service, quick_channel=service)
    opened = open_station(tmp_path, seams, carry=False)
    opened.staff.add(CardNumber(table="staff", number=BADGE), "Mara", PIN, "manager")
    yield opened
    opened.close()


@pytest.fixture
def real(station: Station, clock: ManualClock) -> Counter:
    """A kiosk without a screen in front of that station."""
    counter = Counter(clock=clock, desk=stocked_desk(), store=film_store(), scanner=SilentScanner())
    counter.worker = DeskWorker(
        desk=station.desk,
        labels=station.jobs,
        store=RosterStore(roster=station.roster),
        clock=clock,
        tell=counter.machine.happen,
        staff=station.staff,
    )
    counter.owed.append(ask.ReadStation())
    counter.settle()
    return counter


def test_O18_film_for_the_shelf_is_made_up_on_a_real_journal(station: Station, real: Counter) -> None:
    """Badge, PIN, price code, count: three rolls with labels and claim codes, and a label for the package."""
    real.sign_in()
    assert real.screen.staff
    real.scan(price_frame())
    assert real.screen.rows[0].value == "Kestrel Pan 100 Trio"
    real.press("go_on", "make_up")
    assert real.screen.name == "presale_printing"
    assert [ticket.kind for ticket in real.screen.tickets] == ["roll", "roll", "roll", "package"]
    package = ItemId(real.machine.state.page.made_up.package)
    made = station.desk.find_made_up(package)
    assert made is not None
    assert (made.coded, made.gtin) == (True, EAN)


def test_O18_print_again_and_take_back_on_a_real_journal(station: Station, real: Counter) -> None:
    """New copies for all four papers; then none of them counts, and the package is unknown to a shopper."""
    package = _made_up(real)
    _print_all(station)
    _move(real)
    assert real.screen.name == "presale_done"
    before = {job.copy for job in station.desk.jobs_of_package(package)}
    real.press("again", "yes")
    after = {job.copy for job in station.desk.jobs_of_package(package)}
    assert before.isdisjoint(after)
    assert len(after) == 4
    real.press("undo", "yes")
    assert real.screen.name == "taken_back"
    made = station.desk.find_made_up(package)
    assert made is not None
    assert made.withdrawn


def test_O18_made_up_and_registered_in_one_commit_and_undone_together(station: Station, real: Counter) -> None:
    """With a card there is a receipt and no claim code; the shopper's undo takes both back."""
    real.scan(card_frame(CARD), price_frame())
    real.sign_in()
    real.press("go_on", "make_up")
    assert real.screen.name == "labels_printing"
    assert [ticket.kind for ticket in real.screen.tickets] == ["roll", "roll", "roll", "receipt"]
    package = ItemId(real.machine.state.page.registration.package.package)
    real.press("undo", "yes")
    assert real.screen.name == "undone"
    made = station.desk.find_made_up(package)
    assert made is not None
    assert made.withdrawn


def test_O18_a_made_up_package_is_registered_later_by_one_of_its_rolls(station: Station, real: Counter) -> None:
    """Sold from the shelf: one label and the card register it, and no new claim codes come after."""
    package = _made_up(real)
    _print_all(station)
    roll = station.desk.find_made_up(package).rolls[1]  # pyright: ignore[reportOptionalMemberAccess]
    real.press("finish")
    real.scan(b"]C0" + roll.encode(), card_frame(CARD))
    assert real.screen.name == "confirm"
    real.press("register", "finish")
    real.sign_in()
    copy = next(job.copy for job in station.desk.jobs_of_package(package) if job.roll == roll)
    real.scan(label_frame(roll, copy))
    assert real.screen.title == "This package is registered"
    assert {"again", "undo"}.isdisjoint(real.screen.button_ids())


def test_O17_labels_receipt_and_void_on_a_real_journal(station: Station, real: Counter) -> None:
    """Receipt again, labels again, void: each done with its reason, and a new receipt leaves the labels alone."""
    real.scan(frame(PACKAGE), card_frame(CARD))
    real.press("register")
    claim, number = real.machine.state.page.registration.claim, real.machine.state.page.registration.number
    _print_all(station)
    real.press("finish")
    real.sign_in()
    real.machine.happen(Scanned(at=real.clock.monotonic(), scan=ReceiptScan(number=number)))
    real.settle()
    assert real.screen.title == f"Registration {number}"
    before = {job.kind: job.copy for job in station.desk.jobs(claim)}
    real.press("receipt_again", "reason:lost", "yes")
    assert real.screen.name == "registration"
    after = {job.kind: job.copy for job in station.desk.jobs(claim)}
    assert after["roll"] == before["roll"]
    assert after["receipt"] != before["receipt"]
    real.press("labels_again", "reason:damaged", "yes")
    assert {job.copy for job in station.desk.jobs(claim) if job.roll}.isdisjoint(before.values())
    real.press("void", "reason:mistake", "yes")
    assert real.screen.name == "registration_withdrawn"
    assert station.desk.level(claim).word == "withdrawn"


def test_O17_the_real_queue_is_settled_by_a_persons_word(station: Station, real: Counter) -> None:
    """In doubt: on paper, or void and printed anew. Put off: sent again."""
    real.scan(frame(PACKAGE), card_frame(CARD))
    real.press("register", "finish")
    for end in ("maybe", "maybe", "deferred"):
        job = station.jobs.next_job()
        assert job is not None
        if end == "maybe":
            station.jobs.begin(job.id, str(job.id))
            station.jobs.sent(job.id)
            station.jobs.maybe(job.id, "silence")
        else:
            station.jobs.deferred(job.id, "no paper")
    real.sign_in()
    real.press("queue")
    words = [entry.word for entry in real.screen.entries]
    assert sorted(words) == ["in doubt", "in doubt", "put off", "waiting"]
    for deed in ("printed", "not_printed"):
        real.press(f"open:{[entry.word for entry in real.screen.entries].index('in doubt')}", deed)
        assert real.screen.name.startswith("queue_")
    real.press(f"open:{[entry.word for entry in real.screen.entries].index('put off')}", "release")
    assert real.screen.notice
    assert real.screen.notice.text == "Sent to the printer."
    assert all(job.state is LabelState.QUEUED for job in station.desk.queue())


def test_O17_five_wrong_pins_lock_a_real_badge_for_a_quarter_of_an_hour(real: Counter, clock: ManualClock) -> None:
    """Counted durably; the right PIN opens it again after the wait, not before."""
    real.sign_in("000000")
    for _ in range(4):
        real.type_in("000000")
    assert real.screen.name == "pin_locked"
    assert "15 minutes" in real.screen.blocks[0].text
    real.press("back")
    real.sign_in()
    assert real.screen.name == "pin_locked"
    real.press("back")
    clock.advance(901.0)
    real.sign_in()
    assert real.screen.name == "staff_home"


def test_O17_devices_and_recent_registrations_of_a_real_station(real: Counter) -> None:
    """The pages read what the journal has."""
    real.scan(frame(PACKAGE), card_frame(CARD))
    real.press("register", "finish")
    real.sign_in()
    real.press("recent")
    (entry,) = real.screen.entries
    assert entry.word == "Registered here"
    assert "Halide Gold 400" in entry.detail
    real.press("back", "devices")
    assert [entry.word for entry in real.screen.entries] == ["offline", "good"]
    real.press("back", "parked")
    assert real.screen.empty == "Nothing is parked."


def _made_up(real: Counter) -> ItemId:
    real.sign_in()
    real.scan(price_frame())
    real.press("go_on", "make_up")
    return ItemId(real.machine.state.page.made_up.package)


def _print_all(station: Station) -> None:
    while (job := station.jobs.next_job()) is not None:
        station.jobs.begin(job.id, str(job.id))
        station.jobs.sent(job.id)
        station.jobs.printed(job.id, "said so")


def _move(real: Counter) -> None:
    real.machine.happen(JournalMoved(at=real.clock.monotonic()))
    real.settle()


def _roster() -> RosterSnapshot:
    rolls = tuple(ItemId(roll) for roll in ROLLS)
    return RosterSnapshot(
        version=1,
        made_at="2026-11-21T09:00:00.000Z",
        store=Store(gln="4012345000009", name="Halide & Co."),
        settings=StoreSettings(access_url="https://photos.example/r", claim_url="https://photos.example/claim"),
        products=(GOLD, TRIO),
        manifests=(Manifest(package=ItemId(PACKAGE), rolls=rolls, source="maker", product=GOLD.gtin),),
        card_tables=(CARDS, BADGES),
    )
