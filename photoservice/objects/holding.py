"""Who may do what to the object store at once, by locks of the database that end with the connection that holds them.

A collection is alone at it, and no backup runs meanwhile: what a backup lists stays until it is copied. Backups run
beside each other. Whoever does not get its turn is told so at once; nobody waits. A turn is a transaction that holds
locks and nothing else, no snapshot and no row: however it ends, with it they are given back.
"""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Final

from photoservice.db.database import Database

COLLECTING: Final = "collecting"
BACKUP: Final = "backup"
SCRUBBING: Final = "scrubbing"

Still = Callable[[], Awaitable[None]]
"""Raises when the turn was lost, for its connection ended."""


@asynccontextmanager
async def alone(database: Database, *names: str) -> AsyncGenerator[Still | None]:
    """Be the only one at all of ``names``; gives None when somebody else is."""
    async with _held(database, names, "alone") as still:
        yield still


@asynccontextmanager
async def beside(database: Database, name: str) -> AsyncGenerator[Still | None]:
    """Keep everybody from being alone at ``name``; gives None when somebody is."""
    async with _held(database, (name,), "beside") as still:
        yield still


@asynccontextmanager
async def _held(database: Database, names: tuple[str, ...], how: str) -> AsyncGenerator[Still | None]:
    async with database.begin() as session:

        async def still() -> None:
            await session.value("locks.ping")

        for name in names:
            if not await session.value(f"objects.try_{how}", name):
                yield None
                return
        yield still
