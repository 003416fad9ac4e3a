"""Rolls as first pages show them: the film, where it was registered, where it is now, and a strip of its pictures."""

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final
from urllib.parse import quote
from zoneinfo import ZoneInfo

from photoservice.custody.lines import custody_of
from photoservice.db.database import Session
from photoservice.gallery.cursors import RollPlace
from photoservice.gallery.rolls import RollTold, Search, list_rolls
from photoservice.gallery.sight import Sight
from photoservice.persons.persons import Shown
from photoservice.persons.sessions import Visitor
from photoservice.products import PLACEHOLDERS
from photoservice.service import Photoservice
from photoservice.web.custody_words import CustodyTold, tell_line
from photoservice.web.languages import Words
from photoservice.web.my.pictures import Picture, covers_of

ROLLS_ON_A_PAGE: Final = 12
MOST_AWAITED: Final = 24
"""Rolls without pictures that the first page lists; more are counted."""


@dataclass(frozen=True, kw_only=True)
class RollNamed:
    """What a roll is called on a page; ``film`` and ``lab`` may be nothing."""

    roll: str
    film: str
    lab: str

    @property
    def path(self) -> str:
        """The address of its page."""
        return f"/my/rolls/{quote(self.roll, safe='')}"

    @property
    def short(self) -> str:
        """What tells it from its neighbours: the serial of a GS1 identity, or the whole of a house code."""
        return self.roll.partition("(21)")[2] or self.roll


@dataclass(frozen=True, kw_only=True)
class RollShown(RollNamed):
    """A roll on a page. ``store`` may be nothing; ``images`` is 0 until its scans are there."""

    store: str
    images: int
    registered_at: datetime | None
    day: date | None
    """The day it is listed under: scanned, else developed, else filed."""
    custody: CustodyTold
    covers: tuple[Picture, ...]


@dataclass(frozen=True, kw_only=True)
class RollsShown:
    """The rolls of a first page: a page of those ``made``, the cursor of those behind it, and those still ``awaited``.

    Of the latter the first are listed, the latest registered first, and ``count`` is how many there are.
    """

    made: tuple[RollShown, ...] = ()
    next: str = ""
    awaited: tuple[RollShown, ...] = ()
    count: int = 0


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What registration knows of a roll."""

    film: str = ""
    store: str = ""
    at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Asking:
    """Who asks, and in which words they are told."""

    session: Session
    service: Photoservice
    visitor: Visitor
    words: Words
    shown: tuple[Shown, ...]

    @functools.cached_property
    def sight(self) -> Sight:
        """What they may see."""
        return Sight(rolls=tuple(one.roll for one in self.shown))


async def show_rolls(asking: Asking, *, search: str, behind: RollPlace | None) -> RollsShown:
    """Return a page of rolls, those with pictures by their days, the last first; the first page has all there are."""
    if not asking.shown:
        return RollsShown()
    wanted = Search(words=search, limit=ROLLS_ON_A_PAGE, behind=behind)
    told = await list_rolls(asking.session, asking.sight, wanted)
    made = [one.roll for one in told.rolls]
    covers = await covers_of(asking.session, asking.service, asking.visitor.person, asking.sight, made)
    is_first = not search and behind is None
    awaited = await _without_pictures(asking) if is_first and len(made) < len(asking.shown) else []
    listed = awaited[:MOST_AWAITED]
    shown = await _show(asking, [*made, *listed], {one.roll: one for one in told.rolls}, covers)
    return RollsShown(
        made=shown[: len(made)],
        next=told.next or "",
        awaited=shown[len(made) :],
        count=len(awaited),
    )


async def show_roll(asking: Asking, roll: str) -> RollShown:
    """Return one roll in their sight, with pictures or without."""
    told = await list_rolls(asking.session, Sight(rolls=(roll,)), Search(limit=1))
    return (await _show(asking, [roll], {one.roll: one for one in told.rolls}, {}))[0]


async def name_roll(asking: Asking, roll: str) -> RollNamed:
    """Return what one roll in their sight is called; where nobody said its film, it is looked for on its package."""
    told = next(iter((await list_rolls(asking.session, Sight(rolls=(roll,)), Search(limit=1))).rolls), None)
    film = told.stock if told else ""
    if not film:
        film = (await _facts(asking, [roll])).get(roll, Facts()).film
    return RollNamed(roll=roll, film=film, lab=told.lab if told else "")


async def _without_pictures(asking: Asking) -> list[str]:
    names = [(one.roll, one.station, one.claim) for one in asking.shown]
    rows = await asking.session.rows("pictures.without_any", *map(list, zip(*names, strict=True)))
    return [row["roll"] for row in rows]


async def _show(
    asking: Asking,
    rolls: Sequence[str],
    told: Mapping[str, RollTold],
    covers: Mapping[str, tuple[Picture, ...]],
) -> tuple[RollShown, ...]:
    if not rolls:
        return ()
    lines = await custody_of(asking.session, asking.service, rolls)
    facts = await _facts(asking, rolls)
    now = asking.service.clock.now()
    return tuple(
        _shown(
            roll,
            told.get(roll),
            facts.get(roll, Facts()),
            tell_line(asking.words, lines[roll], now),
            covers.get(roll, ()),
        )
        for roll in rolls
    )


def _shown(
    roll: str, told: RollTold | None, facts: Facts, custody: CustodyTold, covers: tuple[Picture, ...]
) -> RollShown:
    return RollShown(
        roll=roll,
        film=(told.stock if told else "") or facts.film,
        lab=told.lab if told else "",
        store=facts.store,
        images=told.images if told else 0,
        registered_at=facts.at,
        day=told.day if told else None,
        custody=custody,
        covers=covers,
    )


async def _facts(asking: Asking, rolls: Sequence[str]) -> Mapping[str, Facts]:
    wanted = set(rolls)
    held = [one for one in asking.shown if one.roll in wanted]
    rows = await asking.session.rows(
        "pictures.registered",
        [one.roll for one in held],
        [one.station for one in held],
        [one.claim for one in held],
        [one.package for one in held],
        list(PLACEHOLDERS.values()),
    )
    return {
        row["roll"]: Facts(
            film=row["film"] or "",
            store=row["store"] or "",
            at=row["received_at"].astimezone(ZoneInfo(row["timezone"]) if row["timezone"] else UTC),
        )
        for row in rows
    }
