"""What has been asked of a printer, what it has answered, and what that proves.

Sans I/O: :class:`PrinterSession` feeds it events under its lock. The rules that keep a station honest stand here: one
question at a time, an answer nobody asked for means nothing, a proof counts for one job (:mod:`.proofs`), and whatever
a closed line might still have said is unknown.
"""

from dataclasses import dataclass, field, replace
from typing import Literal

from hardware.printer.language import Event, Flow, Noise, PrinterLanguage, ProcessId, Question, Saying
from hardware.printer.proofs import Proofs
from hardware.printer.status import PrinterStatus

Confirms = Literal["unknown", "confirms", "cannot confirm"]
"""Whether this printer proves what it has printed; the probe decides."""


@dataclass
class Conversation:
    """The state of one printer's line.

    ``openings`` counts how often the line was opened, ``answers`` the questions answered, ``cleared`` the times the
    printer said that its buffer is empty. ``may_send`` is False between XOFF and XON. ``has_spoken`` says that on this
    line something came that makes sense, ``has_confirmed`` that a printer here once proved a print, on whatever line.
    ``answered`` and ``unanswered`` are the questions it knows on this line, and the optional ones it does not.
    """

    language: PrinterLanguage
    status: PrinterStatus = field(default_factory=PrinterStatus)
    openings: int = 0
    answers: int = 0
    cleared: int = 0
    strays: int = 0
    noise_bytes: int = 0
    may_send: bool = True
    confirms: Confirms = "unknown"
    has_spoken: bool = False
    has_confirmed: bool = False
    proofs: Proofs = field(default_factory=Proofs)
    answered: set[Question] = field(default_factory=set[Question])
    unanswered: set[Question] = field(default_factory=set[Question])
    _asked: Question | None = None

    def opened(self) -> None:
        """Begin on a fresh line: nothing is known but that it is there."""
        self.openings += 1
        self.status = PrinterStatus(connected=True)
        self.may_send = True
        self.has_spoken = False
        self.confirms = "unknown"  # another printer may stand there now, or this one may have found its voice
        self._asked = None
        self.proofs.doubt()
        self.answered.clear()
        self.unanswered.clear()

    def closed(self) -> None:
        """Forget what only a living line can vouch for."""
        self.status = PrinterStatus()
        self._asked = None
        self.proofs.doubt()

    def fell_silent(self) -> None:
        """Take an unanswered question for what it is: nothing is known any more, least of all "no paper"."""
        self.status = PrinterStatus(connected=self.status.connected)
        self._asked = None
        self.proofs.doubt()

    def gave_no_answer(self, question: Question) -> None:
        """Note that it does not know an optional question; whether it is dead, the others will find out."""
        self.unanswered.add(question)
        self.status = replace(self.status, count=None)
        self._asked = None

    def ask(self, what: Question) -> None:
        """Note the one question whose answer is awaited."""
        self._asked = what

    def has_proved(self, process_id: str) -> bool:
        """Say whether the printer has put everything before this id on paper."""
        return self.proofs.how(process_id) is not None

    def interviewed(self) -> None:
        """Take the status for whole: every question of an interview was answered."""
        if self.status.fault is not None:
            self.proofs.doubt()
        elif self.proofs.weigh(self.status):
            self._confirm()

    def take(self, event: Event) -> None:
        """Fold in one thing the printer sent."""
        match event:
            case Flow():
                self.may_send = event.may_send
            case ProcessId():
                self._take_proof(event.process_id)
            case Noise():
                self.noise_bytes += len(event.raw)
            case Saying():
                self._take_saying(event)

    def _take_saying(self, said: Saying) -> None:
        learnt = self.language.learn(self.status, said, self._asked)
        if learnt is None:
            self.strays += 1
        elif learnt.cleared:
            self.cleared += 1
        else:
            self._speak()
            self.status = learnt.status
            if self.status.fault is not None:
                self.proofs.mar(self.status.fault)
            if learnt.answers:
                self.answers += 1
                self._close_question()

    def _close_question(self) -> None:
        if self._asked is not None:
            self.answered.add(self._asked)
        self._asked = None

    def _take_proof(self, process_id: str) -> None:
        if not self.proofs.echo(process_id):
            self.strays += 1
            return
        self._speak()
        self._confirm()

    def _confirm(self) -> None:
        self.confirms = "confirms"
        self.has_confirmed = True

    def _speak(self) -> None:
        """Hear the first word on this line: a printer that was silent when it was probed is to be probed again."""
        if not self.has_spoken and self.confirms == "cannot confirm":
            self.confirms = "unknown"
        self.has_spoken = True

    def settle_probe(self, *, answered: bool) -> None:
        """Note what the probe found; silence of a printer that is ready is a "cannot"."""
        if answered:
            self.confirms = "confirms"
        elif self.confirms != "confirms":
            self.confirms = "cannot confirm"
