"""How long a scan takes from its last byte to the durable registration, beside one fsync'd SQLite insert.

    python benchmarks/scan_to_commit.py [--quick] [--json FILE]

The card is what is scanned last: the clock starts just before the ``os.write`` of its whole frame to a pty and stops
when the desk's :meth:`register` has returned, on the thread that called it. Between lie the scanner link, the framing,
the meaning, the desk's look at the package, the event ID, and the one commit. Two things of the real counter are left
out: the screens (``scan_to_screen.py``) and the shopper's touch on *confirm*, which takes as long as it takes.

In turns with it, in the same run: **floor**, one row of a registration's weight inserted by SQLite (apsw, WAL, FULL).
"""

import os
import queue
import statistics
import tempfile
import threading
import time
import tty
from pathlib import Path

import structlog
from measuring import Line, run_alone
from stations import Counter, bare_insert, be_quiet, card, package, percentile, weight

from hardware.scanner import Frame, ScannerLink, load_profile
from photocore.host import SystemClock
from photocore.settings import locate_config
from photocore.symbology import CardScan, read_frame
from sync.station import Station
from sync.views import RegisterWish

LOST_S = 5.0


def measure(quick: bool) -> list[Line]:
    """Time floor and registration in turns, scan by scan."""
    be_quiet()
    scans = 300 if quick else 4_000
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        counter = Counter(folder / "station", scans + 300)
        insert = bare_insert(folder, weight(counter, 100))
        till = Till(counter.station)
        bare: list[float] = []
        ours: list[float] = []
        for number in range(100, 100 + scans + 100):
            began = time.perf_counter()
            insert()
            took = time.perf_counter() - began
            whole = till.register(number)
            if number >= 200:  # the first hundred only warm up
                bare.append(took * 1000)
                ours.append(whole * 1000)
        till.close()
        counter.close()
    return [_line("p99", bare, ours, 0.99, "<= 2"), _line("p50", bare, ours, 0.5, "")]


def _line(name: str, bare: list[float], ours: list[float], share: float, aim: str) -> Line:
    return Line(
        what=f"last scanner byte to durable commit, {name}",
        unit="ms",
        ours=percentile(ours, share),
        floor=percentile(bare, share),
        floor_is="one fsync'd SQLite insert",
        aim=aim,
        note=f"{len(ours)} scans, mean {statistics.mean(ours):.2f} against {statistics.mean(bare):.2f} ms",
    )


class Till:
    """A scanner on a pty, and one thread in front of the desk, as the kiosk has it."""

    def __init__(self, station: Station) -> None:
        self._station = station
        self._frames: queue.SimpleQueue[tuple[int, Frame] | None] = queue.SimpleQueue()
        self._number = 0
        self._ended_at = 0.0
        self._is_done = threading.Event()
        self._device, far = os.openpty()
        tty.setraw(far)
        up = threading.Event()
        self._link = ScannerLink(
            os.ttyname(far),
            load_profile(locate_config(), "virtual"),
            SystemClock(),
            lambda frame: self._frames.put((self._number, frame)),
            lambda state: up.set() if state.is_up else None,
            log=structlog.get_logger(),
        )
        self._link.start()
        assert up.wait(LOST_S), "the link did not come up"
        os.close(far)
        self._desk_thread = threading.Thread(target=self._serve, daemon=True)
        self._desk_thread.start()

    def register(self, number: int) -> float:
        """Scan one shopper's card for one package, and return the seconds until that is durable."""
        self._number = number
        self._is_done.clear()
        frame = f"]C0{card(number).number}\r".encode()
        began = time.perf_counter()
        os.write(self._device, frame)
        assert self._is_done.wait(LOST_S), "a scan was lost"
        return self._ended_at - began

    def close(self) -> None:
        """Hang up."""
        self._link.stop()
        self._frames.put(None)
        self._desk_thread.join()
        os.close(self._device)

    def _serve(self) -> None:
        desk, roster = self._station.desk, self._station.roster
        while (found := self._frames.get()) is not None:
            number, frame = found
            scan = read_frame(frame.data, roster)
            assert isinstance(scan, CardScan), scan
            item = package(number)
            view = desk.check_claim(item, scan.card)
            assert view.knowledge == "roster"
            assert view.registered is None
            desk.register(
                RegisterWish(
                    event_id=desk.mint_event_id(),
                    item=item,
                    level="package",
                    item_typed=False,
                    card=scan.card,
                    card_typed=False,
                )
            )
            self._ended_at = time.perf_counter()
            self._is_done.set()


if __name__ == "__main__":
    run_alone(measure, __doc__)
