"""A database that dies at its n-th step: each statement is one, and so is each commit, which may have happened by then.

What is raised is no error of ours or of PostgreSQL's: as ``kill -9`` it leaves what was committed.
"""

from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from photoservice.db.database import Database, Session


class Killed(BaseException):
    """The process is gone."""


@dataclass
class Fuse:
    """Burns for so many steps; ``after_commit`` says whether a commit it ends at has happened."""

    left: int
    after_commit: bool = False

    def step(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise Killed


@dataclass(frozen=True, kw_only=True)
class Wire:
    """A connection on a fuse."""

    connection: Any
    fuse: Fuse

    def __getattr__(self, name: str) -> Any:
        return getattr(self.connection, name)

    async def execute(self, *asked: Any) -> str:
        self.fuse.step()
        return await self.connection.execute(*asked)

    async def fetch(self, *asked: Any) -> Any:
        self.fuse.step()
        return await self.connection.fetch(*asked)

    async def fetchrow(self, *asked: Any) -> Any:
        self.fuse.step()
        return await self.connection.fetchrow(*asked)

    async def fetchval(self, *asked: Any) -> Any:
        self.fuse.step()
        return await self.connection.fetchval(*asked)


@dataclass(frozen=True)
class FailingDatabase(Database):
    """A database on a fuse; ``Database`` in all else."""

    fuse: Fuse = None  # type: ignore[assignment]
    queries: Mapping[str, str]

    @asynccontextmanager
    async def begin(self) -> AsyncGenerator[Session]:
        async with self.pool.acquire() as connection, connection.transaction():
            wire: Any = Wire(connection=connection, fuse=self.fuse)
            yield Session(connection=wire, queries=self.queries)
            if not self.fuse.after_commit:
                self.fuse.step()
        if self.fuse.after_commit:
            self.fuse.step()


def failing(database: Database, fuse: Fuse) -> FailingDatabase:
    return FailingDatabase(pool=database.pool, queries=database.queries, fuse=fuse)
