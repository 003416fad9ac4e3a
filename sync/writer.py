"""One thread that writes, and commits many callers' work with one fsync.

A caller hands in a function and blocks until COMMIT has returned, so "registered here" is never said too soon. Whoever
came meanwhile shares the next COMMIT (DESIGN 4.1). What a group does and how it fails is in :mod:`sync.commits`.

Python computes on one core at a time, and a thread that wants its turn back waits for whoever computes. So whoever
prepares something costly for the journal does it in :meth:`Writer.preparing`: one at a time, and while the writer waits
for the disk, not while it works on a group.
"""

import queue
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Protocol, TypeVar, cast

import apsw

from sync.commits import ALONE, LONGEST_WAL_PAGES, Bench, Ticket
from sync.errors import NotStored

T = TypeVar("T")

MAX_GROUP = 256
"""Callers that share one COMMIT at most."""

IDLE_S = 0.2
"""Seconds without a caller after which the writer has time for the WAL."""


class Writer(Protocol):
    """What a journal writes through."""

    @property
    def is_up(self) -> bool:
        """Whether the last commit was good."""
        ...

    def start(self) -> None:
        """Open the database. Raises JournalDown when it cannot be."""
        ...

    def write(self, work: Callable[[apsw.Connection], T]) -> T:
        """Run ``work`` inside a transaction and return its result once that is durable.

        Raises:
            NotStored: it surely was not stored.
            JournalDown: nobody can tell; asking again with the same IDs is safe.
            Exception: whatever ``work`` raised; its changes are rolled back.
        """
        ...

    def read(self, work: Callable[[apsw.Connection], T]) -> T:
        """Run ``work`` on one committed state and return its result. Raises JournalDown when it cannot be read now."""
        ...

    def preparing(self) -> AbstractContextManager[object]:
        """Be the only one that computes, for a moment: around what is costly and asks the journal nothing."""
        ...

    def close(self) -> None:
        """Finish what is queued, empty the WAL, and stop. Doing so twice is harmless."""
        ...


class GroupWriter:
    """The writing thread: who comes while it commits shares the next commit. See :class:`Bench` for the callbacks.

    ``open_connection`` is called on that thread, at the start and after every failure.
    """

    def __init__(
        self,
        open_connection: Callable[[], apsw.Connection],
        *,
        on_commit: Callable[[], None],
        on_failure: Callable[[BaseException], None],
    ) -> None:
        self._turn = threading.Lock()
        self._bench = Bench(
            open_connection,
            on_commit=on_commit,
            on_failure=on_failure,
            turn=self._turn,
            carries_at=LONGEST_WAL_PAGES,
        )
        self._queue: queue.SimpleQueue[Ticket | None] = queue.SimpleQueue()
        self._guard = threading.Lock()
        self._closing = False
        self._thread = threading.Thread(target=self._run, name="journal-writer", daemon=True)
        self._first = Ticket(work=lambda _: None, writes=False)
        self._queue.put(self._first)

    @property
    def is_up(self) -> bool:
        """Whether the last commit was good."""
        return self._bench.is_up

    def start(self) -> None:
        """Start the thread and wait until the database is open.

        Raises:
            JournalDown: it cannot be opened.
        """
        self._thread.start()
        self._first.wait()
        if self._first.error is not None:
            self.close()
            raise self._first.error

    def write(self, work: Callable[[apsw.Connection], T]) -> T:
        """Run ``work`` inside a transaction and return its result once that is durable.

        Raises:
            NotStored: it surely was not stored.
            JournalDown: nobody can tell; asking again with the same IDs is safe.
            Exception: whatever ``work`` raised; its changes are rolled back.
        """
        return cast("T", self._submit(Ticket(work=work)))

    def read(self, work: Callable[[apsw.Connection], T]) -> T:
        """Run ``work`` on one committed state and return its result.

        Raises:
            JournalDown: the database cannot be read now.
        """
        return cast("T", self._submit(Ticket(work=work, writes=False)))

    def preparing(self) -> AbstractContextManager[object]:
        """Be the only one that computes. As :meth:`Writer.preparing`."""
        return self._turn

    def close(self) -> None:
        """Finish what is queued, empty the WAL, and stop. Doing so twice is harmless."""
        with self._guard:
            if not self._closing:
                self._closing = True
                self._queue.put(None)
        if self._thread.is_alive():
            self._thread.join()

    def _submit(self, ticket: Ticket) -> object:
        with self._guard:
            if self._closing:
                raise NotStored("The journal is closed.")
            self._queue.put(ticket)
        ticket.wait()
        if ticket.error is not None:
            raise ticket.error
        return ticket.result

    def _run(self) -> None:
        while group := self._next_group():
            self._bench.serve(group)
        self._bench.shut()

    def _next_group(self) -> list[Ticket]:
        """Wait for somebody, and return whoever is there; nobody once it is closed and all were served."""
        group: list[Ticket] = []
        ticket = self._next_ticket()
        while ticket is not None:
            group.append(ticket)
            if len(group) == MAX_GROUP or self._queue.empty():
                return group
            ticket = self._queue.get()
        self._queue.put(None)  # nobody comes behind it: it ends the next group
        return group

    def _next_ticket(self) -> Ticket | None:
        """Wait for the next caller. While none comes a long WAL is carried, so that nobody has to wait for that."""
        if self._bench.has_long_wal:
            try:
                return self._queue.get(timeout=IDLE_S)
            except queue.Empty:
                self._bench.carry()
        return self._queue.get()


class StraightWriter:
    """A writer without a thread: every caller's work is its own commit, done when the call returns.

    For one caller at a time: a simulation, where the same seed must give the same history, and replays.
    """

    def __init__(
        self,
        open_connection: Callable[[], apsw.Connection],
        *,
        on_commit: Callable[[], None],
        on_failure: Callable[[BaseException], None],
    ) -> None:
        self._bench = Bench(open_connection, on_commit=on_commit, on_failure=on_failure)
        self._closed = False

    @property
    def is_up(self) -> bool:
        """Whether the last commit was good."""
        return self._bench.is_up

    def start(self) -> None:
        """Open the database. Raises JournalDown when it cannot be."""
        self.read(lambda _: None)

    def write(self, work: Callable[[apsw.Connection], T]) -> T:
        """Run ``work`` in a transaction of its own. Raises as :meth:`Writer.write`."""
        return cast("T", self._serve(Ticket(work=work)))

    def read(self, work: Callable[[apsw.Connection], T]) -> T:
        """Run ``work`` on the committed state. Raises as :meth:`Writer.read`."""
        return cast("T", self._serve(Ticket(work=work, writes=False)))

    def preparing(self) -> AbstractContextManager[object]:
        """Be the only one that computes, as one always is here."""
        return ALONE

    def close(self) -> None:
        """Empty the WAL and stop. Doing so twice is harmless."""
        if not self._closed:
            self._closed = True
            self._bench.shut()

    def _serve(self, ticket: Ticket) -> object:
        if self._closed:
            raise NotStored("The journal is closed.")
        self._bench.serve([ticket])
        if ticket.error is not None:
            raise ticket.error
        return ticket.result
