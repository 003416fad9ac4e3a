"""One group of callers' work, committed with one fsync, and what becomes of each when something is wrong.

An error in one caller's work rolls back its own savepoint and nobody else's. A failed COMMIT fails everybody in it, and
the database is closed and opened afresh: after a failed fsync the kernel may call lost pages clean, so the fsync is
never tried again. Who only looks is served after the writers have their answer, so a look that fails takes nobody
else's word back.
"""

import threading
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from typing import Any

import apsw
import structlog

from sync.database import checkpoint_whole, close_quietly
from sync.errors import JournalDown, NotStored
from sync.statements import execute

CHECKPOINT_PAGES = 1000
"""Pages in the WAL that are worth carrying into the database, about 40 registrations, once nobody wants anything."""

LONGEST_WAL_PAGES = 3500
"""Pages (14 MB, less than the reserve holds back) that are carried whoever waits: it costs two more flushes."""

ALONE = nullcontext()
"""The turn of whoever computes where nobody else does."""

_log = structlog.get_logger()

_FATAL = (
    apsw.IOError,
    apsw.FullError,
    apsw.CorruptError,
    apsw.NotADBError,
    apsw.ReadOnlyError,
    apsw.CantOpenError,
    apsw.NoMemError,
    apsw.ProtocolError,
)
"""Errors of the disk, not of the work: no savepoint helps, the whole group fails."""


@dataclass(kw_only=True, eq=False)
class Ticket:
    """One caller's work on its way through the writer."""

    work: Callable[[apsw.Connection], Any]
    writes: bool = True
    result: Any = None
    error: Exception | None = None
    _gate: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        """Shut the gate: a bare lock, as the one who waits is always one."""
        self._gate.acquire()

    def wait(self) -> None:
        """Wait for the answer. Once only."""
        self._gate.acquire()

    def answered(self) -> None:
        """Let the one who waits go on."""
        self._gate.release()


class GroupFailed(Exception):
    """The whole group is lost; ``__cause__`` says why, ``in_commit`` whether some of it may be stored all the same."""

    def __init__(self, *, in_commit: bool = False) -> None:
        super().__init__()
        self.in_commit = in_commit


def commit_group(
    connection: apsw.Connection,
    tickets: list[Ticket],
    turn: AbstractContextManager[object] = ALONE,
) -> None:
    """Run every ticket's work in one transaction and commit it once. Pure of threads, so that tests can replay it.

    ``turn`` is held while the work is done, and not while the disk is waited for.

    Raises:
        GroupFailed: nothing of the group is promised to be stored.
    """
    try:
        with turn:
            execute(connection, "BEGIN IMMEDIATE")
            if len(tickets) == 1:
                if not _is_good(connection, tickets[0]):  # the whole transaction is that one's: no savepoint is needed
                    execute(connection, "ROLLBACK")
                    return
            else:
                for ticket in tickets:
                    _attempt(connection, ticket)
    except apsw.Error as cause:
        raise GroupFailed from cause
    try:
        execute(connection, "COMMIT")
    except apsw.Error as cause:
        raise GroupFailed(in_commit=True) from cause


def _attempt(connection: apsw.Connection, ticket: Ticket) -> None:
    execute(connection, "SAVEPOINT one_caller")
    if not _is_good(connection, ticket):
        execute(connection, "ROLLBACK TO one_caller")
    execute(connection, "RELEASE one_caller")


def _is_good(connection: apsw.Connection, ticket: Ticket) -> bool:
    """Run a ticket's work; False when it raised an error of its own, which the ticket then holds."""
    try:
        ticket.result = ticket.work(connection)
    except _FATAL:
        raise
    except Exception as error:  # the worker's boundary: the error is its caller's, and the caller gets it
        if not connection.in_transaction:
            raise GroupFailed from error
        ticket.error = error
        return False
    return True


def _look(connection: apsw.Connection, ticket: Ticket) -> None:
    try:
        execute(connection, "BEGIN DEFERRED")
        try:
            ticket.result = ticket.work(connection)
        except _FATAL:
            raise
        except Exception as error:  # noqa: BLE001 - as above
            ticket.error = error
        finally:
            if connection.in_transaction:
                execute(connection, "ROLLBACK")
    except apsw.Error as cause:
        raise GroupFailed from cause


class Bench:
    """The open database and the groups served on it, one at a time, by whoever has the turn.

    ``on_failure`` sees what broke a group before the database is opened again; ``on_commit`` is called after every
    group that wrote, once its callers have their answer. A WAL of ``carries_at`` pages is carried into the database
    before the next group.
    """

    def __init__(
        self,
        open_connection: Callable[[], apsw.Connection],
        *,
        on_commit: Callable[[], None],
        on_failure: Callable[[BaseException], None],
        turn: AbstractContextManager[object] = ALONE,
        carries_at: int = CHECKPOINT_PAGES,
    ) -> None:
        self._turn = turn
        self._carries_at = carries_at
        self._open_connection = open_connection
        self._on_commit = on_commit
        self._on_failure = on_failure
        self._connection: apsw.Connection | None = None
        self._wal_pages = 0
        self.is_up = False

    def serve(self, group: list[Ticket]) -> None:
        """Commit the writers' work together, then show those who only look the state they left."""
        writing = [ticket for ticket in group if ticket.writes]
        is_stored = bool(writing) and self._commit(writing)
        for ticket in group:
            if not ticket.writes:
                self._show(ticket)
        if is_stored:
            self._after_commit()

    def _commit(self, writing: list[Ticket]) -> bool:
        in_commit = False
        try:
            commit_group(self._opened(), writing, self._turn)
        except GroupFailed as failure:
            in_commit, cause = failure.in_commit, failure.__cause__ or failure
        except Exception as error:  # noqa: BLE001 - the worker's boundary: nobody may wait for a thread that died
            cause = error
        else:
            _answer(writing, None)
            return True
        self._give_up(cause, callers=len(writing))
        down = (
            JournalDown(f"Nobody can tell whether the journal stored this: {cause}")
            if in_commit
            else NotStored(f"The journal could not store this: {cause}")
        )
        down.__cause__ = cause
        _answer(writing, down)
        return False

    def _show(self, looking: Ticket) -> None:
        try:
            _look(self._opened(), looking)
        except JournalDown as down:
            self.is_up = False
            _answer([looking], down)
        except GroupFailed as failure:
            self._fail_look(looking, failure.__cause__ or failure)
        except Exception as error:  # noqa: BLE001 - as above
            self._fail_look(looking, error)
        else:
            _answer([looking], None)

    def _fail_look(self, looking: Ticket, cause: BaseException) -> None:
        self._give_up(cause, callers=1)
        down = JournalDown(f"The journal cannot be read now: {cause}")
        down.__cause__ = cause
        _answer([looking], down)

    def _opened(self) -> apsw.Connection:
        if self._connection is None:
            self._connection = self._open_connection()
            self._wal_pages = 0
            self._connection.set_wal_hook(self._count_pages)
            self.is_up = True
        return self._connection

    def _count_pages(self, _connection: apsw.Connection, _schema: str, pages: int) -> int:
        self._wal_pages = pages
        return apsw.SQLITE_OK

    @property
    def has_long_wal(self) -> bool:
        """Whether :meth:`carry` is worth its while."""
        return self._wal_pages >= CHECKPOINT_PAGES and self._connection is not None

    def carry(self) -> None:
        """Carry the WAL into the database, so that it can begin anew."""
        if self._connection is None:
            return
        try:
            self._connection.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_PASSIVE)
            self._wal_pages = 0
        except apsw.Error as cause:
            self._give_up(cause, callers=0)

    def _after_commit(self) -> None:
        self._on_commit()
        if self._wal_pages >= self._carries_at:
            self.carry()

    def _give_up(self, cause: BaseException, *, callers: int) -> None:
        """Close the database: whoever comes next opens it afresh."""
        self.is_up = False
        _log.error("journal_failed", cause=str(cause), callers=callers)
        self._drop()
        self._on_failure(cause)

    def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            close_quietly(connection)

    def shut(self) -> None:
        """Empty the WAL and close the database."""
        self.is_up = False
        if self._connection is not None:
            try:
                checkpoint_whole(self._connection)
            except (apsw.Error, JournalDown) as cause:
                _log.warning("journal_left_wal", cause=str(cause))
        self._drop()


def _answer(group: Iterable[Ticket], error: JournalDown | None) -> None:
    for ticket in group:
        if error is not None:
            ticket.error = error
        ticket.answered()
