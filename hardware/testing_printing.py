"""A print queue in memory that behaves: it refuses wrong orders, and a new copy voids the old in one step."""

import threading
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Final, Literal

from photocore.errors import TwincheckError
from photocore.label import BagLabel, ClaimStub, PackageLabel, Printable, Receipt, RollLabel, TwinCheckLabel

State = Literal["queued", "sending", "awaiting_proof", "printed", "spoiled", "maybe", "void", "deferred"]

Kind = Literal["roll", "package", "receipt", "bag", "twin", "stub"]

LEGAL: Final[dict[State, frozenset[State]]] = {
    "queued": frozenset({"sending", "deferred", "void"}),
    "sending": frozenset({"awaiting_proof", "printed", "spoiled", "maybe", "void"}),
    "awaiting_proof": frozenset({"printed", "spoiled", "maybe", "void"}),
    "maybe": frozenset({"printed", "void"}),
    "printed": frozenset({"void"}),
    "spoiled": frozenset({"void"}),
    "deferred": frozenset({"queued", "void"}),
    "void": frozenset(),
}
"""Which state may follow which (DESIGN 5F)."""

UNDER_WAY: Final[frozenset[State]] = frozenset({"sending", "awaiting_proof"})
BUSY: Final[frozenset[State]] = frozenset({"queued", "sending", "awaiting_proof"})

LATE: Final[frozenset[State]] = frozenset({"awaiting_proof", "printed", "spoiled", "maybe"})
"""News that changes nothing once a person has decided: by a scan of the fresh copy, or an undo."""

Verb = Literal["next_job", "begin", "sent", "printed", "spoiled", "maybe", "deferred", "unsettled"]


class WrongOrderError(AssertionError):
    """The spooler asked for a step that the label's state does not allow."""


class FakeDiskError(TwincheckError):
    """The disk under the fake queue failed, as the real one's does."""


@dataclass(frozen=True, kw_only=True)
class FakeJob:
    """One copy to print."""

    id: int
    claim: str
    kind: Kind
    label: Printable
    copy: str


@dataclass
class FakePrintQueue:
    """Jobs in memory, with the rules of the real queue.

    ``history`` tells every step in order; ``is_down`` makes the next calls fail like a full disk,
    :meth:`fail_once` a single one.
    """

    jobs: dict[int, FakeJob] = field(default_factory=dict[int, FakeJob])
    states: dict[int, State] = field(default_factory=dict[int, State])
    process_ids: dict[int, str] = field(default_factory=dict[int, str])
    history: list[tuple[int, State, str]] = field(default_factory=list[tuple[int, State, str]])
    is_down: bool = False
    failures: dict[Verb, bool] = field(default_factory=dict[Verb, bool])
    by_person: set[int] = field(default_factory=set[int])
    taken_jobs: list[int] = field(default_factory=list[int])
    _changed: threading.Condition = field(default_factory=threading.Condition)

    def add(self, claim: str, printables: Iterable[Printable]) -> None:
        """Queue a claim's labels and receipt."""
        with self._changed:
            for printable in printables:
                self._queue(claim, printable)

    def void(self, job_id: int) -> None:
        """Void a copy, as an undo does."""
        with self._changed:
            self._move(job_id, "void")
            self.by_person.add(job_id)

    def scan(self, job_id: int) -> None:
        """Take a person's scan of the fresh label for the proof that it was printed."""
        with self._changed:
            self._move(job_id, "printed", "scan")
            self.by_person.add(job_id)

    def fail_once(self, verb: Verb, *, durable: bool = False) -> None:
        """Let the next call of ``verb`` raise; ``durable`` tells whether it is on disk all the same."""
        self.failures[verb] = durable

    def wait_until_settled(self, seconds: float) -> bool:
        """Wait until nothing is queued or on its way; say whether that came true."""
        with self._changed:
            return self._changed.wait_for(lambda: not BUSY & set(self.states.values()), seconds)

    def wait_for_state(self, job_id: int, state: State, seconds: float) -> bool:
        """Wait until a job is in ``state``; say whether it is."""
        with self._changed:
            return self._changed.wait_for(lambda: self.states.get(job_id) == state, seconds)

    def valid_copies(self) -> dict[str, list[str]]:
        """Return, by roll, the copies that are on paper for sure and not void."""
        valid: dict[str, list[str]] = {}
        for job in self.jobs.values():
            if isinstance(job.label, RollLabel):
                copies = valid.setdefault(job.label.roll, [])
                if self.states[job.id] == "printed":
                    copies.append(job.copy)
        return valid

    def next_job(self) -> FakeJob | None:
        """Return the next queued job: labels first, new copies in their roll's place, the receipt when all are."""
        with self._write("next_job"):
            if self.is_down:
                raise OSError("the disk is full")
            queued = [job for job in self.jobs.values() if self.states[job.id] == "queued" and self._may_print(job)]
            return min(queued, key=lambda job: (job.claim, _place(job), job.id), default=None)

    def begin(self, job_id: int, process_id: str) -> None:
        """Move from queued to sending."""
        with self._write("begin"):
            if process_id in self.process_ids.values():
                raise WrongOrderError(f"process id {process_id} was used before")
            self.process_ids[job_id] = process_id
            self._move(job_id, "sending")

    def sent(self, job_id: int) -> None:
        """Move from sending to awaiting proof."""
        with self._write("sent"):
            self._move(job_id, "awaiting_proof")

    def printed(self, job_id: int, proof: str) -> None:
        """Move to printed; the proof must name this job's own process id."""
        with self._write("printed"):
            if self.process_ids[job_id] not in proof:
                raise WrongOrderError(f"{proof} does not prove job {job_id}")
            self._move(job_id, "printed", proof)

    def taken(self, job_id: int) -> None:
        """Note that a printed label is gone from the peel bar; its state stays, which is the proof's."""
        with self._changed:
            if self.states[job_id] not in ("printed", "void"):
                raise WrongOrderError(f"job {job_id} is {self.states[job_id]} and cannot be taken")
            self.taken_jobs.append(job_id)
            self._changed.notify_all()

    def spoiled(self, job_id: int, why: str) -> None:
        """Move to spoiled, then void, and a new copy in the same step; of a copy that a person decided, nothing."""
        with self._write("spoiled"):
            if job_id in self.by_person:
                return
            self._move(job_id, "spoiled", why)
            self._move(job_id, "void", "replaced")
            job = self.jobs[job_id]
            is_label = not isinstance(job.label, Receipt)
            self._queue(job.claim, replace(job.label, copy=_next_copy(job.copy)) if is_label else job.label)

    def maybe(self, job_id: int, why: str) -> None:
        """Move to maybe."""
        with self._write("maybe"):
            self._move(job_id, "maybe", why)

    def deferred(self, job_id: int, why: str) -> None:
        """Move from queued to deferred."""
        with self._write("deferred"):
            self._move(job_id, "deferred", why)

    def unsettled(self) -> tuple[FakeJob, ...]:
        """Return what is sending or awaiting proof."""
        with self._write("unsettled"):
            return tuple(job for job in self.jobs.values() if self.states[job.id] in UNDER_WAY)

    def set_remaining(self, claim: str) -> int:
        """Return how many labels of the claim are queued."""
        with self._changed:
            return sum(
                job.claim == claim and job.kind == "roll" and self.states[job.id] == "queued"
                for job in self.jobs.values()
            )

    @contextmanager
    def _write(self, verb: Verb) -> Generator[None]:
        """Hold the queue for one call, which fails when it was told to: before it does anything, or after all."""
        with self._changed:
            durable = self.failures.pop(verb, None)
            if durable is False:
                raise FakeDiskError(f"the disk failed at {verb}")
            yield
            if durable:
                raise FakeDiskError(f"the disk failed at {verb}, and has it all the same")

    def _may_print(self, job: FakeJob) -> bool:
        """Say whether a job's turn can come: package label and receipt wait until every roll label is decided."""
        labels = (other for other in self.jobs.values() if other.claim == job.claim and other.kind == "roll")
        return job.kind == "roll" or not any(self.states[label.id] in BUSY for label in labels)

    def _queue(self, claim: str, printable: Printable) -> None:
        job = FakeJob(
            id=len(self.jobs) + 1,
            claim=claim,
            kind=_kind(printable),
            label=printable,
            copy=printable.copy,
        )
        self.jobs[job.id] = job
        self.states[job.id] = "queued"
        self._changed.notify_all()

    def _move(self, job_id: int, state: State, why: str = "") -> None:
        if state in LATE and job_id in self.by_person:
            return
        if state not in LEGAL[self.states[job_id]]:
            raise WrongOrderError(f"job {job_id} cannot go from {self.states[job_id]} to {state}")
        self.states[job_id] = state
        self.history.append((job_id, state, why))
        self._changed.notify_all()


def _kind(printable: Printable) -> Kind:
    match printable:
        case RollLabel():
            return "roll"
        case PackageLabel():
            return "package"
        case Receipt():
            return "receipt"
        case BagLabel():
            return "bag"
        case TwinCheckLabel():
            return "twin"
        case ClaimStub():
            return "stub"


def _place(job: FakeJob) -> tuple[int, int]:
    """Return what a job comes after within its set."""
    order = {"roll": 0, "bag": 1, "twin": 2, "package": 3, "receipt": 4, "stub": 5}[job.kind]
    return order, job.label.number if isinstance(job.label, RollLabel) else 0


def _next_copy(copy: str) -> str:
    """Return another copy ID: the first symbol moved on in the alphabet."""
    letters = "ABCDEFGHJKMNPQRSTVWXYZ0123456789"
    return letters[(letters.index(copy[0]) + 1) % len(letters)] + copy[1:]
