"""A scanner on a real pty through every fault: what is read, what is dropped, and what the link says of it."""

import threading
import time

import pytest
import structlog

from hardware.backoff import BackOff
from hardware.errors import PortFault, PortUrlWrong
from hardware.scanner import Condition, Framer, ScannerLink, load_profile
from hardware.scanner.ascii import AsciiDialogue
from hardware.scanner.link import ANSWER_DEADLINE_S
from hardware.testing import Workbench
from hardware.transport import PortSettings, open_port
from hardware.virtual import keystrokes
from hardware.virtual.scanner import VirtualScanner
from photocore.host import SystemClock
from photocore.settings import locate_config

PACKAGE = "010950600013435221ABC12345"
CARD = "8018095060001348123456"


def profile(name="virtual"):
    return load_profile(locate_config(), name)


class Desk:
    """Where a link's frames and states land, as in a kiosk's inbox."""

    def __init__(self):
        self.frames = []
        self.states = []
        self.log = structlog.testing.LogCapture()

    def link(self, scanner, name="virtual", **options):
        return ScannerLink(
            str(getattr(scanner, "path", scanner)),
            profile(name),
            SystemClock(),
            options.pop("on_frame", self.frames.append),
            options.pop("on_state", self.states.append),
            name="counter-left",
            log=structlog.wrap_logger(None, processors=[self.log]),
            **options,
        )

    @property
    def codes(self):
        return [frame.data.decode() for frame in self.frames]

    def told(self, event):
        return [entry for entry in self.log.entries if entry["event"] == event]


@pytest.fixture
def desk():
    return Desk()


@pytest.fixture
def scanner(tmp_path):
    with VirtualScanner(tmp_path / "scanner0", profile(), SystemClock()) as scanner:
        yield scanner


@pytest.fixture
def bench():
    bench = Workbench()
    bench.plug("serial:///dev/x")
    yield bench
    bench.clear()


@pytest.fixture
def link(desk, scanner, eventually):
    with desk.link(scanner) as link:
        eventually(lambda: link.state.is_up)
        yield link


def test_K2_a_scan_is_one_frame_with_its_time(desk, scanner, link, eventually):
    """Bytes as they came, without the end, stamped with the monotonic second they arrived."""
    before = time.monotonic()
    scanner.scan(PACKAGE, aim="]d2")
    eventually(lambda: desk.frames)
    assert desk.codes == ["]d2" + PACKAGE]
    assert before <= desk.frames[0].at <= time.monotonic()


@pytest.mark.parametrize("suffix", [b"\r", b"\n", b"\r\n"])
def test_K2_F21_any_line_end_is_one_frame(desk, scanner, link, eventually, suffix):
    """CR, LF and CRLF scanners read alike."""
    scanner.scan(PACKAGE, suffix=suffix)
    scanner.scan(CARD, suffix=suffix)
    eventually(lambda: len(desk.frames) == 2)
    assert desk.codes == [PACKAGE, CARD]


def test_K2_F20_a_split_scan_is_joined(desk, scanner, eventually):
    """Pieces with pauses between them are one frame, however long a loaded machine lets us pause."""
    with desk.link(scanner, dialogue=AsciiDialogue(Framer(stale_s=60.0))) as link:
        eventually(lambda: link.state.is_up)
        scanner.strike(*keystrokes.split(scanner.encode(PACKAGE), pieces=5))
        eventually(lambda: desk.frames)
    assert desk.codes == [PACKAGE]


def test_K2_F22_a_doubled_scan_is_told_as_repeated(desk, scanner, link, eventually):
    """The second sight is delivered, marked: the screen says seen again, the flow counts one."""
    scanner.strike(*keystrokes.whole(2 * scanner.encode(PACKAGE)))  # at once: 0.8 s are soon over on a loaded machine
    eventually(lambda: len(desk.frames) == 2)
    assert [frame.repeated for frame in desk.frames] == [False, True]


def test_K2_F23_merged_scans_come_as_one_frame_never_as_the_first_half(desk, scanner, link, eventually):
    """A lost end glues two codes; neither is taken for a whole."""
    scanner.strike(*keystrokes.merged(scanner.encode(PACKAGE), scanner.encode(CARD)))
    eventually(lambda: desk.frames)
    assert desk.codes == [PACKAGE + CARD]


def test_K2_F24_a_garbled_scan_is_delivered_as_it_came(desk, scanner, link, eventually):
    """One wrong bit is for the check character to refuse: the link neither mends nor hides it."""
    scanner.strike(*keystrokes.garbled(scanner.encode(PACKAGE)))
    eventually(lambda: desk.frames)
    assert len(desk.codes[0]) == len(PACKAGE)
    assert sum(a != b for a, b in zip(desk.codes[0], PACKAGE, strict=True)) == 1


def test_K2_F25_a_megabyte_without_an_end_then_a_good_code(desk, scanner, link, eventually):
    """The flood is told once, to be refused, and dropped in bounded memory; the next good code is read."""
    scanner.strike(*keystrokes.flood(1_000_000, end=b"\r"))
    scanner.scan(PACKAGE)
    eventually(lambda: len(desk.frames) == 2, within=30.0)
    assert len(desk.frames[0].data) == 513
    assert desk.codes[1:] == [PACKAGE]
    assert link._dialogue.held_bytes <= 512
    eventually(lambda: link.state.counts.framing.dropped_bytes == 1_000_000)
    assert link.state.counts.framing.overlong == 1
    assert link.state.is_up


def test_K2_F26_control_characters_reach_the_one_who_refuses_them(desk, scanner, link, eventually):
    """The frame stays whole and raw."""
    scanner.strike(*keystrokes.with_control_characters(scanner.encode(PACKAGE)))
    eventually(lambda: desk.frames)
    assert keystrokes.CONTROL_CHARACTERS.decode() in desk.codes[0]


def test_K2_an_unfinished_scan_is_dropped_and_shown_in_the_counts(desk, scanner, link, eventually):
    """A lost end and silence: nothing is delivered, diagnostics say why, the next scan is clean."""
    scanner.scan(PACKAGE, suffix=b"")
    eventually(lambda: link.state.counts.framing.unfinished == 1)
    scanner.scan(CARD)
    eventually(lambda: desk.frames)
    assert desk.codes == [CARD]


def test_K2_a_scanner_without_a_suffix_is_framed_by_silence(desk, tmp_path, eventually):
    """The idle gap ends each scan."""
    with (
        VirtualScanner(tmp_path / "s", profile("no_suffix"), SystemClock()) as scanner,
        desk.link(scanner, "no_suffix") as link,
    ):
        eventually(lambda: link.state.is_up)
        scanner.scan(PACKAGE)
        eventually(lambda: len(desk.frames) == 1)
        scanner.scan(CARD)
        eventually(lambda: len(desk.frames) == 2)
    assert desk.codes == [PACKAGE, CARD]


def test_K2_stx_and_etx_frame_a_code_that_holds_line_ends(desk, tmp_path, eventually):
    """With STX..ETX a hostile CR inside cannot cut a code in two."""
    with (
        VirtualScanner(tmp_path / "s", profile("zebra_olivetti"), SystemClock()) as scanner,
        desk.link(scanner, "zebra_olivetti") as link,
    ):
        eventually(lambda: link.state.is_up)
        scanner.scan("GOOD\rEVIL")
        eventually(lambda: desk.frames)
    assert desk.codes == ["GOOD\rEVIL"]


def test_K2_F27_unplugged_while_reading_and_replugged_within_3_s(desk, scanner, link, eventually):
    """Down is told at once and why; the same name is found again as another pty; both are one log line each."""
    before = scanner.tty_name
    scanner.unplug()
    eventually(lambda: not link.state.is_up)
    assert link.state.condition is Condition.DOWN
    eventually(lambda: link.state.why == PortFault.MISSING.value)
    back_off = BackOff()
    assert max(back_off.fail() for _ in range(20)) <= 1.0  # between two tries; no clock of a loaded machine is asked
    scanner.plug()
    eventually(lambda: link.state.is_up)
    assert scanner.tty_name != before
    scanner.scan(PACKAGE)
    eventually(lambda: desk.codes == [PACKAGE])
    assert len(desk.told("scanner.down")) == 1
    assert desk.told("scanner.down")[0]["why"] == PortFault.GONE.value
    assert [entry["outage_s"] > 0 for entry in desk.told("scanner.up")] == [False, True]
    assert link.state.counts.outages == 1


def test_K2_F27_unplugged_in_mid_scan_half_a_code_is_never_joined_to_the_next(desk, scanner, link, eventually):
    """What was left of the code before the unplug is gone."""
    scanner.pull_in_mid_scan(PACKAGE)
    eventually(lambda: not link.state.is_up)
    scanner.plug()
    eventually(lambda: link.state.is_up)
    scanner.scan(CARD)
    eventually(lambda: desk.frames)
    assert desk.codes == [CARD]


def test_K2_the_tail_of_a_scan_under_way_at_the_open_is_dropped(desk, bench, eventually):
    """A code whose beginning nobody heard is not a code; the whole one right behind it is."""

    def opener(url, *, settings=None):
        port = bench(url, settings=settings)
        bench.device(url).write(b"C12345\r\n" + PACKAGE.encode() + b"\r\n")
        return port

    with desk.link("serial:///dev/x", opener=opener):
        eventually(lambda: desk.frames)
    assert desk.codes == [PACKAGE]
    assert desk.states[0].is_up


def test_K2_up_means_that_the_very_next_scan_is_read(desk, scanner, eventually):
    """A scan typed in the moment the link says up is whole, and counts."""

    def scan_at_once(state):
        if state.is_up and not desk.states:
            desk.states.append(state)
            scanner.scan(PACKAGE)

    with desk.link(scanner, on_state=scan_at_once):
        eventually(lambda: desk.codes == [PACKAGE])


def test_K2_an_outage_is_two_log_lines_however_often_it_was_tried(desk, scanner, link, eventually):
    """The count stands in the second line, not in a line each."""
    scanner.unplug()
    eventually(lambda: link._tries >= 3)
    scanner.plug()
    eventually(lambda: link.state.is_up)
    assert len(desk.told("scanner.down")) == 1
    assert desk.told("scanner.up")[-1]["tries"] >= 3


def test_K2_a_scanner_missing_at_the_start_is_found_when_it_comes(desk, tmp_path, eventually):
    """The kiosk may start before its scanner."""
    scanner = VirtualScanner(tmp_path / "late", profile(), SystemClock())
    with desk.link(scanner) as link:
        eventually(lambda: link.state.condition is Condition.DOWN)
        with scanner:
            eventually(lambda: link.state.is_up)
            scanner.scan(PACKAGE)
            eventually(lambda: desk.codes == [PACKAGE])


def test_K2_two_links_on_one_device_the_second_is_refused_and_waits(desk, scanner, link, eventually):
    """It says that another program holds it, and takes over when that one ends."""
    second = Desk()
    with second.link(scanner) as other:
        eventually(lambda: other.state.condition is Condition.DOWN)
        assert other.state.why == PortFault.BUSY.value
        scanner.scan(PACKAGE)
        eventually(lambda: desk.codes == [PACKAGE])
        link.stop()
        eventually(lambda: other.state.is_up)
    assert second.codes == []


def test_K2_what_a_person_must_put_right_is_told_as_lasting(desk, tmp_path, eventually):
    """A plain file in the scanner's place does not pass by itself; the link still does not die."""
    (tmp_path / "scanner0").write_text("")
    with desk.link(tmp_path / "scanner0") as link:
        eventually(lambda: link.state.condition is Condition.DOWN)
        assert link.state.lasting
        assert link.state.why == PortFault.NOT_A_DEVICE.value
        assert link._thread.is_alive()


def test_K2_a_line_that_cannot_have_the_profiles_settings_is_one_outage(desk, eventually):
    """The driver's refusal is told once, as lasting, and ends nothing."""

    def opener(url, *, settings=None):
        raise PortUrlWrong(f"{url}: Invalid baud rate")

    with desk.link("serial:///dev/x", opener=opener) as link:
        eventually(lambda: link.state.lasting)
    assert len(desk.log.entries) == 1


def test_K2_nothing_is_answered_before_the_journal_has_it(desk, scanner, link, eventually):
    """ACK goes out when answer is called, and not a byte before; NAK for a refusal."""
    scanner.scan(PACKAGE)
    eventually(lambda: desk.frames)
    assert scanner.wait_for_answer(within_s=0.1) == b""
    journalled = time.monotonic()
    assert link.answer(ok=True)
    assert scanner.wait_for_answer(within_s=30.0) == b"\x06"
    assert scanner.answers[0].at >= journalled
    assert link.answer(ok=False)
    assert scanner.wait_for_answer(after=1, within_s=30.0) == b"\x15"


@pytest.mark.parametrize(
    ("name", "ok", "sent"),
    [("honeywell_xenon", True, b"\x1b7,"), ("honeywell_xenon", False, b"\x1b8,"), ("zebra_rs232", True, b"\x07")],
)
def test_K2_a_beep_is_in_the_scanners_own_bytes(desk, tmp_path, eventually, name, ok, sent):
    """Profile-defined good and refused."""
    with VirtualScanner(tmp_path / "s", profile(name), SystemClock()) as scanner, desk.link(scanner, name) as link:
        eventually(lambda: link.state.is_up)
        assert link.answer(ok=ok)
        eventually(lambda: scanner.answered_bytes.endswith(sent))


def test_K2_a_scanner_that_cannot_be_told_is_told_nothing(desk, scanner, eventually):
    """No answer bytes in the profile: nothing is written, nothing fails."""
    with desk.link(scanner, "generic") as link:
        eventually(lambda: link.state.is_up)
        assert not link.answer(ok=True)
    assert scanner.answered_bytes == b""


def test_K2_an_answer_never_raises_into_its_caller(desk, scanner, link, eventually):
    """Unplugged, the answer is lost and counted: what is in the journal stays there."""
    scanner.unplug()
    assert not link.answer(ok=True)
    eventually(lambda: not link.state.is_up)
    assert not link.answer(ok=False)
    scanner.plug()
    eventually(lambda: link.state.is_up)
    assert link.state.counts.answers_lost == 2
    assert len(desk.told("scanner.answer_lost")) == 2


def test_K2_an_answer_to_a_deaf_scanner_gives_up_soon(desk, bench, eventually, monkeypatch):
    """A full line holds nobody up for longer than a quarter of a second."""
    waits = []
    with desk.link("serial:///dev/x", opener=bench) as link:
        eventually(lambda: link.state.is_up)
        port = link._port
        with pytest.raises(Exception, match="takes no bytes"):
            port.write(b"x" * 10_000_000, timeout=0.1)
        write = port.write
        monkeypatch.setattr(
            port, "write", lambda data, *, timeout: (waits.append(timeout), write(data, timeout=timeout))
        )
        assert not link.answer(ok=True)
        assert waits == [ANSWER_DEADLINE_S]
        assert link.state.is_up


def test_K2_a_scan_refused_in_ack_nak_mode_is_sent_again_as_a_new_one(desk, tmp_path, eventually):
    """The journal was full at the first try, and has it at the second: the scanner beeps good."""
    answers = iter([False, True])

    def settle(frame):
        desk.frames.append(frame)
        link.answer(ok=next(answers))

    with VirtualScanner(tmp_path / "s", profile("ascii_ack_nak"), SystemClock()) as scanner:
        link = desk.link(scanner, "ascii_ack_nak", on_frame=settle)
        with link:
            eventually(lambda: link.state.is_up)
            assert scanner.scan_and_wait(PACKAGE, within_s=30.0) == "good"
    assert [frame.repeated for frame in desk.frames] == [False, False]
    assert scanner.answered_bytes == b"\x15\x06"


def test_K2_a_scanner_of_many_minds_fills_no_log(desk, scanner, eventually, monkeypatch):
    """With and without AIM IDs in turn, as no sound scanner sends: doubted each time, logged once in a while."""
    monkeypatch.setattr("hardware.scanner.link.DOUBT_AGAIN_S", 1e6)
    with desk.link(scanner) as link:
        eventually(lambda: link.state.is_up)
        for turn in range(3):
            for count, aim in enumerate(("]E0", "", "", ""), 4 * turn + 1):
                scanner.scan(f"400638{count}", aim=aim)
                eventually(lambda wanted=count: len(desk.frames) == wanted)
            eventually(lambda: link.state.doubt)
    assert len(desk.told("scanner.doubted")) == 1
    assert len(desk.told("scanner.as_before")) == 1


def test_K2_a_scan_nobody_answers_is_given_up_by_the_scanner(desk, scanner, link, eventually):
    """In silence the scanner hears neither good nor refused."""
    scanner.scan(PACKAGE)
    assert scanner.wait_for_answer(within_s=0.05) == b""


def test_K2_stop_ends_a_link_that_waits_in_a_read(desk, scanner, eventually, monkeypatch):
    """It does not wait for the read's own end, gives the device free, and says so."""
    monkeypatch.setattr("hardware.scanner.link.READ_WAIT_S", 600.0)
    link = desk.link(scanner)
    link.start()
    eventually(lambda: link.state.is_up)
    assert link.stop(30.0)
    assert desk.states[-1].condition is Condition.STOPPED
    open_port(str(scanner.path)).close()


def test_K2_stop_ends_a_link_that_waits_for_its_device(desk, tmp_path, eventually):
    """A back-off is no reason to wait."""
    (tmp_path / "scanner0").write_text("")
    link = desk.link(tmp_path / "scanner0")
    link._backoff = BackOff(lasting_s=600.0)
    link.start()
    eventually(lambda: link.state.condition is Condition.DOWN)
    assert link.stop(30.0)
    assert desk.log.entries[-1]["event"] == "scanner.down"


def test_a_link_that_was_never_started_stops():
    """Shutting down in the middle of a start is no fault."""
    assert Desk().link("/dev/none").stop()


def test_K2_a_fault_in_the_program_is_seen_and_the_scanner_lives_on(desk, scanner, eventually):
    """A callback that raises is logged with its traceback and shown; the next scan is read."""
    codes = []

    def fail_once(frame):
        codes.append(frame.data)
        if len(codes) == 1:
            raise RuntimeError("inbox closed")

    with desk.link(scanner, on_frame=fail_once) as link:
        eventually(lambda: link.state.is_up)
        scanner.scan(PACKAGE)
        eventually(lambda: link.state.counts.faults_of_ours == 1)
        eventually(lambda: link.state.is_up)
        scanner.scan(CARD)
        eventually(lambda: len(codes) == 2)
    assert len(desk.told("scanner.fault_of_ours")) == 1
    assert codes[1] == CARD.encode()


def test_K2_states_are_told_once_each(desk, scanner, link, eventually):
    """Up, down, up, stopped: no state is told twice, and each says whether a scan is read."""
    scanner.unplug()
    eventually(lambda: link._tries >= 3)
    scanner.plug()
    eventually(lambda: link.state.is_up)
    link.stop()
    ups = [bool(state) for state in desk.states]
    assert ups[0] is True
    assert ups[-2:] == [True, False]
    assert len(desk.states) == len({(state.condition, state.why, state.since) for state in desk.states})


def test_K2_the_line_is_opened_as_the_profile_says(desk, bench, eventually):
    """Baud, parity and handshake reach the port."""
    with desk.link("serial:///dev/x", "zebra_wincor_b", opener=bench) as link:
        eventually(lambda: link.state.is_up)
    assert bench.opened == [("serial:///dev/x", PortSettings(baud=9600, parity="odd", flow="rtscts"))]


def test_an_address_that_can_never_be_opened_is_refused_before_the_thread_starts(desk):
    """A typing mistake in the settings shows at once."""
    before = threading.active_count()
    with pytest.raises(PortUrlWrong):
        desk.link("usb://scanner")
    assert threading.active_count() <= before
