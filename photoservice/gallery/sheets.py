"""The contact sheets of a registration: each roll's pictures in the order of its frames, on one page."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from msgspec.structs import replace

from photoservice.db.database import Session
from photoservice.gallery.frames import MOST_FRAMES, Frames, ImageTold
from photoservice.gallery.rolls import MOST_ROLLS, RollTold, Search, list_rolls
from photoservice.gallery.sight import Sight

MOST_PLACEHOLDERS: Final = 400
"""Pictures of a page that have a placeholder in it: about 250 KB. Those behind are far below what a phone shows."""

MOST_PICTURES: Final = 2500
"""Pictures on one page; a package has at most 50 rolls."""


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """One roll's contact sheet; ``place`` is the roll's among those that are shown, from 1 on."""

    place: int
    roll: RollTold
    images: Sequence[ImageTold]


async def sheets_of(session: Session, frames: Frames, rolls: Sequence[str]) -> tuple[Sheet, ...]:
    """Return a sheet for each of the ``rolls`` of one registration that there are pictures of."""
    sight = Sight(rolls=tuple(rolls))
    known = await list_rolls(session, sight, Search(limit=MOST_ROLLS)) if rolls else None
    told = {roll.roll: roll for roll in known.rolls} if known else {}
    sheets: list[Sheet] = []
    count = 0
    for place, roll in enumerate(rolls, start=1):
        room = min(MOST_FRAMES, MOST_PICTURES - count)
        if roll not in told or room <= 0:
            continue
        page = await frames.list(session, sight, roll, limit=room)
        images = [
            image if count + n < MOST_PLACEHOLDERS else replace(image, placeholder=None)
            for n, image in enumerate(page.frames)
        ]
        count += len(images)
        sheets.append(Sheet(place=place, roll=told[roll], images=images))
    return tuple(sheets)
