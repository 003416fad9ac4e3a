"""A whole upload becomes a picture of its frame: probed, kept, then written down in one transaction (ADR 0032).

Whatever dies in between leaves an open upload whose file is whole, and perhaps an object nobody names. The next who
looks at the upload, or the sweeper, does it again from the start; nothing of it is done twice.
"""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

import structlog

from exchange.offers import FiledWord
from imaging.errors import DarkroomDown, ScanRefused
from imaging.pixels.picture import Probe
from photocore.crockford import draw
from photocore.frames import parse_frame
from photocore.seams import Clock, Entropy
from photoservice.db.database import Database, Row, Session
from photoservice.errors import NoRoom, NotReady, ScanNotTaken
from photoservice.images.film import describe_roll, read_facts
from photoservice.images.reservations import ID_SYMBOLS, Reservations
from photoservice.images.spool import Held
from photoservice.metrics import Metrics
from photoservice.objects.store import StoreFull, original_key
from photoservice.planning.noting import note_image
from photoservice.registrations import settle_roots
from photoservice.renditions.wanting import want_roll
from photoservice.sold import roots_given_back

log = structlog.get_logger(__name__)


class Prober(Protocol):
    """Looks at a picture file in a child that can be killed."""

    async def probe(self, path: Path) -> Probe:
        """Return what the file says of itself.

        Raises:
            ScanRefused: it is no scan we take.
        """
        ...


@dataclass(frozen=True, kw_only=True)
class Filed:
    """What became of an upload: the image it is now, or was before."""

    image: str
    word: FiledWord


class Keeper(Protocol):
    """Keeps objects so that no collection takes them before the rows that name them are there."""

    async def keep(
        self, objects: Mapping[str, Path | bytes], work: Callable[[Session], Awaitable[Filed]], *, frozen: bool = False
    ) -> Filed:
        """Put ``objects`` durably, then run ``work`` in one transaction; again from the start if need be.

        Raises:
            StoreFull: there is no room for them.
            StoreDown: the store does not answer.
        """
        ...


@dataclass(frozen=True, kw_only=True)
class _Whole:
    """An upload's bytes, all of them, and what they are."""

    upload: str
    sha256: bytes
    size: int
    probe: Probe


@dataclass(frozen=True, kw_only=True)
class Filing:
    """Files whole uploads."""

    database: Database
    clock: Clock
    entropy: Entropy
    keeping: Keeper
    prober: Prober
    reservations: Reservations
    metrics: Metrics

    async def file(self, row: Row, held: Held, sha256: bytes | None = None) -> Filed:
        """File the whole upload ``row`` whose file is ``held``; ``sha256`` where its hash is known already.

        Raises:
            ScanNotTaken: it is no scan we keep, or not the bytes that were declared; it ended.
            NoRoom: the store is full; it stays, to be filed later.
            StoreDown: the store does not answer; it stays, too.
        """
        digest = sha256 or await asyncio.to_thread(_hash, held.path)
        try:
            whole = await self._examine(row, held.path, digest)
        except ScanNotTaken as refused:
            await self.end(row, "refused", refused.slug)
            await asyncio.to_thread(held.remove)
            self.metrics.images.labels(word="refused").inc()
            raise
        filed = await self._keep(whole, held.path)
        await asyncio.to_thread(held.remove)
        self.metrics.images.labels(word=filed.word).inc()
        return filed

    async def end(self, row: Row, state: str, why: str) -> bool:
        """End an open upload that came to nothing, its room given back; says whether it was open still."""
        async with self.database.begin() as session:
            if not await session.run("uploads.end", row["id"], state, why, None, self.clock.now()):
                return False
            await self.reservations.give_back(session, row["tenant"], row["reservation"], row["length"])
        return True

    async def _examine(self, row: Row, path: Path, digest: bytes) -> _Whole:
        if row["sha256"] not in (None, digest):
            raise ScanNotTaken("other-bytes", "The bytes that came are not those that were declared.")
        try:
            probe = await self.prober.probe(path)
        except ScanRefused as refused:
            raise ScanNotTaken(refused.word, str(refused)) from refused
        except DarkroomDown as down:
            raise NotReady("No picture can be opened here just now. What came is kept.", wait_s=10) from down
        return _Whole(upload=row["id"], sha256=digest, size=row["length"], probe=probe)

    async def _keep(self, whole: _Whole, path: Path) -> Filed:
        async def work(session: Session) -> Filed:
            return await self._write_down(session, whole)

        try:
            return await self.keeping.keep({original_key(whole.sha256): path}, work, frozen=True)
        except StoreFull as cause:
            raise NoRoom("The store is full. What came is kept, and filed when there is room.") from cause

    async def _write_down(self, session: Session, whole: _Whole) -> Filed:
        """Write what a whole upload is now; rows are locked in the order upload, roll, share, promise, store."""
        row = await session.row("uploads.hold", whole.upload)
        if row is None or row["state"] != "open":
            return _as_it_ended(row)
        now, tenant, roll = self.clock.now(), row["tenant"], row["roll"]
        fresh = bool(await session.value("images.note_roll", tenant, roll, now))
        await describe_roll(session, tenant, roll, read_facts(row["facts"]), fresh=fresh)
        await session.row("storage.hold_share", tenant)
        mine = not await session.value("images.any_of", whole.sha256, tenant)
        about = (whole.probe.media, whole.probe.width, whole.probe.height)
        new = bool(await session.value("images.insert_original", whole.sha256, whole.size, *about, now))
        filed = await self._place(session, row, whole.sha256, now)
        if filed.word is not FiledWord.SAME:
            await session.run("images.count", tenant, roll, now)
            await want_roll(session, roll, "new")
        if fresh and (given_back := await roots_given_back(session, [roll])):
            await settle_roots(session, given_back, now)  # a picture of it: it was not given back unexposed
        size = whole.size
        await self.reservations.file(session, row, used=size if new else 0, used_by_tenant=size if mine else 0)
        await session.run("uploads.end", row["id"], "filed", str(filed.word), filed.image, now)
        return filed

    async def _place(self, session: Session, row: Row, sha256: bytes, now: datetime) -> Filed:
        """Put a picture at its frame: as the one that stands there, or as a rival of whatever is there.

        It came when its roll changed, to the microsecond: a roll is never whole before its last picture.
        """
        there = await session.rows("images.at_frames", row["roll"], [row["frame"]])
        for image in there:
            if (image["tenant"], image["sha256"]) == (row["tenant"], sha256):
                return Filed(image=image["id"], word=FiledWord.SAME)
        frame = parse_frame(row["frame"])
        image, state = "IM-" + draw(self.entropy, ID_SYMBOLS), "rival" if there else "standing"
        what = (sha256, row["tenant"], row["file_name"], state, now)
        await session.run("images.insert", image, row["roll"], frame.text, frame.order, *what)
        if not there:
            await note_image(session, image, row["roll"], now)
        return Filed(image=image, word=FiledWord.RIVAL if there else FiledWord.FILED)


def _as_it_ended(row: Row | None) -> Filed:
    if row is None or row["state"] != "filed":
        raise ScanNotTaken("ended", "This upload had ended before it was whole.")
    return Filed(image=row["image"], word=FiledWord(row["why"]))


def _hash(path: Path) -> bytes:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest()
