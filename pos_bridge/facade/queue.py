"""Two queues before one printer: a till's pieces of paper, and the labels of the station.

The spooler owns the printer's session and takes one job after the other, so nothing can come between the first byte of
a job and its last. A till's piece is such a job, taken before the next label; it stands in no journal, for the till
itself prints it again if it must. What the station's own queue is told passes through unchanged.
"""

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

from hardware.printer.jobs import PrintJob, PrintQueue
from hardware.printer.language import Document
from photocore.label import Paper
from pos_bridge.errors import BridgeError
from pos_bridge.facade.paper import TillPaper

TILL_IDS: Final = 48_000_000
"""A till's jobs count from here, where no station's own job comes to (:data:`kiosk.counter_queue.TRIAL_IDS`)."""
MOST_WAITING: Final = 32


class TakenBack(BridgeError):
    """A job is not there any more."""


@dataclass(frozen=True, kw_only=True)
class TillJob:
    """A piece of a till's paper, as the spooler wants its jobs."""

    id: int
    label: Paper
    on_end: Callable[[Literal["printed", "spoiled", "maybe"], str], object]
    claim: str = ""
    kind: Literal["roll", "package", "receipt"] = "receipt"
    copy: str = ""


class TillQueue:
    """A :class:`hardware.printer.jobs.PrintQueue` round the station's, or alone. Thread-safe.

    ``look`` is called whenever the spooler looks for work: paper that nobody cut comes out then.
    """

    def __init__(self, station: PrintQueue | None = None, look: Callable[[], object] = lambda: None) -> None:
        self._station = station
        self._waiting: deque[TillJob] = deque()
        self._under_way: dict[int, TillJob] = {}
        self._count = 0
        self._lock = threading.Lock()
        self.look = look
        self.wake: Callable[[], object] = lambda: None

    # -- as a till uses it --------------------------------------------------------------------------------------------

    def put(self, document: Document, on_end: Callable[[Literal["printed", "spoiled", "maybe"], str], object]) -> int:
        """Queue a piece and return its number, or 0 if too many wait; ``on_end`` hears once what became of it."""
        with self._lock:
            if len(self._waiting) >= MOST_WAITING:
                return 0
            self._count += 1
            job = TillJob(id=TILL_IDS + self._count, label=TillPaper(title="", document=document), on_end=on_end)
            self._waiting.append(job)
        self.wake()
        return job.id

    def take_back(self, job_id: int) -> bool:
        """Withdraw a piece whose first byte has not gone out; say whether that was so."""
        with self._lock:
            found = next((job for job in self._waiting if job.id == job_id), None)
            if found is not None:
                self._waiting.remove(found)
        return found is not None

    # -- as the spooler uses it ---------------------------------------------------------------------------------------

    def next_job(self) -> PrintJob | None:
        """Return a till's piece, else the station's next."""
        self.look()
        with self._lock:
            if self._waiting:
                return self._waiting[0]
        return self._station.next_job() if self._station else None

    def begin(self, job_id: int, process_id: str) -> None:
        """Write "sending" where it counts; a piece that was taken back meanwhile is no longer there."""
        if not _is_till(job_id):
            self._of_station().begin(job_id, process_id)
            return
        with self._lock:
            if not self._waiting or self._waiting[0].id != job_id:
                raise TakenBack("the till took it back")
            self._under_way[job_id] = self._waiting.popleft()

    def sent(self, job_id: int) -> None:
        """Write "awaiting proof" where it counts."""
        if not _is_till(job_id):
            self._of_station().sent(job_id)

    def printed(self, job_id: int, proof: str) -> None:
        """Write "printed" where it counts, or tell the till."""
        if _is_till(job_id):
            self._ended(job_id, "printed", proof)
        else:
            self._of_station().printed(job_id, proof)

    def taken(self, job_id: int) -> None:
        """Write "taken" where it counts."""
        if not _is_till(job_id):
            self._of_station().taken(job_id)

    def spoiled(self, job_id: int, why: str) -> None:
        """Write "spoiled" where it counts, or tell the till, which prints it again if it wants to."""
        if _is_till(job_id):
            self._ended(job_id, "spoiled", why)
        else:
            self._of_station().spoiled(job_id, why)

    def maybe(self, job_id: int, why: str) -> None:
        """Write "maybe" where it counts, or tell the till."""
        if _is_till(job_id):
            self._ended(job_id, "maybe", why)
        else:
            self._of_station().maybe(job_id, why)

    def deferred(self, job_id: int, why: str) -> None:
        """Write "deferred" where it counts; of a till nothing is deferred, as it was composed before."""
        if not _is_till(job_id):
            self._of_station().deferred(job_id, why)
            return
        with self._lock:
            job = next((job for job in self._waiting if job.id == job_id), None)
            if job is not None:
                self._waiting.remove(job)
        if job is not None:
            job.on_end("spoiled", why)

    def unsettled(self) -> tuple[PrintJob, ...]:
        """Return what is under way, whoever left it so; of a till only what is under way now."""
        with self._lock:
            ours = tuple(self._under_way.values())
        return (*ours, *(self._station.unsettled() if self._station else ()))

    def set_remaining(self, claim: str) -> int:
        """Return how many papers of this set are still to print."""
        return self._station.set_remaining(claim) if claim and self._station else 1

    def _ended(self, job_id: int, word: Literal["printed", "spoiled", "maybe"], why: str) -> None:
        with self._lock:
            job = self._under_way.pop(job_id, None)
        if job is not None:
            job.on_end(word, why)

    def _of_station(self) -> PrintQueue:
        if self._station is None:
            raise TakenBack("a printer of a till's own has no station's jobs")
        return self._station


def _is_till(job_id: int) -> bool:
    return job_id > TILL_IDS
