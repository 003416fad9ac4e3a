"""What the fake desk keeps on paper: registrations with their jobs, void copies, and a journal that may fail."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

from kiosk.ports import CopyFate
from photocore.ids import ItemId
from photocore.package import Manifest, Product
from sync.errors import JournalDown, NotStored
from sync.label_states import LabelState
from sync.views import JobView, LevelWord, RegisterWish, Undone


@dataclass
class Held:
    """One registration of the fake."""

    wish: RegisterWish
    number: str
    jobs: list[JobView]
    withdrawn: bool = False
    level: LevelWord = "registered here"
    is_waiting: bool = False


@dataclass
class Made:
    """One made-up package of the fake."""

    event_id: str
    manifest: Manifest
    product: Product | None
    gtin: str | None
    coded: bool
    jobs: list[JobView]
    staff: str | None = None
    codes: int = 0
    """How many claim codes are valid."""
    claim: str | None = None
    withdrawn: bool = False


class FakePapers:
    """The ground the fake desk stands on."""

    def __init__(self) -> None:
        self.manifests: dict[ItemId, Manifest] = {}
        self.held: dict[str, Held] = {}
        self.made: dict[ItemId, Made] = {}
        self.void_copies: dict[tuple[str, str], CopyFate] = {}
        self.is_down = False
        """Nothing is stored."""
        self.is_torn = False
        """What is asked for is stored, but its answer is lost: nobody can tell."""
        self.overrides: list[tuple[str, str, str]] = []
        """Every override: who, what, why."""
        self._job = 0

    def note_override(self, staff: str | None, what: str, why: str = "") -> None:
        """Keep who did what, and why; nobody is nobody."""
        if not staff:
            raise ValueError(f"nobody of the staff: {what}")
        self.overrides.append((staff, what, why))

    def all_papers(self) -> Iterator[list[JobView]]:
        """Yield every set of papers."""
        for holder in (*self.held.values(), *self.made.values()):
            yield holder.jobs

    def set_job(self, job_id: int, state: LabelState) -> None:
        """Let one paper come to ``state``."""
        for papers in self.all_papers():
            papers[:] = [replace(job, state=state) if job.id == job_id else job for job in papers]

    def _demand_journal(self) -> None:
        if self.is_down:
            raise NotStored("the fake's journal is down")

    def _lose_answer(self) -> None:
        if self.is_torn:
            raise JournalDown("the fake's journal went down in the middle")

    def _package_of(self, item: ItemId) -> Manifest | None:
        return next((m for m in self.manifests.values() if item == m.package or item in m.rolls), None)

    def _job_for(self, roll: ItemId | None, number: int, of: int, *, is_package: bool = False) -> JobView:
        self._job += 1
        copy = f"C{self._job:05d}"
        kind = "roll" if roll else "package" if is_package else "receipt"
        return JobView(id=self._job, kind=kind, roll=roll, number=number, of=of, copy=copy, state=LabelState.QUEUED)


def count_papers(jobs: Collection[JobView]) -> Undone:
    """Count the papers that are out, and those that may be."""
    out = sum(job.state in (LabelState.PRINTED, LabelState.TAKEN) for job in jobs)
    moving = sum(job.state in (LabelState.SENDING, LabelState.AWAITING_PROOF, LabelState.MAYBE) for job in jobs)
    return Undone(printed=out, moving=moving)
