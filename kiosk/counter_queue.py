"""What one printer prints: trial labels first, then training's papers, then the station's; or nothing, while paused.

The station's own queue stays the one truth about papers that count (DESIGN 5F): what it hands out and what it is told
passes through unchanged. A pause holds papers back before "sending" is written, so nothing is in doubt by it; it is
forgotten at a restart and ends by itself after half an hour, so no shopper waits for labels that nobody remembers.
Trial and training papers are in no journal that counts: a printer that dies with one of them owes nobody anything.
"""

import threading
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal, Protocol

from hardware.printer.jobs import PrintJob, PrintQueue
from kiosk.flow.staff_values import Shift
from kiosk.language import speak
from kiosk.view.papers import training_words, trial_words
from photocore.errors import TwincheckError
from photocore.label import Paper, TrialLabel

LONGEST_PAUSE_S = 1800.0
"""Long enough for a printer to be taken apart; whoever needs longer pauses it again, or switches it off."""

TRIAL_IDS = 39_000_000
"""Trial jobs count from here: half the way to where process ids begin again, where no station's own job comes to."""

TRAINING_IDS = 58_000_000
"""Training's jobs count from here."""


@dataclass(frozen=True, kw_only=True)
class TrialJob:
    """A label that stands for nothing, as the spooler wants its jobs."""

    id: int
    label: Paper
    claim: str = ""
    kind: Literal["roll", "package", "receipt", "bag", "twin", "stub"] = "package"
    copy: str = ""


class Moves(Protocol):
    """Who draws labels, and can draw them a little further right, or down."""

    def move(self, right: int, down: int) -> None:
        """Take tenths of a millimetre."""
        ...


class Forgiving:
    """A training desk's queue: it may be thrown away while a paper of it prints, and then nobody is to be told."""

    def __init__(self, queue: PrintQueue) -> None:
        self._queue = queue

    def next_job(self) -> PrintJob | None:
        """Return the next job, if there is a queue still."""
        with suppress(TwincheckError):
            return self._queue.next_job()
        return None

    def begin(self, job_id: int, process_id: str) -> None:
        """Write "sending"."""
        with suppress(TwincheckError):
            self._queue.begin(job_id, process_id)

    def sent(self, job_id: int) -> None:
        """Write "awaiting proof"."""
        with suppress(TwincheckError):
            self._queue.sent(job_id)

    def printed(self, job_id: int, proof: str) -> None:
        """Write "printed"."""
        with suppress(TwincheckError):
            self._queue.printed(job_id, proof)

    def taken(self, job_id: int) -> None:
        """Write "taken"."""
        with suppress(TwincheckError):
            self._queue.taken(job_id)

    def spoiled(self, job_id: int, why: str) -> None:
        """Write "spoiled"."""
        with suppress(TwincheckError):
            self._queue.spoiled(job_id, why)

    def maybe(self, job_id: int, why: str) -> None:
        """Write "maybe"."""
        with suppress(TwincheckError):
            self._queue.maybe(job_id, why)

    def deferred(self, job_id: int, why: str) -> None:
        """Write "deferred"."""
        with suppress(TwincheckError):
            self._queue.deferred(job_id, why)

    def unsettled(self) -> tuple[PrintJob, ...]:
        """Return what is under way."""
        with suppress(TwincheckError):
            return self._queue.unsettled()
        return ()

    def set_remaining(self, claim: str) -> int:
        """Return how many papers of this set are still to print."""
        with suppress(TwincheckError):
            return self._queue.set_remaining(claim)
        return 0


class CounterQueue:
    """A :class:`hardware.printer.jobs.PrintQueue` round the station's, and the printer as staff handle it. Thread-safe.

    ``on_paused`` is told when a pause begins or ends. ``language`` is the staff's: that of the papers made for them.
    """

    def __init__(self, station: PrintQueue, composer: Moves, *, name: str, language: str = "en") -> None:
        self._station = station
        self._composer = composer
        self._language = speak(language)
        self._training: PrintQueue | None = None
        self._shift = self._shift_before = Shift()
        self._was_paused = False
        self._paused_since: float | None = None
        self._trials: deque[TrialJob] = deque()
        self._under_way: dict[int, TrialJob] = {}
        self._count = 0
        self._lock = threading.Lock()
        self.name = name
        self.is_paused = False
        self.wake: Callable[[], None] = lambda: None
        self.on_paused: Callable[[], None] = lambda: None

    # -- as staff handle it ---------------------------------------------------------------------------------------

    def pause(self, *, is_paused: bool) -> None:
        """Let no paper of the station go to the printer, or let them go again."""
        is_new, self.is_paused = is_paused != self.is_paused, is_paused
        if is_new:
            self._paused_since = None
            self.on_paused()
        self.wake()

    def end_old_pause(self, now: float) -> None:
        """End a pause that was forgotten. To be called now and then; the first call that meets a pause begins to count.

        A printer that is open or empty then says so itself, and prints nothing.
        """
        if not self.is_paused:
            return
        if self._paused_since is None:
            self._paused_since = now
        elif now - self._paused_since >= LONGEST_PAUSE_S:
            self.pause(is_paused=False)

    def print_trial(self, shift: Shift, *, ruler: bool, is_tried: bool) -> None:
        """Print a label that stands for nothing, before everything that waits, and while paused too."""
        title, lines = trial_words(shift, self._language.strings)
        label = TrialLabel(
            title=title,
            lines=lines,
            has_ruler=ruler,
            right=shift.right if is_tried else None,
            down=shift.down if is_tried else None,
            language=self._language.code,
        )
        with self._lock:
            self._count += 1
            self._trials.append(TrialJob(id=TRIAL_IDS + self._count, label=label))
        self.wake()

    def move(self, shift: Shift) -> None:
        """Print from now on so far to the right, and down."""
        self._shift = shift
        self._composer.move(shift.right, shift.down)

    def train(self, queue: PrintQueue | None) -> None:
        """Print a training desk's papers too, each marked; or, with None, no more of them.

        Then the printer is as it was before: what a trainee paused or moved concerns no shopper.
        """
        was_training = self._training is not None
        self._training = Forgiving(queue) if queue else None
        if queue and not was_training:
            self._shift_before, self._was_paused = self._shift, self.is_paused
        elif was_training and not queue:
            self.move(self._shift_before)
            self.pause(is_paused=self._was_paused)

    def word(self, own: str) -> str:
        """Return the printer's state in one word, as the kiosk tells it: ``own`` is the printer's own."""
        return "paused" if self.is_paused else own

    # -- as the spooler takes it ----------------------------------------------------------------------------------

    def next_job(self) -> PrintJob | None:
        """Return a trial label, else the next paper that is not held back by a pause."""
        with self._lock:
            if self._trials:
                return self._trials[0]
        if self.is_paused:
            return None
        training = self._training
        lesson = training.next_job() if training else None
        return self._as_training(lesson) if lesson else self._station.next_job()

    def begin(self, job_id: int, process_id: str) -> None:
        """Write "sending" where it counts."""
        if _is_trial(job_id):
            with self._lock:
                self._under_way[job_id] = self._trials.popleft()
            return
        queue, own = self._whose(job_id)
        if queue:
            queue.begin(own, process_id)

    def sent(self, job_id: int) -> None:
        """Write "awaiting proof" where it counts."""
        queue, own = self._whose(job_id)
        if queue:
            queue.sent(own)

    def printed(self, job_id: int, proof: str) -> None:
        """Write "printed" where it counts."""
        queue, own = self._settled(job_id)
        if queue:
            queue.printed(own, proof)

    def taken(self, job_id: int) -> None:
        """Write "taken" where it counts."""
        queue, own = self._whose(job_id)
        if queue:
            queue.taken(own)

    def spoiled(self, job_id: int, why: str) -> None:
        """Write "spoiled" where it counts; a trial label is not printed again by itself."""
        queue, own = self._settled(job_id)
        if queue:
            queue.spoiled(own, why)

    def maybe(self, job_id: int, why: str) -> None:
        """Write "maybe" where it counts."""
        queue, own = self._settled(job_id)
        if queue:
            queue.maybe(own, why)

    def deferred(self, job_id: int, why: str) -> None:
        """Write "deferred" where it counts; a trial label that cannot be drawn is dropped."""
        if _is_trial(job_id):
            with self._lock:
                self._trials.popleft()
            return
        queue, own = self._whose(job_id)
        if queue:
            queue.deferred(own, why)

    def unsettled(self) -> tuple[PrintJob, ...]:
        """Return what is under way, whoever left it so; of training only what is under way now."""
        with self._lock:
            trials = tuple(self._under_way.values())
        training = self._training
        lessons = tuple(self._as_training(job) for job in training.unsettled()) if training else ()
        return (*trials, *lessons, *self._station.unsettled())

    def set_remaining(self, claim: str) -> int:
        """Return how many papers of this set are still to print."""
        if not claim:
            return 1
        training = self._training
        return self._station.set_remaining(claim) or (training.set_remaining(claim) if training else 0)

    def _whose(self, job_id: int) -> tuple[PrintQueue | None, int]:
        """Return the queue that a job is of, and its number there; None where nobody is to be told."""
        if _is_trial(job_id):
            return None, job_id
        if job_id > TRAINING_IDS:
            return self._training, job_id - TRAINING_IDS
        return self._station, job_id

    def _settled(self, job_id: int) -> tuple[PrintQueue | None, int]:
        with self._lock:
            self._under_way.pop(job_id, None)
        return self._whose(job_id)

    def _as_training(self, job: PrintJob) -> TrialJob:
        """Return a paper of the training desk as it is printed: what it would be, without any code."""
        title, lines, band = training_words(job.kind, getattr(job.label, "product", ""), self._language.strings)
        label = TrialLabel(title=title, lines=lines, band=band, language=self._language.code)
        return TrialJob(id=TRAINING_IDS + job.id, label=label, claim=job.claim, kind=job.kind, copy=job.copy)


def _is_trial(job_id: int) -> bool:
    return TRIAL_IDS < job_id <= TRAINING_IDS
