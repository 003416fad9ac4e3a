"""``twincheck devices``: a device is found, tried by what it really sends, and named; and what goes wrong is told."""

import io
import json
import re
import struct
from dataclasses import replace

import pytest

from hardware.errors import DeviceBookWrong, PortDown, PortFault, ProfileWrong
from hardware.inventory import Inventory, Plugged, ScannerEntry, change_book, find_devices, load_book
from hardware.inventory.cli import command
from hardware.inventory.makers import load_makers, roles_of
from hardware.inventory.profiling import NotAdded, Profiler
from hardware.inventory.testing import MachineOfFiles, Plug
from hardware.inventory.trial import Delivery, Fit, fitting, speaks_by
from hardware.inventory.trying import Bench
from hardware.inventory.wizard import Wishes, Wizard, slug
from hardware.scanner import load_profile, profile_names
from hardware.scanner.ssi import Opcode, Packet
from hardware.transport.camera_device import VIDIOC_QUERYCAP, ask_camera
from hardware.virtual.keystrokes import whole
from hardware.virtual.printer import VirtualPrinter
from hardware.virtual.printer_line import TcpLine
from hardware.virtual.scanner import VirtualScanner
from photocore.host import SystemClock
from photocore.settings import locate_config

CONFIG = locate_config()
PROFILES = {name: load_profile(CONFIG, name) for name in profile_names(CONFIG)}
CODE = b"]C1010950600013435221ABC12345"


class Store:
    """A machine of files with a scanner to be plugged in, and a person who does what they are asked."""

    def __init__(self, folder):
        self.folder = folder / "station"
        self.folder.mkdir()
        self.machine = MachineOfFiles(folder / "machine")
        self.scanner = VirtualScanner(folder / "pty", PROFILES["generic"], SystemClock())
        self.said = []
        self.asked = []
        self.answers = {}
        self.on_say = {}
        self.on_pause = []

    def find(self):
        return find_devices(self.machine.root)

    def say(self, words):
        self.said.append(words)
        for heard, deed in self.on_say.items():
            if words.startswith(heard):
                deed()

    def ask(self, question, default):
        self.asked.append(question)
        return next((told for begin, told in self.answers.items() if question.startswith(begin)), default)

    def pause(self, _):
        if self.on_pause:
            self.on_pause.pop(0)()

    def plug(self, **said):
        self.scanner.plug()
        return self.machine.plug(Plug(leads_to=self.scanner.path, **said))

    def wizard(self, **wishes):
        return Wizard(
            folder=self.folder,
            bench=Bench(
                inventory=Inventory(self.folder, find=self.find),
                config=CONFIG,
                clock=SystemClock(),
                say=self.say,
                patience_s=wishes.pop("patience_s", 30.0),
            ),
            find=self.find,
            ask=self.ask,
            pause=self.pause,
            wishes=Wishes(**wishes),
        )


@pytest.fixture
def store(tmp_path):
    made = Store(tmp_path)
    yield made
    made.scanner.unplug()


def test_K2_a_scanner_is_found_tried_and_named(store):
    """It types a code when asked: the profile that reads it is proposed, and the name is bound by its number."""
    store.plug(serial="S1")
    store.on_say["Scan any code"] = lambda: store.scanner.scan(CODE)
    store.answers["What does the shop"] = "Counter left"
    entry = store.wizard().add()
    assert load_book(store.folder).scanner == (entry,)
    assert (entry.name, entry.serial, entry.usb, entry.way) == ("counter-left", "S1", "05e0:1701", "serial")
    assert "It says: ]C1010950600013435221ABC12345" in store.said
    assert store.said[-1].startswith("counter-left read ]C1010950600013435221ABC12345;")
    assert "counter-left is in the book, bound by its serial number S1." in store.said


def test_K2_one_without_a_number_is_named_by_its_socket(store):
    """And it is said, for a person will move it one day."""
    store.plug()
    entry = store.wizard(is_tried=False, profile="generic", name="left").add()
    assert (entry.serial, entry.by_id, entry.by_path) == (
        None,
        None,
        "/dev/serial/by-path/pci-0000:00:14.0-usb-0:1:1.0",
    )
    assert store.said[-1].startswith("left is in the book, bound by the socket it is in (/dev/serial/by-path/")


def test_K2_what_is_plugged_in_while_it_waits_is_taken(store):
    """Also what was there and is pulled out and put in again: the surest way to say which of two is meant."""
    store.machine.plug(Plug(serial="S1", file="ttyACM3", port="3"))
    second = store.machine.plug(Plug(serial="S2", file="ttyACM4", port="4"))
    store.on_pause = [lambda: store.machine.unplug(second), lambda: None, lambda: store.machine.plug(second)]
    entry = store.wizard(is_tried=False, name="left").add()
    assert entry.serial == "S2"
    assert store.asked[0].startswith("Which one?")


def test_K2_nothing_plugged_in_is_told(store):
    """After the time that was given for it."""
    with pytest.raises(NotAdded, match="No new device was seen"):
        store.wizard(wait_s=0.0).add()
    with pytest.raises(NotAdded, match="ttyACM9 is not plugged in, or has a name already"):
        store.wizard(device="/dev/ttyACM9").add()
    assert not (store.folder / "devices.toml").exists()


def test_K2_a_folder_that_is_no_stations_is_told_before_anybody_is_troubled(store, capsys):
    """A slip in --dir must not cost a person ten minutes, nor look like a station without devices."""
    store.machine.plug(Plug(serial="S1"))
    at = ["--dir", str(store.folder / "none")]
    for said in (["add", *at, "--yes"], ["list", *at], ["watch", *at, "--seconds", "0.01"], ["forget", *at, "left"]):
        assert command(said, root=store.machine.root) == 1
        told = capsys.readouterr()
        assert (told.out, "none is no station's folder; name it with --dir" in told.err) == ("", True)


def test_K2_a_machines_own_port_is_offered_and_not_taken_by_itself(store):
    """It is always there: with nothing else plugged in, a plug is waited for."""
    port = Plugged(way="serial", node="/dev/ttyS0", url="serial:///dev/ttyS0")
    wizard = replace(store.wizard(wait_s=0.0), find=lambda: (port,))
    with pytest.raises(NotAdded, match="No new device was seen"):
        wizard.add()
    store.answers["Which one?"] = "1"
    entry = replace(store.wizard(is_tried=False, name="left"), find=lambda: (port,)).add()
    assert (entry.url, entry.serial, entry.by_path) == ("serial:///dev/ttyS0", None, None)


def test_K2_a_keyboard_is_offered_only_if_a_maker_of_scanners_made_it(store):
    """Grabbed for the kiosk, staff's own keyboard would be dead; by its file it may be named on purpose."""
    store.machine.plug(Plug(way="input", file="event4", usb="046d:c31c", maker="Logitech", model="Keyboard"))
    with pytest.raises(NotAdded):
        store.wizard(wait_s=0.0).add()
    store.machine.plug(Plug(way="input", file="event5", usb="05e0:1200", port="2"))
    entry = store.wizard(is_tried=False, name="left").add()
    assert (entry.way, entry.usb, entry.profile) == ("input", "05e0:1200", "hid_us")
    store.machine.plug(Plug(way="input", file="event6", usb="05e0:1200", port="3"))
    with pytest.raises(ProfileWrong, match="generic is not for"):
        store.wizard(profile="generic", name="right").add()


def test_K2_a_name_is_given_once_and_in_the_books_letters(store):
    """What the shop calls it is made fit; one that is taken is refused before anything is written."""
    store.plug(serial="S1")
    store.wizard(is_tried=False, name="left").add()
    store.machine.plug(Plug(serial="S2", file="ttyACM1", port="2"))
    with pytest.raises(DeviceBookWrong, match="'left' is in the book already"):
        store.wizard(is_tried=False, name="left").add()
    with pytest.raises(DeviceBookWrong, match="cannot stand in devices"):
        store.wizard(is_tried=False, name="../left").add()
    assert [entry.name for entry in load_book(store.folder)] == ["left"]
    assert slug("  Counter, left (2) ") == "counter-left-2"
    assert slug("カウンター") == ""


def test_K2_a_scanner_that_is_held_or_silent_may_be_named_and_that_is_said(store):
    """A running kiosk holds its scanners; a scanner set to wait for ENQ says nothing."""
    store.plug(serial="S1")
    entry = store.wizard(name="left", patience_s=0.01).add()
    assert entry.profile == "zebra_ssi"
    assert any(words.startswith("Nothing came.") for words in store.said)
    assert store.said[-1] == "left: nothing came that this profile can read."


def test_K2_behind_rs232_noise_is_tried_again_with_other_line_settings(store):
    """A wrong baud rate shows as bytes that are no code; a pty cannot show more of it than that."""
    store.plug(serial="A9", file="ttyUSB0", usb="0403:6001", maker="FTDI", model="FT232R")
    typed = [b"\xff\x80\xfe\r", CODE + b"\r\n", CODE + b"\r\n"]
    store.on_say["Scan any code"] = lambda: store.scanner.strike(*whole(typed.pop(0)))
    entry = store.wizard(name="left").add()
    assert entry.usb == "0403:6001"
    assert "What came is no code at 9600 baud, none parity." in store.said
    assert typed == [], store.said
    assert store.said[-1].startswith("left read ]C1010950600013435221ABC12345;")


def test_K2_a_profile_there_is_none_of_is_refused(store):
    """Told by hand or by option."""
    store.plug(serial="S1")
    with pytest.raises(ProfileWrong):
        store.wizard(profile="zebra_9000").add()
    store.answers["Profile"] = "zebra_9000"
    with pytest.raises(ProfileWrong, match="there are: "):
        store.wizard(is_tried=False).add()


@pytest.mark.parametrize(
    ("sent", "best"),
    [
        (CODE + b"\r", "generic"),
        (CODE + b"\r\n", "generic"),
        (b"\x02" + CODE + b"\x03", "zebra_olivetti"),
        (CODE, "no_suffix"),
        (Packet(opcode=Opcode.DECODE_DATA, source=0, data=b"\x0f010950600013435221ABC").encode(), "zebra_ssi"),
    ],
)
def test_K2_the_profile_that_fits_is_told_by_what_the_scanner_sends(sent, best):
    """The dialogues of the counter read the recording: one end, two, a frame, silence, a packet with its checksum."""
    profiles = {name: profile for name, profile in PROFILES.items() if name != "virtual"}
    split = [Delivery(data=sent[:9], at=1.0), Delivery(data=sent[9:], at=1.01)]
    assert fitting(split, profiles)[0].profile == best


def test_K2_what_its_maker_suggests_comes_first_but_only_where_it_fits():
    """A Honeywell that sends AIM IDs and CR is one; a hint never outweighs what was heard."""
    heard = [Delivery(data=CODE + b"\r", at=1.0)]
    assert fitting(heard, PROFILES, ("zebra_ssi", "honeywell_xenon"))[0].profile == "honeywell_xenon"
    assert (
        fitting([Delivery(data=b"\x02ABC\x03", at=1.0)], PROFILES, ("honeywell_xenon",))[0].profile != "honeywell_xenon"
    )


@pytest.mark.parametrize("noise", [b"", b"\xff\xfe\x80\r\n", b"\0\0\0", b"\r\n", bytes(range(256)), b"\x02" * 600])
def test_K2_noise_fits_no_profile(noise):
    """A wrong baud rate, a broken line, a modem."""
    lines = {name: profile for name, profile in PROFILES.items() if profile.protocol != "hid"}
    assert fitting([Delivery(data=noise, at=1.0)], lines) == ()
    assert fitting([], lines) == ()


def test_K2_a_code_does_not_steer_the_terminal_it_is_shown_on():
    """Whoever prints a code chooses its bytes: clearing a screen, setting a title, or worse."""
    assert Fit(profile="generic", codes=(b"a\x1b[2J\x07\x1d\x9b\x7fz",)).words == "a<1B>[2J<07><GS><9B><7F>z"


def test_K2_keys_are_of_keyboards_alone():
    """A serial line is never read by a keymap, nor a keyboard by a baud rate."""
    assert speaks_by("serial", PROFILES["generic"])
    assert not speaks_by("input", PROFILES["generic"])
    assert [name for name, profile in PROFILES.items() if speaks_by("input", profile)] == [
        name for name, profile in PROFILES.items() if profile.protocol == "hid"
    ]


def strokes(*codes):
    """Return the events of keys struck in turn (struct input_event, linux/input.h); 1000 more: with Shift (42)."""
    events = b""
    for code in codes:
        keys = (42, code) if code > 1000 else (code,)
        for key in keys:
            events += struct.pack("@llHHi", 0, 0, 1, key % 1000, 1) + struct.pack("@llHHi", 0, 0, 0, 0, 0)
        for key in reversed(keys):
            events += struct.pack("@llHHi", 0, 0, 1, key % 1000, 0) + struct.pack("@llHHi", 0, 0, 0, 0, 0)
    return events


def test_K2_a_keyboards_country_is_told_by_its_aim_id():
    """The key of ] in America types another sign elsewhere: the layout that finds an AIM ID is the scanner's."""
    keyboards = {name: profile for name, profile in PROFILES.items() if profile.protocol == "hid"}
    sent = strokes(27, 1046, 2, 3, 4, 28)  # ] C 1 2 3 Enter on an American keyboard
    fits = fitting([Delivery(data=sent, at=1.0)], keyboards)
    assert (fits[0].profile, fits[0].codes, fits[0].has_aim) == ("hid_us", (b"]C123",), True)
    assert all(fit.profile in ("hid_us", "hid_uk") for fit in fits if fit.has_aim)


def test_K2_where_countries_read_differently_a_person_sees_which_is_right(store):
    """Without an AIM ID nothing but the code itself tells: it stands on its label."""
    wizard = store.wizard()
    keyboards = {name: profile for name, profile in PROFILES.items() if profile.protocol == "hid"}
    fits = fitting([Delivery(data=strokes(1030, 1044, 28), at=1.0)], keyboards)  # A Z Enter
    Profiler(bench=wizard.bench, ask=store.ask, is_tried=True)._tell_readings(fits)
    assert store.said[:3] == ["As hid_us, hid_uk it says: AZ", "As hid_de it says: AY", "As hid_fr it says: QW"]


def test_K2_makers_are_hints_that_name_profiles_there_are():
    """The list is data; a profile that was renamed would be a hint at nothing."""
    makers = load_makers(CONFIG)
    known = {*profile_names(CONFIG), *(path.stem for path in (CONFIG / "devices/printers").glob("*.toml"))}
    assert {name for maker in makers for name in maker.profiles} <= known
    line = Plugged(way="serial", node="/dev/ttyACM0", url="serial:///dev/ttyACM0", usb="04b8:0202")
    assert roles_of(line, makers) == ("printer",)
    assert roles_of(Plugged(way="serial", node="/dev/ttyS0", url="serial:///dev/ttyS0"), makers) == (
        "scanner",
        "printer",
    )


def test_K2_udev_keeps_the_keys_of_every_scanner_maker_from_the_window():
    """The rule and the list of makers name the same: a scanner between plug and grab types into nothing."""
    rules = (CONFIG.parent / "deploy/udev/60-twincheck.rules").read_text().splitlines()
    (rule,) = (line for line in rules if "LIBINPUT_IGNORE_DEVICE" in line)
    kept = re.search(r'ATTRS\{idVendor\}=="([0-9a-f|]+)"', rule)[1].split("|")
    assert sorted(kept) == sorted(maker.usb[:4] for maker in load_makers(CONFIG) if maker.role == "scanner")


def test_K3_a_printer_on_the_network_is_tried_by_its_answers(store, capsys):
    """Added by its address; it is asked how it is in the languages there are, and nothing is printed."""
    line = TcpLine()
    with VirtualPrinter(line, CONFIG / "fonts") as printer:
        said = [
            "add",
            "--dir",
            str(store.folder),
            "--device",
            line.url,
            "--role",
            "printer",
            "--name",
            "labels",
            "--yes",
        ]
        assert command(said, root=store.machine.root) == 0
        capsys.readouterr()
        assert command(["test", "--dir", str(store.folder), "labels"], root=store.machine.root) == 0
        assert printer.pieces == ()
    assert load_book(store.folder).printer[0].url == line.url
    assert ": ready." in capsys.readouterr().out
    assert command(["test", "--dir", str(store.folder), "--seconds", "0.2", "labels"], root=store.machine.root) == 1
    assert "nothing listens there" in capsys.readouterr().out


def test_K3_a_printer_behind_cups_is_named_and_its_silence_is_said(store, capsys):
    """Nothing comes back through a print server: it is not asked, and a label printed there is never called proven."""
    said = ["add", "--dir", str(store.folder), "--device", "cups://printserver/labels", "--role", "printer", "--yes"]
    assert command([*said, "--name", "labels"], root=store.machine.root) == 0
    (entry,) = load_book(store.folder).printer
    assert (entry.url, entry.address) == ("cups://printserver/labels", "cups://printserver/labels")
    assert "no label can be proven" in capsys.readouterr().out


def test_K2_the_book_is_listed_for_people_and_for_programs(store, capsys):
    """With what has no name yet, and what was replaced."""
    old = store.plug(serial="S1")
    store.wizard(is_tried=False, profile="generic", name="left").add()
    store.machine.plug(Plug(serial="S2", file="ttyACM1", port="2"))
    at = ["--dir", str(store.folder)]
    assert command(["list", *at], root=store.machine.root) == 0
    text = capsys.readouterr().out
    assert "left  scanner  generic               there, at /dev/ttyACM0" in text
    assert "  Symbol Technologies, Inc, 2008 Symbol Bar Code Scanner at /dev/ttyACM1, number S2" in text
    store.machine.unplug(old)
    assert command(["list", *at, "--json"], root=store.machine.root) == 0
    (device,) = json.loads(capsys.readouterr().out)["devices"]
    assert (device["name"], device["is_there"], device["fault"]) == ("left", False, "replaced")
    assert [one["serial"] for one in device["candidates"]] == ["S2"]


def test_K2_a_name_is_given_to_the_new_one_and_taken_away(store, capsys):
    """What the kiosk asks staff, for those at a terminal."""
    old = store.plug(serial="S1")
    at = ["--dir", str(store.folder)]
    store.wizard(is_tried=False, profile="generic", name="left").add()
    store.machine.unplug(old)
    assert command(["replace", *at, "left"], root=store.machine.root) == 1
    assert "left: missing. Say which is the new one; without a name: none." in capsys.readouterr().err
    store.machine.plug(Plug(serial="S2", file="ttyACM1", port="2"))
    assert command(["replace", *at, "left"], root=store.machine.root) == 0
    assert load_book(store.folder).scanner[0].serial == "S2"
    assert command(["replace", *at, "left", "/dev/ttyACM7"], root=store.machine.root) == 1
    assert command(["forget", *at, "left"], root=store.machine.root) == 0
    assert command(["forget", *at, "left"], root=store.machine.root) == 1
    assert "No device is called 'left'" in capsys.readouterr().err


def test_K2_a_number_that_two_devices_have_points_at_neither(store, capsys):
    """Cheap scanners all say 0001: the first one found would be as good as any."""
    old = store.plug(serial="S1")
    at = ["--dir", str(store.folder)]
    store.wizard(is_tried=False, profile="generic", name="left").add()
    store.machine.unplug(old)
    store.machine.plug(Plug(serial="0001", file="ttyACM1", port="2"))
    store.machine.plug(Plug(serial="0001", file="ttyACM2", port="3"))
    assert command(["replace", *at, "left", "0001"], root=store.machine.root) == 1
    assert "0001 could be any of these; name it by its file: " in capsys.readouterr().err
    assert load_book(store.folder).scanner[0].serial == "S1"
    assert command(["replace", *at, "left", "ttyACM2"], root=store.machine.root) == 0
    assert load_book(store.folder).scanner[0].by_path == "/dev/serial/by-path/pci-0000:00:14.0-usb-0:3:1.0"


def test_K2_what_comes_and_goes_is_printed(store, capsys):
    """The first look tells all that is there."""
    store.plug(serial="S1")
    assert command(["watch", "--dir", str(store.folder), "--seconds", "0.01"], root=store.machine.root) == 0
    assert "+ without a name: " in capsys.readouterr().out


def test_K2_where_nobody_answers_it_ends_with_a_sentence(store, capsys, monkeypatch):
    """In a script without --yes."""
    store.machine.plug(Plug(serial="S1"))
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    assert command(["add", "--dir", str(store.folder), "--untried"], root=store.machine.root) == 1
    said = capsys.readouterr().err
    assert "nobody answers here" in said
    assert all(option in said for option in ("--device", "--role", "--profile", "--name", "--yes"))


def capability(*, whole, own, card=b"Logi 4K\x1b[2J"):
    """Return struct v4l2_capability, as linux/videodev2.h has it (from memory)."""
    return struct.pack("=16s32s32sIII12x", b"uvcvideo", card, b"usb-1", 0x060100, whole, own)


def test_K7_a_camera_is_asked_for_its_name_and_metadata_is_none(tmp_path):
    """A camera has a second file that gives no pictures; what it calls itself is fit to be shown."""
    path = tmp_path / "video0"
    path.touch()

    def answering(answer):
        def control(fd, request, argument):
            assert (request, len(argument)) == (VIDIOC_QUERYCAP, 104)
            return answer

        return control

    camera = capability(whole=0x84A00001, own=0x04200001)
    assert ask_camera("camera://x", str(path), control=answering(camera)) == "Logi 4K[2J"
    for answer in (capability(whole=0x84A00001, own=0x04A00000), None):
        with pytest.raises(PortDown) as down:
            ask_camera("camera://x", str(path), control=answering(answer))
        assert down.value.fault is PortFault.NOT_A_DEVICE
    with pytest.raises(PortDown) as down:
        ask_camera("camera://x", str(path))
    assert down.value.fault is PortFault.NOT_A_DEVICE
    with pytest.raises(PortDown) as down:
        ask_camera("camera://x", str(tmp_path / "video1"))
    assert down.value.fault is PortFault.MISSING


def test_K7_a_camera_gets_a_name_too(store, capsys):
    """Its file that gives pictures is found, the one with metadata is not; it is bound by its socket."""
    store.machine.plug(Plug(way="camera", file="video0", usb="046d:085e", maker="Logitech", model="BRIO"))
    said = ["add", "--dir", str(store.folder), "--name", "over-the-counter", "--yes"]
    assert command(said, root=store.machine.root) == 0
    (entry,) = load_book(store.folder).camera
    assert (entry.way, entry.usb) == ("camera", "046d:085e")
    assert "it is not a device of this kind" in capsys.readouterr().out


def test_K2_a_scanner_of_the_book_is_tested_by_its_name(store, capsys):
    """Over the same link as at the counter; one that is not there is told why."""
    entry = ScannerEntry(name="left", profile="generic", serial="S1")
    change_book(store.folder, lambda book: book.with_new(entry))
    at = ["--dir", str(store.folder), "--seconds", "0.2"]
    assert command(["test", *at, "left"], root=store.machine.root) == 1
    assert "left: nothing is plugged in there." in capsys.readouterr().out
    assert command(["test", *at, "right"], root=store.machine.root) == 1
