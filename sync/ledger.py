"""What the delivery machine asks of a station's own store, and the journal that answers it.

The port stands here so that the machine can be simulated over a plain list of events.
"""

from collections.abc import Iterable
from typing import Protocol

import apsw

from photocore.events import Event, Prev
from photocore.keys import key_id
from photocore.roster import RosterSnapshot
from photocore.wire import Ack, EpochMark, Hello, News, ToldNews
from sync import news, outbox
from sync.bringing_back import bring_back, doubt_old_papers, newest_paper
from sync.counter import Counter
from sync.journal import Journal, Transaction
from sync.roster import Roster
from sync.statements import Row


class Ledger(Protocol):
    """A station's store as the delivery machine sees it. Raises JournalDown from any of these."""

    def hello(self) -> Hello:
        """Return the handshake to send."""
        ...

    def compare(self, mark: EpochMark) -> list[tuple[int, int]] | None:
        """Return the seq ranges lost upstream, or None if this station was restored from an old copy."""
        ...

    def head_of(self, epoch: str) -> Prev | None:
        """Return the last event held of ``epoch``, or None for an epoch not known here."""
        ...

    def doubt_old_papers(self) -> None:
        """Let no paper print that waited since before this process: it may have been printed already."""
        ...

    def bring_back(self, events: list[Event]) -> None:
        """Take own events back that were believed, durably and with all that followed from them."""
        ...

    def owed(self, limit: int, skipped: tuple[str, ...]) -> list[Event]:
        """Return the oldest owed events of one epoch, ascending."""
        ...

    def between(self, epoch: str, span: tuple[int, int], limit: int, skipped: tuple[str, ...]) -> list[Event]:
        """Return events of ``epoch`` that are asked for again."""
        ...

    def settle(self, ack: Ack) -> None:
        """Take the photoservice's verified ack, durably."""
        ...

    def settle_late(self, ack: Ack) -> bool:
        """Take its verified word on an earlier request, durably; false if it speaks of what is not held here."""
        ...

    def settle_at_hub(self, ack: Ack) -> tuple[str, ...]:
        """Take the store hub's verified ack, durably, and return the IDs of the events that it does not hold."""
        ...

    def is_at_hub(self) -> bool:
        """Say whether there is anything that only the store hub has."""
        ...

    def doubt_hub(self) -> None:
        """Send again what only the store hub has, durably."""
        ...

    def hub_lacks(self, epoch: str, spans: Iterable[tuple[int, int]]) -> None:
        """Owe stretches of ``epoch`` that the store hub has no more, durably, as if nobody had them."""
        ...

    def untold(self) -> tuple[ToldNews, ...]:
        """Return the news that are noted here and not yet known to be."""
        ...

    def note_news(self, told: News, heard: tuple[ToldNews, ...]) -> None:
        """Take verified news, durably, and that the photoservice has ``heard`` what was noted before."""
        ...

    def roster_tag(self) -> str:
        """Return the ETag of the roster in force, or an empty text."""
        ...

    def switch_roster(self, snapshot: RosterSnapshot, etag: str) -> None:
        """Take a verified roster into force, durably; raises RosterOlder when a newer one is."""
        ...


class JournalLedger:
    """The ledger of a real station."""

    def __init__(self, journal: Journal, roster: Roster, counter: Counter) -> None:
        self._journal = journal
        self._roster = roster
        self._counter = counter
        self._oldest = journal.read(newest_paper)  # papers up to this one were queued by an earlier process

    def hello(self) -> Hello:
        """Return the handshake to send."""
        return self._journal.read(outbox.read_hello)

    def compare(self, mark: EpochMark) -> list[tuple[int, int]] | None:
        """Return the seq ranges lost upstream, or None if this station was restored from an old copy."""
        return self._journal.read(lambda connection: outbox.compare_mark(connection, mark))

    def head_of(self, epoch: str) -> Prev | None:
        """Return the last event held of ``epoch``, or None for an epoch not known here."""
        return self._journal.read(lambda connection: outbox.head_of(connection, epoch))

    def doubt_old_papers(self) -> None:
        """Let no paper print that waited since before this process: it may have been printed already."""
        self._journal.write(lambda transaction: doubt_old_papers(transaction.connection, self._oldest))

    def bring_back(self, events: list[Event]) -> None:
        """Take own events back that were believed, durably and with all that followed from them."""
        self._journal.write(lambda transaction: bring_back(transaction.connection, self._counter, events))

    def owed(self, limit: int, skipped: tuple[str, ...]) -> list[Event]:
        """Return the oldest owed events of one epoch; those the disk has spoilt are set aside on the way."""

        def rows(connection: apsw.Connection) -> list[Row]:
            return outbox.owed_events(connection, limit, skipped)

        sound, damaged = outbox.sound_events(self._journal.read(rows))
        if damaged:
            self._journal.write(lambda transaction: outbox.park_damaged(transaction.connection, damaged))
        return sound if sound or not damaged else self.owed(limit, skipped)

    def between(self, epoch: str, span: tuple[int, int], limit: int, skipped: tuple[str, ...]) -> list[Event]:
        """Return events of ``epoch`` that are asked for again."""

        def rows(connection: apsw.Connection) -> list[Row]:
            return outbox.events_between(connection, epoch, span, limit, skipped)

        return outbox.sound_events(self._journal.read(rows))[0]

    def settle(self, ack: Ack) -> None:
        """Take the photoservice's verified ack, durably."""
        self._journal.write(lambda transaction: outbox.settle(transaction.connection, ack))

    def settle_late(self, ack: Ack) -> bool:
        """Take its verified word on an earlier request, durably; false if it speaks of what is not held here."""
        return self._journal.write(lambda transaction: outbox.settle_late(transaction.connection, ack))

    def settle_at_hub(self, ack: Ack) -> tuple[str, ...]:
        """Take the store hub's verified ack, durably, and return the IDs of the events that it does not hold."""
        return self._journal.write(lambda transaction: outbox.settle_at_hub(transaction.connection, ack))

    def is_at_hub(self) -> bool:
        """Say whether there is anything that only the store hub has."""
        return self._journal.read(outbox.count_at_hub) > 0

    def doubt_hub(self) -> None:
        """Send again what only the store hub has, durably; nothing is written when it has nothing."""
        if self.is_at_hub():
            self._journal.write(lambda transaction: outbox.doubt_hub(transaction.connection))

    def hub_lacks(self, epoch: str, spans: Iterable[tuple[int, int]]) -> None:
        """Owe stretches of ``epoch`` that the store hub has no more, durably, as if nobody had them."""

        def work(transaction: Transaction) -> None:
            for span in spans:
                outbox.hub_lacks(transaction.connection, epoch, span)

        if self.is_at_hub():
            self._journal.write(work)

    def meet_hub(self, hub_key: bytes | None) -> None:
        """Begin a life with this store hub, or none: another's acks count no more, and its own are asked for again."""
        hub = key_id(hub_key) if hub_key is not None else ""
        if self._journal.read(outbox.known_hub) != hub:
            self._journal.write(lambda transaction: outbox.meet_hub(transaction.connection, hub))
        self.doubt_hub()

    def untold(self) -> tuple[ToldNews, ...]:
        """Return the news that are noted here and not yet known to be."""
        return self._journal.read(news.untold)

    def note_news(self, told: News, heard: tuple[ToldNews, ...]) -> None:
        """Take verified news, durably, and that the photoservice has ``heard`` what was noted before."""
        self._journal.write(lambda transaction: news.note_news(transaction.connection, told, heard))

    def roster_tag(self) -> str:
        """Return the ETag of the roster in force, or an empty text."""
        return self._roster.etag

    def switch_roster(self, snapshot: RosterSnapshot, etag: str) -> None:
        """Take a verified roster into force, durably."""
        self._roster.switch(snapshot, etag)
