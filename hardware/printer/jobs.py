"""What the spooler needs of others: a durable queue of jobs, and someone who makes bytes of what is to be printed.

``sync`` has the queue and ``hardware.render`` the composer; neither is imported here, both fit by shape.
"""

from typing import Literal, Protocol

from hardware.printer.document import Document
from photocore.label import Paper, QueuedLabel


class PrintJob(Protocol):
    """One copy to print. ``id`` is unique for ever on this station and counts from 1: it becomes the process id."""

    @property
    def id(self) -> int:
        """The job's number, and so its process id."""
        ...

    @property
    def claim(self) -> str:
        """The claim it belongs to."""
        ...

    @property
    def kind(self) -> Literal["roll", "package", "receipt", "bag", "twin", "stub"]:
        """What it is."""
        ...

    @property
    def label(self) -> Paper:
        """What it says."""
        ...

    @property
    def copy(self) -> str:
        """The copy ID on it."""
        ...


class PrintQueue(Protocol):
    """Where jobs come from and where their fate is written, durably, before each call returns.

    The order is the queue's: a set's roll labels, new copies of spoilt ones too, come before its package label and its
    receipt.

    A copy may be decided by others while the printer is at it: an undo voids it, a person scans it. Our late ``sent``,
    ``printed``, ``taken``, ``maybe`` or ``spoiled`` of such a copy changes nothing, and is no error.
    """

    def next_job(self) -> PrintJob | None:
        """Return the next queued job, or None."""
        ...

    def begin(self, job_id: int, process_id: str) -> None:
        """Write "sending"; on disk before this returns, since the first byte goes out next.

        Raises:
            TwincheckError: the copy was voided meanwhile (then it is no longer ``next_job``), or the disk fails.
        """
        ...

    def sent(self, job_id: int) -> None:
        """Write "awaiting proof": all bytes went out."""
        ...

    def printed(self, job_id: int, proof: str) -> None:
        """Write "printed", with what proves it."""
        ...

    def taken(self, job_id: int) -> None:
        """Write "taken": it was printed, and is gone from the peel bar."""
        ...

    def spoiled(self, job_id: int, why: str) -> None:
        """Write "spoiled"; in the same commit void that copy, make a new one and queue it."""
        ...

    def maybe(self, job_id: int, why: str) -> None:
        """Write "maybe": a person, or a scan of the label, decides."""
        ...

    def deferred(self, job_id: int, why: str) -> None:
        """Write "deferred": this printer cannot print it; nothing was sent."""
        ...

    def unsettled(self) -> tuple[PrintJob, ...]:
        """Return what is "sending" or "awaiting proof", whoever left it so."""
        ...

    def set_remaining(self, claim: str) -> int:
        """Return how many labels of this claim are still to print."""
        ...


class Composer(Protocol):
    """Makes bytes of what is to be printed."""

    def compose(self, printable: Paper) -> Document:
        """Return the document for this printer.

        Raises:
            LabelUndrawable, CodeError: it cannot stand on this paper truly.
        """
        ...

    def label_mm(self, label: QueuedLabel) -> float:
        """Return the paper a label takes, to the cut."""
        ...
