"""The label at the peel bar: held out to a hand, and noted as taken when it is gone (DESIGN 5F).

Only a printer with a sensor there tells. It holds the next label back meanwhile, and so do we: what is sent to it now
would wait with its proof for as long as somebody is busy.
"""

from collections.abc import Callable

from hardware.printer.jobs import PrintJob, PrintQueue
from hardware.printer.session import PrinterSession


class PeelBar:
    """Knows which job's label waits to be taken; ``on_change`` gets it after it was."""

    def __init__(self, session: PrinterSession, queue: PrintQueue, on_change: Callable[[PrintJob], object]) -> None:
        self._session = session
        self._queue = queue
        self._on_change = on_change
        self._job: PrintJob | None = None

    @property
    def holds_back(self) -> bool:
        """Say whether a label waits, whoever's it is."""
        return bool(self._session.status.label_waiting)

    @property
    def is_watched(self) -> bool:
        """Say whether a label of ours was held out and is not yet known to be taken."""
        return self._job is not None

    def hold_out(self, job: PrintJob) -> None:
        """Note that ``job`` was printed; at a printer without a bar that is all there is to know."""
        self._job = job if self._session.status.label_waiting is not None else None

    def look(self) -> None:
        """Write "taken" if nothing waits any more."""
        job = self._job
        if job is not None and self._session.status.label_waiting is False:
            self._queue.taken(job.id)
            self._job = None
            self._on_change(job)
