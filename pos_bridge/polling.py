"""The rounds in which till systems are asked for their sales, beside or instead of their calls.

Always run beside webhooks: no sender guarantees that they come (research/pos_kiosk.md 2.6). A page's messages are kept
durably before the cursor moves behind them; a crash in between asks for the page again, and what is known is known.
"""

import math
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Protocol

import structlog

from photocore.seams import Channel, Clock, Entropy
from pos_bridge.errors import SourceDown
from pos_bridge.messages import Poller, RawMessage
from pos_bridge.settings import SourceSettings
from sync.backoff import wait_after
from sync.errors import JournalDown

MOST_PAGES: Final = 50
"""Of one source in one round, so that a long list does not keep the others waiting; the rest follows at once."""
MOST_WANTED: Final = 100
LOOK_S: Final = 5.0
"""How often it is looked whether messages named something to be fetched."""

_log = structlog.get_logger()


class Keeping(Protocol):
    """Where messages and cursors are kept: the ledger. Each verb is durable when it returns."""

    def keep_messages(self, messages: Sequence[RawMessage]) -> Any:  # noqa: ANN401
        """Keep what is new of ``messages``."""
        ...

    def wanted(self, source: str, limit: int = 100) -> Sequence[str]:
        """Return what messages of a source named and did not hold (:attr:`~pos_bridge.messages.Reading.wants`)."""
        ...

    def got(self, source: str, names: Sequence[str]) -> Any:  # noqa: ANN401
        """Note that it was fetched, or is there no more."""
        ...

    def cursor(self, source: str) -> str:
        """Return where a source's list stands, "" at first."""
        ...

    def set_cursor(self, source: str, cursor: str) -> Any:  # noqa: ANN401
        """Note where a source's list stands."""
        ...


@dataclass(frozen=True, kw_only=True)
class SourceFigures:
    """How asking one source goes. ``why`` is empty while it answers; ``failures`` are in a row."""

    source: str
    answered_at: datetime | None = None
    failing_since: datetime | None = None
    failures: int = 0
    why: str = ""
    fetched: int = 0


@dataclass
class _Asked:
    source: SourceSettings
    poller: Poller
    due: float
    figures: SourceFigures


class PollRounds:
    """Asks every source that has ``every_s``, each in its own time, and any for what its messages only named.

    Thread-safe, one round at a time. ``on_kept`` is called after something was kept, to have it read.
    """

    def __init__(
        self,
        sources: Iterable[SourceSettings],
        pollers: Mapping[str, Poller],
        *,
        ledger: Keeping,
        channel: Channel,
        clock: Clock,
        entropy: Entropy,
        on_kept: Callable[[], None] = lambda: None,
    ) -> None:
        self._ledger, self._channel, self._clock, self._entropy = ledger, channel, clock, entropy
        self._on_kept = on_kept
        self._turn, self._guard = threading.Lock(), threading.Lock()
        start = clock.monotonic()
        self._asked = {
            source.name: _Asked(
                source=source,
                poller=pollers[source.kind],
                due=math.inf if source.every_s is None else start,
                figures=SourceFigures(source=source.name),
            )
            for source in sources
            if source.kind in pollers
        }

    def run_due(self) -> float | None:
        """Ask every source whose time has come; returns the seconds until the next look, None when there is nothing.

        A source whose messages name things to be fetched is looked after every few seconds, without its list.
        """
        with self._turn:
            for asked in self._asked.values():
                is_due = asked.due <= self._clock.monotonic()
                if is_due or self._is_wanting(asked):
                    self._ask(asked, with_list=is_due and asked.source.every_s is not None)
            rests = [self._rest(asked) for asked in self._asked.values()]
            rest = min(rests, default=math.inf)
            return None if rest == math.inf else max(0.0, rest)

    def figures(self) -> tuple[SourceFigures, ...]:
        """Return how asking goes, for the light, the doctor and the metrics; what is never asked is not in it."""
        with self._guard:
            found = [(asked.source.every_s, asked.figures) for asked in self._asked.values()]
        return tuple(one for every_s, one in found if every_s is not None or one.answered_at or one.failures)

    def _is_wanting(self, asked: _Asked) -> bool:
        if asked.figures.failures or not _fetches(asked.poller):
            return False
        try:
            return bool(self._ledger.wanted(asked.source.name, 1))
        except JournalDown:
            return False

    def _rest(self, asked: _Asked) -> float:
        rest = asked.due - self._clock.monotonic()
        return min(rest, LOOK_S) if _fetches(asked.poller) and not asked.figures.failures else rest

    def _ask(self, asked: _Asked, *, with_list: bool) -> None:
        """Ask for the list, then for what was named and may not be in it yet."""
        try:
            count, is_last = self._fetch_list(asked) if with_list else (0, True)
            more, is_done = self._fetch_wanted(asked)
        except (SourceDown, JournalDown) as why:
            self._note_down(asked, why)
            return
        with self._guard:
            was = asked.figures
            fetched = was.fetched + count + more
            asked.figures = SourceFigures(source=was.source, answered_at=self._clock.now(), fetched=fetched)
            asked.due = self._due(asked, with_list=with_list, is_done=is_last and is_done)
        if was.failures:
            _log.info("till_source_answers", source=was.source, failures=was.failures)

    def _due(self, asked: _Asked, *, with_list: bool, is_done: bool) -> float:
        now = self._clock.monotonic()
        if not is_done:
            return now
        if asked.source.every_s is None:
            return math.inf
        return now + asked.source.every_s if with_list else asked.due

    def _fetch_wanted(self, asked: _Asked) -> tuple[int, bool]:
        """Fetch what messages named; returns how many came, and whether nothing is wanted any more."""
        fetch, name = _fetches(asked.poller), asked.source.name
        wants = self._ledger.wanted(name, MOST_WANTED) if fetch else ()
        if fetch is None or not wants:
            return 0, True
        messages = fetch(asked.source, wants, self._channel, self._clock.now())
        self._keep(messages)
        self._ledger.got(name, wants)
        return len(messages), len(wants) < MOST_WANTED

    def _fetch_list(self, asked: _Asked) -> tuple[int, bool]:
        """Fetch pages until the last, keeping each before the cursor moves; returns messages, and whether all came."""
        name, count = asked.source.name, 0
        for _ in range(MOST_PAGES):
            cursor = self._ledger.cursor(name)
            page = asked.poller.fetch(asked.source, cursor, self._channel, self._clock.now())
            self._keep(page.messages)
            if page.cursor != cursor:
                self._ledger.set_cursor(name, page.cursor)
            count += len(page.messages)
            if page.is_last:
                return count, True
        return count, False

    def _keep(self, messages: Sequence[RawMessage]) -> None:
        if messages:
            self._ledger.keep_messages(messages)
            self._on_kept()

    def _note_down(self, asked: _Asked, why: SourceDown | JournalDown) -> None:
        with self._guard:
            was = asked.figures
            asked.figures = SourceFigures(
                source=was.source,
                answered_at=was.answered_at,
                failing_since=was.failing_since or self._clock.now(),
                failures=was.failures + 1,
                why=str(why),
                fetched=was.fetched,
            )
            wait = max(
                wait_after(was.failures + 1, self._entropy),
                (why.retry_after_s or 0.0) if isinstance(why, SourceDown) else 0.0,
            )
            asked.due = self._clock.monotonic() + wait
        if was.failures == 0:
            _log.warning("till_source_down", source=was.source, reason=str(why))


def _fetches(poller: Poller) -> Callable[..., Sequence[RawMessage]] | None:
    """Return how a poller fetches single things (:class:`~pos_bridge.messages.Fetcher`), if it does."""
    return getattr(poller, "fetch_wanted", None)


class PollThread:
    """A thread that goes on these rounds until it is stopped; :meth:`wake` has it look at once."""

    def __init__(self, rounds: PollRounds, *, longest_s: float = 60.0) -> None:
        self._rounds, self._longest_s = rounds, longest_s
        self._called, self._stopping = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, name="till-polling", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def wake(self) -> None:
        """Look at once for what is due."""
        self._called.set()

    def hurry(self, _source: str) -> None:
        """Have what a source's messages named fetched at once; one that is failing keeps its rest."""
        self._called.set()

    def stop(self, timeout_s: float = 30.0) -> None:
        """End after the question that is open."""
        self._stopping.set()
        self._called.set()
        if self._thread.is_alive():
            self._thread.join(timeout_s)

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._called.clear()
            wait = self._rounds.run_due()
            self._called.wait(self._longest_s if wait is None else min(wait, self._longest_s))
