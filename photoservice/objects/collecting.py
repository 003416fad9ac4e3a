"""Collecting what nothing needs: objects no row names, and contents whose images were all withdrawn (adr/0033).

A key that is seen unused is only noted. If it is still unused when the grace is over, the rows that lead to it are
unmade, and then it is deleted; :mod:`photoservice.objects.keeping` says why no crossing with a filing can lose what is
live. The grace runs on our clock from when it was first seen unused: neither the store's clock nor an object's age
counts. A collection that is killed anywhere is ended by the next one, or by whoever needs the object.
"""

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from photocore.seams import Clock
from photoservice.db.database import Database
from photoservice.objects.holding import BACKUP, COLLECTING, Still, alone
from photoservice.objects.keeping import let_go, lock_name
from photoservice.objects.marking import KEY, refuse_another
from photoservice.objects.store import (
    ObjectStore,
    OriginalName,
    RenditionName,
    Stored,
    is_manifest,
    original_key,
    read_key,
    rendition_key,
)

GRACE: Final = timedelta(hours=24)
_ROWS: Final = 500
_DELETED_AT_ONCE: Final = 20
_REMEMBERED: Final = timedelta(days=7)
"""How long a deletion is remembered; a filing takes minutes."""


@dataclass(frozen=True, kw_only=True)
class Collected:
    """What one collection did. ``held_off``: another collection or a backup runs, and nothing was done.

    ``strange`` counts objects under keys that are not ours; they are left alone.
    """

    held_off: bool = False
    seen: int = 0
    unused: int = 0
    deleted: int = 0
    swept: int = 0
    strange: int = 0


class Collector:
    """Finds what nothing needs, and deletes it when it was not needed for long enough."""

    def __init__(self, *, objects: ObjectStore, database: Database, clock: Clock, grace: timedelta = GRACE) -> None:
        self._objects = objects
        self._database = database
        self._clock = clock
        self._grace = grace

    async def run(self) -> Collected:
        """Look through the whole store once, note what is unused, and delete what has been for the grace.

        Raises:
            StoreDown: the store fails; the next run goes on.
            StartRefused: it is another database's store.
        """
        async with alone(self._database, COLLECTING, BACKUP) as still:
            if still is None:
                return Collected(held_off=True)
            await refuse_another(self._database, self._objects, "hand")
            ended = await self._end_what_was_begun(still)
            swept = await self._objects.sweep()
            unused = await self._note_unneeded()
            seen = strange = 0
            async for batch in _batches(self._objects.list("")):
                seen += len(batch)
                noted, foreign = await self._note_nameless(batch)
                unused += noted
                strange += foreign
            deleted = await self._delete_unused(still)
            async with self._database.begin() as session:
                await session.run("objects.forget_gone", self._clock.now() - _REMEMBERED)
        return Collected(seen=seen, unused=unused, deleted=ended + deleted, swept=swept, strange=strange)

    async def _end_what_was_begun(self, still: Still) -> int:
        """Delete what a collection that was killed had taken."""
        ended = 0
        while True:
            async with self._database.begin() as session:
                keys = [row["key"] for row in await session.rows("objects.in_hand", _DELETED_AT_ONCE)]
            if not keys:
                return ended
            await still()
            await let_go(self._objects, self._database, self._clock, keys)
            ended += len(keys)

    async def _note_unneeded(self) -> int:
        """Note contents no image shows."""
        noted, last = 0, b""
        while True:
            async with self._database.begin() as session:
                rows = await session.rows("objects.unneeded_originals", last, _ROWS)
                keys = [original_key(row["sha256"]) for row in rows]
                noted += await session.run("objects.mark_unused", keys, self._clock.now()) if keys else 0
            if len(rows) < _ROWS:
                return noted
            last = rows[-1]["sha256"]

    async def _note_nameless(self, batch: Sequence[Stored]) -> tuple[int, int]:
        """Note objects no row names; returns how many, and how many are not ours."""
        named = {found.key: read_key(found.key) for found in batch}
        originals = {name.sha256 for name in named.values() if isinstance(name, OriginalName)}
        renditions = [name for name in named.values() if isinstance(name, RenditionName)]
        async with self._database.begin() as session:
            known = {
                original_key(row["sha256"]) for row in await session.rows("objects.known_originals", list(originals))
            }
            asked = ([r.sha256 for r in renditions], [r.tier for r in renditions], [r.recipe for r in renditions])
            for row in await session.rows("objects.known_renditions", *asked):
                known.add(rendition_key(row["sha256"], row["tier"], row["recipe"]))
            unused = [key for key, name in named.items() if name is not None and key not in known]
            noted = await session.run("objects.mark_unused", unused, self._clock.now()) if unused else 0
        return noted, sum(name is None and not is_manifest(key) for key, name in named.items())

    async def _delete_unused(self, still: Still) -> int:
        """Delete what has been unused for the grace; what is needed again by now is let be."""
        until, deleted = self._clock.now() - self._grace, 0
        while True:
            async with self._database.begin() as session:
                keys = [row["key"] for row in await session.rows("objects.unused_since", until, _DELETED_AT_ONCE)]
            if not keys:
                return deleted
            taken = [one for key in keys for one in await self._take(key)]
            await still()
            await let_go(self._objects, self._database, self._clock, taken)
            deleted += len(taken)

    async def _take(self, key: str) -> list[str]:
        """Unmake what leads to ``key`` and take it in hand, with all that was made of it; or let it be."""
        name = read_key(key)
        async with self._database.begin() as session:
            await session.lock([lock_name(key)])
            keys = [key]
            if isinstance(name, OriginalName):
                needed = await session.value("objects.is_shown", name.sha256)
                if not needed:
                    dropped = await session.rows("objects.drop_renditions", name.sha256)
                    keys += [rendition_key(name.sha256, row["tier"], row["recipe"]) for row in dropped]
                    await session.run("objects.drop_images", name.sha256)
                    await session.run("objects.drop_original", name.sha256)
            elif isinstance(name, RenditionName):
                needed = await session.value("objects.is_rendition", name.sha256, name.tier, name.recipe)
            else:
                needed = True
            if needed:
                await session.run("objects.stay", keys)
                return []
            await session.run("objects.take", keys, self._clock.now())
            return keys


async def _batches(found: AsyncGenerator[Stored]) -> AsyncGenerator[Sequence[Stored]]:
    batch: list[Stored] = []
    async for one in found:
        if one.key != KEY:
            batch.append(one)
        if len(batch) == _ROWS:
            yield batch
            batch = []
    if batch:
        yield batch
