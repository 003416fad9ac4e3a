"""bridge.db on a disk, with the care of a station's journal (:mod:`sync.database`): one writer, WAL, FULL, one lock."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import apsw

from sync.database import PRAGMAS, Pragma, Schema, open_database, sync_folder
from sync.lock import WriterLock
from sync.writer import GroupWriter, StraightWriter, Writer

T = TypeVar("T")

DATABASE = "bridge.db"
LOCK = "bridge.lock"
SCHEMA = Schema(application_id=0x54574E42, what="till bridge's database", room="pos_bridge")
"""``TWNB`` in the file's header."""

BRIDGE_PRAGMAS = (*PRAGMAS, Pragma(name="cache_size", value="-16384", reads=(-16_384,)))
"""As a journal's, with 16 MiB of pages at hand for some days' sales and what they are found by."""


class BridgeDisk:
    """The open database. Thread-safe; without ``threads`` every call is done on its caller's, who must be alone.

    ``vfs`` and ``pragmas`` are for tests that put a failing disk under it.

    Raises:
        JournalBusy: another process writes it.
        JournalDown: it cannot be opened.
    """

    def __init__(
        self,
        folder: Path,
        *,
        threads: bool = True,
        vfs: str | None = None,
        pragmas: tuple[Pragma, ...] = BRIDGE_PRAGMAS,
    ) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._lock = WriterLock(folder / LOCK)

        def opened() -> apsw.Connection:
            connection = open_database(folder / DATABASE, pragmas=pragmas, vfs=vfs, schema=SCHEMA)
            sync_folder(folder)
            return connection

        kind = GroupWriter if threads else StraightWriter
        self._writer: Writer = kind(opened, on_commit=_nothing, on_failure=_drop)
        try:
            self._writer.start()
        except Exception:
            self._lock.release()
            raise

    @property
    def is_up(self) -> bool:
        """Whether the last commit was good."""
        return self._writer.is_up

    def write(self, work: Callable[[apsw.Connection], T]) -> T:
        """Run ``work`` in a transaction; durable on return. Raises as :meth:`sync.writer.Writer.write`."""
        return self._writer.write(work)

    def read(self, work: Callable[[apsw.Connection], T]) -> T:
        """Run ``work`` on one committed state. Raises JournalDown."""
        return self._writer.read(work)

    def close(self) -> None:
        """Finish what was asked, empty the WAL, and give the lock back. Doing so twice is harmless."""
        self._writer.close()
        self._lock.release()


def _nothing() -> None:
    """Tell nobody of a commit."""


def _drop(_: BaseException) -> None:
    """Do nothing more: the writer has logged it, and opens the database afresh for whoever comes next."""
