"""The one draft of the catalogue that staff change together until somebody publishes it.

Each change names the edition it was made of: of two editors who save at once, the second is told and loses nothing. A
draft may be at odds with itself; only what is published must not be.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from msgspec.structs import replace

from photocore.catalogue import CatalogueDraft, Item, Price, read_draft, write_catalogue
from photocore.seams import Clock
from photoservice.cataloguing.catalogues import MOST_BYTES, Catalogues, Published
from photoservice.db.database import Session
from photoservice.errors import TooLarge, Unknown
from photoservice.goods_errors import ChangedMeanwhile

NO_EDITION: Final = 0


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A draft as its ``edition`` left it. ``base`` is the version it began as; ``by`` changed it last."""

    catalogue: CatalogueDraft
    base: str
    edition: int
    by: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class Drafts:
    """Reads and keeps the draft."""

    clock: Clock
    catalogues: Catalogues

    async def find(self, session: Session) -> Draft | None:
        """Return the draft, or None where nobody is changing anything."""
        row = await session.row("catalogues.draft")
        if row is None or not row["body"]:
            return None
        return Draft(
            catalogue=read_draft(bytes(row["body"])),
            base=row["base"] or "",
            edition=row["edition"],
            by=row["changed_by"],
            at=row["changed_at"],
        )

    async def take(self, session: Session) -> Draft:
        """Return the draft. Raises Unknown where there is none."""
        draft = await self.find(session)
        if draft is None:
            raise Unknown("Nobody is changing the catalogue just now.")
        return draft

    async def begin(self, session: Session, *, by: str) -> Draft:
        """Begin a draft from the catalogue in force, under a version of its own; where there is one, return that.

        Raises:
            NothingOffered: there is no catalogue to begin from.
        """
        if (draft := await self.find(session)) is not None:
            return draft
        current = await self.catalogues.current(session)
        taken = {one.version for one in await self.catalogues.all(session)}
        row = await session.row("catalogues.draft")
        edition = row["edition"] if row else NO_EDITION
        fresh = CatalogueDraft(
            version=_next_version(f"{self.clock.now():%Y-%m-%d}", taken),
            currencies=current.currencies,
            items=current.items,
            tax_mode=current.tax_mode,
            rates=current.rates,
            languages=current.languages,
        )
        await self.save(session, fresh, base=current.version, edition=edition, by=by)
        return await self.take(session)

    async def save(self, session: Session, catalogue: CatalogueDraft, *, base: str, edition: int, by: str) -> None:
        """Keep the next edition of the draft, made of ``edition``.

        Raises:
            TooLarge: more than a catalogue may have.
            ChangedMeanwhile: somebody was faster.
        """
        body = write_catalogue(catalogue)
        if len(body) > MOST_BYTES:
            raise TooLarge(f"A catalogue has up to {MOST_BYTES:,} bytes.")
        now = self.clock.now()
        if edition == NO_EDITION:
            done = await session.run("catalogues.begin_draft", base or None, body, by, now)
        else:
            done = await session.run("catalogues.save_draft", base or None, body, edition, by, now)
        if not done:
            raise ChangedMeanwhile

    async def drop(self, session: Session, edition: int, *, by: str) -> None:
        """Forget the draft. Raises ChangedMeanwhile when it is not ``edition`` any more."""
        if not await session.run("catalogues.drop_draft", edition, by, self.clock.now()):
            raise ChangedMeanwhile

    async def publish(
        self, session: Session, edition: int, *, against: str, by: str, note: str, is_forced: bool
    ) -> Published:
        """Publish the draft as ``edition`` left it, and end it; ``against`` is the version it was compared with.

        Raises:
            ChangedMeanwhile: the draft was changed, or another catalogue was published, since they were looked at.
            CatalogueUnfit, CatalogueTaken, StillUsed: as :meth:`Catalogues.publish`.
        """
        draft = await self.take(session)
        current = await self.catalogues.current(session)
        if draft.edition != edition or current.version != against:
            raise ChangedMeanwhile
        body = write_catalogue(draft.catalogue)
        done = await self.catalogues.publish(session, body, by=by, note=note, is_forced=is_forced)
        await self.drop(session, edition, by=by)
        return done


def with_item(catalogue: CatalogueDraft, place: int, item: Item | None) -> CatalogueDraft:
    """Return the draft with ``item`` at a place: instead of the one there, behind the last, or, None, without it."""
    items = list(catalogue.items)
    items[place : place + 1] = [] if item is None else [item]
    return replace(catalogue, items=tuple(items))


def fresh_item(catalogue: CatalogueDraft, name: str, like: Item) -> Item:
    """Return an item to be filled in: of the kind of ``like``, for nothing yet, and without titles."""
    price = Price(unit=like.price.unit, base=dict.fromkeys(catalogue.currencies, 0))
    return Item(id=name, kind=like.kind, titles={}, price=price, tax=like.tax, is_withdrawn=False)


def _next_version(day: str, taken: set[str]) -> str:
    """Return the first version of a day that nobody took: ``2026-11-22``, ``2026-11-22.2``, and so on."""
    return next(name for name in (day, *(f"{day}.{n}" for n in range(2, 1000))) if name not in taken)
