"""A virtual ESC/POS printer's tongue: real-time commands at once, the rest in order, reports and proofs."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final, cast

from hardware.virtual.escpos_reader import EscposReader, Read, RealTimeScanner
from hardware.virtual.paper import Rows
from hardware.virtual.print_head import PrintHead
from hardware.virtual.printer_tongue import Body

CLEARED_REPLY: Final = b"\x37\x25\x00"
PROCESS_ID_REPLY: Final = b"\x37\x22"
LABEL_POSITION_REPLY: Final = b"\x37\x38\x44\x40\x00"
"""Answer to ``FS ( L`` fn 48: at the print position, this label and the next printable (TM-L90 specification)."""


class EscposTongue:
    """What the Epson manuals say; ``process_ids``, ``reports`` and ``answers`` are what this model supports."""

    def __init__(
        self,
        body: Body,
        *,
        width: int,
        dpi: int,
        fonts: Path,
        process_ids: bool = True,
        reports: bool = True,
        answers: bool = True,
    ) -> None:
        self._body = body
        self._head = PrintHead(width=width, dpi=dpi, fonts=fonts, body=self)
        self._has_process_ids, self._has_reports, self._has_answers = process_ids, reports, answers
        self._reader = EscposReader()
        self._scanner = RealTimeScanner()
        self._report_mask = 0
        self._last_report = body.senses.report()
        self.unknown = self._head.unknown

    @property
    def path(self) -> None:
        """No way of labels: the paper is cut."""
        return

    @property
    def kicks(self) -> int:
        """How often the drawer was kicked."""
        return self._head.kicks

    def overhear(self, received: bytes) -> Iterable[tuple[int, bytes]]:
        """Return the real-time commands in it."""
        return self._scanner.feed(received)

    def obey(self, command: bytes) -> None:
        """Answer a question, clear the buffer, or leave an error."""
        senses = self._body.senses
        if command[1] == 0x04:
            if self._has_answers:
                self._body.say(bytes((senses.answer(command[2]),)))
        elif command[1] == 0x14:
            self._body.drop()
            self._body.say(CLEARED_REPLY)
        elif senses.cutter_jam:
            if command[2] == 2:
                self._body.drop()
            self._body.feel(cutter_jam=False)

    def read(self, received: bytes) -> Iterable[object]:
        """Return the commands it completes."""
        return self._reader.feed(received)

    def do(self, command: object, drops: int) -> None:
        """Carry out one command."""
        self._head.do(cast("Read", command), drops)

    def forget(self) -> None:
        """Drop what is half received."""
        self._reader.forget()

    def felt(self) -> None:
        """Report a change to who asked for it."""
        report = self._body.senses.report()
        if self._report_mask and report != self._last_report:
            self._body.say(report)
        self._last_report = report

    def wake_up(self) -> None:
        """Report nothing, and print in the letters of power-on."""
        self._report_mask = 0
        self._head.setter.reset()

    # -- for the head -----------------------------------------------------------------------------

    def lay(self, rows: Rows, drops: int) -> None:
        """Print rows."""
        self._body.lay(rows, drops)

    def cut(self, drops: int) -> None:
        """Cut the paper."""
        self._body.cut(drops)

    def prove(self, process_id: bytes, drops: int) -> None:
        """Say that everything before is on paper."""
        self._body.stand_ready(drops)
        if self._has_process_ids:
            self._body.say(PROCESS_ID_REPLY + process_id + b"\x00")

    def report_from_now_on(self, mask: int) -> None:
        """Send a report now and at each change; 0 ends it."""
        self._report_mask = mask if self._has_reports else 0
        if self._report_mask:
            self._body.say(self._body.senses.report())

    def tell_label_position(self) -> None:
        """Say that a label is at the print position: the last one was cut off."""
        self._body.say(LABEL_POSITION_REPLY)


def escpos_tongue(
    *, width: int, dpi: int, fonts: Path, process_ids: bool = True, reports: bool = True, answers: bool = True
) -> Callable[[Body], EscposTongue]:
    """Return what makes the tongue of a printer that supports so much."""

    def make(body: Body) -> EscposTongue:
        return EscposTongue(
            body, width=width, dpi=dpi, fonts=fonts, process_ids=process_ids, reports=reports, answers=answers
        )

    return make
