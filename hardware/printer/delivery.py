"""One document on its way through a printer: sent piece by piece, and what became of it.

The answer is one of few words, and each is earned: "printed" by the printer's own proof, "spoiled" by a cause it named
or because we never sent the label's end, "unsent" because no byte left us. Everything else is "maybe" (DESIGN 5F;
research/reliability.md 5).
"""

import math
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, Literal

from hardware.errors import PortDown
from hardware.printer.conversation import Conversation
from hardware.printer.document import Document
from hardware.printer.process_ids import PROBE
from hardware.printer.session import PrinterSession

WATCH_WITHOUT_PROOF_S: Final = 3.0
FILL_S: Final = 1.0
ASK_EVERY_S: Final = 1.0
COUNT_EVERY_S: Final = 0.2
"""A label that waits at the peel bar may be taken a moment after it came out."""


@dataclass(frozen=True, kw_only=True)
class Fate:
    """What became of a print, and why; "stopped" when we were told to end before it was known.

    ``is_cut`` says of a print that is not proven that its last command, the cut, went out on a line that stayed open:
    no piece of it hangs out of the printer, as far as anybody can know.
    """

    word: Literal["sent", "unsent", "printed", "spoiled", "maybe", "stopped"]
    why: str = ""
    is_cut: bool = False


PRINTED: Final = Fate(word="printed")
SENT: Final = Fate(word="sent")
STOPPED: Final = Fate(word="stopped")


class Delivery:
    """One document for one session, from the first byte to its fate; expects its proof from the start."""

    def __init__(self, session: PrinterSession, process_id: str, stopping: threading.Event) -> None:
        self._session = session
        self._process_id = process_id
        self._stopping = stopping
        self._opening = session.openings
        self._any_sent = self._was_silent = False
        self._can_prove = session.confirms == "confirms"
        self._fault: str | None = None
        session.expect(process_id)

    def send(self, document: Document) -> Fate:
        """Send all of it, listening to the printer between the pieces, and ask for its proof at the end.

        To one that falls silent meanwhile no more is sent, and it is asked for no proof: it may have restarted, and
        would vouch for half a label. What never had its end sent cannot be whole, so its copy is replaced.
        """
        if (unsent := self._begin_count()) is not None:
            return unsent
        for nr, piece in enumerate(document, start=1):
            if self._was_silent:
                return Fate(word="spoiled", why="the printer fell silent before it had the whole label")
            if (broken := self._send_piece(piece, is_last=nr == len(document))) is not None:
                return broken
        if not self._can_prove or self._was_silent or self._counts:
            return SENT
        broken = self._send_piece(self._session.language.ask_proof(self._process_id))
        return SENT if broken is None or self._fault is None else broken

    @property
    def _counts(self) -> bool:
        return self._session.language.proves_by == "count"

    def _begin_count(self) -> Fate | None:
        """Let a printer that counts say where it stands; return the label's fate if the line is gone."""
        if not (self._counts and self._can_prove):
            return None
        try:
            self._can_prove = self._session.begin_count(self._process_id)
        except PortDown:
            return Fate(word="unsent", why="the printer went away before it had the label")
        return None

    def _send_piece(self, piece: bytes, *, is_last: bool = False) -> Fate | None:
        """Send one piece; return its fate if it did not all go. What is asked after the last one is about the label."""
        try:
            went = self._session.write(piece, self._is_halted, self._session.profile.label_proof_s)
        except PortDown as down:
            self._any_sent = self._any_sent or down.written > 0
            word = "spoiled" if self._any_sent else "unsent"
            return Fate(word=word, why="the printer went away before it had the whole label")
        self._any_sent = self._any_sent or went > 0
        if went < len(piece):
            return self._broken_off(piece[went:])
        if is_last:
            self._session.all_sent()
        self._listen()
        return None

    def _listen(self) -> None:
        """Find out whether the printer still answers; one that did not, once, is not asked again."""
        session = self._session
        if self._was_silent:
            return
        with suppress(PortDown):  # whoever writes next finds out
            is_awake = session.is_awake()
            self._was_silent = not is_awake and session.status.connected and session.openings == self._opening

    def find_out(self) -> Fate:
        """Wait for the proof, or for whatever else tells what became of it."""
        session = self._session
        if not self._can_prove or self._was_silent:
            return self._watch_without_proof()
        self._watch(
            lambda talk: talk.has_proved(self._process_id) or self._is_halted(talk) or self._lost_count(talk),
            session.profile.label_proof_s,
        )
        if session.has_proved(self._process_id):
            return PRINTED
        if self._stopping.is_set():
            return STOPPED
        return self._judge_fault() if session.openings == self._opening else self._ask_again()

    def _watch(self, is_over: Callable[[Conversation], bool], seconds: float) -> None:
        """Wait until ``is_over``; meanwhile ask a printer that would not tell of an empty roll by itself."""
        tells_changes = self._session.language.tells_changes
        every_s = COUNT_EVERY_S if self._counts else ASK_EVERY_S
        rounds = 1 if tells_changes else math.ceil(seconds / every_s)
        for _ in range(rounds):
            if self._session.wait_for(is_over, seconds / rounds):
                return
            if not tells_changes and self._session.status.offline is not None:
                with suppress(PortDown):  # the wait itself finds out whether the line comes back
                    self._session.ask_status()
        self._session.wait_for(is_over, 0)

    def _lost_count(self, talk: Conversation) -> bool:
        return self._counts and not talk.proofs.is_counting(self._process_id)

    def _is_halted(self, talk: Conversation) -> bool:
        # A cause that was seen once counts, even if it is gone before we act on it: a cover can be shut in a moment.
        self._fault = self._fault or talk.proofs.marred_by(self._process_id) or talk.status.fault
        return self._fault is not None or talk.openings != self._opening or self._stopping.is_set()

    def _broken_off(self, rest: bytes) -> Fate:
        if self._stopping.is_set():
            return STOPPED
        if self._fault is not None:
            self._clear_and_fill(rest)
            return Fate(word="spoiled", why=self._fault)
        if self._session.openings != self._opening:
            return Fate(word="spoiled", why="the printer was away before it had the whole label")
        return Fate(word="maybe" if self._any_sent else "unsent", why="the printer stopped taking data")

    def _clear_and_fill(self, rest: bytes) -> None:
        """Empty the printer, and end the command it may still be in the middle of."""
        language = self._session.language
        try:
            if self._session.status.errors:
                self._session.write_now(language.recover())
            self._session.clear()
            self._session.write(language.end_command(len(rest)), lambda talk: False, FILL_S)
        except PortDown:
            return  # gone for good is as empty as can be; its fate is the same

    def _judge_fault(self) -> Fate:
        if self._fault is None:
            gone = not self._session.status.connected
            why = "the printer went away before it had answered" if gone else "the printer did not answer"
            return Fate(word="maybe", why=why)
        # Answers keep their order: once the buffer is said to be empty, no proof can still be under way.
        self._clear_and_fill(b"")
        proved = self._session.has_proved(self._process_id)
        return PRINTED if proved else Fate(word="spoiled", why=self._fault)

    def _ask_again(self) -> Fate:
        """After the line came back: a proof that is still to come stands before the fence's answer."""
        session = self._session
        if self._counts:  # who printed what meanwhile, a count does not tell
            return Fate(word="maybe", why="the printer was away while it was printing: scan the fresh label")
        try:
            session.fence()
            session.wait_for(
                lambda talk: talk.has_proved(self._process_id) or talk.has_proved(PROBE) or self._stopping.is_set(),
                session.profile.label_proof_s,
            )
        except PortDown:
            return Fate(word="maybe", why="the printer was away twice while it was printing")
        if session.has_proved(self._process_id):
            return PRINTED
        return Fate(word="maybe", why="the printer was away while it was printing")

    def _watch_without_proof(self) -> Fate:
        """Look out for a cause while a printer that proves nothing should be printing."""
        session = self._session
        self._watch(self._is_halted, min(WATCH_WITHOUT_PROOF_S, session.profile.label_proof_s))
        if self._stopping.is_set():
            return STOPPED
        if self._fault is not None:
            return Fate(word="spoiled", why=self._fault)
        if self._was_silent:
            return Fate(word="maybe", why="the printer fell silent while it was printing: scan the fresh label")
        is_cut = session.openings == self._opening and session.status.connected
        return Fate(
            word="maybe", why="this printer cannot confirm what it printed: scan the fresh label", is_cut=is_cut
        )
