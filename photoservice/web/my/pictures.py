"""Pictures as pages show them: where their bytes are, how large they are, and what their person made of them.

One query fetches a page of them, whatever the page: a roll, a selection, the favourites. ``Picture`` is what the macros
of ``templates/my/pictures.html`` draw. An edited picture is shown edited wherever it stands.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import msgspec

from photocore.edits import NO_EDIT, Edit
from photoservice.db.database import Row, Session
from photoservice.editing.addresses import tier_shape
from photoservice.editing.versions import kept_edit
from photoservice.gallery.cursors import FramePlace, MarkPlace, write_cursor
from photoservice.gallery.frames import inline
from photoservice.gallery.sight import Sight
from photoservice.service import Photoservice

MOST_ON_A_PAGE: Final = 120
"""Three or four rolls of pictures; those behind follow on a page of their own."""

COVER: Final = 6

_BEGINNING: Final = FramePlace(order=-1, image="")
_NO_SIZE: Final = (0, 0)


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
    is_edited: bool
    """Whether it looks other than the original."""
    version: int
    """The edit that holds; 0 is the original."""
    group: str
    """Its sub-group's ID, or nothing."""
    order: int
    """Its place in its roll, with ``image`` behind it."""
    original_width: int
    original_height: int
    media: str
    size: int
    filed_at: datetime

    @property
    def is_ready(self) -> bool:
        """Whether it can be shown."""
        return bool(self.small and self.large)

    @property
    def path(self) -> str:
        """The address of its own page, for its owner."""
        return f"/my/images/{self.image}"


Link = Callable[[str, str, Edit], str]
"""Gives the address of an image's tier with an edit; a share has addresses of its own."""


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
    link: Link | None = None,
) -> tuple[Picture, ...]:
    """Return those of ``images`` that are in ``sight``, in the order they are named, with what ``person`` made of them.

    What is not there, or not theirs to see, is left out. ``link`` is another than the person's own in a share.
    """
    rows = await session.rows("pictures.of_images", person, list(images), list(sight.rolls)) if images else ()
    return _told(rows, link or service.people.editing.link)


async def pictures_of_roll(
    session: Session,
    service: Photoservice,
    person: str,
    sight: Sight,
    roll: str,
    *,
    behind: FramePlace | None = None,
    limit: int = MOST_ON_A_PAGE,
    link: Link | None = None,
) -> PicturePage:
    """Return a page of the pictures of ``roll``, in the order of its frames; none when it is not in ``sight``."""
    place = behind or _BEGINNING
    rows: Sequence[Row] = ()
    if roll in sight.rolls:
        rows = await session.rows("pictures.of_roll", person, roll, place.order, place.image, limit + 1)
    last = rows[limit - 1] if len(rows) > limit else None
    cursor = write_cursor(FramePlace(order=last["frame_order"], image=last["id"])) if last else ""
    return PicturePage(pictures=_told(rows[:limit], link or service.people.editing.link), next=cursor)


async def covers_of(
    session: Session, service: Photoservice, person: str, sight: Sight, rolls: Sequence[str], *, each: int = COVER
) -> Mapping[str, tuple[Picture, ...]]:
    """Return the first pictures of each of ``rolls`` that is in ``sight``, by roll."""
    seen = [roll for roll in rolls if roll in sight.rolls]
    rows = await session.rows("pictures.covers", person, seen, each) if seen else ()
    found: dict[str, list[Picture]] = {roll: [] for roll in rolls}
    for picture in _told(rows, service.people.editing.link):
        found[picture.roll].append(picture)
    return {roll: tuple(pictures) for roll, pictures in found.items()}


async def favourites_of(
    session: Session,
    service: Photoservice,
    person: str,
    sight: Sight,
    *,
    behind: MarkPlace | None = None,
    limit: int = MOST_ON_A_PAGE,
) -> PicturePage:
    """Return a page of the favourites of ``person`` that they may see, the newest first."""
    place = behind or MarkPlace(at=datetime.max.replace(tzinfo=UTC), image="")
    rows = await session.rows("pictures.of_favourites", person, list(sight.rolls), place.at, place.image, limit + 1)
    last = rows[limit - 1] if len(rows) > limit else None
    cursor = write_cursor(MarkPlace(at=last["marked_at"], image=last["id"])) if last else ""
    return PicturePage(pictures=_told(rows[:limit], service.people.editing.link), next=cursor)


def _told(rows: Sequence[Row], link: Link) -> tuple[Picture, ...]:
    return tuple(_picture(row, link) for row in rows)


def _picture(row: Row, link: Link) -> Picture:
    image = row["id"]
    is_made = row["small_width"] is not None and row["large_width"] is not None
    edit = kept_edit(row["instructions"]) if row["instructions"] else NO_EDIT
    small, large = _sizes(row, edit) if is_made else (_NO_SIZE, _NO_SIZE)
    return Picture(
        image=image,
        roll=row["roll"],
        frame=row["frame"],
        state="" if is_made else "failed" if row["trouble"] else "making",
        small=link(image, "256", edit) if is_made else "",
        small_width=small[0],
        small_height=small[1],
        large=link(image, "2048", edit) if is_made else "",
        width=large[0],
        height=large[1],
        placeholder=inline(row["placeholder"]) if edit == NO_EDIT else None,
        note=row["note"],
        is_favourite=row["is_favourite"],
        is_edited=edit != NO_EDIT,
        version=row["version"],
        group=row["sub_group"],
        order=row["frame_order"],
        original_width=row["width"],
        original_height=row["height"],
        media=row["media"],
        size=row["size"],
        filed_at=row["filed_at"],
    )


def _sizes(row: Row, edit: Edit) -> tuple[tuple[int, int], tuple[int, int]]:
    large = (row["large_width"], row["large_height"])
    if edit == NO_EDIT:
        return (row["small_width"], row["small_height"]), large
    return tier_shape(edit, *large, "256"), tier_shape(edit, *large, "2048")
