"""Tactile keypads and headset jacks: input events cut and read, devices lost and found, profiles that cannot lie."""

import fcntl
import os
import queue
import struct
import threading
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.errors import PortDown, PortFault, PortUrlWrong, ProfileWrong
from hardware.input_events import Decoder, InputEvent
from hardware.input_events.codes import EV_KEY, EV_SW, EV_SYN, KEYS, SWITCHES, SYN_DROPPED, SYN_REPORT
from hardware.keypad import (
    Jack,
    KeypadLink,
    KeypadProfile,
    KeyPressed,
    Reader,
    Signal,
    load_profile,
    profile_names,
)
from hardware.testing import Workbench
from hardware.transport import open_port
from hardware.transport.input_device import EVIOCGRAB, EVIOCGSW, EVIOCGVERSION, open_input
from photocore.host import SystemClock
from photocore.testing import ManualClock

CONFIG = Path(__file__).parents[2] / "config"
WAIT_S = 30.0
REPORT = InputEvent(kind=EV_SYN, code=SYN_REPORT, value=0)
DROPPED = InputEvent(kind=EV_SYN, code=SYN_DROPPED, value=0)

HELD_ENTER = bytes.fromhex(
    # Enter of a USB keyboard, held, in the order the kernel tells it: scan code, key down, report; two repeats; scan
    # code, key up, report. Written by hand for a machine of 64 bits: no input device was at hand to record from.
    "1e0c5a6700000000d3a3040000000000" "04000400" "28000700"
    "1e0c5a6700000000d3a3040000000000" "01001c00" "01000000"
    "1e0c5a6700000000d3a3040000000000" "00000000" "00000000"
    "1e0c5a67000000005b8d080000000000" "01001c00" "02000000"
    "1e0c5a67000000005b8d080000000000" "00000000" "01000000"
    "1e0c5a6700000000d50d090000000000" "01001c00" "02000000"
    "1e0c5a6700000000d50d090000000000" "00000000" "01000000"
    "1e0c5a67000000003e86090000000000" "04000400" "28000700"
    "1e0c5a67000000003e86090000000000" "01001c00" "00000000"
    "1e0c5a67000000003e86090000000000" "00000000" "00000000"
)  # fmt: skip


def key(name: str, value: int = 1) -> InputEvent:
    """Return a key that goes down (1), is held (2) or comes up (0)."""
    return InputEvent(kind=EV_KEY, code=KEYS[name], value=value)


def switch(value: int) -> InputEvent:
    """Return the headset switch as it goes on or off."""
    return InputEvent(kind=EV_SW, code=SWITCHES["SW_HEADPHONE_INSERT"], value=value)


def packed(*events: InputEvent) -> bytes:
    """Return events as this machine's kernel writes them."""
    return b"".join(event.pack() for event in events)


@pytest.fixture
def arrows() -> KeypadProfile:
    """Return the profile of a keypad with arrow keys."""
    return load_profile(CONFIG, "arrow_keys")


# -- cutting ------------------------------------------------------------------------------------------------------


def test_K1_a_key_is_one_press_however_long_it_is_held(arrows: KeypadProfile):
    events = Decoder(word_bytes=8).feed(HELD_ENTER)
    assert len(events) == 10
    assert Reader(arrows).read(events) == [KeyPressed(key="press")]


@given(cuts=st.lists(st.integers(0, len(HELD_ENTER)), max_size=8), word_bytes=st.sampled_from([4, 8]))
def test_events_are_the_same_wherever_the_bytes_are_cut(cuts: list[int], word_bytes: int):
    events = Decoder(word_bytes=8).feed(HELD_ENTER)
    stream = b"".join(event.pack(word_bytes=word_bytes) for event in events)
    edges = [0, *sorted(min(cut, len(stream)) for cut in cuts), len(stream)]
    decoder = Decoder(word_bytes=word_bytes)
    found = [event for start, end in pairwise(edges) for event in decoder.feed(stream[start:end])]
    assert found == events


@given(noise=st.binary(max_size=500))
def test_no_bytes_whatever_break_the_decoder(noise: bytes):
    events = Decoder().feed(noise)
    assert len(events) <= len(noise) // len(REPORT.pack())


def test_a_struct_is_24_bytes_where_a_word_has_64_bits_and_16_where_it_has_32():
    assert len(REPORT.pack(word_bytes=8)) == 24
    assert len(REPORT.pack(word_bytes=4)) == 16


def test_what_follows_dropped_events_is_ignored_to_the_end_of_its_report():
    decoder = Decoder()
    events = decoder.feed(packed(key("KEY_UP"), REPORT, DROPPED, key("KEY_ENTER"), REPORT, key("KEY_DOWN"), REPORT))
    assert events == [key("KEY_UP"), REPORT, DROPPED, key("KEY_DOWN"), REPORT]
    assert decoder.has_dropped


# -- reading ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", profile_names(CONFIG))
def test_K1_every_shipped_keypad_has_all_it_takes_to_walk_the_whole_kiosk(name: str):
    profile = load_profile(CONFIG, name)
    if not profile.keys:
        assert profile.has_jack
        return
    assert set(profile.keys.values()) == {"previous", "next", "press", "repeat", "back", "volume"}
    assert profile.quality.tried_on_real_hardware.startswith("todo: ")


def test_other_keys_and_other_switches_mean_nothing(arrows: KeypadProfile):
    others = [key("KEY_F12"), switch(1), InputEvent(kind=4, code=4, value=458_792), REPORT, key("KEY_UP", 0)]
    assert Reader(arrows).read(others) == []


def test_K1_a_headset_is_told_once_as_it_comes_and_once_as_it_goes():
    reader = Reader(load_profile(CONFIG, "sound_card_jack"))
    signals = reader.read([switch(0), switch(1), switch(1), switch(0)])
    assert signals == [Jack(is_in=False), Jack(is_in=True), Jack(is_in=False)]


def test_a_keypad_that_is_lost_takes_its_headset_with_it():
    reader = Reader(load_profile(CONFIG, "storm_ez_access"))
    assert reader.read([key("KEY_F15")]) == [Jack(is_in=True)]
    assert reader.lose() == [Jack(is_in=False)]
    assert reader.lose() == []


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"keys": {"KEY_NONSENSE": "press"}}, "no key"),
        ({"keys": {"KEY_UP": "jump"}}, "keys"),
        ({"jack": {"switch": "SW_LID"}}, "jack.switch"),
        ({"jack": {"key_in": "KEY_F15"}}, "belong together"),
        ({"jack": {"key_in": "KEY_F15", "key_out": "KEY_F15"}}, "no other meaning"),
        ({"keys": {}, "jack": {}}, "neither keys nor a jack"),
        ({"quality": {"reconnects": "yes"}}, "quality"),
    ],
)
def test_a_profile_that_contradicts_itself_is_refused(change: dict[str, object], says: str):
    sound: dict[str, object] = msgspec.to_builtins(load_profile(CONFIG, "arrow_keys"))
    with pytest.raises(msgspec.ValidationError, match=says):
        msgspec.convert({**sound, **change}, KeypadProfile)


def test_a_profile_is_found_by_its_bare_name_only():
    with pytest.raises(ProfileWrong, match="there are: arrow_keys"):
        load_profile(CONFIG, "nobody_makes_this")
    with pytest.raises(ProfileWrong, match="no keypad profile's name"):
        load_profile(CONFIG, "../scanners/generic")


# -- the link -----------------------------------------------------------------------------------------------------


class Log:
    """Counts what a link logs."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def bind(self, **_: object) -> "Log":
        """Return itself."""
        return self

    def __getattr__(self, level: str) -> Any:
        return lambda event, **_: self.lines.append(event)


class Heard:
    """Signals as they come in, for a test to wait for."""

    def __init__(self) -> None:
        self._queue: queue.SimpleQueue[Signal] = queue.SimpleQueue()

    def __call__(self, signal: Signal) -> None:
        self._queue.put(signal)

    def next(self) -> Signal:
        """Return the next one; a machine that is busy may take its time."""
        return self._queue.get(timeout=WAIT_S)


@pytest.fixture
def fifo(tmp_path: Path) -> Path:
    """Return a FIFO that stands for a device file."""
    path = tmp_path / "event0"
    os.mkfifo(path)
    return path


def until(is_so: Any) -> None:
    """Wait, for as long as a busy machine may need, until ``is_so``."""
    pause = threading.Event()
    for _ in range(int(WAIT_S / 0.01)):
        if is_so():
            return
        pause.wait(0.01)
    raise AssertionError("it did not come to be so")


def test_K1_keys_come_in_over_a_real_descriptor_in_their_order(fifo: Path, arrows: KeypadProfile):
    heard = Heard()
    link = KeypadLink(f"file://{fifo}", arrows, SystemClock(), heard, log=Log())
    link.start()
    with fifo.open("wb", buffering=0) as device:
        stream = packed(key("KEY_DOWN"), REPORT, key("KEY_DOWN", 0), REPORT, key("KEY_ENTER"), REPORT)
        for byte in stream:
            device.write(bytes([byte]))
        assert [heard.next(), heard.next()] == [KeyPressed(key="next"), KeyPressed(key="press")]
    assert link.stop(WAIT_S)


def test_K1_an_unplugged_keypad_is_one_line_in_the_log_and_reads_again_when_it_is_back(arrows: KeypadProfile):
    bench, heard, log = Workbench(), Heard(), Log()
    bench.plug("evdev:///dev/input/by-id/pad")
    link = KeypadLink("/dev/input/by-id/pad", arrows, SystemClock(), heard, opener=bench, log=log)
    link.start()
    until(lambda: link.is_up)
    bench.unplug("evdev:///dev/input/by-id/pad")
    until(lambda: not link.is_up)
    assert link.why_down
    bench.plug("evdev:///dev/input/by-id/pad")
    until(lambda: link.is_up)
    bench.device("evdev:///dev/input/by-id/pad").write(packed(key("KEY_ENTER"), REPORT))
    assert heard.next() == KeyPressed(key="press")
    assert link.stop(WAIT_S)
    bench.clear()
    assert log.lines == ["keypad.up", "keypad.down", "keypad.up"]
    assert link.outages == 1


def test_events_the_kernel_dropped_have_the_device_opened_anew():
    bench, heard, log = Workbench(), Heard(), Log()
    url = "evdev:///dev/input/by-path/jack"
    bench.plug(url)
    profile = load_profile(CONFIG, "sound_card_jack")
    link = KeypadLink(url, profile, SystemClock(), heard, opener=bench, log=log)
    link.start()
    until(lambda: bench.is_open(url))
    bench.device(url).write(packed(switch(1), REPORT))
    assert heard.next() == Jack(is_in=True)
    first = bench.device(url)
    first.write(packed(DROPPED, switch(0), REPORT))
    until(lambda: len(bench.opened) == 2 and bench.is_open(url))
    bench.device(url).write(packed(switch(0), REPORT))
    assert heard.next() == Jack(is_in=False)
    assert link.stop(WAIT_S)
    first.close()
    bench.clear()
    assert log.lines == ["keypad.up", "keypad.events_dropped"]
    assert not bench.opened[0][1].is_exclusive  # a sound server may listen to its own socket as well


def test_a_keypad_that_is_not_there_says_why_and_hurts_nobody(arrows: KeypadProfile, tmp_path: Path):
    log = Log()
    link = KeypadLink(str(tmp_path / "nothing"), arrows, SystemClock(), Heard(), log=log)
    link.start()
    until(lambda: link.why_down == PortFault.MISSING.value)
    assert link.stop(WAIT_S)
    assert log.lines == ["keypad.down"]


def test_an_address_that_can_never_be_opened_is_refused_at_once(arrows: KeypadProfile):
    with pytest.raises(PortUrlWrong):
        KeypadLink("evdev://pad", arrows, ManualClock(), Heard())


# -- the device file ----------------------------------------------------------------------------------------------


class Kernel:
    """Answers the ioctls of an input device."""

    def __init__(self, switches: int = 0, *, is_taken: bool = False) -> None:
        self.asked: list[int] = []
        self._switches = switches
        self._is_taken = is_taken

    def __call__(self, fd: int, request: int, argument: bytes | int) -> object:
        assert fcntl.fcntl(fd, fcntl.F_GETFL) is not None
        self.asked.append(request)
        if request == EVIOCGRAB and self._is_taken:
            raise OSError(16, "Device or resource busy")
        return self._switches.to_bytes(8, "little") if request == EVIOCGSW else argument


@pytest.fixture
def writer(fifo: Path) -> Iterator[int]:
    """Return a descriptor that writes what the device says."""
    fd = os.open(fifo, os.O_RDWR | os.O_NONBLOCK)
    yield fd
    os.close(fd)


def test_K1_a_headset_that_was_in_before_the_start_is_told_first(fifo: Path, writer: int):
    kernel = Kernel(switches=1 << SWITCHES["SW_HEADPHONE_INSERT"])
    port = open_input("evdev:///x", str(fifo), is_grabbed=False, control=kernel)
    reader = Reader(load_profile(CONFIG, "sound_card_jack"))
    assert reader.read(Decoder().feed(port.read(1.0))) == [Jack(is_in=True)]
    os.write(writer, packed(switch(0), REPORT))
    assert reader.read(Decoder().feed(port.read(WAIT_S))) == [Jack(is_in=False)]
    port.close()
    assert kernel.asked == [EVIOCGVERSION, EVIOCGSW]


@pytest.mark.usefixtures("writer")
def test_a_keypad_is_grabbed_so_that_the_window_does_not_hear_its_keys_too(fifo: Path):
    kernel = Kernel()
    open_input("evdev:///x", str(fifo), is_grabbed=True, control=kernel).close()
    assert kernel.asked == [EVIOCGVERSION, EVIOCGRAB, EVIOCGSW]
    with pytest.raises(PortDown) as down:
        open_input("evdev:///x", str(fifo), is_grabbed=True, control=Kernel(is_taken=True))
    assert down.value.fault is PortFault.BUSY


@pytest.mark.usefixtures("writer")
def test_what_is_no_input_device_is_said_to_be_none(fifo: Path):
    with pytest.raises(PortDown) as down:
        open_port(f"evdev://{fifo}")
    assert down.value.fault is PortFault.NOT_A_DEVICE


def test_the_ioctls_have_the_numbers_of_linux_input_h():
    def number(direction: int, order: int, size: int) -> int:
        return direction << 30 | size << 16 | ord("E") << 8 | order

    int_bytes = struct.calcsize("i")
    assert number(2, 0x01, int_bytes) == EVIOCGVERSION
    assert number(1, 0x90, int_bytes) == EVIOCGRAB
    assert number(2, 0x1B, 8) == EVIOCGSW


def test_a_real_input_device_is_opened_where_there_is_one():
    devices = sorted(Path("/dev/input").glob("event*"))
    if not devices or not os.access(devices[0], os.R_OK):
        pytest.skip("no input device here that may be read: only FIFOs and recorded events were tried")
    port = open_port(f"evdev://{devices[0]}")
    assert Decoder().feed(port.read(1.0))
    port.close()
