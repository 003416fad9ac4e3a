"""What is loaded in a virtual label printer, and how a label leaves it: on its liner, cut, or peeled and taken.

Label printers differ from receipt printers in what a stop does: a label that was interrupted is given up, and printed
again from its start when the cause is gone, unless the host said otherwise (ZPL ``^JZ``, TSPL ``SET REPRINT``).
"""

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from hardware.virtual.paper import Rows
from hardware.virtual.printer_tongue import Body

HandOut = Literal["tear", "peel", "cut"]
Tracking = Literal["gap", "continuous"]

SEARCHED_LENGTHS: Final = 2
"""Label lengths a printer feeds in search of the next gap before it gives up (from memory of both makers' manuals)."""


@dataclass(frozen=True, kw_only=True)
class Stock:
    """A roll: labels ``label_rows`` long with gaps (or marks) between them, or paper without an end of a label."""

    label_rows: int | None = None
    gap_rows: int = 24


@dataclass
class LabelPath:
    """The way of a label from the head to a hand; for the head's thread.

    ``printed`` is the odometer: it outlives the power. With ``takes_at_once`` someone stands there and takes a peeled
    label as soon as the printer has told the host that it waits, so that a host can see it wait and be taken.
    """

    body: Body
    stock: Stock
    hand_out: HandOut = "tear"
    tracking: Tracking = "gap"
    reprints: bool = True
    takes_at_once: bool = True
    printed: int = 0

    def print(self, image: Rows, drops: int) -> None:
        """Print one label and hand it out; the odometer counts it when it is out."""
        body = self.body
        body.await_taken(drops)
        body.part("torn")  # what a power cut left hanging is fed out first
        while not self._put_on_stock(image, drops):
            body.part("torn")
            if not self.reprints:
                return
        if self.tracking == "gap" and self.stock.label_rows is None:
            self._search_gap(image, drops)
        if self.hand_out == "cut":
            body.cut(drops)
        elif self.hand_out == "tear":
            body.part("fed")
        self.printed += 1
        body.feel(label_waiting=self.hand_out == "peel")

    def feed(self, rows: int, drops: int) -> None:
        """Bring the next label to its place: what hangs out is fed out, else a blank label is."""
        if not self.body.part("torn"):
            length = rows if self.stock.label_rows is None else self.stock.label_rows
            self.body.lay(np.zeros((length, 1), dtype=np.uint8), drops)
            self.body.part("fed")

    def asked(self) -> None:
        """Take the label that waits, if someone stands there: the host was just told that it does."""
        if self.takes_at_once and self.body.senses.label_waiting:
            self.take()

    def take(self) -> None:
        """Take the label off the peel bar."""
        self.body.part("peeled")
        self.body.feel(label_waiting=False)

    def _put_on_stock(self, image: Rows, drops: int) -> bool:
        """Print the image on as many of the loaded labels as it covers; say no if it was interrupted."""
        length = self.stock.label_rows if self.tracking == "gap" else None
        if length is None:
            return self.body.lay_at_once(image, drops)
        pitch = length + self.stock.gap_rows
        starts = range(0, max(1, len(image)), pitch)
        for start in starts:
            part = image[start : start + length]
            blank = np.zeros((length - len(part), image.shape[1]), dtype=np.uint8)
            if not self.body.lay_at_once(np.concatenate((part, blank)), drops):
                return False
            if start != starts[-1]:
                self.body.part("fed")  # the gap, and what was printed on the liner, is nobody's label
        return True

    def _search_gap(self, image: Rows, drops: int) -> None:
        """Feed in search of a gap that is not there, and stop with an error until the right roll is in."""
        blank = np.zeros((len(image) * SEARCHED_LENGTHS, image.shape[1]), dtype=np.uint8)
        self.body.lay(blank, drops)
        self.body.part("torn")
        self.body.feel(gap_lost=True)
        self.body.stand_ready(drops)
