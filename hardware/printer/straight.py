"""A printer's session without a thread: whoever waits for the printer reads its line meanwhile.

Nothing but waiting differs from :class:`PrinterSession`, so that a hundred thousand labels, a year of a shop's faults,
or a plug pulled at every byte can be played in one thread, in a time of our own (tests/hardware; docs/reliability.md).
"""

import threading
from collections.abc import Callable
from typing import Any, Final

from hardware.printer.conversation import Conversation
from hardware.printer.line import ANSWER_WAIT_S
from hardware.printer.profile import PrinterProfile
from hardware.printer.session import PrinterSession
from hardware.transport import PortOpener
from photocore.seams import Clock

TURN_S: Final = 0.5


class StraightSession(PrinterSession):
    """A session that its caller turns; ``rest`` lets so many seconds pass while no line is open.

    The opener's ports must let ``clock`` go on while they wait in a read.
    """

    def __init__(
        self,
        url: str,
        profile: PrinterProfile,
        clock: Clock,
        rest: Callable[[float], object],
        *,
        opener: PortOpener,
        answer_wait_s: float = ANSWER_WAIT_S,
        log: Any = None,  # noqa: ANN401  structlog's loggers share no useful type
    ) -> None:
        super().__init__(url, profile, clock, opener=opener, answer_wait_s=answer_wait_s, log=log)
        self._rest = rest
        self._again_at = 0.0

    def start(self) -> None:
        """Begin nothing: the line is opened by the first who waits."""

    def stop(self) -> None:
        """Give the line back."""
        self._stopping.set()
        self._shut()

    def wait_for(self, is_so: Callable[[Conversation], bool], seconds: float) -> bool:
        """Turn until ``is_so``, at most ``seconds``; say whether it is."""
        ends_at = self._clock.monotonic() + seconds
        while not is_so(self._talk) and not self._stopping.is_set():
            left = ends_at - self._clock.monotonic()
            if left <= 0:
                break
            self._turn_within(min(left, TURN_S))
        return is_so(self._talk)

    def rest(self, until: threading.Event, seconds: float) -> None:
        """Turn until ``until``, at most ``seconds``."""
        self.wait_for(lambda _: until.is_set(), seconds)

    def _turn_within(self, seconds: float) -> None:
        wait_s = self._again_at - self._clock.monotonic()
        if self._port is None and wait_s > 0:
            self._rest(min(wait_s, seconds))
        else:
            self.turn(seconds)

    def _pause(self, seconds: float) -> None:
        self._again_at = self._clock.monotonic() + seconds
