"""Prints the queue's labels one by one, and says of each only what is proven.

A print cannot be exactly once (research/reliability.md 0, finding 10). What can be had is one *valid* label a roll: the
queue writes "sending" to disk before the first byte; a proof makes "printed"; a cause the printer names makes
"spoiled", for which the queue issues a new copy that voids the old; everything else is "maybe" and never printed
again without a person (DESIGN 5F; research/reliability.md 5, F30-F36). Registration never waits for any of it.

A queue that fails, as a disk does, decides nothing: what was learnt is kept, and written as soon as the queue takes it.
"""

import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final

import structlog

from hardware.errors import LabelUndrawable, PortDown
from hardware.printer.attempt import BROKEN_OFF, Attempt
from hardware.printer.delivery import PRINTED, Fate
from hardware.printer.jobs import Composer, PrintJob, PrintQueue
from hardware.printer.paper_budget import PaperBudget
from hardware.printer.peel_bar import PeelBar
from hardware.printer.process_ids import PROBE, process_id_of
from hardware.printer.session import PrinterSession
from hardware.printer.status import PrinterStatus, StatusWord
from photocore.errors import CodeError, TwincheckError

IDLE_S: Final = 5.0
NOT_READY_S: Final = 1.0
AFTER_FAULT_S: Final = 2.0
SETTLE_WAIT_S: Final = 5.0

RECOVERABLE: Final = frozenset({"cutter", "mechanical"})
"""Errors a printer leaves when it is told to; a jam that is still there comes back at once."""


class Spooler:
    """One thread that prints a queue on one printer.

    ``on_change`` gets a job after its state changed, ``on_status`` the printer's state in one word when that changes;
    both on threads of ours, so put them in an inbox. The session must not have been started yet.
    """

    def __init__(
        self,
        *,
        queue: PrintQueue,
        session: PrinterSession,
        composer: Composer,
        on_change: Callable[[PrintJob], object] = lambda job: None,
        on_status: Callable[[StatusWord], object] = lambda word: None,
        after_fault_s: float = AFTER_FAULT_S,
        log: Any = None,  # noqa: ANN401  structlog's loggers share no useful type
    ) -> None:
        self._queue = queue
        self._session = session
        self._composer = composer
        self._on_change = on_change
        self._on_status = on_status
        self._log = (log or structlog.get_logger()).bind(printer=session.profile.name)
        self._told: StatusWord = session.status.word
        self._cleared_opening: int = 0
        self._silent_opening = 0
        self._is_soiled = False
        self._longest_piece = session.profile.band_rows * session.profile.print_width_dots // 8
        self._claim = ""
        self._budget = PaperBudget(session.profile.near_end_mm, composer.label_mm)
        self._lacks_paper = False
        self._peel_bar = PeelBar(session, queue, on_change)
        self._attempt: Attempt[PrintJob] | None = None
        self._is_behind = True
        self._after_fault_s = after_fault_s
        self._has_fault_of_ours = False
        self._stopping = threading.Event()
        self._nudge = threading.Event()
        self._thread = threading.Thread(target=self._run, name="spooler", daemon=True)
        session.watch(self._notice)

    def start(self) -> None:
        """Begin to print."""
        self._session.start()
        self._thread.start()

    def stop(self) -> None:
        """End; what is on its way stays "sending" or "awaiting proof" and is settled by the next start."""
        self._stopping.set()
        self._nudge.set()
        self._session.nudge()
        if self._thread.is_alive():
            self._thread.join()
        self._session.stop()

    def wake(self) -> None:
        """Look at the queue now. For any thread."""
        self._nudge.set()

    def status(self) -> StatusWord:
        """Return the printer's state in one word; never waits. For any thread.

        A roll near its end that cannot take the next set is "paper_out": it must be changed before anything prints.
        """
        if self._has_fault_of_ours:
            return "error"
        word = self._session.status.word
        return "paper_out" if word == "near_end" and self._lacks_paper else word

    def step(self) -> None:
        """Settle, print or wait once. The spooler's own thread does nothing else; without one, the caller does it."""
        self._guard(self._step)

    # -- the thread -------------------------------------------------------------------------------

    def _run(self) -> None:
        while not self._stopping.is_set():
            self.step()

    def _guard(self, step: Callable[[], None]) -> None:
        try:
            step()
        except Exception:  # noqa: BLE001  the job worker: a full disk, or a fault of ours, must not end printing
            self._has_fault_of_ours = True
            self._is_behind = True
            self._log.exception("spooler.fault_of_ours")
            self._tell()
            self._session.rest(self._stopping, self._after_fault_s)
            return
        if self._has_fault_of_ours:
            self._has_fault_of_ours = False
            self._tell()

    def _step(self) -> None:
        self._nudge.clear()
        if self._is_behind:
            self._catch_up()
            return
        job = self._queue.next_job()
        if job is None:
            self._claim = ""
            self._hold_for_paper(is_short=False)
            self._idle()
        elif self._is_ready_for(job):
            self._print(job)
        else:
            self._session.rest(self._nudge, NOT_READY_S)

    def _idle(self) -> None:
        """Wait for a job; meanwhile see how a printer is that does not tell, and whether the last label is taken."""
        if self._session.status.connected and not self._session.language.tells_changes:
            with suppress(PortDown):
                self._answers()
        self._peel_bar.look()
        self._session.rest(self._nudge, NOT_READY_S if self._peel_bar.is_watched else IDLE_S)

    def _is_ready_for(self, job: PrintJob) -> bool:
        """Say whether the printer can take this job now: there, answering as it should, with paper, shut."""
        try:
            is_ready = self._is_able() and self._start_clean() and self._knows_its_class()
        except PortDown:
            return False
        return is_ready and (job.claim == self._claim or self._may_begin_set(job))

    def _is_able(self) -> bool:
        session = self._session
        if not session.status.connected:
            return False
        if not self._answers():
            return False  # it spoke before: it hangs, and a set sent now would be a row of maybes
        if session.status.errors & RECOVERABLE and not session.status.cover_open:
            session.write_now(session.language.recover())
        self._peel_bar.look()
        return session.status.fault is None and not session.status.offline and not self._peel_bar.holds_back

    def _answers(self) -> bool:
        """Ask the printer how it is; say no only of one that answered at another time."""
        session = self._session
        is_deaf = session.openings == self._silent_opening and not session.has_spoken
        if is_deaf or not session.profile.supports.status or session.ask_status():
            return True
        if not session.has_answered:
            self._silent_opening = session.openings  # it may never answer: once a line is enough
        return not session.has_answered

    def _knows_its_class(self) -> bool:
        session = self._session
        if session.confirms == "unknown":
            session.probe()
        return session.confirms != "unknown" and session.status.fault is None

    def _start_clean(self) -> bool:
        """Drop what an earlier job, or a program that died, left in the printer (F34), and on its paper; say if it is.

        Before the probe: an old label would stand before its answer, and half a command would swallow the question.
        """
        session = self._session
        if self._is_soiled or session.openings != self._cleared_opening:
            if not self._end_command():
                self._log.warning("spooler.not_quiet")
                return False
            self._cleared_opening = session.openings
        if self._is_soiled:
            session.write_now(session.language.discard())
            self._is_soiled = False
        return True

    def _end_command(self) -> bool:
        """End what a broken-off label may have left half said, or the next label's beginning is taken for its rest.

        Then half a label would come out, and the printer vouch for it. One that cannot be cleared gets what its
        language has for that; in ESC/POS it is too little for a picture whose height was cut in two.

        Say no of a printer that counts and goes on printing: what comes out would be counted for our label.
        """
        session = self._session
        if session.is_one_way:
            return True  # whole jobs go there, so nothing is ever half said
        may_clear = session.has_confirmed or session.language.may_clear
        if may_clear and session.clear():
            return True
        if session.has_spoken and session.language.proves_by == "count":
            return False
        session.write(
            session.language.end_command(self._longest_piece), lambda talk: False, session.profile.label_proof_s
        )
        return True

    def _may_begin_set(self, job: PrintJob) -> bool:
        """Say whether the paper lasts for a new set; a paper that nears its end is else a notice."""
        paper, labels = self._session.status.paper, self._queue.set_remaining(job.claim)
        is_short = not self._budget.lasts_for(paper, job.label, labels)
        if not is_short:
            self._claim = job.claim
            self._log.info("spooler.set", labels=labels, paper_nears_its_end=paper == "near_end")
        self._hold_for_paper(is_short=is_short)
        return not is_short

    def _hold_for_paper(self, *, is_short: bool) -> None:
        if is_short != self._lacks_paper:
            self._lacks_paper = is_short
            self._log.info("spooler.paper_too_short", is_short=is_short)
            self._tell()

    def _print(self, job: PrintJob) -> None:
        try:
            document = self._composer.compose(job.label)
        except (LabelUndrawable, CodeError) as cause:
            self._queue.deferred(job.id, str(cause))
            self._log.warning("spooler.deferred", job=job.id, why=str(cause))
            self._on_change(job)
            return
        attempt = self._attempt = Attempt(job, process_id_of(job.id), self._session, self._stopping)
        if not self._begin(attempt):
            return
        self._budget.spend(self._session.status.paper, job.label)
        if attempt.send(document).word == "sent":
            self._queue.sent(job.id)
            self._on_change(job)
        self._conclude(attempt)

    def _begin(self, attempt: Attempt[PrintJob]) -> bool:
        """Write "sending"; say whether the copy is still wanted: an undo may have voided it a moment ago."""
        job = attempt.job
        try:
            self._queue.begin(job.id, attempt.process_id)
        except TwincheckError:
            if self._is_undecided(job):
                raise
            self._log.info("spooler.no_longer_wanted", job=job.id)
            self._let_go(attempt)
            return False
        attempt.begun()
        self._on_change(job)
        return True

    def _is_undecided(self, job: PrintJob) -> bool:
        """Say whether a copy waits, or is under way: a failed "sending" may be on disk all the same."""
        again = self._queue.next_job()
        waits = again is not None and again.id == job.id
        return waits or any(left.id == job.id for left in self._queue.unsettled())

    def _conclude(self, attempt: Attempt[PrintJob]) -> None:
        self._settle(attempt.job, attempt.process_id, attempt.find_out())
        if attempt.fate is BROKEN_OFF:
            self._cleared_opening = 0  # the printer may be in the middle of a command
        self._let_go(attempt)
        if attempt.fate.word == "unsent":  # its new copy is next; a line that took nothing may not yet know it is down
            self._session.rest(self._nudge, NOT_READY_S)

    def _let_go(self, attempt: Attempt[PrintJob]) -> None:
        self._session.forget(attempt.process_id)
        self._attempt = None

    def _settle(self, job: PrintJob, process_id: str, fate: Fate) -> None:
        if fate.word == "stopped":
            return
        if fate.word == "printed":
            self._queue.printed(job.id, self._session.proof_of(process_id))
            self._peel_bar.hold_out(job)
        elif fate.word == "maybe":
            self._queue.maybe(job.id, fate.why)
        else:
            self._queue.spoiled(job.id, fate.why)
        self._is_soiled = self._is_soiled or (fate.word in ("spoiled", "maybe") and not fate.is_cut)
        self._log.info("spooler.settled", job=job.id, state=fate.word, why=fate.why)
        self._on_change(job)

    # -- after a start, and after a fault of ours -------------------------------------------------------

    def _catch_up(self) -> None:
        """Decide everything that the queue says is under way: nothing is, when a step begins."""
        left = {job.id: job for job in self._queue.unsettled()}
        attempt = self._attempt
        if attempt is not None and left.pop(attempt.job.id, None) is not None:
            self._conclude(attempt)
        elif attempt is not None:  # the write that failed is on disk, or never began, or an undo came first
            self._let_go(attempt)
            self._on_change(attempt.job)
        if left:
            self._settle_unfinished(tuple(left.values()))
        self._is_behind = False

    def _settle_unfinished(self, jobs: tuple[PrintJob, ...]) -> None:
        """Settle what an earlier run left on its way: by the printer's proof, else as "maybe"."""
        ids = {job.id: process_id_of(job.id) for job in jobs}
        for process_id in ids.values():
            self._session.expect(process_id)
        self._await_old_proofs()
        if self._stopping.is_set():
            return  # a switch-off is no verdict
        for job in jobs:
            is_proved = self._session.has_proved(ids[job.id])
            fate = PRINTED if is_proved else Fate(word="maybe", why="the station stopped while it was printing")
            self._settle(job, ids[job.id], fate)
            self._session.forget(ids[job.id])

    def _await_old_proofs(self) -> None:
        session = self._session
        if not session.wait_for(lambda talk: talk.status.connected or self._stopping.is_set(), SETTLE_WAIT_S):
            return
        if session.language.proves_by != "echo":
            return  # nothing it could still say would tell which label it was
        try:
            session.fence()
        except PortDown:
            return
        session.wait_for(lambda talk: talk.has_proved(PROBE) or self._stopping.is_set(), SETTLE_WAIT_S)

    # -- telling ----------------------------------------------------------------------------------

    def _notice(self, status: PrinterStatus) -> None:
        self._tell()
        self._nudge.set()

    def _tell(self) -> None:
        word = self.status()
        if word != self._told:
            self._told = word
            self._on_status(word)
