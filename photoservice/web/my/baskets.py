"""What somebody is ordering, as the pages of ordering pass it on from one to the next in their addresses and forms.

Nothing is kept until an order is made: pictures, lines and the key that makes it one order stand in the address. All
lines of an order are of the same pictures; goods that need none take none.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import urlencode

from photocore.catalogue import Catalogue, Item, say
from photocore.crockford import mint
from photocore.errors import ChoiceRefused
from photocore.money import Money, total
from photocore.pricing import Choice, Quote, quote
from photocore.seams import Entropy
from photoservice.errors import Malformed
from photoservice.ordering.wishes import LineWish, Quoted

MOST_LINES: Final = 12
OPTION: Final = "o-"
"""How the fields of options begin."""

_KEY: Final = re.compile(r"[0-9A-Z]{12,40}")
_KEY_SYMBOLS: Final = 20
_LINE: Final = re.compile(r"([a-z0-9][a-z0-9_-]{0,39}):([0-9]{1,6}):([a-z0-9_=,-]{0,1000})")
_PAIR: Final = re.compile(r"([a-z0-9][a-z0-9_-]{0,39})=([a-z0-9][a-z0-9_-]{0,39})")


@dataclass(frozen=True, kw_only=True)
class Offer:
    """Goods for the pictures of a basket: the least it costs for them, or in one word why it cannot be had."""

    item: Item
    price: Money | None = None
    trouble: str = ""


@dataclass(frozen=True, kw_only=True)
class Priced:
    """A choice and its price; or why it cannot be had so, in one word. ``is_prepaid``: a package has paid for it."""

    item: Item
    choice: Choice
    quote: Quote | None = None
    trouble: str = ""
    is_prepaid: bool = False

    def said(self, language: str) -> list[tuple[str, str]]:
        """Return the options and their values in words."""
        chosen = self.quote.options if self.quote else self.choice.options
        found = [(option, chosen.get(option.id)) for option in self.item.options]
        return [
            (say(option.titles, language), say(value.titles, language))
            for option, wanted in found
            for value in option.values
            if value.id == wanted
        ]


@dataclass(frozen=True, kw_only=True)
class Basket:
    """What is being ordered. ``base`` is where the pages are; ``named`` the fields that name the pictures."""

    base: str
    named: tuple[tuple[str, str], ...] = ()
    images: tuple[str, ...] = ()
    lines: tuple[Choice, ...] = ()
    key: str = ""

    @property
    def fields(self) -> list[tuple[str, str]]:
        """The fields of a form that goes on with it."""
        return [*self.named, *(("line", write_line(one)) for one in self.lines), ("key", self.key)]

    @property
    def whole_fields(self) -> list[tuple[str, str]]:
        """The same with each picture by name, so that what is confirmed is what was seen."""
        return [("image", image) for image in self.images] + self.fields[len(self.named) :]

    def at(self, path: str = "") -> str:
        """Return the address of a page that goes on with it."""
        return f"{self.base}{path}?{urlencode(self.fields)}"

    def with_line(self, choice: Choice) -> "Basket":
        """Return it with one more line. Raises Malformed when there are too many."""
        if len(self.lines) >= MOST_LINES:
            raise Malformed(f"An order has at most {MOST_LINES} lines here.")
        return replace(self, lines=(*self.lines, choice))

    def without_line(self, place: int) -> "Basket":
        """Return it without the line at ``place``."""
        return replace(self, lines=tuple(one for nr, one in enumerate(self.lines) if nr != place))

    def wishes(self, catalogue: Catalogue) -> tuple[LineWish, ...]:
        """Return the lines as they are ordered."""
        return tuple(
            LineWish(choice=one, images=self.images if takes_images(catalogue, one.item) else ()) for one in self.lines
        )

    def priced(self, catalogue: Catalogue, choice: Choice, currency: str) -> Priced | None:
        """Return a choice with its price for these pictures; None where there are no such goods at all."""
        item = catalogue.item(choice.item)
        if item is None or item.is_withdrawn:
            return None
        try:
            images = len(self.images) if item.takes_images else 0
            return Priced(item=item, choice=choice, quote=quote(catalogue, choice, images=images, currency=currency))
        except ChoiceRefused as refused:
            return Priced(item=item, choice=choice, trouble=refused.why)

    def offers(self, catalogue: Catalogue, currency: str) -> tuple[Offer, ...]:
        """Return all goods there are, with what they cost as they usually are."""
        return tuple(self._offer(catalogue, item, currency) for item in catalogue.items if not item.is_withdrawn)

    def _offer(self, catalogue: Catalogue, item: Item, currency: str) -> Offer:
        found = self.priced(catalogue, Choice(item=item.id), currency)
        if found is None or found.quote is None:
            return Offer(item=item, trouble=found.trouble if found else "item")
        return Offer(item=item, price=found.quote.amount.gross)


def takes_images(catalogue: Catalogue, item: str) -> bool:
    """Say whether goods are made of pictures; what nobody knows is."""
    found = catalogue.item(item)
    return found is None or found.takes_images


def read_key(entropy: Entropy, text: str) -> str:
    """Return the key that a page passed on, or a fresh one."""
    return text if _KEY.fullmatch(text) else mint(entropy, _KEY_SYMBOLS)


def is_key(text: str) -> bool:
    """Say whether a form brings a key of ours."""
    return _KEY.fullmatch(text) is not None


def write_line(choice: Choice) -> str:
    """Return a choice in one field."""
    chosen = ",".join(f"{name}={value}" for name, value in sorted(choice.options.items()))
    return f"{choice.item}:{choice.quantity}:{chosen}"


def read_lines(texts: Sequence[str]) -> tuple[Choice, ...]:
    """Return the choices of their fields.

    Raises:
        Malformed: one is none of ours, or there are too many.
    """
    if len(texts) > MOST_LINES:
        raise Malformed(f"An order has at most {MOST_LINES} lines here.")
    return tuple(_line(text) for text in texts)


def read_choice(item: str, fields: Mapping[str, Sequence[str]]) -> Choice:
    """Return what a form chose of ``item``; a quantity that is no number is none, which the price then refuses."""
    chosen = {
        name.removeprefix(OPTION): values[-1][:40]
        for name, values in fields.items()
        if name.startswith(OPTION) and values
    }
    return Choice(item=item, options=chosen, quantity=read_number((fields.get("quantity") or ["1"])[-1]))


def read_number(text: str) -> int:
    """Return a number as people type it; 0 for anything else, which nothing may be."""
    said = text.strip()
    return int(said) if said.isascii() and said.isdecimal() and len(said) <= 6 else 0


def to_pay(quoted: Quoted, prepaid: Sequence[int | None]) -> tuple[Money, Money]:
    """Return what is to be paid of lines, and the tax in it, when some are ``prepaid`` by a package's credit."""
    open_lines = [one for one, place in zip(quoted.lines, prepaid, strict=True) if place is None]
    gross = total((one.amount.gross for one in open_lines), quoted.currency)
    return gross, total((one.amount.tax for one in open_lines), quoted.currency)


def _line(text: str) -> Choice:
    found = _LINE.fullmatch(text)
    pairs = [_PAIR.fullmatch(one) for one in found[3].split(",")] if found and found[3] else []
    if found is None or any(one is None for one in pairs):
        raise Malformed("There are no such goods.")
    return Choice(item=found[1], options={one[1]: one[2] for one in pairs if one}, quantity=int(found[2]))
