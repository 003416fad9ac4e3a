"""A roll's images in the order of its frames, and one frame: what pages and programs show of them."""

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import msgspec

from photocore.frames import Frame
from photoservice.db.database import Row, Session
from photoservice.errors import Unknown
from photoservice.gallery.cursors import FramePlace, write_cursor
from photoservice.gallery.links import Links
from photoservice.gallery.sight import Sight

MOST_FRAMES: Final = 500

_BEGINNING: Final = FramePlace(order=-1, image="")
_MAGIC: Final = {b"\xff\xd8\xff": "image/jpeg", b"RIFF": "image/webp", b"\x89PNG": "image/png"}


class TierTold(msgspec.Struct, frozen=True, kw_only=True):
    """One rendition: ``address`` for who sends the same Authorization, ``link`` for who has it, for a while.

    Width and height are in pixels, upright.
    """

    address: str
    link: str
    width: int
    height: int


class ImageTold(msgspec.Struct, frozen=True, kw_only=True):
    """An image as who asks may see it.

    ``ready`` says that all its renditions are made; ``trouble`` is why they cannot be, in one word. ``placeholder`` is
    a tiny picture as a data address. Width, height, media and size (bytes) are the original's, as stored; ``file_name``
    is what a lab called it, and null for others.
    """

    image: str
    frame: str
    state: str
    ready: bool
    trouble: str
    placeholder: str | None
    tiers: dict[str, TierTold]
    original: str
    media: str
    size: int
    width: int
    height: int
    file_name: str | None
    filed_at: datetime


class FramesTold(msgspec.Struct, frozen=True, kw_only=True):
    """A page of a roll's images; ``next`` is the cursor of the one behind it."""

    roll: str
    frames: tuple[ImageTold, ...]
    next: str | None


class FrameTold(msgspec.Struct, frozen=True, kw_only=True):
    """One frame: the image that stands, and those that wait for a choice."""

    roll: str
    frame: str
    images: tuple[ImageTold, ...]


@dataclass(frozen=True, kw_only=True)
class Frames:
    """Tells of frames."""

    links: Links

    async def list(
        self, session: Session, sight: Sight, roll: str, *, behind: FramePlace | None = None, limit: int = 100
    ) -> FramesTold:
        """Return the images of ``roll`` behind a place.

        Raises:
            Unknown: there are none at all that may be seen.
        """
        place = behind or _BEGINNING
        found: Sequence[Row] = []
        if sight.may_ask_of(roll):
            asked = (roll, place.order, place.image, sight.states, sight.tenant, limit + 1)
            found = await session.rows("gallery.frames", *asked)
        if not found and behind is None:
            raise Unknown("There are no pictures of such a roll here.")
        page = found[:limit]
        last = page[-1] if len(found) > limit else None
        cursor = write_cursor(FramePlace(order=last["frame_order"], image=last["id"])) if last else None
        return FramesTold(roll=roll, frames=tuple(self.told(row, sight) for row in page), next=cursor)

    async def rows_of(self, session: Session, sight: Sight, roll: str, frame: Frame) -> Sequence[Row]:
        """Return the images of one frame, the standing one first.

        Raises:
            Unknown: there are none that may be seen.
        """
        found: Sequence[Row] = ()
        if sight.may_ask_of(roll):
            found = await session.rows("gallery.frame", roll, frame.order, sight.states, sight.tenant)
        if not found:
            raise Unknown("There is no picture of such a frame here.")
        return found

    def told(self, row: Row, sight: Sight) -> ImageTold:
        """Return what is told of one image."""
        image = row["id"]
        tiers = {tier: self._tier(row, tier, part) for tier, part in (("256", "small"), ("2048", "large"))}
        made = {tier: one for tier, one in tiers.items() if one is not None}
        return ImageTold(
            image=image,
            frame=row["frame"],
            state=row["state"],
            ready=len(made) == len(tiers),
            trouble=row["trouble"],
            placeholder=inline(row["placeholder"]),
            tiers=made,
            original=f"/images/{image}/original",
            media=row["media"],
            size=row["size"],
            width=row["width"],
            height=row["height"],
            file_name=row["file_name"] if sight.tenant is not None else None,
            filed_at=row["filed_at"],
        )

    def _tier(self, row: Row, tier: str, part: str) -> TierTold | None:
        etag: Any = row[f"{part}_etag"]
        if etag is None:
            return None
        image = row["id"]
        return TierTold(
            address=f"/images/{image}/{tier}?v={tag_of(bytes(etag))}",
            link=self.links.link(image, tier),
            width=row[f"{part}_width"],
            height=row[f"{part}_height"],
        )


def tag_of(digest: bytes) -> str:
    """Return the entity tag of some bytes, without its quotes."""
    return digest[:16].hex()


def inline(placeholder: bytes | None) -> str | None:
    """Return a tiny picture as a data address; None when there is none we know."""
    if not placeholder:
        return None
    media = next((media for magic, media in _MAGIC.items() if placeholder.startswith(magic)), None)
    return f"data:{media};base64,{b64encode(placeholder).decode()}" if media else None
