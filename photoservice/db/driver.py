"""asyncpg as the house sees it: the few verbs we use, in full types. Nothing else here imports its functions."""

from collections.abc import Awaitable, Callable, Generator, Iterable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, contextmanager
from pathlib import Path
from typing import Any, Final, Protocol, cast

import asyncpg

from photoservice.errors import StartRefused

_FAILED: Final = (OSError, asyncpg.PostgresError, asyncpg.InternalClientError)
_UNREADABLE: Final = (ValueError, asyncpg.InterfaceError)

_FOR_ALL: Final[dict[str, Any]] = {"min_size": 1}
_FOR_PAGES: Final[dict[str, Any]] = {
    "min_size": 0,
    "server_settings": {
        "plan_cache_mode": "force_generic_plan",
        "jit": "off",
        "max_parallel_workers_per_gather": "0",
    },
    "statement_cache_size": 400,
    "max_cached_statement_lifetime": 0,
}
"""What a page asks takes less time than its planning: each statement is planned once a connection, for any values."""


class Row(Protocol):
    """One row of an answer, by column name or place."""

    def __getitem__(self, name: str | int, /) -> Any: ...  # noqa: ANN401  # what a column holds, its query knows

    def keys(self) -> Iterator[str]:
        """Return the names of the columns."""
        ...


class Connection(Protocol):
    """One connection to PostgreSQL."""

    async def execute(self, statement: str, /, *values: object) -> str:
        """Carry out a statement and return its status, such as ``INSERT 0 1``."""
        ...

    async def executemany(self, statement: str, rows: Iterable[Sequence[object]], /) -> None:
        """Carry out a statement for each of ``rows``, pipelined."""
        ...

    async def fetch(self, statement: str, /, *values: object) -> Sequence[Row]:
        """Return all rows."""
        ...

    async def fetchrow(self, statement: str, /, *values: object) -> Row | None:
        """Return the first row, or None."""
        ...

    async def fetchval(self, statement: str, /, *values: object) -> Any:  # noqa: ANN401  # what a column holds, its query knows
        """Return the first column of the first row, or None."""
        ...

    def transaction(self) -> AbstractAsyncContextManager[object]:
        """Open a transaction, or a savepoint inside one."""
        ...

    async def close(self) -> None:
        """Close it."""
        ...


class CopyConnection(Connection, Protocol):
    """A connection of the real server: tables are copied over it, in and out. The model of the store has none."""

    async def copy_from_query(self, query: str, /, *, output: Callable[[bytes], Awaitable[None]]) -> str:
        """Give the rows of a query in COPY's text form to ``output``, piece by piece, and return the status."""
        ...

    async def copy_to_table(self, table_name: str, /, *, source: Path, columns: Sequence[str], schema_name: str) -> str:
        """Put rows in COPY's text form into a table, and return the status."""
        ...


class Pool(Protocol):
    """Connections that are taken and given back."""

    def acquire(self) -> AbstractAsyncContextManager[Connection]:
        """Take a connection for as long as the context lasts."""
        ...

    async def close(self) -> None:
        """Close it."""
        ...


async def connect(url: str) -> CopyConnection:
    """Return a connection of one's own.

    Raises:
        StartRefused: the address cannot be read, or nobody there lets us in.
    """
    with _refusing():
        return cast("CopyConnection", await asyncpg.connect(url))  # pyright: ignore[reportUnknownMemberType]


async def connect_pool(url: str, *, connections: int, is_for_pages: bool = False) -> Pool:
    """Return a pool of at most ``connections``; those ``is_for_pages`` are made when they are needed first.

    Raises:
        StartRefused: the address cannot be read, or nobody there lets us in.
    """
    options: dict[str, Any] = {**(_FOR_PAGES if is_for_pages else _FOR_ALL), "reset": _leave_as_it_is}
    with _refusing():
        pool: Any = await asyncpg.create_pool(url, max_size=connections, **options)  # pyright: ignore[reportUnknownMemberType]
    return cast("Pool", pool)


async def _leave_as_it_is(_: object) -> None:
    """Spare each connection given back a round trip that resets the server's session.

    Nobody here leaves a trace in one: settings are never changed, locks are a transaction's, and an open transaction
    is rolled back by asyncpg before this is asked.
    """


@contextmanager
def _refusing() -> Generator[None]:
    """Say in a sentence why there is no connection; the address is not repeated, a password may stand in it."""
    try:
        yield
    except _UNREADABLE as cause:
        form = "postgresql://user@host:5432/name"
        raise StartRefused(f"The database's address cannot be read; it has the form {form}.") from cause
    except _FAILED as cause:
        why = str(cause).rstrip(".") or "it took too long"
        raise StartRefused(f"The database does not let us in: {why}.") from cause
