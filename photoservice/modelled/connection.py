"""PostgreSQL's side of :mod:`photoservice.db.driver`, over tables in memory.

So :class:`photoservice.db.database.Database` and ``Session`` run unchanged: what they take for the text of a statement
is its name, and each name is carried out by a small function. A name without one fails loudly. Nothing here ever waits,
so :func:`run_now` carries production's coroutines to their end without a loop.
"""

from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, Literal, TypeVar, cast

import asyncpg

from photoservice.db.database import Database, Row
from photoservice.modelled.schema import ModelStore
from photoservice.modelled.statements import Statement, statements

Result = TypeVar("Result")

Moment = Literal["commit", "committed"]
"""Just before a transaction becomes durable, or just after."""


class WouldWait(RuntimeError):
    """A coroutine waited for something that only a loop could bring."""


class Unmodelled(LookupError):
    """A query has no model."""


def run_now(work: Awaitable[Result]) -> Result:
    """Carry ``work`` to its end and return what it returns.

    Raises:
        WouldWait: it waited.
    """
    steps = work.__await__()
    try:
        next(steps)
    except StopIteration as done:
        return done.value
    steps.close()
    raise WouldWait(f"{work} waits for a loop, and there is none here")


def nothing_happens(moment: Moment) -> None:
    """Let a transaction commit and its answer leave."""


class ModelConnection:
    """One connection. It takes a query's name for its text.

    A statement that fails breaks the transaction until the savepoint it is in is undone, as in PostgreSQL.
    """

    def __init__(self, store: ModelStore, at: Callable[[Moment], None]) -> None:
        self._store = store
        self._at = at
        self._depth = 0
        self._is_broken = False

    async def execute(self, statement: str, /, *values: object) -> str:
        """Carry out a statement and return its status."""
        done = self._do(statement, values)
        return f"DONE {done if isinstance(done, int) else len(done)}"

    async def executemany(self, statement: str, rows: Iterable[Sequence[object]], /) -> None:
        """Carry out a statement for each of ``rows``."""
        for values in rows:
            self._do(statement, values)

    async def fetch(self, statement: str, /, *values: object) -> Sequence[Row]:
        """Return all rows."""
        done = self._do(statement, values)
        return cast("Sequence[Row]", [] if isinstance(done, int) else done)

    async def fetchrow(self, statement: str, /, *values: object) -> Row | None:
        """Return the first row, or None."""
        rows = await self.fetch(statement, *values)
        return rows[0] if rows else None

    async def fetchval(self, statement: str, /, *values: object) -> Any:  # noqa: ANN401  # what a column holds, its query knows
        """Return the first column of the first row, or None."""
        row = await self.fetchrow(statement, *values)
        return row[0] if row is not None else None

    def transaction(self) -> AbstractAsyncContextManager[object]:
        """Open a transaction, or a savepoint inside one."""
        return self._transaction()

    async def close(self) -> None:
        """Do nothing: there is nothing to close."""

    @asynccontextmanager
    async def _transaction(self) -> AsyncGenerator[None]:
        ledger = self._store.ledger
        before = len(ledger.past)
        self._refuse_broken()
        self._depth += 1
        try:
            yield
            self._refuse_broken()
            if self._depth == 1:
                self._at("commit")
        except BaseException:
            ledger.undo(before)
            self._is_broken = False
            raise
        finally:
            self._depth -= 1
        if self._depth == 0:
            ledger.past.clear()
            self._at("committed")

    def _do(self, name: str, values: Sequence[object]) -> Any:  # noqa: ANN401  # rows, or how many were touched
        self._refuse_broken()
        before = len(self._store.ledger.past)
        try:
            _refuse_nul(values)
            done = _statement(name)(self._store, *values)
        except asyncpg.PostgresError:
            self._store.ledger.undo(before)
            self._is_broken = self._depth > 0
            raise
        if self._depth == 0:
            self._store.ledger.past.clear()
        return done

    def _refuse_broken(self) -> None:
        if self._is_broken:
            raise asyncpg.InFailedSQLTransactionError("the transaction is broken until it is undone")


class ModelPool:
    """The one connection; two transactions at a time there are not, as nobody waits."""

    def __init__(self, store: ModelStore, at: Callable[[Moment], None]) -> None:
        self._store = store
        self._at = at
        self._is_taken = False

    @asynccontextmanager
    async def _acquire(self) -> AsyncGenerator[ModelConnection]:
        if self._is_taken:
            raise WouldWait("two transactions at a time: one would have to wait for the other")
        self._is_taken = True
        try:
            yield ModelConnection(self._store, self._at)
        finally:
            self._is_taken = False

    def acquire(self) -> AbstractAsyncContextManager[ModelConnection]:
        """Take the connection for as long as the context lasts."""
        return self._acquire()

    async def close(self) -> None:
        """Do nothing: there is nothing to close."""


class _Names(Mapping[str, str]):
    """The queries as :class:`Database` wants them: each name stands for itself."""

    def __getitem__(self, name: str) -> str:
        _statement(name)
        return name

    def __iter__(self) -> Iterator[str]:
        return iter(statements())

    def __len__(self) -> int:
        return len(statements())


def open_model(store: ModelStore, at: Callable[[Moment], None] = nothing_happens) -> Database:
    """Return the database over ``store``. ``at`` is called round each commit, and may raise: the process died there."""
    return Database(pool=ModelPool(store, at), queries=_Names())


def _statement(name: str) -> Statement:
    found = statements().get(name)
    if found is None:
        raise Unmodelled(f"the query {name} has no model in photoservice/modelled")
    return found


def _refuse_nul(values: Sequence[object]) -> None:
    """Refuse the one character that no text in PostgreSQL can hold."""
    for value in values:
        texts = cast("list[object]", value) if isinstance(value, list) else (value,)
        for text in texts:
            if isinstance(text, str) and "\0" in text:
                raise asyncpg.CharacterNotInRepertoireError("a text holds NUL")
