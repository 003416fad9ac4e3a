"""How many scans a second come through as frames, beside what the kernel's pty alone lets through.

    python benchmarks/scanner_frames.py [--quick] [--json FILE]

Two readers take turns on the same kind of pty, burst by burst; a process of its own types each burst as fast as the
line takes it:

* **floor**: a thread with nothing but ``select`` and ``os.read``, which counts bytes and makes nothing of them.
* **link**: the product's :class:`hardware.scanner.ScannerLink`, to its ``on_frame``: port, dialogue, debounce.

A shop never sees either: one scan takes 34 ms on a 9600-baud line. What counts is that framing costs little beside
reading, so that a storm of bytes (a wrong baud rate, a hostile code) cannot starve the counter.
"""

import os
import select
import sys
import threading
import time
import tty
from collections.abc import Callable
from statistics import median
from typing import NoReturn

import structlog
from measuring import Line, run_alone

from hardware.scanner import Frame, ScannerLink, load_profile
from photocore.host import SystemClock
from photocore.settings import locate_config

SCAN = b"]d2010950600013435221ABC%05d678\r\n"
DELIVERY = 65_536
PATIENCE_S = 120


def measure(quick: bool) -> list[Line]:
    """Return the frames a second of both readers."""
    scans, rounds = (5_000, 3) if quick else (20_000, 9)
    burst = b"".join(SCAN % (number % 100_000) for number in range(scans))
    floor: list[float] = []
    link: list[float] = []
    for _ in range(rounds):
        floor.append(scans / time_burst(burst, read_bare))
        link.append(scans / time_burst(burst, read_by_link))
    return [
        Line(
            what="scans read as frames in a burst",
            unit="frames/s",
            ours=median(link),
            floor=median(floor),
            floor_is="select and os.read in a thread, bytes counted",
            aim=">= 0.7",
            note=f"{rounds} bursts of {scans} scans of {len(SCAN % 0)} bytes on a pty",
        )
    ]


def time_burst(burst: bytes, read: Callable[[int, int, Callable[[], object]], None]) -> float:
    """Return the seconds from the first byte typed until ``read`` has it all; ``read`` says when it is ready."""
    device, far = os.openpty()
    tty.setraw(far)
    go, ready = os.pipe()
    writer = os.fork()
    if writer == 0:
        type_burst(device, go, burst)
    started: list[float] = []

    def start() -> None:
        started.append(time.perf_counter())
        os.write(ready, b"!")

    try:
        read(far, len(burst), start)
        return time.perf_counter() - started[0]
    finally:
        os.waitpid(writer, 0)
        for fd in (device, far, go, ready):
            os.close(fd)


def type_burst(device: int, go: int, burst: bytes) -> NoReturn:
    """Write it scan by scan, as a scanner does, in a process of its own, once told to."""
    os.read(go, 1)
    size = len(SCAN % 0)
    for at in range(0, len(burst), size):
        left = burst[at : at + size]
        while left:
            left = left[os.write(device, left) :]
    os._exit(0)


def read_bare(far: int, size: int, start: Callable[[], object]) -> None:
    """Count bytes until all are there."""

    def run() -> None:
        got = 0
        while got < size:
            select.select([far], [], [])
            got += len(os.read(far, DELIVERY))

    thread = threading.Thread(target=run)
    thread.start()
    start()
    thread.join(PATIENCE_S)


def read_by_link(far: int, size: int, start: Callable[[], object]) -> None:
    """Read frames until all are there."""
    wanted, got, done, up = size // len(SCAN % 0), 0, threading.Event(), threading.Event()

    def take(_frame: Frame) -> None:
        nonlocal got
        got += 1
        if got == wanted:
            done.set()

    link = ScannerLink(
        os.ttyname(far),
        load_profile(locate_config(), "generic"),
        SystemClock(),
        take,
        lambda state: up.set() if state.is_up else None,
        log=structlog.wrap_logger(
            structlog.PrintLogger(sys.stderr), wrapper_class=structlog.BoundLogger, processors=[quiet]
        ),
    )
    with link:
        assert up.wait(PATIENCE_S), "the link did not come up"
        start()
        assert done.wait(PATIENCE_S), "scans were lost"


def quiet(_logger: object, _name: str, _event: object) -> NoReturn:
    """Say nothing about each burst's line coming up."""
    raise structlog.DropEvent


if __name__ == "__main__":
    run_alone(measure, __doc__)
