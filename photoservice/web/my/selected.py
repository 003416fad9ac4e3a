"""What was selected on a page: pictures ticked one by one, or all of what the page is of; and the way back to it."""

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
    """Return the address of the page somebody came from, a path of ours, which then says what was done."""
    parts = urlsplit(safe_next(place))
    said = {"did": did, "n": str(n) if n else "", "to": to}
    kept = [(name, value) for name, value in parse_qsl(parts.query) if name not in _SAID]
    return f"{parts.path}?{urlencode([*kept, *((name, value) for name, value in said.items() if value)])}"


def _listed(fields: Mapping[str, Sequence[str]]) -> Mapping[str, list[str]]:
    return {name: list(values) for name, values in fields.items()}
