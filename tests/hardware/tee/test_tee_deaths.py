"""Whoever dies or hangs, the till gets its scans: each byte once, in order. Real processes, really killed."""

import os
import signal
import subprocess
import sys

from hardware.tee.keeper import AT_ONCE
from hardware.transport.datagrams import DatagramReceiver


def _scan(nr: int) -> bytes:
    return b"]E0%012d\r\n" % nr


def test_K5_a_forwarder_killed_again_and_again_loses_and_doubles_nothing(bench) -> None:
    """kill -9 of the forwarder forty times under traffic: the till has every byte once, the bridge as well."""
    bridge = bench.listener()
    tee = bench.tee()
    till = bench.open_till()
    sent = bytearray()
    for nr in range(400):
        bench.device.port.write(_scan(nr))
        sent += _scan(nr)
        if nr % 10 == 5:
            tee.kill_forwarder()
    assert till.await_bytes(len(sent)) == bytes(sent)
    bridge.hear(lambda told: len(bridge.text) >= len(sent))
    offsets = {offset for copy in bridge.told for offset in range(copy.offset, copy.offset + len(copy.payload))}
    assert offsets == set(range(len(sent)))


def test_K5_a_forwarder_that_is_stopped_is_replaced_and_loses_nothing(bench) -> None:
    """SIGSTOP of the forwarder with bytes in its hand: another one goes on, and the till has the scan."""
    tee = bench.tee()
    till = bench.open_till()
    bench.device.port.write(_scan(1))
    till.await_bytes(16)
    os.kill(tee.forwarder, signal.SIGSTOP)
    bench.device.port.write(_scan(2))
    assert till.await_bytes(32) == _scan(1) + _scan(2)
    tee.await_line("forwarder.replaced")


def test_K5_a_keeper_that_is_killed_is_followed_by_its_forwarder(bench, eventually) -> None:
    """kill -9 of the keeper: the forwarder keeps the ports, goes on, and forks another that can be killed in turn."""
    tee = bench.tee()
    till = bench.open_till()
    heir = tee.forwarder
    os.kill(tee.process.pid, signal.SIGKILL)
    tee.await_line(f"keeper.gone pid={heir}")
    tee.await_line("forwarder pid=", count=2)
    bench.device.port.write(_scan(1))
    till.await_bytes(16)
    os.kill(tee.forwarder, signal.SIGKILL)
    bench.device.port.write(_scan(2))
    assert till.await_bytes(32) == _scan(1) + _scan(2)
    os.kill(heir, signal.SIGTERM)
    eventually(lambda: not bench.till.is_symlink())


def test_K5_a_stopped_keeper_stops_no_scan(bench) -> None:
    """SIGSTOP of the keeper: the forwarder needs nobody to forward."""
    tee = bench.tee()
    till = bench.open_till()
    os.kill(tee.process.pid, signal.SIGSTOP)
    try:
        bench.device.port.write(_scan(1))
        assert till.await_bytes(16) == _scan(1)
    finally:
        os.kill(tee.process.pid, signal.SIGCONT)


FAILING = """
import sys
from pathlib import Path
from hardware.tee.flow import Flow
from hardware.tee.forwarder import Forwarder
from hardware.tee.keeper import Held, Keeper
from hardware.tee.shared import Shared
from hardware.transport import open_port
from hardware.transport.pty_link import PtyLink
from photocore.host import SystemClock

device, till, healing, forks = sys.argv[1:]
shared = Shared()
flows = Flow(shared, 0), Flow(shared, 1)

def make(near, far, keeper):
    with open(forks, "a") as file:
        file.write("x")
    if not Path(healing).exists():
        raise RuntimeError("no forwarder begins")
    return Forwarder(shared, flows, near=near, far=far, keeper=keeper, far_is_pty=True)

def log(line):
    print(line, file=sys.stderr, flush=True)

sides = Held(name="scanner", open=lambda: open_port(device)), Held(name="till", open=lambda: PtyLink(Path(till)))
Keeper(shared, flows, sides, make=make, clock=SystemClock(), log=log).run()
"""


def test_K5_a_forwarder_that_fails_at_once_is_tried_ever_later_and_told_once(bench, eventually) -> None:
    """A fault in each forwarder's beginning: one outage in the log however many there are, and the scan at its end."""
    healing, forks, told = (bench.folder / name for name in ("healing", "forks", "told"))
    command = [sys.executable, "-P", "-c", FAILING, *map(str, (bench.device.path, bench.till, healing, forks))]
    with told.open("wb") as log:
        process = subprocess.Popen(command, stderr=log)
    try:
        eventually(lambda: forks.exists() and len(forks.read_text()) >= AT_ONCE + 6)
        lines = told.read_text().splitlines()
        assert sum("forwarder.down" in line for line in lines) == 1
        assert sum(line.startswith("forwarder") for line in lines) <= 3 * (AT_ONCE + 1) + 1
        till = bench.open_till()
        bench.device.port.write(_scan(1))
        healing.touch()
        assert till.await_bytes(16) == _scan(1)
        eventually(lambda: "forwarder.up" in told.read_text())
    finally:
        process.terminate()
        process.wait(30)


BRIDGE = """
import sys
from pathlib import Path
from hardware.transport.datagrams import DatagramReceiver
line = DatagramReceiver(Path(sys.argv[1]))
print("listening", flush=True)
while True:
    line.receive(None)
"""


def test_K5_a_bridge_that_hangs_or_is_killed_delays_no_scan(bench) -> None:
    """SIGSTOP, then kill -9 of a real bridge process, under a thousand scans: the till has them all.

    The bridge that comes after hears the latest of what it missed, and where the gap is.
    """
    bench.tee()
    till = bench.open_till()
    process = subprocess.Popen([sys.executable, "-P", "-c", BRIDGE, str(bench.bridge)], stdout=subprocess.PIPE)
    try:
        assert process.stdout is not None
        process.stdout.readline()
        os.kill(process.pid, signal.SIGSTOP)
        sent = b"".join(_scan(nr) for nr in range(500))
        bench.device.port.write(sent)
        assert till.await_bytes(len(sent)) == sent
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
    more = b"".join(_scan(nr) for nr in range(500, 6000))
    for start in range(0, len(more), 1600):
        bench.device.port.write(more[start : start + 1600])
    assert till.await_bytes(len(sent) + len(more)) == sent + more
    bridge = bench.listener()
    bridge.hear(lambda told: bool(told) and told[-1].offset + len(told[-1].payload) == len(sent) + len(more))
    first = bridge.told[0].offset
    assert first > 0
    assert bridge.text == (sent + more)[first:]


def test_K5_a_bridge_away_for_a_moment_misses_nothing(bench) -> None:
    """Scans made while nobody listened are told when somebody does."""
    bench.tee()
    till = bench.open_till()
    bench.device.port.write(_scan(1))
    till.await_bytes(16)
    bench.device.port.write(_scan(2))
    till.await_bytes(32)
    bridge = bench.listener()
    bridge.hear(lambda told: len(bridge.text) >= 32)
    assert bridge.text == _scan(1) + _scan(2)


def test_a_socket_left_by_a_dead_bridge_is_taken_over(tmp_path) -> None:
    """What kill -9 leaves behind does not keep the next one out."""
    DatagramReceiver(tmp_path / "s")._line.close()
    again = DatagramReceiver(tmp_path / "s")
    assert again.receive(0) is None
    again.close()
