"""ESC/POS as a printer language: automatic reports, questions answered at once, and a proof that carries our own id.

It is the strongest of the three: ``GS ( H`` sends a job's id back when the paper is out, so even a proof that comes
after a lost line counts for its own job. The bits are those of every manual seen (research/standards.md 3.1, 3.2).
"""

from dataclasses import dataclass, replace
from typing import Final

from hardware.printer import escpos, escpos_document
from hardware.printer.demux import CLEARED_BLOCK, POSITION_BLOCK, Answer, Block, Demultiplexer, Report
from hardware.printer.language import Document, Learnt, ProvesBy, Question, Saying
from hardware.printer.profile import PrinterProfile
from hardware.printer.raster import Raster
from hardware.printer.status import Paper, PrinterStatus

QUESTIONS: Final = (
    escpos.DLE_EOT_PRINTER,
    escpos.DLE_EOT_OFFLINE,
    escpos.DLE_EOT_ERROR,
    escpos.DLE_EOT_PAPER,
)

LABEL_POSITION: Final = 48
"""``FS ( L`` fn 48, asked of an idle printer only: a busy or stopped one would not answer it now."""

CANNOT_PRINT: Final = 0x03
"""Position information B: neither this label nor the next can be fed to where a print starts (TM-L90, p. 106)."""


@dataclass(frozen=True)
class Escpos:
    """ESC/POS as one profile speaks it; a :class:`hardware.printer.language.PrinterLanguage`."""

    profile: PrinterProfile

    @property
    def proves_by(self) -> ProvesBy:
        """Return "echo", where a probe may find it."""
        return "echo" if self.profile.may_prove else "nothing"

    @property
    def tells_changes(self) -> bool:
        """Say whether it reports by itself (ASB)."""
        return self.profile.supports.asb

    @property
    def pulse(self) -> Question:
        """Return ``DLE EOT 1``."""
        return escpos.DLE_EOT_PRINTER

    @property
    def optional(self) -> frozenset[Question]:
        """Return the label's position, which few models know."""
        return frozenset({LABEL_POSITION})

    @property
    def may_clear(self) -> bool:
        """Say no of clones that are not even probed: ``DLE DC4 8`` is ink to them."""
        return self.profile.supports.process_id == "probe"

    @property
    def says_cleared(self) -> bool:
        """Say that ``DLE DC4 8`` is answered by a block of its own."""
        return True

    def greeting(self) -> tuple[bytes, ...]:
        """Ask for silence first: what an earlier connection switched on talks on (research/hardware.md 3)."""
        if not (self.profile.supports.status or self.profile.supports.asb):
            return ()  # it is on a line that goes one way, or deaf to questions: nothing of it could be heard
        silence = escpos.report_changes(0)
        return (silence, escpos.report_changes(0xFF)) if self.profile.supports.asb else (silence,)

    def replies(self) -> Demultiplexer:
        """Return a parser for one line."""
        return Demultiplexer()

    def next_question(self, asked: tuple[Question, ...], known: PrinterStatus) -> Question | None:
        """Return the next of ``DLE EOT`` 1 to 4, and then where the label stands, where that is answered."""
        if len(asked) < len(QUESTIONS):
            return QUESTIONS[len(asked)]
        can_answer = not (known.offline or known.cover_open or known.paper == "out" or known.errors - {"stock"})
        is_wanted = self.profile.supports.label_position and self.profile.media != "continuous"
        return LABEL_POSITION if is_wanted and can_answer and LABEL_POSITION not in asked else None

    def ask(self, question: Question) -> bytes:
        """Return ``DLE EOT question``, or ``FS ( L`` fn 48."""
        return escpos.ask_label_position() if question == LABEL_POSITION else escpos.ask_status(question)

    def learn(self, known: PrinterStatus, said: Saying, asked: Question | None) -> Learnt | None:
        """Return what a report, an answer or "buffer cleared" means; an answer nobody asked for means nothing."""
        match said:
            case Report():
                return Learnt(status=after_report(known, said.status))
            case Answer() if asked is not None and asked != LABEL_POSITION:
                return Learnt(status=after_answer(known, asked, said.byte), answers=True)
            case Block(identifier=identifier) if identifier == CLEARED_BLOCK:
                return Learnt(status=known, cleared=True)
            case Block(identifier=identifier) if identifier == POSITION_BLOCK and asked == LABEL_POSITION:
                return Learnt(status=after_position(known, said.body), answers=True)
            case _:
                return None

    def ask_proof(self, process_id: str) -> bytes:
        """Return ``GS ( H`` fn 48."""
        return escpos.ask_process_id(process_id)

    def clear(self) -> bytes:
        """Return ``DLE DC4 8``."""
        return escpos.clear_buffer()

    def recover(self) -> bytes:
        """Return ``DLE ENQ 2``."""
        return escpos.recover()

    def end_command(self, missing: int) -> bytes:
        """Return NUL, which is white to a picture, and nothing to anyone else."""
        return bytes(missing)

    def label(self, raster: Raster) -> Document:
        """Return one label: known state, its bands, and its end."""
        return escpos_document.label_document(raster, self.profile)

    def discard(self) -> bytes:
        """Return what cuts off what hangs out."""
        return escpos_document.discard_document(self.profile)


def after_report(status: PrinterStatus, report: bytes) -> PrinterStatus:
    """Fold in the four bytes of an automatic report (GS a; research/standards.md 3.1)."""
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


def after_position(status: PrinterStatus, body: bytes) -> PrinterStatus:
    """Fold in the two bytes of ``FS ( L`` fn 48: labels that can be printed nowhere are the wrong roll, or unset."""
    is_lost = len(body) == 2 and body[1] & CANNOT_PRINT == CANNOT_PRINT
    errors = status.errors - {"stock"}
    return replace(status, errors=errors | {"stock"} if is_lost else errors)


def _errors(byte: int, **bits: int) -> frozenset[str]:
    return frozenset(name for name, bit in bits.items() if byte & bit)


def _paper(*, near: int, out: int) -> Paper:
    if out:
        return "out"
    return "near_end" if near else "ok"
