"""A real station to measure, and SQLite's own floor beside it: what the benchmarks of the counter share.

The floor is a bare table in a file of its own, on the same disk and with the same promise: apsw, WAL,
``synchronous=FULL``, one row a commit. Its row weighs what one registration writes into the journal's tables (its
event, boxes, papers and index keys), so both make the same facts durable.
"""

import os
from collections.abc import Callable, Iterable
from pathlib import Path

import apsw
import structlog

from photocore.cards import CardNumber, CardTable
from photocore.host import SystemClock, SystemDisk, SystemEntropy
from photocore.ids import ItemId
from photocore.package import Manifest
from photocore.roster import PackageFacts, RosterSnapshot, Store, StoreSettings
from photocore.testing import SeededEntropy
from sync.enrolment import enrol
from sync.journal import DATABASE
from sync.roster import add_packages
from sync.station import Seams, Station, open_station
from sync.testing import FakePhotoservice
from sync.views import RegisterWish

ROLLS = 3
CARDS = CardTable(name="club", kind="card", symbologies=("code-128",), pattern=r"\d{10}")
AT_ONCE = 20_000
"""Packages written in one transaction while a journal is being filled."""


def be_quiet() -> None:
    """Log nothing: a log line is not what is measured."""
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory())


def package(number: int) -> ItemId:
    """Return the ID of one package. Serials are spread as a maker's random ones are: no neighbour is the next."""
    return ItemId(f"(01)04012345678901(21)B{number * 2_654_435_761 % 2**32:010d}")


def rolls_of(number: int) -> tuple[ItemId, ...]:
    """Return the IDs of a package's rolls."""
    serial = number * 2_654_435_761 % 2**32
    return tuple(ItemId(f"(01)04012345678918(21)R{roll}{serial * 40_503 % 2**32:010d}") for roll in range(ROLLS))


def facts_of(number: int) -> PackageFacts:
    """Return what the roster says of one package."""
    return PackageFacts(manifest=Manifest(package=package(number), rolls=rolls_of(number), source="maker"))


def card(number: int) -> CardNumber:
    """Return one shopper's card."""
    return CardNumber(table="club", number=f"{number:010d}")


class Counter:
    """A station at a photoservice in memory, whose journal knows ``known`` packages."""

    def __init__(self, folder: Path, known: int) -> None:
        self.folder, self.known = folder, known
        clock, entropy = SystemClock(), SystemEntropy()
        roster = RosterSnapshot(
            version=1,
            made_at="2026-11-21T09:00:00.000Z",
            store=Store(gln="4012345000009", name="Foto Linde"),
            settings=StoreSettings(),
            card_tables=(CARDS,),
        )
        self.service = FakePhotoservice(roster, clock=clock, entropy=entropy)
        code = self.service.issue_code()
        enrol(
            url="http://localhost:8470", code=code, name="Bench", folder=folder, channel=self.service, entropy=entropy
        )
        self.seams = Seams(
            clock=clock, entropy=entropy, disk=SystemDisk(), channel=self.service, quick_channel=self.service
        )
        with_roster = open_station(folder, self.seams, carry=False)
        with_roster.courier.carry_here()  # fetches the roster's tag: later rounds leave the packages alone
        with_roster.close()
        fill(folder / DATABASE, range(known))
        self.station: Station = open_station(folder, self.seams, carry=False)
        self._next = 0

    def wish(self) -> RegisterWish:
        """Return the wish to register the next package."""
        number, self._next = self._next, self._next + 1
        return wish_for(self.station, number)

    def close(self) -> None:
        """Give the journal back."""
        self.station.close()


def wish_for(station: Station, number: int) -> RegisterWish:
    """Return the wish to register one package."""
    return RegisterWish(
        event_id=station.desk.mint_event_id(),
        item=package(number),
        level="package",
        item_typed=False,
        card=card(number),
        card_typed=False,
    )


def fill(database: Path, numbers: Iterable[int]) -> None:
    """Write packages straight into a closed journal, in the order of their keys and without waiting for the disk."""
    facts = sorted((facts_of(number) for number in numbers), key=lambda one: one.manifest.package)
    connection = apsw.Connection(str(database))
    connection.execute("pragma synchronous = off")
    connection.execute("pragma cache_size = -400000")
    for start in range(0, len(facts), AT_ONCE):
        with connection:
            add_packages(connection, facts[start : start + AT_ONCE], "roster")
    connection.close()


def weight(counter: Counter, registrations: int) -> int:
    """Return the bytes that one registration puts into the journal's tables and indexes, measured by SQLite."""
    connection = apsw.Connection(str(counter.folder / DATABASE), flags=apsw.SQLITE_OPEN_READONLY)
    before = _payload(connection)
    for _ in range(registrations):
        counter.station.desk.register(counter.wish())
    after = _payload(connection)
    connection.close()
    return (after - before) // registrations


def _payload(connection: apsw.Connection) -> int:
    return int(next(iter(connection.execute("select sum(payload) from dbstat")))[0])


def bare_insert(folder: Path, size: int) -> Callable[[], None]:
    """Return a function that inserts one row of ``size`` bytes and has it on the disk when it returns."""
    connection = apsw.Connection(str(folder / "floor.db"))
    for pragma in ("journal_mode = wal", "synchronous = full"):
        connection.execute(f"pragma {pragma}")
    connection.execute("create table fact (id integer primary key, body blob not null)")
    body = SeededEntropy(1).token(size)

    def insert() -> None:
        connection.execute("insert into fact (body) values (?)", (body,))

    return insert


def bare_write(folder: Path, size: int) -> Callable[[], None]:
    """Return a function that appends ``size`` bytes to a file and has them on the disk when it returns."""
    handle = os.open(folder / "floor", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    body = SeededEntropy(2).token(size)

    def write() -> None:
        os.write(handle, body)
        os.fdatasync(handle)

    return write


def percentile(times: list[float], share: float) -> float:
    """Return the value that ``share`` of ``times`` do not exceed."""
    return sorted(times)[min(len(times) - 1, int(len(times) * share))]
