"""One life of a real station, recorded operation by operation, with the instant of every word it gave.

The station is the product's own, on the caller's thread, on a :class:`sync.testing_disk.FailingDisk`; the photoservice
is the one that behaves. What it said of a registration, a make-up, a paper, an ack is a *promise*: a power cut may come
at any operation after, and the disk must hold it.
"""

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from photocore.cards import CardNumber, CardTable
from photocore.ids import ItemId
from photocore.package import Manifest
from photocore.roster import RosterSnapshot, Store, StoreSettings
from photocore.seams import Channel, Entropy
from photocore.testing import ManualClock, SeededEntropy
from photocore.wire import Outcome
from sync.database import PRAGMAS, Pragma
from sync.enrolment import enrol
from sync.journal import DATABASE
from sync.keys import load_keys
from sync.station import Footing, Seams, Station, open_station
from sync.testing import FakePhotoservice
from sync.testing_cuts import Image, Operation
from sync.testing_disk import FailingDisk
from sync.views import MadeUp, MakeUpWish, Registered, RegisterWish

ROLLS = 3
MADE_UP_ROLLS = 2
PACKAGES = 100
STAFF = "5ca1ab1e0ddba11a"
ANNA = CardNumber(table="club", number="9912344711")

_names = itertools.count(1)


@dataclass(frozen=True, kw_only=True)
class Promise:
    """What was said, and how many operations had been done by then."""

    at: int
    what: str


@dataclass(kw_only=True)
class Life:
    """A record: the disk at its beginning, all that was done to it, and all that was said."""

    start: Image
    log: list[Operation] = field(default_factory=list[Operation])
    promises: list[Promise] = field(default_factory=list[Promise])

    def say(self, what: str) -> None:
        """Note that ``what`` was said now."""
        self.promises.append(Promise(at=len(self.log), what=what))

    def said_by(self, cut: int) -> frozenset[str]:
        """Return what had been said when ``cut`` operations were done."""
        return frozenset(promise.what for promise in self.promises if promise.at <= cut)


class Stand:
    """A store with an enrolled station in ``folder``, whose journal lies on whichever disk is put under it.

    ``channel`` is what the station speaks to: the photoservice, unless something is put between.
    """

    def __init__(self, folder: Path, seed: int = 1, *, pragmas: tuple[Pragma, ...] = PRAGMAS) -> None:
        self.folder = folder
        self.pragmas = pragmas
        self.clock = ManualClock()
        self.entropy = SeededEntropy(seed)
        self.service = FakePhotoservice(_roster(), clock=self.clock, entropy=self.entropy)
        self.channel: Channel = self.service
        code = self.service.issue_code()
        channel, entropy = self.service, self.entropy
        enrol(url="http://localhost:8470", code=code, name="Counter", folder=folder, channel=channel, entropy=entropy)
        self.own_key = load_keys(folder).signing.public
        self._serial = itertools.count(1)

    @property
    def path(self) -> Path:
        """The journal's file, as SQLite is told of it."""
        return self.folder / DATABASE

    def open(self, disk: FailingDisk, *, folder: Path | None = None, entropy: Entropy | None = None) -> Station:
        """Open the station on ``disk``, without a thread; a twin of it in a ``folder`` of its own.

        Raises as :func:`sync.station.open_station`.
        """
        line, entropy = self.channel, entropy or self.entropy
        seams = Seams(clock=self.clock, entropy=entropy, disk=_Roomy(), channel=line, quick_channel=line)
        under = Footing(vfs=disk.name, pragmas=self.pragmas, reserve_bytes=1, threads=False)
        return open_station(folder or self.folder, seams, carry=False, under=under)

    def disk(self, image: Image, seed: int = 1, log: list[Operation] | None = None) -> FailingDisk:
        """Return a disk that holds ``image``; unregister it when done."""
        return FailingDisk(f"stand-{next(_names)}", SeededEntropy(seed), image, log=log)

    def wish(self, card: CardNumber = ANNA) -> RegisterWish:
        """Return the wish to register the next package."""
        return RegisterWish(
            event_id=self.entropy.token(16).hex(),
            item=package(next(self._serial)),
            level="package",
            item_typed=False,
            card=card,
            card_typed=False,
        )

    def make_up_wish(self, card: CardNumber | None) -> MakeUpWish:
        """Return the wish to make a package up: for the shelf, or for the shopper with ``card``."""
        claim = self.entropy.token(16).hex() if card else None
        event = self.entropy.token(16).hex()
        return MakeUpWish(event_id=event, product=None, count=MADE_UP_ROLLS, staff=STAFF, card=card, claim_id=claim)


def package(serial: int) -> ItemId:
    """Return the ID of one package that the roster knows."""
    return ItemId(f"(01)04012345678901(21)PKG{serial:08d}")


@dataclass
class Recorder:
    """A station at its day's work, which writes down what it says."""

    stand: Stand
    life: Life
    station: Station

    def register(self) -> Registered:
        """Register the next package."""
        done = self.station.desk.register(self.stand.wish())
        self.life.say(f"claim {done.claim}")
        return done

    def make_up(self, card: CardNumber | None) -> MadeUp:
        """Make a package up."""
        done = self.station.desk.make_up(self.stand.make_up_wish(card))
        self.life.say(f"made {done.event_id}")
        if done.registration:
            self.life.say(f"claim {done.registration.claim}")
        return done

    def print(self, papers: int) -> None:
        """Print that many papers of the queue, fewer when there are no more."""
        for _ in range(papers):
            job = self.station.jobs.next_job()
            if job is None:
                return
            self.station.jobs.begin(job.id, "p")
            self.life.say(f"begun {job.id}")
            self.station.jobs.sent(job.id)
            self.station.jobs.printed(job.id, "process id")
            self.life.say(f"printed {job.id}")

    def spoil(self) -> None:
        """Spoil the next paper."""
        job = self.station.jobs.next_job()
        if job is not None:
            self.station.jobs.begin(job.id, "p")
            self.station.jobs.spoiled(job.id, "paper out")
            self.life.say(f"spoiled {job.id}")

    def undo(self, claim: str) -> None:
        """Undo a registration."""
        self.station.desk.undo(claim)
        self.life.say(f"withdrawn {claim}")

    def carry(self) -> None:
        """Make one round, and note what the photoservice has taken by it."""
        before = len(self.stand.service.applied)
        report = self.station.courier.carry_here()
        if not report.ok:
            raise AssertionError(report.reason)
        for event in self.stand.service.applied[before:]:
            self.life.say(f"settled {event.id}")
        self.life.say(f"roster {self.station.roster.version}")

    def hear(self, claim: str) -> None:
        """Let the photoservice tell that a claim is contested now, and note it."""
        self.stand.service.tell(claim, Outcome(word="contested"))
        self.carry()
        self.life.say(f"contested {claim}")


def record(stand: Stand, start: Image, *days: Callable[[Recorder], None]) -> Life:
    """Live one day after the other on a disk that holds ``start``, each from opening to closing."""
    life = Life(start=dict(start))
    disk = stand.disk(start, log=life.log)
    try:
        for day in days:
            station = stand.open(disk)
            try:
                day(Recorder(stand=stand, life=life, station=station))
            finally:
                station.close()
    finally:
        disk.unregister()
    return life


def ordinary_life(stand: Stand, days: int = 2) -> Life:
    """Return a life from a disk that is still empty: it enrols, works, restarts, and works on."""
    return record(stand, {}, *[_ordinary_day] * days)


def long_life(stand: Stand) -> Life:
    """Return a life so long that the WAL is checkpointed and begun anew while the station works."""
    return record(stand, {}, _long_day)


def _ordinary_day(at: Recorder) -> None:
    at.carry()
    first = at.register()
    at.print(5)
    at.make_up(ANNA)
    at.print(1)
    at.spoil()
    at.carry()
    at.hear(first.claim)
    at.make_up(None)
    undone = at.register()
    at.print(3)
    at.undo(undone.claim)
    at.register()
    at.carry()
    at.register()
    at.print(2)


def _long_day(at: Recorder) -> None:
    at.carry()
    begun = len(at.life.log)
    while not any(path == DATABASE for path, _ in at.life.log[begun:]):
        begun = len(at.life.log)
        at.register()
        at.print(4)
    for _ in range(3):
        at.register()


class _Roomy:
    """A disk seam that has room for everything."""

    def free_bytes(self, path: str) -> int:
        return 10**12


def _roster() -> RosterSnapshot:
    return RosterSnapshot(
        version=1,
        made_at="2026-11-21T09:00:00.000Z",
        store=Store(gln="4012345000009", name="Foto Linde"),
        settings=StoreSettings(access_url="https://photos.example/r"),
        manifests=tuple(
            Manifest(
                package=package(serial),
                rolls=tuple(ItemId(f"{package(serial)}-{number}") for number in range(1, ROLLS + 1)),
                source="maker",
            )
            for serial in range(1, PACKAGES + 1)
        ),
        card_tables=(CardTable(name="club", kind="card", symbologies=("code-128",), pattern=r"\d{10}"),),
    )
