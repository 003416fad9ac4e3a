"""The catalogue (O10; DESIGN 3, 4.17): what can be had, with which options, at which price. Versioned data. Pure.

A catalogue is written by people and read by every system, also offline: it says all that is needed to offer an item
and to price it (:mod:`photocore.pricing`). A version never changes once it is published; what was ordered keeps the
version it was ordered from.
"""

import re
from collections.abc import Iterator, Mapping
from itertools import islice, pairwise
from typing import Annotated, Final, Literal

import msgspec

from photocore.errors import CatalogueMalformed, EventMalformed, MoneyMalformed
from photocore.faults import At, Fault, is_plain
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
MOST_DAYS: Final = 365
MOST_STEPS: Final = 50
MOST_CURRENCIES: Final = 30
MOST_LANGUAGES: Final = 40
MOST_RATES: Final = 30
MOST_TITLE: Final = 120
MOST_ABOUT: Final = 2_000
MOST_FAULTS: Final = 200

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
_VERSION = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{0,31}")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")

Whole = Annotated[int, msgspec.Meta(ge=-(10**15), le=10**15)]
"""A number that can be written down again; what it may be says :func:`faults_of`."""
Titles = dict[str, str]
"""Words by language (BCP 47)."""
Amounts = dict[str, Whole]
"""Minor units by currency; negative where an option makes it cheaper."""


class _Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A part of a catalogue: nothing in it that we do not know."""


class Step(_Part, frozen=True, kw_only=True):
    """From so many units on, each costs ``each``."""

    units: Whole
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
    least_images: Whole = 1
    most_images: Whole = MOST_IMAGES
    most_quantity: Whole = MOST_QUANTITY
    images_a_page: Whole = 1
    makes_days: Whole = 3
    is_withdrawn: bool = False

    @property
    def takes_images(self) -> bool:
        """Whether it is made of images; a fresh roll is not."""
        return self.kind != "next_roll"

    def option(self, name: str) -> Option | None:
        """Return the option of that name."""
        return next((one for one in self.options if one.id == name), None)


class CatalogueDraft(_Part, frozen=True, kw_only=True):
    """A catalogue that somebody is still writing: in form, and perhaps at odds with itself (:func:`faults_of`).

    ``rates`` are in basis points by their name; the first currency is the usual one.
    """

    version: str
    currencies: tuple[str, ...]
    items: tuple[Item, ...]
    tax_mode: TaxMode = "included"
    rates: dict[str, Whole] = msgspec.field(default_factory=dict[str, int])
    languages: tuple[str, ...] = ("en",)

    def item(self, name: str) -> Item | None:
        """Return the item of that name, also a withdrawn one."""
        return next((one for one in self.items if one.id == name), None)


class Catalogue(CatalogueDraft, frozen=True, kw_only=True):
    """One version of what can be had.

    Raises:
        CatalogueMalformed: something in it contradicts itself; the sentences say what and where.
    """

    def __post_init__(self) -> None:
        if faults := faults_of(self):
            raise CatalogueMalformed("; ".join(str(fault) for fault in faults))


def read_catalogue(text: bytes) -> Catalogue:
    """Return the catalogue of its JSON.

    Raises:
        CatalogueMalformed: it is none, or contradicts itself.
    """
    try:
        return read_json(text, Catalogue)
    except EventMalformed as cause:
        raise CatalogueMalformed(str(cause)) from cause


def read_draft(text: bytes) -> CatalogueDraft:
    """Return the draft of its JSON. Raises CatalogueMalformed when it is out of form; faults are no matter here."""
    try:
        return read_json(text, CatalogueDraft)
    except EventMalformed as cause:
        raise CatalogueMalformed(str(cause)) from cause


def convert_catalogue(values: Mapping[str, object]) -> Catalogue:
    """Return the catalogue of values as TOML gives them. Raises CatalogueMalformed as :func:`read_catalogue`."""
    try:
        return msgspec.convert(values, Catalogue, strict=True)
    except msgspec.ValidationError as cause:
        raise CatalogueMalformed(str(cause)) from cause


def write_catalogue(catalogue: CatalogueDraft) -> bytes:
    """Return a catalogue as JSON; the same makes the same bytes, so that it can be signed."""
    return msgspec.json.encode(catalogue, order="deterministic")


def say(titles: Titles, language: str) -> str:
    """Return the words for ``language``, of its main language, in English, or whatever there is."""
    for wanted in (language, language.partition("-")[0], "en"):
        if wanted in titles:
            return titles[wanted]
    return next(iter(titles.values()), "")


def faults_of(catalogue: CatalogueDraft) -> tuple[Fault, ...]:
    """Return all that is wrong with a catalogue, in the order in which it is read, :data:`MOST_FAULTS` at most."""
    return tuple(islice(_faults(catalogue), MOST_FAULTS))


def _faults(catalogue: CatalogueDraft) -> Iterator[Fault]:
    at = At()
    if _VERSION.fullmatch(catalogue.version) is None:
        yield at.to("version").fault("version")
    many = len(catalogue.currencies) > MOST_CURRENCIES or len(set(catalogue.currencies)) != len(catalogue.currencies)
    if not catalogue.currencies or many:
        yield at.to("currencies").fault("currencies", most=MOST_CURRENCIES)
    for currency in catalogue.currencies:
        if not _is_currency(currency):
            yield at.to("currencies").fault("currency", currency=currency)
    strange = any(_LANGUAGE.fullmatch(one) is None for one in catalogue.languages)
    if not 1 <= len(catalogue.languages) <= MOST_LANGUAGES or strange:
        yield at.to("languages").fault("languages", most=MOST_LANGUAGES)
    if len(catalogue.rates) > MOST_RATES:
        yield at.to("rates").fault("rates", most=MOST_RATES)
    for name, rate in catalogue.rates.items():
        if _NAME.fullmatch(name) is None:
            yield at.to("rates").fault("name", name=name)
        if not 0 <= rate <= MOST_RATE:
            yield at.to("rates").to(name, name).fault("rate")
    if len(catalogue.items) > MOST_ITEMS:
        yield at.to("items").fault("items", most=MOST_ITEMS)
    if (twice := _twice(one.id for one in catalogue.items)) is not None:
        yield at.to("items").fault("twice", name=twice)
    for number, item in enumerate(catalogue.items[:MOST_ITEMS]):
        yield from _item_faults(catalogue, item, at.to("items").to(number, item.id))


def _item_faults(catalogue: CatalogueDraft, item: Item, at: At) -> Iterator[Fault]:
    yield from _name_faults(catalogue, item.id, item.titles, at)
    if any(len(about) > MOST_ABOUT or "\0" in about for about in item.about.values()):
        yield at.to("about").fault("about", most=MOST_ABOUT)
    if item.tax and item.tax not in catalogue.rates:
        yield at.to("tax").fault("no_rate", name=item.tax)
    if not 0 <= item.least_images <= item.most_images <= MOST_IMAGES:
        yield at.to("least_images").fault("images", most=MOST_IMAGES)
    if not 1 <= item.most_quantity <= MOST_QUANTITY:
        yield at.to("most_quantity").fault("quantity", most=MOST_QUANTITY)
    if not 1 <= item.images_a_page <= MOST_IMAGES:
        yield at.to("images_a_page").fault("page", most=MOST_IMAGES)
    if not 0 <= item.makes_days <= MOST_DAYS:
        yield at.to("makes_days").fault("days", most=MOST_DAYS)
    if len(item.options) > MOST_OPTIONS:
        yield at.to("options").fault("options", most=MOST_OPTIONS)
    if (twice := _twice(one.id for one in item.options)) is not None:
        yield at.to("options").fault("twice", name=twice)
    for number, option in enumerate(item.options[:MOST_OPTIONS]):
        yield from _option_faults(catalogue, option, at.to("options").to(number, option.id))
    yield from _exclusion_faults(item, at.to("exclusions"))
    yield from _price_faults(catalogue, item.price, at.to("price"))


def _option_faults(catalogue: CatalogueDraft, option: Option, at: At) -> Iterator[Fault]:
    yield from _name_faults(catalogue, option.id, option.titles, at)
    if not 1 <= len(option.values) <= MOST_VALUES:
        yield at.to("values").fault("values", most=MOST_VALUES)
    if (twice := _twice(one.id for one in option.values)) is not None:
        yield at.to("values").fault("twice", name=twice)
    for number, value in enumerate(option.values[:MOST_VALUES]):
        here = at.to("values").to(number, value.id)
        yield from _name_faults(catalogue, value.id, value.titles, here)
        yield from _amount_faults(catalogue, value.more, here.to("more"), least=-MOST_MINOR)
        yield from _amount_faults(catalogue, value.more_base, here.to("more_base"), least=-MOST_MINOR)


def _exclusion_faults(item: Item, at: At) -> Iterator[Fault]:
    if len(item.exclusions) > MOST_EXCLUSIONS:
        yield at.fault("exclusions", most=MOST_EXCLUSIONS)
    usual = {option.id: option.values[0].id for option in item.options if option.values}
    for number, excluded in enumerate(item.exclusions[:MOST_EXCLUSIONS]):
        here = at.to(number)
        if len(excluded) < 2:
            yield here.fault("exclusion_short")
        elif excluded.items() <= usual.items():
            yield here.fault("exclusion_usual")
        for name, chosen in excluded.items():
            option = item.option(name)
            if option is None or all(value.id != chosen for value in option.values):
                yield here.fault("exclusion_strange", name=name, value=chosen)


def _price_faults(catalogue: CatalogueDraft, price: Price, at: At) -> Iterator[Fault]:
    yield from _amount_faults(catalogue, price.base, at.to("base"), is_whole=bool(price.base))
    if not price.base and not price.steps:
        yield at.to("base").fault("no_price")
    if len(price.steps) > MOST_STEPS:
        yield at.to("steps").fault("steps", most=MOST_STEPS)
    if price.steps and price.steps[0].units != 1:
        yield at.to("steps").to(0).to("units").fault("first_step")
    if any(one.units >= two.units for one, two in pairwise(price.steps)):
        yield at.to("steps").fault("steps_rise")
    for number, step in enumerate(price.steps[:MOST_STEPS]):
        if not 1 <= step.units <= MOST_IMAGES:
            yield at.to("steps").to(number).to("units").fault("step", most=MOST_IMAGES)
        yield from _amount_faults(catalogue, step.each, at.to("steps").to(number).to("each"), is_whole=True)


def _amount_faults(
    catalogue: CatalogueDraft, amounts: Amounts, at: At, *, is_whole: bool = False, least: int = 0
) -> Iterator[Fault]:
    """Say what is wrong with amounts; ``is_whole``: every currency must be there, else one that is left out is 0."""
    for strange in sorted(amounts.keys() - set(catalogue.currencies)):
        yield at.fault("strange_currency", currency=strange)
    for currency in catalogue.currencies if is_whole else ():
        if currency not in amounts:
            yield at.to(currency).fault("unpriced", currency=currency)
    for currency, minor in amounts.items():
        if not least <= minor <= MOST_MINOR:
            yield at.to(currency).fault("amount" if least < 0 else "amount_below")


def _name_faults(catalogue: CatalogueDraft, name: str, titles: Titles, at: At) -> Iterator[Fault]:
    if _NAME.fullmatch(name) is None:
        yield at.to("id").fault("name", name=name)
    for language in catalogue.languages[:MOST_LANGUAGES]:
        if not titles.get(language, "").strip():
            yield at.to("titles").to(language).fault("untitled", language=language)
    for language, title in titles.items():
        if len(title) > MOST_TITLE or not is_plain(title) or _LANGUAGE.fullmatch(language) is None:
            yield at.to("titles").to(language).fault("title", most=MOST_TITLE)


def _is_currency(text: str) -> bool:
    try:
        Money(minor=0, currency=text)
    except MoneyMalformed:
        return False
    return True


def _twice(names: Iterator[str]) -> str | None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            return name
        seen.add(name)
    return None
