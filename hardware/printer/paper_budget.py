"""Whether what is left of a roll near its end is enough for one more set.

A sensor says only "near the end", a shop knows what that means on its printer: so many millimetres. With them a set
that could not be finished is not begun, and nobody waits in front of half of it. Without, the sensor is a notice.
What runs out all the same is no loss: the copy is voided and printed again (DESIGN 5F, O17).
"""

from collections.abc import Callable

from hardware.printer.status import Paper
from photocore.label import PackageLabel, QueuedLabel, RollLabel
from photocore.label import Paper as PrintedPaper

RECEIPT_MM = 150
"""What a receipt takes, rather too much: its length hangs on its words."""


class PaperBudget:
    """Counts the millimetres used since the roll's end came near; a restart begins the count again.

    ``near_end_mm`` is what the sensor leaves, None where nobody measured it; ``label_mm`` says how long a label is.
    """

    def __init__(self, near_end_mm: float | None, label_mm: Callable[[QueuedLabel], float]) -> None:
        self._near_end_mm = near_end_mm
        self._label_mm = label_mm
        self._used_mm = 0.0

    def lasts_for(self, paper: Paper, first: PrintedPaper, labels: int) -> bool:
        """Say whether a set of ``labels`` labels like ``first`` and its receipt can be begun on this paper."""
        if self._near_end_mm is None or paper != "near_end":
            return True
        rolls_mm = labels * self._label_mm(first) if isinstance(first, RollLabel) else 0
        return self._used_mm + rolls_mm + self._last_mm(first) <= self._near_end_mm

    def spend(self, paper: Paper, printed: PrintedPaper) -> None:
        """Count one print; full paper means that a new roll is in."""
        if paper == "ok":
            self._used_mm = 0.0
        elif self._near_end_mm is not None:
            if isinstance(printed, QueuedLabel):
                self._used_mm += self._label_mm(printed)
            else:
                self._used_mm += RECEIPT_MM

    def _last_mm(self, first: PrintedPaper) -> float:
        """Return what ends the set: a receipt, or the package label of one that was made up, whichever may come."""
        return self._label_mm(first) if isinstance(first, PackageLabel) else RECEIPT_MM
