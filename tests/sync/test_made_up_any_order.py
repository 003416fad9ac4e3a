"""Whatever is made up, printed, spoiled, reprinted, registered and undone, in any order and on a failing disk:
one valid copy a roll, one live claim code a roll, and no code on paper that no event holds.
"""

import itertools
from contextlib import suppress
from dataclasses import dataclass, field

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from photocore.label import RollLabel
from photocore.testing import SeededEntropy
from sync.errors import DeskRefusal, IllegalTransition, JournalDown
from sync.station import Footing, Station
from sync.testing_disk import FailingDisk

# A list of steps is drawn long: short ones seldom get a label onto paper.
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
STEPS = st.lists(st.tuples(st.sampled_from(VERBS), st.integers(0, 11)), min_size=12, max_size=45)
_names = itertools.count()


@dataclass
class Day:
    """A station's day at random: every verb picks its target by a number among what there is."""

    world: object
    disk: FailingDisk
    station: Station
    packages: list = field(default_factory=list)
    claims: list[str] = field(default_factory=list)
    paper: list[RollLabel] = field(default_factory=list)

    def do(self, verb: str, pick: int) -> None:
        """Do one thing; a refusal is an answer, and a disk that fails has failed once."""
        with suppress(DeskRefusal, IllegalTransition, JournalDown):
            getattr(self, verb)(pick)

    def shelf(self, pick: int) -> None:
        self._make_up(self.world.make_up_wish(1 + pick % 3))

    def with_card(self, pick: int) -> None:
        self._make_up(self.world.make_up_wish(1 + pick % 3, self.world.anna))

    def _make_up(self, wish) -> None:
        try:
            done = self.station.desk.make_up(wish)
        except JournalDown:
            self.disk.sync_fails_at = None
            done = self.station.desk.make_up(wish)  # as a kiosk does: the same ID, until somebody can tell
        self.packages.append(done)
        self.claims += [done.registration.claim] if done.registration else []

    def _send(self):
        job = self.station.jobs.next_job()
        if job is not None:
            self.station.jobs.begin(job.id, "p")
            if isinstance(job.label, RollLabel):
                self.paper.append(job.label)
        return job

    def print(self, _pick: int) -> None:
        if job := self._send():
            self.station.jobs.printed(job.id, "process id")

    def print_some(self, pick: int) -> None:
        for _ in range(pick):
            self.print(0)

    def spoil(self, _pick: int) -> None:
        if job := self._send():
            self.station.jobs.spoiled(job.id, "paper out")

    def maybe(self, _pick: int) -> None:
        if job := self._send():
            self.station.jobs.maybe(job.id, "silence")

    def defer(self, _pick: int) -> None:
        if job := self.station.jobs.next_job():
            self.station.jobs.deferred(job.id, "too wide")

    def resume(self, pick: int) -> None:
        if queue := self.station.desk.queue():
            self.station.desk.resume_job(queue[pick % len(queue)].id, staff=self.world.staff)

    def settle(self, pick: int, *, printed: bool = True) -> None:
        if queue := self.station.desk.queue():
            job = queue[pick % len(queue)]
            self.station.desk.settle_job(job.id, printed=printed, staff=self.world.staff, reason="looked")

    def lost(self, pick: int) -> None:
        self.settle(pick, printed=False)

    def reprint_presale(self, pick: int) -> None:
        if self.packages:
            made = self.packages[pick % len(self.packages)]
            rolls = None if pick % 2 else made.rolls[:1]
            self.station.desk.reprint_presale(
                made.package, rolls, staff=self.world.staff, reason="torn", package_label=pick % 3 == 0
            )

    def reprint(self, pick: int) -> None:
        if self.claims:
            self.station.desk.reprint(self.claims[pick % len(self.claims)], None, "torn", receipt=pick % 2 == 0)

    def register(self, pick: int) -> None:
        if self.packages:
            made = self.packages[pick % len(self.packages)]
            wish = self.world.wish(made.package if pick % 2 else made.rolls[0], self.world.ben)
            try:
                done = self.station.desk.register(wish)
            except JournalDown:
                self.disk.sync_fails_at = None
                done = self.station.desk.register(wish)
            self.claims.append(done.claim)

    def undo(self, pick: int) -> None:
        if self.claims:
            self.station.desk.undo(self.claims[pick % len(self.claims)])

    def unmake(self, pick: int) -> None:
        if self.packages:
            made = self.packages[pick % len(self.packages)]
            self.station.desk.unmake(made.package, staff=self.world.staff, reason="miscounted")

    def restart(self, _pick: int) -> None:
        self.disk.sync_fails_at = None
        self.station.close()
        self.station = self.world.open(under=Footing(vfs=self.disk.name, reserve_bytes=1))

    def disk_fails(self, pick: int) -> None:
        self.disk.sync_fails_at = self.disk.syncs + 1 + pick % 4

    # -- what must hold -----------------------------------------------------------------------------

    def assert_one_valid_copy(self) -> None:
        """A package that stands has one valid label a roll; one whose registration was undone at most one."""
        for done in self.packages:
            view = self.station.desk.find_made_up(done.package)
            rolls = [job.roll for job in view.jobs if job.kind == "roll"]
            assert len(rolls) == len(set(rolls))
            assert not (view.withdrawn and rolls)
            if not view.withdrawn and (view.claimed or not self._was_claimed(done)):
                assert set(rolls) == set(done.rolls)

    def _was_claimed(self, done) -> bool:
        rows = self.station.journal.read(
            lambda db: db.execute("select count(*) from registration where package = ?", (done.package,)).fetchone()
        )
        return rows != (0,)

    def codes_told(self) -> dict[tuple[str, str], str]:
        """Return the code that the events hold for every copy that has one."""
        told = {}
        for fact in self.world.service.applied:
            if fact.secrets is None or fact.kind not in ("PackageMadeUp", "ClaimCodesReplaced"):
                continue
            codes = {one["roll"]: one["code"] for one in self.world.service.secrets_of(fact)["codes"]}
            told |= {(copy["roll"], copy["copy"]): codes[copy["roll"]] for copy in fact.public["copies"]}
        return told

    def assert_paper_is_honest(self) -> None:
        """Every code on paper is the one its event holds for that very copy; a valid label's code is the live one."""
        told, live = self.codes_told(), self.world.service.made_up.codes
        for label in self.paper:
            if label.claim_code is None:
                continue
            assert told[label.roll, label.copy] == label.claim_code
            if self.station.desk.copy_state(label.roll, label.copy) == "valid":
                assert live[label.roll] == label.claim_code
        newest = {roll: code for (roll, _), code in told.items()}
        assert {roll: newest[roll] for roll in live} == live


def begin_day(world) -> Day:
    """Return a station on a disk that fails on command, with its roster in force."""
    world.enrol()
    world.open().close()
    image = {"journal.db": (world.folder / "journal.db").read_bytes()}
    disk = FailingDisk(f"any-order-{next(_names)}", SeededEntropy(3), image)
    return Day(world, disk, world.open(under=Footing(vfs=disk.name, reserve_bytes=1)))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_O18_one_valid_copy_and_one_live_code_a_roll_whatever_happens(make_world, steps):
    """Forty days at random, each carried to a photoservice that parks what it should: nothing is parked."""
    day = begin_day(make_world())
    try:
        for verb, pick in [("shelf", 1), *steps]:
            day.do(verb, pick)
            day.disk.sync_fails_at = day.disk.sync_fails_at if verb == "disk_fails" else None
            day.assert_one_valid_copy()
        day.world.sync(day.station)
        assert day.world.service.parked == {}
        assert day.packages
        event(f"{min(len(day.paper) // 3 * 3, 9)}+ labels on paper")
        day.assert_paper_is_honest()
    finally:
        day.station.close()
        day.disk.unregister()


def test_O18_the_test_of_any_order_finds_a_code_that_is_not_the_events(make_world):
    """The control: a label that shows another code than its event is found by the same look."""
    day = begin_day(make_world())
    day.shelf(0)
    day.print(0)
    (label,) = day.paper
    day.world.sync(day.station)
    day.assert_paper_is_honest()

    day.paper = [type(label)(roll=label.roll, number=1, of=1, copy=label.copy, claim_code="7Q2M9XKD4F8TP")]

    with pytest.raises(AssertionError):
        day.assert_paper_is_honest()
    day.station.close()
    day.disk.unregister()
