"""ZPL II as a printer language: asked, never telling by itself; it proves a label by its odometer or its peel sensor.

A Zebra echoes no id. What it says is how many labels it ever printed, what it still holds, and whether a label waits at
the peel bar: enough for one label at a time (:mod:`.proofs`). A whole label is one piece, since nothing but ZPL may
stand inside a format (guide, About SGD Printer Commands), and a ``~`` in a picture ends it.
"""

from dataclasses import replace
from typing import Final

from hardware.printer import zpl
from hardware.printer.counting import CountingLanguage
from hardware.printer.language import Document, Learnt, Question, Saying
from hardware.printer.raster import Raster
from hardware.printer.status import Paper, PrinterStatus
from hardware.printer.zpl_replies import ErrorStatus, HostStatus, Quoted, ZplReplies

ERRORS, ODOMETER, HOST = 1, 2, 3
ASKED: Final[dict[Question, bytes]] = {ERRORS: zpl.ERROR_STATUS, ODOMETER: zpl.ODOMETER, HOST: zpl.HOST_STATUS}

MEDIA_OUT, RIBBON_OUT, HEAD_OPEN, CUTTER, HEAD_HOT, MOTOR_HOT, PAUSED = 0x1, 0x2, 0x4, 0x8, 0x10, 0x20, 0x10000
NAMED: Final = MEDIA_OUT | RIBBON_OUT | HEAD_OPEN | CUTTER | HEAD_HOT | MOTOR_HOT | PAUSED
NEAR_END: Final = 0x8
"""Bits of ``~HQES`` (guide, ~HQ; research/standards.md 3.6). One that has no name here stops printing all the same."""

MOST_DIGITS: Final = 12


class Zpl(CountingLanguage):
    """ZPL II as one profile speaks it; a :class:`hardware.printer.language.PrinterLanguage`."""

    @property
    def pulse(self) -> Question:
        """Return the question that is answered in every state."""
        return ERRORS

    @property
    def optional(self) -> frozenset[Question]:
        """Return errors and odometer: older firmware knows neither."""
        return frozenset({ERRORS, ODOMETER})

    def replies(self) -> ZplReplies:
        """Return a parser for one line."""
        return ZplReplies()

    def next_question(self, asked: tuple[Question, ...], known: PrinterStatus) -> Question | None:
        """Return errors first, then the odometer, and last what is held.

        A printer with an error may leave ``~HS`` unanswered (guide, ~HS), so nothing more is asked of it. And only what
        is held *after* the count was read tells whether that count is of our label.
        """
        wanted = (ERRORS, ODOMETER, HOST) if "odometer" in self.profile.confirms_by else (ERRORS, HOST)
        stands_still = bool(known.offline) and asked == (ERRORS,)
        return None if stands_still or len(asked) == len(wanted) else wanted[len(asked)]

    def ask(self, question: Question) -> bytes:
        """Return a question's bytes."""
        return ASKED[question]

    def learn(self, known: PrinterStatus, said: Saying, asked: Question | None) -> Learnt | None:
        """Return what an answer means; one to another question, or to none, means nothing."""
        match said:
            case ErrorStatus() if asked == ERRORS:
                return Learnt(status=after_errors(known, said), answers=True)
            case HostStatus() if asked == HOST:
                return Learnt(status=self._after_host_status(known, said), answers=True)
            case Quoted() if asked == ODOMETER:
                is_number = said.value.isdigit() and len(said.value) <= MOST_DIGITS
                return Learnt(status=replace(known, count=int(said.value) if is_number else None), answers=True)
            case _:
                return None

    def clear(self) -> bytes:
        """Return ``~JA``."""
        return zpl.CANCEL_ALL

    def recover(self) -> bytes:
        """Return what drops what was held, and only then ends the pause."""
        return zpl.CANCEL_ALL + zpl.RESUME

    def end_command(self, missing: int) -> bytes:
        """Return nothing: :meth:`clear` has ended it, and ``^XZ`` would print half a label."""
        del missing
        return b""

    def label(self, raster: Raster) -> Document:
        """Return one label as one format."""
        begun = zpl.begin(
            width_dots=raster.width, height_dots=raster.height, mode=self._mode(), tracking=self._tracking()
        )
        return (begun + zpl.picture(raster, is_compressed=self.profile.raster != "^GF hex") + zpl.end(),)

    def discard(self) -> bytes:
        """Return nothing: it brings the next label to its place by itself."""
        return b""

    def _mode(self) -> zpl.Mode:
        if self.profile.supports.peel:
            return "P"
        return "T" if self.profile.supports.cutter == "none" else "C"

    def _tracking(self) -> zpl.Tracking:
        trackings: dict[str, zpl.Tracking] = {"continuous": "N", "die_cut": "Y", "black_mark": "M"}
        return trackings[self.profile.media]

    def _after_host_status(self, known: PrinterStatus, said: HostStatus) -> PrinterStatus:
        """Fold in ``~HS``; the paper's near end is told by ``~HQES`` alone, so what that said of it stays."""
        near: Paper = "near_end" if known.paper == "near_end" else "ok"
        seen = {"ribbon": said.ribbon_out, "head_hot": said.is_too_hot}
        kept = known.errors - seen.keys()
        return replace(
            known,
            paper="out" if said.paper_out else near,
            cover_open=said.head_up,
            offline=said.paused or said.is_too_hot,
            errors=kept | {name for name, is_so in seen.items() if is_so},
            held=said.formats + said.labels_left + said.is_partial,
            label_waiting=said.label_waiting if said.peels and self.profile.supports.peel else None,
        )


def after_errors(status: PrinterStatus, said: ErrorStatus) -> PrinterStatus:
    """Fold in ``~HQES``; with an error it stands still, and what it held or counted before is known no more."""
    bits = said.errors
    named = {"ribbon": RIBBON_OUT, "cutter": CUTTER, "head_hot": HEAD_HOT | MOTOR_HOT, "unrecoverable": ~NAMED}
    paper: Paper = "out" if bits & MEDIA_OUT else "near_end" if said.warnings & NEAR_END else "ok"
    known = status if not bits else replace(status, count=None, held=None, label_waiting=None)
    return replace(
        known,
        paper=paper,
        cover_open=bool(bits & HEAD_OPEN),
        offline=bits != 0,
        errors=frozenset(name for name, mask in named.items() if bits & mask),
    )
