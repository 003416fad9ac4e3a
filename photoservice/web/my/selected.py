"""What was selected on a page: pictures ticked one by one, or all of what the page is of; and the way back to it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl, urlencode, urlsplit

from photoservice.arranging.scopes import Scope, images_in, kept_of, read_scope
from photoservice.db.database import Session
from photoservice.gallery.sight import Sight
from photoservice.web.my.visiting import field, safe_next

LONGEST_SCOPE: Final = 320
_SAID: Final = ("did", "n", "to")
_AT: Final = re.compile(r"p-[A-Za-z0-9-]{1,60}")


@dataclass(frozen=True, kw_only=True)
class Selected:
    """What was selected: ``images`` named one by one, or all of ``scope``."""

    images: tuple[str, ...] = ()
    scope: Scope | None = None

    @property
    def fields(self) -> list[tuple[str, str]]:
        """The fields of a form, or an address, that name the same again."""
        if self.scope is not None:
            return [("of", str(self.scope)), ("all", "yes")]
        return [("image", image) for image in self.images]

    async def seen(self, session: Session, person: str, sight: Sight) -> tuple[str, ...]:
        """Return the pictures of it that ``person`` may see now."""
        if self.scope is not None:
            return await images_in(session, person, sight, self.scope)
        return await kept_of(session, sight, self.images)


def read_selected(fields: Mapping[str, Sequence[str]]) -> Selected:
    """Return what a form, or an address, names.

    Raises:
        Unknown: "all" of something that is nothing.
    """
    if "all" in fields:
        return Selected(scope=read_scope(field(_listed(fields), "of", longest=LONGEST_SCOPE)))
    return Selected(images=tuple(dict.fromkeys(fields.get("image", ()))))


def back_to(place: str, did: str, n: int = 0, to: str = "") -> str:
    """Return the address of the page somebody came from, a path of ours, which then says what was done.

    A picture that ``place`` names as its fragment is gone back to.
    """
    parts = urlsplit(safe_next(place))
    said = {"did": did, "n": str(n) if n else "", "to": to}
    kept = [(name, value) for name, value in parse_qsl(parts.query) if name not in _SAID]
    at = f"#{parts.fragment}" if _AT.fullmatch(parts.fragment) else ""
    return f"{parts.path}?{urlencode([*kept, *((name, value) for name, value in said.items() if value)])}{at}"


async def place_after(
    session: Session, person: str, sight: Sight, chosen: Sequence[str], of: str, *, leave: bool
) -> str:
    """Return the picture to go back to after something was done with ``chosen``, on a page that shows ``of``.

    It is the first of them; when they ``leave`` that page, the next one that stays, or the last before them.
    """
    if not leave:
        return chosen[0]
    order = await images_in(session, person, sight, read_scope(of))
    gone = set(chosen)
    first = next((nr for nr, image in enumerate(order) if image in gone), 0)
    behind, before = order[first:], reversed(order[:first])
    return next((image for image in (*behind, *before) if image not in gone), "")


def _listed(fields: Mapping[str, Sequence[str]]) -> Mapping[str, list[str]]:
    return {name: list(values) for name, values in fields.items()}
