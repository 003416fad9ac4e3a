"""What is known of a printer: four-valued paper, and every other thing that may also be unknown.

Silence is *unknown*. A library that reads silence as "no paper", or as "plenty", makes a kiosk lie
(research/hardware.md 0, finding 1); so nothing here has a value until the printer said it.
"""

from dataclasses import dataclass
from typing import Literal

Paper = Literal["ok", "near_end", "out", "unknown"]
StatusWord = Literal["ready", "near_end", "paper_out", "cover_open", "error", "offline", "unknown"]
"""One word for a screen, the worst first told."""

ERRORS = {
    "mechanical": "a jam in its mechanism",
    "cutter": "a jam at the cutter",
    "unrecoverable": "a fault it cannot leave by itself",
    "head_hot": "a hot print head",
    "ribbon": "the end of its ribbon",
    "stock": "labels it cannot find: another roll than it is set for",
}
"""The causes a printer can name, as a person would say them."""


PASSING = frozenset({"head_hot"})
"""Errors a printer pauses for and gets over by itself: nothing is spoilt by waiting."""


@dataclass(frozen=True, kw_only=True)
class PrinterStatus:
    """What the printer last said about itself; ``None`` and ``unknown`` mean that it said nothing yet.

    ``count`` is how many labels it ever printed, ``held`` how many it still holds, ``label_waiting`` whether one waits
    at the peel bar to be taken: of printers that say so.
    """

    connected: bool = False
    paper: Paper = "unknown"
    cover_open: bool | None = None
    offline: bool | None = None
    errors: frozenset[str] = frozenset()
    count: int | None = None
    held: int | None = None
    label_waiting: bool | None = None

    @property
    def word(self) -> StatusWord:
        """The one thing a person should know first."""
        claims: tuple[tuple[bool, StatusWord], ...] = (
            (not self.connected, "offline"),
            (bool(self.cover_open), "cover_open"),
            (self.paper == "out", "paper_out"),
            (bool(self.errors), "error"),
            (bool(self.offline), "offline"),
            (self.paper == "near_end", "near_end"),
            (self.paper == "unknown" and self.offline is None, "unknown"),
        )
        for is_true, word in claims:
            if is_true:
                return word
        return "ready"

    @property
    def fault(self) -> str | None:
        """The known cause that stops or spoils a print, in words; ``None`` where none is known."""
        if self.cover_open:
            return "the printer's cover was open"
        if self.paper == "out":
            return "the printer ran out of paper"
        lasting = sorted(self.errors - PASSING)
        return "the printer reported " + " and ".join(ERRORS[error] for error in lasting) if lasting else None
