"""What the virtual printer feels, and the status bytes it makes of that (research/standards.md 3.1)."""

from dataclasses import dataclass
from typing import Final

FIXED_ANSWER: Final = 0x12
FIXED_REPORT: Final = 0x10


@dataclass
class Senses:
    """The sensors and errors of one printer, as plain switches."""

    cover_open: bool = False
    near_end: bool = False
    paper_out: bool = False
    cutter_jam: bool = False

    @property
    def is_stopped(self) -> bool:
        """Say whether nothing can be printed now."""
        return self.cover_open or self.paper_out or self.cutter_jam

    def answer(self, what: int) -> int:
        """Return the byte that answers ``DLE EOT what``."""
        bits = {
            1: 0x08 * self.is_stopped,
            2: 0x04 * self.cover_open | 0x20 * self.paper_out | 0x40 * self.cutter_jam,
            3: 0x08 * self.cutter_jam,
            4: 0x0C * self.near_end | 0x60 * self.paper_out,
        }[what]
        return FIXED_ANSWER | bits

    def report(self) -> bytes:
        """Return the four bytes of an automatic report."""
        printer = FIXED_REPORT | 0x08 * self.is_stopped | 0x20 * self.cover_open
        paper = 0x03 * self.near_end | 0x0C * self.paper_out
        return bytes((printer, 0x08 * self.cutter_jam, paper, 0x00))
