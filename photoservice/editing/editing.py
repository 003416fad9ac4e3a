"""Editing: all that keeps, names and shows edits, put together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from photocore.edits import Edit
from photoservice.db.database import Session
from photoservice.editing.addresses import Addresses
from photoservice.editing.versions import Head, Versions


@dataclass(frozen=True, kw_only=True)
class Editing:
    """The edits of people's pictures."""

    versions: Versions
    addresses: Addresses

    async def heads(self, session: Session, person: str, images: Sequence[str]) -> Mapping[str, Head]:
        """Return what holds of those of ``images`` that ``person`` edited and that look other than the original."""
        return await self.versions.heads(session, person, images)

    def link(self, image: str, tier: str, edit: Edit) -> str:
        """Return the short address of a rendition, edited or not: a path with its query."""
        return self.addresses.link(image, tier, edit)
