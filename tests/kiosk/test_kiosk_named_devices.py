"""Which devices a kiosk uses, what their links tell it, and one that takes another's place by a person's word."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import cast

import pytest
import structlog

from hardware.errors import DeviceBookWrong, PortUrlWrong, ProfileWrong
from hardware.inventory import DeviceBook, Inventory, PrinterEntry, ScannerEntry, change_book, find_devices, load_book
from hardware.inventory.testing import MachineOfFiles, Plug
from hardware.scanner import Condition, Frame, LinkState
from hardware.scanner.framing import FramingCounts
from hardware.scanner.link_state import LinkCounts
from kiosk.devices import StationDevices
from kiosk.ears import MOST_UNREAD, Ears
from kiosk.flow import events as told
from kiosk.flow.staff_values import NewDevice
from kiosk.inbox import Inbox
from kiosk.machine import Machine
from kiosk.named_devices import printer_of, scanners_of
from kiosk.roster_facts import RosterReader
from kiosk.testing import SilentScanner, film_store, frame
from kiosk.testing.counter import PACKAGE
from kiosk.voices import Voices
from photocore.settings import locate_config
from photocore.symbology import PackageScan
from photocore.testing import ManualClock

CONFIG = locate_config()
LEFT = ScannerEntry(name="left", profile="zebra_rs232", serial="S1")
HAND = ScannerEntry(name="hand", profile="hid_de", by_path="pci-0000:00:14.0-usb-0:2:1.0", way="input")
LABELS = PrinterEntry(name="labels", profile="virtual-80mm", url="tcp://192.0.2.7:9100", offset_x_mm=0.5)
BOOK = DeviceBook(scanner=(LEFT, HAND), printer=(LABELS,))


# -- which there are ------------------------------------------------------------------------------------------------


def test_K2_without_a_word_all_scanners_of_the_book_are_used_each_with_its_profile() -> None:
    scanners = scanners_of(BOOK, (), "generic", CONFIG)
    assert [(one.name, one.url, one.profile.protocol) for one in scanners] == [
        ("left", "device://left", "ascii"),
        ("hand", "device://hand", "hid"),
    ]


def test_K2_what_is_named_wins_by_the_books_name_or_by_address() -> None:
    scanners = scanners_of(BOOK, ("hand", "/dev/ttyACM7", "hand"), "generic", CONFIG)
    assert [(one.name, one.url) for one in scanners] == [("hand", "device://hand"), ("/dev/ttyACM7", "/dev/ttyACM7")]
    assert scanners[1].profile.name == "Any serial scanner"


def test_K2_the_path_of_a_keyboard_scanner_is_its_events() -> None:
    (scanner,) = scanners_of(DeviceBook(), ("/dev/input/by-id/x-event-kbd",), "hid_us", CONFIG)
    assert scanner.url == "evdev:///dev/input/by-id/x-event-kbd"


def test_K3_the_books_only_printer_is_the_kiosks_with_its_offset() -> None:
    printer = printer_of(BOOK, None, "generic-80mm", CONFIG)
    assert printer is not None
    assert (printer.name, printer.url, printer.offset_mm) == ("labels", "tcp://192.0.2.7:9100", (0.5, 0.0))
    named = printer_of(BOOK, "tcp://192.0.2.9:9100", "generic-80mm", CONFIG)
    assert named is not None
    assert (named.url, named.offset_mm) == ("tcp://192.0.2.9:9100", (0.0, 0.0))
    assert printer_of(DeviceBook(), None, "generic-80mm", CONFIG) is None


def test_K3_of_several_printers_one_must_be_named() -> None:
    both = DeviceBook(printer=(LABELS, PrinterEntry(name="receipts", profile="generic-58mm", url="/dev/usb/lp0")))
    with pytest.raises(DeviceBookWrong, match="labels, receipts"):
        printer_of(both, None, "generic-80mm", CONFIG)
    chosen = printer_of(both, "receipts", "generic-80mm", CONFIG)
    assert chosen is not None
    assert chosen.url == "/dev/usb/lp0"


def test_what_can_never_be_used_is_refused_before_the_window_opens() -> None:
    with pytest.raises(PortUrlWrong):
        scanners_of(DeviceBook(), ("tcp://nowhere",), "generic", CONFIG)
    with pytest.raises(ProfileWrong):
        scanners_of(DeviceBook(), ("/dev/ttyACM0",), "no_such", CONFIG)


def test_K2_each_scanner_has_its_own_stand_in_for_gs() -> None:
    reader = RosterReader(knows=film_store(), gs_substitutes={"left": "{GS}", "right": None})
    code = frame(PACKAGE).replace(b"21", b"10LOT7{GS}21", 1)
    assert isinstance(reader.read_frame(code, (PackageScan,), "left"), PackageScan)
    assert not isinstance(reader.read_frame(code, (PackageScan,), "right"), PackageScan)


# -- what they tell -------------------------------------------------------------------------------------------------


class Listened:
    """A machine that notes what reaches it."""

    def __init__(self) -> None:
        self.heard: list[object] = []

    def happen(self, event: told.Happened) -> None:
        """Note an event."""
        self.heard.append(event.is_there if isinstance(event, told.ScannerSaid) else event)

    def scan(self, data: bytes, *, is_repeated: bool, scanner: str) -> None:
        """Note a code."""
        self.heard.append((scanner, data, is_repeated))


def test_K2_one_scanner_is_enough_and_only_the_last_one_gone_is_an_outage() -> None:
    inbox: Inbox[Callable[[Machine], None]] = Inbox()
    ears = Ears(inbox, ManualClock())
    left, _ = ears.expect("left"), ears.expect("right")
    for name, condition in (
        ("left", Condition.DOWN),  # the other is being opened still: nothing is said
        ("right", Condition.UP),
        ("right", Condition.DOWN),
        ("left", Condition.UP),
        ("left", Condition.STOPPED),
    ):
        ears.scanner(LinkState(name=name, condition=condition))
    left(Frame(data=b"x", at=0.0, repeated=True))
    machine = Listened()
    for letter in inbox.drain():
        letter(cast("Machine", machine))
    assert machine.heard == [True, False, True, ("left", b"x", True)]


def test_K2_a_device_that_never_stops_holds_up_neither_memory_nor_screen() -> None:
    """Its codes beyond a hundred unread ones are dropped, its states are told once; another scanner is heard."""
    inbox: Inbox[Callable[[Machine], None]] = Inbox()
    ears = Ears(inbox, ManualClock())
    mad, sound = ears.expect("mad"), ears.expect("sound")

    def flood() -> None:
        for number in range(3 * MOST_UNREAD):
            mad(Frame(data=b"%d" % number, at=0.0))
            ears.scanner(LinkState(name="mad", condition=Condition.UP, counts=LinkCounts(frames=number)))

    machine = Listened()
    with structlog.testing.capture_logs() as logs:
        flood()
        sound(Frame(data=b"x", at=0.0))
        for letter in inbox.drain():
            letter(cast("Machine", machine))
            flood()
    assert len(machine.heard) == MOST_UNREAD + 2
    assert machine.heard.count(True) == 1
    assert machine.heard[0] == ("mad", b"0", False)
    assert machine.heard[-1] == ("sound", b"x", False)
    assert [entry["scanner"] for entry in logs if entry["event"] == "scanner.codes_dropped"] == ["mad"]


def test_K2_a_kiosk_answers_by_name_and_what_nothing_was_scanned_for_by_the_first() -> None:
    left, right, good = SilentScanner(), SilentScanner(), list[str]()
    voices = Voices({"left": left, "right": right}, on_good=good.append)
    voices.start()
    voices.say(True, "right")  # noqa: FBT003  as the machine says it
    voices.say(False, "left")  # noqa: FBT003
    voices.say(True)  # noqa: FBT003
    voices.say(True, "gone")  # noqa: FBT003
    voices.stop()
    assert (left.answers, right.answers) == ([False, True], [True])
    assert good == ["right", "left"]
    Voices({}).say(True)  # noqa: FBT003


def test_K2_the_device_list_counts_outages_and_codes_that_broke_off() -> None:
    clock = ManualClock()
    devices = StationDevices(clock)
    counts = LinkCounts(outages=2, framing=FramingCounts(overlong=1, unfinished=2, broken=3, nulls=9))
    state = LinkState(name="left", condition=Condition.UP, doubt="it was reset", counts=counts)
    devices.has_scanner("left", lambda: state)
    devices.note_good("left")
    clock.advance(20)
    (seen,) = devices.scanners()
    assert (seen.is_there, seen.good_s, seen.outages, seen.lost, seen.is_doubted) == (True, 20.0, 2, 6, True)


# -- is this the new one? -------------------------------------------------------------------------------------------


class Bench:
    """A station with one scanner in its book, which is not there, and a machine to plug others into."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "station"
        self.folder.mkdir()
        self.machine = MachineOfFiles(folder / "machine")
        lost = ScannerEntry(name="left", profile="zebra_rs232", serial="S1", usb=Plug().usb, way="serial")
        change_book(self.folder, lambda book: book.with_entry(lost))
        self.devices = StationDevices(ManualClock())
        self.devices.has_scanner("left", lambda: LinkState(name="left", condition=Condition.DOWN))
        self.devices.has_book(Inventory(self.folder, find=partial(find_devices, self.machine.root)))


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    """Return a bench with nothing plugged in."""
    return Bench(tmp_path)


def test_K2_a_scanner_of_the_same_model_is_asked_about_and_used_after_a_yes(bench: Bench) -> None:
    assert bench.devices.scanners()[0].place.new is None
    bench.machine.plug(Plug(serial="S9"))
    new = bench.devices.scanners()[0].place.new
    assert new is not None
    assert (new.name, new.is_same_model, new.node) == ("left", True, "/dev/ttyACM0")
    assert load_book(bench.folder).scanner[0].serial == "S1"  # not before somebody says so
    assert bench.devices.settle_new(new, is_new=True)
    assert load_book(bench.folder).scanner[0].serial == "S9"
    assert bench.devices.scanners()[0].place.new is None


def test_K2_after_a_no_it_is_not_asked_about_again(bench: Bench) -> None:
    bench.machine.plug(Plug(serial="S9"))
    new = bench.devices.scanners()[0].place.new
    assert new is not None
    assert bench.devices.settle_new(new, is_new=False)
    assert bench.devices.scanners()[0].place.new is None
    assert load_book(bench.folder).scanner[0].serial == "S1"


def test_K2_what_was_unplugged_before_the_answer_is_not_taken_on(bench: Bench) -> None:
    plug = bench.machine.plug(Plug(serial="S9"))
    new = bench.devices.scanners()[0].place.new
    assert new is not None
    bench.machine.unplug(plug)
    assert not bench.devices.settle_new(new, is_new=True)
    bench.machine.plug(Plug(serial="S8"))  # another one, in the same place
    assert not bench.devices.settle_new(new, is_new=True)
    assert load_book(bench.folder).scanner[0].serial == "S1"


def test_K2_of_two_that_could_be_it_none_is_proposed(bench: Bench) -> None:
    bench.machine.plug(Plug(serial="S8"))
    bench.machine.plug(Plug(serial="S9", file="ttyACM1", port="2"))
    place = bench.devices.scanners()[0].place
    assert (place.new, place.is_unclear) == (None, True)
    assert not bench.devices.settle_new(NewDevice(name="left", title="x", node="/dev/ttyACM1"), is_new=True)
