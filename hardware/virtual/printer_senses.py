"""What the virtual printer feels, and the ESC/POS status bytes it makes of that (research/standards.md 3.1)."""

from dataclasses import dataclass
from typing import Final

FIXED_ANSWER: Final = 0x12
FIXED_REPORT: Final = 0x10


@dataclass
class Senses:
    """The sensors and errors of one printer, as plain switches.

    The last three are a label printer's: ``gap_lost`` has it look in vain for the next label's beginning,
    ``label_waiting`` says that a peeled label was not taken yet, ``is_paused`` that someone pressed pause.
    """

    cover_open: bool = False
    near_end: bool = False
    paper_out: bool = False
    cutter_jam: bool = False
    head_hot: bool = False
    gap_lost: bool = False
    label_waiting: bool = False
    is_paused: bool = False

    @property
    def is_stopped(self) -> bool:
        """Say whether nothing can be printed now."""
        return self.is_interrupted or self.head_hot or self.is_paused

    @property
    def is_interrupted(self) -> bool:
        """Say whether even a label that moves is stopped; a pause, or a hot head, lets that one be finished."""
        return self.cover_open or self.paper_out or self.cutter_jam or self.gap_lost

    def answer(self, what: int) -> int:
        """Return the byte that answers ``DLE EOT what``."""
        bits = {
            1: 0x08 * self.is_stopped,
            2: 0x04 * self.cover_open | 0x20 * self.paper_out | 0x40 * (self.cutter_jam or self.head_hot),
            3: 0x08 * self.cutter_jam | 0x40 * self.head_hot,
            4: 0x0C * self.near_end | 0x60 * self.paper_out,
        }[what]
        return FIXED_ANSWER | bits

    def report(self) -> bytes:
        """Return the four bytes of an automatic report."""
        printer = FIXED_REPORT | 0x08 * self.is_stopped | 0x20 * self.cover_open
        paper = 0x03 * self.near_end | 0x0C * self.paper_out
        return bytes((printer, 0x08 * self.cutter_jam | 0x40 * self.head_hot, paper, 0x00))
