"""One printer's line, for as long as the shop is open, and the only thread that reads it.

An outage is one log line and its end another, and between two tries the pause grows. What is read is told apart by the
printer's language and folded into the conversation; whoever waits for something is woken.
"""

import threading
from collections.abc import Callable
from types import TracebackType
from typing import Any, Final, Self

import structlog

from hardware.backoff import BackOff
from hardware.errors import PortDown, PortFault, PortUrlWrong
from hardware.printer.conversation import Conversation
from hardware.printer.language import Replies
from hardware.printer.languages import language_of
from hardware.printer.profile import PrinterProfile, one_way
from hardware.printer.status import PrinterStatus
from hardware.transport import HoldsBack, Port, PortOpener, PortSettings, check_url, goes_both_ways, open_port
from photocore.seams import Clock

READ_WAIT_S: Final = 1.0
WRITE_STEP_S: Final = 0.2
ANSWER_WAIT_S: Final = 1.0


class KeptLine:
    """Keeps one printer's line open, reads and writes it; for any number of threads.

    Raises:
        PortUrlWrong: ``url`` can never be opened.
    """

    def __init__(
        self,
        url: str,
        profile: PrinterProfile,
        clock: Clock,
        *,
        opener: PortOpener = open_port,
        settings: PortSettings | None = None,
        answer_wait_s: float = ANSWER_WAIT_S,
        log: Any = None,  # noqa: ANN401  structlog's loggers share no useful type
    ) -> None:
        check_url(url)
        self.is_one_way = not goes_both_ways(url)
        self.profile = one_way(profile) if self.is_one_way else profile
        self.language = language_of(self.profile)
        self._url = url
        self._clock = clock
        self._watchers: list[Callable[[PrinterStatus], object]] = []
        self._opener = opener
        self._settings = settings or profile.line.port_settings()
        self._answer_wait_s = answer_wait_s
        self._log = (log or structlog.get_logger()).bind(printer=profile.name, url=url)
        self._talk = Conversation(self.language)
        self._heard = threading.Condition()
        self._asking = threading.Lock()
        self._telling = threading.Lock()
        self._back_off = BackOff(first_s=0.1, longest_s=5.0)
        self._stopping = threading.Event()
        self._port: Port | None = None
        self._replies: Replies = self.language.replies()
        self._told = PrinterStatus()
        self._is_outage_logged = False
        self._tries = 0
        self._thread = threading.Thread(target=self._run, name="printer session", daemon=True)

    def start(self) -> None:
        """Begin to keep the line open."""
        self._thread.start()

    def stop(self) -> None:
        """Give the line back and end the thread."""
        self._stopping.set()
        with self._heard:
            port = self._port
            self._heard.notify_all()
        if port is not None:
            port.close()
        if self._thread.is_alive():
            self._thread.join()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def watch(self, watcher: Callable[[PrinterStatus], object]) -> None:
        """Tell ``watcher`` each new status, in order, on the thread that learnt it; it must be quick.

        Call it before :meth:`start`.
        """
        self._watchers.append(watcher)

    def nudge(self) -> None:
        """Let everyone who waits look again."""
        with self._heard:
            self._heard.notify_all()

    def wait_for(self, is_so: Callable[[Conversation], bool], seconds: float) -> bool:
        """Wait until ``is_so``, at most ``seconds``; say whether it is."""
        ends_at = self._clock.monotonic() + seconds
        with self._heard:
            while not is_so(self._talk) and not self._stopping.is_set():
                left = ends_at - self._clock.monotonic()
                if left <= 0:
                    break
                self._heard.wait(min(left, 0.5))
            return is_so(self._talk)

    def write_now(self, raw: bytes) -> None:
        """Send a few bytes at once, whatever the flow control says: real-time commands, questions.

        Raises:
            PortDown: they did not all go out.
        """
        self._line().write(raw)

    def write(self, raw: bytes, give_up: Callable[[Conversation], bool], seconds: float) -> int:
        """Send ``raw`` as fast as the printer takes it; return how many bytes went out.

        Fewer than all went when ``give_up`` said so between two steps, or ``seconds`` passed without any going.

        Raises:
            PortDown: the line closed; ``written`` counts from the start of ``raw``.
        """
        sent, moved_at = 0, self._clock.monotonic()
        while sent < len(raw) and not give_up(self._talk):
            went = self._write_step(raw[sent:], sent)
            now = self._clock.monotonic()
            sent, moved_at = sent + went, now if went else moved_at
            if now - moved_at > seconds:
                break
        return sent

    def turn(self, wait_s: float) -> None:
        """Do one step of a session's life: open the line if it is shut, else read it, waiting up to ``wait_s``.

        The session's own thread does nothing else; without one, whoever waits does it (:mod:`.straight`).
        """
        port = self._port
        try:
            if port is None:
                self._open(self._opener(self._url, settings=self._settings))
            else:
                self._hear(port.read(wait_s))
        except PortDown as down:
            self._go_without(down)
        except PortUrlWrong as wrong:  # a line that cannot have this profile's settings
            self._go_without(PortDown(self._url, PortFault.NOT_A_DEVICE, str(wrong)))
        except Exception:  # noqa: BLE001  the device supervisor: a fault of ours must not end the printer
            self._log.exception("printer.fault_of_ours")
            self._close(None)
            self._pause(self._back_off.fail())

    def rest(self, until: threading.Event, seconds: float) -> None:
        """Wait for ``until``, at most ``seconds``; the line is read meanwhile."""
        until.wait(seconds)

    def _go_without(self, down: PortDown) -> None:
        self._close(down)
        self._pause(self._back_off.fail(lasting=down.fault.is_lasting))

    def _write_step(self, raw: bytes, before: int) -> int:
        if not self.wait_for(lambda talk: talk.may_send, WRITE_STEP_S):
            return 0
        try:
            self._line().write(raw, timeout=WRITE_STEP_S)
        except PortDown as down:
            if down.fault is PortFault.STALLED:
                return down.written
            down.written += before
            raise
        return len(raw)

    def _unsent(self) -> int:
        port = self._port
        return port.unsent() if isinstance(port, HoldsBack) else 0

    def _line(self) -> Port:
        port = self._port
        if port is None:
            raise PortDown(self._url, PortFault.MISSING)
        return port

    def _run(self) -> None:
        while not self._stopping.is_set():
            self.turn(READ_WAIT_S)
        self._shut()

    def _pause(self, seconds: float) -> None:
        self._stopping.wait(seconds)

    def _shut(self) -> None:
        with self._heard:
            port, self._port = self._port, None
        if port is not None:
            port.close()

    def _open(self, port: Port) -> None:
        try:
            for words in self.language.greeting():
                port.write(words)
        except PortDown:
            port.close()
            raise
        self._replies = self.language.replies()
        with self._heard:
            self._port = port
            self._talk.opened()
            self._heard.notify_all()
        if self._is_outage_logged:
            self._log.info("printer.back", tries=self._tries)
        self._is_outage_logged, self._tries = False, 0
        self._tell()

    def _hear(self, received: bytes) -> None:
        if not received:
            return
        self._back_off.succeed()
        with self._heard:
            for event in self._replies.feed(received):
                self._talk.take(event)
            self._heard.notify_all()
        self._tell()

    def _close(self, down: PortDown | None) -> None:
        self._shut()
        with self._heard:
            self._talk.closed()
            self._heard.notify_all()
        self._tries += 1
        if down is not None and not self._is_outage_logged and not self._stopping.is_set():
            self._log.warning("printer.lost", why=down.fault.value)
            self._is_outage_logged = True
        self._tell()

    def _tell(self) -> None:
        with self._telling:
            status = self._talk.status
            if status != self._told:
                self._told = status
                for watcher in self._watchers:
                    watcher(status)
