"""The tee passes every byte between scanner and till, both ways, and tells the bridge beside it."""

import subprocess
import sys

from hardware.tee.copies import Copy


def test_K5_a_scan_reaches_the_till_unchanged_and_the_bridge_hears_it(bench) -> None:
    """What the scanner sends, the till reads; the copy bears its place in the stream."""
    bridge = bench.listener()
    bench.tee()
    till = bench.open_till()
    scan = b"]d2010940608203112321A1B2C3D4\x1d17270101\r\n\x00\xff\x11\x13\x7f"
    bench.device.port.write(scan)
    assert till.await_bytes(len(scan)) == scan
    bridge.hear(lambda told: len(bridge.text) >= len(scan))
    assert bridge.text == scan
    first = bridge.told[0]
    assert isinstance(first, Copy)
    assert (first.lane, first.offset, first.is_heard, first.is_fresh) == ("till-1", 0, True, True)


def test_K5_what_the_till_says_reaches_the_scanner(bench) -> None:
    """Beeps, triggers and handshakes go the other way, unchanged; the bridge is told nothing of them."""
    bridge = bench.listener()
    bench.tee()
    till, scanner = bench.open_till(), bench.read_device()
    till.port.write(b"\x1b7,\x05\x11\x13\x00\xff\x04\xe6\x04\x00")
    assert scanner.await_bytes(12) == b"\x1b7,\x05\x11\x13\x00\xff\x04\xe6\x04\x00"
    assert bridge.line.receive(0.2) is None


def test_K5_the_till_may_run_as_another_user(bench) -> None:
    """Who may open the pty is told; without a word it is this user alone."""
    bench.tee("--till-mode", "660")
    assert bench.till.stat().st_mode & 0o777 == 0o660


def test_K5_a_tee_brings_little_along() -> None:
    """It starts at once, in a process without the journal, the log's library, the pictures' or the web's."""
    names = "apsw,structlog,kivy,PIL,numpy,litestar,requests,msgspec,escpos"
    code = f"import sys, hardware.tee.cli; print([name for name in {names!r}.split(',') if name in sys.modules])"
    told = subprocess.run([sys.executable, "-P", "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"


def test_K5_what_cannot_be_is_said_at_once() -> None:
    """An address that can never be opened, a mark without a group: a sentence and a status, no loop."""
    common = ("--lane", "x", "--to", "/nowhere/lanes.sock")
    for options, words in (
        (("tee", "--scanner", "usb://1", "--till", "pty:/nowhere/x", *common), "serial://"),
        (("tap", "--printer", "/dev/null", "--till", "pty:/nowhere/x", "--mark", "Receipt", *common), "group"),
        (("tap", "--printer", "/dev/null", "--till", "pty:/nowhere/x", "--mark", "(", *common), "--mark"),
    ):
        told = subprocess.run(
            [sys.executable, "-P", "-m", "hardware.tee.cli", *options],
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        assert told.returncode in (1, 2)
        assert words in told.stderr
        assert "Traceback" not in told.stderr
