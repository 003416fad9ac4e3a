"""The fake desk's part for staff, and a staff book that locks: both hold state and refuse wrong orders."""

from dataclasses import replace

from kiosk.testing.papers import FakePapers
from photocore.cards import CardNumber
from photocore.ids import ItemId
from photocore.kinds import Act
from photocore.roles import Role
from photocore.seams import Clock
from sync.cards import JoinWish
from sync.errors import DeskReason, DeskRefusal, StaffRefusal
from sync.label_states import LabelState
from sync.views import ContestedView, JobView, ParkedView, QueuedJob, RegisterWish, RegistrationView, StaffMember

OPEN = (
    LabelState.QUEUED,
    LabelState.SENDING,
    LabelState.AWAITING_PROOF,
    LabelState.MAYBE,
    LabelState.DEFERRED,
)
LOCK_S = 900.0
MOST_WRONG = 5


class FakeStaffBook:
    """One member of staff; five wrong PINs lock the badge for a quarter of an hour, whosever it is."""

    def __init__(
        self,
        clock: Clock,
        *,
        badge: str = "TCB000042",
        pin: str = "271828",
        name: str = "Mara",
        role: Role = "manager",
    ) -> None:
        masked = f"•••• {badge[-4:]}"
        self.member = StaffMember(id="a3f1c2d4e5b60718", name=name, badge_masked=masked, added_at="", role=role)
        self.is_down = False
        self._badge, self._pin, self._clock = badge, pin, clock
        self._wrong: dict[str, int] = {}
        self._locked: dict[str, float] = {}

    def role_of(self, staff: str) -> Role | None:
        """Return what the member is; None for anybody else."""
        return self.member.role if staff == self.member.id else None

    def sign_in(self, badge: CardNumber, pin: str) -> StaffMember:
        """Return the member, if badge and PIN fit and the badge is not locked."""
        if self.is_down:
            raise OSError("the fake's staff book is broken")
        left = self._locked.get(badge.number, 0.0) - self._clock.monotonic()
        if left > 0:
            raise StaffRefusal("locked", wait_s=left)
        if badge.number == self._badge and pin == self._pin:
            self._wrong.clear()
            return self.member
        self._wrong[badge.number] = wrong = self._wrong.get(badge.number, 0) + 1
        if wrong >= MOST_WRONG:
            self._wrong[badge.number] = 0
            self._locked[badge.number] = self._clock.monotonic() + LOCK_S
            raise StaffRefusal("locked", wait_s=LOCK_S)
        raise StaffRefusal("wrong")


class FakeStaffDesk(FakePapers):
    """Queue, parked events and overrides in memory."""

    def __init__(self) -> None:
        super().__init__()
        self.parked_now: dict[str, ParkedView] = {}
        self.corrected: dict[str, str] = {}
        self.closed: list[str] = []
        self.noted = 0
        self.papers_entered: dict[str, str] = {}
        self.printer_notes: dict[str, str] = {}
        self.contested_now: list[ContestedView] = []
        self.joined: list[JoinWish] = []

    def park(self, view: ParkedView) -> None:
        """Let an event stand aside."""
        self.parked_now[view.id] = view

    def queue(self) -> tuple[QueuedJob, ...]:
        """Return every paper that is not proven printed."""
        found = [
            _queued(job, registration=held.number, package=None)
            for held in self.held.values()
            for job in held.jobs
            if not held.withdrawn and job.state in OPEN
        ]
        found += [
            _queued(job, registration=None, package=made.manifest.package)
            for made in self.made.values()
            for job in made.jobs
            if not made.withdrawn and job.state in OPEN
        ]
        return tuple(sorted(found, key=lambda job: job.id))

    def resume_job(self, job_id: int, *, staff: str, reason: str = "") -> None:
        """Queue a deferred paper again."""
        self._demand_journal()
        job = self._open_job(job_id)
        if job.state is not LabelState.DEFERRED:
            raise DeskRefusal(DeskReason.JOB_NOT_SET_ASIDE)
        self.note_override(staff, "resume", reason)
        self.set_job(job_id, LabelState.QUEUED)
        self._lose_answer()

    def settle_job(self, job_id: int, *, printed: bool, staff: str, reason: str) -> None:
        """Take a person's word; a paper that did not come out is void, and a new one is queued."""
        self._demand_journal()
        job = self._open_job(job_id)
        if job.state is not LabelState.MAYBE:
            raise DeskRefusal(DeskReason.JOB_NOT_IN_DOUBT)
        self.note_override(staff, "settle", reason)
        if printed:
            self.set_job(job_id, LabelState.PRINTED)
        else:
            self.void_copies[str(job.roll), job.copy] = "void"
            fresh = self._job_for(job.roll, job.number, job.of, is_package=job.kind == "package")
            for papers in self.all_papers():
                papers[:] = [fresh if paper.id == job_id else paper for paper in papers]
        self._lose_answer()

    def recent(self, limit: int = 20) -> tuple[RegistrationView, ...]:
        """Return the newest registrations first."""
        found = [view for held in self.held.values() if (view := self.find_registration(held.number))]
        return tuple(reversed(found))[:limit]

    def parked(self) -> tuple[ParkedView, ...]:
        """Return what waits for a person."""
        return tuple(self.parked_now.values())

    def correct(self, event_id: str, *, staff: str) -> str:
        """Write a parked fact again."""
        self._demand_journal()
        view = self._parked(event_id)
        if not view.can_resend:
            raise DeskRefusal(DeskReason.CANNOT_CORRECT)
        self.note_override(staff, "correct")
        del self.parked_now[event_id]
        self.corrected[event_id] = fresh = f"{len(self.corrected) + 1:032x}"
        self._lose_answer()
        return fresh

    def close_parked(self, event_id: str, *, staff: str, reason: str) -> None:
        """Say that a parked event needs nothing more."""
        self._demand_journal()
        self._parked(event_id)
        self.note_override(staff, "close", reason)
        del self.parked_now[event_id]
        self.closed.append(event_id)
        self._lose_answer()

    def join_cards(self, wish: JoinWish) -> None:
        """Note that two cards are one customer's."""
        self._demand_journal()
        if wish.old == wish.into:
            raise DeskRefusal(DeskReason.SAME_CARD)
        self.note_override(wish.staff, "cards", wish.why)
        self.joined.append(wish)

    def note_restored(self, staff: str) -> None:
        """Take note."""
        self._demand_journal()
        self.note_override(staff, "note restored")
        self.noted += 1
        self._lose_answer()

    def note_act(self, act: Act, *, staff: str, reason: str = "") -> None:
        """Write what staff did to a device."""
        self._demand_journal()
        self.note_override(staff, act, reason)
        self._lose_answer()

    def restart_queue(self, *, with_doubtful: bool, staff: str, reason: str) -> int:
        """Let go what was set aside, or in doubt too."""
        jobs = [job for job in self.queue() if job.state is LabelState.DEFERRED]
        doubtful = [job for job in self.queue() if job.state is LabelState.MAYBE] if with_doubtful else []
        for job in jobs:
            self.resume_job(job.id, staff=staff, reason=reason)
        for job in doubtful:
            self.settle_job(job.id, printed=False, staff=staff, reason=reason)
        return len(jobs) + len(doubtful)

    def printer_note(self, printer: str) -> str:
        """Return what is kept for a printer."""
        return self.printer_notes.get(printer, "")

    def keep_printer_note(self, printer: str, value: str, *, staff: str) -> None:
        """Keep a setting of a printer."""
        self.note_act("print_moved", staff=staff, reason=value)
        self.printer_notes[printer] = value

    def contested(self) -> tuple[ContestedView, ...]:
        """Return what a test has made contested."""
        return tuple(self.contested_now)

    def find_registration(self, number: str) -> RegistrationView | None:
        """Return a registration by its number; the desk that stands on this knows."""
        raise NotImplementedError

    def _enter_row(self, wish: RegisterWish) -> None:
        """Take a row of a paper list once."""
        if wish.paper is None:
            return
        if wish.paper.row in self.papers_entered:
            raise DeskRefusal(DeskReason.ROW_ENTERED)
        self.papers_entered[wish.paper.row] = wish.event_id

    def _end_corrected(self, wish: RegisterWish) -> None:
        """End the parked registration that a new one stands for."""
        if wish.corrects is None:
            return
        self._parked(wish.corrects)
        self.note_override(wish.staff, "register again")
        del self.parked_now[wish.corrects]
        self.corrected[wish.corrects] = wish.event_id
        if wish.corrects in self.held:
            self.held[wish.corrects].withdrawn = True

    def _parked(self, event_id: str) -> ParkedView:
        if event_id not in self.parked_now:
            raise DeskRefusal(DeskReason.NOT_PARKED)
        return self.parked_now[event_id]

    def _open_job(self, job_id: int) -> JobView:
        for papers in self.all_papers():
            for job in papers:
                if job.id == job_id:
                    return job
        raise DeskRefusal(DeskReason.UNKNOWN_JOB)


def _queued(job: JobView, *, registration: str | None, package: ItemId | None) -> QueuedJob:
    return QueuedJob(
        id=job.id,
        kind=job.kind,
        state=job.state,
        roll=job.roll,
        number=job.number,
        of=job.of,
        copy=job.copy,
        registration=registration,
        package=package,
        why=job.why,
        made_at="2026-11-21T09:25:00.000Z",
    )


def parked_claim(claim: str, *, cause: str = "sealed", item: ItemId | None = None, number: str = "") -> ParkedView:
    """Return a registration that the photoservice has parked."""
    return ParkedView(
        id=claim,
        kind="PackageClaimed",
        at="2026-11-21T08:30:00.000Z",
        cause=cause,
        reason="the sealed part does not open",
        item=item,
        number=number or None,
        can_resend=False,
        needs_rescan=True,
    )


def parked_labels(event_id: str, *, cause: str = "chain") -> ParkedView:
    """Return new labels that the photoservice has parked."""
    view = parked_claim(event_id, cause=cause)
    return replace(view, kind="CopiesIssued", can_resend=True, needs_rescan=False)
