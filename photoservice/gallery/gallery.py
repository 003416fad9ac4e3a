"""The gallery: all that shows images, put together."""

from collections.abc import Sequence
from dataclasses import dataclass

from photocore.seams import Clock, Entropy
from photoservice.access import AccessCodes
from photoservice.db.database import Database
from photoservice.gallery.bytes_of import Bytes
from photoservice.gallery.frames import Frames
from photoservice.gallery.links import Links
from photoservice.gallery.sheets import Sheet, sheets_of
from photoservice.gallery.sight import Askers
from photoservice.gallery.viewings import Viewings
from photoservice.keyring import Keyring
from photoservice.objects.store import ObjectStore
from photoservice.settings import Settings
from photoservice.tenants import TenantKeys


@dataclass(frozen=True, kw_only=True)
class Gallery:
    """Who asks, what they may see, and the bytes of it."""

    database: Database
    askers: Askers
    viewings: Viewings
    links: Links
    frames: Frames
    bytes: Bytes

    async def sheets(self, rolls: Sequence[str]) -> tuple[Sheet, ...]:
        """Return the contact sheets of the rolls that an access code shows."""
        async with self.database.begin() as session:
            return await sheets_of(session, self.frames, rolls)


@dataclass(frozen=True, kw_only=True)
class Doors:
    """What the gallery shares with the rest of the service: who may come in."""

    tenants: TenantKeys
    access_codes: AccessCodes
    keyring: Keyring


def open_gallery(
    settings: Settings, database: Database, doors: Doors, *, objects: ObjectStore, clock: Clock, entropy: Entropy
) -> Gallery:
    """Return the gallery over ``objects``."""
    viewings = Viewings(
        database=database,
        clock=clock,
        entropy=entropy,
        keyring=doors.keyring,
        access_codes=doors.access_codes,
        lives=settings.viewing_lives,
    )
    links = Links(keyring=doors.keyring, clock=clock, lives=settings.link_lives)
    return Gallery(
        database=database,
        askers=Askers(tenants=doors.tenants, viewings=viewings),
        viewings=viewings,
        links=links,
        frames=Frames(links=links),
        bytes=Bytes(database=database, objects=objects),
    )
