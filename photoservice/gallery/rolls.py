"""Lists of rolls, and the search in them: by day, by stock, by words.

Every list runs along (day, roll) from the last day backwards, and goes on where a cursor says, so a page costs the same
at its beginning as far down, and the same among a thousand rolls as among millions. A roll's day is when it was
scanned, else developed, else filed. Words are looked for among the next rolls of the list first, which is enough for a
common word, and in the index of words only when those did not fill the page, which is fast for a rare one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

import msgspec

from photoservice.db.database import Row, Session
from photoservice.errors import Unknown
from photoservice.gallery.cursors import RollPlace, write_cursor
from photoservice.gallery.sight import Sight

MOST_ROLLS: Final = 200
WINDOW: Final = 2000

_END: Final = RollPlace(day=date.max, roll="")
_PREFIX: Final = "*"


class RollTold(msgspec.Struct, frozen=True, kw_only=True):
    """A roll as who asks may see it.

    ``images`` stand, ``rivals`` wait for a choice. ``rivals`` and ``note`` are between a lab and the service: null for
    whom the pictures belong to.
    """

    roll: str
    images: int
    rivals: int | None
    stock: str
    process: str
    iso: int | None
    lab: str
    developed_on: date | None
    scanned_on: date | None
    day: date
    note: str | None
    first_at: datetime
    changed_at: datetime


class RollsTold(msgspec.Struct, frozen=True, kw_only=True):
    """A page of a list; ``next`` is the cursor of the one behind it."""

    rolls: tuple[RollTold, ...]
    next: str | None


@dataclass(frozen=True, kw_only=True)
class Search:
    """What is looked for. ``since`` and ``until`` are days, both included; a ``stock`` ending in * is a beginning.

    ``window`` is how many rolls are looked through for ``words`` before the index of words is asked.
    """

    since: date = date.min
    until: date = date.max
    stock: str = ""
    words: str = ""
    limit: int = 50
    behind: RollPlace | None = None
    window: int = WINDOW

    @property
    def place(self) -> RollPlace:
        """Where the list begins: behind the cursor, or behind the last roll of the last day wanted."""
        last = _END if self.until == date.max else RollPlace(day=self.until + timedelta(days=1), roll="")
        return last if self.behind is None or self.behind.day >= last.day else self.behind

    @property
    def stock_name(self) -> str:
        """The stock, or how its name begins."""
        return self.stock.removesuffix(_PREFIX)

    @property
    def is_prefix(self) -> bool:
        """Whether only the beginning of the stock's name is given."""
        return self.stock.endswith(_PREFIX)


async def list_rolls(session: Session, sight: Sight, search: Search) -> RollsTold:
    """Return the page of rolls that ``search`` asks for, of those in ``sight``."""
    found = await (_of_viewer if sight.tenant is None else _of_tenant)(session, sight, search)
    page = found[: search.limit]
    last = page[-1] if len(found) > search.limit else None
    cursor = write_cursor(RollPlace(day=last["day"], roll=last["roll"])) if last else None
    return RollsTold(rolls=tuple(_told(row, sight) for row in page), next=cursor)


async def find_roll(session: Session, sight: Sight, roll: str) -> RollTold:
    """Return one roll.

    Raises:
        Unknown: there are no images of it, or none that may be seen.
    """
    if sight.tenant is None:
        known = Sight(rolls=(roll,) if sight.may_ask_of(roll) else ())
        row = next(iter(await _of_viewer(session, known, Search(limit=1))), None)
    else:
        row = await session.row("gallery.roll", sight.tenant, roll)
    if row is None:
        raise Unknown("There are no pictures of such a roll here.")
    return _told(row, sight)


async def _of_viewer(session: Session, sight: Sight, search: Search) -> Sequence[Row]:
    place = search.place
    return await session.rows(
        "gallery.rolls_of_viewer",
        list(sight.rolls),
        place.day,
        place.roll,
        search.since,
        search.limit + 1,
        search.words or None,
        search.stock_name if search.stock else None,
        search.is_prefix,
    )


async def _of_tenant(session: Session, sight: Sight, search: Search) -> Sequence[Row]:
    place = search.place
    bounds = (sight.tenant, place.day, place.roll, search.since, search.limit + 1)
    if search.words:
        return await _with_words(session, search, bounds)
    if search.stock:
        return await session.rows("gallery.rolls_of_stock", *bounds, search.stock_name, search.is_prefix)
    return await session.rows("gallery.rolls", *bounds)


async def _with_words(session: Session, search: Search, bounds: tuple[object, ...]) -> Sequence[Row]:
    if not await session.value("gallery.says_something", search.words):
        return ()
    asked = (search.words, search.stock_name if search.stock else None, search.is_prefix)
    near = await session.rows("gallery.rolls_in_window", *bounds, *asked, search.window)
    if len(near) > search.limit or (near and near[0]["looked"] < search.window):
        return near
    return await session.rows("gallery.rolls_of_words", *bounds, *asked)


def _told(row: Row, sight: Sight) -> RollTold:
    is_lab = sight.tenant is not None
    return RollTold(
        roll=row["roll"],
        images=row["images"] if is_lab else row["standing"],
        rivals=row["rivals"] if is_lab else None,
        stock=row["stock"],
        process=row["process"],
        iso=row["iso"],
        lab=row["lab"],
        developed_on=row["developed_on"],
        scanned_on=row["scanned_on"],
        day=row["day"],
        note=row["note"] if is_lab else None,
        first_at=row["first_at"],
        changed_at=row["changed_at"],
    )
