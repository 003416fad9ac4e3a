"""The whole counter: a real pty scanner, the real journal on disk, a printer on TCP, the real window."""

import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from hardware.input_events import InputEvent
from hardware.input_events.codes import EV_KEY, KEYS
from hardware.inventory import DeviceBook, PrinterEntry, ScannerEntry
from hardware.inventory.book import book_text
from hardware.printer.profile import load_profile as load_printer_profile
from hardware.render.symbols import read_back
from hardware.virtual.printer import VirtualPrinter
from hardware.virtual.printer_line import TcpLine
from hardware.virtual.scanner import VirtualScanner
from hardware.virtual.wiring import make_scanner
from kiosk.flow.staff_values import Staff
from kiosk.flow.tool_pages import PrinterShown, ToolsShown
from kiosk.senses import Aids
from kiosk.testing import Pilot, opened_app
from kiosk.testing.counter import CARD, GOLD, PACKAGE, PRICE, ROLLS
from kiosk.wiring import Fitting, OpenKiosk, open_kiosk
from photocore.cards import CardNumber, CardTable
from photocore.host import SystemClock, SystemDisk
from photocore.ids import ItemId
from photocore.package import Manifest, Product
from photocore.roster import RosterSnapshot, Store, StoreSettings
from photocore.settings import locate_config
from photocore.testing import SeededEntropy
from sync.enrolment import enrol
from sync.station import Seams
from sync.testing import FakePhotoservice

pytestmark = [pytest.mark.kivy, pytest.mark.xdist_group("kivy"), pytest.mark.usefixtures("kivy_home")]

PATIENCE_S = 30.0


@dataclass
class Shop:
    """One counter with everything on it, and a photoservice that behaves."""

    kiosk: OpenKiosk
    pilot: Pilot
    scanner: VirtualScanner
    hand_scanner: VirtualScanner
    printer: VirtualPrinter
    service: FakePhotoservice

    def scan(self, item: str, aim: str = "]d2") -> None:
        text = item.replace("(01)", "01").replace("(21)", "21").replace("(91)", "\x1d91")
        self.scanner.scan(text, aim=aim)

    def register(self) -> None:
        """Scan both, wait for the confirm page, touch register."""
        self.scan(PACKAGE)
        self.pilot.until(lambda: self.pilot.screen.title == "Now scan your card", what="the package")
        self.scan(CARD, aim="]E0")
        self.pilot.until_screen("confirm")
        self.pilot.tap("register")

    def until(self, *names: str) -> None:
        self.pilot.until_screen(*names, deadline_s=PATIENCE_S)


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    """A shop: enrolled, stocked, its devices plugged in, its window open."""
    clock, entropy, config = SystemClock(), SeededEntropy(5), locate_config()
    service = FakePhotoservice(_roster(), clock=clock, entropy=entropy)
    code = service.issue_code()
    enrol(url="http://localhost:8470", code=code, name="Counter", folder=tmp_path, channel=service, entropy=entropy)
    seams = Seams(clock=clock, entropy=entropy, disk=SystemDisk(), channel=service, quick_channel=service)
    profile = load_printer_profile(config, "virtual-80mm")
    with ExitStack() as stack:
        printer = VirtualPrinter(
            TcpLine(), fonts=config / "fonts", width_dots=profile.print_width_dots, margin_dots=profile.margin_dots
        )
        stack.enter_context(printer)
        scanner = stack.enter_context(make_scanner(tmp_path / "scanner"))
        hand_scanner = stack.enter_context(make_scanner(tmp_path / "hand"))
        book = DeviceBook(
            scanner=(
                ScannerEntry(name="counter-scanner", profile="virtual", url=f"serial://{scanner.path}"),
                ScannerEntry(name="hand-scanner", profile="virtual", url=f"serial://{hand_scanner.path}"),
            ),
            printer=(PrinterEntry(name="counter-labels", profile="virtual-80mm", url=printer.url),),
        )
        (tmp_path / "devices.toml").write_text(book_text(book))
        fitting = Fitting(
            folder=tmp_path,
            moves=False,
            is_offscreen=True,
            aids=Aids(
                keypad=f"file://{_keypad(tmp_path)}",
                keypad_profile="storm_ez_access",
                voice="jack",
                voice_folder=tmp_path / "heard",
            ),
        )
        kiosk = stack.enter_context(open_kiosk(fitting, seams=seams))
        stack.enter_context(opened_app(kiosk.app))
        pilot = Pilot(kiosk.app, clock=clock.monotonic)
        pilot.until(lambda: all(link.state.is_up for link in kiosk.scanners), what="the scanners")
        yield Shop(
            kiosk=kiosk, pilot=pilot, scanner=scanner, hand_scanner=hand_scanner, printer=printer, service=service
        )


def test_K1_K2_K3_K4_O19_scan_register_print_confirm_over_real_parts(shop: Shop) -> None:
    """One shopper: pty scans, touches, one commit, proven labels on paper, and the photoservice's word at the end."""
    assert shop.pilot.screen.store == "Halide & Co."
    shop.register()
    shop.until("labels_done")
    looks = [ticket.look for ticket in shop.pilot.screen.tickets]
    assert looks == ["proven"] * 4
    shop.pilot.until(lambda: shop.pilot.screen.chips[0].text == "Confirmed", deadline_s=PATIENCE_S, what="the ack")
    on_paper = {text for piece in shop.printer.pieces for _, text in read_back(piece.cropped())}
    assert all(any(roll.partition("(21)")[2] in text for text in on_paper) for roll in ROLLS)
    assert shop.scanner.answered_bytes.count(b"\x06") == 3  # package, card, and the commit


def test_K1_K2_the_price_code_over_the_pty_is_refused_and_explained(shop: Shop) -> None:
    """A wrong code makes the scanner that read it say refused, no other, and the screen say why."""
    shop.hand_scanner.scan(PRICE, aim="]E0")
    shop.pilot.until(lambda: shop.pilot.screen.notice is not None, what="the sentence")
    assert "price code" in shop.pilot.screen.notice.text
    assert shop.hand_scanner.wait_for_answer(after=0, within_s=30.0) == b"\x15"
    shop.scan(PACKAGE)
    shop.pilot.until(lambda: shop.scanner.answered_bytes == b"\x06", deadline_s=PATIENCE_S, what="the good beep")
    assert shop.hand_scanner.answered_bytes == b"\x15"


def test_K1_K3_paper_out_in_mid_set_holds_the_labels_up_and_the_rest_follows(shop: Shop) -> None:
    """The registration stands, the screen says so with the number; after a refill the set ends whole."""
    shop.printer.paper_out_at_label(2)
    shop.register()
    shop.until("labels_held_up")
    assert "Your registration is stored" in shop.pilot.screen.say
    assert shop.pilot.screen.number.startswith("TCN-")
    shop.printer.refill()
    shop.until("labels_done")
    assert [ticket.look for ticket in shop.pilot.screen.tickets] == ["proven"] * 4


def test_K1_K4_offline_it_is_registered_here_and_later_confirmed(shop: Shop) -> None:
    """The photoservice is down: the light says so with the count, the words claim no more; then it is confirmed."""
    shop.service.faults.down = True
    shop.register()
    shop.until("labels_done")
    assert [chip.text for chip in shop.pilot.screen.chips] == ["Registered here"]
    shop.pilot.until(
        lambda: "offline, 1 waiting" in shop.pilot.screen.light.text, deadline_s=PATIENCE_S, what="the light"
    )
    shop.service.faults.down = False
    shop.kiosk.station.courier.wake()
    shop.pilot.until(lambda: shop.pilot.screen.chips[0].text == "Confirmed", deadline_s=PATIENCE_S, what="the ack")


def test_K1_K2_an_unplugged_scanner_is_said_and_comes_back(shop: Shop) -> None:
    """Unplug: the attract page offers the keypad; plug in: it is as before."""
    shop.hand_scanner.unplug()
    shop.pilot.until(lambda: not shop.kiosk.scanners[1].state.is_up, what="the hand scanner's end")
    assert shop.pilot.screen.notice is None  # one of two is enough for a shopper
    shop.scanner.unplug()
    shop.pilot.until(lambda: shop.pilot.screen.notice is not None, deadline_s=PATIENCE_S, what="the notice")
    assert "scanner does not answer" in shop.pilot.screen.notice.text
    shop.scanner.plug()
    shop.pilot.until(lambda: shop.pilot.screen.notice is None, deadline_s=PATIENCE_S, what="the scanner's return")


def test_K1_a_headset_and_a_keypad_over_real_parts(shop: Shop, tmp_path: Path) -> None:
    """The headset goes in and the kiosk speaks; the keypad's key walks the page in the real window."""
    keys = {name: InputEvent(kind=EV_KEY, code=KEYS[name], value=1).pack() for name in ("KEY_F15", "KEY_F19")}
    with (tmp_path / "keypad").open("r+b", buffering=0) as keypad:
        keypad.write(keys["KEY_F15"])
        shop.pilot.until(lambda: shop.pilot.screen.access.speaks, deadline_s=PATIENCE_S, what="speech")
        before = shop.pilot.screen.access.focus
        keypad.write(keys["KEY_F19"])
        shop.pilot.until(lambda: shop.pilot.screen.access.focus != before, deadline_s=PATIENCE_S, what="the focus")
    assert shop.kiosk.senses
    voice = shop.kiosk.senses.voice
    assert voice
    assert voice.wait_until_silent(PATIENCE_S)
    if shutil.which("espeak-ng"):
        assert list((tmp_path / "heard").glob("*.wav"))
        assert voice.why_down == ""
    else:
        assert "cannot be started" in voice.why_down


@pytest.mark.nightly
def test_S6_training_and_a_new_label_roll_over_real_parts(shop: Shop) -> None:
    """Training's papers come out marked and without a code; the real journal, queue and photoservice hear nothing."""
    machine, station = shop.kiosk.machine, shop.kiosk.station
    badge = CardNumber(table="staff", number="TCB000042")
    member = station.staff.add(badge, "Mara", "271828", "cashier")
    staff = Staff(id=member.id, name=member.name, badge=badge, role=member.role)
    machine.state = replace(machine.state, staff=staff, page=ToolsShown())
    machine.press("training")
    machine.press("begin")
    shop.until("staff_home")
    assert machine.state.is_training
    shop.register()
    shop.until("labels_done")
    assert shop.pilot.screen.staff
    assert shop.pilot.screen.staff.text.startswith("TRAINING")
    papers = len(shop.printer.pieces)
    assert papers == 4
    assert {text for piece in shop.printer.pieces for _, text in read_back(piece.cropped())} == set()
    machine.press("sign_out")
    shop.until("attract")
    assert station.desk.recent() == ()
    assert not any(event.kind == "PackageClaimed" for event in shop.service.applied)

    machine.state = replace(machine.state, staff=staff, page=PrinterShown())
    machine.press("roll_change")
    shop.until("roll_open")
    machine.press("go_on")
    machine.press("go_on")
    shop.until("roll_check")
    shop.pilot.until(lambda: len(shop.printer.pieces) == papers + 1, deadline_s=PATIENCE_S, what="the test label")
    machine.press("good")
    shop.until("printer")
    machine.press("sign_out")
    shop.until("attract")
    shop.register()
    shop.until("labels_done")
    assert len(shop.printer.pieces) == papers + 1 + 4
    assert len(station.desk.recent()) == 1


def _keypad(folder: Path) -> Path:
    path = folder / "keypad"
    os.mkfifo(path)
    return path


def _roster() -> RosterSnapshot:
    rolls = tuple(ItemId(roll) for roll in ROLLS)
    roll = Product(gtin="09506000134369", level="roll", name="Halide Gold 400", format="135", exposures=36)
    card = CardTable(name="club", kind="card", symbologies=("ean-13",), pattern=r"29\d{11}", check="gs1")
    return RosterSnapshot(
        version=1,
        made_at="2026-11-21T09:00:00.000Z",
        store=Store(gln="4012345000009", name="Halide & Co."),
        settings=StoreSettings(access_url="https://photos.example/r"),
        products=(GOLD, roll),
        manifests=(Manifest(package=ItemId(PACKAGE), rolls=rolls, source="maker", product=GOLD.gtin),),
        card_tables=(card,),
    )
