"""One scanner, for as long as the shop is open: read, lost, found again, answered.

The port is supervised as every reader's is (hardware/supervision.py); what the scanner speaks is its dialogue's
(hardware/scanner/dialogue.py). Here the two meet: what came is fed, what is outgoing is written, frames and states are
told, and an answer from any thread finds its way out.
"""

import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

from hardware.errors import PortDown, PortFault
from hardware.scanner.debounce import Debounce
from hardware.scanner.dialogue import Dialogue
from hardware.scanner.doubts import Doubts
from hardware.scanner.framing import Frame, FramingCounts
from hardware.scanner.link_state import Condition, LinkCounts, LinkState
from hardware.scanner.profile import ScannerProfile
from hardware.supervision import SupervisedReader
from hardware.transport import Port, PortOpener, open_port
from photocore.seams import Clock

READ_WAIT_S: Final = 1.0
ANSWER_DEADLINE_S: Final = 0.25  # an answer is a few bytes, and someone waits: a deaf scanner must not hold them up
SETTLE_LIMIT_S: Final = 1.0
DOUBT_AGAIN_S: Final = 60.0
"""How often a doubt is logged at most: a device may send codes with and without AIM IDs a thousand times a second."""


class ScannerLink(SupervisedReader):
    """Reads one scanner in a thread of its own, through every unplug.

    ``on_frame`` and ``on_state`` are called on that thread and must be quick: put what they get in an inbox.
    ``url`` should be a stable name (``/dev/serial/by-id/...``). ``name`` is the shop's own: "counter-left".
    ``dialogue`` takes the place of the profile's own.

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
        dialogue: Dialogue | None = None,
        opener: PortOpener = open_port,
        log: Any = None,  # noqa: ANN401  structlog's loggers share no useful type
    ) -> None:
        settings = profile.port_settings()
        super().__init__(url, clock, kind="scanner", name=name, settings=settings, opener=opener, log=log)
        self._profile = profile
        self._on_frame = on_frame
        self._on_state = on_state
        self._dialogue = dialogue or profile.dialogue()
        self._doubts = Doubts()
        self._is_doubt_told = False
        self._doubt_again_at = -DOUBT_AGAIN_S  # the clock may begin at nought
        self._debounce = Debounce(profile.repeat_window_ms / 1000)
        self._talking = threading.Lock()
        self._frames = self._repeated = self._answers_lost = 0
        self._state = LinkState(name=name, condition=Condition.OPENING, since=clock.monotonic())

    @property
    def state(self) -> LinkState:
        """Return how the scanner is now."""
        return self._state

    def answer(self, ok: bool) -> bool:
        """Tell the scanner that its last code was taken (the journal has it), or refused. For any thread.

        Never raises: a lost beep must not undo what is in the journal. Say whether the scanner can be told and bytes
        could go out; a profile without answers sends none.
        """
        with self._talking:
            if not ok and self._profile.answers.resends:
                self._debounce.forget_last()
            can_be_told = self._dialogue.answer(ok=ok, now=self._clock.monotonic())
            return self._write_outgoing(is_answer=can_be_told) and can_be_told

    # -- on the reader's thread -----------------------------------------------------------------------------

    def _attend(self, port: Port, found: Callable[[], None]) -> None:
        early = self._settle(port)
        found()
        self._deliver(early)
        while not self._stopping.is_set():
            self._read(port)

    def _settle(self, port: Port) -> list[Frame]:
        """Drop the scan that was under way when we came: half a code must never pass for a whole one.

        A line that is quiet for a gap is between scans, which is what a person who plugs a scanner in finds.
        """
        ends_at = self._clock.monotonic() + SETTLE_LIMIT_S
        with self._talking:
            self._dialogue.join(self._clock.monotonic())
        frames: list[Frame] = []
        while self._clock.monotonic() < ends_at and not self._stopping.is_set():
            delivery = port.read(self._profile.framing.gap_ms / 1000)
            with self._talking:
                if not delivery:
                    self._dialogue.settle()
                    break
                frames += self._dialogue.feed(delivery, self._clock.monotonic())
        with self._talking:
            self._write_outgoing()
        return frames

    def _read(self, port: Port) -> None:
        with self._talking:
            due, before = self._dialogue.due(), self._dialogue.counts
        wait_s = READ_WAIT_S if due is None else min(READ_WAIT_S, max(0.0, due - self._clock.monotonic()))
        delivery = port.read(wait_s)
        now = self._clock.monotonic()
        with self._talking:
            frames = self._dialogue.feed(delivery, now) if delivery else self._dialogue.silence(now)
            self._write_outgoing()
            counts = self._dialogue.counts
        self._deliver(frames)
        if self._doubt_settings(frames, counts) or counts != before:
            self._tell(Condition.UP)

    def _doubt_settings(self, frames: list[Frame], counts: FramingCounts) -> bool:
        """Say whether a doubt came up or went; each is one log line, at most one pair a minute."""
        before = self._doubts.words
        self._doubts.note(frames, counts)
        words, now = self._doubts.words, self._clock.monotonic()
        if words and not self._is_doubt_told and now >= self._doubt_again_at:
            self._is_doubt_told, self._doubt_again_at = True, now + DOUBT_AGAIN_S
            self._log.warning("scanner.doubted", why=words)
        elif not words and self._is_doubt_told:
            self._is_doubt_told = False
            self._log.info("scanner.as_before")
        return words != before

    def _deliver(self, frames: list[Frame]) -> None:
        for frame in frames:
            with self._talking:  # for each anew: an answer to the one before may ask for it again
                judged = self._debounce.judge(frame)
            self._frames += 1
            self._repeated += judged.repeated
            self._backoff.succeed()
            self._on_frame(judged)

    def _write_outgoing(self, *, is_answer: bool = False) -> bool:
        """Write what the dialogue has to say, under the lock; a line that takes nothing is told and ends nothing."""
        outgoing = self._dialogue.outgoing(self._clock.monotonic())
        port = self._port
        try:
            if port is None and (outgoing or is_answer):
                raise PortDown(self._url, PortFault.MISSING)
            if port is not None and outgoing:
                port.write(outgoing, timeout=ANSWER_DEADLINE_S)
        except PortDown as down:
            if is_answer:  # anything else is said again by itself
                self._answers_lost += 1
                self._log.info("scanner.answer_lost", why=down.fault.value)
            return False
        return True

    def _note_up(self) -> None:
        self._tell(Condition.UP)

    def _note_down(self, why: str, *, lasting: bool) -> None:
        self._tell(Condition.DOWN, why=why, lasting=lasting)

    def _note_stopped(self) -> None:
        self._tell(Condition.STOPPED)

    def _tell(self, condition: Condition, *, why: str = "", lasting: bool = False) -> None:
        before = self._state
        self._state = replace(
            before,
            condition=condition,
            why=why,
            lasting=lasting,
            doubt=self._doubts.words if condition is Condition.UP else "",
            since=before.since if condition is before.condition else self._clock.monotonic(),
            counts=LinkCounts(
                frames=self._frames,
                repeated=self._repeated,
                outages=self._outages,
                faults_of_ours=self._faults_of_ours,
                answers_lost=self._answers_lost,
                framing=self._dialogue.counts,
            ),
        )
        if self._state != before:
            self._on_state(self._state)
