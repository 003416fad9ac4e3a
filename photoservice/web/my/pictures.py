"""Pictures as pages show them: where their bytes are, how large they are, and what their person made of them.

One query fetches a page of them, whatever the page: a roll, a selection, the favourites. ``Picture`` is what the macros
of ``templates/my/pictures.html`` draw. An edited picture is shown edited wherever it stands.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Protocol

import msgspec

from photoservice.db.database import Row, Session
from photoservice.gallery.cursors import FramePlace, write_cursor
from photoservice.gallery.frames import inline
from photoservice.gallery.sight import Sight
from photoservice.service import Photoservice

MOST_ON_A_PAGE: Final = 120
"""Three or four rolls of pictures; those behind follow on a page of their own."""

COVER: Final = 6

_BEGINNING: Final = FramePlace(order=-1, image="")
_NO_TIER: Final = (0, 0)


class Picture(msgspec.Struct, frozen=True, kw_only=True):
    """A picture on a page. Sizes are in pixels, upright, as it is edited; ``small`` and ``large`` are addresses.

    Both are empty while they are being made (``state`` is ``making``) or cannot be (``failed``).
    """

    image: str
    roll: str
    frame: str
    state: str
    small: str
    small_width: int
    small_height: int
    large: str
    width: int
    height: int
    placeholder: str | None
    note: str
    is_favourite: bool
    version: int
    """The edit that holds; 0 is none."""
    group: str
    """Its sub-group's ID, or nothing."""
    instructions: str
    """The edit that holds, as JSON; or nothing."""
    order: int
    """Its place in its roll, with ``image`` behind it."""
    original_width: int
    original_height: int
    media: str
    size: int
    filed_at: datetime

    @property
    def is_edited(self) -> bool:
        """Whether an edit holds."""
        return self.version > 0

    @property
    def is_ready(self) -> bool:
        """Whether it can be shown."""
        return bool(self.small and self.large)

    @property
    def path(self) -> str:
        """The address of its own page, for its owner."""
        return f"/my/images/{self.image}"


class Addresses(Protocol):
    """Says where a picture's bytes are, and how large it is there: a share has addresses of its own."""

    def plain(self, row: Row, tier: str) -> str:
        """Return the address of a rendition of the image of ``row``: its id, version and instructions."""
        ...

    def edited(self, row: Row, tier: str) -> tuple[str, int, int]:
        """Return the address, width and height (pixels) of a rendition as the edit of ``row`` has it."""
        ...


@dataclass(frozen=True, kw_only=True)
class Owned:
    """The addresses that a person sees their own pictures at."""

    service: Photoservice

    def plain(self, row: Row, tier: str) -> str:
        """Return the short address of a rendition, good for a while."""
        return self.service.gallery.links.link(row["id"], tier)

    def edited(self, row: Row, tier: str) -> tuple[str, int, int]:
        """Return the same of the edited rendition."""
        return self.plain(row, tier), *_size(row, tier)


@dataclass(frozen=True, kw_only=True)
class PicturePage:
    """Some pictures in their order; ``next`` is the cursor of those behind them, or nothing."""

    pictures: tuple[Picture, ...]
    next: str = ""


async def pictures_of(
    session: Session,
    service: Photoservice,
    person: str,
    sight: Sight,
    images: Sequence[str],
    *,
    addresses: Addresses | None = None,
) -> tuple[Picture, ...]:
    """Return those of ``images`` that are in ``sight``, in the order they are named, with what ``person`` made of them.

    What is not there, or not theirs to see, is left out. ``addresses`` are other than the person's own in a share.
    """
    rows = await session.rows("pictures.of_images", person, list(images), list(sight.rolls)) if images else ()
    return _told(rows, addresses or Owned(service=service))


async def pictures_of_roll(
    session: Session,
    service: Photoservice,
    person: str,
    sight: Sight,
    roll: str,
    *,
    behind: FramePlace | None = None,
    limit: int = MOST_ON_A_PAGE,
    addresses: Addresses | None = None,
) -> PicturePage:
    """Return a page of the pictures of ``roll``, in the order of its frames; none when it is not in ``sight``."""
    place = behind or _BEGINNING
    rows: Sequence[Row] = ()
    if roll in sight.rolls:
        rows = await session.rows("pictures.of_roll", person, roll, place.order, place.image, limit + 1)
    last = rows[limit - 1] if len(rows) > limit else None
    cursor = write_cursor(FramePlace(order=last["frame_order"], image=last["id"])) if last else ""
    return PicturePage(pictures=_told(rows[:limit], addresses or Owned(service=service)), next=cursor)


async def covers_of(
    session: Session, service: Photoservice, person: str, sight: Sight, rolls: Sequence[str], *, each: int = COVER
) -> Mapping[str, tuple[Picture, ...]]:
    """Return the first pictures of each of ``rolls`` that is in ``sight``, by roll."""
    seen = [roll for roll in rolls if roll in sight.rolls]
    rows = await session.rows("pictures.covers", person, seen, each) if seen else ()
    found: dict[str, list[Picture]] = {roll: [] for roll in rolls}
    for picture in _told(rows, Owned(service=service)):
        found[picture.roll].append(picture)
    return {roll: tuple(pictures) for roll, pictures in found.items()}


async def favourites_of(
    session: Session,
    service: Photoservice,
    person: str,
    sight: Sight,
    *,
    behind: tuple[datetime, str] | None = None,
    limit: int = MOST_ON_A_PAGE,
) -> tuple[tuple[Picture, ...], tuple[datetime, str] | None]:
    """Return a page of the favourites of ``person``, the newest first, and the place of those behind it."""
    at, image = behind or (datetime.max.replace(tzinfo=UTC), "")
    rows = await session.rows("pictures.of_favourites", person, list(sight.rolls), at, image, limit + 1)
    last = rows[limit - 1] if len(rows) > limit else None
    place = (last["marked_at"], last["id"]) if last else None
    return _told(rows[:limit], Owned(service=service)), place


def _told(rows: Sequence[Row], addresses: Addresses) -> tuple[Picture, ...]:
    return tuple(_picture(row, addresses) for row in rows)


def _picture(row: Row, addresses: Addresses) -> Picture:
    is_made = row["small_width"] is not None and row["large_width"] is not None
    is_edited = row["version"] > 0
    small, small_width, small_height = _at(row, "256", addresses) if is_made else ("", *_NO_TIER)
    large, width, height = _at(row, "2048", addresses) if is_made else ("", *_NO_TIER)
    return Picture(
        image=row["id"],
        roll=row["roll"],
        frame=row["frame"],
        state="" if is_made else "failed" if row["trouble"] else "making",
        small=small,
        small_width=small_width,
        small_height=small_height,
        large=large,
        width=width,
        height=height,
        placeholder=None if is_edited else inline(row["placeholder"]),
        note=row["note"],
        is_favourite=row["is_favourite"],
        version=row["version"],
        group=row["sub_group"],
        instructions=row["instructions"] or "",
        order=row["frame_order"],
        original_width=row["width"],
        original_height=row["height"],
        media=row["media"],
        size=row["size"],
        filed_at=row["filed_at"],
    )


def _at(row: Row, tier: str, addresses: Addresses) -> tuple[str, int, int]:
    if row["version"] > 0:
        return addresses.edited(row, tier)
    return addresses.plain(row, tier), *_size(row, tier)


def _size(row: Row, tier: str) -> tuple[int, int]:
    part = "small" if tier == "256" else "large"
    return row[f"{part}_width"], row[f"{part}_height"]
