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

MOST_COPIES: Final = 100
"""Of one label; a host that means more has lost count, and nobody wants to watch it."""

TOLD_BEFORE_TAKEN: Final = 3
"""Answers a host gets before a hand is there: a person is slower than a few questions."""


@dataclass(frozen=True, kw_only=True)
class Stock:
    """A roll: labels ``label_rows`` long with gaps (or marks) between them, or paper without an end of a label."""

    label_rows: int | None = None
    gap_rows: int = 24


@dataclass
class LabelPath:
    """The way of a label from the head to a hand; for the head's thread.

    ``printed`` is the odometer: it outlives the power. With ``takes_at_once`` someone stands there and takes a peeled
    label once the printer has told the host so a few times, so that a host can see it wait and be taken.
    """

    body: Body
    stock: Stock
    hand_out: HandOut = "tear"
    tracking: Tracking = "gap"
    reprints: bool = True
    takes_at_once: bool = True
    printed: int = 0
    _told: int = 0
    _delivered_with: Stock | None = None

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

    def wake_up(self) -> None:
        """Go back to what an installer saved: this roll's kind, tear-off, and an interrupted label printed again."""
        usual = self._delivered_with or self.stock
        self.hand_out, self.reprints = "tear", True
        self.tracking = "continuous" if usual.label_rows is None else "gap"

    def load(self, stock: Stock | None) -> None:
        """Put in another roll; None is the one it was delivered with. What could not be found is looked for again."""
        self._delivered_with = self._delivered_with or self.stock
        self.stock = stock or self._delivered_with
        self.body.feel(gap_lost=False)

    def leave(self, *, is_left: bool = True) -> None:
        """Let nobody take labels; or let somebody come, who takes what waits."""
        self.takes_at_once = not is_left
        if not is_left and self.body.senses.label_waiting:
            self.take()

    def asked(self) -> None:
        """Take the label that waits, if someone stands there: the host was just told that it does."""
        self._told += self.body.senses.label_waiting
        if self.takes_at_once and self._told >= TOLD_BEFORE_TAKEN:
            self.take()

    def take(self) -> None:
        """Take the label off the peel bar."""
        self._told = 0
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
