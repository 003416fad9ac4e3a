"""Making orders: each once for what it was made for, priced by the catalogue in force, with a snapshot of what it says.

The order's row is inserted under the unique key of its origin. Whoever comes second, at once or after a year, with the
same wish or another one, gets the order that stands. What a package has prepaid is taken in the same transaction.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, cast

import msgspec

from photocore.catalogue import Catalogue, Item
from photocore.errors import ChoiceRefused, MoneyMalformed
from photocore.money import Money, none_of, total
from photocore.orders import Pays
from photocore.pricing import Quote, quote
from photocore.seams import Clock
from photoservice.db.database import Row, Session
from photoservice.errors import Unprocessable
from photoservice.keyring import Keyring
from photoservice.ordering.errors import PriceChanged
from photoservice.ordering.names import order_name
from photoservice.ordering.ports import OnAccount, Shelf
from photoservice.ordering.releases import Releases
from photoservice.ordering.telling import Telling
from photoservice.ordering.wishes import MOST_LINES, LineWish, Made, OrderWish, Quoted
from photoservice.paying.errors import NotOnAccount

_NAMES: Final = 100
"""Names tried for an order; that two share one happens about once in a house's life."""

MOST_OPEN: Final = 100
"""Orders by hand that somebody may have open at a time: whoever wants more, or floods us, finishes some first."""


@dataclass(frozen=True, kw_only=True)
class Making:
    """Makes orders."""

    clock: Clock
    keyring: Keyring
    shelf: Shelf
    tabs: OnAccount
    telling: Telling
    releases: Releases

    async def quote(self, session: Session, lines: Sequence[LineWish], currency: str | None = None) -> Quoted:
        """Return what lines would cost now; its ``digest`` goes into the wish of whoever confirms it.

        Raises:
            ChoiceRefused: one of them cannot be had; ``error.why`` says why in one word.
            NothingOffered: there is no catalogue.
        """
        return _quote(await self.shelf.current(session), lines, currency)

    async def make(self, session: Session, wish: OrderWish) -> Made:
        """Make an order, unless one stands for the origin; that one stays as it is, whatever the wish says.

        Whether whoever asks may see the images, they have looked. People are told of what was made for them.

        Raises:
            ChoiceRefused: a line cannot be had (any more); ``error.why`` says why in one word.
            PriceChanged: the wish names another price than holds now.
            NothingOffered: there is no catalogue.
            NotOnAccount: somebody orders on account by hand, and may not, or not so much.
            Unprocessable: they have :data:`MOST_OPEN` open orders by hand.
        """
        if (standing := await session.value("ordering.of_origin", wish.origin)) is not None:
            return Made(order=standing, is_new=False)
        catalogue = await self.shelf.current(session)
        quoted = _quote(catalogue, wish.lines, wish.currency)
        if wish.kind == "hand" and wish.share is None and await self._have_open(session, wish.person) >= MOST_OPEN:
            raise Unprocessable(f"There are {MOST_OPEN} open orders of yours already.")
        if wish.digest is not None and wish.digest != quoted.digest:
            price = quoted.price
            raise PriceChanged(digest=quoted.digest, minor=price.minor, currency=price.currency)
        prepaid = await session.rows("ordering.credits", wish.root) if wish.root else ()
        covered = fit(prepaid, quoted.lines)
        order, is_new = await self._insert(session, wish, catalogue, (quoted, covered))
        if is_new:
            for line, place in zip(quoted.lines, covered, strict=True):
                if place is not None:
                    await session.run("ordering.take_credit", wish.root, place, line.quantity)
            await self._tell(session, order, wish)
        return Made(order=order, is_new=is_new)

    async def _have_open(self, session: Session, person: str | None) -> int:
        """Return how many open orders somebody made by hand; guests of their shares have a limit of their own."""
        return 0 if person is None else int(await session.value("ordering.count_open", person, MOST_OPEN))

    async def _insert(
        self, session: Session, wish: OrderWish, catalogue: Catalogue, priced: tuple[Quoted, Sequence[int | None]]
    ) -> tuple[str, bool]:
        quoted, covered = priced
        price, tax = _to_pay(quoted, covered)
        pays = await self._pays(session, wish, price, covered)
        money = (quoted.catalogue, quoted.currency, price.minor, tax.minor, pays)
        items = [cast("Item", catalogue.item(line.item)) for line in quoted.lines]
        told = enumerate(zip(items, quoted.lines, covered, strict=True), start=1)
        lines = _columns([_line(number, *one) for number, one in told], 15)
        wished = enumerate(zip(items, wish.lines, strict=True), start=1)
        pictures = _columns([one for number, line in wished for one in _images(number, *line)], 4)
        for attempt in range(_NAMES):
            name = order_name(self.keyring, wish.origin, attempt)
            row = (*_whose(wish), *money, *self._times(wish, name))
            if await session.value("ordering.make", name, *row, *lines, *pictures):
                return name, True
            standing = await session.value("ordering.of_origin", wish.origin)
            if standing is not None:
                return standing, False
        raise AssertionError("no name is left for an order")

    def _times(self, wish: OrderWish, name: str) -> tuple[object, ...]:
        now = self.clock.now()
        was_handed_over = name in self.releases  # by this house, before its database came back from a backup
        cooling = None if wish.cooling is None or was_handed_over else now + wish.cooling
        return (cooling, wish.needs_confirmation, wish.language, cooling or now, None, now, now)

    async def _pays(self, session: Session, wish: OrderWish, price: Money, covered: Sequence[int | None]) -> Pays:
        if price.minor == 0:
            return "prepaid" if any(place is not None for place in covered) else "nothing"
        if wish.pays == "account":
            try:
                await self.tabs.hold(session, wish.person, price)
            except NotOnAccount:
                if wish.kind == "hand":
                    raise
                return "till"
            return "account"
        return wish.pays if wish.pays in ("till", "checkout") else "till"

    async def _tell(self, session: Session, order: str, wish: OrderWish) -> None:
        if wish.kind in ("plan", "next_roll") and order not in self.releases:
            await self.telling.tell(session, order, "order_made", (wish.person, wish.root))


def fit(prepaid: Sequence[Row], lines: Sequence[Quote]) -> list[int | None]:
    """Return which of a package's credits covers each line wholly, by its place; None where it is to be paid.

    A piece of a line takes a piece of the credit, and is of no more images or pages than a piece of the credit covers.
    """
    free = {row["place"]: row["free"] for row in prepaid}
    asked = {row["place"]: msgspec.json.decode(row["options"], type=dict[str, str]) for row in prepaid}
    covered: list[int | None] = []
    for line in lines:
        place = next(
            (
                row["place"]
                for row in prepaid
                if row["item"] == line.item
                and free[row["place"]] >= line.quantity
                and row["most_units"] >= line.units
                and all(line.options.get(name) == value for name, value in asked[row["place"]].items())
            ),
            None,
        )
        if place is not None:
            free[place] -= line.quantity
        covered.append(place)
    return covered


def option_titles(item: Item, options: dict[str, str]) -> dict[str, tuple[dict[str, str], dict[str, str]]]:
    """Return what chosen options are called: each one's title and its value's, by language."""
    titles: dict[str, tuple[dict[str, str], dict[str, str]]] = {}
    for name, chosen in options.items():
        option = item.option(name)
        value = next((one for one in option.values if one.id == chosen), None) if option else None
        if option and value:
            titles[name] = (option.titles, value.titles)
    return titles


def _quote(catalogue: Catalogue, lines: Sequence[LineWish], currency: str | None) -> Quoted:
    if not 1 <= len(lines) <= MOST_LINES:
        raise ChoiceRefused("quantity", f"1 to {MOST_LINES} lines")
    chosen = currency or catalogue.currencies[0]
    quotes = tuple(quote(catalogue, line.choice, images=len(line.images), currency=chosen) for line in lines)
    quoted = Quoted(catalogue=catalogue.version, currency=chosen, lines=quotes)
    try:
        _ = quoted.price
    except MoneyMalformed as cause:
        raise ChoiceRefused("price", "that is more than can be counted") from cause
    return quoted


def _to_pay(quoted: Quoted, covered: Sequence[int | None]) -> tuple[Money, Money]:
    open_lines = [line for line, place in zip(quoted.lines, covered, strict=True) if place is None]
    if not open_lines:
        return none_of(quoted.currency), none_of(quoted.currency)
    gross = total((line.amount.gross for line in open_lines), quoted.currency)
    return gross, total((line.amount.tax for line in open_lines), quoted.currency)


def _whose(wish: OrderWish) -> tuple[object, ...]:
    of = (wish.person, wish.root, wish.plan, wish.firing, wish.roll, wish.share, wish.guest)
    return (wish.origin, wish.kind, *of, msgspec.json.encode(wish.why).decode())


def _line(number: int, item: Item, priced: Quote, credit: int | None) -> tuple[object, ...]:
    options = dict(priced.options)
    said = (item.titles, options, option_titles(item, options))
    return (
        number, item.id, item.kind, *(msgspec.json.encode(one).decode() for one in said), priced.quantity,
        priced.images if item.takes_images else 0, priced.units, priced.piece.minor, priced.amount.gross.minor,
        priced.amount.tax.minor, priced.rate, item.is_shipped, credit,
    )  # fmt: skip


def _images(number: int, item: Item, line: LineWish) -> list[tuple[object, ...]]:
    if not item.takes_images:
        return []
    return [(number, place, image, line.edits.get(image)) for place, image in enumerate(line.images, start=1)]


def _columns(rows: Sequence[tuple[object, ...]], width: int) -> list[list[object]]:
    """Return rows as columns, as ``unnest`` takes them."""
    return [[row[place] for row in rows] for place in range(width)]
