"""A Honeywell scanner: plain text, and menu commands it answers in the same line its codes come in.

A menu command is SYN M CR, tag, sub-tag, value or ``?``, and ``.`` or ``!``. The scanner echoes it with ACK, ENQ (no
such tag) or NAK (no such value) before the punctuation (Honeywell N86 guide, chapter 10; CS19A guide, 11-3). One is
asked when the line was opened, so that an echo proves that scanner and kiosk understand each other; until the line has
been quiet after it, what comes is held back, so that no echo passes for a code.
"""

import re
from typing import Final

from msgspec import structs

from hardware.scanner.ascii import AsciiDialogue
from hardware.scanner.framing import Frame, Framer, FramingCounts

SYN_MENU: Final = b"\x16M\r"
ACK: Final = b"\x06"
PATIENCE_S: Final = 1.0
MOST_HELD: Final = 2048
QUIET_S: Final = 0.05


class HoneywellDialogue(AsciiDialogue):
    """An :class:`AsciiDialogue` that asks ``question`` first ("232BAD?.") and keeps its echo out of the codes."""

    def __init__(self, framer: Framer, *, good: bytes, refused: bytes, question: bytes) -> None:
        super().__init__(framer, good=good, refused=refused, greeting=SYN_MENU + question)
        tag = re.escape(question.rstrip(b".!?^*"))
        self._echo = re.compile(tag + rb"[^\r\n\x05\x06\x15]{0,64}([\x05\x06\x15])[.!,;]?", re.IGNORECASE)
        self._asked_at: float | None = None
        self._heard_at = 0.0
        self._held_back = b""
        self._unconfirmed = 0
        self.is_confirmed: bool | None = None
        """Whether it understood us when the line was opened last; None while that is not known."""

    @property
    def counts(self) -> FramingCounts:
        """Return what was dropped, and how often the question went unanswered."""
        return structs.replace(super().counts, unconfirmed=self._unconfirmed)

    def join(self, now: float) -> None:
        """Start over: the question goes out again."""
        super().join(now)
        self._held_back = b""
        self.is_confirmed = self._asked_at = None

    def outgoing(self, now: float) -> bytes:
        """Return the question once, and answers as they come."""
        is_question = self._greets
        outgoing = super().outgoing(now)
        if is_question:
            self._asked_at = self._heard_at = now
        return outgoing

    def feed(self, delivery: bytes, now: float) -> list[Frame]:
        """Cut ``delivery`` into frames; after the question hold it back until the line is quiet."""
        if self._asked_at is None:
            return super().feed(delivery, now)
        self._held_back += delivery
        self._heard_at = now
        return self._conclude(now) if len(self._held_back) > MOST_HELD else []

    def due(self) -> float | None:
        """Return when the wait for the echo ends, or what is due without it."""
        if self._asked_at is None:
            return super().due()
        return self._heard_at + QUIET_S if self._is_answered() else self._asked_at + PATIENCE_S

    def silence(self, now: float) -> list[Frame]:
        """End the wait for the echo, else conclude as from any quiet line."""
        if self._asked_at is None:
            return super().silence(now)
        due = self.due()
        return self._conclude(now) if due is not None and now >= due else []

    def _is_answered(self) -> bool:
        return self._echo.search(self._held_back) is not None

    def _conclude(self, now: float) -> list[Frame]:
        echo = self._echo.search(self._held_back)
        self.is_confirmed = echo is not None and echo[1] == ACK
        self._unconfirmed += not self.is_confirmed
        codes, self._held_back, self._asked_at = self._echo.sub(b"", self._held_back), b"", None
        return super().feed(codes, now) if codes else []
