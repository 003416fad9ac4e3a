"""A counter with a printer on it: a virtual printer of any profile, a queue and a spooler at work, and a judge.

The judge holds every word the spooler says against the paper: *printed* is one whole label, each roll has one copy that
counts, and no copy came out twice.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Final

import numpy as np

from hardware.printer.line import ANSWER_WAIT_S
from hardware.printer.profile import PrinterProfile
from hardware.printer.session import PrinterSession
from hardware.spooler import Spooler
from hardware.testing_bench import StripComposer
from hardware.testing_printer import BANDS, PaperPiece
from hardware.testing_printing import FakePrintQueue, State
from hardware.virtual.paper import Piece
from hardware.virtual.printer import VirtualPrinter
from photocore.host import SystemClock
from photocore.ids import ItemId
from photocore.label import RollLabel

PATIENT_S: Final = 30.0


class PrintingCounter:
    """A printer, a queue and a spooler at work; use it as a context."""

    def __init__(
        self, printer: VirtualPrinter, profile: PrinterProfile, *, answer_wait_s: float = ANSWER_WAIT_S
    ) -> None:
        self.printer, self.profile, self.queue = printer, profile, FakePrintQueue()
        self.words: list[str] = []
        self.session = PrinterSession(printer.url, profile, SystemClock(), answer_wait_s=answer_wait_s)
        self.spooler = Spooler(
            queue=self.queue, session=self.session, composer=StripComposer(profile), on_status=self.words.append
        )

    def __enter__(self) -> "PrintingCounter":
        self.printer.start()
        self.spooler.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.spooler.stop()
        self.printer.stop()

    def print(self, first: int, count: int = 1) -> None:
        """Queue labels, numbered from ``first``, as one set."""
        self.queue.add(f"c{first}", labels(first, count))
        self.spooler.wake()

    def settle(self, eventually: Callable[..., None]) -> State:
        """Wait until nothing is on its way any more; return what became of the last label."""
        eventually(lambda: self.queue.wait_until_settled(0.1), within=PATIENT_S)
        return self.queue.states[max(self.queue.states)]

    @property
    def papers(self) -> Counter[str]:
        """The whole labels on paper, by copy; what hangs out counts, as some printers cut nothing."""
        margin = self.profile.margin_dots if self.printer.paper.margin else 0
        pieces = (*self.printer.pieces, self.printer.paper.hanging)
        return Counter(copy for piece in pieces for copy in copies_on(piece, margin))

    def judge(self) -> None:
        """Hold the queue against the paper.

        Raises:
            AssertionError: a word goes beyond the paper, or a copy came out twice.
        """
        papers, states = self.papers, self.queue.states
        jobs = list(self.queue.jobs.values())
        _demand(all(count == 1 for count in papers.values()), papers)
        _demand(all(papers[job.copy] == 1 for job in jobs if states[job.id] == "printed"), self.queue.history)
        rolls = [(job.label.roll, states[job.id]) for job in jobs if isinstance(job.label, RollLabel)]
        standing = Counter(roll for roll, state in rolls if state in ("printed", "maybe"))
        _demand(standing == {roll: 1 for roll, _ in rolls}, self.queue.history)


def labels(first: int, count: int) -> list[RollLabel]:
    """Return labels of different rolls, numbered from ``first``."""
    return [
        RollLabel(roll=ItemId(f"(01)09501101530003(21)7H3K9QX2M{number}"), number=number, of=9, copy=f"AAAAA{number}")
        for number in range(first, first + count)
    ]


def copies_on(piece: Piece, margin: int = 0) -> list[str]:
    """Return the whole labels of a :class:`StripComposer` on a piece of paper, read from its dots."""
    packed = np.packbits(piece.rows[:, margin : piece.rows.shape[1] - margin], axis=1)
    rows = [row.tobytes().partition(b";")[0].decode("latin-1") for row in packed]
    return PaperPiece(strips=list(_strips(rows))).whole_copies()


def _strips(rows: list[str]) -> Iterable[str]:
    for at, text in enumerate(rows):
        if text.isprintable() and text.endswith(f"/{BANDS}") and (at == 0 or rows[at - 1] != text):
            yield text


def _demand(is_so: bool, told: object) -> None:
    if not is_so:
        raise AssertionError(told)
