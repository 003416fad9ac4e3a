"""What goods cost (S4): a choice from the catalogue, checked, and its price taken apart. Pure, so also offline.

The same catalogue and the same choice make the same price everywhere: on a phone's page, at a kiosk without network
and at the lab. A price is confirmed with the digest of its :class:`Quote`: what a customer saw is what they pay.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import msgspec

from photocore.catalogue import Amounts, Catalogue, Item, Option, Value
from photocore.errors import ChoiceRefused, MoneyMalformed
from photocore.money import Money, Taxed, with_tax

_DIGEST_BYTES: Final = 16


class Choice(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What somebody wants: an item, its options by name (left out: the usual value), and how many of it."""

    item: str
    options: dict[str, str] = msgspec.field(default_factory=dict[str, str])
    quantity: int = 1


@dataclass(frozen=True, kw_only=True)
class Quote:
    """The price of a choice. ``units`` is what was counted for one piece: images, sides of pages, or the piece itself.

    ``options`` are complete: what was left out stands there as the usual value. ``amount`` is for all pieces.
    """

    catalogue: str
    item: str
    options: Mapping[str, str]
    quantity: int
    images: int
    units: int
    piece: Money
    amount: Taxed
    rate: int

    @property
    def digest(self) -> str:
        """What a confirmation names: another price, another choice or another catalogue make another digest."""
        told = (self.catalogue, self.item, sorted(self.options.items()), self.quantity, self.images, self.units)
        money = (self.amount.gross.minor, self.amount.tax.minor, self.amount.gross.currency, self.rate)
        return hashlib.sha256(msgspec.json.encode((told, money))).hexdigest()[: 2 * _DIGEST_BYTES]


def quote(catalogue: Catalogue, choice: Choice, *, images: int, currency: str) -> Quote:
    """Return what ``choice`` costs for so many ``images``.

    Raises:
        ChoiceRefused: there is no such item, option or value, they do not go together, or there are too few or too
            many; ``error.why`` says which as one word, for the page's own sentence.
    """
    item = check_item(catalogue, choice, images=images)
    if currency not in catalogue.currencies:
        raise ChoiceRefused("currency", "there is no price in this currency")
    chosen = chosen_values(item, choice)
    units = units_of(item, images)
    each = _step(item, units, currency) + sum(value.more.get(currency, 0) for value in chosen.values())
    base = item.price.base.get(currency, 0) + sum(value.more_base.get(currency, 0) for value in chosen.values())
    rate = catalogue.rates.get(item.tax, 0)
    try:
        piece = Money(minor=max(0, base + max(0, each) * units), currency=currency)
        amount = with_tax(piece.times(choice.quantity), rate, catalogue.tax_mode)
    except MoneyMalformed as cause:
        raise ChoiceRefused("price", "that is more than can be counted") from cause
    return Quote(
        catalogue=catalogue.version,
        item=item.id,
        options={name: value.id for name, value in chosen.items()},
        quantity=choice.quantity,
        images=images,
        units=units,
        piece=piece,
        amount=amount,
        rate=rate,
    )


def check_item(catalogue: Catalogue, choice: Choice, *, images: int) -> Item:
    """Return the item of ``choice``; raises ChoiceRefused as :func:`quote`."""
    item = catalogue.item(choice.item)
    if item is None or item.is_withdrawn:
        raise ChoiceRefused("item", "this is not in the catalogue any more")
    if not 1 <= choice.quantity <= item.most_quantity:
        raise ChoiceRefused("quantity", f"1 to {item.most_quantity} of it")
    if item.takes_images and not max(1, item.least_images) <= images <= item.most_images:
        raise ChoiceRefused("images", f"{max(1, item.least_images)} to {item.most_images} images")
    return item


def chosen_values(item: Item, choice: Choice) -> dict[str, Value]:
    """Return every option's value, the usual one where none was chosen; raises ChoiceRefused as :func:`quote`."""
    if choice.options.keys() - {option.id for option in item.options}:
        raise ChoiceRefused("option", "it has no such option")
    chosen = {option.id: _value(option, choice.options.get(option.id)) for option in item.options}
    for excluded in item.exclusions:
        if all(chosen[name].id == value for name, value in excluded.items()):
            raise ChoiceRefused("together", "these do not go together")
    return chosen


def units_of(item: Item, images: int) -> int:
    """Return what is counted for the price of a piece of so many images: images, sides of pages, or the piece."""
    if item.price.unit == "piece" or not item.takes_images:
        return 1
    return images if item.price.unit == "image" else -(-images // item.images_a_page)


def _value(option: Option, wanted: str | None) -> Value:
    if wanted is None:
        return option.values[0]
    for value in option.values:
        if value.id == wanted:
            return value
    raise ChoiceRefused("value", "there is no such choice")


def _step(item: Item, units: int, currency: str) -> int:
    each: Amounts = {}
    for step in item.price.steps:
        if step.units <= units:
            each = step.each
    return each.get(currency, 0)
