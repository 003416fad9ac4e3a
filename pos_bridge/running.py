"""A running bridge as its door and its threads see it: one place to ask, and to tell what was seen.

What it is made of is put together in :mod:`pos_bridge.wiring` alone.
"""

import asyncio
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, TypeVar

import msgspec

from photocore.errors import CodeError
from photocore.ids import ItemId, Sgtin, parse_item
from photocore.seams import Clock, Entropy
from pos_bridge.intake.drop import last_told
from pos_bridge.lanes.hearing import CodeSeen, RefusedSeen
from pos_bridge.lanes.meaning import LaneReader, Meaning
from pos_bridge.ledger.ledger import Ledger
from pos_bridge.ledger.times import instant
from pos_bridge.messages import Adapter
from pos_bridge.orders.charges import Charges
from pos_bridge.orders.store import Issued, IssuedCodes
from pos_bridge.polling import SourceFigures
from pos_bridge.settings import TillSettings
from pos_bridge.sighting import CardSighting, Sighting
from pos_bridge.web.live import LaneFeed
from sync.errors import JournalDown
from sync.statements import one
from sync.station import Station

T = TypeVar("T")


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


STANDING: Final = "standing"
"""The ledger's note by which the doctor knows how a running bridge does."""


class LaneNote(msgspec.Struct, frozen=True, kw_only=True):
    """How one lane's ears do."""

    heard_at: str | None = None
    gaps: int = 0


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """What a running bridge notes of itself every minute, for whoever looks from beside."""

    at: str
    printer: str
    lanes: dict[str, LaneNote] = {}
    troubles: dict[str, str] = {}


class Counts:
    """What happened at the door since the start, by source. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.messages: Counter[str] = Counter()
        self.forged: Counter[str] = Counter()
        self.sightings: Counter[str] = Counter()

    def kept(self, source: str) -> None:
        """Count a message that was kept, or had been."""
        with self._lock:
            self.messages[source] += 1

    def all_kept(self) -> int:
        """Return how many messages were kept in all."""
        with self._lock:
            return self.messages.total()

    def not_genuine(self, source: str) -> None:
        """Count a message whose signature was wrong."""
        with self._lock:
            self.forged[source] += 1

    def seen(self, via: str) -> None:
        """Count what was seen."""
        with self._lock:
            self.sightings[via] += 1


class LanesHeard:
    """When each lane's ears last heard something since the start, and how much they missed. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._at: dict[str, datetime] = {}
        self._gaps: Counter[str] = Counter()

    def heard(self, lane: str, at: datetime) -> None:
        """Note that something was heard."""
        with self._lock:
            self._at[lane] = at

    def missed(self, lane: str) -> None:
        """Note that bytes were not heard."""
        with self._lock:
            self._gaps[lane] += 1

    def at(self, lane: str) -> datetime | None:
        """Return when a lane was last heard, None if never."""
        return self._at.get(lane)

    def gaps(self, lane: str) -> int:
        """Return how many times something was missed."""
        return self._gaps[lane]


@dataclass
class Parts:
    """What runs beside and is asked now and then; the wiring fills it in, one part after the other."""

    wakes: list[Callable[[], object]] = field(default_factory=list[Callable[[], object]])
    printer_word: Callable[[], str] = lambda: "none"
    print_slip: Callable[[Issued, str, str], object] | None = None
    """Prints an order's code, with its amount and until when, as people read them; None without such a printer."""
    polls: Callable[[], tuple[SourceFigures, ...]] = tuple
    """How asking till systems goes."""
    drop_trouble: Callable[[str], str] = lambda _source: ""
    """What is wrong with a source's folder, "" for nothing."""
    wake_charging: Callable[[], object] = lambda: None
    """Says that a till took money in for an order."""


@dataclass(frozen=True, kw_only=True)
class Bridge:
    """One store's bridge between its tills and Twincheck."""

    settings: TillSettings
    station: Station
    ledger: Ledger
    adapters: Mapping[str, Adapter]
    codes: IssuedCodes
    charges: Charges
    reader: LaneReader
    clock: Clock
    entropy: Entropy
    feed: LaneFeed
    counts: Counts = field(default_factory=Counts)
    lanes_heard: LanesHeard = field(default_factory=LanesHeard)
    parts: Parts = field(default_factory=Parts)

    def wake(self) -> None:
        """Tell who reads messages and matches sales that there is something."""
        for listener in self.parts.wakes:
            listener()

    def printer_word(self) -> str:
        """Return the label printer's state in one word, ``none`` where there is none."""
        return self.parts.printer_word()

    def saw_all(self, sightings: Iterable[Sighting]) -> None:
        """Keep what a kiosk saw, each by its ID once."""
        told = tuple(sightings)
        self.ledger.saw_all(told)
        for sighting in told:
            self.counts.seen(sighting.via)
        self.wake()

    def heard(self, meaning: Meaning, lane: str) -> None:
        """Keep what was scanned at a lane, and show it there; durable before it shows, where it counts.

        Raises:
            JournalDown: it may not be kept, and nothing shows yet: say it again.
        """
        match meaning:
            case Sighting():
                self.ledger.saw(meaning)
                self.counts.seen(meaning.via)
                name, what = self.name_of(meaning.item, meaning.gtin), "package" if meaning.item else "product"
                if meaning.item:
                    self.feed.note(lane, what, name=name, why="counted")
                else:
                    self.feed.note(lane, what, name=name, why="known_only", tone="quiet")
            case CardSighting():
                self.ledger.saw_card(meaning)
                self.feed.note(lane, "card", name=meaning.card.masked, why="card")
            case RefusedSeen():
                self.feed.note(lane, "refused", tone="refused", why=str(meaning.reason))
            case CodeSeen():
                self.feed.note(lane, _word_of(meaning))
            case None:
                self.feed.note(lane, "refused", tone="refused", why="unknown_code")
        self.wake()

    def name_of(self, item: ItemId | None, gtin: str | None) -> str:
        """Return what a person calls a piece: its film's name by the roster, with the end of its serial."""
        product = self.station.roster.product(gtin) if gtin else None
        named = product.name if product else gtin or ""
        return f"{named} {_tail(item)}".strip() if item else named

    def piece_name(self, item: ItemId | None) -> str:
        """Return what a person calls a piece; "" for none."""
        return self.name_of(item, item[4:18] if item.startswith("(01)") else None) if item else ""

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

    def standing(self) -> Standing:
        """Return how this bridge does, for the doctor."""
        lanes = {name: self._lane_note(name) for name in self.settings.lane}
        polled = {figures.source: figures.why for figures in self.parts.polls() if figures.why}
        dropped = {name: why for name in self.settings.source if (why := self.parts.drop_trouble(name))}
        return Standing(
            at=self.clock.now().isoformat(timespec="seconds"),
            printer=self.printer_word(),
            lanes=lanes,
            troubles=polled | dropped,
        )

    def _lane_note(self, name: str) -> LaneNote:
        at = self.lanes_heard.at(name)
        return LaneNote(heard_at=at.isoformat(timespec="seconds") if at else None, gaps=self.lanes_heard.gaps(name))

    def poll_of(self, source: str) -> SourceFigures | None:
        """Return how asking one source goes; None for one that is not asked."""
        return next((figures for figures in self.parts.polls() if figures.source == source), None)

    def last_message(self, source: str) -> datetime | None:
        """Return when a source's last message came or its last file was read, None if it never told anything."""
        row = self.ledger.read(lambda connection: one(connection, "pos_bridge/door.last_message", {"source": source}))
        message, known = instant(row[0]) if row else None, self.settings.source.get(source)
        return last_told(known, message) if known else message

    async def off_loop(self, work: Callable[[], T]) -> T:
        """Do what may wait for a disk on another thread."""
        return await asyncio.to_thread(work)


def _word_of(seen: CodeSeen) -> str:
    """Return what a code is called on the page; one by the shop's own layout is an order's."""
    kind = type(seen.scan).__name__ if seen.scan else "OrderCodeScan"
    return {"OrderCodeScan": "order_code", "ReceiptScan": "registration"}.get(kind, "other")


def _tail(item: ItemId) -> str:
    """Return how people tell one piece from another: the end of its serial, or its house code."""
    try:
        parsed = parse_item(item)
    except CodeError:
        return ""
    return f"…{parsed.serial[-6:]}" if isinstance(parsed, Sgtin) else str(item)
