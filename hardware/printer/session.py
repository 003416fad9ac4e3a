"""One printer, for as long as the shop is open: its line, and the only thread that reads it.

python-escpos asks and reads in one breath, and takes whatever comes for the answer; with automatic reports on, it
took half a report for "no paper" (research/hardware.md 0). So one thread reads everything, :mod:`demux` tells it apart,
and whoever asked waits on a condition. An outage is one log line and its end another.
"""

import threading
from collections.abc import Callable
from types import TracebackType
from typing import Any, Final, Self

import structlog

from hardware.backoff import BackOff
from hardware.errors import PortDown, PortFault
from hardware.printer import escpos
from hardware.printer.conversation import Confirms, Conversation
from hardware.printer.demux import Demultiplexer
from hardware.printer.process_ids import PROBE
from hardware.printer.profile import PrinterProfile
from hardware.printer.status import PrinterStatus
from hardware.transport import Port, PortOpener, PortSettings, check_url, open_port
from photocore.seams import Clock

READ_WAIT_S: Final = 1.0
WRITE_STEP_S: Final = 0.2
ANSWER_WAIT_S: Final = 1.0
QUESTIONS: Final = (
    escpos.DLE_EOT_PRINTER,
    escpos.DLE_EOT_OFFLINE,
    escpos.DLE_EOT_ERROR,
    escpos.DLE_EOT_PAPER,
)


class PrinterSession:
    """Keeps one printer's line open and knows its status; for any number of threads.

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
        self.profile = profile
        self._url = url
        self._clock = clock
        self._watchers: list[Callable[[PrinterStatus], object]] = []
        self._opener = opener
        self._settings = settings or PortSettings()
        self._answer_wait_s = answer_wait_s
        self._log = (log or structlog.get_logger()).bind(printer=profile.name, url=url)
        self._talk = Conversation()
        self._heard = threading.Condition()
        self._asking = threading.Lock()
        self._telling = threading.Lock()
        self._back_off = BackOff(first_s=0.1, longest_s=5.0)
        self._stopping = threading.Event()
        self._port: Port | None = None
        self._demux = Demultiplexer()
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

    def watch(self, watcher: Callable[[PrinterStatus], object]) -> None:
        """Tell ``watcher`` each new status, in order, on the thread that learnt it; it must be quick.

        Call it before :meth:`start`.
        """
        self._watchers.append(watcher)

    def nudge(self) -> None:
        """Let everyone who waits look again."""
        with self._heard:
            self._heard.notify_all()

    def has_proved(self, process_id: str) -> bool:
        """Say whether the printer has put everything before this id on paper."""
        return self._talk.has_proved(process_id)

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

    def ask_status(self) -> bool:
        """Ask everything ``DLE EOT`` can tell, one question at a time; say whether the printer answered.

        Without an answer the status becomes *unknown*: never "out of paper", never "ready".

        Raises:
            PortDown: the line is closed.
        """
        if not self.profile.supports.status:
            return False
        with self._asking:
            return all(self._ask(question) for question in QUESTIONS)

    def is_awake(self) -> bool:
        """Ask one question; say whether the printer answered, or never answers such.

        A printer answers at once, whatever it is printing; one that starts up hears nothing for a second or more. So
        silence may be a restart, by which it forgot what it held: a serial line stays open all the while.

        Raises:
            PortDown: the line is closed.
        """
        if not self._talk.answers_here:
            return True
        if not self.profile.supports.asb:
            return self.ask_status()
        with self._asking:
            return self._ask(escpos.DLE_EOT_PRINTER)

    def probe(self) -> Confirms:
        """Find out once whether the printer proves its prints, by an empty job with an id of its own.

        A printer that is not ready answers later, and one that hangs not at all; so a "cannot" is said only of one that
        is ready, or never spoke on this line. Of any other it stays unknown.

        Raises:
            PortDown: the line is closed.
        """
        if self.profile.supports.process_id == "no":
            with self._heard:
                self._talk.settle_probe(answered=False)
            return self.confirms
        self.fence()
        answered = self.wait_for(lambda talk: talk.has_proved(PROBE), self._answer_wait_s)
        if not answered and not self._is_no_answer_a_no():
            return self.confirms
        with self._heard:
            self._talk.settle_probe(answered=answered)
        self._log.info("printer.probed", confirms=self.confirms)
        return self.confirms

    def fence(self) -> None:
        """Send an empty job: its answer means that no earlier proof is on its way any more.

        Raises:
            PortDown: the line is closed.
        """
        self.expect(PROBE)
        self.write_now(escpos.ask_process_id(PROBE))

    def expect(self, process_id: str) -> None:
        """Take a proof with this id, should it come."""
        with self._heard:
            self._talk.expect(process_id)

    def forget(self, process_id: str) -> None:
        """Take no proof with this id any more."""
        with self._heard:
            self._talk.forget(process_id)

    def clear(self) -> bool:
        """Make the printer drop what it holds and leave a recoverable error; say whether it said so.

        Raises:
            PortDown: the line is closed.
        """
        before = self._talk.cleared
        self.write_now(escpos.clear_buffer())
        return self.wait_for(lambda talk: talk.cleared > before, self._answer_wait_s)

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
            self._close(down)
            self._pause(self._back_off.fail(lasting=down.fault.is_lasting))
        except Exception:  # noqa: BLE001  the device supervisor: a fault of ours must not end the printer
            self._log.exception("printer.fault_of_ours")
            self._close(None)
            self._pause(self._back_off.fail())

    def rest(self, until: threading.Event, seconds: float) -> None:
        """Wait for ``until``, at most ``seconds``; the line is read meanwhile."""
        until.wait(seconds)

    def _is_no_answer_a_no(self) -> bool:
        """Say whether a probe's silence tells that the printer cannot: it is ready, or mute altogether."""
        if not self.profile.supports.status or (not self.ask_status() and not self._talk.has_spoken):
            return True
        status = self.status
        return status.offline is False and not status.errors and status.fault is None

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

    def _ask(self, question: int) -> bool:
        with self._heard:
            before, opening = self._talk.answers, self._talk.openings
            self._talk.ask(question)
        self.write_now(escpos.ask_status(question))
        self.wait_for(lambda talk: talk.answers > before or talk.openings != opening, self._answer_wait_s)
        answered = self._talk.answers > before
        if not answered:
            with self._heard:
                self._talk.fell_silent()
            self._tell()
        return answered

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
        # What an earlier connection switched on talks on to this one: silence first (research/hardware.md 3).
        try:
            port.write(escpos.report_changes(0))
            if self.profile.supports.asb:
                port.write(escpos.report_changes(0xFF))
        except PortDown:
            port.close()
            raise
        self._demux = Demultiplexer()
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
            for event in self._demux.feed(received):
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
