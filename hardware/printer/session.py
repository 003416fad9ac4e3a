"""One printer, for as long as the shop is open: what it is asked, and what it says.

python-escpos asks and reads in one breath, and takes whatever comes for the answer; with automatic reports on, it
took half a report for "no paper" (research/hardware.md 0). So one thread reads everything (:mod:`.line`), the printer's
language tells it apart, and whoever asked waits on a condition.
"""

from typing import Final

from hardware.printer.conversation import Confirms
from hardware.printer.language import Question
from hardware.printer.line import KeptLine
from hardware.printer.process_ids import PROBE
from hardware.printer.status import PrinterStatus

QUIET_ANSWERS: Final = 2
QUIET_WITHIN_ANSWERS: Final = 10
"""A printer that only counts is empty when its count stood still so many times as long as an answer may take."""


class PrinterSession(KeptLine):
    """Keeps one printer's line open and knows its status; for any number of threads.

    Raises:
        PortUrlWrong: ``url`` can never be opened.
    """

    @property
    def status(self) -> PrinterStatus:
        """What the printer last said about itself."""
        return self._talk.status

    @property
    def confirms(self) -> Confirms:
        """Whether it proves its prints."""
        return self._talk.confirms

    @property
    def has_confirmed(self) -> bool:
        """Whether a printer at this address ever proved a print to us."""
        return self._talk.has_confirmed

    @property
    def has_spoken(self) -> bool:
        """Whether anything that makes sense came on this line."""
        return self._talk.has_spoken

    @property
    def has_answered(self) -> bool:
        """Whether a printer at this address ever answered a question of ours."""
        return self._talk.answers > 0

    @property
    def openings(self) -> int:
        """How often the line was opened: a new number means that the printer may have been off in between."""
        return self._talk.openings

    def has_proved(self, process_id: str) -> bool:
        """Say whether the printer has put everything before this id on paper."""
        return self._talk.has_proved(process_id)

    def proof_of(self, process_id: str) -> str:
        """Return what proves it, in words for the journal."""
        return f"{self._talk.proofs.how(process_id)} {process_id}"

    def ask_status(self) -> bool:
        """Ask everything that makes a whole status, one question at a time; say whether the printer answered.

        Without an answer the status becomes *unknown*: never "out of paper", never "ready".

        Raises:
            PortDown: the line is closed.
        """
        if not self.profile.supports.status:
            return False
        asked: tuple[Question, ...] = ()
        with self._asking:
            while (question := self.language.next_question(asked, self.status)) is not None:
                if question not in self._talk.unanswered and not self._ask(question):
                    return False
                asked += (question,)
            with self._heard:
                self._talk.interviewed()
        return True

    def is_awake(self) -> bool:
        """Ask one question; say whether the printer answered, or never answers such.

        A printer answers at once, whatever it is printing; one that starts up hears nothing for a second or more. So
        silence may be a restart, by which it forgot what it held: a serial line stays open all the while.

        Raises:
            PortDown: the line is closed.
        """
        if not self._talk.answered:
            return True
        if not self.language.tells_changes:
            return self.ask_status()
        with self._asking:
            return self._ask(self.language.pulse)

    def probe(self) -> Confirms:
        """Find out once a line whether the printer proves its prints: it echoes an empty job's id, or it counts.

        A printer that is not ready answers later, and one that hangs not at all; so a "cannot" is said only of one that
        is ready, or never spoke on this line. Of any other it stays unknown.

        Raises:
            PortDown: the line is closed.
        """
        if self.language.proves_by == "nothing":
            with self._heard:
                self._talk.settle_probe(answered=False)
            return self.confirms
        answered = self._shows_a_count() if self.language.proves_by == "count" else self._echoes()
        if not answered and not self._is_no_answer_a_no():
            return self.confirms
        with self._heard:
            self._talk.settle_probe(answered=answered)
        self._log.info("printer.probed", confirms=self.confirms)
        return self.confirms

    def fence(self) -> None:
        """Send an ``echo`` printer an empty job: its answer means that no earlier proof is on its way any more.

        Raises:
            PortDown: the line is closed.
        """
        self.expect(PROBE)
        self.write_now(self.language.ask_proof(PROBE))

    def expect(self, process_id: str) -> None:
        """Take a proof with this id, should it come."""
        with self._heard:
            self._talk.proofs.expect(process_id)

    def forget(self, process_id: str) -> None:
        """Take no proof with this id any more."""
        with self._heard:
            self._talk.proofs.forget(process_id)

    def begin_count(self, process_id: str) -> bool:
        """Ask a ``count`` printer what it has printed and holds, before a label; say whether a count can prove it.

        Raises:
            PortDown: the line is closed.
        """
        if not self.ask_status():
            return False
        with self._heard:
            return self._talk.proofs.begin_count(process_id, self._talk.status)

    def all_sent(self) -> None:
        """Note that all of the label went out; answers to questions asked before this prove nothing."""
        with self._asking, self._heard:
            self._talk.proofs.all_sent()

    def clear(self) -> bool:
        """Make the printer drop what it holds and leave a recoverable error; say whether it said so.

        Raises:
            PortDown: the line is closed.
        """
        before = self._talk.cleared
        self.write_now(self.language.clear())
        if not self.language.says_cleared:
            return self._becomes_quiet()
        return self.wait_for(lambda talk: talk.cleared > before, self._answer_wait_s)

    def _becomes_quiet(self) -> bool:
        """Wait until it holds nothing and its count stands still: the label that moves is finished all the same."""
        ends_at = self._clock.monotonic() + QUIET_WITHIN_ANSWERS * self._answer_wait_s
        while self.ask_status() and not self.status.offline and self._clock.monotonic() < ends_at:
            if self.status.held == 0 and self._stands_still(self.status.count):
                return True
        return False

    def _stands_still(self, count: int | None) -> bool:
        """Say whether the odometer stays at ``count`` for as long as a label takes; one that has none is still."""
        if count is None:
            return True
        self.wait_for(lambda talk: not talk.status.connected, QUIET_ANSWERS * self._answer_wait_s)
        return self.ask_status() and self.status.count == count

    def _echoes(self) -> bool:
        self.fence()
        return self.wait_for(lambda talk: talk.has_proved(PROBE), self._answer_wait_s)

    def _shows_a_count(self) -> bool:
        self.ask_status()
        return self.status.count is not None or self.status.label_waiting is not None

    def _is_no_answer_a_no(self) -> bool:
        """Say whether a probe's silence tells that the printer cannot: it is ready, or mute altogether."""
        if not self.profile.supports.status or (not self.ask_status() and not self._talk.has_spoken):
            return True
        status = self.status
        return status.offline is False and not status.errors and status.fault is None

    def _ask(self, question: Question) -> bool:
        """Ask one question; say whether it was answered, or need not be.

        On a slow line it stands behind what was sent before; while that moves, the printer is not yet asked.
        """
        with self._heard:
            before, opening = self._talk.answers, self._talk.openings
            self._talk.ask(question)
        held = self._unsent()
        self.write_now(self.language.ask(question))
        while not self.wait_for(lambda talk: talk.answers > before or talk.openings != opening, self._answer_wait_s):
            held_before, held = held, self._unsent()
            if held >= held_before:
                break
        if self._talk.answers > before:
            return True
        is_optional = question in self.language.optional and question not in self._talk.answered
        with self._heard:
            if self._talk.openings != opening:
                return False  # asked on a line that is gone: the silence is not that of whoever answers now
            if is_optional:
                self._talk.gave_no_answer(question)
            else:
                self._talk.fell_silent()
        self._tell()
        return is_optional
