"""The bridge's own threads: work that comes round again and again, and what was heard, written down in its order.

Nothing that fails ends a thread: a fault is logged once, shown, and tried again after a rest.
"""

import threading
from collections import deque
from collections.abc import Callable
from typing import Any, Final

import structlog

from sync.errors import JournalDown

AFTER_FAULT_S: Final = 5.0
MOST_HEARD: Final = 10_000
"""Scans that wait for a disk that fails; what comes then pushes the oldest out."""


class StandingBack:
    """Called before a piece of work that can wait: returns once ``count`` stands still, or after a while at most.

    So what is answered goes before what is only read, and the reading goes on however much there is to answer.
    """

    QUIET_S: Final = 0.005
    LONGEST: Final = 10
    """Looks, each after such a quiet: 50 ms in all."""

    def __init__(self, count: Callable[[], int]) -> None:
        self._count = count
        self._seen = 0
        self._never = threading.Event()

    def __call__(self) -> None:
        """Wait, if anything came since the last call."""
        for _ in range(self.LONGEST):
            before, self._seen = self._seen, self._count()
            if before == self._seen:
                return
            self._never.wait(self.QUIET_S)


class Rounds:
    """Calls ``work`` again and again on a thread of its own; it returns after how many seconds it wants to be called.

    ``fault`` is what the last call failed with, "" while it works.
    """

    def __init__(self, name: str, work: Callable[[], float], *, log: Any = None) -> None:  # noqa: ANN401  structlog's
        self.fault = ""
        self._work = work
        self._log = (log or structlog.get_logger()).bind(thread=name)
        self._called, self._stopping = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def wake(self) -> None:
        """Call at once. For any thread."""
        self._called.set()

    def stop(self, timeout_s: float = 30.0) -> None:
        """End after the call that is under way."""
        self._stopping.set()
        self._called.set()
        if self._thread.is_alive():
            self._thread.join(timeout_s)

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._called.clear()
            self._called.wait(self.once())

    def once(self) -> float:
        """Call here and now, where the thread does not run; return after how many seconds it wants to be called."""
        try:
            wait_s = self._work()
        except Exception as fault:  # noqa: BLE001  the job worker: a full disk, or a fault of ours, must not end it
            if not self.fault:
                self._log.exception("bridge.work_failed")
            self.fault = str(fault) or type(fault).__name__
            return AFTER_FAULT_S
        if self.fault:
            self._log.info("bridge.work_goes_on")
            self.fault = ""
        return wait_s


class Scribe:
    """Writes down what ears hear, in the order it was heard: the ears' own thread must not wait for a disk.

    ``work`` is tried again while the journal is down; whatever else it raises is logged, and the next one's turn comes.
    """

    def __init__(self) -> None:
        self._heard: deque[Callable[[], object]] = deque(maxlen=MOST_HEARD)
        self._rounds = Rounds("till-scribe", self._write)
        self.start = self._rounds.start

    @property
    def fault(self) -> str:
        """What the last writing failed with."""
        return self._rounds.fault

    def stop(self) -> None:
        """End when what was heard is written; what a journal that is down does not take is lost."""
        self._rounds.stop()
        left = len(self._heard) + 1
        while 0 < len(self._heard) < left:
            left = len(self._heard)
            self._rounds.once()

    def note(self, work: Callable[[], object]) -> None:
        """Have ``work`` done soon. For any thread."""
        self._heard.append(work)
        self._rounds.wake()

    def _write(self) -> float:
        while self._heard:
            work = self._heard.popleft()
            try:
                work()
            except JournalDown:
                self._heard.appendleft(work)
                return 1.0
        return 60.0
