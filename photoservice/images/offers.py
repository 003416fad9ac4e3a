"""Which frames are needed, and room for them, before any byte moves."""

import hashlib
from dataclasses import dataclass

import msgspec

from exchange.offers import AnsweredFrame, FrameWord, Offer, OfferAnswer, OfferedFrame
from exchange.tus.wish import UPLOADS_PATH
from photocore.seams import Clock
from photoservice.db.database import Database, Session
from photoservice.errors import ScanNotTaken
from photoservice.images.film import RollFacts, describe_roll
from photoservice.images.reservations import Asked, Reservations
from photoservice.images.uploads import MAX_SIZE
from photoservice.objects.store import ObjectStore
from photoservice.tenants import Tenant


@dataclass(frozen=True, kw_only=True)
class _There:
    """What is at a roll's frames: by frame, and the tenant's own pictures and open uploads by frame and hash."""

    taken: frozenset[str]
    mine: frozenset[tuple[str, bytes]]
    open: dict[tuple[str, bytes], str]


@dataclass(frozen=True, kw_only=True)
class Offers:
    """Answers offers."""

    database: Database
    clock: Clock
    objects: ObjectStore
    reservations: Reservations

    async def answer(self, tenant: Tenant, roll: str, offer: Offer) -> OfferAnswer:
        """Say which frames are needed and promise their room; what the offer says of the roll is written down.

        Raises:
            ScanNotTaken: a picture is larger than any that is taken.
            NoRoom: there is no room for what is needed; nothing new is promised.
        """
        for frame in offer.frames:
            if frame.size > MAX_SIZE:
                raise ScanNotTaken("too-large", f"Frame {frame.frame}: a picture has at most {MAX_SIZE} bytes.")
        free = await self.objects.free_bytes()
        facts = RollFacts.of(offer)
        asked = Asked(tenant=tenant.id, roll=roll, offer=_digest(roll, offer), facts=facts.to_text())
        async with self.database.begin() as session:
            if await session.row("images.tenant_roll", tenant.id, roll):
                await describe_roll(session, tenant.id, roll, facts, fresh=False)
            there = await self._look(session, tenant.id, roll, offer)
            answered = [_answer(frame, there) for frame in offer.frames]
            sent = (FrameWord.NEED, FrameWord.RIVAL) if offer.rivals else (FrameWord.NEED,)
            size = sum(one.size for one, told in zip(offer.frames, answered, strict=True) if told.word in sent)
            room = await self.reservations.promise_again(session, asked, size, free)
        return OfferAnswer(
            reservation=room.id if room else None,
            expires_at=room.expires_at if room else None,
            bytes=size,
            frames=tuple(answered),
        )

    async def _look(self, session: Session, tenant: str, roll: str, offer: Offer) -> _There:
        images = await session.rows("images.at_frames", roll, [frame.frame for frame in offer.frames])
        uploads = await session.rows("uploads.open_of_roll", tenant, roll, self.clock.now())
        return _There(
            taken=frozenset(row["frame"] for row in images),
            mine=frozenset((row["frame"], row["sha256"]) for row in images if row["tenant"] == tenant),
            open={(row["frame"], row["sha256"]): row["id"] for row in uploads},
        )


def _answer(frame: OfferedFrame, there: _There) -> AnsweredFrame:
    at = (frame.frame, bytes.fromhex(frame.sha256))
    if at in there.mine:
        return AnsweredFrame(frame=frame.frame, word=FrameWord.HAVE)
    if upload := there.open.get(at):
        return AnsweredFrame(frame=frame.frame, word=FrameWord.BUSY, upload=f"{UPLOADS_PATH}/{upload}")
    word = FrameWord.RIVAL if frame.frame in there.taken else FrameWord.NEED
    return AnsweredFrame(frame=frame.frame, word=word)


def _digest(roll: str, offer: Offer) -> bytes:
    """Return what tells an offer from others: its roll and its pictures, in whatever order they stand."""
    pictures = sorted((frame.frame, frame.sha256, frame.size) for frame in offer.frames)
    return hashlib.sha256(msgspec.json.encode([roll, offer.rivals, pictures])).digest()
