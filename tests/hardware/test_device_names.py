"""Which device a shop's own name stands for, on machines made of files: replugged, replaced, swapped, and alike."""

from dataclasses import replace

import pytest

from hardware.errors import DeviceBookWrong, PortDown, PortFault
from hardware.inventory import (
    DeviceBook,
    Inventory,
    Plugged,
    PrinterEntry,
    ScannerEntry,
    change_book,
    device_url,
    find_devices,
    load_book,
    stand,
)
from hardware.inventory.binding import bound_to, shared_identities
from hardware.inventory.testing import MachineOfFiles, Plug
from hardware.scanner import Condition, ScannerLink, load_profile
from hardware.transport import loop_pair
from hardware.virtual.scanner import VirtualScanner
from photocore.host import SystemClock
from photocore.settings import locate_config


def virtual_profile():
    return load_profile(locate_config(), "virtual")


class Shop:
    """A machine of files, a station's folder beside it, and what stands where."""

    def __init__(self, folder):
        self.folder = folder / "station"
        self.folder.mkdir()
        self.machine = MachineOfFiles(folder / "machine")

    def plugged(self):
        return find_devices(self.machine.root)

    def add(self, name, plug):
        """Bind a name to what stands in a file, as the wizard does."""
        device = next(device for device in self.plugged() if device.node.endswith(f"/{plug.file}"))
        entry = bound_to(ScannerEntry(name=name, profile="generic", url="tcp://nowhere:1"), device)
        change_book(self.folder, lambda book: book.with_entry(entry))

    def inventory(self):
        return Inventory(self.folder, find=self.plugged)

    def nodes(self):
        return {seen.name: seen.device and seen.device.node for seen in self.inventory().look()}


@pytest.fixture
def shop(tmp_path):
    return Shop(tmp_path)


def test_K2_a_numbered_scanner_keeps_its_name_through_every_replug(shop):
    """Another file, another socket: its serial number tells that it is the same."""
    left = shop.machine.plug(Plug(serial="S1"))
    shop.add("counter-left", left)
    shop.machine.unplug(left)
    shop.machine.plug(Plug(serial="S2", port="7"))  # takes ttyACM0 meanwhile
    shop.machine.plug(Plug(serial="S1", file="ttyACM1", port="2"))
    seen = shop.inventory().standing("counter-left")
    assert (seen.device.node, seen.is_moved, seen.fault) == ("/dev/ttyACM1", True, None)


def test_K2_two_alike_without_a_number_are_told_apart_by_their_sockets(shop):
    """Whichever is plugged in first: the name follows the socket, never the order."""
    one, two = Plug(port="1"), Plug(port="2", file="ttyACM1")
    for plug, name in ((one, "left"), (two, "right")):
        shop.machine.plug(plug)
        shop.add(name, plug)
    assert shop.nodes() == {"left": "/dev/ttyACM0", "right": "/dev/ttyACM1"}
    for plug in (one, two):
        shop.machine.unplug(plug)
    shop.machine.plug(Plug(port="2", file="ttyACM0"))
    shop.machine.plug(Plug(port="1", file="ttyACM1"))
    assert shop.nodes() == {"left": "/dev/ttyACM1", "right": "/dev/ttyACM0"}


def test_K2_a_number_that_two_scanners_share_tells_nothing(shop):
    """Cheap scanners all say 0001: then the sockets decide, also while only one of them is there."""
    one, two = Plug(port="1", serial="0001"), Plug(port="2", serial="0001", file="ttyACM1")
    for plug, name in ((one, "left"), (two, "right")):
        shop.machine.plug(plug)
        shop.add(name, plug)
    assert shop.nodes() == {"left": "/dev/ttyACM0", "right": "/dev/ttyACM1"}
    shop.machine.unplug(one)
    assert shop.nodes() == {"left": None, "right": "/dev/ttyACM1"}


def test_K2_a_twin_that_was_seen_once_is_not_taken_for_the_first(shop):
    """One name, and a second scanner with the same number that nobody named: after the first is pulled out, silence."""
    one, two = Plug(port="1", serial="0001"), Plug(port="2", serial="0001", file="ttyACM1")
    shop.machine.plug(one)
    shop.add("left", one)
    shop.machine.plug(two)
    inventory = shop.inventory()
    assert inventory.standing("left").device.node == "/dev/ttyACM0"
    shop.machine.unplug(one)
    seen = inventory.standing("left")
    assert (seen.device, seen.fault, seen.candidate.node) == (None, PortFault.REPLACED, "/dev/ttyACM1")


def test_K2_without_a_socket_noted_two_alike_are_not_guessed_between(shop):
    """A by-id name alone, written by hand: udev's link leads to one of the two, and that is no reason to read it."""
    one = shop.machine.plug(Plug(port="1"))
    name = find_devices(shop.machine.root)[0].by_id[0]
    entry = ScannerEntry(name="left", profile="generic", by_id=name)
    assert stand(DeviceBook(scanner=(entry,)), shop.plugged())[0].device.node == "/dev/ttyACM0"
    shop.machine.plug(Plug(port="2", file="ttyACM1"))
    assert stand(DeviceBook(scanner=(entry,)), shop.plugged())[0].fault is PortFault.AMBIGUOUS
    shop.machine.unplug(one)
    assert stand(DeviceBook(scanner=(entry,)), shop.plugged())[0].device.node == "/dev/ttyACM1"
    twins = shared_identities((*shop.plugged(), *shop.plugged()))
    assert stand(DeviceBook(scanner=(entry,)), shop.plugged(), twins=twins)[0].fault is PortFault.AMBIGUOUS


def test_K2_no_device_answers_to_two_names(shop):
    """A book mended by hand may say so: neither is opened."""
    plug = shop.machine.plug(Plug(serial="S1"))
    shop.add("left", plug)
    socket = shop.plugged()[0].by_path[0]
    second = ScannerEntry(name="right", profile="generic", by_path=socket)
    change_book(shop.folder, lambda book: book.with_entry(second))
    assert [seen.fault for seen in shop.inventory().look()] == [PortFault.AMBIGUOUS] * 2


def test_K2_a_new_scanner_in_the_place_of_a_broken_one_is_asked_about(shop):
    """Nothing is read from it before a person says so; then the name, its profile and all else are as before."""
    broken = shop.machine.plug(Plug(serial="S1"))
    shop.add("counter-left", broken)
    shop.machine.unplug(broken)
    inventory = shop.inventory()
    assert inventory.standing("counter-left").fault is PortFault.MISSING
    assert inventory.questions() == ()
    shop.machine.plug(Plug(serial="S2"))
    (question,) = inventory.questions()
    assert (question.name, question.device.serial, question.is_same_model) == ("counter-left", "S2", True)
    with pytest.raises(PortDown) as down:
        inventory.open(device_url("counter-left"))
    assert down.value.fault is PortFault.REPLACED
    inventory.answer(question, is_new=True)
    assert inventory.standing("counter-left").device.serial == "S2"
    assert load_book(shop.folder).scanner[0].profile == "generic"
    assert inventory.questions() == ()


def test_K2_who_said_no_is_not_asked_again_until_it_is_replugged(shop):
    """A spare that lies there charging."""
    shop.add("counter-left", shop.machine.plug(Plug(serial="S1")))
    shop.machine.unplug(Plug(serial="S1"))
    spare = shop.machine.plug(Plug(serial="S2", port="4"))
    inventory = shop.inventory()
    (question,) = inventory.questions()
    inventory.answer(question, is_new=False)
    assert inventory.questions() == ()
    shop.machine.unplug(spare)
    assert inventory.questions() == ()
    shop.machine.plug(spare)
    assert inventory.questions() == (question,)


def test_K2_its_own_model_is_asked_about_before_any_other(shop):
    """A till's printer cable on the same machine is the less likely one; two that are as likely are not guessed at."""
    shop.add("counter-left", shop.machine.plug(Plug(serial="S1")))
    shop.machine.unplug(Plug(serial="S1"))
    shop.machine.plug(Plug(usb="0403:6001", file="ttyUSB0", port="1", maker="FTDI", model="FT232R", serial="A9"))
    inventory = shop.inventory()
    assert inventory.questions()[0].device.node == "/dev/ttyUSB0"
    shop.machine.plug(Plug(serial="S2", port="3"))
    assert inventory.questions()[0].device.node == "/dev/ttyACM0"
    shop.machine.plug(Plug(serial="S3", port="4", file="ttyACM1"))
    assert inventory.questions() == ()
    assert {device.serial for device in inventory.standing("counter-left").candidates} == {"S2", "S3"}


def test_K2_what_stood_by_all_along_is_not_the_new_one(shop):
    """A UPS on a serial cable, and the machine's own port: an unplugged scanner is missing, and nobody is asked."""
    left = shop.machine.plug(Plug(serial="S1"))
    shop.add("counter-left", left)
    shop.machine.plug(Plug(usb="0463:ffff", file="ttyACM1", port="5", serial="U1", maker="Eaton", model="UPS"))
    inventory = shop.inventory()
    assert inventory.standing("counter-left").fault is None
    shop.machine.unplug(left)
    own = Plugged(way="serial", node="/dev/ttyS0", url="serial:///dev/ttyS0")
    for _ in range(2):
        assert inventory.standing("counter-left").fault is PortFault.MISSING
    assert stand(inventory.book, (own,))[0].candidates == ()
    shop.machine.plug(Plug(usb="0c2e:0200", file="ttyACM2", port="6"))
    assert inventory.questions()[0].device.node == "/dev/ttyACM2"


def test_K2_a_keyboard_of_another_model_is_never_proposed(shop):
    """Every machine has keyboards: grabbing the wrong one would lock staff out."""
    scanner = Plug(way="input", file="event3", usb="05e0:1200", serial="")
    shop.add("counter-left", shop.machine.plug(scanner))
    shop.machine.unplug(scanner)
    shop.machine.plug(Plug(way="input", file="event4", port="5", usb="046d:c31c", maker="Logitech", model="Keyboard"))
    assert shop.inventory().standing("counter-left").fault is PortFault.MISSING


def test_K2_two_swapped_scanners_keep_their_names_and_it_is_said(shop):
    """Their numbers tell them apart; a person who crossed the cables is told."""
    left, right = Plug(serial="S1", port="1"), Plug(serial="S2", port="2", file="ttyACM1")
    for plug, name in ((left, "left"), (right, "right")):
        shop.machine.plug(plug)
        shop.add(name, plug)
    for plug in (left, right):
        shop.machine.unplug(plug)
    shop.machine.plug(Plug(serial="S1", port="2", file="ttyACM1"))
    shop.machine.plug(Plug(serial="S2", port="1", file="ttyACM0"))
    seen = shop.inventory().look()
    assert [(one.name, one.device.serial, one.swapped_with) for one in seen] == [
        ("left", "S1", "right"),
        ("right", "S2", "left"),
    ]


def test_K2_two_models_swapped_between_sockets_are_not_read_and_it_is_said(shop):
    """Without numbers the sockets decide: each holds the wrong model now, and its own is asked about."""
    left, right = Plug(port="1", usb="05e0:1701"), Plug(port="2", usb="0c2e:0200", file="ttyACM1")
    for plug, name in ((left, "left"), (right, "right")):
        shop.machine.plug(plug)
        shop.add(name, plug)
    for plug in (left, right):
        shop.machine.unplug(plug)
    shop.machine.plug(Plug(port="2", usb="05e0:1701", file="ttyACM1"))
    shop.machine.plug(Plug(port="1", usb="0c2e:0200", file="ttyACM0"))
    seen = shop.inventory().look()
    assert [(one.device, one.swapped_with, one.candidate.usb) for one in seen] == [
        (None, "right", "05e0:1701"),
        (None, "left", "0c2e:0200"),
    ]


def test_K2_parts_of_one_device_are_told_apart(shop):
    """A scanner with a serial line and a keyboard, both with its number; and one with two serial lines."""
    line = shop.machine.plug(Plug(serial="S1", interface="00"))
    shop.machine.plug(Plug(serial="S1", interface="02", file="ttyACM1"))
    shop.machine.plug(Plug(serial="S1", interface="04", way="input", file="event2"))
    shop.add("left", line)
    assert shop.nodes() == {"left": "/dev/ttyACM0"}


def test_K2_a_scanner_is_read_by_its_name_over_a_replug_under_another_file(shop, tmp_path, eventually):
    """End to end on real ptys: unplugged, back as ttyACM7 in another socket, and the same link reads on."""
    frames = []
    scanner = VirtualScanner(tmp_path / "pty", virtual_profile(), SystemClock())
    scanner.plug()
    plug = shop.machine.plug(Plug(serial="S1", leads_to=scanner.path))
    shop.add("counter-left", plug)
    link = ScannerLink(
        device_url("counter-left"),
        virtual_profile(),
        SystemClock(),
        frames.append,
        opener=shop.inventory().open,
        name="counter-left",
    )
    with link:
        eventually(lambda: link.state.is_up)
        scanner.scan("FIRST")
        eventually(lambda: len(frames) == 1)
        shop.machine.unplug(plug)
        scanner.unplug()
        eventually(lambda: link.state.why == PortFault.MISSING.value)
        assert link.state.condition is Condition.DOWN
        scanner.plug()
        shop.machine.plug(Plug(serial="S1", file="ttyACM7", port="6", leads_to=scanner.path))
        eventually(lambda: link.state.is_up)
        scanner.scan("SECOND")
        eventually(lambda: len(frames) == 2)
    scanner.unplug()
    assert [frame.data for frame in frames] == [b"FIRST", b"SECOND"]


@pytest.mark.parametrize("numbers", [("S1", "S2"), ("", ""), ("0001", "0001")])
def test_K2_two_scanners_of_one_model_are_never_mixed_whatever_is_plugged_in_first(shop, tmp_path, eventually, numbers):
    """On real ptys: both pulled out and put back in the other order, so that each has the other's file."""
    scanners = [VirtualScanner(tmp_path / f"pty{port}", virtual_profile(), SystemClock()) for port in "12"]
    plugs = [
        Plug(file=f"ttyACM{at}", port=str(at + 1), serial=number, leads_to=scanner.path)
        for at, (number, scanner) in enumerate(zip(numbers, scanners, strict=True))
    ]
    for name, plug, scanner in zip(("left", "right"), plugs, scanners, strict=True):
        scanner.plug()
        shop.machine.plug(plug)
        shop.add(name, plug)
    heard, inventory = [], shop.inventory()
    links = [
        ScannerLink(
            device_url(name),
            virtual_profile(),
            SystemClock(),
            lambda frame, name=name: heard.append((name, frame.data)),
            opener=inventory.open,
            name=name,
        )
        for name in ("left", "right")
    ]
    with links[0], links[1]:
        for turn in range(2):
            eventually(lambda: all(link.is_up for link in links))
            scanners[0].scan(f"LEFT{turn}")
            scanners[1].scan(f"RIGHT{turn}")
            eventually(lambda turn=turn: len(heard) == 2 * (turn + 1))
            if turn == 0:
                for plug, scanner in zip(plugs, scanners, strict=True):
                    shop.machine.unplug(plug)
                    scanner.unplug()
                eventually(lambda: not any(link.is_up for link in links))
                for plug, scanner in zip(reversed(plugs), reversed(scanners), strict=True):
                    scanner.plug()
                    shop.machine.plug(replace(plug, file=f"ttyACM{2 - int(plug.port)}"))
    for scanner in scanners:
        scanner.unplug()
    assert sorted(heard) == [("left", b"LEFT0"), ("left", b"LEFT1"), ("right", b"RIGHT0"), ("right", b"RIGHT1")]


def test_K2_a_device_that_changed_while_it_was_opened_is_closed_again(shop):
    """Between looking and opening another one took its file: what we hold is not ours."""
    left = shop.machine.plug(Plug(serial="S1"))
    shop.add("left", left)
    opened = []

    def open_late(url, *, settings=None):
        shop.machine.unplug(left)
        shop.machine.plug(Plug(serial="S2"))
        opened.append(loop_pair(url, settings))
        return opened[0][0]

    with pytest.raises(PortDown):
        Inventory(shop.folder, find=shop.plugged, opener=open_late).open(device_url("left"))
    assert opened[0][0].is_closed
    opened[0][1].close()


def test_K2_an_address_that_is_no_name_is_opened_as_it_stands(shop):
    """One opener for all: a printer on the network has no plug."""
    opened = []
    inventory = Inventory(shop.folder, find=shop.plugged, opener=lambda url, **_: opened.append(url))
    inventory.open("tcp://printer:9100")
    change_book(
        shop.folder,
        lambda book: book.with_entry(PrinterEntry(name="labels", profile="generic-80mm", url="tcp://10.0.0.4:9100")),
    )
    inventory.open(device_url("labels"))
    assert opened == ["tcp://printer:9100", "tcp://10.0.0.4:9100"]


def test_K2_a_name_that_was_forgotten_is_down_and_no_crash(shop):
    """Somebody forgot it while the kiosk runs: its link is told so at the next try."""
    shop.add("left", shop.machine.plug(Plug(serial="S1")))
    inventory = shop.inventory()
    change_book(shop.folder, lambda book: book.without("left"))
    with pytest.raises(PortDown) as down:
        inventory.open(device_url("left"))
    assert "left" in str(down.value)


def test_K2_a_book_that_was_broken_while_running_is_not_taken(shop):
    """The last good one stays in use, and it is said why."""
    shop.add("left", shop.machine.plug(Plug(serial="S1")))
    inventory = shop.inventory()
    (shop.folder / "devices.toml").write_text("[[scanner]]\nname = ")
    assert inventory.standing("left").device.node == "/dev/ttyACM0"
    assert "devices.toml" in inventory.trouble
    with pytest.raises(DeviceBookWrong):
        shop.inventory()
