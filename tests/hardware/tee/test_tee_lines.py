"""Lines that are slow, loose, pulled or full of garbage: nothing is lost that a cable would not lose."""

import os
import random

from hardware.virtual.pty import PtySocket

SCAN = b"]E0400638133393\r\n"


def test_K5_a_slow_till_loses_nothing(bench) -> None:
    """A till that reads nothing for a while: its port fills, the scanner's side waits, and all arrives in order."""
    bench.tee()
    till = bench.open_till()
    till.port.cancel()
    till._is_over = True
    till._thread.join()
    sent = b"".join(b"%06d\r" % nr for nr in range(12_000))
    bench.device.port.write(sent, timeout=30)
    till._is_over = False
    got = bytearray()
    while len(got) < len(sent):
        got += till.port.read(30.0)
    assert bytes(got) == sent


def test_K5_scans_at_a_till_that_is_shut_go_nowhere_and_the_bridge_knows(bench) -> None:
    """As on a cable that hangs loose: a till that opens later hears the next scan, and no old one."""
    bridge = bench.listener()
    bench.tee()
    bench.device.port.write(SCAN)
    bridge.hear(lambda told: len(bridge.text) >= len(SCAN))
    assert [copy.is_heard for copy in bridge.told] == [False] * len(bridge.told)
    till = bench.open_till()
    bench.device.port.write(b"new\r")
    assert till.await_bytes(4) == b"new\r"
    bridge.hear(lambda told: len(bridge.text) >= len(SCAN) + 4)
    assert bridge.told[-1].is_heard


def test_K5_what_a_till_left_unread_is_not_there_when_it_comes_back(bench, eventually) -> None:
    """A till that shut its port with a scan unread does not sell it in the morning."""
    bridge = bench.listener()
    bench.tee()
    far = os.open(bench.till, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
    bench.device.port.write(SCAN)
    bridge.hear(lambda told: len(bridge.text) >= len(SCAN))
    os.close(far)

    def is_noticed() -> bool:
        before = len(bridge.told)
        bench.device.port.write(b"?")
        bridge.hear(lambda told: len(told) > before)
        return not bridge.told[-1].is_heard

    eventually(is_noticed)
    till = bench.open_till()
    bench.device.port.write(b"new\r")
    assert till.await_bytes(4) == b"new\r"


def test_K5_a_scanner_that_is_pulled_and_plugged_keeps_the_tills_port(bench) -> None:
    """The till's side stays open through it, and the next scan arrives."""
    tee = bench.tee()
    till = bench.open_till()
    bench.device.port.write(SCAN)
    till.await_bytes(len(SCAN))
    bench.device.unplug()
    tee.await_line("scanner.down")
    bench.device.plug()
    tee.await_line("scanner.up", count=2)
    bench.device.port.write(b"again\r")
    assert till.await_bytes(len(SCAN) + 6) == SCAN + b"again\r"


def test_K5_a_till_behind_a_second_port_may_be_pulled(bench, tmp_path) -> None:
    """Instead of a pty a port of its own leads to the till; while it is away the bridge is told that nobody heard."""
    other = PtySocket(tmp_path / "cable")
    other.plug()
    bridge = bench.listener()
    tee = bench.tee("--till", str(other.path))
    bench.device.port.write(SCAN)
    assert other.port.read(30.0)[:1] == b"]"
    other.unplug()
    tee.await_line("till.down")
    tee.await_line("forwarder pid=", count=2)
    bench.device.port.write(b"lost\r")
    bridge.hear(lambda told: bridge.text.endswith(b"lost\r"))
    assert not bridge.told[-1].is_heard
    other.plug()
    tee.await_line("till.up", count=2)
    bench.device.port.write(b"back\r")
    got = b""
    while len(got) < 5:
        got += other.port.read(30.0)
    assert got == b"back\r"
    tee.end()
    other.unplug()


def test_K5_a_megabyte_of_garbage_passes_while_forwarders_are_killed(bench) -> None:
    """Every byte value, at full speed, the forwarder killed at any moment: each byte arrives once."""
    tee = bench.tee()
    till = bench.open_till()
    dice = random.Random(10)
    sent = bytearray()
    for nr in range(1, 101):
        piece = dice.randbytes(10_000)
        sent += piece
        bench.device.port.write(piece, timeout=30)
        if nr % 5 == 0:
            tee.kill_forwarder()
    assert till.await_bytes(len(sent)) == bytes(sent)


def test_a_tee_that_is_told_to_stop_takes_its_link_away(bench) -> None:
    """SIGTERM ends both processes; the till sees an unplugged scanner."""
    tee = bench.tee()
    forwarder = tee.forwarder
    assert bench.till.is_symlink()
    tee.end()
    assert tee.process.returncode == 0
    assert not bench.till.is_symlink()
    try:
        os.kill(forwarder, 0)
    except ProcessLookupError:
        return
    raise AssertionError("the forwarder lives on")
