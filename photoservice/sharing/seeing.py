"""What a share shows now: as long as its owner sees it, and not a moment longer (DESIGN 5C).

Nothing of it is stored. Each time the owner's sight is asked for, and that of whoever put pictures in; so a roll that
is contested, given away, taken back or refunded goes dark in every share by itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from photoservice.db.database import Row, Session
from photoservice.errors import Unknown
from photoservice.persons.persons import Persons, Shown
from photoservice.sharing.share import Share, Subject

MOST_SELECTED: Final = 2500
"""Pictures of one selection; a form has a field for each."""


@dataclass(frozen=True, kw_only=True)
class Scene:
    """What of a share is visible now: ``whole`` rolls; else what is chosen among the owner's ``rolls``.

    ``group`` is the sub-group it is. ``guests`` and ``guest_rolls`` go in step: who put pictures in, and a roll that
    they see themselves.
    """

    share: str
    whole: tuple[str, ...]
    rolls: tuple[str, ...]
    group: str | None = None
    guests: tuple[str, ...] = ()
    guest_rolls: tuple[str, ...] = ()

    @property
    def _bounds(self) -> tuple[object, ...]:
        return (list(self.whole), list(self.rolls), self.group, list(self.guests), list(self.guest_rolls))

    def rolls_of(self, whose: str) -> tuple[str, ...]:
        """Return the rolls of which pictures may be shown: the owner's for an empty ``whose``, else a contributor's."""
        if not whose:
            return self.whole or self.rolls
        return tuple(roll for who, roll in zip(self.guests, self.guest_rolls, strict=True) if who == whose)

    async def pictures(self, session: Session, *, limit: int, skip: int = 0) -> Sequence[Row]:
        """Return a page of what is shown (rows of ``shares.pictures``), in the share's order."""
        return await session.rows("shares.pictures", self.share, *self._bounds, limit, skip)

    async def around(self, session: Session, image: str) -> Row:
        """Return which of how many a picture is, and its neighbours (a row of ``shares.around``).

        Raises:
            Unknown: it is not shown.
        """
        row = await session.row("shares.around", self.share, *self._bounds, image)
        if row is None:
            raise _unknown()
        return row

    async def whose(self, session: Session, image: str) -> Row:
        """Return the roll of a picture that is shown, and whose it is: ``whose`` is empty for the owner's.

        Raises:
            Unknown: it is not shown.
        """
        row = await session.row("shares.shows", self.share, image, *self._bounds)
        if row is None or row["whose"] is None:
            raise _unknown()
        return row


async def look(session: Session, persons: Persons, share: Share) -> Scene:
    """Return what ``share`` shows at this moment."""
    shown = await persons.shown(session, share.person)
    guests = await _guests(session, persons, share) if share.scope == "sub_group" else ()
    return Scene(
        share=share.id,
        whole=_whole(share, shown),
        rolls=tuple(one.roll for one in shown) if share.scope in ("sub_group", "selection") else (),
        group=share.what if share.scope == "sub_group" else None,
        guests=tuple(person for person, _ in guests),
        guest_rolls=tuple(roll for _, roll in guests),
    )


async def refuse_unseen(session: Session, persons: Persons, person: str, subject: Subject) -> None:
    """Let only something be shared that ``person`` sees or made.

    Raises:
        Unknown: they do not, or there is nothing of it.
    """
    shown = await persons.shown(session, person)
    if subject.scope == "account":
        is_theirs = bool(shown)
    elif subject.scope == "package":
        is_theirs = bool(subject.what) and any(one.package == subject.what for one in shown)
    elif subject.scope == "roll":
        is_theirs = any(one.roll == subject.what for one in shown)
    elif subject.scope == "sub_group":
        is_theirs = await session.value("shares.group_name", subject.what, person) is not None
    else:
        is_theirs = await are_shown(session, shown, subject.images)
    if not is_theirs:
        raise _unknown()


async def are_shown(session: Session, shown: Sequence[Shown], images: Sequence[str]) -> bool:
    """Say whether all of some ``images``, and at least one, stand on rolls that are ``shown``."""
    wanted = list(dict.fromkeys(images))
    if not 0 < len(wanted) <= MOST_SELECTED:
        return False
    rows = await session.rows("shares.standing_images", wanted)
    rolls = {one.roll for one in shown}
    return len(rows) == len(wanted) and all(row["roll"] in rolls for row in rows)


def _whole(share: Share, shown: Sequence[Shown]) -> tuple[str, ...]:
    if share.scope == "account":
        return tuple(one.roll for one in shown)
    if share.scope == "package":
        return tuple(one.roll for one in shown if one.package == share.what)
    return tuple(one.roll for one in shown if one.roll == share.what) if share.scope == "roll" else ()


async def _guests(session: Session, persons: Persons, share: Share) -> Sequence[tuple[str, str]]:
    pairs: list[tuple[str, str]] = []
    for row in await session.rows("shares.contributors", share.id):
        pairs += [(row["person"], one.roll) for one in await persons.shown(session, row["person"])]
    return pairs


def _unknown() -> Unknown:
    return Unknown("There is no such picture here, or it is not shared any more.")
