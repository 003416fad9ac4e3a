"""How long a scan takes from its last byte to our frame, beside what the kernel alone needs.

    python benchmarks/scanner_latency.py [--quick] [--json FILE]

Two readers take turns on the same kind of pty, scan by scan, so that a busy machine burdens both alike:

* **floor**: a thread with nothing but ``select`` and ``os.read``; the scan is there when its bytes are.
* **link**: the product's :class:`hardware.scanner.ScannerLink`, to its ``on_frame``: port, framer, debounce, log.

The clock starts just before the system call that writes the scan, the same bare ``os.write`` for both, and stops in
the reader's thread. All runs on one core: on which core the kernel wakes a thread is luck, and worth 20 us, as much as
what is measured. Nothing passes or fails here; the ratio is to be watched, since a person notices neither. A 33-byte
scan on a real 9600-baud line takes 34 ms before its last byte is even there.
"""

import os
import select
import sys
import threading
import time
import tty

import structlog
from measuring import Line, run_alone

from hardware.scanner import Frame, ScannerLink, load_profile
from photocore.host import SystemClock
from photocore.settings import locate_config

SCAN = b"]d2010950600013435221ABC12345678\r"


def measure(quick: bool) -> list[Line]:
    """Return the tail and the middle of both readers."""
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(cores)})
    try:
        floor, link = _in_turns(200 if quick else 2000)
    finally:
        os.sched_setaffinity(0, cores)
    return [
        Line(
            what=f"last scanner byte to our frame, {word}",
            unit="us",
            ours=percentile(link, share),
            floor=percentile(floor, share),
            floor_is="select and os.read in a thread",
            note=f"{len(link)} scans of {len(SCAN)} bytes on a pty",
        )
        for word, share in (("median", 0.5), ("p99", 0.99))
    ]


def _in_turns(scans: int) -> tuple[list[float], list[float]]:
    """Return the microseconds of every scan, read bare and read by the link."""
    floor, link = BareReader(), LinkReader()
    try:
        for reader in (floor, link) * 20:  # warm up: imports, allocator, scheduler
            reader.time_scan(0)
        times: tuple[list[float], list[float]] = ([], [])
        for count in range(scans):
            times[0].append(floor.time_scan(count))
            times[1].append(link.time_scan(count))
        return times
    finally:
        floor.close()
        link.close()


class Stopwatch:
    """Meets the reader's thread at the end of each scan."""

    def __init__(self) -> None:
        self._arrived = threading.Event()
        self._at = 0.0

    def stop(self) -> None:
        self._at = time.perf_counter()
        self._arrived.set()

    def time(self, device: int, scan: bytes) -> float:
        """Return the microseconds from the write of ``scan`` to :meth:`stop`."""
        self._arrived.clear()
        written_at = time.perf_counter()
        os.write(device, scan)
        assert self._arrived.wait(5), "a scan was lost"
        return (self._at - written_at) * 1e6


class BareReader:
    """The floor: select and os.read in a thread."""

    def __init__(self) -> None:
        self._stopwatch = Stopwatch()
        self._device, self._fd = os.openpty()
        tty.setraw(self._fd)
        os.set_blocking(self._fd, False)
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def time_scan(self, count: int) -> float:
        return self._stopwatch.time(self._device, numbered(count))

    def close(self) -> None:
        os.close(self._device)
        self._thread.join()
        os.close(self._fd)

    def _run(self) -> None:
        held = b""
        while True:
            select.select([self._fd], [], [])
            delivery = os.read(self._fd, 65_536)
            if not delivery:  # hung up
                return
            held += delivery
            if len(held) >= len(SCAN):
                held = held[len(SCAN) :]
                self._stopwatch.stop()


class LinkReader:
    """The product."""

    def __init__(self) -> None:
        self._stopwatch = Stopwatch()
        self._device, far = os.openpty()
        tty.setraw(far)
        up = threading.Event()
        self._link = ScannerLink(
            os.ttyname(far),
            load_profile(locate_config(), "virtual"),
            SystemClock(),
            self._take,
            lambda state: up.set() if state.is_up else None,
            log=structlog.wrap_logger(structlog.PrintLogger(sys.stderr)),
        )
        self._link.start()
        assert up.wait(5), "the link did not come up"
        os.close(far)

    def time_scan(self, count: int) -> float:
        return self._stopwatch.time(self._device, numbered(count))

    def close(self) -> None:
        self._link.stop()
        os.close(self._device)

    def _take(self, frame: Frame) -> None:
        self._stopwatch.stop()


def numbered(count: int) -> bytes:
    """Return a scan of always the same length that differs from its neighbours."""
    return SCAN[:-5] + b"%04d\r" % (count % 10_000)


def percentile(times: list[float], share: float) -> float:
    return sorted(times)[min(len(times) - 1, int(len(times) * share))]


if __name__ == "__main__":
    run_alone(measure, __doc__)
