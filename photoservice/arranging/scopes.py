"""What "all of them" means where pictures are selected: a roll, a sub-group, the rest, the favourites, everything.

A page names it in one word, and a form sends that word back.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from photoservice.db.database import Row, Session
from photoservice.errors import Unknown
from photoservice.gallery.sight import Sight

MOST: Final = 10_000
"""Pictures of one scope; what is beyond is left for another time."""

ALL: Final = "all"
REST: Final = "rest"
FAVOURITES: Final = "favourites"


@dataclass(frozen=True, kw_only=True)
class Scope:
    """``kind`` is roll, group, rest, favourites or all; ``what`` the roll's or sub-group's ID."""

    kind: str
    what: str = ""

    def __str__(self) -> str:
        return f"{self.kind}:{self.what}" if self.what else self.kind


def read_scope(text: str) -> Scope:
    """Return the scope that a page named.

    Raises:
        Unknown: it is none.
    """
    kind, _, what = text.partition(":")
    if (kind in ("roll", "group")) != bool(what) or kind not in ("roll", "group", REST, FAVOURITES, ALL):
        raise Unknown("There are no such pictures here.")
    return Scope(kind=kind, what=what)


async def images_in(session: Session, person: str, sight: Sight, scope: Scope) -> tuple[str, ...]:
    """Return the pictures of ``scope`` that ``person`` may see, in their order."""
    rolls = list(sight.rolls)
    rows: Sequence[Row] = ()
    if scope.kind == ALL:
        rows = await session.rows("scopes.of_rolls", rolls, MOST)
    elif scope.kind == "roll":
        rows = await session.rows("scopes.of_rolls", [scope.what] if scope.what in sight.rolls else [], MOST)
    elif scope.kind == "group":
        rows = await session.rows("scopes.of_group", person, scope.what, rolls, MOST)
    elif scope.kind == REST:
        rows = await session.rows("scopes.of_rest", person, rolls, MOST)
    elif scope.kind == FAVOURITES:
        rows = await session.rows("scopes.of_favourites", person, rolls, MOST)
    return tuple(row["id"] for row in rows)


async def kept_of(session: Session, sight: Sight, images: Sequence[str]) -> tuple[str, ...]:
    """Return those of ``images`` that may be seen, each once, in the order they are named."""
    wanted = list(dict.fromkeys(images))
    rows = await session.rows("scopes.kept", wanted, list(sight.rolls), MOST) if wanted else ()
    return tuple(row["id"] for row in rows)
