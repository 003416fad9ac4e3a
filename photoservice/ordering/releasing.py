"""Handing orders over: once each, with a signed manifest, whatever dies in between (DESIGN 5G).

Four steps, each done again without harm. What the order is made of is pinned, and the text of its manifest kept, in one
transaction; from then on nothing of it changes. The signed manifest is put into the object store, where the same text
makes the same bytes. The ledger beside the keys is told. Then the database says that it was handed over, and labs see
it. Whoever was killed in between left an order that is looked at again a minute later, and finds what was done.

An order that the ledger names and the database does not believe to be handed over came back by a backup: it is marked,
and does not go out again.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

import structlog

from photocore.seams import Clock
from photoservice.db.database import Database, Row, Session
from photoservice.errors import Unknown
from photoservice.keyring import Keyring
from photoservice.objects.store import ObjectMissing, ObjectStore
from photoservice.ordering.manifests import sign_manifest, write_manifest, write_signed
from photoservice.ordering.names import object_key
from photoservice.ordering.pinning import Pinning
from photoservice.ordering.releases import Release, Releases
from photoservice.ordering.settling import SERVICE
from photoservice.ordering.shown import OrderShown

log = structlog.get_logger(__name__)

AGAIN: Final = timedelta(minutes=1)
"""How long an order is left to whoever took it."""

RELOOK: Final = timedelta(hours=1)
"""How soon it is seen that an address was told or a dispute settled; nobody says that of each order."""

RELOOK_TOLD: Final = timedelta(days=1)
"""The same of what does have the order looked at when it comes: money, a confirmation."""

BEFORE: Final = "handed over before"
"""What is noted of an order that a backup brought back."""


@dataclass(frozen=True, kw_only=True)
class Releasing:
    """Releases orders that lack nothing."""

    database: Database
    clock: Clock
    keyring: Keyring
    objects: ObjectStore
    releases: Releases
    pinning: Pinning

    async def run_once(self) -> int:
        """Look at the orders that are to be looked at; returns how many were handed over.

        One that cannot be looked at is set aside for a minute, and keeps no other waiting.

        Raises:
            StoreDown, StoreFull: the object store fails; the orders stay, and are looked at again.
            LedgerDamaged: the ledger is not as it was written; nothing goes out.
            Exception: what kept an order from being looked at; all others were looked at first.
        """
        await self.releases.refresh()
        released, failed = 0, list[Exception]()
        while (taken := await self._take(failed)) is not None:
            order, text = taken
            if text is not None:
                await self._hand_over(order, text)
                released += 1
        if released:
            log.info("orders.released", count=released)
        if failed:
            raise failed[0]
        return released

    async def carry_over(self, session: Session) -> int:
        """Have those looked at that went out before, as the ledger knows, where the database came from a backup."""
        await self.releases.refresh()
        known = list(self.releases)
        return await session.run("ordering_release.unreleased", known, self.clock.now()) if known else 0

    async def manifest(self, session: Session, order: str) -> bytes:
        """Return the signed manifest of an order as the object store has it; one that is lost is put there again.

        Raises:
            Unknown: there is no such order, or it was not handed over.
        """
        try:
            return await self.objects.read(object_key(order))
        except ObjectMissing as cause:
            row = await session.row("ordering_release.text", order)
            if row is None:
                raise Unknown("There is no manifest of this order.") from cause
            return await self._put(order, row["text"])

    async def _take(self, failed: list[Exception]) -> tuple[str, str | None] | None:
        """Look at the next order; return which, and the text of what is to be handed over; None when none is left."""
        row: Row | None = None
        try:
            async with self.database.begin() as session:
                now = self.clock.now()
                row = await session.row("ordering_release.take", now, now + AGAIN)
                return (row["id"], await self._look(session, row, now)) if row else None
        except Exception as cause:
            if row is None:
                raise
            log.warning("order.not_looked_at", order=row["id"], why=type(cause).__name__)
            failed.append(cause)
            async with self.database.begin() as session:
                await session.run("ordering_release.set_aside", row["id"], self.clock.now() + AGAIN)
            return row["id"], None

    async def _look(self, session: Session, row: Row, now: datetime) -> str | None:
        """Decide what is to be done with an order that is held; returns the text of what is to be handed over."""
        if row["released_at"] is not None:
            await session.run("ordering_release.never", row["id"])
            return None
        if row["handing_at"] is not None:
            text: str = await session.value("ordering_release.text", row["id"])
            return text
        order = await self.pinning.reading.one(session, row["id"])
        before = self.releases.of(order.id)
        if before is not None:
            await self._mark(session, order, before)
        elif row["left_at"] is not None:
            await self.pinning.settling.cancel(
                session, order, [line.number for line in order.lines], by=SERVICE, note="left"
            )
        elif order.standing.stage == "due":
            return await self._begin(session, order)
        else:
            await self._wait(session, order, now)
        return None

    async def _begin(self, session: Session, order: OrderShown) -> str | None:
        pinned = await self.pinning.pin(session, order)
        whose, tell = (order.person, order.root), self.pinning.settling.telling.tell
        if pinned.manifest is None:
            await tell(session, order.id, "order_cancelled", whose)
            return None
        if pinned.dropped:
            await tell(session, order.id, "order_less", whose, images=str(pinned.dropped))
        text = write_manifest(pinned.manifest)
        await session.run("ordering_release.begin", order.id, pinned.manifest.at, text)
        return text

    async def _wait(self, session: Session, order: OrderShown, now: datetime) -> None:
        standing = order.standing
        if standing.stage == "cooling":
            await session.run("ordering_release.again", order.id, standing.until, None)
        elif standing.stage == "waiting":
            again = RELOOK if {"address", "owner"} & {*standing.waits} else RELOOK_TOLD
            await session.run("ordering_release.again", order.id, now + again, now)
        else:
            await session.run("ordering_release.never", order.id)

    async def _hand_over(self, order: str, text: str) -> None:
        await self._put(order, text)
        release = Release(order=order, at=self.clock.now(), manifest=sha256(text.encode()).hexdigest())
        await self.releases.add(release)
        at = (self.releases.of(order) or release).at
        async with self.database.begin() as session:
            if await session.row("ordering.lock", order) is None:
                return
            if await session.run("ordering_release.end", order, at, self.clock.now()):
                await session.run("ordering_release.release_lines", order, at, self.clock.now(), "")
                shown = await self.pinning.reading.one(session, order)
                whose = (shown.person, shown.root)
                await self.pinning.settling.telling.tell(session, order, "order_released", whose)

    async def _mark(self, session: Session, order: OrderShown, before: Release) -> None:
        """Note that an order went out before this database was put back."""
        await session.run("ordering_release.end", order.id, before.at, self.clock.now())
        await session.run("ordering_release.release_lines", order.id, before.at, self.clock.now(), BEFORE)
        log.warning("order.released_before", order=order.id)

    async def _put(self, order: str, text: str) -> bytes:
        signed = write_signed(sign_manifest(text, self.keyring.sign))
        await self.objects.put(object_key(order), signed)
        return signed
