"""What a line of a sale costs the till bridge, from the message to what the station is to be told, as the ledger grows.

    python benchmarks/till_matching.py [--quick] [--json FILE]

Days of a busy store: four lanes, some 1,500 lines a day, every sixth of them film with a serial that its lane has
scanned, now and then a refund. Lines and sightings are kept as they come, a hundred to a commit, and matched after
every day, in ledgers of 10,000, 100,000 and 1,000,000 lines. A ledger of each size is filled to its end; the time of
its **last** 10,000 lines counts, so that a larger one is asked when it is large.

The floor is SQLite alone on the same disk: the same rows into a table with two indexes, a hundred to a commit, and one
look for neighbours in time a line. What the station's journal takes to be told is its own (``scan_to_commit``).
"""

import statistics
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import apsw
import msgspec
import structlog
from measuring import Line, run_alone

from photocore.ids import ItemId
from pos_bridge.ledger import looking, results
from pos_bridge.ledger.ledger import Ledger, open_ledger
from pos_bridge.sale import SaleObserved, SaleRef
from pos_bridge.settings import LaneSettings, TillSettings
from pos_bridge.sighting import Sighting
from pos_bridge.testing_bridge import SetClock
from pos_bridge.testing_till import KnownGoods
from sync.database import PRAGMAS
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
        ours = {size: fill(Path(name) / str(size), size) for size in sizes}
        floor = {size: fill_bare(Path(name) / f"bare-{size}", size) for size in sizes}
    growth = [
        Line(
            what=f"a sale line, kept and matched, of {large:,}",
            unit="us",
            ours=ours[large],
            floor=ours[small],
            floor_is=f"of {small:,}",
            aim="<= 1.2",
            note=f"{1e6 / ours[large]:,.0f} a second",
        )
        for small, large in pairwise(sizes)
    ]
    largest = sizes[-1]
    bare = Line(
        what=f"a sale line, kept and matched, of {largest:,}",
        unit="us",
        ours=ours[largest],
        floor=floor[largest],
        floor_is="bare insert and look-up",
        note=f"bare grows by {floor[largest] / floor[sizes[-2]]:.2f}",
    )
    return [*growth, bare]


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


def fill(folder: Path, size: int) -> float:
    """Return the microseconds of each of the last lines of a ledger of this size; the median of its days."""
    known = KnownGoods(store=STORE, serialized={FILM})
    clock = SetClock()
    ledger = open_ledger(folder, settings=SETTINGS, knowledge=known, clock=clock, card_key=b"k" * 32)
    took: list[float] = []
    done = 0
    for lines, seen in days(size):
        clock.at = BEGIN + timedelta(days=done // A_DAY + 1)
        began = time.perf_counter()
        for first in range(0, len(lines), BATCH):
            ledger.keep_sales(lines[first : first + BATCH])
        for first in range(0, len(seen), BATCH):
            ledger.saw_all(seen[first : first + BATCH])
        settle_all(ledger, clock.at)
        spent = time.perf_counter() - began
        done += len(lines)
        if done > size - LAST and len(lines) == A_DAY:
            took.append(spent / len(lines) * 1e6)
    found = ledger.figures()
    assert (found.lines, found.dirty) == (size, 0), found
    ledger.close()
    return statistics.median(took)


def settle_all(ledger: Ledger, now: datetime) -> None:
    """Decide on all that is dirty, as the settler does."""
    while homes := ledger.read(lambda connection: looking.dirty(connection, 64)):
        ledger.write(lambda connection, homes=homes: results.settle(connection, ledger.ground, homes, now))


def fill_bare(folder: Path, size: int) -> float:
    """Return the same for SQLite alone."""
    folder.mkdir()
    connection = apsw.Connection(str(folder / "bare.db"))
    for setting in PRAGMAS:
        pragma(connection, setting.name, setting.value)
    execute(connection, "create table line (id text primary key, gtin text, at integer, body blob) strict")
    execute(connection, "create index line_gtin on line (gtin, at)")
    took: list[float] = []
    done = 0
    for lines, _ in days(size):
        began = time.perf_counter()
        for first in range(0, len(lines), BATCH):
            execute(connection, "begin immediate")
            for line in lines[first : first + BATCH]:
                row = (line.event, line.gtin, done, msgspec.json.encode(line))
                connection.execute("insert into line values (?, ?, ?, ?)", row)
                span = (line.gtin, done - 10, done + 10)
                list(connection.execute("select body from line where gtin = ? and at between ? and ?", span))
                done += 1
            execute(connection, "commit")
        connection.wal_checkpoint()
        if done > size - LAST and len(lines) == A_DAY:
            took.append((time.perf_counter() - began) / len(lines) * 1e6)
    connection.close()
    return statistics.median(took)


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
