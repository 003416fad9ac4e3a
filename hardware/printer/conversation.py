"""What has been asked of a printer, what it has answered, and what that proves.

Sans I/O: :class:`PrinterSession` feeds it events under its lock. The rules that keep a station honest stand here: one
question at a time, an answer nobody asked for means nothing, a proof counts for the one job whose id it carries, and
whatever a closed line might still have said is unknown.
"""

from dataclasses import dataclass, field
from typing import Literal

from hardware.printer.demux import (
    CLEARED_BLOCK,
    Answer,
    Block,
    Event,
    Flow,
    Noise,
    ProcessId,
    Report,
)
from hardware.printer.status import PrinterStatus, after_answer, after_report

Confirms = Literal["unknown", "confirms", "cannot confirm"]
"""Whether this printer proves what it has printed; the probe decides."""


@dataclass
class Conversation:
    """The state of one printer's line.

    ``openings`` counts how often the line was opened, ``answers`` the questions answered, ``cleared`` the times the
    printer said that its buffer is empty. ``may_send`` is False between XOFF and XON. ``has_spoken`` says that on this
    line something came that makes sense, ``answers_here`` that a question was answered on it, ``has_confirmed`` that a
    printer here once proved a print, on whatever line.
    """

    status: PrinterStatus = field(default_factory=PrinterStatus)
    openings: int = 0
    answers: int = 0
    cleared: int = 0
    strays: int = 0
    noise_bytes: int = 0
    may_send: bool = True
    confirms: Confirms = "unknown"
    has_spoken: bool = False
    answers_here: bool = False
    has_confirmed: bool = False
    _asked: int | None = None
    _expected: set[str] = field(default_factory=set[str])
    _proved: set[str] = field(default_factory=set[str])

    def opened(self) -> None:
        """Begin on a fresh line: nothing is known but that it is there."""
        self.openings += 1
        self.status = PrinterStatus(connected=True)
        self.may_send = True
        self.has_spoken = self.answers_here = False
        self.confirms = "unknown"  # another printer may stand there now, or this one may have found its voice
        self._asked = None

    def closed(self) -> None:
        """Forget what only a living line can vouch for."""
        self.status = PrinterStatus()
        self._asked = None

    def fell_silent(self) -> None:
        """Take an unanswered question for what it is: nothing is known any more, least of all "no paper"."""
        self.status = PrinterStatus(connected=self.status.connected)
        self._asked = None

    def ask(self, what: int) -> None:
        """Note the one question (``DLE EOT what``) whose answer is awaited."""
        self._asked = what

    def expect(self, process_id: str) -> None:
        """Take a proof with this id, should it come; an older one with the same id no longer counts."""
        self._expected.add(process_id)
        self._proved.discard(process_id)

    def forget(self, process_id: str) -> None:
        """No longer wait for this proof: should it still come, it proves nothing."""
        self._expected.discard(process_id)
        self._proved.discard(process_id)

    def has_proved(self, process_id: str) -> bool:
        """Say whether the printer has put everything before this id on paper."""
        return process_id in self._proved

    def take(self, event: Event) -> None:
        """Fold in one thing the printer sent."""
        match event:
            case Flow():
                self.may_send = event.may_send
            case Report():
                self._speak()
                self.status = after_report(self.status, event.status)
            case Answer():
                self._take_answer(event.byte)
            case ProcessId():
                self._take_proof(event.process_id)
            case Block(identifier=identifier) if identifier == CLEARED_BLOCK:
                self.cleared += 1
            case Noise():
                self.noise_bytes += len(event.raw)
            case _:
                self.strays += 1

    def _take_answer(self, byte: int) -> None:
        if self._asked is None:
            self.strays += 1
            return
        self.status = after_answer(self.status, self._asked, byte)
        self._speak()
        self.answers += 1
        self.answers_here = True
        self._asked = None

    def _take_proof(self, process_id: str) -> None:
        if process_id not in self._expected:
            self.strays += 1
            return
        self._speak()
        self._expected.discard(process_id)
        self._proved.add(process_id)
        self.confirms = "confirms"
        self.has_confirmed = True

    def _speak(self) -> None:
        """Hear the first word on this line: a printer that was silent when it was probed is to be probed again."""
        if not self.has_spoken and self.confirms == "cannot confirm":
            self.confirms = "unknown"
        self.has_spoken = True

    def settle_probe(self, *, answered: bool) -> None:
        """Note what the probe found; silence of a printer that is ready is a "cannot"."""
        if not answered and self.confirms != "confirms":
            self.confirms = "cannot confirm"
