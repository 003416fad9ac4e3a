"""How much later a scan reaches the till because a tee stands between, beside the barest thing that could stand there.

    python benchmarks/tee.py [--quick] [--json FILE]

Three lines of ptys take turns, scan by scan in an order that is drawn anew each time, so that a busy machine burdens
all alike:

* **cable**: a pty alone, device to till. What is over it is *added*.
* **bare**: a process of ten lines, ``select``, ``os.read``, ``os.write``, between two ptys. It keeps no copy, holds
  nothing for whoever comes after it, and a till loses a scan when it is killed.
* **tee**: the product's two processes, with a listener that takes every copy.

The clock starts just before the write of a byte or a scan of 33 at the device, and stops when the till has read all of
it. A 33-byte scan on a real 9600-baud line takes 34 ms.

A p99 is made by whatever else the machine does in one hundredth of the time, and wobbles. So there are rounds: the
figures told are those of the round whose p99 ratio is the median one, beside the range of all rounds' ratios. Medians
and p90 say what the code costs; where a range is wide, the machine was heard, and not the code. Where
the system allows it (root), all processes run at one real-time priority, so that other programs take no turns: the
floor as well as ours. What the kernel's own workers do for a pty keeps its ordinary turn.

Also measured: how soon a stopped or killed forwarder is
replaced (the write at the device to the till's read, the forwarder dead or stopped), how soon the tee is ready, and
what it holds in memory.
"""

import os
import pty
import random
import re
import select
import signal
import subprocess
import sys
import tempfile
import time
import tty
from pathlib import Path

from measuring import Line, run_alone

ROUNDS = 9
SHARES = (("median", 0.5), ("p90", 0.9), ("p99", 0.99))
SCAN = b"]d2010950600013435221ABC12345678\r"
WAIT_S = 10.0

BARE = """
import os, select, sys
near = os.open(sys.argv[1], os.O_RDWR | os.O_NOCTTY)
far = int(sys.argv[2])
print("ready", flush=True)
while True:
    ready, _, _ = select.select([near, far], [], [])
    if near in ready:
        os.write(far, os.read(near, 4096))
    if far in ready:
        os.write(near, os.read(far, 4096))
"""

LISTENER = """
import sys
from pathlib import Path
from hardware.tee.copies import Copy, Kept, decode
from hardware.transport.datagrams import DatagramReceiver
line = DatagramReceiver(Path(sys.argv[1]))
print("ready", flush=True)
while True:
    came = line.receive(None)
    told = decode(came[0]) if came else None
    if isinstance(told, Copy):
        line.answer(came[1], Kept(lane=told.lane, epoch=told.epoch, offset=told.offset + len(told.payload)).encode())
"""


class Cable:
    """A pty: what is written at the device is read at the till."""

    def __init__(self) -> None:
        self.device, slave = os.openpty()
        tty.setraw(slave)
        self.slave = os.ttyname(slave)
        self.till = slave

    def time(self, payload: bytes) -> float:
        """Return the microseconds from the device's write to the till's last byte."""
        begun = time.perf_counter()
        os.write(self.device, payload)
        left = len(payload)
        while left:
            ready, _, _ = select.select([self.till], [], [], WAIT_S)
            assert ready, "a scan was lost"
            left -= len(os.read(self.till, 4096))
        return (time.perf_counter() - begun) * 1e6

    def close(self) -> None:
        """Let go of it."""
        os.close(self.device)
        os.close(self.till)


class Bare(Cable):
    """Two ptys and the bare forwarder between them."""

    def __init__(self) -> None:
        super().__init__()
        os.close(self.till)
        far, self.till = pty.openpty()
        tty.setraw(self.till)
        self._process = subprocess.Popen(
            [sys.executable, "-c", BARE, self.slave, str(far)], pass_fds=(far,), stdout=subprocess.PIPE
        )
        os.close(far)
        assert self._process.stdout is not None
        self._process.stdout.readline()

    def close(self) -> None:
        """End its process."""
        self._process.kill()
        self._process.wait()
        super().close()


class Tee(Cable):
    """The product's tee, with a listener."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        os.close(self.till)
        link, socket = folder / "till", folder / "bridge.sock"
        self._listener = subprocess.Popen([sys.executable, "-P", "-c", LISTENER, str(socket)], stdout=subprocess.PIPE)
        assert self._listener.stdout is not None
        self._listener.stdout.readline()
        options = ("--lane", "till-1", "--scanner", self.slave, "--till", f"pty:{link}", "--to", str(socket))
        begun = time.perf_counter()
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-m", "hardware.tee.cli", "tee", *options],
            stderr=subprocess.PIPE,
            text=True,
        )
        self.await_forwarder()
        self.ready_ms = (time.perf_counter() - begun) * 1000
        self.till = os.open(link, os.O_RDWR | os.O_NOCTTY)

    def await_forwarder(self) -> None:
        """Wait for the next forwarder, and remember it."""
        assert self.process.stderr is not None
        for line in self.process.stderr:
            if found := re.search(r"forwarder pid=(\d+)", line):
                self.forwarder = int(found[1])
                return

    def close(self) -> None:
        """End its processes."""
        self.process.terminate()
        self.process.wait()
        self._listener.kill()
        self._listener.wait()
        super().close()


def measure(quick: bool) -> list[Line]:
    """Return what a byte and a scan cost, and what a death costs."""
    alone = _take_turns_first()
    with tempfile.TemporaryDirectory() as folder:
        cable, bare, tee = Cable(), Bare(), Tee(Path(folder))
        try:
            lines = [
                line
                for what, payload in (("a byte", b"7"), ("a scan", SCAN))
                for line in _compare(what, payload, (cable, bare, tee), (3, 200) if quick else (ROUNDS, 2500), alone)
            ]
            return [*lines, *_deaths(tee, 5 if quick else 30), *_weights(tee)]
        finally:
            for each in (cable, bare, tee):
                each.close()


def _compare(
    what: str, payload: bytes, lines: tuple[Cable, Bare, Tee], size: tuple[int, int], alone: str
) -> list[Line]:
    for line in lines * 50:
        line.time(payload)
    rounds = [_round(payload, lines, size[1]) for _ in range(size[0])]
    return [_line(what, word, share, rounds, alone) for word, share in SHARES]


def _round(payload: bytes, lines: tuple[Cable, Bare, Tee], count: int) -> list[list[float]]:
    """Return the times of each line, measured in turns."""
    times: list[list[float]] = [[] for _ in lines]
    dice, order = random.Random(count), list(range(len(lines)))
    for _ in range(count):
        dice.shuffle(order)
        for place in order:
            times[place].append(lines[place].time(payload))
    return times


def _line(what: str, word: str, share: float, rounds: list[list[list[float]]], alone: str) -> Line:
    """Tell the round whose ratio is the median one, and between which the ratios lie."""
    told = sorted([percentile(times, share) for times in each] for each in rounds)
    told.sort(key=lambda each: each[2] / each[1])
    ratios = [each[2] / each[1] for each in told]
    cable, bare, tee = told[len(told) // 2]
    return Line(
        what=f"{what} through the tee, {word}",
        unit="us",
        ours=tee,
        floor=bare,
        floor_is="a bare forwarder: select, os.read, os.write",
        aim="<= 1.3",
        limit=1000.0,
        note=f"{len(told)} rounds: {ratios[0]:.2f} to {ratios[-1]:.2f}; {cable:.0f} us on the cable alone{alone}",
    )


def _take_turns_first() -> str:
    """Let this process, and those it starts, go before all ordinary ones, if the system allows; say so."""
    try:
        os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(5))
    except (OSError, AttributeError):
        return ""
    return "; real-time priority"


def _deaths(tee: Tee, count: int) -> list[Line]:
    told = []
    for word, number in (("killed", signal.SIGKILL), ("stopped", signal.SIGSTOP)):
        times = []
        for _ in range(count):
            os.kill(tee.forwarder, number)
            times.append(tee.time(SCAN) / 1000)
            tee.await_forwarder()
        told.append(
            Line(
                what=f"a scan, the forwarder just {word}, worst",
                unit="ms",
                ours=max(times),
                limit=200.0,
                note=f"{count} times; median {percentile(times, 0.5):.0f} ms; nothing lost",
            )
        )
    return told


def _weights(tee: Tee) -> list[Line]:
    keeper, forwarder = _private_kb(tee.process.pid), _private_kb(tee.forwarder)
    return [
        Line(what="tee ready to pass bytes, from exec", unit="ms", ours=tee.ready_ms),
        Line(what="memory of its own, both processes", unit="KiB", ours=keeper + forwarder, note=f"keeper {keeper}"),
    ]


def _private_kb(pid: int) -> int:
    text = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
    return sum(int(kb) for kb in re.findall(r"^Private_\w+:\s+(\d+) kB", text, re.MULTILINE))


def percentile(values: list[float], share: float) -> float:
    """Return the value below which ``share`` of them lie."""
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


if __name__ == "__main__":
    run_alone(measure, __doc__)
