"""Every scanner profile, against a virtual scanner that talks as it says: what its quality scale claims, shown here.

In memory first, by the hour of a made-up clock: answers, doubled and broken codes. Then over a real pty: found, read,
answered, pulled out, found again.
"""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.errors import HardwareError
from hardware.scanner import Debounce, Frame, ScannerLink, ScannerProfile, load_profile, profile_names
from hardware.scanner.doubts import NO_AIM, NO_PACKETS
from hardware.virtual.scanner import VirtualScanner
from hardware.virtual.scanner_line import TcpCable
from hardware.virtual.scanner_ssi import SsiTongue
from hardware.virtual.scanner_tongue import AsciiTongue, Tongue
from photocore.host import SystemClock
from photocore.scans import PackageScan
from photocore.settings import locate_config
from photocore.symbology import read_frame
from photocore.testing import KnownShop

CONFIG = locate_config()
PROFILES = {name: load_profile(CONFIG, name) for name in profile_names(CONFIG)}
SPOKEN = [name for name, profile in PROFILES.items() if profile.protocol != "hid"]
CODES = [b"0109506000134352" + b"21ABC1234%d" % number for number in range(5)]
CHECKED = [b"TCP-5WPZSR415X0", b"TCP-WV8VQEHB1GJ", b"TCP-AB4HG3DQ9XW"]
"""House codes: a wrong bit in the serial of a GS1 code shows only where the line itself has a checksum."""
AIM = "]d2"


def packages(frames: list[Frame]) -> list[bytes]:
    """The packages among ``frames``, as the kiosk reads them; a code seen again is none."""
    known = KnownShop()
    return [
        frame.data for frame in frames if isinstance(read_frame(frame.data, known), PackageScan) and not frame.repeated
    ]


def read_as(code: bytes) -> bytes:
    return AIM.encode() + code


class Wire:
    """A scanner's tongue and our dialogue on one line without length, and a clock that only we move."""

    def __init__(self, profile: ScannerProfile) -> None:
        self.tongue: Tongue = SsiTongue(profile) if profile.protocol == "ssi" else AsciiTongue(profile)
        self.talk = profile.dialogue()
        self.now = 100.0
        self.frames: list[Frame] = []
        self._debounce = Debounce(profile.repeat_window_ms / 1000)
        self._profile = profile
        self.answer_with: bool | None = True
        self.talk.join(self.now)
        self.talk.settle()
        self.pass_time(1.5)

    def scan(self, code: bytes, aim: str = AIM) -> None:
        self.carry(self.tongue.begin(self.tongue.encode(code, aim=aim, suffix=None)))

    def carry(self, typed: bytes) -> None:
        """Carry bytes either way until nobody has anything to say."""
        while True:
            frames = self.talk.feed(typed, self.now) if typed else []
            self._tell(frames)
            outgoing = self.talk.outgoing(self.now)
            if not outgoing:
                return
            typed = self.tongue.hear(outgoing)

    def pass_time(self, seconds: float) -> None:
        """Let the clock run; what falls due is done at its time."""
        until = self.now + seconds
        self.carry(b"")
        while (due := self.talk.due()) is not None and due <= until:
            self.now = max(self.now, due)
            self._tell(self.talk.silence(self.now))
            self.carry(b"")
        self.now = until

    def _tell(self, frames: list[Frame]) -> None:
        for frame in frames:
            self.frames.append(self._debounce.judge(frame))
            if self.answer_with is not None:
                if not self.answer_with and self._profile.answers.resends:
                    self._debounce.forget_last()
                self.talk.answer(ok=self.answer_with, now=self.now)


def can_be_told(name: str) -> bool:
    profile = PROFILES[name]
    return profile.protocol == "ssi" or bool(profile.answers.good)


def test_K2_the_page_on_devices_tells_every_profile() -> None:
    """A row each, with its answers and where they are from."""
    page = (CONFIG.parent / "docs" / "devices.md").read_text(encoding="utf-8")
    assert [name for name in PROFILES if f"| `{name}` |" not in page] == []


@pytest.mark.parametrize("name", SPOKEN)
def test_K2_every_profile_reads_and_answers_code_after_code(name: str) -> None:
    """Five codes, one after the other: each one package, each heard as good by a scanner that can be told."""
    wire = Wire(PROFILES[name])
    for code in CODES:
        wire.scan(code)
        wire.pass_time(1.2)
    assert packages(wire.frames) == [read_as(code) for code in CODES]
    assert wire.tongue.heard.count("good") == (len(CODES) if can_be_told(name) else 0)


@pytest.mark.parametrize("name", SPOKEN)
def test_K2_every_profile_tells_a_refusal_where_it_can(name: str) -> None:
    """A scanner that sends a refused code again does so twice, then gives it up; no other sends it again."""
    profile = PROFILES[name]
    wire = Wire(profile)
    wire.answer_with = False
    wire.scan(CODES[0])
    wire.pass_time(1.2)
    assert len(packages(wire.frames)) == (3 if profile.answers.resends else 1)
    has_razz = profile.protocol == "ssi" or bool(profile.answers.refused)
    assert wire.tongue.heard.count("refused") == has_razz
    assert "good" not in wire.tongue.heard


@pytest.mark.parametrize("name", SPOKEN)
def test_K2_every_profile_is_safe_from_double_reads(name: str) -> None:
    """The same code again a moment later is one scan, and is told as seen again."""
    wire = Wire(PROFILES[name])
    wire.scan(CODES[0])
    wire.pass_time(0.3)
    wire.scan(CODES[0])
    wire.pass_time(1.2)
    assert [frame.repeated for frame in wire.frames] == [False, True]


@pytest.mark.parametrize("name", SPOKEN)
def test_K2_every_profile_survives_a_wrong_bit_anywhere(name: str) -> None:
    """In every byte of the scan in turn: another package is never read, and the next code but one always."""
    wire = Wire(PROFILES[name])
    codes, aim = (CODES, AIM) if PROFILES[name].protocol == "ssi" else (CHECKED, "]d1")
    size = len(wire.tongue.encode(codes[0], aim=aim, suffix=None))
    for place in range(size):
        wire.frames.clear()
        wire.tongue.mishaps.append(lambda sent, at=place: sent[:at] + bytes([sent[at] ^ 1]) + sent[at + 1 :])
        for code in codes[:3]:
            wire.scan(code, aim)
            wire.pass_time(4.0)
        read = [data[-len(codes[0]) :] for data in packages(wire.frames)]
        assert read[-1] == codes[2], place
        assert {*read} <= {*codes[:3]}, place


@given(
    name=st.sampled_from(SPOKEN),
    deliveries=st.lists(
        st.binary(max_size=400) | st.binary(min_size=1, max_size=3).map(lambda one: one * 500), max_size=6
    ),
)
def test_K2_whatever_bytes_came_the_next_code_is_read(name: str, deliveries: list[bytes]) -> None:
    """Hostile bytes to every dialogue, as a scanner or a code could send them: what we write stays little."""
    wire = Wire(PROFILES[name])
    wire.answer_with = None
    for delivery in deliveries:
        wire.talk.feed(delivery, wire.now)
        assert len(wire.talk.outgoing(wire.now)) < 1024
        wire.now += 0.01
    wire.pass_time(15.0)
    wire.frames.clear()
    wire.answer_with = True
    wire.scan(CODES[0])
    wire.pass_time(5.0)
    assert packages(wire.frames)[-1:] == [read_as(CODES[0])]


@pytest.mark.parametrize("name", SPOKEN)
def test_K2_every_profile_is_found_read_answered_and_found_again_over_a_pty(
    name: str, tmp_path: Path, eventually: Callable[..., None]
) -> None:
    """A real line: a code, its answer, the plug pulled and put back, and another code."""
    with VirtualScanner(tmp_path / "scanner0", PROFILES[name], SystemClock()) as scanner:
        _walk(name, scanner, eventually)


def test_K2_a_scanner_behind_tcp_is_no_other(eventually: Callable[..., None]) -> None:
    """A serial device server: the same talk, another address."""
    with VirtualScanner(TcpCable(), PROFILES["zebra_ssi"], SystemClock()) as scanner:
        _walk("zebra_ssi", scanner, eventually)


@pytest.mark.parametrize("name", ["zebra_ssi", "generic", "honeywell_xenon"])
def test_K2_a_scanner_reset_by_a_settings_bar_code_is_doubted(
    name: str, tmp_path: Path, eventually: Callable[..., None]
) -> None:
    """Its codes come in another dress: none is read as what it is not, and the staff's list says what to look at."""
    frames: list[Frame] = []
    profile = PROFILES[name]
    with (
        VirtualScanner(tmp_path / "scanner0", profile, SystemClock()) as scanner,
        ScannerLink(scanner.url, profile, SystemClock(), frames.append) as link,
    ):
        eventually(lambda: link.state.is_up)
        if profile.protocol == "ssi":
            eventually(lambda: scanner.heard[-1:] == ("may scan",))
        scanner.scan(CODES[0], aim=AIM)
        eventually(lambda: packages(frames) == [read_as(CODES[0])])
        scanner.reset()
        for count, code in enumerate(CHECKED, 1):
            scanner.scan(code, aim=AIM)
            if profile.protocol == "ssi":
                eventually(lambda wanted=count: link.state.counts.framing.broken >= wanted)
            else:
                eventually(lambda wanted=count: len(frames) == wanted + 1)
        words = NO_PACKETS if profile.protocol == "ssi" else NO_AIM
        eventually(lambda: link.state.doubt == words)
        assert link.state.is_up
        assert not any(frame.data.startswith(b"]") for frame in frames[1:])


def _walk(name: str, scanner: VirtualScanner, eventually: Callable[..., None]) -> None:
    frames: list[Frame] = []

    def settle(frame: Frame) -> None:
        frames.append(frame)
        link.answer(ok=isinstance(read_frame(frame.data, KnownShop()), PackageScan))

    profile = PROFILES[name]
    link = ScannerLink(scanner.url, profile, SystemClock(), settle)
    with link:
        for count, code in enumerate(CODES[:2], 1):
            eventually(lambda: link.state.is_up)
            if profile.protocol == "ssi":  # it sends AIM IDs once the kiosk has set that
                eventually(lambda: scanner.heard[-1:] == ("may scan",))
            _scan(scanner, code, eventually)
            eventually(lambda wanted=count: len(packages(frames)) == wanted)
            if can_be_told(name):
                eventually(lambda wanted=count: scanner.heard.count("good") >= wanted)
            scanner.unplug()
            eventually(lambda: not link.state.is_up)
            scanner.plug()
    assert packages(frames) == [read_as(code) for code in CODES[:2]]
    assert link.state.counts.faults_of_ours == 0


def _scan(scanner: VirtualScanner, code: bytes, eventually: Callable[..., None]) -> None:
    """Scan, as soon as the scanner's end of a TCP line knows that somebody is there."""

    def has_scanned() -> bool:
        try:
            scanner.scan(code, aim=AIM)
        except HardwareError:
            return False
        return True

    eventually(has_scanned)
