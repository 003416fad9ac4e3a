"""What a line of a sale costs the till bridge, from the message to what the station is to be told, as the ledger grows.

    python benchmarks/till_matching.py [--quick] [--json FILE]

Days of a busy store: four lanes, some 1,500 lines a day, every sixth of them film with a serial that its lane has
scanned, now and then a refund. Lines and sightings are kept as they come, a hundred to a commit, and matched after
every day, in ledgers of 10,000, 100,000 and 1,000,000 lines. A ledger of each size is filled to its end; the time of
its **last** 10,000 lines counts, so that a larger one is asked when it is large. What comes before is written
without waiting for the disk, and the ledger opened anew as ever. All sizes and floors take turns, a day of sales each,
so that whatever else the machine does slows all of them; the median of the days counts.

The floor is SQLite alone on the same disk: the same rows into a table with two indexes, a hundred to a commit, and one
look for neighbours in time a line. What the station's journal takes to be told is its own (``scan_to_commit``).
"""

import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice, pairwise
from pathlib import Path

import apsw
import msgspec
import structlog
from measuring import Line, run_alone

from photocore.ids import ItemId
from pos_bridge.ledger import looking, results
from pos_bridge.ledger.disk import BRIDGE_PRAGMAS
from pos_bridge.ledger.ledger import Ledger, open_ledger
from pos_bridge.sale import SaleObserved, SaleRef
from pos_bridge.settings import LaneSettings, TillSettings
from pos_bridge.sighting import Sighting
from pos_bridge.testing_bridge import SetClock
from pos_bridge.testing_till import KnownGoods
from sync.database import PRAGMAS, Pragma
from sync.statements import execute, pragma

SIZES = (10_000, 100_000, 1_000_000)
QUICK = (2_000, 10_000)
BATCH = 100
A_DAY = 1_500
LAST = 10_000
LANES = 4
STORE, FILM = "4012345000009", "04012345678901"
BEGIN = datetime(2024, 1, 1, 7, 0, tzinfo=UTC)
SETTINGS = TillSettings(lane={str(n): LaneSettings(tills=(f"kasse-{n}",)) for n in range(LANES)})

Day = tuple[list[SaleObserved], list[Sighting]]


def measure(quick: bool) -> list[Line]:
    """Fill a ledger of each size, and return a line for each step of growth."""
    structlog.configure(processors=[], logger_factory=structlog.ReturnLoggerFactory())
    sizes = QUICK if quick else SIZES
    with tempfile.TemporaryDirectory() as name:
        lives = [Ours(Path(name) / str(size), size) for size in sizes]
        lives += [Bare(Path(name) / f"bare-{size}", size) for size in sizes]
        for life in lives:
            life.fill()
        took = by_turns(lives)
    ours, bare = dict(zip(sizes, took, strict=False)), dict(zip(sizes, took[len(sizes) :], strict=True))
    growth = [
        Line(
            what=f"a sale line, kept and matched, of {large:,}",
            unit="us",
            ours=ours[large].time,
            floor=ours[small].time,
            floor_is=f"of {small:,}",
            aim="<= 1.2",
            note=f"{1e6 / ours[large].time:,.0f} a second; of it {ours[large].cpu:.0f} us of processor, "
            f"{ours[large].cpu / ours[small].cpu:.2f} times those of {small:,}",
        )
        for small, large in pairwise(sizes)
    ]
    largest, before = sizes[-1], sizes[-2]
    floor = Line(
        what=f"a sale line, kept and matched, of {largest:,}",
        unit="us",
        ours=ours[largest].time,
        floor=bare[largest].time,
        floor_is="bare insert and look-up",
        note=f"bare grows by {bare[largest].time / bare[before].time:.2f}",
    )
    return [*growth, floor]


@dataclass(frozen=True, kw_only=True)
class Took:
    """Microseconds a line: on the clock, and of the processor."""

    time: float
    cpu: float


def by_turns(lives: "Sequence[Ours | Bare]") -> list[Took]:
    """Let all live their last days by turns, and return what each took: the medians of its days."""
    took: list[list[Took]] = [[] for _ in lives]
    last = [list(life.last_days()) for life in lives]
    for number in range(max(len(found) for found in last)):
        for life, found, times in zip(lives, last, took, strict=True):
            if number < len(found):
                times.append(_timed(life, found[number]))
    for life in lives:
        life.close()
    return [Took(time=statistics.median(t.time for t in of), cpu=statistics.median(t.cpu for t in of)) for of in took]


def _timed(life: "Ours | Bare", day: Day) -> Took:
    began, busy = time.perf_counter(), time.process_time()
    life.live(day)
    spent, cpu = time.perf_counter() - began, time.process_time() - busy
    return Took(time=spent / len(day[0]) * 1e6, cpu=cpu / len(day[0]) * 1e6)


def days(size: int) -> Iterator[Day]:
    """Yield days of so many lines in all, each with what its lanes saw."""
    number = 0
    day = 0
    while number < size:
        lines: list[SaleObserved] = []
        seen: list[Sighting] = []
        opens = BEGIN + timedelta(days=day)
        for of_day in range(min(A_DAY, size - number)):
            lines.append(_line(number, opens + timedelta(seconds=of_day // 3 * 60)))
            if number % 6 == 0:
                seen.append(_scan(number, opens + timedelta(seconds=of_day // 3 * 60 - 20)))
            number += 1
        day += 1
        yield lines, seen


class Life:
    """What is filled and asked: all days but the last whole ones are written first."""

    def __init__(self, folder: Path, size: int) -> None:
        self.folder, self.size = folder, size
        whole = size // A_DAY - min(LAST, size) // A_DAY
        self.first = whole

    def last_days(self) -> Iterator[Day]:
        """Yield the last days that are whole."""
        return (day for day in islice(days(self.size), self.first, None) if len(day[0]) == A_DAY)


class Ours(Life):
    """The bridge's ledger."""

    def fill(self) -> None:
        """Write all that comes before the last days."""
        self._open(pragmas=tuple(_hasty(setting) for setting in BRIDGE_PRAGMAS))
        for day in islice(days(self.size), self.first):
            self.live(day)
        self.ledger.close()
        self._open()

    def live(self, day: Day) -> None:
        """Keep a day's sales and sightings, and match them."""
        lines, seen = day
        self.clock.at = datetime.fromisoformat(lines[0].at or "") + timedelta(days=1)
        for first in range(0, len(lines), BATCH):
            self.ledger.keep_sales(lines[first : first + BATCH])
        for first in range(0, len(seen), BATCH):
            self.ledger.saw_all(seen[first : first + BATCH])
        settle_all(self.ledger, self.clock.at)

    def close(self) -> None:
        """Close it; everything was kept and decided."""
        found = self.ledger.figures()
        assert (found.lines, found.dirty) == (self.size // A_DAY * A_DAY, 0), found
        self.ledger.close()

    def _open(self, pragmas: tuple[Pragma, ...] = BRIDGE_PRAGMAS) -> None:
        known = KnownGoods(store=STORE, serialized={FILM})
        self.clock = SetClock()
        self.ledger = open_ledger(
            self.folder, settings=SETTINGS, knowledge=known, clock=self.clock, card_key=b"k" * 32, pragmas=pragmas
        )


def _hasty(setting: Pragma) -> Pragma:
    return Pragma(name="synchronous", value="OFF", reads=(0,)) if setting.name == "synchronous" else setting


def settle_all(ledger: Ledger, now: datetime) -> None:
    """Decide on all that is dirty, as the settler does."""
    while homes := ledger.read(lambda connection: looking.dirty(connection, 64)):
        ledger.write(lambda connection, homes=homes: results.settle(connection, ledger.ground, homes, now))


class Bare(Life):
    """SQLite alone."""

    def fill(self) -> None:
        """Write all that comes before the last days."""
        self.folder.mkdir()
        self._open()
        execute(self.connection, "create table line (id text primary key, gtin text, at integer, body blob) strict")
        execute(self.connection, "create index line_gtin on line (gtin, at)")
        pragma(self.connection, "synchronous", "OFF")
        self.done = 0
        for day in islice(days(self.size), self.first):
            self.live(day)
        self.connection.close()
        self._open()

    def live(self, day: Day) -> None:
        """Insert a day's rows, and look for the neighbours of each."""
        lines, _ = day
        for first in range(0, len(lines), BATCH):
            execute(self.connection, "begin immediate")
            for line in lines[first : first + BATCH]:
                row = (line.event, line.gtin, self.done, msgspec.json.encode(line))
                self.connection.execute("insert into line values (?, ?, ?, ?)", row)
                span = (line.gtin, self.done - 10, self.done + 10)
                list(self.connection.execute("select body from line where gtin = ? and at between ? and ?", span))
                self.done += 1
            execute(self.connection, "commit")
        self.connection.wal_checkpoint()

    def close(self) -> None:
        """Close it."""
        self.connection.close()

    def _open(self) -> None:
        self.connection = apsw.Connection(str(self.folder / "bare.db"))
        for setting in PRAGMAS:
            pragma(self.connection, setting.name, setting.value)


def _line(number: int, at: datetime) -> SaleObserved:
    """Three lines a basket; every sixth is film; one film in twenty comes back ten minutes later by its receipt."""
    is_film = number % 6 == 0
    is_back = number % 120 == 60
    basket = number // 3
    return SaleObserved(
        source="pos",
        event=f"event-{number}",
        store=STORE,
        till=f"kasse-{basket % LANES}",
        business_day=at.date().isoformat(),
        sequence=str(basket),
        line=number % 3,
        kind="returned" if is_back else "sold",
        gtin=FILM if is_film else f"0{7_000_000_000_000 + number * 7919 % 20_000:013d}",
        amount=1299,
        currency="EUR",
        at=at.isoformat(),
        given_back=SaleRef(sequence=str(basket - 20)) if is_back else None,
    )


def _scan(number: int, at: datetime) -> Sighting:
    sold = number - 60 if number % 120 == 60 else number
    item = ItemId(f"(01){FILM}(21)SERIAL{sold:08d}")
    lane = str(number // 3 % LANES)
    return Sighting(id=f"seen-{number}", at=at, via="tee", lane=lane, item=item, gtin=FILM)


if __name__ == "__main__":
    run_alone(measure, __doc__)
