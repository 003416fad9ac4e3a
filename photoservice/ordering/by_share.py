"""Ordering by a third party: a guest whom a share lets order, up to what its owner laid down (O16).

An order of a guest's is the share's owner's: it goes to them, they pay it, and unless the owner set a limit it waits
until they confirm it. Where the share lets its guests pay, and the guest has an account, the order is the guest's own:
it goes to them, and they pay it; the owner sees that it was made. Either way it counts toward the share's limit.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from photocore.money import Money, none_of
from photocore.orders import Line, Order, spent
from photocore.rights import orders_up_to
from photoservice.db.database import Row, Session
from photoservice.errors import ShareOver, Unprocessable
from photoservice.goods_errors import ShareLimitReached
from photoservice.notifying.notices import Notices
from photoservice.ordering.making import Making
from photoservice.ordering.reading import Reading
from photoservice.ordering.shown import OrderShown
from photoservice.ordering.telling import named
from photoservice.ordering.wishes import LineWish, Made, OrderWish
from photoservice.sharing.caller import Caller
from photoservice.sharing.share import Share
from photoservice.sharing.shares import Shares

MOST_SHOWN: Final = 50
"""Orders of one guest by one share; an address that went astray floods nobody."""


@dataclass(frozen=True, kw_only=True)
class GuestWish:
    """What a guest wants to order. ``key`` is their form's: the same twice is one order; ``digest`` what they saw.

    ``pays_self``: they are a person with an account, whom the share lets pay.
    """

    lines: tuple[LineWish, ...]
    key: str
    digest: str
    pays_self: bool = False
    language: str = ""


@dataclass(frozen=True, kw_only=True)
class ByShare:
    """Makes and shows orders of guests."""

    making: Making
    reading: Reading
    notices: Notices
    shares: Shares

    async def left(self, session: Session, share: Share, currency: str) -> Money | None:
        """Return how much may still be ordered by a share; None where its owner set no limit."""
        if share.terms.order_limit is None:
            return None
        used = spent(_as_priced(one) for one in await self._of(session, share.id) if one.price.currency == currency)
        return Money(minor=max(0, share.terms.order_limit - used), currency=currency)

    async def make(self, session: Session, caller: Caller, wish: GuestWish) -> Made:
        """Make a guest's order, and tell the share's owner. Of two at once, one waits for the other.

        Raises:
            RightLacking: the share does not let them.
            ShareOver: it was taken back in this moment.
            Unprocessable: they have ordered as often as anybody may.
            ShareLimitReached: it is more than its owner lets its guests order.
            ChoiceRefused, PriceChanged, NothingOffered: as :meth:`Making.make`.
        """
        guest = caller.need("order")
        share = await self._held(session, caller.share)
        pays_self = wish.pays_self and share.terms.allows("pay") and caller.person is not None
        origin = f"share {share.id} {guest.id} {wish.key}"
        if (standing := await session.value("ordering.of_origin", origin)) is not None:
            return Made(order=standing, is_new=False)
        if len(await session.rows("ordering_shares.ids_of_guest", share.id, guest.id, MOST_SHOWN)) >= MOST_SHOWN:
            raise Unprocessable(f"There are {MOST_SHOWN} orders of yours by this share already.")
        quoted = await self.making.quote(session, wish.lines)
        if wish.digest == quoted.digest:
            await self._refuse_beyond(session, share, quoted.price)
        made = await self.making.make(
            session,
            OrderWish(
                origin=origin,
                kind="hand",
                lines=wish.lines,
                person=caller.person if pays_self else share.person,
                share=share.id,
                guest=guest.id,
                needs_confirmation=not pays_self and share.terms.order_limit is None,
                digest=wish.digest,
                language=wish.language,
            ),
        )
        if made.is_new:
            await self._tell(session, share, made.order, guest.name)
        return made

    async def of_guest(self, session: Session, share: Share, guest: str) -> tuple[OrderShown, ...]:
        """Return what a guest ordered by a share, the newest first."""
        rows = await session.rows("ordering_shares.ids_of_guest", share.id, guest, MOST_SHOWN)
        return await self.reading.all(session, [row["id"] for row in rows])

    async def of_others(self, session: Session, person: str) -> tuple[OrderShown, ...]:
        """Return what guests ordered for themselves by the shares of ``person``, the newest first."""
        rows = await session.rows("ordering_shares.ids_by_shares", person, MOST_SHOWN)
        return await self.reading.all(session, [row["id"] for row in rows])

    async def names(self, session: Session, orders: Sequence[str]) -> Mapping[str, Row]:
        """Return by which share and guest orders are (rows of ``ordering_shares.named``), by order."""
        return {row["id"]: row for row in await session.rows("ordering_shares.named", list(orders))}

    async def _of(self, session: Session, share: str) -> tuple[OrderShown, ...]:
        rows = await session.rows("ordering_shares.ids_of", share)
        return await self.reading.all(session, [row["id"] for row in rows])

    async def _held(self, session: Session, share: Share) -> Share:
        row = await session.row("ordering_shares.hold", share.id)
        held = None if row is None else self.shares.read(row)
        if held is None or held.terms.revoked_at is not None or not held.terms.allows("order"):
            raise ShareOver
        return held

    async def _refuse_beyond(self, session: Session, share: Share, price: Money) -> None:
        live = [one for one in await self._of(session, share.id) if one.price.currency == price.currency]
        used = spent(_as_priced(one) for one in live)
        if not orders_up_to(share.terms, used, price.minor):
            raise ShareLimitReached(max(0, (share.terms.order_limit or 0) - used), price.currency)

    async def _tell(self, session: Session, share: Share, order: str, guest: str) -> None:
        made = await self.reading.one(session, order)
        row = await session.row("persons.find", share.person)
        goods = named([line.titles for line in made.lines], row["language"] if row else "")
        about = {"order": order, "goods": goods, "guest": guest, "title": share.title}
        if made.person != share.person:
            about["path"] = f"/my/shares/{share.id}"
        await self.notices.tell(session, share.person, "order_by_share", f"order_by_share:{order}", about)


def _as_priced(order: OrderShown) -> Order:
    """Return an order as its price counts: a limit is held against lines that live."""
    lines = tuple(Line(number=one.number, steps=frozenset(step.step for step in one.steps)) for one in order.lines)
    return Order(lines=lines, price=order.price, paid=none_of(order.price.currency), pays=order.pays)
