"""A small world for the station's tests: a store, its roster, a photoservice that behaves, stations on real disks."""

import itertools
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from photocore.cards import CardNumber, CardTable
from photocore.gs1_rules import check_digit
from photocore.host import SystemClock
from photocore.ids import ItemId
from photocore.package import Manifest, Product
from photocore.roster import RosterSnapshot, Store, StoreSettings
from photocore.seams import Channel, Clock
from photocore.testing import SeededEntropy
from sync.audit import check_chain
from sync.enrolment import enrol
from sync.keys import load_keys
from sync.pins import PinCost
from sync.rounds import Round, run_round
from sync.statements import run
from sync.station import Footing, Seams, Station, open_station
from sync.testing import FakePhotoservice
from sync.views import MakeUpWish, RegisterWish


def gtin(stem: str) -> str:
    """Return a GTIN-14 with its check digit."""
    return stem + str(check_digit(stem))


PACKAGE_GTIN = gtin("0401234567890")
ROLL_GTIN = gtin("0401234567891")
URL = "http://localhost:8470"


def package_id(serial: int) -> ItemId:
    return ItemId(f"(01){PACKAGE_GTIN}(21)PKG{serial:08d}")


def roll_id(serial: int, number: int) -> ItemId:
    return ItemId(f"(01){ROLL_GTIN}(21)R{serial:07d}-{number}")


def manifest(serial: int, rolls: int = 3) -> Manifest:
    return Manifest(
        package=package_id(serial),
        rolls=tuple(roll_id(serial, number) for number in range(1, rolls + 1)),
        source="maker",
        product=PACKAGE_GTIN,
    )


def roster(version: int = 1, packages: int = 5, **changes: object) -> RosterSnapshot:
    values: dict[str, object] = {
        "version": version,
        "made_at": "2026-11-21T09:00:00.000Z",
        "store": Store(gln="4012345000009", name="Foto Linde"),
        "settings": StoreSettings(access_url="https://photos.example/r"),
        "products": (
            Product(gtin=PACKAGE_GTIN, level="package", name="Sunny 400", format="135", exposures=36, rolls=3),
            Product(gtin=ROLL_GTIN, level="roll", name="Sunny 400", format="135", exposures=36),
        ),
        "manifests": tuple(manifest(serial) for serial in range(1, packages + 1)),
        "card_tables": (CardTable(name="club", kind="card", symbologies=("code-128",), pattern=r"\d{10}"),),
    }
    return RosterSnapshot(**(values | changes))  # type: ignore[arg-type]


ANNA = CardNumber(table="club", number="9912344711")
CHEAP_PINS = PinCost(passes=1, memory_kib=64, lanes=1)
"""A PIN is tried some hundred times in these tests; what one costs at a counter is a test of its own."""
STAFF = "5ca1ab1e0ddba11a"
BEN = CardNumber(table="club", number="9912340815")


@dataclass
class Room:
    """A disk seam that says what it is told."""

    free: int = 10**12

    def free_bytes(self, path: str) -> int:
        return self.free


@dataclass
class World:
    """One store: a folder for its station, and the photoservice it is enrolled at."""

    folder: Path
    clock: Clock = field(default_factory=SystemClock)
    seed: int = 1
    snapshot: RosterSnapshot = field(default_factory=roster)
    opened: list[Station] = field(default_factory=list)
    carrying: set[int] = field(default_factory=set)
    anna: CardNumber = ANNA
    ben: CardNumber = BEN
    staff: str = STAFF
    room: Room = field(default_factory=Room)

    def __post_init__(self) -> None:
        self.entropy = SeededEntropy(self.seed)
        self.service = FakePhotoservice(self.snapshot, clock=self.clock, entropy=self.entropy)
        self._counter = itertools.count(1)

    def enrol(self, folder: Path | None = None) -> Path:
        """Make ``folder`` (the world's own by default) a station."""
        folder = folder or self.folder
        code = self.service.issue_code(f"CODE-{next(self._counter)}")
        enrol(url=URL, code=code, name="Counter", folder=folder, channel=self.service, entropy=self.entropy)
        return folder

    def seams(self, channel: Channel | None = None) -> Seams:
        line = channel or self.service
        return Seams(clock=self.clock, entropy=self.entropy, disk=self.room, channel=line, quick_channel=line)

    def open(self, *, carry: bool = False, under: Footing | None = None, folder: Path | None = None) -> Station:
        """Open the station; it is closed with the world."""
        under = under or Footing(reserve_bytes=4096, pin_cost=CHEAP_PINS)
        station = open_station(folder or self.folder, self.seams(), carry=carry, under=under)
        self.opened.append(station)
        return station

    def wish(self, item: ItemId, card: CardNumber = ANNA, **changes: object) -> RegisterWish:
        values: dict[str, object] = {
            "event_id": self.entropy.token(16).hex(),
            "item": item,
            "level": "package",
            "item_typed": False,
            "card": card,
            "card_typed": False,
        }
        return RegisterWish(**(values | changes))  # type: ignore[arg-type]

    def make_up_wish(self, count: int = 3, card: CardNumber | None = None, **changes: object) -> MakeUpWish:
        values: dict[str, object] = {
            "event_id": self.entropy.token(16).hex(),
            "product": PACKAGE_GTIN,
            "count": count,
            "staff": STAFF,
            "card": card,
            "claim_id": self.entropy.token(16).hex() if card else None,
        }
        return MakeUpWish(**(values | changes))  # type: ignore[arg-type]

    def sync(self, station: Station) -> None:
        """Carry everything up now."""
        if id(station) not in self.carrying:
            self.carrying.add(id(station))
            station.courier.start()
        assert station.courier.sync_now().ok

    def keys(self):
        return load_keys(self.folder)

    def close(self) -> None:
        for station in self.opened:
            station.close()

    package_id = staticmethod(package_id)
    roll_id = staticmethod(roll_id)
    manifest = staticmethod(manifest)
    roster = staticmethod(roster)


@pytest.fixture
def make_world(tmp_path: Path) -> Iterator[Callable[..., World]]:
    """Return a maker of worlds; every station they open is closed at the end."""
    made: list[World] = []

    def make(**changes: object) -> World:
        world = World(folder=tmp_path / f"station-{len(made)}", **changes)  # type: ignore[arg-type]
        made.append(world)
        return world

    yield make
    for world in made:
        world.close()


@pytest.fixture
def world(make_world: Callable[..., World]) -> World:
    """Return a world whose station is enrolled and not yet open."""
    one = make_world()
    one.enrol()
    return one


@pytest.fixture
def station(world: World) -> Station:
    """Return the open station of ``world``, without its courier."""
    return world.open()


@dataclass
class PutBack:
    """A station at its counter, whose folder can be copied away and put back; carried by hand, a round at a time."""

    world: object
    station: object = None
    copy: object = None
    claims: list = field(default_factory=list)

    def open(self):
        self.station = self.world.open()
        return self.station

    def round(self):
        delivery = self.station.courier.rounds.delivery
        delivery.begin_round()
        return run_round(Round(delivery, self.station.courier.rounds.sign), self.world.service)

    def register(self, serial: int, **changes):
        done = self.station.desk.register(self.world.wish(self.world.package_id(serial), **changes))
        self.claims.append(done)
        return done

    def print_label(self, roll: str):
        """Print the whole queue, and return what came out for ``roll``."""
        printed = []
        while (job := self.station.jobs.next_job()) is not None:
            self.station.jobs.begin(job.id, "p")
            self.station.jobs.printed(job.id, "process id")
            printed.append(job)
        (found,) = [job for job in printed if job.kind == "roll" and job.label.roll == roll]
        return found

    def copy_away(self) -> None:
        """Close the station and copy its folder, as a nightly backup would; then go on."""
        self.station.close()
        self.copy = self.world.folder.with_name("last-night")
        shutil.copytree(self.world.folder, self.copy, dirs_exist_ok=True)
        self.open()

    def put_back(self):
        """Put last night's copy in place of the folder, and start."""
        self.station.close()
        shutil.rmtree(self.world.folder)
        shutil.copytree(self.copy, self.world.folder)
        return self.open()

    def ids(self) -> set[str]:
        return {row[2] for row in self.station.journal.read(lambda db: run(db, "journal.all_events"))}

    def held(self) -> set[str]:
        return {event.id for event in self.world.service.held.values()}

    def check(self) -> int:
        return self.station.journal.read(lambda db: check_chain(db, self.world.keys().signing.public))


@pytest.fixture
def counter(world: World) -> PutBack:
    """Return a station with one registration told, of which last night's copy was just made."""
    counter = PutBack(world)
    counter.open()
    counter.register(1)
    counter.round()
    counter.copy_away()
    return counter
