"""The courier: one thread that carries what is owed to the photoservice, at once when it can, later when it must.

It wakes on every commit, waits with full jitter after a failure, logs an outage once, and asks for the roster now and
then. What to say is in :mod:`sync.delivery`, when to say it in :mod:`sync.rounds`; this is the thread round them.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

import structlog

from photocore.seams import Channel, Clock
from sync.delivery import Progress
from sync.rounds import OnProgress, RoundReport, Rounds, run_round

HELD_S: Final = 10.0
"""A courier that is held back goes after so many seconds whatever happens: what is owed must not wait for a screen."""

_log = structlog.get_logger()


@dataclass(kw_only=True, eq=False)
class _Errand:
    """A round that someone waits for."""

    on_progress: OnProgress
    done: threading.Event = field(default_factory=threading.Event)
    report: RoundReport | None = None


def _tell_errand(errand: _Errand, progress: Progress) -> None:
    """Tell who waits for the round; one who has gone away must not break it for the others."""
    try:
        errand.on_progress(progress)
    except OSError as cause:
        _log.info("errand_caller_gone", cause=str(cause))
        errand.on_progress = lambda _: None


class CourierThread:
    """The thread. Everything here is thread-safe; ``on_change`` is called on the courier's thread after each round.

    One that ``is_held`` makes its first round only after :meth:`release`, an errand, or ``HELD_S``.
    """

    def __init__(
        self, rounds: Rounds, *, channel: Channel, clock: Clock, on_change: Callable[[], None], is_held: bool = False
    ) -> None:
        self.rounds = rounds
        self._channel = channel
        self._clock = clock
        self._on_change = on_change
        self._wake = threading.Condition()
        self._errands: list[_Errand] = []
        self._has_news = True
        self._stopping = False
        self._is_held = is_held
        self._thread = threading.Thread(target=self._run, name="courier", daemon=True)

    @property
    def is_online(self) -> bool:
        """Whether the photoservice itself has answered, and no round failed since."""
        return self.rounds.is_online

    @property
    def last_report(self) -> RoundReport | None:
        """How the last round ended."""
        return self.rounds.last_report

    @property
    def is_rewound(self) -> bool:
        """Whether the photoservice held events of ours that we did not: this station was restored from an old copy."""
        return self.rounds.delivery.restoring.rewound

    @property
    def trouble(self) -> str:
        """What is wrong between us and the photoservice that a person must look after; empty when nothing is."""
        return self.rounds.trouble

    @property
    def clock_off_s(self) -> float | None:
        """How many seconds this machine's clock is ahead of the photoservice's (negative: behind), if too many."""
        return self.rounds.clock_off_s

    def start(self) -> None:
        """Start carrying."""
        self._thread.start()

    def release(self) -> None:
        """Let a courier go that was held back."""
        with self._wake:
            self._is_held = False
            self._wake.notify()

    def wake(self) -> None:
        """Say that there is something new to carry."""
        with self._wake:
            self._has_news = True
            self._wake.notify()

    def sync_now(self, on_progress: OnProgress = lambda _: None) -> RoundReport:
        """Make a whole round at once, whatever the back-off says, and return how it ended."""
        errand = _Errand(on_progress=on_progress)
        with self._wake:
            if self._stopping or not self._thread.is_alive():
                return RoundReport(ok=False, progress=Progress(), reason="the courier is not running")
            self._errands.append(errand)
            self._wake.notify()
        errand.done.wait()
        return errand.report or RoundReport(ok=False, progress=Progress(), reason="the courier stopped")

    def carry_here(self, on_progress: OnProgress = lambda _: None) -> RoundReport:
        """Make one whole round on the caller's own thread: for a program that only wants to carry and go.

        Raises:
            RuntimeError: the courier's own thread was started; ask it by :meth:`sync_now`.
        """
        if self._thread.ident is not None:
            raise RuntimeError("the courier has a thread of its own")
        return self._round([_Errand(on_progress=on_progress)])

    def stop(self) -> None:
        """Finish the exchange under way, and stop. Doing so twice is harmless."""
        with self._wake:
            self._stopping = True
            self._wake.notify()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        with self._wake:
            self._wake.wait_for(lambda: not self._is_held or self._errands or self._stopping, HELD_S)
        while not self._stopping:
            errands = self._take_errands()
            report = self._round(errands)
            for errand in errands:
                errand.report = report
                errand.done.set()
            self._on_change()
            self._rest(report)
        for errand in self._take_errands():
            errand.done.set()

    def _take_errands(self) -> list[_Errand]:
        with self._wake:
            errands, self._errands = self._errands, []
            self._has_news = False
            return errands

    def _round(self, errands: list[_Errand]) -> RoundReport:
        def tell(progress: Progress) -> None:
            self.rounds.heard()
            for errand in errands:
                _tell_errand(errand, progress)

        try:
            report = run_round(self.rounds.begin(asked=bool(errands)), self._channel, tell)
        except Exception as error:  # noqa: BLE001 - the worker's boundary: it must outlive a bug, and say so
            _log.exception("courier_failed")
            return self.rounds.broke(error)
        self.rounds.end(report)
        return report

    def _rest(self, report: RoundReport) -> None:
        """Wait until there is something to do: news, an errand, the roster's hour, or the end of a back-off."""
        rest = self.rounds.rest(report)
        begun = self._clock.monotonic()
        with self._wake:
            while not self._stopping and not self._errands:
                waited = self._clock.monotonic() - begun
                left = (rest.shortest if self._has_news else rest.longest) - waited
                if left <= 0:
                    return
                self._wake.wait(left)
