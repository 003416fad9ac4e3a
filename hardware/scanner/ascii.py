"""The plain talk of serial scanners: a code and its end one way, a few bytes of good or refused the other.

With ``enq_s`` the scanner keeps a code until it hears ENQ, and gives it up when none came within its response time-out
of 2 s (Zebra DS4208 guide, Software Handshaking: ENQ). So ENQ goes out steadily, and not while a code still waits for
its answer: the next one then stays in the scanner, which holds it better than we could. With ``pauses`` the same is
done by XOFF after each code and XON with its answer (Software Handshaking: XON/XOFF).
"""

from typing import Final

from hardware.scanner.framing import Frame, Framer, FramingCounts

ENQ: Final = b"\x05"
XON: Final = b"\x11"
XOFF: Final = b"\x13"
UNANSWERED_AFTER_S: Final = 1.5  # no answer came from the desk: asking on costs less than a deaf counter


class AsciiDialogue:
    """A :class:`hardware.scanner.dialogue.Dialogue` of text with ends.

    ``greeting`` is written once the line is open; ``good`` and ``refused`` are the answers, empty where the scanner
    cannot be told.
    """

    def __init__(
        self,
        framer: Framer,
        *,
        good: bytes = b"",
        refused: bytes = b"",
        greeting: bytes = b"",
        enq_s: float | None = None,
        pauses: bool = False,
    ) -> None:
        self._framer = framer
        self._answers = {True: good, False: refused}
        self._pauses = pauses
        self._greeting = greeting + XON * pauses  # who read it before us may have left it waiting
        self._enq_s = enq_s
        self._ask_at: float | None = None
        self._outgoing = b""
        self._greets = False

    @property
    def counts(self) -> FramingCounts:
        """Return what was dropped since the dialogue was made."""
        return self._framer.counts

    @property
    def held_bytes(self) -> int:
        """Return how much of an unfinished code is in memory."""
        return self._framer.held_bytes

    def join(self, now: float) -> None:
        """Start over: drop what is under way, greet, and ask at once."""
        self._framer.join(now)
        self._outgoing, self._greets = self._greeting, bool(self._greeting)
        self._ask_at = None if self._enq_s is None else now

    def settle(self) -> None:
        """Take the line for quiet."""
        self._framer.settle()

    def feed(self, delivery: bytes, now: float) -> list[Frame]:
        """Cut ``delivery`` into frames; a code that came keeps the next one waiting until it is answered."""
        frames = self._framer.feed(delivery, now)
        if frames and (self._pauses or self._enq_s is not None):
            self._ask_at = now + UNANSWERED_AFTER_S
            self._outgoing += XOFF * self._pauses
        return frames

    def silence(self, now: float) -> list[Frame]:
        """End a frame that only silence ends, or drop one whose end was lost."""
        return self._framer.silence(now)

    def due(self) -> float | None:
        """Return when the framer, or the next ENQ, is due."""
        return min((at for at in (self._framer.due(), self._ask_at) if at is not None), default=None)

    def outgoing(self, now: float) -> bytes:
        """Return greeting or answer, and ENQ or XON when it is time."""
        outgoing, self._outgoing, self._greets = self._outgoing, b"", False
        if self._ask_at is not None and now >= self._ask_at:
            self._ask_at = None if self._enq_s is None else now + self._enq_s
            outgoing += XON if self._pauses else ENQ
        return outgoing

    def answer(self, *, ok: bool, now: float) -> bool:
        """Have the answer's bytes outgoing, and ENQ behind a good one; a refused code comes again without."""
        self._outgoing += self._answers[ok]
        if self._enq_s is not None:
            self._ask_at = now if ok else now + self._enq_s
        elif self._pauses:
            self._ask_at = now
        return bool(self._answers[ok])
