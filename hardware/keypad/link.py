"""One keypad or headset jack, for as long as the shop is open: read, lost, found again.

The supervision is the scanner's (hardware/supervision.py). Where the kernel had to throw events away, the device is
opened anew, which tells how its switch is now.
"""

from collections.abc import Callable
from typing import Any, Final

from hardware.input_events.decoder import Decoder
from hardware.keypad.profile import KeypadProfile
from hardware.keypad.signals import Reader, Signal
from hardware.supervision import SupervisedReader
from hardware.transport import Port, PortOpener, PortSettings, open_port
from photocore.seams import Clock

READ_WAIT_S: Final = 1.0


def keypad_url(address: str) -> str:
    """Return ``address`` as a URL: a bare path is an input device of the kernel's."""
    return address if "://" in address else f"evdev://{address}"


class KeypadLink(SupervisedReader):
    """Reads one device in a thread of its own, through every unplug.

    ``on_signal`` is called on that thread and must be quick: put what it gets in an inbox. ``address`` should be a
    stable name (``/dev/input/by-id/...``): the number in ``event7`` changes with the next start.

    Raises:
        PortUrlWrong: ``address`` can never be opened.
    """

    def __init__(
        self,
        address: str,
        profile: KeypadProfile,
        clock: Clock,
        on_signal: Callable[[Signal], object],
        *,
        name: str = "keypad",
        opener: PortOpener = open_port,
        log: Any = None,  # noqa: ANN401  structlog's loggers share no useful type
    ) -> None:
        settings = PortSettings(is_exclusive=profile.is_grabbed)
        super().__init__(
            keypad_url(address), clock, kind="keypad", name=name, settings=settings, opener=opener, log=log
        )
        self._on_signal = on_signal
        self._reader = Reader(profile)
        self.why_down = "not opened yet"
        """In words a shop can act on; empty while it is read."""

    def _attend(self, port: Port, found: Callable[[], None]) -> None:
        """Read until told to stop, or until events were lost: what a jack is like now, only a fresh opening tells."""
        found()
        decoder = Decoder()
        while not (self._stopping.is_set() or decoder.has_dropped):
            self._tell(self._reader.read(decoder.feed(port.read(READ_WAIT_S))))
        if decoder.has_dropped:
            self._log.info("keypad.events_dropped")

    def _note_up(self) -> None:
        self.why_down = ""

    def _note_down(self, why: str, *, lasting: bool) -> None:
        self.why_down = why
        self._tell(self._reader.lose())

    def _note_stopped(self) -> None:
        self.why_down = "it is not read any more"

    def _tell(self, signals: list[Signal]) -> None:
        for signal in signals:
            self._on_signal(signal)
