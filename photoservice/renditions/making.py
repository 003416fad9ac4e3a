"""One original's renditions: fetched to a private file, made in a child, kept, and only then told of.

Everything here may be done twice, by two workers at once, or be cut off anywhere: what is made follows from the
original alone, its bytes are durable before a row names them, and the rows are one transaction.
"""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import asyncpg
import structlog

from imaging.errors import ScanRefused
from imaging.pixels.picture import RECIPE, Derived, Rendition
from photocore.seams import Clock
from photoservice.db.database import Database, Session
from photoservice.objects.store import ObjectMissing, ObjectStore, StoreDown, original_key, rendition_key
from photoservice.renditions.scratch import Scratch

log = structlog.get_logger(__name__)


class Deriving(Protocol):
    """Makes renditions out of a file, in a process that may die of it."""

    async def derive(self, path: Path, media: str) -> Derived:
        """Return what is made of the picture in ``path``.

        Raises:
            ScanRefused: nothing can be made of it.
        """
        ...


class Keeps(Protocol):
    """Puts objects, then says so in one transaction (``photoservice/objects/keeping.py``)."""

    async def keep(self, objects: Mapping[str, Path | bytes], work: Callable[[Session], Awaitable[None]], /) -> None:
        """Put ``objects`` durably, then do ``work`` in one transaction; perhaps twice."""
        ...


@dataclass(frozen=True, kw_only=True)
class Original:
    """An original that something is to be made of; ``size`` in bytes."""

    sha256: bytes
    media: str
    size: int


class _Damaged(ScanRefused):
    """What the object store gave is not what was filed."""


@dataclass(frozen=True, kw_only=True)
class Maker:
    """Makes the renditions of one original at a time; any number of calls at once."""

    database: Database
    objects: ObjectStore
    keeping: Keeps
    darkroom: Deriving
    scratch: Scratch
    clock: Clock

    async def make(self, original: Original) -> str:
        """Make an original's renditions and keep them; returns why there are none, "" when they are there.

        Raises:
            StoreDown: the object store does not answer.
            StoreFull: it has no room.
        """
        try:
            derived = await self._derive(original)
        except ScanRefused as refused:
            await self._note_trouble(original, refused)
            return refused.word
        await self._keep(original, derived)
        return ""

    async def _derive(self, original: Original) -> Derived:
        key = original_key(original.sha256)
        if local := self.objects.local(key):
            return await self._derive_there(original, local)
        async with self.scratch.file() as path:
            await self._fetch(original, key, path)
            return await self.darkroom.derive(path, original.media)

    async def _derive_there(self, original: Original, path: Path) -> Derived:
        """Derive from the object's own file; when nothing comes of it, see whether it still is what was filed."""
        with _reading():
            size = await asyncio.to_thread(_size_of, path)
        if size != original.size:
            raise _cut_short(original, size)
        try:
            return await self.darkroom.derive(path, original.media)
        except (ScanRefused, OSError):
            with _reading():
                if await asyncio.to_thread(_hash, path) != original.sha256:
                    raise _Damaged("damaged", "The original is not the bytes that were filed.") from None
            raise

    async def _fetch(self, original: Original, key: str, path: Path) -> None:
        got = 0
        with path.open("wb", buffering=0) as file:
            try:
                async for piece in self.objects.stream(key):
                    await asyncio.to_thread(file.write, piece)
                    got += len(piece)
            except ObjectMissing as cause:
                raise _Damaged("missing", "The original is not in the object store.") from cause
        if got != original.size:
            raise _cut_short(original, got)

    async def _keep(self, original: Original, derived: Derived) -> None:
        bodies = {rendition_key(original.sha256, made.tier, RECIPE): made.body for made in derived.renditions}

        told = _columns(derived.renditions)

        async def work(session: Session) -> None:
            await session.run("renditions.keep", original.sha256, RECIPE, *told, derived.placeholder, self.clock.now())

        try:
            await self.keeping.keep(bodies, work)
        except asyncpg.ForeignKeyViolationError:  # withdrawn and collected while it was being made
            log.info("rendition.not_wanted_any_more")

    async def _note_trouble(self, original: Original, refused: ScanRefused) -> None:
        log.warning("rendition.refused", word=refused.word, why=str(refused))
        async with self.database.begin() as session:
            await session.run("renditions.note_trouble", original.sha256, refused.word)
            await session.run("renditions.remade", original.sha256)


def _columns(renditions: Sequence[Rendition]) -> tuple[list[Any], ...]:
    """Return what is told of renditions: tiers, headers' hashes, headers, sizes, etags, widths, heights."""
    rows = [
        (
            made.tier,
            hashlib.sha256(made.header).digest(),
            made.header,
            len(made.body),
            hashlib.sha256(made.header + made.body).digest(),
            made.width,
            made.height,
        )
        for made in renditions
    ]
    return tuple([row[column] for row in rows] for column in range(7))


def _cut_short(original: Original, got: int) -> _Damaged:
    return _Damaged("damaged", f"The original has {got} bytes; {original.size} were filed.")


def _size_of(path: Path) -> int:
    return path.stat().st_size


def _hash(path: Path) -> bytes:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest()


@contextmanager
def _reading() -> Generator[None]:
    try:
        yield
    except FileNotFoundError as cause:
        raise _Damaged("missing", "The original is not in the object store.") from cause
    except OSError as cause:
        raise StoreDown(f"An original cannot be read: {cause.strerror}.") from cause
