"""Room promised before a byte is sent: reserved + used <= capacity, whoever asks at once (DESIGN 4.9).

What is promised is counted in one row for the store and one for each tenant, in the transaction that promises it. A
promise is used up as pictures are filed, renewed while bytes come in, and taken back when it is over. Rows are locked
in one order everywhere: the tenant's share, the promise, the store.
"""

from dataclasses import dataclass
from datetime import datetime

from photocore.crockford import draw
from photocore.seams import Clock, Entropy
from photoservice.db.database import Row, Session
from photoservice.errors import BeyondReservation, NoRoom, Unknown
from photoservice.settings import Settings

ID_SYMBOLS = 16


@dataclass(frozen=True, kw_only=True)
class Room:
    """A promise as it stands: ``size`` bytes in all until ``expires_at``."""

    id: str
    size: int
    expires_at: datetime


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What room is for: a roll, and where an offer asks, its digest and what it says of the roll."""

    tenant: str
    roll: str
    offer: bytes | None = None
    facts: str = ""


@dataclass(frozen=True, kw_only=True)
class Reservations:
    """Promises room and counts what becomes of it."""

    clock: Clock
    entropy: Entropy
    settings: Settings

    async def hold_share(self, session: Session, tenant: str) -> None:
        """Keep others from changing what a tenant has, until the transaction ends; a new one has nothing yet."""
        if await session.row("storage.hold_share", tenant) is None:
            await session.run("storage.open", tenant, self.settings.tenant_quota)
            await session.row("storage.hold_share", tenant)

    async def promise(self, session: Session, asked: Asked, size: int, free: int | None, *, taken: int = 0) -> Room:
        """Promise ``size`` bytes, ``taken`` of them at once; ``free`` is what the store's disk has left.

        The caller holds the tenant's share.

        Raises:
            NoRoom: quota, capacity or disk do not have them, or too much is open already; nothing is promised.
        """
        now = self.clock.now()
        await self.refuse_crowd(session, asked.tenant)
        await self._reserve(session, asked.tenant, size, free)
        room = Room(
            id="RS-" + draw(self.entropy, ID_SYMBOLS), size=size, expires_at=now + self.settings.reservation_lives
        )
        about = (asked.tenant, asked.roll, asked.offer, asked.facts)
        await session.run("reservations.insert", room.id, *about, size, taken, now, room.expires_at)
        return room

    async def promise_again(self, session: Session, asked: Asked, size: int, free: int | None) -> Room | None:
        """Promise what an offer needs. The same offer sent again is given no second room: its promise is renewed.

        ``size`` is 0 where nothing is to be sent; then nothing is promised.

        Raises:
            NoRoom: quota, capacity or disk do not have it; what was promised before stays.
        """
        await self.hold_share(session, asked.tenant)
        known = await session.row("reservations.of_offer", asked.tenant, asked.offer)
        if known is None:
            return await self.promise(session, asked, size, free) if size else None
        wanted = known["taken"] + size
        if wanted == known["filed"]:
            await self.end(session, known)
            return None
        if wanted > known["granted"]:
            await self._reserve(session, asked.tenant, wanted - known["granted"], free)
        expires_at = self.clock.now() + self.settings.reservation_lives
        await session.run("reservations.resize", known["id"], wanted, expires_at, asked.facts)
        if wanted < known["granted"]:
            await _settle(session, asked.tenant, known["granted"] - wanted, 0)
        return Room(id=known["id"], size=size, expires_at=expires_at) if size else None

    async def take(self, session: Session, name: str, asked: Asked, size: int) -> Room:
        """Let an upload have ``size`` bytes of the promise ``name``.

        Raises:
            Unknown: the tenant has no such live promise for this roll.
            BeyondReservation: there are not so many left of it.
        """
        now = self.clock.now()
        row = await session.row("reservations.live", name, asked.tenant, asked.roll, now)
        if row is None:
            raise Unknown("There is no such reservation for this roll, or its time is over. Offer the frames again.")
        if not await session.run("reservations.take", name, size):
            left = row["granted"] - row["taken"]
            raise BeyondReservation(f"{size} bytes were asked for; {left} are left of this reservation.")
        return Room(id=name, size=size, expires_at=row["expires_at"])

    async def refuse_crowd(self, session: Session, tenant: str) -> None:
        """Refuse one more upload or promise to a tenant that has as many open as it may have.

        Raises:
            NoRoom: it has.
        """
        uploads, promises = self.settings.open_uploads, self.settings.open_reservations
        row = await session.row("storage.count_open", tenant, max(uploads, promises))
        if row is not None and (row["uploads"] >= uploads or row["reservations"] >= promises):
            raise NoRoom(
                f"You have {row['uploads']} uploads and {row['reservations']} reservations open;"
                f" {uploads} and {promises} may be. Finish or terminate some, or wait until they expire."
            )

    async def give_back(self, session: Session, tenant: str, name: str, size: int) -> None:
        """Take back what an upload had that came to nothing; a promise to that upload alone ends."""
        await session.row("storage.hold_share", tenant)
        row = await session.row("reservations.hold", name)
        if row is None or row["ended_at"] is not None:
            return
        await session.run("reservations.give_back", name, size)
        if row["offer"] is None:
            await self.end(session, row)

    async def file(self, session: Session, upload: Row, *, used: int, used_by_tenant: int) -> None:
        """Count what an upload had as kept, and the bytes it added; the caller holds the tenant's share."""
        told = (upload["reservation"], upload["tenant"], upload["length"], used, used_by_tenant)
        if not await session.run("reservations.file", *told, self.clock.now()):  # pragma: no cover
            raise Unknown("The room of this upload was taken back.")  # a promise with an open upload never ends

    async def end(self, session: Session, row: Row) -> None:
        """End a promise; what is left of it is free again. The caller holds the tenant's share and the promise."""
        if await session.run("reservations.end", row["id"], self.clock.now()):
            await _settle(session, row["tenant"], row["granted"] - row["filed"], 0)

    async def end_expired(self, session: Session, found: Row) -> bool:
        """End a promise whose time is over and say whether it was; one a transaction, as the store is locked last."""
        await session.row("storage.hold_share", found["tenant"])
        row = await session.row("reservations.hold", found["id"])
        is_over = row is not None and row["ended_at"] is None and row["expires_at"] <= self.clock.now()
        if is_over and await session.value("reservations.is_used", found["id"]):
            return False  # an upload began under it since, by a clock that is behind ours
        if row is not None and is_over:
            await self.end(session, row)
        return is_over

    async def _reserve(self, session: Session, tenant: str, size: int, free: int | None) -> None:
        if not await session.run("storage.reserve_share", tenant, size):
            raise NoRoom("There is not so much room left in your quota. Nothing was promised.")
        room = None if free is None else max(free - self.settings.keep_free, 0)
        if not await session.run("storage.reserve", size, self.settings.capacity, room):
            raise NoRoom("There is not so much room left here. Nothing was promised; ask again later.")


async def _settle(session: Session, tenant: str, size: int, used: int) -> None:
    await session.run("storage.settle_share", tenant, size, used)
    await session.run("storage.settle", size, used)
