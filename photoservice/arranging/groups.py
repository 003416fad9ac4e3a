"""Sub-groups (O14): a person's pictures under names of their own, each picture in exactly one or in none.

"Exactly one" is a key of PostgreSQL (person, picture), not a rule of ours: two tabs at once leave a picture where the
later one put it, and never in both. All changes of one person's sub-groups wait for each other, so that none is half
done in front of another. What is in a sub-group is shown as far as its person may see it now; nothing is taken out
because it cannot be seen for a while.
"""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Final

import msgspec

from photocore.crockford import mint
from photocore.seams import Clock, Entropy
from photoservice.db.database import Row, Session
from photoservice.errors import Malformed, Unknown, Unprocessable
from photoservice.gallery.sight import Sight
from photoservice.planning.noting import note_sorted

LONGEST_NAME: Final = 80
MOST_GROUPS: Final = 500
COVERS: Final = 4
"""How many of its pictures stand for a sub-group."""

UNDO_WITHIN: Final = timedelta(days=30)
MOST_REMOVED: Final = 50
"""Sub-groups of one person that can be brought back, the last removed ones."""

_NAME_SYMBOLS: Final = 12
_JOINERS: Final = "\u200c\u200d"


@dataclass(frozen=True, kw_only=True)
class SubGroup:
    """A sub-group: ``pictures`` counts those that may be seen now, ``first`` names a few of them."""

    id: str
    name: str
    pictures: int
    first: tuple[str, ...]
    changed_at: datetime


class Behind(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """A place in a list of pictures: behind ``place`` of a sub-group; or, of the rest, behind a picture of a roll."""

    place: Annotated[int, msgspec.Meta(ge=0, le=1 << 62)] = 0
    roll: Annotated[str, msgspec.Meta(max_length=300)] = ""
    order: Annotated[int, msgspec.Meta(ge=-1, le=1_000_000)] = -1
    image: Annotated[str, msgspec.Meta(max_length=40)] = ""


BEGINNING: Final = Behind()


@dataclass(frozen=True, kw_only=True)
class Listed:
    """A page of pictures; ``next`` is the place where the one behind it begins, None at the end."""

    images: tuple[str, ...]
    next: Behind | None


@dataclass(frozen=True, kw_only=True)
class Groups:
    """Makes, changes and lists sub-groups."""

    clock: Clock
    entropy: Entropy

    async def all(self, session: Session, person: str, sight: Sight) -> tuple[SubGroup, ...]:
        """Return a person's sub-groups in their order."""
        rows = await session.rows("groups.all", person, list(sight.rolls), sight.states, COVERS)
        return tuple(map(_told, rows))

    async def names(self, session: Session, person: str) -> tuple[tuple[str, str], ...]:
        """Return the ID and name of each of a person's sub-groups, in their order: for a menu."""
        return tuple((row["id"], row["name"]) for row in await session.rows("groups.names", person))

    async def find(self, session: Session, person: str, group: str, sight: Sight) -> SubGroup:
        """Return one sub-group.

        Raises:
            Unknown: there is none of that ID, or it is not theirs.
        """
        row = await session.row("groups.find", person, group, list(sight.rolls), sight.states)
        if row is None:
            raise _unknown()
        return _told(row)

    async def count_rest(self, session: Session, person: str, sight: Sight) -> int:
        """Return how many pictures that a person may see are in none of their sub-groups."""
        return await session.value("groups.count_rest", person, list(sight.rolls), sight.states)

    async def rest_in_short(self, session: Session, person: str, sight: Sight) -> tuple[int, tuple[str, ...]]:
        """Return how many pictures that a person may see are in none of their sub-groups, and the first few of them."""
        row = await session.row("groups.rest_in_short", person, list(sight.rolls), sight.states, COVERS)
        return (row["pictures"], tuple(row["first"])) if row else (0, ())

    async def pictures(
        self, session: Session, person: str, sight: Sight, group: str, *, behind: Behind = BEGINNING, limit: int
    ) -> Listed:
        """Return the pictures of a sub-group, in the order they came in; of another's there are none."""
        seen = (list(sight.rolls), sight.states)
        rows = await session.rows("groups.pictures", person, group, *seen, behind.place, limit + 1)
        page = rows[:limit]
        more = Behind(place=page[-1]["place"]) if len(rows) > limit else None
        return Listed(images=tuple(row["image"] for row in page), next=more)

    async def rest(
        self, session: Session, person: str, sight: Sight, *, behind: Behind = BEGINNING, limit: int
    ) -> Listed:
        """Return the pictures that are in no sub-group, by roll and frame."""
        place = (behind.roll, behind.order, behind.image)
        rows = await session.rows("groups.rest", person, list(sight.rolls), sight.states, *place, limit + 1)
        page = rows[:limit]
        last = page[-1] if len(rows) > limit else None
        more = Behind(roll=last["roll"], order=last["frame_order"], image=last["image"]) if last else None
        return Listed(images=tuple(row["image"] for row in page), next=more)

    async def groups_of(self, session: Session, person: str, images: Sequence[str]) -> Mapping[str, tuple[str, str]]:
        """Return ID and name of the sub-group of each picture that is in one."""
        rows = await session.rows("groups.groups_of", person, list(images))
        return {row["image"]: (row["id"], row["name"]) for row in rows}

    async def make(self, session: Session, person: str, name: str) -> str:
        """Make a sub-group and return its ID; one that has this name already is it, so a form sent twice makes one.

        Raises:
            Malformed: a name without a letter to read, or a too long one.
            Unprocessable: they have as many as can be had.
        """
        plain = clean_name(name)
        await self._alone(session, person)
        if (known := await session.value("groups.of_name", person, plain)) is not None:
            return known
        if await session.value("groups.count", person) >= MOST_GROUPS:
            raise Unprocessable(f"There are {MOST_GROUPS} groups already; more cannot be kept apart.")
        group = "G-" + mint(self.entropy, _NAME_SYMBOLS)
        await session.run("groups.insert", group, person, plain, self.clock.now())
        return group

    async def rename(self, session: Session, person: str, group: str, name: str) -> None:
        """Give a sub-group another name.

        Raises:
            Malformed: a name without a letter to read, or a too long one.
            Unprocessable: another has this name.
            Unknown: there is none of that ID, or it is not theirs.
        """
        plain = clean_name(name)
        await self._alone(session, person)
        if await session.value("groups.of_name", person, plain) not in (None, group):
            raise Unprocessable("Another group has this name already.")
        if not await session.run("groups.rename", person, group, plain, self.clock.now()):
            raise _unknown()

    async def shift(self, session: Session, person: str, group: str, *, before: str | None) -> None:
        """Put a sub-group before another one in their order; behind all of them without one.

        Raises:
            Unknown: one of them is not there, or not theirs.
        """
        await self._alone(session, person)
        order = [row["id"] for row in await session.rows("groups.names", person)]
        if group not in order or (before is not None and before not in order):
            raise _unknown()
        if before == group:
            return
        order.remove(group)
        order.insert(order.index(before) if before is not None else len(order), group)
        await session.run("groups.order", person, order)

    async def put(self, session: Session, person: str, sight: Sight, images: Sequence[str], group: str | None) -> int:
        """Put pictures into a sub-group, behind those that are there, or into none; return how many of them there are.

        A picture that may not be seen (any more) is left where it is.

        Raises:
            Unknown: none of the pictures may be seen, or the sub-group is not there, or not theirs.
        """
        await self._alone(session, person)
        wanted = list(dict.fromkeys(images))
        if group is None:
            seen = [row["id"] for row in await session.rows("groups.seen", wanted, list(sight.rolls), sight.states)]
            await session.run("groups.take_out", person, seen)
        else:
            if not await session.run("groups.touch", person, group, self.clock.now()):
                raise _unknown()
            now = self.clock.now()
            placed = await session.rows("groups.put", person, group, wanted, list(sight.rolls), sight.states, now)
            seen = [row["id"] for row in placed]
            await note_sorted(session, person, group, seen, now)
        if not seen:
            raise Unknown("There are no such pictures here.")
        return len(seen)

    async def remove(self, session: Session, person: str, group: str) -> None:
        """Remove a sub-group; its pictures are in none then. It can be brought back for a while.

        Raises:
            Unknown: there is none of that ID, or it is not theirs.
        """
        await self._alone(session, person)
        now = self.clock.now()
        await session.run("groups.forget_old", person, now - UNDO_WITHIN, MOST_REMOVED - 1)
        if not await session.run("groups.keep_removed", person, group, now):
            raise _unknown()
        await session.run("groups.remove", person, group)

    async def removed(self, session: Session, person: str, group: str) -> str | None:
        """Return the name of a sub-group that was removed and can be brought back; None when it cannot."""
        kept = await session.row("groups.removed", person, group)
        return kept["name"] if kept else None

    async def bring_back(self, session: Session, person: str, group: str) -> None:
        """Undo the removal of a sub-group: pictures that were put into another one meanwhile stay there.

        Raises:
            Unknown: nothing is kept of such a one.
        """
        await self._alone(session, person)
        kept = await session.row("groups.removed", person, group)
        if kept is None:
            raise _unknown()
        now = self.clock.now()
        await session.run("groups.bring_back", group, person, kept["name"], kept["place"], kept["made_at"], now)
        await session.run("groups.put_back", person, group, kept["images"], now)
        await note_sorted(session, person, group, kept["images"], now)
        await session.run("groups.forget_removed", person, group)

    async def _alone(self, session: Session, person: str) -> None:
        await session.lock([f"groups {person}"])


def clean_name(text: str) -> str:
    """Return a name as it is kept: composed (NFC), one line, no signs that are not seen or turn the line round.

    Raises:
        Malformed: nothing to read is left of it, or it is longer than 80 characters.
    """
    signs = (sign if _is_plain(sign) else " " for sign in unicodedata.normalize("NFC", text))
    name = " ".join("".join(signs).split()).strip(_JOINERS + " ")
    if not name:
        raise Malformed("A group needs a name.")
    if len(name) > LONGEST_NAME:
        raise Malformed(f"The name is too long; at most {LONGEST_NAME} characters are kept.")
    return name


def _is_plain(sign: str) -> bool:
    """Joiners stand inside words of Persian and Hindi, and inside emoji; other signs that are not seen do not."""
    return unicodedata.category(sign)[0] != "C" or sign in _JOINERS


def _told(row: Row) -> SubGroup:
    return SubGroup(
        id=row["id"],
        name=row["name"],
        pictures=row["pictures"],
        first=tuple(row["first"]),
        changed_at=row["changed_at"],
    )


def _unknown() -> Unknown:
    return Unknown("There is no such group here.")
