"""How many registrations a second a station can promise, beside what its disk alone can do.

    python benchmarks/journal_commit.py [--seconds 3] [--callers 32] [--dir FOLDER]

Taken in turns in one run, so that a busy machine burdens all alike:

* **raw**: appending one registration's bytes to a file and ``fdatasync``, one at a time: the disk's own floor.
* **one by one**: real registrations (sealed, signed, chained, with label jobs), one caller: one COMMIT each.
* **group**: the same from many callers at once, who share COMMITs.
* **row by row**: one bare row of the same size a COMMIT, one caller: SQLite's own floor.
* **rows alone**: bare rows of the same size, many callers: what group commit gives when
  nothing has to be sealed or signed.

Ratios to the raw floor are printed. A person waits for one registration, so that alone has an absolute limit: the
median of one caller must stay below 100 ms. Exit code 1 when it does not.
"""

import argparse
import os
import statistics
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import structlog

from photocore.cards import CardNumber, CardTable
from photocore.host import SystemClock, SystemDisk, SystemEntropy
from photocore.ids import ItemId
from photocore.package import Manifest
from photocore.roster import RosterSnapshot, Store, StoreSettings
from sync.enrolment import enrol
from sync.station import Seams, Station, open_station
from sync.testing import FakePhotoservice
from sync.views import RegisterWish

LIMIT_MS = 100
ROLLS = 3
ROUNDS = 5


def enrolled_station(folder: Path, packages: int) -> Station:
    """Return an open station whose roster knows ``packages`` packages of three rolls."""
    clock, entropy = SystemClock(), SystemEntropy()
    roster = RosterSnapshot(
        version=1,
        made_at="2026-11-21T09:00:00.000Z",
        store=Store(gln="4012345000009", name="Foto Linde"),
        settings=StoreSettings(),
        manifests=tuple(
            Manifest(package=package(n), rolls=tuple(ItemId(f"{package(n)}-{r}") for r in range(ROLLS)), source="maker")
            for n in range(packages)
        ),
        card_tables=(CardTable(name="club", kind="card", symbologies=("code-128",), pattern=r"\d{10}"),),
    )
    service = FakePhotoservice(roster, clock=clock, entropy=entropy)
    code = service.issue_code()
    enrol(url="http://localhost:8470", code=code, name="Bench", folder=folder, channel=service, entropy=entropy)
    seams = Seams(clock=clock, entropy=entropy, disk=SystemDisk(), channel=service, quick_channel=service)
    return open_station(folder, seams, carry=False)


def package(number: int) -> ItemId:
    """Return the ID of one package."""
    return ItemId(f"(01)04012345678901(21)B{number:09d}")


class Shopper:
    """Registers the next package of the roster each time."""

    def __init__(self, station: Station) -> None:
        self._station = station
        self._next = 0
        self._guard = threading.Lock()

    def register(self) -> None:
        """Register one package, durably."""
        with self._guard:
            number, self._next = self._next, self._next + 1
        wish = RegisterWish(
            event_id=self._station.desk.mint_event_id(),
            item=package(number),
            level="package",
            item_typed=False,
            card=CardNumber(table="club", number=f"{number:010d}"),
            card_typed=False,
        )
        self._station.desk.register(wish)


def raw_floor(folder: Path, size: int) -> Callable[[], None]:
    """Return a function that makes ``size`` bytes durable on the bare disk."""
    handle = os.open(folder / "floor", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    payload = os.urandom(size)

    def write() -> None:
        os.write(handle, payload)
        os.fdatasync(handle)

    return write


def bare_rows(station: Station, size: int) -> Callable[[], None]:
    """Return a function that writes ``size`` bytes in one row through the group writer, and waits for the disk."""
    text = os.urandom(size // 2).hex()

    def write() -> None:
        name = os.urandom(8).hex()
        station.journal.write(
            lambda transaction: transaction.connection.execute("insert into note values (?, ?)", (name, text))
        )

    return write


def rate(work: Callable[[], None], callers: int, seconds: float) -> tuple[float, list[float]]:
    """Return how often a second ``callers`` threads get ``work`` done, and how long each call took in ms."""
    ends = time.perf_counter() + seconds
    times: list[float] = []

    def caller() -> None:
        while (began := time.perf_counter()) < ends:
            work()
            times.append((time.perf_counter() - began) * 1000)

    threads = [threading.Thread(target=caller) for _ in range(callers)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(times) / (time.perf_counter() - began), times


def main() -> int:
    """Measure, print, and say by exit code whether a person would have to wait."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=3.0, help="for each figure")
    parser.add_argument("--callers", type=int, default=32)
    parser.add_argument("--dir", type=Path, default=None, help="a folder on the disk to measure")
    options = parser.parse_args()
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory())
    with tempfile.TemporaryDirectory(dir=options.dir) as name:
        folder = Path(name)
        with closing(enrolled_station(folder / "station", int(options.seconds * 12_000))) as station:
            return report(station, folder, options.seconds, options.callers)


def report(station: Station, folder: Path, seconds: float, callers: int) -> int:
    """Take every figure in turns, five times, and print the medians."""
    shopper = Shopper(station)
    before = wal_bytes(folder)
    for _ in range(10):
        shopper.register()
    size = (wal_bytes(folder) - before) // 10
    steps = {
        "raw": (raw_floor(folder, size), 1),
        "one by one": (shopper.register, 1),
        "group": (shopper.register, callers),
        "row by row": (bare_rows(station, size), 1),
        "rows alone": (bare_rows(station, size), callers),
    }
    rates: dict[str, list[float]] = {name: [] for name in steps}
    waits: dict[str, list[float]] = {name: [] for name in steps}
    for _ in range(ROUNDS):
        for name, (work, threads) in steps.items():
            per_second, times = rate(work, threads, seconds / ROUNDS)
            rates[name].append(per_second)
            waits[name] += times
    floor = statistics.median(rates["raw"])
    print(f"one registration of {ROLLS} rolls puts {size} bytes into the WAL; {callers} callers in a group")
    for name, found in rates.items():
        middle, wait = statistics.median(found), statistics.median(waits[name])
        slow = statistics.quantiles(waits[name], n=100)[98]
        print(f"{name:>11}: {middle:8.0f} /s  {middle / floor:5.2f} of raw   median {wait:6.2f} ms, p99 {slow:6.2f} ms")
    alone = statistics.median(waits["one by one"])
    print(f"a person waits {alone:.1f} ms (limit {LIMIT_MS} ms)")
    return 0 if alone < LIMIT_MS else 1


def wal_bytes(folder: Path) -> int:
    """Return how long the WAL is."""
    return (folder / "station" / "journal.db-wal").stat().st_size


if __name__ == "__main__":
    raise SystemExit(main())
