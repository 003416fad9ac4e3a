"""The journal: a station's durable log of facts, gapless within an epoch and chained by hash (DESIGN 5E).

A fact is in the journal, or it did not happen: whoever writes blocks until the disk has it. Every start of the process,
and every re-opening after a failed commit, begins a fresh random epoch, so a restored disk or a cloned image can never
use the same (epoch, seq) twice and no counter on disk has to be trusted.

The journal knows no event kinds. Whoever opens it says how an epoch's first event looks.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import apsw
import structlog

from photocore.events import (
    Event,
    Prev,
    SealedPart,
    encode_event,
    instant,
    mint_epoch,
    sign_with_hash,
    without_box,
)
from photocore.keys import SigningKey
from photocore.seams import Clock, Disk, Entropy
from sync.database import PRAGMAS, Pragma, close_quietly, is_full, open_database, sync_folder
from sync.errors import DiskFull, JournalDown
from sync.lock import WriterLock
from sync.reserve import NO_ROOM, RESERVE_BYTES, Reserve
from sync.statements import execute, one, run
from sync.writer import GroupWriter, StraightWriter, Writer

T = TypeVar("T")

DATABASE = "journal.db"
LOCK = "journal.lock"
RESERVE = "journal.reserve"
OLDEST_BELIEVED_S = 180 * 86_400.0
"""What waits longer than this by the wall clock waits by a wrong one."""

_log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True)
class Draft:
    """An event before it has a place: the journal adds station, epoch, seq, time, predecessor and signature."""

    id: str
    kind: str
    public: dict[str, Any]
    sealed: SealedPart | None = None
    secrets: SealedPart | None = None


@dataclass(frozen=True, kw_only=True)
class Ground:
    """What a journal stands on: whose it is, its key, and the seams."""

    station: str
    key: SigningKey
    clock: Clock
    entropy: Entropy
    disk: Disk
    first: Callable[[Prev | None], Draft]


class Transaction:
    """What a caller's work may do between BEGIN and COMMIT."""

    def __init__(self, connection: apsw.Connection, ground: Ground, reserve: Reserve) -> None:
        self.connection = connection
        self.has_appended = False
        self._ground = ground
        self._reserve = reserve

    def require_room(self) -> None:
        """Refuse to go on when the disk's reserve is spent, or about to be.

        Raises:
            DiskFull: it is.
        """
        self._reserve.look()
        if self._reserve.is_spent or self._reserve.is_scarce:
            raise DiskFull("The disk is full: nothing new can be stored, what is stored is safe.")

    def append(self, draft: Draft) -> Event:
        """Write one fact and owe it to the photoservice; it is durable when the transaction is.

        Raises:
            apsw.ConstraintError: the event ID is taken.
        """
        ordinal, epoch, last, head = run(self.connection, "journal.newest_epoch")[0]
        prev = Prev(epoch=epoch, seq=last, hash=head) if last else newest_event(self.connection)
        event, hashed = self._signed(draft, epoch, last + 1, prev)
        self._store(ordinal, event, hashed)
        self.has_appended = True
        return event

    def _signed(self, draft: Draft, epoch: str, seq: int, prev: Prev | None) -> tuple[Event, str]:
        ground = self._ground
        event = Event(
            id=draft.id,
            kind=draft.kind,
            station=ground.station,
            epoch=epoch,
            seq=seq,
            at=instant(ground.clock),
            public=draft.public,
            sealed=draft.sealed,
            secrets=draft.secrets,
            prev=prev,
        )
        return sign_with_hash(event, ground.key)

    def _store(self, ordinal: int, event: Event, digest: str) -> None:
        place = {"ordinal": ordinal, "seq": event.seq}
        line = encode_event(without_box(event, sealed=False))
        row = {"id": event.id, "kind": event.kind, "at": event.at, "hash": digest, "line": line}
        run(self.connection, "journal.add_event", place | row)
        if event.secrets and event.secrets.box:
            run(self.connection, "journal.add_secret", {"event": event.id, "box": event.secrets.box})
        run(self.connection, "journal.owe_event", place | {"event": event.id})
        run(self.connection, "journal.advance_epoch", {"ordinal": ordinal, "last": event.seq, "head": digest})


def newest_event(connection: apsw.Connection) -> Prev | None:
    """Return the last event ever written here as the next one names it, or None in a new journal."""
    row = one(connection, "journal.newest_event")
    return Prev(epoch=row[0], seq=row[1], hash=row[2]) if row else None


class Journal:
    """A station's journal, open for writing. Thread-safe; every call blocks until the disk has answered.

    ``vfs``, ``pragmas`` and ``reserve_bytes`` are for tests that put a failing disk under it; without ``threads`` every
    call is done on its caller's, who must be alone.

    Raises:
        JournalBusy: another process writes it.
        JournalDown: it cannot be opened (see :mod:`sync.errors` for the kinds).
    """

    def __init__(
        self,
        folder: Path,
        ground: Ground,
        *,
        vfs: str | None = None,
        pragmas: tuple[Pragma, ...] = PRAGMAS,
        reserve_bytes: int = RESERVE_BYTES,
        threads: bool = True,
    ) -> None:
        self._folder = folder
        self._ground = ground
        self._vfs = vfs
        self._pragmas = pragmas
        self._epoch = ""
        self._began = ground.clock.monotonic()
        self._first_ordinal = 0  # of the first epoch that this process wrote
        self._has_news = False
        self._listeners: list[Callable[[], None]] = []
        self._reserve = Reserve(folder / RESERVE, ground.disk, size=reserve_bytes)
        self._lock = WriterLock(folder / LOCK)
        kind = GroupWriter if threads else StraightWriter
        self._writer: Writer = kind(self._open, on_commit=self._tell, on_failure=self._give_up_reserve)
        try:
            self._writer.start()
        except JournalDown:
            self._lock.release()
            raise

    @property
    def station(self) -> str:
        """Whose journal it is."""
        return self._ground.station

    @property
    def epoch(self) -> str:
        """The epoch now being written; another one after a failed commit."""
        return self._epoch

    @property
    def is_up(self) -> bool:
        """Whether the last commit was good."""
        return self._writer.is_up

    @property
    def is_low(self) -> bool:
        """Whether the disk is so full that someone should look after it."""
        return self._reserve.is_low or self._reserve.is_spent

    def age_s(self, ordinal: int, at: datetime) -> float | None:
        """Return how many seconds ago an event of the epoch ``ordinal`` was written, by its own wall time ``at``.

        A clock that was set since can say nothing absurd: what this process wrote is no older than the process, what
        it found is no younger; and what seems half a year old has a clock behind it that nobody should believe: None.
        """
        clock = self._ground.clock
        running_s = clock.monotonic() - self._began
        wall_s = (clock.now() - at).total_seconds()
        if ordinal >= self._first_ordinal:
            return min(max(wall_s, 0.0), running_s)
        return max(wall_s, running_s) if wall_s <= OLDEST_BELIEVED_S else None

    def on_append(self, listener: Callable[[], None]) -> None:
        """Call ``listener`` after every commit of :meth:`write` that added events; it must only wake someone.

        It is called on the writer's thread. An epoch's opening is told to nobody and goes with the next round: a disk
        on which nothing but that can be written would keep the courier running, and each try adds an epoch.
        """
        self._listeners.append(listener)

    def write(self, work: Callable[[Transaction], T]) -> T:
        """Run ``work`` in a transaction and return its result once the disk has it.

        Raises:
            NotStored: it surely was not stored, by this call.
            JournalDown: nobody can tell; asking again with the same event ID is safe.
            Exception: whatever ``work`` raised; its changes are rolled back.
        """

        def attempt(connection: apsw.Connection) -> T:
            transaction = self._transaction(connection)
            result = work(transaction)
            self._has_news = self._has_news or transaction.has_appended
            return result

        return self._writer.write(attempt)

    def preparing(self) -> AbstractContextManager[object]:
        """Be the only one that computes, around what a caller prepares before :meth:`write`: see :mod:`sync.writer`.

        Inside, nothing may be asked of the journal.
        """
        return self._writer.preparing()

    def read(self, work: Callable[[apsw.Connection], T]) -> T:
        """Run ``work`` on one committed state and return its result.

        Raises:
            JournalDown: the journal cannot be read now.
        """
        return self._writer.read(work)

    def close(self) -> None:
        """Finish what was asked, and give the lock back. Doing so twice is harmless."""
        self._writer.close()
        self._lock.release()

    def _transaction(self, connection: apsw.Connection) -> Transaction:
        return Transaction(connection, self._ground, self._reserve)

    def _open(self) -> apsw.Connection:
        self._reserve.look()
        try:
            return self._open_once()
        except JournalDown as down:
            if self._reserve.is_spent or not _is_for_want_of_room(down):
                raise
            self._spend_reserve()
        return self._open_once()

    def _open_once(self) -> apsw.Connection:
        connection = open_database(self._folder / DATABASE, pragmas=self._pragmas, vfs=self._vfs)
        try:
            sync_folder(self._folder)
            self._begin_epoch(connection)
        except (apsw.Error, OSError) as cause:
            close_quietly(connection)
            raise JournalDown(f"The journal cannot begin an epoch: {cause}") from cause
        return connection

    def _begin_epoch(self, connection: apsw.Connection) -> None:
        execute(connection, "BEGIN IMMEDIATE")
        epoch = mint_epoch(self._ground.entropy)
        for _ in range(100):  # more names that are known cannot be chance
            if not run(connection, "outbox.epoch_of", {"epoch": epoch}):
                break
            epoch = mint_epoch(self._ground.entropy)  # a twin with our random numbers wrote it, and it was brought back
        previous = newest_event(connection)
        run(connection, "journal.begin_epoch", {"epoch": epoch})
        self._transaction(connection).append(self._ground.first(previous))
        execute(connection, "COMMIT")
        self._epoch = epoch
        self._first_ordinal = self._first_ordinal or run(connection, "journal.newest_epoch")[0][0]

    def _tell(self) -> None:
        has_news, self._has_news = self._has_news, False
        for listener in self._listeners if has_news else ():
            listener()

    def _give_up_reserve(self, cause: BaseException) -> None:
        if _is_for_want_of_room(cause) and not self._reserve.is_spent:
            self._spend_reserve()

    def _spend_reserve(self) -> None:
        _log.error("disk_full", reserve="spent", folder=str(self._folder))
        self._reserve.spend()


def _is_for_want_of_room(error: BaseException | None) -> bool:
    """Say whether a full disk is behind ``error``, however deep."""
    while error is not None:
        if is_full(error) or (isinstance(error, OSError) and error.errno in NO_ROOM):
            return True
        error = error.__cause__
    return False
