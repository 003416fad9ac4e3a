"""Scrubbing: originals are read again and hashed, so that rot is found while there is still a backup that heals it.

What was looked at longest ago comes first, and each look is noted in the database: a scrub that was stopped goes on
where it stood. It reads no faster than it is told. Damage stands on the original until the same bytes come in again,
by an upload or from a backup, or a later look finds them as they came.
"""

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from photocore.seams import Clock
from photoservice.db.database import Database, Row
from photoservice.objects.holding import SCRUBBING, alone
from photoservice.objects.store import ObjectMissing, ObjectStore, StoreDown, original_key

MISSING: Final = "missing"
DAMAGED: Final = "damaged"
_ROWS: Final = 50
_EMPTY: Final = (
    "There is not one original in the object store, though the database knows some: the disk is not mounted, or the"
    " setting names another place. Nothing was noted."
)


@dataclass(frozen=True, kw_only=True)
class Scrubbed:
    """What one scrub saw. ``held_off``: another one runs. ``is_done``: nothing is left that was not looked at since."""

    held_off: bool = False
    looked_at: int = 0
    bytes: int = 0
    damaged: int = 0
    is_done: bool = False


class Scrubber:
    """Reads originals again; at most ``bytes_per_s``, or as fast as it goes."""

    def __init__(
        self, *, objects: ObjectStore, database: Database, clock: Clock, bytes_per_s: float | None = None
    ) -> None:
        self._objects = objects
        self._database = database
        self._clock = clock
        self._bytes_per_s = bytes_per_s

    async def run(self, *, before: datetime, most_bytes: int | None = None) -> Scrubbed:
        """Look at originals that were not looked at since ``before``, until ``most_bytes`` were read.

        Raises:
            StoreDown: the store fails, or has nothing at all; what was seen until then is noted.
        """
        async with alone(self._database, SCRUBBING) as still:
            if still is None:
                return Scrubbed(held_off=True)
            looked_at = read = damaged = 0
            began = self._clock.monotonic()
            while most_bytes is None or read < most_bytes:
                async with self._database.begin() as session:
                    rows = await session.rows("objects.scrub_next", before, _ROWS)
                if not rows:
                    return Scrubbed(looked_at=looked_at, bytes=read, damaged=damaged, is_done=True)
                for row in rows:
                    word = await self._look(row["sha256"], row["size"])
                    if word:  # it may have come in again, or gone, at this moment
                        word = await self._look(row["sha256"], row["size"])
                    async with self._database.begin() as session:
                        await session.run("objects.scrubbed", row["sha256"], self._clock.now(), word)
                    looked_at += 1
                    damaged += bool(word)
                    read += row["size"]
                    await self._rest(began, read)
                    if most_bytes is not None and read >= most_bytes:
                        break
            return Scrubbed(looked_at=looked_at, bytes=read, damaged=damaged)

    async def damaged(self, most: int = 100) -> Sequence[Row]:
        """Return what stands as damaged or missing, with a roll and frame that show it."""
        async with self._database.begin() as session:
            return await session.rows("objects.damaged", most)

    async def _look(self, sha256: bytes, size: int) -> str:
        """Return what is wrong with an original, in a word; an empty one when nothing is."""
        digest, read = hashlib.sha256(), 0
        try:
            async for piece in self._objects.stream(original_key(sha256)):
                digest.update(piece)
                read += len(piece)
        except ObjectMissing:
            if await anext(self._objects.list("o/"), None) is None:
                raise StoreDown(_EMPTY) from None
            return MISSING
        return "" if (digest.digest(), read) == (sha256, size) else DAMAGED

    async def _rest(self, began: float, read: int) -> None:
        if self._bytes_per_s:
            await asyncio.sleep(max(0.0, began + read / self._bytes_per_s - self._clock.monotonic()))
