"""A running bridge as its door and its threads see it: one place to ask, and to tell what was seen.

What it is made of is put together in :mod:`pos_bridge.wiring` alone.
"""

import asyncio
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

import msgspec

from photocore.seams import Clock, Entropy
from pos_bridge.messages import Adapter, RawMessage
from pos_bridge.settings import TillSettings
from pos_bridge.sighting import CardSighting, Sighting
from pos_bridge.web.live import LaneFeed
from sync.errors import JournalDown
from sync.station import Station

T = TypeVar("T")


class FiguresSeen(Protocol):
    """What the ledger counts of itself."""

    @property
    def cases_open(self) -> int:
        """How many cases wait for a manager."""
        ...

    @property
    def unread(self) -> int:
        """How many messages are kept and not read yet."""
        ...


class LedgerSeen(Protocol):
    """What door and pages ask of the ledger; thread-safe, durable on return."""

    def keep_messages(self, messages: Sequence[RawMessage]) -> object:
        """Keep messages in one commit."""
        ...

    def saw(self, sighting: Sighting) -> object:
        """Keep what was seen."""
        ...

    def saw_card(self, sighting: CardSighting) -> object:
        """Keep a card that was seen."""
        ...

    def figures(self) -> FiguresSeen:
        """Return what the ledger counts."""
        ...


class Light(msgspec.Struct, frozen=True, kw_only=True):
    """The one light (DESIGN 5H): online, or offline with n waiting and the oldest's age; and what wants a person."""

    online: bool
    is_kept: bool
    """Whether what comes in can be kept at all."""
    waiting: int
    oldest_age_s: float | None
    unread: int
    cases_open: int
    parked: int
    printer: str


@dataclass
class Counts:
    """What happened at the door since the start, by source. Thread-safe."""

    _lock: threading.Lock = field(default_factory=threading.Lock)
    messages: Counter[str] = field(default_factory=Counter[str])
    forged: Counter[str] = field(default_factory=Counter[str])
    sightings: Counter[str] = field(default_factory=Counter[str])

    def kept(self, source: str) -> None:
        """Count a message that was kept, or had been."""
        with self._lock:
            self.messages[source] += 1

    def not_genuine(self, source: str) -> None:
        """Count a message whose signature was wrong."""
        with self._lock:
            self.forged[source] += 1

    def seen(self, via: str) -> None:
        """Count what was seen."""
        with self._lock:
            self.sightings[via] += 1


@dataclass(frozen=True, kw_only=True)
class Bridge:
    """One store's bridge between its tills and Twincheck."""

    settings: TillSettings
    station: Station
    ledger: LedgerSeen
    adapters: Mapping[str, Adapter]
    clock: Clock
    entropy: Entropy
    feed: LaneFeed
    counts: Counts = field(default_factory=Counts)
    wake: Callable[[], object] = lambda: None
    """Tells who reads messages that there are some."""
    printer_word: Callable[[], str] = lambda: "none"

    def saw_all(self, sightings: Iterable[Sighting]) -> None:
        """Keep what was seen, each by its ID once."""
        for sighting in sightings:
            self.ledger.saw(sighting)
            self.counts.seen(sighting.via)
        self.wake()

    def light(self) -> Light:
        """Return what the light shows, with the ledger or the journal down too."""
        status = self.station.desk.status()
        try:
            figures = self.ledger.figures()
            unread, cases, is_kept = figures.unread, figures.cases_open, status.journal_ok
        except JournalDown:
            unread, cases, is_kept = 0, 0, False
        return Light(
            online=status.online,
            is_kept=is_kept,
            waiting=status.unsent,
            oldest_age_s=status.oldest_age_s,
            unread=unread,
            cases_open=cases,
            parked=status.parked,
            printer=self.printer_word(),
        )

    async def off_loop(self, work: Callable[[], T]) -> T:
        """Do what may wait for a disk on another thread."""
        return await asyncio.to_thread(work)
