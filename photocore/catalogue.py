"""The catalogue (O10; DESIGN 3, 4.17): what can be had, with which options, at which price. Versioned data. Pure.

A catalogue is written by people and read by every system, also offline: it says all that is needed to offer an item
and to price it (:mod:`photocore.pricing`). A version never changes once it is published; what was ordered keeps the
version it was ordered from.
"""

import re
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Final, Literal

import msgspec

from photocore.errors import CatalogueMalformed, EventMalformed, MoneyMalformed
from photocore.jsontext import read_json
from photocore.money import MOST_MINOR, MOST_RATE, Money, TaxMode

Kind = Literal["disc", "album_pages", "prints", "index_print", "next_roll", "archive_download"]
Unit = Literal["piece", "image", "page"]
"""What is counted for the price: the goods, the images on them, or the sides of pages."""

MOST_ITEMS: Final = 500
MOST_OPTIONS: Final = 12
MOST_VALUES: Final = 60
MOST_EXCLUSIONS: Final = 200
MOST_QUANTITY: Final = 999
MOST_IMAGES: Final = 10_000

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
_VERSION = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{0,31}")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")

Titles = dict[str, str]
"""Words by language (BCP 47)."""
Amounts = dict[str, int]
"""Minor units by currency; negative where an option makes it cheaper."""


class _Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A part of a catalogue: nothing in it that we do not know."""


class Step(_Part, frozen=True, kw_only=True):
    """From so many units on, each costs ``each``."""

    units: int
    each: Amounts


class Price(_Part, frozen=True, kw_only=True):
    """``base`` once a piece of goods, and ``steps`` for each ``unit``: the step that fits holds for all units."""

    unit: Unit
    base: Amounts = msgspec.field(default_factory=dict[str, int])
    steps: tuple[Step, ...] = ()


class Value(_Part, frozen=True, kw_only=True):
    """One choice of an option; ``more`` is what it costs more for each unit, ``more_base`` once a piece."""

    id: str
    titles: Titles
    more: Amounts = msgspec.field(default_factory=dict[str, int])
    more_base: Amounts = msgspec.field(default_factory=dict[str, int])


class Option(_Part, frozen=True, kw_only=True):
    """Something that is chosen, such as a size; the first value is the usual one."""

    id: str
    titles: Titles
    values: tuple[Value, ...]


class Item(_Part, frozen=True, kw_only=True):
    """Goods or a service. ``exclusions`` are choices that do not go together: option to value, two or more.

    ``makes_days`` is how long making usually takes. ``tax`` names a rate of the catalogue.
    """

    id: str
    kind: Kind
    titles: Titles
    price: Price
    about: Titles = msgspec.field(default_factory=dict[str, str])
    options: tuple[Option, ...] = ()
    exclusions: tuple[dict[str, str], ...] = ()
    tax: str = ""
    is_shipped: bool = True
    least_images: int = 1
    most_images: int = MOST_IMAGES
    most_quantity: int = MOST_QUANTITY
    images_a_page: int = 1
    makes_days: int = 3
    is_withdrawn: bool = False

    @property
    def takes_images(self) -> bool:
        """Whether it is made of images; a fresh roll is not."""
        return self.kind != "next_roll"

    def option(self, name: str) -> Option | None:
        """Return the option of that name."""
        return next((one for one in self.options if one.id == name), None)


class Catalogue(_Part, frozen=True, kw_only=True):
    """One version of what can be had. ``rates`` are in basis points by their name; the first currency is the usual one.

    Raises:
        CatalogueMalformed: something in it contradicts itself; the sentence says what and where.
    """

    version: str
    currencies: tuple[str, ...]
    items: tuple[Item, ...]
    tax_mode: TaxMode = "included"
    rates: dict[str, int] = msgspec.field(default_factory=dict[str, int])
    languages: tuple[str, ...] = ("en",)

    def __post_init__(self) -> None:
        for fault in _faults(self):
            raise CatalogueMalformed(fault)

    def item(self, name: str) -> Item | None:
        """Return the item of that name, also a withdrawn one."""
        return next((one for one in self.items if one.id == name), None)


def read_catalogue(text: bytes) -> Catalogue:
    """Return the catalogue of its JSON.

    Raises:
        CatalogueMalformed: it is none, or contradicts itself.
    """
    try:
        return read_json(text, Catalogue)
    except EventMalformed as cause:
        raise CatalogueMalformed(str(cause)) from cause


def convert_catalogue(values: Mapping[str, object]) -> Catalogue:
    """Return the catalogue of values as TOML gives them. Raises CatalogueMalformed as :func:`read_catalogue`."""
    try:
        return msgspec.convert(values, Catalogue, strict=True)
    except msgspec.ValidationError as cause:
        raise CatalogueMalformed(str(cause)) from cause


def write_catalogue(catalogue: Catalogue) -> bytes:
    """Return a catalogue as JSON; the same makes the same bytes, so that it can be signed."""
    return msgspec.json.encode(catalogue, order="deterministic")


def say(titles: Titles, language: str) -> str:
    """Return the words for ``language``, of its main language, in English, or whatever there is."""
    for wanted in (language, language.partition("-")[0], "en"):
        if wanted in titles:
            return titles[wanted]
    return next(iter(titles.values()), "")


def _faults(catalogue: Catalogue) -> Iterator[str]:
    """Say what is wrong; whoever reads it looks at the first alone."""
    if _VERSION.fullmatch(catalogue.version) is None:
        yield "a version is up to 32 letters, digits, dots and dashes"
    if not catalogue.currencies or len(set(catalogue.currencies)) != len(catalogue.currencies):
        yield "at least one currency, each once"
    for currency in catalogue.currencies:
        try:
            Money(minor=0, currency=currency)
        except MoneyMalformed as cause:
            yield f"{currency[:10]!r}: {cause}"
    if not catalogue.languages or any(_LANGUAGE.fullmatch(one) is None for one in catalogue.languages):
        yield "at least one language, each by its BCP 47 tag"
    if any(not 0 <= rate <= MOST_RATE for rate in catalogue.rates.values()):
        yield "a rate of tax is 0 to 10,000 basis points"
    if len(catalogue.items) > MOST_ITEMS:
        yield f"more than {MOST_ITEMS} items"
    if (twice := _twice(one.id for one in catalogue.items)) is not None:
        yield f"two items are called {twice}"
    for item in catalogue.items:
        yield from (f"item {item.id[:40]}: {fault}" for fault in _item_faults(catalogue, item))


def _item_faults(catalogue: Catalogue, item: Item) -> Iterator[str]:
    yield from _name_faults(catalogue, item.id, item.titles)
    if item.tax and item.tax not in catalogue.rates:
        yield f"there is no rate {item.tax[:40]}"
    if not 0 <= item.least_images <= item.most_images <= MOST_IMAGES:
        yield "images: from 0 to 10,000, the least not above the most"
    if not 1 <= item.most_quantity <= MOST_QUANTITY:
        yield f"quantity: 1 to {MOST_QUANTITY}"
    if not 1 <= item.images_a_page <= MOST_IMAGES or not 0 <= item.makes_days <= 365:
        yield "images a page from 1 on, days of making from 0 to 365"
    if len(item.options) > MOST_OPTIONS or len(item.exclusions) > MOST_EXCLUSIONS:
        yield "too many options or exclusions"
    if (twice := _twice(one.id for one in item.options)) is not None:
        yield f"two options are called {twice}"
    for option in item.options:
        yield from (f"option {option.id[:40]}: {fault}" for fault in _option_faults(catalogue, option))
    for excluded in item.exclusions:
        yield from _exclusion_faults(item, excluded)
    yield from _price_faults(catalogue, item.price)


def _option_faults(catalogue: Catalogue, option: Option) -> Iterator[str]:
    yield from _name_faults(catalogue, option.id, option.titles)
    if not 1 <= len(option.values) <= MOST_VALUES:
        yield f"1 to {MOST_VALUES} values"
    if (twice := _twice(one.id for one in option.values)) is not None:
        yield f"two values are called {twice}"
    for value in option.values:
        yield from _name_faults(catalogue, value.id, value.titles)
        yield from _amount_faults(catalogue, value.more, whole=False)
        yield from _amount_faults(catalogue, value.more_base, whole=False)


def _exclusion_faults(item: Item, excluded: Mapping[str, str]) -> Iterator[str]:
    if len(excluded) < 2:
        yield "an exclusion names two options or more"
    for name, chosen in excluded.items():
        option = item.option(name)
        if option is None or all(value.id != chosen for value in option.values):
            yield f"an exclusion names {name[:40]} = {chosen[:40]}, which there is not"


def _price_faults(catalogue: Catalogue, price: Price) -> Iterator[str]:
    yield from _amount_faults(catalogue, price.base, whole=bool(price.base), least=0)
    if not price.base and not price.steps:
        yield "no price; goods for nothing have a base of 0"
    if price.steps and price.steps[0].units != 1:
        yield "the first step begins at one unit"
    if any(one.units >= two.units for one, two in pairwise(price.steps)):
        yield "steps rise"
    for step in price.steps:
        yield from _amount_faults(catalogue, step.each, whole=True, least=0)


def _amount_faults(catalogue: Catalogue, amounts: Amounts, *, whole: bool, least: int = -MOST_MINOR) -> Iterator[str]:
    """Say what is wrong with amounts; ``whole``: every currency must be there, else the one left out is 0."""
    if strange := amounts.keys() - set(catalogue.currencies):
        yield f"a price in {min(strange)[:10]}, which is none of the currencies"
    if whole and (missing := set(catalogue.currencies) - amounts.keys()):
        yield f"no price in {min(missing)}"
    if any(not least <= minor <= MOST_MINOR for minor in amounts.values()):
        yield "a price below 0, or beyond all measure"


def _name_faults(catalogue: Catalogue, name: str, titles: Titles) -> Iterator[str]:
    if _NAME.fullmatch(name) is None:
        yield "a name is up to 40 small letters, digits, - and _"
    for language in catalogue.languages:
        if not titles.get(language, "").strip():
            yield f"{name[:40]} has no title in {language}"


def _twice(names: Iterator[str]) -> str | None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            return name[:40]
        seen.add(name)
    return None
