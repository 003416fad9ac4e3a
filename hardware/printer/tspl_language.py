"""TSPL as a printer language: asked, never telling by itself, and with one proof: the label that waits to be taken.

A TSC's answer carries neither a job's number nor a count, so only a printer with a peel sensor proves anything: nothing
waited before, one label was sent, and one waits now. Without it a label is *maybe*, and a person holds it under the
scanner.
"""

from dataclasses import replace
from typing import Final

from hardware.printer import tspl
from hardware.printer.counting import CountingLanguage
from hardware.printer.language import Document, Learnt, Question, Saying
from hardware.printer.raster import Raster, WhiteRows, in_bands
from hardware.printer.status import Paper, PrinterStatus
from hardware.printer.tspl_replies import FourBytes, TsplReplies

INTERVIEW: Final[tuple[Question, ...]] = (1, 2)
"""The same question twice. An answer has no number; but the second one cannot be older than the first question, so an
answer that an earlier label left on its way never speaks for the next."""

GAP_MM: Final = 3.0
"""Between two labels, or the height of their black mark: what is sold, and what LPrint tells such printers."""

NORMAL, PAUSED, FAILED, AWAITS_KEY, AWAITS_TAKING = 0x40, 0x60, 0x45, 0x4B, 0x4C
AT_WORK: Final = frozenset({0x42, 0x43, 0x46, 0x50, 0x57})
"""Backing up, cutting, feeding, printing, imaging."""


class Tspl(CountingLanguage):
    """TSPL as one profile speaks it; a :class:`hardware.printer.language.PrinterLanguage`."""

    @property
    def pulse(self) -> Question:
        """Return ``<ESC>!S``."""
        return INTERVIEW[0]

    @property
    def optional(self) -> frozenset[Question]:
        """Return nothing: there is one question, and every model that can be asked knows it."""
        return frozenset()

    def replies(self) -> TsplReplies:
        """Return a parser for one line."""
        return TsplReplies()

    def next_question(self, asked: tuple[Question, ...], known: PrinterStatus) -> Question | None:
        """Return ``<ESC>!S``, and then once more."""
        del known
        return INTERVIEW[len(asked)] if len(asked) < len(INTERVIEW) else None

    def ask(self, question: Question) -> bytes:
        """Return ``<ESC>!S``."""
        del question
        return tspl.ask_status()

    def learn(self, known: PrinterStatus, said: Saying, asked: Question | None) -> Learnt | None:
        """Return what an answer means; one nobody asked for means nothing."""
        if asked is None or not isinstance(said, FourBytes):
            return None
        return Learnt(status=after_four_bytes(known, said, feels_labels=self.profile.supports.peel), answers=True)

    def clear(self) -> bytes:
        """Return ``<ESC>!.``, and the end of a bitmap that may be half said.

        No manual says that cancelling ends one; and a bitmap that swallows the next label's beginning would have half
        a label printed, and its waiting at the peel bar taken for proof. So bands are kept low (``band_rows``).
        """
        return tspl.cancel() + self.end_command(self.profile.band_rows * self.profile.print_width_dots // 8)

    def recover(self) -> bytes:
        """Return what drops what was held, and ends a pause."""
        return self.clear() + tspl.end_pause()

    def end_command(self, missing: int) -> bytes:
        """Return white, and a line's end."""
        return tspl.end_command(missing)

    def label(self, raster: Raster) -> Document:
        """Return one label: what it is and how it is handed out, its inked bands, and the order to print it."""
        bands = tuple(b"".join(tspl.bitmaps(band, y)) for y, band in self._inked(raster))
        return (self._head(raster), *bands, tspl.print_label())

    def discard(self) -> bytes:
        """Return what feeds to the next label."""
        return tspl.feed_label()

    def _inked(self, raster: Raster) -> list[tuple[int, Raster]]:
        y, inked = 0, list[tuple[int, Raster]]()
        for band in in_bands(raster, self.profile.band_rows):
            if isinstance(band, WhiteRows):
                y += band.count
            else:
                inked.append((y, band))
                y += band.height
        return inked

    def _head(self, raster: Raster) -> bytes:
        per_mm = self.profile.dots_per_mm
        return (
            tspl.size(raster.width / per_mm, raster.height / per_mm)
            + self._tracking()
            + tspl.origin()
            + tspl.hand_out(self._hand_out())
            + tspl.reprint(is_on=False)
            + tspl.clear_image()
        )

    def _tracking(self) -> bytes:
        if self.profile.media == "black_mark":
            return tspl.black_mark(GAP_MM)
        return tspl.gap(0 if self.profile.media == "continuous" else GAP_MM)

    def _hand_out(self) -> tspl.HandOut:
        if self.profile.supports.peel:
            return "peel"
        return "tear" if self.profile.supports.cutter == "none" else "cut"


def after_four_bytes(status: PrinterStatus, said: FourBytes, *, feels_labels: bool) -> PrinterStatus:
    """Fold in an answer to ``<ESC>!S`` (manual p. 85; the paper-low bit is of later firmware)."""
    is_idle = said.message in (NORMAL, AWAITS_TAKING)
    paper: Paper = "out" if said.media & 0x01 else "near_end" if said.warning & 0x01 else "ok"
    errors = {
        "mechanical": said.media & 0x0E,  # a jam, also a gap that is not there, and the ribbon
        "cutter": said.machine & 0x08,
        "head_hot": said.machine & 0x03,
        "unrecoverable": said.machine & 0x14,
    }
    return replace(
        status,
        paper=paper,
        cover_open=bool(said.media & 0x20),
        offline=said.message in (PAUSED, FAILED, AWAITS_KEY),
        errors=frozenset(name for name, bits in errors.items() if bits),
        held=0 if is_idle else 1 if said.message in AT_WORK else None,
        label_waiting=said.message == AWAITS_TAKING if feels_labels else None,
    )
