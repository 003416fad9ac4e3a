"""One job's way to paper, and the best that is known of it at every moment.

It outlives a journal that fails. What was learnt of a label, a proof or a cause, is kept here until the queue has
taken it: a disk that refuses one write must neither leave a label "sending" for ever nor turn a proven one into a
"maybe" (DESIGN 5F).
"""

import threading
from typing import Final, Generic, TypeVar

from hardware.printer.delivery import Delivery, Fate
from hardware.printer.document import Document
from hardware.printer.session import PrinterSession

Job = TypeVar("Job")

NOT_SENT: Final = Fate(word="unsent", why="the station's disk failed before the label was sent")
BROKEN_OFF: Final = Fate(word="maybe", why="a fault of the station's own broke the label off")


class Attempt(Generic[Job]):
    """A job with its process id, its delivery, and its ``fate`` so far; the printer's proof is awaited from the start.

    Until :meth:`begun`, nothing has left us, whatever the disk says of it; after that a fault of our own is a "maybe".
    """

    def __init__(self, job: Job, process_id: str, session: PrinterSession, stopping: threading.Event) -> None:
        self.job = job
        self.process_id = process_id
        self.fate = NOT_SENT
        self._delivery = Delivery(session, process_id, stopping)

    def begun(self) -> None:
        """Note that "sending" is on disk."""
        self.fate = BROKEN_OFF

    def send(self, document: Document) -> Fate:
        """Send all of it, as far as the printer takes it."""
        self.fate = self._delivery.send(document)
        return self.fate

    def find_out(self) -> Fate:
        """Return the last word on it; after everything was sent, that is waited for. May be asked again."""
        if self.fate.word == "sent":
            self.fate = self._delivery.find_out()
        return self.fate
