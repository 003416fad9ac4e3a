"""The pools, and a session: one connection inside one transaction, asking named queries.

Nothing but SQL happens inside a transaction, commit is the end of the ``async with`` and anything raised rolls back
(STYLE 11). Locks are taken in one statement in one order, so that two batches cannot wait for each other.
"""

from collections.abc import AsyncGenerator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from photoservice.db.driver import Connection, Pool, Row, connect_pool

__all__ = ["Database", "Row", "Session", "open_database"]


@dataclass(frozen=True, kw_only=True)
class Session:
    """One transaction. Query names are ``file.name`` of ``db/queries``."""

    connection: Connection
    queries: Mapping[str, str]

    async def rows(self, name: str, *values: object) -> Sequence[Row]:
        """Return all rows of a query."""
        return await self.connection.fetch(self.queries[name], *values)

    async def row(self, name: str, *values: object) -> Row | None:
        """Return the first row of a query, or None."""
        return await self.connection.fetchrow(self.queries[name], *values)

    async def value(self, name: str, *values: object) -> Any:  # noqa: ANN401  # what a column holds, its query knows
        """Return the first column of the first row, or None."""
        return await self.connection.fetchval(self.queries[name], *values)

    async def run(self, name: str, *values: object) -> int:
        """Carry out a statement and return how many rows it touched."""
        status = await self.connection.execute(self.queries[name], *values)
        last = status.rpartition(" ")[2]
        return int(last) if last.isdigit() else 0

    async def run_many(self, name: str, rows: Iterable[Sequence[object]]) -> None:
        """Carry out a statement for each of ``rows``, pipelined; without any the database is not asked."""
        listed = list(rows)
        if listed:
            await self.connection.executemany(self.queries[name], listed)

    @asynccontextmanager
    async def savepoint(self) -> AsyncGenerator[None]:
        """Undo what is inside, and only that, when it raises."""
        async with self.connection.transaction():
            yield

    async def lock(self, names: Iterable[str]) -> None:
        """Take the advisory locks of ``names`` until the transaction ends, in one order for everybody."""
        await self.run("locks.take", sorted(set(names)))


@dataclass(frozen=True, kw_only=True)
class Database:
    """The pool of connections and the queries they may ask."""

    pool: Pool
    queries: Mapping[str, str]
    pages: Pool | None = None
    """Connections for drawing pages; without it these come from ``pool``."""

    @asynccontextmanager
    async def begin(self) -> AsyncGenerator[Session]:
        """Open a transaction; it commits at the end, and rolls back when anything is raised."""
        async with self.pool.acquire() as connection, connection.transaction():
            yield Session(connection=connection, queries=self.queries)

    @asynccontextmanager
    async def look(self) -> AsyncGenerator[Session]:
        """Open a session to read in that needs no transaction: each of its queries sees what is committed by then."""
        async with self.pool.acquire() as connection:
            yield Session(connection=connection, queries=self.queries)

    @asynccontextmanager
    async def page(self) -> AsyncGenerator[Session]:
        """Open a session to draw a page from: as ``look``, for queries that find a few rows by an index."""
        async with (self.pages or self.pool).acquire() as connection:
            yield Session(connection=connection, queries=self.queries)

    async def row(self, name: str, *values: object) -> Row | None:
        """Return the first row of a query that needs no transaction round it, or None."""
        async with self.pool.acquire() as connection:
            return await connection.fetchrow(self.queries[name], *values)

    async def close(self) -> None:
        """Close every connection."""
        if self.pages is not None:
            await self.pages.close()
        await self.pool.close()


async def open_database(url: str, queries: Mapping[str, str], *, connections: int = 10) -> Database:
    """Connect to the migrated database at ``url``, with so many connections, and at most as many again for pages."""
    pool = await connect_pool(url, connections=connections)
    pages = await connect_pool(url, connections=connections, is_for_pages=True)
    return Database(pool=pool, queries=queries, pages=pages)
