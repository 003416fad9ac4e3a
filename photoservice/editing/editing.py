"""Editing: all that keeps, names and shows edits, put together."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from imaging.pixels.darkroom import Darkroom
from imaging.pixels.limits import Limits
from photocore.edits import NO_EDIT, Edit
from photocore.seams import Clock
from photoservice.db.database import Session
from photoservice.editing.addresses import Addresses
from photoservice.editing.cache import Cache
from photoservice.editing.rendering import Renderer
from photoservice.editing.versions import Head, Versions
from photoservice.gallery.bytes_of import Bytes, Piece
from photoservice.gallery.gallery import Gallery
from photoservice.settings import Settings

SOURCE: Final = "2048"
"""The tier that previews and edited tiers are made of."""

KEPT_FOR_S: Final = 7 * 86_400.0

_PREVIEWS: Final = Limits(pictures=5_000, cpu_s=20, wall_s=60)
"""What is opened for a preview is a rendition of our own."""


@dataclass(frozen=True, kw_only=True)
class Editing:
    """The edits of people's pictures."""

    versions: Versions
    addresses: Addresses
    renderer: Renderer
    source: Bytes

    async def heads(self, session: Session, person: str, images: Sequence[str]) -> Mapping[str, Head]:
        """Return what holds of those of ``images`` that ``person`` edited and that look other than the original."""
        return await self.versions.heads(session, person, images)

    def link(self, image: str, tier: str, edit: Edit) -> str:
        """Return the short address of a rendition, edited or not: a path with its query."""
        return self.addresses.link(image, tier, edit)

    async def rendered(self, piece: Piece, edit: Edit, tier: str) -> bytes:
        """Return a tier of an edited picture as a JPEG without anything but the picture in it.

        ``piece`` is the unedited ``SOURCE`` tier (or, where nothing is edited, the tier itself). Call it outside of a
        transaction.

        Raises:
            NotReady: too many are being made, or what it is made of is gone.
            NotMade: nothing can be made of it.
        """
        if edit == NO_EDIT and tier == SOURCE:
            return b"".join([part async for part in await self.source.read(piece, 0, piece.size)])
        return await self.renderer.tier(piece, edit, tier)

    async def full(self, piece: Piece, edit: Edit) -> bytes:
        """Return an edited picture in all its pixels, as a JPEG; ``piece`` is its original. Outside of a transaction.

        Raises:
            NotReady: too many are being made, or the original's bytes are gone.
            NotMade: nothing can be made of it.
        """
        return await self.renderer.whole(piece, edit)

    async def forget(self) -> None:
        """Drop made pictures that nobody looked at for a week."""
        await asyncio.to_thread(self.renderer.cache.forget, older_than_s=KEPT_FOR_S)

    async def drop(self, original: bytes) -> None:
        """Drop all that was made of an original, by its SHA-256."""
        await asyncio.to_thread(self.renderer.cache.drop, original)

    async def close(self) -> None:
        """End what makes pictures."""
        await self.renderer.close()


def open_editing(settings: Settings, gallery: Gallery, *, clock: Clock) -> Editing:
    """Return editing over the pictures of ``gallery``."""
    folder = settings.folder / "edited"
    renderer = Renderer(
        source=gallery.bytes,
        cache=Cache(folder=folder, capacity=settings.edited_bytes, clock=clock),
        darkroom=Darkroom(children=settings.derive_children, limits=_PREVIEWS),
        printing=Darkroom(children=1),
    )
    return Editing(
        versions=Versions(clock=clock),
        addresses=Addresses(links=gallery.links),
        renderer=renderer,
        source=gallery.bytes,
    )
