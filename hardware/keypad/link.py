"""One keypad or headset jack, for as long as the shop is open: read, lost, found again.

The same supervision as the scanner's (hardware/scanner/link.py), and as little noise: an outage is one log line, its
end another. Where the kernel had to throw events away, the device is opened anew, which tells how its switch is now.
"""

import threading
from collections.abc import Callable
from typing import Any, Final

import structlog

from hardware.backoff import BackOff
from hardware.errors import PortDown
from hardware.keypad.decoder import Decoder
from hardware.keypad.profile import KeypadProfile
from hardware.keypad.signals import Reader, Signal
from hardware.transport import Port, PortOpener, PortSettings, check_url, open_port
from photocore.seams import Clock

READ_WAIT_S: Final = 1.0
PROVEN_AFTER_S: Final = 5.0  # a device that stayed open this long is no flapping contact


def keypad_url(address: str) -> str:
    """Return ``address`` as a URL: a bare path is an input device of the kernel's."""
    return address if "://" in address else f"evdev://{address}"


class KeypadLink:
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
        self._url = keypad_url(address)
        check_url(self._url)
        self._settings = PortSettings(is_exclusive=profile.is_grabbed)
        self._clock = clock
        self._on_signal = on_signal
        self._opener = opener
        self._log = (log or structlog.get_logger()).bind(keypad=name, url=self._url)
        self._reader = Reader(profile)
        self._backoff = BackOff()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"kiosk {name}", daemon=True)
        self._port: Port | None = None
        self._up_since: float | None = None
        self._outage_began: float | None = None
        self.outages = 0
        self.why_down = "not opened yet"
        """In words a shop can act on; empty while it is read."""

    @property
    def is_up(self) -> bool:
        """Say whether a key pressed now is heard."""
        return self._up_since is not None

    def start(self) -> None:
        """Begin to read. Once only."""
        self._thread.start()

    def stop(self, timeout: float = 2.0) -> bool:
        """End the thread and give the device free; say whether that was done within ``timeout`` seconds."""
        self._stopping.set()
        port = self._port
        if port is not None:
            port.cancel()
        if self._thread.is_alive():
            self._thread.join(timeout)
        return not self._thread.is_alive()

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self._serve()
            except Exception as fault:  # noqa: BLE001  the device supervisor: a fault of ours must not end the keypad
                self._up_since = None
                self.why_down = f"a fault of the program: {fault!r}"
                self._log.exception("keypad.fault_of_ours")
                self._stopping.wait(self._backoff.fail())

    def _serve(self) -> None:
        try:
            port = self._opener(self._url, settings=self._settings)
        except PortDown as down:
            self._lose(down)
            return
        try:
            self._port = port
            self._find()
            self._read(port)
        except PortDown as down:
            self._lose(down)
        finally:
            self._port = None
            port.close()

    def _read(self, port: Port) -> None:
        """Read until told to stop, or until events were lost: what a jack is like now, only a fresh opening tells."""
        decoder = Decoder()
        while not (self._stopping.is_set() or decoder.has_dropped):
            self._tell(self._reader.read(decoder.feed(port.read(READ_WAIT_S))))
        if decoder.has_dropped:
            self._log.info("keypad.events_dropped")

    def _tell(self, signals: list[Signal]) -> None:
        for signal in signals:
            self._on_signal(signal)

    def _find(self) -> None:
        now = self._clock.monotonic()
        self._up_since, self.why_down = now, ""
        if self._outage_began is not None:
            self._log.info("keypad.up", outage_s=round(now - self._outage_began, 3))
            self._outage_began = None

    def _lose(self, down: PortDown) -> None:
        if self._stopping.is_set():
            return
        now = self._clock.monotonic()
        if self._up_since is not None and now - self._up_since >= PROVEN_AFTER_S:
            self._backoff.succeed()
        self._up_since, self.why_down = None, down.fault.value
        if self._outage_began is None:
            self._outage_began = now
            self.outages += 1
            self._log.warning("keypad.down", why=down.fault.value, detail=down.detail, lasting=down.fault.is_lasting)
            self._tell(self._reader.lose())
        self._stopping.wait(self._backoff.fail(lasting=down.fault.is_lasting))
