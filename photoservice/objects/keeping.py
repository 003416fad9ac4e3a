"""Filing and collecting meet here: an object that a row names is never deleted, however the two cross (adr/0033).

The object store and the database have no transaction in common. Whoever needs an object puts it first and then makes
the rows that name it; a collection unmakes the rows first and then deletes. Between the two stands ``images.leaving``:
a collection says there, in the transaction that unmakes the rows and under the object's lock, which keys it takes, and
later that they are gone. Whoever keeps an object looks there under the same lock, in the transaction that makes the
rows: if a collection took the key after the put, the put does not count, and all is done again.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping
from pathlib import Path
from typing import Final, TypeVar

from photocore.seams import Clock
from photoservice.db.database import Database, Session
from photoservice.objects.holding import COLLECTING, alone
from photoservice.objects.store import ObjectStore, StoreDown

Result = TypeVar("Result")

_PUTS_AT_ONCE: Final = 4
_WAIT_S: Final = 0.05
_WAITS: Final = 1_200
"""How long (a minute) to wait for a collection that has the object in its hands right now."""


class Crossed(Exception):  # no error of ours: the transaction is undone, and done again
    """A collection took an object after it was put; ``gone`` are the turns that are over."""

    def __init__(self, gone: Mapping[str, int], in_hand: Collection[str]) -> None:
        super().__init__()
        self.gone = gone
        self.in_hand = in_hand


class Keeping:
    """Keeps objects together with the rows that need them."""

    def __init__(self, *, objects: ObjectStore, database: Database, clock: Clock) -> None:
        self._objects = objects
        self._database = database
        self._clock = clock

    async def keep(
        self,
        objects: Mapping[str, Path | bytes],
        work: Callable[[Session], Awaitable[Result]],
        *,
        frozen: bool = False,
        locks: Iterable[str] = (),
    ) -> Result:
        """Put ``objects`` durably, then do ``work`` in one transaction that makes the rows which need them.

        ``work`` asks nothing but SQL. It may be done again, in a transaction of its own, when a collection crossed.
        ``locks`` are taken with the objects' own, in one order for everybody. ``frozen`` as in ``ObjectStore.put``.

        Raises:
            StoreFull, StoreDown: not all could be put; nothing was worked.
            FileNotFoundError: a source is gone.
        """
        gone: dict[str, int] = {}
        names = {*locks, *map(lock_name, objects)}
        putting = dict(objects)
        for _ in range(_WAITS):
            await self._put_all(putting, frozen=frozen)
            try:
                async with self._database.begin() as session:
                    await session.lock(names)
                    await _stay(session, objects, gone)
                    return await work(session)
            except Crossed as crossed:
                gone |= crossed.gone
                putting = {key: objects[key] for key in crossed.gone}
                if crossed.in_hand:
                    await self._end_collection(crossed.in_hand)
        raise StoreDown("A collection has had an object in its hands for a minute.")

    async def _put_all(self, objects: Mapping[str, Path | bytes], *, frozen: bool) -> None:
        some = asyncio.Semaphore(_PUTS_AT_ONCE)

        async def put(key: str, source: Path | bytes) -> None:
            async with some:
                await self._objects.put(key, source, frozen=frozen)

        await asyncio.gather(*(put(key, source) for key, source in objects.items()))

    async def _end_collection(self, keys: Collection[str]) -> None:
        """Wait for the collection that has ``keys`` in its hands; end it in its place if it died."""
        async with alone(self._database, COLLECTING) as still:
            if still is not None:
                await let_go(self._objects, self._database, self._clock, keys)
                return
        await asyncio.sleep(_WAIT_S)


async def _stay(session: Session, keys: Iterable[str], gone: Mapping[str, int]) -> None:
    """See that no collection took one of ``keys`` since it was put, and that none will.

    Raises:
        Crossed: one did.
    """
    left = await session.rows("objects.leaving_of", list(keys))
    in_hand = [row["key"] for row in left if row["state"] == "leaving"]
    over = {row["key"]: row["turn"] for row in left if row["state"] == "gone" and gone.get(row["key"]) != row["turn"]}
    if in_hand or over:
        raise Crossed(over, in_hand)
    if left:
        await session.run("objects.stay", [row["key"] for row in left])


async def let_go(objects: ObjectStore, database: Database, clock: Clock, keys: Collection[str]) -> None:
    """Delete objects that a collection took, and note that they are gone; done twice it does no more."""
    await asyncio.gather(*(objects.delete(key) for key in keys))
    async with database.begin() as session:
        await session.run("objects.gone", list(keys), clock.now())


def lock_name(key: str) -> str:
    """Return the name of the lock of an object: one for an original and all that is made of it."""
    return f"object:{key.rpartition('/')[2].partition('-')[0]}"
