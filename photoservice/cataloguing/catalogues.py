"""Published catalogues: every version kept for good, the last in force; and the one draft that staff change (O10).

Versions are immutable, so a process reads each once. Publishing is serialised by a lock: of two at once the second sees
the first, and "the last" means the same to everybody.
"""

import hashlib
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

import msgspec

from photocore.catalogue import Catalogue, faults_of, read_catalogue, read_draft, write_catalogue
from photocore.errors import CatalogueMalformed, ChoiceRefused, CriterionMalformed, TermsMalformed
from photocore.pricing import Choice, chosen_values
from photocore.seams import Clock
from photocore.terms import read_terms, strange_in
from photoservice.db.database import Row, Session
from photoservice.errors import TooLarge
from photoservice.goods_errors import CatalogueTaken, CatalogueUnfit, NothingOffered, StillUsed

MOST_BYTES: Final = 2_000_000
"""A catalogue of 500 items in twelve languages has half of it."""

MOST_NOTE: Final = 500
MOST_LISTED: Final = 200
SHIPPED: Final = "shipped"
"""Who published the catalogue that the product brings along."""

_MOST_SAID: Final = 300
_LOCK: Final = "catalogue"


@dataclass(frozen=True, kw_only=True)
class Published:
    """A version of the catalogue as it was published; ``body`` is its canonical JSON, ``digest`` its SHA-256."""

    catalogue: Catalogue
    body: bytes
    digest: bytes
    place: int
    note: str
    by: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class Edition:
    """A line of the list of versions."""

    version: str
    place: int
    digest: bytes
    note: str
    by: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class Catalogues:
    """Reads and publishes catalogues."""

    clock: Clock
    read: dict[str, Published] = field(default_factory=dict[str, Published], repr=False, compare=False)
    """What this process has read, by version."""

    async def current(self, session: Session) -> Catalogue:
        """Return the catalogue in force. Raises NothingOffered when none was published yet."""
        return (await self.in_force(session)).catalogue

    async def version(self, session: Session, version: str) -> Catalogue:
        """Return the catalogue of a version, however old. Raises NothingOffered when there is none of it."""
        return (await self.published(session, version)).catalogue

    async def in_force(self, session: Session) -> Published:
        """Return what was published last. Raises NothingOffered when nothing was."""
        row = await session.row("catalogues.current")
        if row is None:
            raise NothingOffered("Nothing is offered here yet.")
        return await self.published(session, row["version"])

    async def published(self, session: Session, version: str) -> Published:
        """Return a version as it was published. Raises NothingOffered when there is none of it."""
        if (known := self.read.get(version)) is not None:
            return known
        row = await session.row("catalogues.version", version)
        if row is None:
            raise NothingOffered("There is no catalogue of this version.")
        found = self.read[version] = _published(row)
        return found

    async def all(self, session: Session) -> tuple[Edition, ...]:
        """Return what was published, the last first."""
        return tuple(_edition(row) for row in await session.rows("catalogues.all", MOST_LISTED))

    async def publish(
        self, session: Session, body: bytes, *, by: str, note: str = "", is_forced: bool = False
    ) -> Published:
        """Publish a catalogue; the same one again changes nothing.

        Raises:
            TooLarge: more than :data:`MOST_BYTES`.
            CatalogueUnfit: it is none, contradicts itself, or makes other goods of an item; every fault is told.
            CatalogueTaken: another was published under its version, or itself and then a later one.
            StillUsed: live plans or products' terms need what it takes away; with ``is_forced`` such plans pause when
                they are next due, and their people are told.
        """
        catalogue = read_body(body)
        canonical = write_catalogue(catalogue)
        digest = hashlib.sha256(canonical).digest()
        await session.lock([_LOCK])
        last = await session.row("catalogues.current")
        if last is not None and (last["version"], last["digest"]) == (catalogue.version, digest):
            return await self.published(session, catalogue.version)
        if last is not None:
            before = await self.version(session, last["version"])
            if other := tuple(_other_kinds(before, catalogue)):
                raise CatalogueUnfit(other)
        if not is_forced and (uses := [use async for use in _uses(session, catalogue)]):
            raise StillUsed(tuple(uses))
        now = self.clock.now()
        told = (catalogue.version, canonical, digest, note.strip()[:MOST_NOTE], by, now)
        place = await session.value("catalogues.publish", *told)
        if place is None:
            raise CatalogueTaken(f"A catalogue {catalogue.version} was published before. Give this one a new version.")
        return Published(catalogue=catalogue, body=canonical, digest=digest, place=place, note=told[3], by=by, at=now)

    async def begin(self, session: Session, body: bytes) -> bool:
        """Publish the catalogue that the product brings along where nothing was published yet; say whether it was."""
        await session.lock([_LOCK])
        if await session.row("catalogues.current") is not None:
            return False
        await self.publish(session, body, by=SHIPPED)
        return True


def read_body(body: bytes) -> Catalogue:
    """Return the catalogue of a body that somebody sent. Raises TooLarge or CatalogueUnfit."""
    if len(body) > MOST_BYTES:
        raise TooLarge(f"A catalogue has up to {MOST_BYTES:,} bytes.")
    try:
        draft = read_draft(body)
    except CatalogueMalformed as cause:
        raise CatalogueUnfit((str(cause)[:_MOST_SAID],)) from cause
    if faults := faults_of(draft):
        raise CatalogueUnfit(tuple(str(fault) for fault in faults))
    return read_catalogue(body)


def _published(row: Row) -> Published:
    body = bytes(row["body"])
    one = _edition(row)
    return Published(
        catalogue=read_catalogue(body),
        body=body,
        digest=one.digest,
        place=one.place,
        note=one.note,
        by=one.by,
        at=one.at,
    )


def _edition(row: Row) -> Edition:
    return Edition(
        version=row["version"],
        place=row["place"],
        digest=bytes(row["digest"]),
        note=row["note"],
        by=row["published_by"],
        at=row["published_at"],
    )


def _other_kinds(before: Catalogue, after: Catalogue) -> Iterator[str]:
    """Say which items would become other goods: what was prepaid or planned of them means the old ones."""
    for item in after.items:
        was = before.item(item.id)
        if was is not None and was.kind != item.kind:
            yield f"item {item.id}: it was {was.kind} in {before.version}; other goods are another item"


async def _uses(session: Session, catalogue: Catalogue) -> AsyncIterator[str]:
    """Say what needs something that ``catalogue`` does not have, a sentence each."""
    for row in await session.rows("catalogues.live_use"):
        options = msgspec.json.decode(row["options"] or "{}", type=dict[str, str])
        item = catalogue.item(row["item"])
        choice = Choice(item=row["item"], options=options)
        try:
            if item is None or item.is_withdrawn:
                raise ChoiceRefused("item", "it is not there any more")
            chosen_values(item, choice)
            if row["currency"] not in catalogue.currencies:
                raise ChoiceRefused("currency", f"it has no price in {row['currency']} any more")
        except ChoiceRefused as cause:
            yield f"{row['plans']} live plans make {choice.item}: {cause}"
    for row in await session.rows("catalogues.terms_use"):
        try:
            terms = read_terms(bytes(row["body"]))
        except (TermsMalformed, CriterionMalformed):
            continue
        for fault in strange_in(terms, catalogue):
            yield f"product {row['gtin']}, {fault}"
