"""The courier: one thread that carries what is owed to the photoservice, at once when it can, later when it must.

It wakes on every commit, waits with full jitter after a failure, logs an outage once, and asks for the roster now and
then. The rules are in :mod:`sync.delivery`; this is the thread round them.
"""

import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace

import structlog

from photocore.errors import ChannelDown
from photocore.seams import Channel, Clock, Entropy, HttpRequest
from sync import outbox
from sync.backoff import Outage, wait_after
from sync.clock_watch import ClockWatch
from sync.delivery import Delivery, Progress
from sync.errors import AnswerRefused, JournalDown
from sync.journal import Journal

ROSTER_EVERY_S = 60.0
PRUNE_EVERY_S = 86_400.0
GREET_EVERY_S = 900.0
"""So that a twin, run from a copy of this station's folder, is noticed while the network is fine."""
IMPATIENT_S = 5.0
"""A commit during an outage shortens the wait to this long after the last try: the network may be back."""

_log = structlog.get_logger()

Signer = Callable[[HttpRequest], HttpRequest]
OnProgress = Callable[[Progress], None]


@dataclass(frozen=True, kw_only=True)
class RoundReport:
    """How a round ended: ``reason`` is empty when everything owed was taken."""

    ok: bool
    progress: Progress
    reason: str = ""


def run_round(delivery: Delivery, channel: Channel, sign: Signer, on_progress: OnProgress) -> RoundReport:
    """Make one round over ``channel`` and tell how it ended; ``on_progress`` sees every step."""
    try:
        while ask := delivery.next_ask():
            delivery.take(ask, channel.exchange(sign(ask.request)))
            on_progress(replace(delivery.progress))
    except ChannelDown as cause:
        delivery.lost()
        return RoundReport(ok=False, progress=replace(delivery.progress), reason=str(cause))
    except (AnswerRefused, JournalDown) as cause:
        return RoundReport(ok=False, progress=replace(delivery.progress), reason=str(cause))
    passed_over = delivery.progress.passed_over
    reason = f"{passed_over} events could not be taken now" if passed_over else ""
    return RoundReport(ok=not passed_over, progress=replace(delivery.progress), reason=reason)


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
    """The thread. Everything here is thread-safe; ``on_change`` is called on the courier's thread after each round."""

    def __init__(
        self,
        delivery: Delivery,
        *,
        journal: Journal,
        channel: Channel,
        sign: Signer,
        clock: Clock,
        entropy: Entropy,
        on_change: Callable[[], None],
    ) -> None:
        self._delivery = delivery
        self._journal = journal
        self._channel = channel
        self._sign = sign
        self._clock = clock
        self._entropy = entropy
        self._on_change = on_change
        self._outage = Outage(clock)
        self._clock_watch = ClockWatch(clock)
        self._wake = threading.Condition()
        self._errands: list[_Errand] = []
        self._has_news = True
        self._stopping = False
        self._roster_due = 0.0
        self._prune_due = 0.0
        self._greet_due = clock.monotonic() + GREET_EVERY_S  # the first round greets in any case
        self.is_online = False  # true once the photoservice itself has answered, and until a round fails
        self.last_report: RoundReport | None = None
        self._thread = threading.Thread(target=self._run, name="courier", daemon=True)

    @property
    def is_rewound(self) -> bool:
        """Whether the photoservice held events of ours that we did not: this station was restored from an old copy."""
        return self._delivery.restoring.rewound

    @property
    def trouble(self) -> str:
        """What is wrong between us and the photoservice that a person must look after; empty when nothing is."""
        return self._delivery.trouble or self._clock_watch.trouble

    @property
    def clock_off_s(self) -> float | None:
        """How many seconds this machine's clock is ahead of the photoservice's (negative: behind), if too many."""
        return self._clock_watch.off_s

    def start(self) -> None:
        """Start carrying."""
        self._thread.start()

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
            self.is_online = self.is_online or self._delivery.proven
            self._clock_watch.compare(self._delivery.server_time)
            for errand in errands:
                _tell_errand(errand, progress)

        now = self._clock.monotonic()
        is_roster_due = bool(errands) or now >= self._roster_due
        if errands or now >= self._greet_due:
            self._greet_due = now + GREET_EVERY_S
            self._delivery.greet_again()
        self._delivery.begin_round(with_roster=is_roster_due)
        try:
            report = run_round(self._delivery, self._channel, self._sign, tell)
        except Exception as error:  # noqa: BLE001 - the worker's boundary: it must outlive a bug, and say so
            _log.exception("courier_failed")
            self._delivery.lost()
            report = RoundReport(ok=False, progress=Progress(), reason=f"internal error: {error!r}")
        self._note(report, now if is_roster_due else None)
        return report

    def _note(self, report: RoundReport, roster_asked_at: float | None) -> None:
        self.last_report = report
        is_proven = self._delivery.proven
        if not report.ok:
            self.is_online = is_proven and report.progress.passed_over > 0  # it answered, only not for every event
            self._outage.note_failure(report.reason)
            return
        self.is_online = is_proven or self.is_online
        self._outage.note_success()
        if roster_asked_at is not None:
            self._roster_due = roster_asked_at + ROSTER_EVERY_S
        if report.progress.sent:
            _log.info("sync_round", **asdict(report.progress))
        self._prune_when_due()

    def _prune_when_due(self) -> None:
        now = self._clock.monotonic()
        if now < self._prune_due:
            return
        self._prune_due = now + PRUNE_EVERY_S
        try:
            self._journal.write(lambda transaction: outbox.prune(transaction.connection))
        except JournalDown as cause:
            _log.warning("prune_failed", cause=str(cause))

    def _rest(self, report: RoundReport) -> None:
        """Wait until there is something to do: news, an errand, the roster's hour, or the end of a back-off."""
        longest = ROSTER_EVERY_S if report.ok else wait_after(self._outage.failures, self._entropy)
        shortest = 0.0 if report.ok else min(longest, IMPATIENT_S)
        begun = self._clock.monotonic()
        with self._wake:
            while not self._stopping and not self._errands:
                waited = self._clock.monotonic() - begun
                left = (shortest if self._has_news else longest) - waited
                if left <= 0:
                    return
                self._wake.wait(left)
