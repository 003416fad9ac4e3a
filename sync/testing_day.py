"""A station's day at random: packages made up, printed, spoiled, reprinted, registered, undone, on a disk that fails.

Whoever plays the photoservice (the one that behaves, or the real one) and what must hold there is the test's business;
what must hold at the station after every step is asserted here.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Protocol

from photocore.cards import CardNumber
from photocore.ids import ItemId
from photocore.label import RollLabel
from sync.errors import DeskRefusal, IllegalTransition, JournalDown
from sync.labels import PrintJob
from sync.station import Footing, Station
from sync.testing_disk import FailingDisk
from sync.views import MadeUp, MakeUpWish, RegisterWish

VERBS = (
    "shelf",
    "with_card",
    "print",
    "print_some",
    "spoil",
    "maybe",
    "defer",
    "resume",
    "settle",
    "lost",
    "reprint_presale",
    "reprint",
    "register",
    "undo",
    "unmake",
    "restart",
    "disk_fails",
)


class Store(Protocol):
    """Where the day happens: two cards, a member of staff, fresh wishes, and the station's folder."""

    anna: CardNumber
    ben: CardNumber
    staff: str

    def make_up_wish(self, count: int = 3, card: CardNumber | None = None) -> MakeUpWish:
        """Return the wish for a package of ``count`` rolls, with a card or for the shelf."""
        ...

    def wish(self, item: ItemId, card: CardNumber) -> RegisterWish:
        """Return the wish to register ``item`` to ``card``."""
        ...

    def open(self, *, under: Footing | None = None) -> Station:
        """Open the station on the disk in ``under``."""
        ...


@dataclass
class Day:
    """One day: every verb picks its target by a number among what there is. ``paper`` is every roll label sent."""

    store: Store
    disk: FailingDisk
    station: Station
    packages: list[MadeUp] = field(default_factory=list[MadeUp])
    claims: list[str] = field(default_factory=list[str])
    paper: list[RollLabel] = field(default_factory=list[RollLabel])

    def live(self, steps: Sequence[tuple[str, int]]) -> None:
        """Do one step after the other; a disk that fails does so within the step after, and every step is looked at."""
        for verb, pick in steps:
            self.do(verb, pick)
            if verb != "disk_fails":
                self.mend_disk()
            self.assert_one_valid_copy()

    def mend_disk(self) -> None:
        """Let the disk fail no more."""
        self.disk.sync_fails_at = None

    def do(self, verb: str, pick: int) -> None:
        """Do one thing; a refusal is an answer, and a disk that fails has failed once."""
        with suppress(DeskRefusal, IllegalTransition, JournalDown):
            getattr(self, verb)(pick)

    def shelf(self, pick: int) -> None:
        """Make a package up for the shelf."""
        self._make_up(self.store.make_up_wish(1 + pick % 3))

    def with_card(self, pick: int) -> None:
        """Make a package up for a shopper who stands there."""
        self._make_up(self.store.make_up_wish(1 + pick % 3, self.store.anna))

    def _make_up(self, wish: MakeUpWish) -> None:
        try:
            done = self.station.desk.make_up(wish)
        except JournalDown:
            self.mend_disk()
            done = self.station.desk.make_up(wish)  # as a kiosk does: the same ID, until somebody can tell
        self.packages.append(done)
        self.claims += [done.registration.claim] if done.registration else []

    def _send(self) -> PrintJob | None:
        job = self.station.jobs.next_job()
        if job is not None:
            self.station.jobs.begin(job.id, "p")
            if isinstance(job.label, RollLabel):
                self.paper.append(job.label)
        return job

    def print(self, _pick: int) -> None:
        """Print the next paper."""
        if job := self._send():
            self.station.jobs.printed(job.id, "process id")

    def print_some(self, pick: int) -> None:
        """Print some papers."""
        for _ in range(pick):
            self.print(0)

    def spoil(self, _pick: int) -> None:
        """Spoil the next paper."""
        if job := self._send():
            self.station.jobs.spoiled(job.id, "paper out")

    def maybe(self, _pick: int) -> None:
        """Hear nothing more of the next paper."""
        if job := self._send():
            self.station.jobs.maybe(job.id, "silence")

    def defer(self, _pick: int) -> None:
        """Set the next paper aside."""
        if job := self.station.jobs.next_job():
            self.station.jobs.deferred(job.id, "too wide")

    def resume(self, pick: int) -> None:
        """Let a paper in the queue go."""
        if queue := self.station.desk.queue():
            self.station.desk.resume_job(queue[pick % len(queue)].id, staff=self.store.staff)

    def settle(self, pick: int, *, printed: bool = True) -> None:
        """Take a person's word about a paper in the queue."""
        if queue := self.station.desk.queue():
            job = queue[pick % len(queue)]
            self.station.desk.settle_job(job.id, printed=printed, staff=self.store.staff, reason="looked")

    def lost(self, pick: int) -> None:
        """Hear that a paper in the queue never came out."""
        self.settle(pick, printed=False)

    def reprint_presale(self, pick: int) -> None:
        """Print labels of a package on the shelf again."""
        if self.packages:
            made = self.packages[pick % len(self.packages)]
            rolls = None if pick % 2 else made.rolls[:1]
            self.station.desk.reprint_presale(
                made.package, rolls, staff=self.store.staff, reason="torn", package_label=pick % 3 == 0
            )

    def reprint(self, pick: int) -> None:
        """Print a registration's papers again."""
        if self.claims:
            self.station.desk.reprint(self.claims[pick % len(self.claims)], None, "torn", receipt=pick % 2 == 0)

    def register(self, pick: int) -> None:
        """Register a package by its own label or a roll's."""
        if self.packages:
            made = self.packages[pick % len(self.packages)]
            wish = self.store.wish(made.package if pick % 2 else made.rolls[0], self.store.ben)
            try:
                done = self.station.desk.register(wish)
            except JournalDown:
                self.mend_disk()
                done = self.station.desk.register(wish)
            self.claims.append(done.claim)

    def undo(self, pick: int) -> None:
        """Undo a registration."""
        if self.claims:
            self.station.desk.undo(self.claims[pick % len(self.claims)])

    def unmake(self, pick: int) -> None:
        """Undo a make-up."""
        if self.packages:
            made = self.packages[pick % len(self.packages)]
            self.station.desk.unmake(made.package, staff=self.store.staff, reason="miscounted")

    def restart(self, _pick: int) -> None:
        """Close the station and open it again."""
        self.mend_disk()
        self.station.close()
        self.station = self.store.open(under=Footing(vfs=self.disk.name, reserve_bytes=1))

    def disk_fails(self, pick: int) -> None:
        """Let the disk fail soon."""
        self.disk.sync_fails_at = self.disk.syncs + 1 + pick % 4

    def assert_one_valid_copy(self) -> None:
        """Assert that a package that stands has one valid label a roll; one that was undone has none.

        One that was for a shopper whose registration was undone has at most one a roll.
        """
        for done in self.packages:
            view = self.station.desk.find_made_up(done.package)
            if view is None:
                raise AssertionError(f"{done.package} is known no more")
            rolls = [job.roll for job in view.jobs if job.kind == "roll"]
            _assert(len(rolls) == len(set(rolls)), f"two valid labels of one roll: {view.jobs}")
            _assert(not (view.withdrawn and rolls), f"valid labels of a package that was undone: {view.jobs}")
            if not view.withdrawn and (view.claimed or not self._was_claimed(done)):
                _assert(set(rolls) == set(done.rolls), f"a roll without a valid label: {view.jobs}")

    def _was_claimed(self, done: MadeUp) -> bool:
        return any(seen.package == done.package for seen in self.station.desk.recent(1000))


def _assert(is_true: bool, else_: str) -> None:
    if not is_true:
        raise AssertionError(else_)
