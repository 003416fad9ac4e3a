"""Resumable uploads: tus 1.0 as ``exchange.tus`` reads it, over the spool and the promises of room.

Every verb returns an answer of tus or raises what is told as a problem. Who asks for another's upload is told
that there is none. The one who holds the spool's file decides: two requests for one upload never write at once.
"""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, cast

from exchange.tus.answers import TusAnswer, tell_appended, tell_created, tell_standing, tell_terminated
from exchange.tus.intake import Intake, begin_append, begin_first
from exchange.tus.protocol import Append, Create, refuse_gone, refuse_locked
from exchange.tus.wish import IMAGE_HEADER, UPLOADS_PATH, WORD_HEADER, Wish, read_wish
from photocore.crockford import draw
from photocore.errors import CodeError
from photocore.seams import Clock, Entropy
from photoservice.db.database import Database, Row
from photoservice.errors import NoRoom, ScanNotTaken, Unprocessable
from photoservice.images.arrival import take_in
from photoservice.images.filing import Filed, Filing
from photoservice.images.film import parse_roll
from photoservice.images.reservations import ID_SYMBOLS, Asked, Reservations
from photoservice.images.spool import Held, Spool, SpoolHeld
from photoservice.objects.store import ObjectStore
from photoservice.settings import Settings
from photoservice.tenants import Tenant

MAX_SIZE: Final = 200_000_000
"""The largest scan that is taken, in bytes (Tus-Max-Size)."""

HOLD_TRIES: Final = 20
HOLD_AGAIN_S: Final = 0.05

Pieces = AsyncGenerator[bytes]


@dataclass(frozen=True, kw_only=True)
class Uploads:
    """Takes uploads in."""

    database: Database
    clock: Clock
    entropy: Entropy
    settings: Settings
    spool: Spool
    objects: ObjectStore
    reservations: Reservations
    filing: Filing

    async def create(self, tenant: Tenant, ask: Create, body: Pieces) -> TusAnswer:
        """Begin an upload, with its room, and take its first bytes if some came along.

        Raises:
            TusRefused: its metadata are out of form, or its body does not fit.
            Unprocessable: its roll is none.
            Unknown: there is no such reservation.
            BeyondReservation: there is not so much left of it.
            NoRoom: there is no room.
            ScanNotTaken: it is empty, or whole already, and no scan.
        """
        wish = _read_wish(ask)
        intake = begin_first(ask)
        if ask.length == 0:
            raise ScanNotTaken("zero-bytes", "A picture has at least one byte.")
        row = await self._insert(tenant, wish, ask)
        answer = tell_created(f"{UPLOADS_PATH}/{row['id']}", expires=row["expires_at"])
        if intake is None:
            return answer
        async with self._held(row["id"]) as held:
            checked = ask.body is not None and ask.body.checksum is not None
            filed = await self._take_in(row, held, intake, body, checked=checked)
            size = held.size if filed is None else ask.length
        told = tell_created(answer.headers["Location"], offset=size, expires=None if filed else row["expires_at"])
        return _with(told, filed)

    async def look(self, tenant: Tenant, upload: str) -> TusAnswer:
        """Tell how far an upload is; one that is whole and was not filed when somebody died is filed now.

        Raises:
            TusRefused: 404, 410, or 423 while it is coming in.
            ScanNotTaken: it was refused.
        """
        row = await self._row(tenant, upload)
        if row["state"] == "open":
            async with self._held(upload) as held:
                row = await self._row(tenant, upload)
                if row["state"] == "open":
                    filed = await self.filing.file(row, held) if held.size == row["length"] else None
                    offset = held.size if filed is None else row["length"]
                    return _with(_standing(row, offset, None if filed else row["expires_at"]), filed)
        return _with(_standing(row, row["length"], None), _ended(row))

    async def append(self, tenant: Tenant, upload: str, ask: Append, body: Pieces) -> TusAnswer:
        """Take the next bytes of an upload; the last ones file it.

        Raises:
            TusRefused: 404, 410, 409 or 413 where it does not fit, 423 while another request writes, 460.
            ScanNotTaken: it is whole, and no scan; or it was refused before.
            NoRoom: the disk is full; what came before stands.
        """
        row = await self._row(tenant, upload)
        if row["state"] == "open":
            async with self._held(upload) as held:
                row = await self._row(tenant, upload)
                if row["state"] == "open":
                    intake = begin_append(ask, offset=held.size, length=row["length"])
                    filed = await self._take_in(row, held, intake, body, checked=ask.body.checksum is not None)
                    if filed is None:
                        return tell_appended(offset=held.size, expires=await self._renew(row))
                    return _with(tell_appended(offset=row["length"]), filed)
        filed = _ended(row)
        begin_append(ask, offset=row["length"], length=row["length"])
        return _with(tell_appended(offset=row["length"]), filed)

    async def terminate(self, tenant: Tenant, upload: str) -> TusAnswer:
        """Forget an upload that is not filed.

        Raises:
            TusRefused: 404, 410, or 423 while it is coming in.
        """
        await self._row(tenant, upload)
        async with self._held(upload) as held:
            row = await self._row(tenant, upload)
            ended = await self.filing.end(row, "terminated", "")
            await asyncio.to_thread(held.remove)
        if not ended:
            raise refuse_gone(known=True)
        return tell_terminated()

    async def _take_in(
        self, row: Row, held: Held, intake: Intake, body: Pieces, *, checked: bool = False
    ) -> Filed | None:
        digest = await take_in(held, intake, body, checked=checked)
        return await self.filing.file(row, held, digest) if held.size == row["length"] else None

    async def _insert(self, tenant: Tenant, wish: Wish, ask: Create) -> Row:
        free = await self.objects.free_bytes() if wish.reservation is None else None
        if ask.length > await asyncio.to_thread(self.spool.free_bytes) - self.settings.keep_free:
            raise NoRoom("The disk that takes uploads has not so much room. Nothing was promised; ask again later.")
        asked = Asked(tenant=tenant.id, roll=wish.roll)
        upload = "UP-" + draw(self.entropy, ID_SYMBOLS)
        async with self.database.begin() as session:
            await self.reservations.hold_share(session, tenant.id)
            if wish.reservation is None:
                room = await self.reservations.promise(session, asked, ask.length, free, taken=ask.length)
            else:
                await self.reservations.refuse_crowd(session, tenant.id)
                room = await self.reservations.take(session, wish.reservation, asked, ask.length)
            about = (wish.roll, wish.frame, wish.file_name, wish.sha256, ask.length, ask.metadata.text)
            ends = (self.clock.now(), room.expires_at)
            row = await session.row("uploads.insert", upload, tenant.id, room.id, *about, *ends)
        return cast("Row", row)

    async def _row(self, tenant: Tenant, upload: str) -> Row:
        row = await self.database.row("uploads.of_tenant", upload, tenant.id)
        if row is None:
            raise refuse_gone(known=False)
        return row

    @asynccontextmanager
    async def _held(self, upload: str) -> AsyncGenerator[Held]:
        with await self._hold(upload) as held:
            yield held

    async def _hold(self, upload: str) -> Held:
        """Take an upload's file; one that asks how far it is, or is just being told, lets it go at once."""
        for left in reversed(range(HOLD_TRIES)):
            try:
                return await asyncio.to_thread(self.spool.hold, upload)
            except SpoolHeld:
                if left:
                    await asyncio.sleep(HOLD_AGAIN_S)
        raise refuse_locked()

    async def _renew(self, row: Row) -> datetime:
        """Let an upload that goes on last; seldom, as every renewal is a transaction."""
        now, lives = self.clock.now(), self.settings.reservation_lives
        if row["expires_at"] - now > lives / 2:
            return row["expires_at"]
        async with self.database.begin() as session:
            await session.run("uploads.renew", row["id"], now + lives)
            await session.run("reservations.renew", row["reservation"], now + lives)
        return now + lives


def _read_wish(ask: Create) -> Wish:
    wish = read_wish(ask.metadata)
    try:
        return replace(wish, roll=parse_roll(wish.roll))
    except CodeError as cause:
        raise Unprocessable(f"Upload-Metadata names no roll: {cause}.") from cause


def _standing(row: Row, offset: int, expires: datetime | None) -> TusAnswer:
    return tell_standing(offset=offset, length=row["length"], metadata=row["metadata"], expires=expires)


def _ended(row: Row) -> Filed:
    """Return what became of an upload that ended, or raise why nothing did."""
    if row["state"] == "refused":
        raise ScanNotTaken(row["why"], "This upload was whole, and was not taken.")
    if row["state"] != "filed":
        raise refuse_gone(known=True)
    return Filed(image=row["image"], word=row["why"])


def _with(answer: TusAnswer, filed: Filed | None) -> TusAnswer:
    if filed is None:
        return answer
    told = {IMAGE_HEADER: filed.image, WORD_HEADER: str(filed.word)}
    return replace(answer, headers={**answer.headers, **told})
