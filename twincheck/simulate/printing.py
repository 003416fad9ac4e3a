"""A printer and the paper that comes out of it: it prints, spoils, falls silent, and people look at what came out.

What is truly on paper the world knows and the station does not: so it shows when a copy is printed twice in silence.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from photocore.ids import ItemId
from photocore.label import BagLabel, ClaimStub, PackageLabel, Printable, Receipt, RollLabel, TwinCheckLabel
from sync.errors import DeskRefusal, IllegalTransition, JournalDown
from sync.label_states import LabelState
from sync.labels import PrintJob
from sync.views import QueuedJob
from twincheck.simulate.errors import ClaimBroken
from twincheck.simulate.ground import Ground
from twincheck.simulate.loop import MINUTE, SECOND
from twincheck.simulate.machines import Machine

ASKS_AGAIN = MINUTE
ASKS_ILL_AGAIN = 15 * MINUTE
"""How soon the queue is asked again when the journal is down. A disk that is ill for hours is asked more rarely than a
spooler would ask: each time the journal is opened and checked, and refused by the same disk."""

NO_SILENT_REPRINT = "no label is printed twice in silence"
ONE_VALID_COPY = "one valid copy of a roll's label"

STAFF = "5ca1ab1e0ddba11a"

Copy = tuple[str, str]
"""What is named on a paper (roll, package or registration number), and its copy ID."""


@dataclass
class Drawer:
    """All paper that ever came out in one store, by copy; ``codes`` are the claim codes that can be read on labels."""

    printed: dict[Copy, int] = field(default_factory=dict[Copy, int])
    labels: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    codes: dict[ItemId, str] = field(default_factory=dict[ItemId, str])


def _name_of(label: Printable) -> Copy:
    match label:
        case RollLabel():
            return label.roll, label.copy
        case PackageLabel():
            return label.package, label.copy
        case Receipt():
            return label.number, label.copy
        case TwinCheckLabel():
            return label.number.text, label.copy
        case BagLabel() | ClaimStub():
            return label.bag.text, label.copy


class Printer:
    """The printer of one machine."""

    def __init__(self, ground: Ground, machine: Machine, drawer: Drawer) -> None:
        self.drawer = drawer
        self.may_double: Callable[[], bool] = lambda: False
        self.on_printed: Callable[[Printable], None] = lambda _label: None
        self._ground = ground
        self._machine = machine
        self._dice = ground.draws.stream(f"printer {machine.name}")
        self._is_called = False
        machine.on_change = self.call

    def call(self) -> None:
        """Note that there may be something to print."""
        if not self._is_called:
            self._is_called = True
            self._ground.loop.after(self._dice.between(SECOND, 5 * SECOND), self._print)

    def settle_after_start(self) -> None:
        """Do as the spooler does when it finds jobs that were at the printer when the process ended."""
        station = self._machine.station
        assert station is not None  # noqa: S101  # it was just opened
        for job in station.jobs.unsettled():
            is_out = _name_of(job.label) in self.drawer.printed
            if is_out and self._dice.chance(0.5):
                station.jobs.printed(job.id, "odometer")
            else:
                station.jobs.maybe(job.id, "the station was switched off")
                self._ground.tally.note("labels in doubt")
        self.call()

    def _print(self) -> None:
        self._is_called = False
        station = self._machine.station
        if station is None:
            return
        try:
            job = station.jobs.next_job()
            if job is None:
                return
            if self._dice.chance(0.01):
                station.jobs.deferred(job.id, "too wide for this printer")
                self.call()
                return
            station.jobs.begin(job.id, f"p{job.id}")
        except (JournalDown, IllegalTransition):
            wait = ASKS_ILL_AGAIN if self._machine.drive.is_ill else ASKS_AGAIN
            self._ground.loop.after(wait, self.call)
            return
        fate = self._dice.weighed({"printed": 91, "spoiled": 3, "silent on paper": 3, "silent": 3})
        if fate in ("printed", "silent on paper"):
            self._put_out(job)
        life = self._machine.life
        self._ground.loop.after(self._dice.between(SECOND, 4 * SECOND), lambda: self._learn(life, job, fate))

    def _put_out(self, job: PrintJob) -> None:
        """Let a paper come out of the printer."""
        name, drawer = _name_of(job.label), self.drawer
        drawer.printed[name] = drawer.printed.get(name, 0) + 1
        self._ground.tally.note("papers printed")
        self._ground.story.tell(self._machine.name, f"printed {job.kind} {name[0]} copy {name[1]}")
        if drawer.printed[name] > 1:
            if not self.may_double():
                raise ClaimBroken(NO_SILENT_REPRINT, f"{job.kind} {name[0]} copy {name[1]} at {self._machine.name}")
            self._ground.tally.note("papers doubled by a restore")
        if isinstance(job.label, RollLabel):
            self._ground.tally.note("labels printed")
            drawer.labels.setdefault(job.label.roll, []).append(job.label.copy)
            if job.label.claim_code is not None:
                drawer.codes[job.label.roll] = job.label.claim_code
        self.on_printed(job.label)

    def _learn(self, life: int, job: PrintJob, fate: str) -> None:
        station = self._machine.station
        if station is None or life != self._machine.life:
            return  # whoever starts next finds the job as it was
        try:
            station.jobs.sent(job.id)
            if fate == "printed":
                station.jobs.printed(job.id, "process id")
            elif fate == "spoiled":
                self._ground.tally.note("labels spoiled")
                station.jobs.spoiled(job.id, "paper out")
            else:
                self._ground.tally.note("labels in doubt")
                station.jobs.maybe(job.id, "the printer says nothing")
        except (JournalDown, IllegalTransition):
            self._ground.tally.note("printer words not stored")
        self._machine.catch_up()
        self.call()

    def tend(self) -> None:
        """Let staff look at every paper that is in doubt or set aside, and say the truth about it."""
        station = self._machine.station
        if station is None:
            return
        try:
            for job in station.desk.queue():
                self._tend(job)
        except (DeskRefusal, JournalDown):
            self._ground.tally.note("staff refused")
        self._machine.catch_up()
        self.call()

    def _tend(self, job: QueuedJob) -> None:
        assert self._machine.station is not None  # noqa: S101  # tend() asked
        desk = self._machine.station.desk
        if job.state is LabelState.DEFERRED:
            desk.resume_job(job.id, staff=STAFF, reason="looked")
        elif job.state is LabelState.MAYBE:
            is_out = any(copy == job.copy for _, copy in self.drawer.printed)
            desk.settle_job(job.id, printed=is_out, staff=STAFF, reason="looked")
            self._ground.tally.note("doubts settled by people")

    def check_copies(self) -> None:
        """Check that of all papers of one roll that are out, this station calls at most one valid.

        Raises:
            ClaimBroken: two are.
        """
        station = self._machine.station
        if station is None:
            return
        for roll, copies in self.drawer.labels.items():
            valid = {copy for copy in copies if station.desk.copy_state(ItemId(roll), copy) == "valid"}
            if len(valid) > 1:
                raise ClaimBroken(ONE_VALID_COPY, f"{roll} has {sorted(valid)} at {self._machine.name}")
