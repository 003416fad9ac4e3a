"""Open the journal's SQLite file, and trust nothing about it that was not read back.

Why so distrustful: an I/O error while switching to WAL raises nothing and leaves the database in another mode;
``synchronous=NORMAL`` loses acknowledged rows in a power cut; SQLite before 3.51.3 can reset its WAL under a reader
and corrupt the file. Each was reproduced or read in the maker's change log (research: reliability 0.1-0.3), so each
is asserted at every start.
"""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import apsw
import structlog

from sync.errors import JournalDamaged, JournalDown, JournalTooNew, SqliteUnfit
from sync.statements import execute, migrations, pragma

T = TypeVar("T")

_log = structlog.get_logger()

APPLICATION_ID = 0x54574E43
"""``TWNC`` in the file's header: no other program's database is ever taken for a journal."""


@dataclass(frozen=True, kw_only=True)
class Schema:
    """Whose tables a database holds: the mark in its header, what it is called, and the room with its steps."""

    application_id: int
    what: str
    room: str


JOURNAL = Schema(application_id=APPLICATION_ID, what="journal", room="sync")

FIXED_IN = (3, 51, 3)
WITHDRAWN = (3, 52)


@dataclass(frozen=True, kw_only=True)
class Pragma:
    """A setting of the connection, and what it may read back as; None where the file system has no such thing."""

    name: str
    value: str
    reads: tuple[str | int | None, ...]


PRAGMAS = (
    Pragma(name="journal_mode", value="wal", reads=("wal",)),
    Pragma(name="synchronous", value="FULL", reads=(2,)),
    Pragma(name="foreign_keys", value="ON", reads=(1,)),
    Pragma(name="secure_delete", value="ON", reads=(1,)),
    Pragma(name="temp_store", value="MEMORY", reads=(2,)),
    Pragma(name="trusted_schema", value="OFF", reads=(0,)),
    Pragma(name="cell_size_check", value="ON", reads=(1,)),
    Pragma(name="mmap_size", value="0", reads=(0, None)),
    Pragma(name="wal_autocheckpoint", value="0", reads=(0,)),
)
"""In force on every writing connection. The writer checkpoints by itself, after its callers have their answer."""

_EXCLUSIVE = Pragma(name="locking_mode", value="EXCLUSIVE", reads=("exclusive",))


def assert_sqlite_fit(version: str) -> None:
    """Refuse a SQLite without the fix of the WAL-reset bug (in 3.51.3, and 3.53.0 after 3.52 was withdrawn).

    Raises:
        SqliteUnfit: the version is too old, or the withdrawn one.
    """
    parts = tuple(int(part) for part in version.split("."))
    if parts < FIXED_IN or parts[:2] == WITHDRAWN:
        raise SqliteUnfit(f"SQLite {version} can corrupt a WAL; 3.51.3, or 3.53.0 and later, is needed.")


def open_database(
    path: Path, *, pragmas: tuple[Pragma, ...] = PRAGMAS, vfs: str | None = None, schema: Schema = JOURNAL
) -> apsw.Connection:
    """Open ``path`` for writing, create it if it is new, check it, and bring its schema up to date.

    ``schema`` is a station's journal, or another room's database that wants the same care.
    ``vfs`` names a SQLite file system other than the machine's: tests put one under it that loses power.
    It gets exclusive locking, since it has no shared memory.

    Raises:
        SqliteUnfit: the library is too old, or a setting does not hold.
        JournalTooNew: a newer version wrote it.
        JournalDamaged: not a journal, or it does not pass ``quick_check``.
        JournalDown: it cannot be opened at all.
    """
    assert_sqlite_fit(apsw.sqlite_lib_version())
    try:
        connection = apsw.Connection(str(path), vfs=vfs)
    except apsw.Error as cause:
        raise JournalDown(f"{path} cannot be opened: {cause}") from cause
    try:
        _make_ready(connection, path, (_EXCLUSIVE, *pragmas) if vfs else pragmas, schema)
    except (apsw.NotADBError, apsw.CorruptError) as cause:
        close_quietly(connection)
        raise JournalDamaged(f"{path}: {cause}") from cause
    except apsw.Error as cause:
        close_quietly(connection)
        raise JournalDown(f"{path}: {_said(cause)}") from cause
    except JournalDown:
        close_quietly(connection)
        raise
    return connection


def open_read_only(path: Path) -> apsw.Connection:
    """Open ``path`` for looking only, beside its writer.

    Raises:
        JournalDown: there is none, or it cannot be read.
        JournalTooNew: a newer version wrote it.
    """
    try:
        connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
        connection.set_busy_timeout(5000)
        pragma(connection, "query_only", 1)
        _refuse_newer(connection, path, JOURNAL)
    except apsw.Error as cause:
        raise JournalDown(f"{path} cannot be read: {_said(cause)}") from cause
    return connection


def read_beside(path: Path, work: Callable[[apsw.Connection], T]) -> T:
    """Run ``work`` on one committed state of ``path``, beside its writer, and close again. Raises JournalDown."""
    connection = open_read_only(path)
    try:
        execute(connection, "BEGIN")
        return work(connection)
    except apsw.Error as cause:
        raise JournalDown(f"{path} cannot be read: {_said(cause)}") from cause
    finally:
        close_quietly(connection)


def is_full(error: BaseException) -> bool:
    """Say whether ``error`` is a full disk: SQLite says so, or found no room for the memory its readers share.

    It lays that (``-shm``) as a file at every start and calls its failing an I/O error (``unixShmMap``); it writes
    zeros there and nothing else, so that hardly anything but want of room is behind it.
    """
    code: int = getattr(error, "extendedresult", 0)
    return isinstance(error, apsw.FullError) or code == apsw.SQLITE_IOERR_SHMSIZE


def migrate(connection: apsw.Connection, steps: Sequence[str], application_id: int = APPLICATION_ID) -> None:
    """Apply every missing step in one transaction: after a cut the schema is the old or the new, never between."""
    version = _version(connection)
    if version == len(steps):
        return
    execute(connection, "BEGIN IMMEDIATE")
    try:
        for step in steps[version:]:
            execute(connection, step)
        pragma(connection, "application_id", application_id)
        pragma(connection, "user_version", len(steps))
        execute(connection, "COMMIT")
    finally:
        if connection.in_transaction:
            execute(connection, "ROLLBACK")


def checkpoint_whole(connection: apsw.Connection) -> None:
    """Move the whole WAL into the database and empty it.

    After a failed fsync the WAL's doubtful pages may look clean without being on disk; nothing may be appended
    behind them. Written into the database and synced afresh, they are safe or the error shows again.

    Raises:
        JournalDown: something was left in the WAL.
    """
    left, _ = connection.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_TRUNCATE)
    if left > 0:
        raise JournalDown(f"{left} pages stay in the journal's WAL")


def close_quietly(connection: apsw.Connection) -> None:
    """Close what is given up anyway: a disk that failed fails its closing too, which is worth a line in the log."""
    try:
        connection.close(force=True)
    except apsw.Error as cause:
        _log.warning("journal_close_failed", cause=str(cause))


def sync_folder(folder: Path) -> None:
    """Make the names in ``folder`` durable: a new file's name is lost in a power cut without this."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _said(cause: apsw.Error) -> str:
    return "the disk is full" if is_full(cause) and not isinstance(cause, apsw.FullError) else str(cause)


def _make_ready(connection: apsw.Connection, path: Path, pragmas: tuple[Pragma, ...], schema: Schema) -> None:
    connection.set_busy_timeout(5000)
    for setting in pragmas:
        _apply(connection, setting)
    _refuse_stranger(connection, path, schema)
    _refuse_newer(connection, path, schema)
    _check(connection, path)
    migrate(connection, migrations(schema.room), schema.application_id)
    checkpoint_whole(connection)


def _apply(connection: apsw.Connection, setting: Pragma) -> None:
    pragma(connection, setting.name, setting.value)
    found = pragma(connection, setting.name)
    if found not in setting.reads:
        raise SqliteUnfit(f"PRAGMA {setting.name} reads {found!r}, not {setting.reads[0]!r}")


def _refuse_stranger(connection: apsw.Connection, path: Path, schema: Schema) -> None:
    empty = pragma(connection, "page_count") == 0 or pragma(connection, "schema_version") == 0
    if not empty and pragma(connection, "application_id") != schema.application_id:
        raise JournalDamaged(f"{path} is no {schema.what} of Twincheck")


def _refuse_newer(connection: apsw.Connection, path: Path, schema: Schema) -> None:
    version, known = _version(connection), len(migrations(schema.room))
    if version > known:
        raise JournalTooNew(f"{path} has schema {version}; this version of Twincheck knows {known}.")


def _check(connection: apsw.Connection, path: Path) -> None:
    found = pragma(connection, "quick_check")
    if found != "ok":
        raise JournalDamaged(f"{path}: {found}")


def _version(connection: apsw.Connection) -> int:
    return int(pragma(connection, "user_version") or 0)
