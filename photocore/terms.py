"""What a package product brings along (O4, O7, O15, S4): goods its price has paid for, and plans that begin by itself.

Written by staff for a GTIN, and applied once to each package of it when it is registered. Pure.
"""

from collections.abc import Iterator, Mapping
from typing import Final, Literal

import msgspec

from photocore.catalogue import MOST_IMAGES, MOST_OPTIONS, MOST_QUANTITY, Catalogue, Item
from photocore.criteria import Criterion, Images, parts_of
from photocore.errors import ChoiceRefused, EventMalformed, TermsMalformed
from photocore.faults import is_plain
from photocore.jsontext import read_json
from photocore.pricing import Choice, chosen_values

PlanKind = Literal["goods", "next_roll"]

MOST_CREDITS: Final = 24
MOST_PLANS: Final = 12
MOST_COOLING_HOURS: Final = 30 * 24
MOST_NAME: Final = 80

USUAL_COOLING_HOURS: Final = 24
"""How long an order that made itself waits for its people to change or cancel it, where the terms do not say."""


class Credit(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """So many ``pieces`` of an item that the package's price has paid for. Options that are left out may be any.

    ``most_units`` is how many images or sides of pages each piece covers, of an item that is priced by them; a line of
    more is not covered. What is priced by the piece says none.

    Raises:
        TermsMalformed: not 1 to :data:`~photocore.catalogue.MOST_QUANTITY` pieces, or more units than anything has.
    """

    item: str
    options: dict[str, str] = msgspec.field(default_factory=dict[str, str])
    pieces: int = 1
    most_units: int = 0

    def __post_init__(self) -> None:
        if not 1 <= self.pieces <= MOST_QUANTITY or len(self.options) > MOST_OPTIONS:
            raise TermsMalformed(f"{self.item[:40]}: 1 to {MOST_QUANTITY} pieces are prepaid")
        if not 0 <= self.most_units <= MOST_IMAGES:
            raise TermsMalformed(f"{self.item[:40]}: a piece covers up to {MOST_IMAGES} images or pages")


class PlanTerms(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A plan that packages begin with: ``when`` it makes what, once or again and again. A next roll has no ``when``.

    Raises:
        TermsMalformed: it contradicts itself or goes beyond its limits.
    """

    make: Choice
    name: str = ""
    when: Criterion | None = None
    repeats: bool = False
    cooling_hours: int = USUAL_COOLING_HOURS
    kind: PlanKind = "goods"

    def __post_init__(self) -> None:
        if (self.kind == "next_roll") != (self.when is None):
            raise TermsMalformed("a plan for goods says when; one for the next roll does not")
        if not 0 <= self.cooling_hours <= MOST_COOLING_HOURS:
            raise TermsMalformed(f"cooling off takes 0 to {MOST_COOLING_HOURS} hours")
        if len(self.name) > MOST_NAME or not is_plain(self.name):
            raise TermsMalformed(f"a plan's name is up to {MOST_NAME} letters")
        if not 1 <= self.make.quantity <= MOST_QUANTITY or len(self.make.options) > MOST_OPTIONS:
            raise TermsMalformed(f"{self.make.item[:40]}: 1 to {MOST_QUANTITY} of it")


class Terms(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a package of one product has prepaid, and the plans it begins with, both in an order that is kept.

    Raises:
        TermsMalformed: there are too many, or two plans for the next roll.
    """

    credits: tuple[Credit, ...] = ()
    plans: tuple[PlanTerms, ...] = ()

    def __post_init__(self) -> None:
        if len(self.credits) > MOST_CREDITS or len(self.plans) > MOST_PLANS:
            raise TermsMalformed(f"up to {MOST_CREDITS} credits and {MOST_PLANS} plans")
        if sum(plan.kind == "next_roll" for plan in self.plans) > 1:
            raise TermsMalformed("one plan for the next roll is enough")


def read_terms(text: bytes) -> Terms:
    """Return the terms of their JSON.

    Raises:
        TermsMalformed: they are none, or beyond their limits.
        CriterionMalformed: a plan's criterion is.
    """
    try:
        return read_json(text, Terms)
    except EventMalformed as cause:
        raise TermsMalformed(str(cause)) from cause


def convert_terms(values: Mapping[str, object]) -> Terms:
    """Return the terms of values as TOML gives them. Raises as :func:`read_terms`."""
    try:
        return msgspec.convert(values, Terms, strict=True)
    except msgspec.ValidationError as cause:
        raise TermsMalformed(str(cause)) from cause


def write_terms(terms: Terms) -> bytes:
    """Return terms as JSON; the same make the same bytes."""
    return msgspec.json.encode(terms, order="deterministic")


def strange_in(terms: Terms, catalogue: Catalogue) -> Iterator[str]:
    """Say what of ``terms`` cannot be had from ``catalogue``, a sentence each; plans of it would only ever pause."""
    for number, credit in enumerate(terms.credits, 1):
        yield from _strange(f"credit {number}", catalogue, credit.item, credit.options)
        if (counted := catalogue.item(credit.item)) is not None:
            yield from _uncovered(f"credit {number}", counted, credit)
    for number, plan in enumerate(terms.plans, 1):
        where = f"plan {number}"
        yield from _strange(where, catalogue, plan.make.item, plan.make.options)
        item = catalogue.item(plan.make.item)
        if item is not None and (item.kind == "next_roll") != (plan.kind == "next_roll"):
            yield f"{where}: {plan.make.item} is no item for this kind of plan"
        if item is not None and any(isinstance(p, Images) and p.count > item.most_images for p in _parts(plan)):
            yield f"{where}: {plan.make.item} is made of up to {item.most_images} images"


def _parts(plan: PlanTerms) -> tuple[object, ...]:
    return () if plan.when is None else parts_of(plan.when)


def _uncovered(where: str, item: Item, credit: Credit) -> Iterator[str]:
    """Say where a credit leaves open how much of what is priced by image or page is prepaid, or limits what is not."""
    if item.price.unit == "piece" or not item.takes_images:
        if credit.most_units:
            yield f"{where}: {item.id} is priced by the piece, and has no most_units"
    elif not credit.most_units:
        yield f"{where}: {item.id} is priced by the {item.price.unit}: most_units says how many a piece covers"


def _strange(where: str, catalogue: Catalogue, name: str, options: Mapping[str, str]) -> Iterator[str]:
    item = catalogue.item(name)
    if item is None or item.is_withdrawn:
        yield f"{where}: {name[:40]} is not in the catalogue"
        return
    try:
        chosen_values(item, Choice(item=name, options=dict(options)))
    except ChoiceRefused as cause:
        yield f"{where}: {name[:40]}: {cause}"
