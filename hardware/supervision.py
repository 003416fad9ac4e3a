"""One device that sends, for as long as the shop is open: opened, read, lost, found again.

Scanners and keypads are supervised alike: a thread owns the port, and when the plug is pulled tries again by the same
name until it is back; it ends only when told to. Peers' reader threads die in silence on an unplug (pyserial issues 331
and 341, research: pos_kiosk 2.1): here every outage is one log line and its end another, with the tries between.
"""

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable
from types import TracebackType
from typing import Any, Final, Self

import structlog

from hardware.backoff import BackOff
from hardware.errors import PortDown, PortFault, PortUrlWrong
from hardware.transport import Port, PortOpener, PortSettings, check_url, open_port, stable_url
from photocore.seams import Clock

PROVEN_AFTER_S: Final = 5.0  # a port that stayed open this long is no flapping contact


class SupervisedReader(ABC):
    """A thread that reads one device through every unplug; what its bytes mean is for the kind of device to say.

    ``kind`` ("scanner", "keypad") begins the names of its log lines, ``name`` is the shop's own: "counter-left". All
    that a subclass fills in is called on the reader's thread.

    Raises:
        PortUrlWrong: ``url`` can never be opened.
    """

    def __init__(
        self,
        url: str,
        clock: Clock,
        *,
        kind: str,
        name: str,
        settings: PortSettings,
        opener: PortOpener = open_port,
        log: Any = None,  # noqa: ANN401  structlog's loggers share no useful type
    ) -> None:
        check_url(url)
        self._url = url
        self._clock = clock
        self._kind = kind
        self._settings = settings
        self._opener = opener
        self._log = (log or structlog.get_logger()).bind(**{kind: name, "url": url})
        self._backoff = BackOff()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"{kind} {name}", daemon=True)
        self._port: Port | None = None
        self._up_since: float | None = None
        self._outage_began: float | None = None
        self._is_told_up = False
        self._tries = 0
        self._outages = self._faults_of_ours = 0

    @property
    def is_up(self) -> bool:
        """Say whether what the device sends now is heard."""
        return self._up_since is not None

    @property
    def outages(self) -> int:
        """Return how often the device was lost, or could not be found at the start."""
        return self._outages

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

    def __enter__(self) -> Self:
        """Read for the length of a block."""
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    # -- what a kind of device fills in ---------------------------------------------------------------------

    @abstractmethod
    def _attend(self, port: Port, found: Callable[[], None]) -> None:
        """Read an open port until ``_stopping``, or until it should be opened anew; call ``found`` once it reads.

        Raises:
            PortDown: the device is lost.
        """

    @abstractmethod
    def _note_up(self) -> None:
        """Tell whom it concerns that the device is read."""

    @abstractmethod
    def _note_down(self, why: str, *, lasting: bool) -> None:
        """Tell that it is not, and why, in words a shop can act on; once for every try that failed."""

    @abstractmethod
    def _note_stopped(self) -> None:
        """Tell that it was given free, and is not looked for any more."""

    # -- the supervision ------------------------------------------------------------------------------------

    def _run(self) -> None:
        self._guard(self._advise)
        while not self._stopping.is_set():
            self._guard(self._serve)
        self._up_since = None
        self._guard(self._note_stopped)

    def _advise(self) -> None:
        better = stable_url(self._url)
        if better is not None:
            self._log.warning(f"{self._kind}.name_may_change", better=better)

    def _guard(self, step: Callable[[], None]) -> None:
        try:
            step()
        except Exception as fault:  # noqa: BLE001  the device supervisor: a fault of ours must not end the device
            self._faults_of_ours += 1
            self._up_since, self._is_told_up = None, False
            self._log.exception(f"{self._kind}.fault_of_ours")
            self._note_fault_of_ours(f"a fault of the program: {fault!r}")
            self._stopping.wait(self._backoff.fail())

    def _note_fault_of_ours(self, why: str) -> None:
        try:
            self._note_down(why, lasting=False)
        except Exception:  # noqa: BLE001  who is told may be the one at fault: the device lives on
            self._log.exception(f"{self._kind}.fault_of_ours")

    def _serve(self) -> None:
        try:
            port = self._opener(self._url, settings=self._settings)
        except PortDown as down:
            self._lose(down)
            return
        except PortUrlWrong as wrong:  # a line that cannot have such settings
            self._lose(PortDown(self._url, PortFault.NOT_A_DEVICE, str(wrong)))
            return
        try:
            self._port = port
            self._attend(port, self._find)
        except PortDown as down:
            self._lose(down)
        finally:
            self._port = None
            port.close()

    def _find(self) -> None:
        now = self._clock.monotonic()
        if not self._is_told_up:
            outage_s = 0.0 if self._outage_began is None else round(now - self._outage_began, 3)
            self._log.info(f"{self._kind}.up", outage_s=outage_s, tries=self._tries)
        self._up_since, self._outage_began, self._is_told_up, self._tries = now, None, True, 0
        self._note_up()

    def _lose(self, down: PortDown) -> None:
        if self._stopping.is_set():
            return
        now, fault = self._clock.monotonic(), down.fault
        if self._up_since is not None and now - self._up_since >= PROVEN_AFTER_S:
            self._backoff.succeed()
        self._up_since, self._is_told_up = None, False
        self._tries += 1
        if self._outage_began is None:
            self._outage_began = now
            self._tries = 0
            self._outages += 1
            self._log.warning(f"{self._kind}.down", why=fault.value, detail=down.detail, lasting=fault.is_lasting)
        self._note_down(fault.value, lasting=fault.is_lasting)
        self._stopping.wait(self._backoff.fail(lasting=fault.is_lasting))
