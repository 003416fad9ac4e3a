"""What is said between a scanner and us, whatever it speaks: bytes in, frames out, and bytes to be written.

A dialogue does no I/O and knows no clock (STYLE 8). :class:`hardware.scanner.ScannerLink` drives any of them: it feeds
what came off the line, writes what is outgoing, and asks when silence begins to mean something. One lock of the link's
guards every call, so a dialogue needs none.
"""

from typing import Protocol

from hardware.scanner.framing import Frame, FramingCounts


class Dialogue(Protocol):
    """One scanner's side of the talk. Times are monotonic seconds."""

    @property
    def counts(self) -> FramingCounts:
        """Return what did not come through since the dialogue was made."""
        ...

    def join(self, now: float) -> None:
        """Start over on a line that was just opened and may be in mid-scan; what a greeting needs is outgoing then."""
        ...

    def settle(self) -> None:
        """End what :meth:`join` began: the line was found quiet, so what comes next is the start of a scan."""
        ...

    def feed(self, delivery: bytes, now: float) -> list[Frame]:
        """Take in what came off the line; return the frames it ended."""
        ...

    def silence(self, now: float) -> list[Frame]:
        """Conclude from a line that was quiet until ``now``; nothing happens before :meth:`due`."""
        ...

    def due(self) -> float | None:
        """Return when silence, or our own patience, begins to mean something; None: nothing is waited for."""
        ...

    def outgoing(self, now: float) -> bytes:
        """Return what must be written now, and take it as written: an ACK, a NAK, a beep, one more try, an ENQ."""
        ...

    def answer(self, *, ok: bool, now: float) -> bool:
        """Have the scanner told that its last code was taken, or refused; False where it cannot be told.

        The bytes are outgoing at once, or as soon as the scanner has taken what was sent before.
        """
        ...
