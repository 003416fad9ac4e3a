"""Pinning what an order is made of when it is handed over: pictures that stand and are theirs, edited as they are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from photocore.catalogue import say
from photocore.edit_steps import Instruction
from photocore.edits import read_edit
from photocore.errors import ChoiceRefused
from photocore.pricing import Choice, quote
from photocore.seams import Clock
from photoservice.db.database import Row, Session
from photoservice.editing.versions import Versions
from photoservice.ordering.manifests import FORM, ManifestImage, ManifestLine, OrderManifest
from photoservice.ordering.ports import Shelf
from photoservice.ordering.reading import UNRELEASED, Reading
from photoservice.ordering.settling import SERVICE, Settling
from photoservice.ordering.shown import LineShown, OrderShown


@dataclass(frozen=True, kw_only=True)
class Pinned:
    """What is left of an order: None when nothing is. ``dropped`` is how many pictures are not made."""

    manifest: OrderManifest | None
    dropped: int = 0


@dataclass(kw_only=True)
class _Found:
    """The pictures of an order as they are now, by line, and the words for those that are not made."""

    rows: dict[int, list[Row]] = field(default_factory=dict[int, list[Row]])
    words: dict[int, dict[int, str]] = field(default_factory=dict[int, dict[int, str]])


@dataclass(frozen=True, kw_only=True)
class Pinning:
    """Pins orders that are held and due."""

    clock: Clock
    shelf: Shelf
    reading: Reading
    settling: Settling
    versions: Versions

    async def pin(self, session: Session, order: OrderShown) -> Pinned:
        """Drop the pictures that are not to be made, say why, and pin the others; what is too little is cancelled."""
        await session.run("ordering_release.follow_rivals", order.id)
        found = await self._find(session, order)
        gone = 0
        for line in order.lines:
            words = found.words.get(line.number, {})
            if words:
                gone += len(words)
                await session.run("ordering_release.drop", order.id, line.number, [*words], [*words.values()])
                await self._shrink(session, order, line)
        if gone:
            await self.settling.sum_up(session, await self.reading.one(session, order.id), by=SERVICE)
            order = await self.reading.one(session, order.id)
        live = [line for line in order.lines if order.standing.lines[line.number] in UNRELEASED]
        if not live:
            return Pinned(manifest=None, dropped=gone)
        return Pinned(manifest=await self._manifest(session, order, live, found), dropped=gone)

    async def _find(self, session: Session, order: OrderShown) -> _Found:
        found = _Found()
        rows = [
            row
            for row in await session.rows("ordering_release.pictures", order.id)
            if not row["dropped"] and order.standing.lines[row["line"]] in UNRELEASED
        ]
        rolls = await self._rolls(session, order, [row["image"] for row in rows])
        for row in rows:
            word = "" if row["state"] == "standing" else "gone" if row["state"] is None else row["state"]
            if not word and rolls is not None and row["roll"] not in rolls:
                word = "unseen"
            if word:
                found.words.setdefault(row["line"], {})[row["place"]] = word
            else:
                found.rows.setdefault(row["line"], []).append(row)
        return found

    async def _rolls(self, session: Session, order: OrderShown, images: Sequence[str]) -> set[str] | None:
        """Return the rolls whose pictures this order may show; None where nobody in particular has ordered it."""
        people = {order.person} if order.person else set[str]()
        if order.share and (owner := await session.value("ordering_release.owner_of_share", order.share)):
            people.add(owner)
        if not people:
            return None
        for row in await session.rows("ordering_release.contributors", sorted(set(images))) if images else ():
            people.add(row["person"])
        shown = [one for person in sorted(people) for one in await self.reading.profiles.persons.shown(session, person)]
        return {one.roll for one in shown}

    async def _shrink(self, session: Session, order: OrderShown, line: LineShown) -> None:
        """Price a line for the pictures that are left, or cancel it where they are too few for it."""
        left = next(one for one in (await self.reading.one(session, order.id)).lines if one.number == line.number)
        choice = Choice(item=line.item, options=line.chosen, quantity=line.quantity)
        try:
            catalogue = await self.shelf.version(session, order.catalogue)
            priced = quote(catalogue, choice, images=len(left.live_images), currency=order.price.currency)
        except ChoiceRefused:
            now, note = await self.reading.one(session, order.id), "the pictures are not there any more"
            await self.settling.cancel(session, now, [line.number], by=SERVICE, note=note)
            return
        if order.kind != "remake":
            await session.run("ordering.price_line", order.id, line.number, priced.images, priced.units,
                              priced.piece.minor, priced.amount.gross.minor, priced.amount.tax.minor)  # fmt: skip

    async def _manifest(
        self, session: Session, order: OrderShown, live: Sequence[LineShown], found: _Found
    ) -> OrderManifest:
        rows = [row for line in live for row in found.rows.get(line.number, [])]
        edits = await self._edits(session, order, rows)
        lines = tuple(_line(order, line, found.rows.get(line.number, []), edits) for line in live)
        return OrderManifest(
            form=FORM,
            order=order.id,
            at=self.clock.now(),
            catalogue=order.catalogue,
            language=order.language,
            is_shipped=any(line.is_shipped for line in lines),
            lines=lines,
        )

    async def _edits(
        self, session: Session, order: OrderShown, rows: Sequence[Row]
    ) -> Mapping[tuple[str, int], tuple[Instruction, ...]]:
        """Pin the versions of edits, and return what they do by image and line.

        They are those of whoever ordered; of a share's owner; of a package without a person, of who alone holds it.
        """
        owner = await session.value("ordering_release.owner_of_share", order.share) if order.share else None
        whose = [owner] if owner else await self.settling.telling.people(session, order.person, order.root)
        if len(whose) != 1 or not rows:
            return {}
        images = sorted({row["image"] for row in rows})
        heads = await self.versions.heads(session, whose[0], images)
        pins = [heads[image].version if image in heads else 0 for image in images]
        await session.run("ordering_release.pin", order.id, images, pins)
        kept = [row for row in await session.rows("ordering_release.pictures", order.id) if row["edit"]]
        asked = [row["image"] for row in kept], [row["edit"] for row in kept]
        found = await session.rows("ordering_release.edits", whose[0], *asked)
        known = {(row["image"], row["version"]): read_edit(row["instructions"].encode()).instructions for row in found}
        return {(row["image"], row["line"]): known.get((row["image"], row["edit"]), ()) for row in kept}


def _line(
    order: OrderShown,
    line: LineShown,
    rows: Sequence[Row],
    edits: Mapping[tuple[str, int], tuple[Instruction, ...]],
) -> ManifestLine:
    return ManifestLine(
        number=line.number,
        item=line.item,
        kind=line.kind,
        title=say(dict(line.titles), order.language),
        options=line.chosen,
        quantity=line.quantity,
        is_shipped=line.is_shipped,
        images=tuple(
            ManifestImage(
                image=row["image"],
                roll=row["roll"],
                frame=row["frame"],
                original=row["sha256"].hex(),
                edit=edits.get((row["image"], row["line"]), ()),
            )
            for row in rows
        ),
    )
