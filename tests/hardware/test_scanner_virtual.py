"""The virtual scanner: what it types, how it paces, and how a person drives it from a terminal."""

import os
import signal
import subprocess
import sys
import time

import pytest

from hardware.errors import HardwareError
from hardware.scanner import load_profile
from hardware.transport import open_port
from hardware.virtual import keystrokes
from hardware.virtual.console import ScannerConsole
from hardware.virtual.keystrokes import Stroke
from hardware.virtual.scanner import VirtualScanner
from photocore.host import SystemClock
from photocore.settings import locate_config

SCAN = b"]d201095060001343\r\n"


@pytest.fixture
def scanner(tmp_path):
    with make(tmp_path) as scanner:
        yield scanner


def make(tmp_path, profile="virtual", **options):
    return VirtualScanner(tmp_path / "s", load_profile(locate_config(), profile), SystemClock(), **options)


def typed(strokes):
    return b"".join(stroke.data for stroke in strokes)


def received(port, count):
    data = b""
    while len(data) < count:
        data += port.read(2.0)
    return data


def test_K2_each_fault_types_what_it_says():
    """Pure strokes, by golden bytes."""
    assert typed(keystrokes.split(b"ABCDE\r", pieces=4)) == b"ABCDE\r"
    assert [stroke.data for stroke in keystrokes.split(b"ABCDE\r", pieces=3)] == [b"AB", b"CD", b"E\r"]
    assert typed(keystrokes.doubled(b"A\r")) == b"A\rA\r"
    assert typed(keystrokes.garbled(b"ABC\r", at=1, bit=5)) == b"AbC\r"
    assert typed(keystrokes.merged(b"A\r\n", b"B\r\n")) == b"AB\r\n"
    assert len(typed(keystrokes.flood(1_000_000))) == 1_000_000
    assert b"\r" not in typed(keystrokes.flood(1_000_000))
    assert typed(keystrokes.with_control_characters(b"AB")) == b"A\x0f\x1b[200~B"


@pytest.mark.parametrize(
    ("profile", "sent"),
    [
        ("virtual", b"]d2X\r\n"),
        ("zebra_olivetti", b"\x02]d2X\x03"),
        ("no_suffix", b"]d2X"),
        ("honeywell_xenon", b"]d2X\r"),
    ],
)
def test_K2_it_types_as_its_profile_says(tmp_path, profile, sent):
    """Prefix and suffix are the device's own."""
    assert make(tmp_path, profile).encode("X", aim="]d2") == sent


def test_K2_the_last_byte_is_timed(scanner):
    """A scan returns when its last byte went out: what latency is measured from."""
    port = open_port(str(scanner.path))
    before = time.monotonic()
    at = scanner.scan("X")
    assert before <= at <= time.monotonic()
    assert received(port, 3) == b"X\r\n"
    port.close()


def test_K2_bytes_are_paced_by_the_baud_rate(tmp_path):
    """32 bytes at 9600 take 33 ms, as on a real line; a pty alone would take none."""
    with make(tmp_path, baud=9600) as scanner:
        port = open_port(str(scanner.path))
        before = time.monotonic()
        at = scanner.scan("0" * 30)
        assert at - before >= 31 / 960
        assert received(port, 32) == b"0" * 30 + b"\r\n"
        port.close()


def test_K2_it_hears_what_it_is_answered_and_when(scanner):
    """ACK and NAK with their times."""
    port = open_port(str(scanner.path))
    port.write(b"\x06")
    assert scanner.wait_for_answer(within_s=30.0) == b"\x06"
    port.write(b"\x15")
    assert scanner.wait_for_answer(after=1, within_s=30.0) == b"\x15"
    assert scanner.answers[0].at <= scanner.answers[-1].at
    assert scanner.answered_bytes == b"\x06\x15"
    port.close()


def test_K2_unplugged_it_types_nothing_and_leaves_no_link(scanner):
    """The name is gone with the device; plugging twice and unplugging twice is no fault."""
    scanner.plug()
    scanner.unplug()
    scanner.unplug()
    assert not scanner.path.is_symlink()
    with pytest.raises(HardwareError, match="unplugged"):
        scanner.scan("X")


def test_K2_a_line_nobody_reads_fills_up_and_says_so(tmp_path):
    """The scanner is not blocked for ever by a kiosk that is down."""
    with make(tmp_path) as scanner, pytest.raises(HardwareError, match="takes no bytes"):
        scanner.strike(Stroke(data=b"x" * 200_000))


def test_K2_a_person_drives_it_line_by_line(scanner):
    """Codes, faults and mistakes from a terminal."""
    port = open_port(str(scanner.path))
    said = []
    console = ScannerConsole(scanner, said.append)
    console.run(["AB<GS>C\n", "!double D\n", "!merge E F\n", "!garble GHI\n", "!raw 41 0d\n", "!control JK\n", "\n"])
    expected = b"AB\x1dC\r\nD\r\nD\r\nEF\r\nGHH\r\nA\rJ"
    assert received(port, len(expected)).startswith(expected)
    console.run(["!what\n", "!split\n", "!raw 4\n", "!help\n", "!answers\n"])
    assert [line.split()[0] for line in said] == ["!", "!", "!", "CODE", "no"]
    port.write(b"\x06")
    scanner.wait_for_answer(within_s=30.0)
    port.close()
    console.run(["!unplug\n", "X\n", "!replug\n"])
    assert "unplugged" in said[-2]
    assert scanner.tty_name in said[-1]


def test_K2_a_person_lets_a_mishap_befall_one_scan(scanner):
    """Lost, flipped, sent twice; and a settings bar code that takes the AIM IDs away."""
    port = open_port(str(scanner.path))
    console = ScannerConsole(scanner, pytest.fail)
    console.run(["!lose A\n", "!flip BCDE\n", "!twice F\n", "!reset\n", "G\n"])
    assert received(port, 15) == b"BCDD\r\nF\r\nF\r\nG\r\n"
    port.close()


def test_K2_the_command_makes_a_scanner_and_cleans_up_after_itself(tmp_path):
    """`twincheck virtual scanner`: a line typed is a scan read; at its end, or at SIGTERM, the link is gone."""
    device = tmp_path / "scanner0"
    with spawn("scanner", "--path", str(device)) as process:
        assert str(device) in process.stdout.readline()
        port = open_port(str(device))
        process.stdin.write("]C1X\n")
        process.stdin.flush()
        assert received(port, 6) == b"]C1X\r\n"
        port.write(b"\x06")
        assert process.stdout.readline() == "heard 06 (good)\n"
        port.close()
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 130
    assert not device.is_symlink()


@pytest.mark.parametrize(
    ("arguments", "status", "word"),
    [
        (("scanner", "--profile", "none_such"), 1, "none_such"),
        (("toaster",), 2, "usage"),
        ((), 2, "usage"),
    ],
)
def test_the_command_tells_what_is_wrong(tmp_path, arguments, status, word):
    """A wrong profile or device is told in one line."""
    with spawn(*arguments, cwd=tmp_path) as process:
        _, told = process.communicate(timeout=60)
    assert process.returncode == status
    assert word in told
    assert "Traceback" not in told


def spawn(*arguments, **options):
    code = "import sys; from hardware.virtual.cli import command; sys.exit(command(sys.argv[1:]))"
    return subprocess.Popen(
        [sys.executable, "-c", code, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        **options,
    )
