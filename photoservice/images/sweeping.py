"""What nobody comes back for is ended, and what somebody died over is finished: at the start and every few seconds.

Any process may do any of it, at once with others and with requests: the lock of the spool's file and the state of the
upload's row decide. Of uploads that another machine spools only the row is touched here.
"""

import asyncio
from dataclasses import dataclass

import structlog

from photocore.seams import Clock
from photoservice.db.database import Database, Row
from photoservice.errors import NoRoom, Refusal
from photoservice.images.filing import Filing
from photoservice.images.reservations import Reservations
from photoservice.images.spool import Held, Spool, SpoolHeld
from photoservice.objects.store import StoreDown

log = structlog.get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class Swept:
    """What one round did, in uploads and promises of room."""

    expired: int = 0
    ended: int = 0
    filed: int = 0
    removed: int = 0


@dataclass(frozen=True, kw_only=True)
class Sweeper:
    """Ends and finishes."""

    database: Database
    clock: Clock
    spool: Spool
    reservations: Reservations
    filing: Filing

    async def run_once(self) -> Swept:
        """Do one round; what cannot be filed now, as while the object store is down, waits for the next."""
        expired, ended = await self._expire(), await self._end_reservations()
        filed, removed = await self._heal()
        swept = Swept(expired=expired, ended=ended, filed=filed, removed=removed)
        if swept != Swept():
            log.info("uploads.swept", expired=expired, ended=ended, filed=filed, removed=removed)
        return swept

    async def _expire(self) -> int:
        expired = 0
        async with self.database.begin() as session:
            rows = await session.rows("uploads.expired", self.clock.now())
        for row in rows:
            try:
                with await asyncio.to_thread(self.spool.hold, row["id"]) as held:
                    if held.size == row["length"] or await self._was_renewed(row["id"]):
                        continue  # whole: it is filed below, however late
                    expired += await self.filing.end(row, "expired", "")
                    await asyncio.to_thread(held.remove)
            except SpoolHeld:
                continue  # it is coming in
            except NoRoom:
                continue  # no byte of it lies here, and there is no room to hold it by; others may make some
        return expired

    async def _was_renewed(self, upload: str) -> bool:
        """Look again, now that its file is ours: its client may just have gone on."""
        row = await self.database.row("uploads.by_id", upload)
        return row is not None and row["expires_at"] > self.clock.now()

    async def _end_reservations(self) -> int:
        ended = 0
        async with self.database.begin() as session:
            rows = await session.rows("reservations.expired", self.clock.now())
        for row in rows:
            async with self.database.begin() as session:
                ended += await self.reservations.end_expired(session, row)
        return ended

    async def _heal(self) -> tuple[int, int]:
        """File what is whole, and remove files that no open upload has; return how many of each."""
        names = dict(await asyncio.to_thread(self.spool.names))
        async with self.database.begin() as session:
            known = {row["id"]: row for row in await session.rows("uploads.known", list(names))}
        filed = removed = 0
        for name, size in names.items():
            row = known.get(name)
            if row is not None and size != row["length"]:
                continue
            try:
                with await asyncio.to_thread(self.spool.hold, name) as held:
                    row = await self.database.row("uploads.by_id", name)  # nobody else can touch it any more
                    if row is None or row["state"] != "open":
                        await asyncio.to_thread(held.remove)
                        removed += 1
                    elif held.size == row["length"]:
                        filed += await self._file(row, held)
            except SpoolHeld:
                continue
        return filed, removed

    async def _file(self, row: Row, held: Held) -> bool:
        """File a whole upload; what goes wrong with one keeps no other waiting."""
        try:
            await self.filing.file(row, held)
        except (Refusal, StoreDown) as refused:
            log.info("uploads.not_filed", upload=row["id"], why=getattr(refused, "slug", "store-down"))
            return False
        except OSError as cause:
            log.warning("uploads.not_filed", upload=row["id"], why=cause.strerror or type(cause).__name__)
            return False
        return True
