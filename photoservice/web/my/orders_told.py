"""Orders as their pages show them: with pictures, who ordered, why it was made, and what was asked of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import msgspec

from photocore.catalogue import say
from photocore.orders import Stage
from photoservice.db.database import Row, Session
from photoservice.gallery.sight import Sight
from photoservice.ordering.asking import Asked
from photoservice.ordering.shown import LineShown, OrderShown
from photoservice.persons.profiles import Address
from photoservice.planning.shown import Why
from photoservice.service import Photoservice
from photoservice.web.my.pictures import Picture, pictures_of

COVERS: Final = 3
"""Pictures of an order in the list of orders."""

ON_A_LINE: Final = 12
"""Pictures of a line on the page of its order."""

MOST_OPEN: Final = 60

SIGNS: Final[Mapping[Stage, str]] = {
    **dict.fromkeys(("cooling", "waiting", "refused"), "warn"),
    **dict.fromkeys(("ready", "sent", "handed"), "ok"),
    "cancelled": "",
}
"""What colour a stage's chip has; all others are plain."""

_OVER: Final = frozenset({"sent", "handed", "cancelled"})


@dataclass(frozen=True, kw_only=True)
class LineTold:
    """A line with its pictures, the first few of them."""

    line: LineShown
    stage: Stage
    pictures: tuple[Picture, ...] = ()
    asked: Asked | None = None

    @property
    def more(self) -> int:
        """How many pictures it has besides."""
        return len(self.line.live_images) - len(self.pictures)

    @property
    def dropped(self) -> int:
        """How many pictures of it are not made."""
        return sum(1 for one in self.line.images if one.dropped)

    @property
    def can_again(self) -> bool:
        """Whether its customer may ask to have it made again."""
        return self.asked is None and self.stage in ("refused", "made", "sent", "ready", "handed")

    def title(self, language: str) -> str:
        """Return what it is called."""
        return say(dict(self.line.titles), language)

    def said(self, language: str) -> list[tuple[str, str]]:
        """Return its options and their values in words."""
        return [(say(dict(o.option_titles), language), say(dict(o.value_titles), language)) for o in self.line.options]


@dataclass(frozen=True, kw_only=True)
class OrderTold:
    """An order for a page. ``by`` names the share and guest it came from, ``why`` the crossing of its plan."""

    order: OrderShown
    lines: tuple[LineTold, ...]
    by: Row | None = None
    why: Why | None = None
    address: Address | None = None

    @property
    def sign(self) -> str:
        """The colour of its stage."""
        return SIGNS.get(self.order.standing.stage, "")

    @property
    def is_open(self) -> bool:
        """Whether anything of it is still to come."""
        return any(stage not in _OVER for stage in self.order.standing.lines.values())

    @property
    def is_shipped(self) -> bool:
        """Whether anything of it goes by parcel."""
        return any(one.line.is_shipped and one.stage != "cancelled" for one in self.lines)

    @property
    def waits(self) -> tuple[str, ...]:
        """What it waits for."""
        return self.order.waits

    def may(self, action: str) -> bool:
        """Say whether something may be done with it now."""
        return action in self.order.standing.actions

    def title(self, language: str) -> str:
        """Return what it is of: its goods, each once."""
        titles = [one for one in self.lines if one.stage != "cancelled"] or list(self.lines)
        return ", ".join(dict.fromkeys(say(dict(one.line.titles), language) for one in titles))


@dataclass(frozen=True, kw_only=True)
class Telling:
    """Puts orders together for the pages of one person, or of guests (``sight`` is empty then)."""

    session: Session
    service: Photoservice
    person: str
    sight: Sight = field(default_factory=lambda: Sight(rolls=()))

    async def listed(self, orders: Sequence[OrderShown]) -> tuple[OrderTold, ...]:
        """Return orders for a list: with the first pictures, and whom they came from."""
        wanted = [image for one in orders for line in one.lines[:1] for image in line.live_images[:COVERS]]
        found = await self._pictures(wanted)
        names = await self.service.goods.by_share.names(self.session, [one.id for one in orders if one.share])
        return tuple(
            OrderTold(order=one, lines=self._lines(one, found, COVERS), by=names.get(one.id)) for one in orders
        )

    async def whole(self, order: OrderShown) -> OrderTold:
        """Return an order for its own page."""
        goods = self.service.goods
        wanted = [image for line in order.lines for image in line.live_images[:ON_A_LINE]]
        found, asked = await self._pictures(wanted), await goods.asking.asked(self.session, [order.id])
        names = await goods.by_share.names(self.session, [order.id] if order.share else [])
        return OrderTold(
            order=order,
            lines=self._lines(order, found, ON_A_LINE, {one.line: one for one in asked.get(order.id, ())}),
            by=names.get(order.id),
            why=read_order_why(order),
            address=await goods.orders.address(self.session, order.id),
        )

    def _lines(
        self,
        order: OrderShown,
        found: Mapping[str, Picture],
        most: int,
        asked: Mapping[int, Asked] | None = None,
    ) -> tuple[LineTold, ...]:
        return tuple(
            LineTold(
                line=line,
                stage=order.standing.lines[line.number],
                pictures=tuple(found[image] for image in line.live_images[:most] if image in found),
                asked=(asked or {}).get(line.number),
            )
            for line in order.lines
        )

    async def _pictures(self, images: Sequence[str]) -> Mapping[str, Picture]:
        if not self.sight.rolls:
            return {}
        once = list(dict.fromkeys(images))
        return {one.image: one for one in await pictures_of(self.session, self.service, self.person, self.sight, once)}


def read_order_why(order: OrderShown) -> Why | None:
    """Return the crossing of a plan that an order was made at, or None of any other."""
    if order.kind != "plan":
        return None
    try:
        return msgspec.convert(order.why, Why)
    except msgspec.ValidationError:
        return None
