"""When the courier goes round, step by step, and how long it rests: the courier without its thread.

A *round* is one pass of :class:`sync.delivery.Delivery` from handshake to news. :class:`Round` takes it a request at a
time, so that a thread, a parcel or a simulated network can stand between question and answer; :class:`Rounds` keeps
what outlives a round: when the roster and the handshake are due, the outage, whether we are online.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace

import structlog

from photocore.errors import ChannelDown
from photocore.seams import Channel, Clock, Entropy, HttpRequest, HttpResponse
from sync import outbox
from sync.backoff import Outage, wait_after
from sync.clock_watch import ClockWatch
from sync.delivery import Ask, Delivery, Progress
from sync.errors import AnswerRefused, JournalDown
from sync.journal import Journal

Signer = Callable[[HttpRequest], HttpRequest]
OnProgress = Callable[[Progress], None]

_log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True)
class Rhythm:
    """How often the courier does what nobody asks it to, in seconds.

    ``greet_every_s`` is so that a twin, run from a copy of this station's folder, is noticed while the network is
    fine. A commit during an outage shortens the wait to ``impatient_s`` after the last try: the network may be back.
    What only a store hub has taken is sent again every ``doubt_hub_every_s`` (and at each start): its disk may die.
    """

    roster_every_s: float = 60.0
    prune_every_s: float = 86_400.0
    greet_every_s: float = 900.0
    impatient_s: float = 5.0
    doubt_hub_every_s: float = 86_400.0


EVERY_DAY = Rhythm()
"""A real counter's."""


@dataclass(frozen=True, kw_only=True)
class RoundReport:
    """How a round ended: ``reason`` is empty when everything owed was taken."""

    ok: bool
    progress: Progress
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class Rest:
    """How long to wait, in seconds, when nobody calls: ``longest``, or ``shortest`` once there is something new."""

    longest: float
    shortest: float


class Round:
    """One round: ask for the next request, hand in its answer or its loss, until there is none. Then ``report`` is."""

    def __init__(self, delivery: Delivery, sign: Signer) -> None:
        self._delivery = delivery
        self._sign = sign
        self._ask: Ask | None = None
        self.report: RoundReport | None = None

    def next_request(self) -> HttpRequest | None:
        """Return the next request to make, signed, or None when the round is over."""
        if self.report is not None:
            return None
        try:
            self._ask = self._delivery.next_ask()
        except (AnswerRefused, JournalDown) as cause:
            self._end(str(cause))
            return None
        if self._ask is None:
            passed_over = self._delivery.progress.passed_over
            self._end(f"{passed_over} events could not be taken now" if passed_over else "")
            return None
        return self._sign(self._ask.request)

    @property
    def progress(self) -> Progress:
        """How far it has come."""
        return replace(self._delivery.progress)

    def take(self, answer: HttpResponse) -> bool:
        """Take the answer to the last request; returns whether the round goes on."""
        if self._ask is None:
            raise RuntimeError("nothing was asked")
        ask, self._ask = self._ask, None
        try:
            self._delivery.take(ask, answer)
        except (AnswerRefused, JournalDown) as cause:
            self._end(str(cause))
        return self.report is None

    def lose(self, why: ChannelDown) -> None:
        """End the round because the answer to the last request was lost; whether that arrived is unknown."""
        self._delivery.lost()
        self._end(str(why))

    def _end(self, reason: str) -> None:
        self.report = RoundReport(ok=not reason, progress=self.progress, reason=reason)


def run_round(one: Round, channel: Channel, on_progress: OnProgress = lambda _: None) -> RoundReport:
    """Make a whole round over ``channel`` and tell how it ended; ``on_progress`` sees every step."""
    while request := one.next_request():
        try:
            answer = channel.exchange(request)
        except ChannelDown as cause:
            one.lose(cause)
            continue
        if one.take(answer):
            on_progress(one.progress)
    assert one.report is not None  # noqa: S101  # no request is left only when the round has ended
    return one.report


class Rounds:
    """A station's rounds, one after another. Single-threaded: whoever drives it, drives it alone."""

    def __init__(
        self,
        delivery: Delivery,
        *,
        journal: Journal,
        sign: Signer,
        clock: Clock,
        entropy: Entropy,
        rhythm: Rhythm = EVERY_DAY,
    ) -> None:
        self.delivery = delivery
        self.sign = sign
        self.is_online = False  # true once the photoservice itself has answered, and until a round fails
        self.last_report: RoundReport | None = None
        self._journal = journal
        self._clock = clock
        self._entropy = entropy
        self._rhythm = rhythm
        self._outage = Outage(clock)
        self._clock_watch = ClockWatch(clock)
        self._roster_due = 0.0
        self._prune_due = 0.0
        self._greet_due = clock.monotonic() + rhythm.greet_every_s  # the first round greets in any case
        self._doubt_due = clock.monotonic() + rhythm.doubt_hub_every_s
        self._roster_asked_at: float | None = None

    @property
    def trouble(self) -> str:
        """What is wrong between us and the photoservice that a person must look after; empty when nothing is."""
        return self.delivery.trouble or self._clock_watch.trouble

    @property
    def clock_off_s(self) -> float | None:
        """How many seconds this machine's clock is ahead of the photoservice's (negative: behind), if too many."""
        return self._clock_watch.off_s

    def begin(self, *, asked: bool = False) -> Round:
        """Begin a round; one that somebody ``asked`` for greets and fetches the roster whatever the hour."""
        now = self._clock.monotonic()
        is_roster_due = asked or now >= self._roster_due
        self._roster_asked_at = now if is_roster_due else None
        if asked or now >= self._greet_due:
            self._greet_due = now + self._rhythm.greet_every_s
            self.delivery.greet_again()
        if now >= self._doubt_due:
            self._doubt_due = now + self._rhythm.doubt_hub_every_s
            self.delivery.doubt_hub()
        self.delivery.begin_round(with_roster=is_roster_due)
        return Round(self.delivery, self.sign)

    def heard(self) -> None:
        """Note that an answer was believed: whoever signed it is there, and told the time."""
        self.is_online = self.is_online or self.delivery.proven
        self._clock_watch.compare(self.delivery.server_time)

    def broke(self, error: Exception) -> RoundReport:
        """Note that a round ended by a bug of ours: the next begins with a handshake."""
        self.delivery.lost()
        report = RoundReport(ok=False, progress=Progress(), reason=f"internal error: {error!r}")
        self.end(report)
        return report

    def end(self, report: RoundReport) -> None:
        """Note how a round ended, and do what is due after a good one."""
        self.last_report = report
        is_proven = self.delivery.proven
        if not report.ok:
            self.is_online = is_proven and report.progress.passed_over > 0  # it answered, only not for every event
            self._outage.note_failure(report.reason)
            return
        self.is_online = is_proven or self.is_online
        self._outage.note_success()
        if self._roster_asked_at is not None:
            self._roster_due = self._roster_asked_at + self._rhythm.roster_every_s
        if report.progress.sent:
            _log.info("sync_round", **asdict(report.progress))
        self._prune_when_due()

    def rest(self, report: RoundReport) -> Rest:
        """Return how long to wait after a round: until the roster's hour, or the end of a back-off with jitter."""
        if report.ok:
            return Rest(longest=self._rhythm.roster_every_s, shortest=0.0)
        longest = wait_after(self._outage.failures, self._entropy)
        return Rest(longest=longest, shortest=min(longest, self._rhythm.impatient_s))

    def _prune_when_due(self) -> None:
        now = self._clock.monotonic()
        if now < self._prune_due:
            return
        self._prune_due = now + self._rhythm.prune_every_s
        try:
            self._journal.write(lambda transaction: outbox.prune(transaction.connection))
        except JournalDown as cause:
            _log.warning("prune_failed", cause=str(cause))
