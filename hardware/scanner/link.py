"""One scanner, for as long as the shop is open: read, lost, found again, answered.

A supervised thread owns the port. It opens the port, reads frames off it, and when the plug is pulled tries again by
the same name until it is back; it ends only when told to. Peers' scanner threads die in silence on an unplug
(pyserial issues 331 and 341, research: pos_kiosk 2.1): here every outage is one log line and its end another, and
the state on the screen follows.
"""

import threading
from collections.abc import Callable
from types import TracebackType
from typing import Any, Final, Self

import structlog

from hardware.backoff import BackOff
from hardware.errors import PortDown, PortFault, PortUrlWrong
from hardware.scanner.debounce import Debounce
from hardware.scanner.framing import Frame
from hardware.scanner.link_state import Condition, LinkCounts, LinkState
from hardware.scanner.profile import ScannerProfile
from hardware.transport import Port, PortOpener, check_url, open_port, stable_url
from photocore.seams import Clock

READ_WAIT_S: Final = 1.0
ANSWER_DEADLINE_S: Final = 0.25  # an answer is a few bytes, and someone waits: a deaf scanner must not hold them up
SETTLE_LIMIT_S: Final = 1.0
PROVEN_AFTER_S: Final = 5.0  # a port that stayed open this long is no flapping contact


class ScannerLink:
    """Reads one scanner in a thread of its own, through every unplug.

    ``on_frame`` and ``on_state`` are called on that thread and must be quick: put what they get in an inbox.
    ``url`` should be a stable name (``/dev/serial/by-id/...``). ``name`` is the shop's own: "counter-left".

    Raises:
        PortUrlWrong: ``url`` can never be opened.
    """

    def __init__(
        self,
        url: str,
        profile: ScannerProfile,
        clock: Clock,
        on_frame: Callable[[Frame], object],
        on_state: Callable[[LinkState], object] = lambda state: None,
        *,
        name: str = "scanner",
        opener: PortOpener = open_port,
        log: Any = None,  # noqa: ANN401  structlog's loggers share no useful type
    ) -> None:
        check_url(url)
        self._url = url
        self._profile = profile
        self._clock = clock
        self._on_frame = on_frame
        self._on_state = on_state
        self._opener = opener
        self._log = (log or structlog.get_logger()).bind(scanner=name, url=url)
        self._framer = profile.framer()
        self._debounce = Debounce(profile.repeat_window_ms / 1000)
        self._backoff = BackOff()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"scanner {name}", daemon=True)
        self._answering = threading.Lock()
        self._port: Port | None = None
        self._outage_began: float | None = None
        self._tries = 0
        self._frames = self._repeated = self._outages = self._faults_of_ours = self._answers_lost = 0
        self._state = LinkState(name=name, condition=Condition.OPENING, since=clock.monotonic())

    @property
    def state(self) -> LinkState:
        """Return how the scanner is now."""
        return self._state

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

    def answer(self, ok: bool) -> bool:
        """Tell the scanner that its last code was taken (the journal has it), or refused. For any thread.

        Never raises: a lost beep must not undo what is in the journal. Say whether bytes went out; a profile
        without answer bytes sends none.
        """
        answer = self._profile.answer_bytes(ok=ok)
        with self._answering:
            if not ok and self._profile.answers.resends:
                self._debounce.forget_last()
            return bool(answer) and self._send(answer)

    def __enter__(self) -> Self:
        """Read for the length of a block."""
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _send(self, answer: bytes) -> bool:
        port = self._port
        try:
            if port is None:
                raise PortDown(self._url, PortFault.MISSING)
            port.write(answer, timeout=ANSWER_DEADLINE_S)
        except PortDown as down:
            self._answers_lost += 1
            self._log.info("scanner.answer_lost", why=down.fault.value)
            return False
        return True

    def _run(self) -> None:
        self._guard(self._advise)
        while not self._stopping.is_set():
            self._guard(self._serve)
        self._guard(lambda: self._tell(Condition.STOPPED))

    def _advise(self) -> None:
        better = stable_url(self._url)
        if better is not None:
            self._log.warning("scanner.name_may_change", better=better)

    def _guard(self, step: Callable[[], None]) -> None:
        try:
            step()
        except Exception as fault:  # noqa: BLE001  the device supervisor: a fault of ours must not end the scanner
            self._faults_of_ours += 1
            self._state = self._make_state(Condition.DOWN, why=f"a fault of the program: {fault!r}")
            self._log.exception("scanner.fault_of_ours")
            self._stopping.wait(self._backoff.fail())

    def _serve(self) -> None:
        try:
            port = self._opener(self._url, settings=self._profile.port_settings())
        except PortDown as down:
            self._lose(down)
            return
        except PortUrlWrong as wrong:  # a line that cannot have this profile's settings
            self._lose(PortDown(self._url, PortFault.NOT_A_DEVICE, str(wrong)))
            return
        try:
            self._port = port
            early = self._settle(port)
            self._find()
            self._deliver(early)
            while not self._stopping.is_set():
                self._read(port)
        except PortDown as down:
            self._lose(down)
        finally:
            self._port = None
            port.close()

    def _settle(self, port: Port) -> list[Frame]:
        """Drop the scan that was under way when we came: half a code must never pass for a whole one.

        A line that is quiet for a gap is between scans, which is what a person who plugs a scanner in finds.
        """
        ends_at = self._clock.monotonic() + SETTLE_LIMIT_S
        self._framer.join(self._clock.monotonic())
        frames: list[Frame] = []
        while self._clock.monotonic() < ends_at and not self._stopping.is_set():
            delivery = port.read(self._profile.framing.gap_ms / 1000)
            if not delivery:
                self._framer.settle()
                break
            frames += self._framer.feed(delivery, self._clock.monotonic())
        return frames

    def _read(self, port: Port) -> None:
        due = self._framer.due()
        wait_s = READ_WAIT_S if due is None else max(0.0, due - self._clock.monotonic())
        before = self._framer.counts
        delivery = port.read(wait_s)
        now = self._clock.monotonic()
        self._deliver(self._framer.feed(delivery, now) if delivery else self._framer.silence(now))
        if self._framer.counts != before:
            self._tell(Condition.UP)

    def _deliver(self, frames: list[Frame]) -> None:
        for frame in frames:
            with self._answering:
                judged = self._debounce.judge(frame)
            self._frames += 1
            self._repeated += judged.repeated
            self._backoff.succeed()
            self._on_frame(judged)

    def _find(self) -> None:
        now = self._clock.monotonic()
        outage_s = 0.0 if self._outage_began is None else round(now - self._outage_began, 3)
        self._log.info("scanner.up", outage_s=outage_s, tries=self._tries)
        self._outage_began = None
        self._tries = 0
        self._tell(Condition.UP)

    def _lose(self, down: PortDown) -> None:
        if self._stopping.is_set():
            return
        now = self._clock.monotonic()
        if self._state.is_up and now - self._state.since >= PROVEN_AFTER_S:
            self._backoff.succeed()
        self._tries += 1
        if self._outage_began is None:
            self._outage_began = now
            self._tries = 0
            self._outages += 1
            self._log.warning("scanner.down", why=down.fault.value, detail=down.detail, lasting=down.fault.is_lasting)
        self._tell(Condition.DOWN, why=down.fault.value, lasting=down.fault.is_lasting)
        self._stopping.wait(self._backoff.fail(lasting=down.fault.is_lasting))

    def _tell(self, condition: Condition, *, why: str = "", lasting: bool = False) -> None:
        before, self._state = self._state, self._make_state(condition, why=why, lasting=lasting)
        if self._state != before:
            self._on_state(self._state)

    def _make_state(self, condition: Condition, *, why: str = "", lasting: bool = False) -> LinkState:
        before = self._state
        return LinkState(
            name=before.name,
            condition=condition,
            why=why,
            lasting=lasting,
            since=before.since if condition is before.condition else self._clock.monotonic(),
            counts=LinkCounts(
                frames=self._frames,
                repeated=self._repeated,
                outages=self._outages,
                faults_of_ours=self._faults_of_ours,
                answers_lost=self._answers_lost,
                framing=self._framer.counts,
            ),
        )
