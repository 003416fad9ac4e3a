"""What is known of a printer: four-valued paper, and every other thing that may also be unknown.

Silence is *unknown*. A library that reads silence as "no paper", or as "plenty", makes a kiosk lie
(research/hardware.md 0, finding 1); so nothing here has a value until the printer said it.
"""

from dataclasses import dataclass, replace
from typing import Literal

from hardware.printer import escpos

Paper = Literal["ok", "near_end", "out", "unknown"]
StatusWord = Literal["ready", "near_end", "paper_out", "cover_open", "error", "offline", "unknown"]
"""One word for a screen, the worst first told."""

ERRORS = {
    "mechanical": "a jam in its mechanism",
    "cutter": "a jam at the cutter",
    "unrecoverable": "a fault it cannot leave by itself",
    "head_hot": "a hot print head",
}
"""The causes a printer can name, as a person would say them."""


PASSING = frozenset({"head_hot"})
"""Errors a printer pauses for and gets over by itself: nothing is spoilt by waiting."""


@dataclass(frozen=True, kw_only=True)
class PrinterStatus:
    """What the printer last said about itself; ``None`` and ``unknown`` mean that it said nothing yet."""

    connected: bool = False
    paper: Paper = "unknown"
    cover_open: bool | None = None
    offline: bool | None = None
    errors: frozenset[str] = frozenset()

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


def after_report(status: PrinterStatus, report: bytes) -> PrinterStatus:
    """Fold in the four bytes of an automatic report (research/standards.md 3.1)."""
    printer, errors, paper = report[0], report[1], report[2]
    return replace(
        status,
        offline=bool(printer & 0x08),
        cover_open=bool(printer & 0x20),
        errors=_errors(errors, mechanical=0x04, cutter=0x08, unrecoverable=0x20, head_hot=0x40),
        paper=_paper(near=paper & 0x03, out=paper & 0x0C),
    )


def after_answer(status: PrinterStatus, asked: int, byte: int) -> PrinterStatus:
    """Fold in the answer to ``DLE EOT asked``."""
    if asked == escpos.DLE_EOT_PRINTER:
        return replace(status, offline=bool(byte & 0x08))
    if asked == escpos.DLE_EOT_OFFLINE:
        paper: Paper = "out" if byte & 0x20 else status.paper
        return replace(status, cover_open=bool(byte & 0x04), paper=paper)
    if asked == escpos.DLE_EOT_ERROR:
        errors = _errors(byte, mechanical=0x04, cutter=0x08, unrecoverable=0x20, head_hot=0x40)
        return replace(status, errors=errors)
    return replace(status, paper=_paper(near=byte & 0x0C, out=byte & 0x60))


def _errors(byte: int, **bits: int) -> frozenset[str]:
    return frozenset(name for name, bit in bits.items() if byte & bit)


def _paper(*, near: int, out: int) -> Paper:
    if out:
        return "out"
    return "near_end" if near else "ok"
