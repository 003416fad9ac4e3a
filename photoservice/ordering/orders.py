"""Orders as their people steer them: seen, cancelled, changed, confirmed, hurried and addressed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import msgspec

from photocore.catalogue import Item
from photocore.errors import ChoiceRefused
from photocore.money import Money
from photocore.orders import Action
from photocore.pricing import Choice, Quote, quote
from photoservice.db.database import Row, Session
from photoservice.errors import Unknown
from photoservice.gallery.cursors import OrderPlace, read_cursor, write_cursor
from photoservice.goods_errors import ShareLimitReached
from photoservice.ordering.errors import NotAsItStands, OrderChangedMeanwhile
from photoservice.ordering.making import Making, option_titles
from photoservice.ordering.names import order_name
from photoservice.ordering.reading import UNRELEASED, Reading
from photoservice.ordering.settling import Settling
from photoservice.ordering.shown import LineShown, OrderShown, OrdersPage
from photoservice.persons.persons import Shown
from photoservice.persons.profiles import Address

PAGE: Final = 30

_END: Final = OrderPlace(at=datetime(9999, 1, 1, tzinfo=UTC), order="~")


@dataclass(frozen=True, kw_only=True)
class Orders:
    """Shows people their orders and carries out what they want with them.

    ``shown`` is what the person may see now (``people.persons.shown``). An order without a person is steered by whoever
    holds its package. All verbs take the ``version`` that was looked at, need a transaction, and raise:
        Unknown: there is no such order, or it is not theirs.
        OrderChangedMeanwhile: another version holds (a kind of EditedMeanwhile).
        NotAsItStands: the order does not allow it as it stands.
    """

    making: Making
    reading: Reading
    settling: Settling

    async def of(self, session: Session, person: str, shown: Sequence[Shown], behind: str = "") -> OrdersPage:
        """Return a page of a person's orders, the newest first; ``behind`` is the cursor of the page before.

        Raises:
            Malformed: the cursor is none of ours.
        """
        place = read_cursor(behind, OrderPlace) if behind else _END
        roots = sorted({one.package for one in shown})
        rows = await session.rows("ordering.ids_of", person, roots, place.at, place.order, PAGE + 1)
        ids = [row["id"] for row in rows[:PAGE]]
        last = rows[PAGE - 1] if len(rows) > PAGE else None
        more = write_cursor(OrderPlace(at=last["made_at"], order=last["id"])) if last else ""
        return OrdersPage(orders=await self.reading.all(session, ids), behind=more)

    async def find(self, session: Session, person: str, shown: Sequence[Shown], order: str) -> OrderShown:
        """Return an order. Raises Unknown."""
        found = await self.reading.one(session, order)
        if not _is_theirs(found, person, shown):
            raise Unknown("There is no such order.")
        return found

    async def look(self, session: Session, order: str) -> OrderShown:
        """Return an order, whoever's it is: who calls has asked who may. Raises Unknown."""
        return await self.reading.one(session, order)

    async def lock(self, session: Session, order: str) -> Row | None:
        """Hold an order until the transaction ends, and return its row (``customer_order``), or None."""
        return await session.row("ordering.lock", order)

    async def address(self, session: Session, order: str) -> Address | None:
        """Return where an order goes: what was given for it, else its person's first address; None of neither."""
        return await self.reading.address(session, order)

    async def cancel(self, session: Session, person: str, shown: Sequence[Shown], order: str, *, version: int) -> None:
        """Cancel all lines that may be; credits and money are given back. Its images are not counted again."""
        held = await self._held(session, (person, shown), order, version, "cancel")
        await self.settling.cancel(session, held, [one.number for one in held.lines], by=person)

    async def cancel_line(
        self, session: Session, person: str, shown: Sequence[Shown], order: str, *, line: int, version: int
    ) -> None:
        """Cancel one line."""
        held = await self._held(session, (person, shown), order, version, "cancel")
        if held.standing.lines.get(line) not in (*UNRELEASED, "refused"):
            raise NotAsItStands("cancel")
        await self.settling.cancel(session, held, [line], by=person)

    async def cancel_by(self, session: Session, order: str, *, by: str, note: str, version: int) -> None:
        """Cancel an order for its people, who are told: what an operator does. ``by`` is who does."""
        held = await self._held(session, None, order, version, "cancel")
        await self.settling.cancel(session, held, [one.number for one in held.lines], by=by, note=note, tell=True)

    async def change_line(
        self,
        session: Session,
        person: str,
        shown: Sequence[Shown],
        order: str,
        *,
        line: int,
        version: int,
        options: Mapping[str, str] | None = None,
        quantity: int | None = None,
        images: Sequence[str] | None = None,
    ) -> None:
        """Change a line before it is released, priced by the order's own version of the catalogue.

        None leaves a part as it is; ``options`` are all of them. What was paid too much is given back.

        Raises also:
            ChoiceRefused: it cannot be had like this.
            Unknown: an image is not one they see.
            NotOnAccount: it was ordered on account, and it is too much for that now.
            ShareLimitReached: a guest ordered it, and it is more than the share's owner lets its guests order now.
        """
        held = await self._held(session, (person, shown), order, version, "change")
        had = held.line(line)
        if had is None:
            raise Unknown("There is no such line.")
        if held.standing.lines[line] not in UNRELEASED:
            raise NotAsItStands("change")
        if images is not None:
            await _refuse_unseen(session, set(images) - set(had.live_images), shown)
        wanted = had.live_images if images is None else tuple(images)
        choice = Choice(
            item=had.item,
            options=dict(had.chosen if options is None else options),
            quantity=had.quantity if quantity is None else quantity,
        )
        await self._reprice(session, held, had, choice, wanted)
        await self.settling.sum_up(session, held, by=person)
        await self._keep_on_account(session, order, held)
        if held.share is not None:
            await self._keep_in_share(session, held, held.share)

    async def confirm(self, session: Session, person: str, shown: Sequence[Shown], order: str, *, version: int) -> None:
        """Confirm an order that waits for it."""
        await self._held(session, (person, shown), order, version, "confirm")
        await session.run("ordering.confirm", order, self.reading.clock.now())
        await session.run("ordering.look_again", order, self.reading.clock.now())

    async def release_now(
        self, session: Session, person: str, shown: Sequence[Shown], order: str, *, version: int
    ) -> None:
        """End the cooling-off, so that the next round releases it."""
        await self._held(session, (person, shown), order, version, "release_now")
        await session.run("ordering.end_cooling", order, self.reading.clock.now())
        await session.run("ordering.look_again", order, self.reading.clock.now())

    async def give_address(
        self, session: Session, person: str, shown: Sequence[Shown], order: str, *, address: Address, version: int
    ) -> None:
        """Keep where this order goes, boxed under the person's key; an order of a package becomes this person's.

        Until it is released it may be given again.
        """
        await self._held(session, (person, shown), order, version, "change")
        await self.reading.keep_address(session, order, person, address)
        await session.run("ordering.look_again", order, self.reading.clock.now())

    async def remake(
        self, session: Session, order: str, *, lines: Sequence[int], by: str, key: str, version: int
    ) -> str:
        """Make lines of an order once more, for nothing, as a new order; once for each ``key``. Returns its ID.

        It is for who runs the service to decide; ``by`` is noted in why it was made.
        """
        origin = f"remake {order} {key}"
        if (standing := await session.value("ordering.of_origin", origin)) is not None:
            return standing
        held = await self._held(session, None, order, version, "remake")
        can = ("refused", "made", "sent", "ready", "handed")
        if not lines or any(held.standing.lines.get(number) not in can for number in lines):
            raise NotAsItStands("remake")
        name = order_name(self.making.keyring, origin)
        made = await session.value(
            "ordering.remake", name, origin, order, sorted(set(lines)), self.reading.clock.now(), by
        )
        if made is None:
            raise NotAsItStands("remake")
        if held.person is not None and (address := await self.reading.address(session, order)) is not None:
            await self.reading.keep_address(session, made, held.person, address)
        return made

    async def _held(
        self, session: Session, who: tuple[str, Sequence[Shown]] | None, order: str, version: int, action: Action
    ) -> OrderShown:
        """Hold an order for what is about to be done with it; ``who`` is None where an operator does."""
        if await session.row("ordering.lock", order) is None:
            raise Unknown("There is no such order.")
        found = await self.reading.one(session, order)
        if who is not None and not _is_theirs(found, *who):
            raise Unknown("There is no such order.")
        if found.version != version:
            raise OrderChangedMeanwhile(found.version)
        was_handed_over = found.released_at is None and order in self.making.releases
        if was_handed_over or action not in found.standing.actions:
            raise NotAsItStands(action)
        return found

    async def _reprice(
        self, session: Session, order: OrderShown, line: LineShown, choice: Choice, images: tuple[str, ...]
    ) -> None:
        catalogue = await self.making.shelf.version(session, order.catalogue)
        priced = quote(catalogue, choice, images=len(images), currency=order.price.currency)
        item = catalogue.item(choice.item)
        if item is None:
            raise ChoiceRefused("item", "this is not in the catalogue any more")
        await self.settling.give_credit_back(session, order, line)
        credit = await self.settling.take_credit(session, order, priced)
        await session.run("ordering.change_line", order.id, line.number, *_as_kept(item, priced, credit))
        if images != line.live_images:
            pinned = {one.image: one.edit for one in line.images}
            places = list(range(1, len(images) + 1))
            await session.run("ordering.drop_images", order.id, line.number)
            edits = [pinned.get(image) for image in images]
            await session.run("ordering.add_images", order.id, line.number, places, list(images), edits)

    async def _keep_on_account(self, session: Session, order: str, before: OrderShown) -> None:
        now = await self.reading.one(session, order)
        if now.pays == "account" and now.price.minor > before.price.minor:
            lacking = Money(minor=now.price.minor - now.paid.minor, currency=now.price.currency)
            await self.making.tabs.hold(session, now.person, lacking, besides=order)

    async def _keep_in_share(self, session: Session, before: OrderShown, share: str) -> None:
        """Let no guest change their own order beyond what the share's owner lets its guests order."""
        row = await session.row("ordering_shares.hold", share)
        if row is None or row["order_limit"] is None or row["person"] == before.person:
            return
        ids = [one["id"] for one in await session.rows("ordering_shares.ids_of", share)]
        by_id = {one.id: one for one in await self.reading.all(session, ids)}
        now, currency = by_id[before.id], before.price.currency
        used = sum(one.price.minor for one in by_id.values() if one.price.currency == currency)
        if now.price.minor > before.price.minor and used > row["order_limit"]:
            raise ShareLimitReached(max(0, row["order_limit"] - used + now.price.minor), currency)


def _as_kept(item: Item, priced: Quote, credit: int | None) -> tuple[object, ...]:
    options = dict(priced.options)
    titled = msgspec.json.encode(option_titles(item, options)).decode()
    return (
        msgspec.json.encode(options).decode(), titled, priced.quantity, priced.images, priced.units, priced.piece.minor,
        priced.amount.gross.minor, priced.amount.tax.minor, priced.rate, credit,
    )  # fmt: skip


def _is_theirs(order: OrderShown, person: str, shown: Sequence[Shown]) -> bool:
    if order.person is not None:
        return order.person == person
    return order.root is not None and any(one.package == order.root for one in shown)


async def _refuse_unseen(session: Session, images: set[str], shown: Sequence[Shown]) -> None:
    rows = await session.rows("ordering.rolls_of_images", sorted(images)) if images else ()
    seen = {one.roll for one in shown}
    if {row["id"] for row in rows if row["roll"] in seen} != images:
        raise Unknown("There is no such picture.")
