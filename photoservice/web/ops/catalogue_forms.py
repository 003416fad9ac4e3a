"""An item of the draft as the fields of a form, and back. Pure.

A field's name is its place in the item: ``titles.de``, ``price.base.EUR``, ``options.0.values.1.more.JPY``. So the
place of a fault is the name of the field it belongs beside, and a form may bring any part of an item: the rest stays.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, cast

import msgspec

from photocore.catalogue import MOST_RATES, CatalogueDraft, Item, Option, Step, Value
from photocore.errors import MoneyMalformed
from photoservice.errors import Malformed
from photoservice.web.prices import plain_price, read_price

AMOUNTS: Final = frozenset({"base", "each", "more", "more_base"})
WORDS: Final = frozenset({"titles", "about"})
COUNTS: Final = frozenset({"units", "least_images", "most_images", "most_quantity", "images_a_page", "makes_days"})
CHOICES: Final = frozenset({"id", "tax", "unit"})
CHECKS: Final = ("is_shipped", "is_withdrawn")
EXCLUDED: Final = "exclusions"

MOST_LETTERS: Final = 2_000
_COUNT: Final = re.compile(r"[0-9]{1,7}")


@dataclass(frozen=True, kw_only=True)
class Filled:
    """A form that was read: the ``item``, and which fields could not be, each with one word for why.

    ``values`` is what stands in the fields: what was typed, also where it made no sense.
    """

    item: Item
    values: dict[str, str]
    faults: dict[str, str]


def values_of(item: Item, currencies: Sequence[str], languages: Sequence[str]) -> dict[str, str]:
    """Return what stands in the fields of an item's form, by their names."""
    tree = _tree(item)
    values = dict(_leaves(tree, ""))
    for name in list(values):
        head, _, last = name.rpartition(".")
        if head.rpartition(".")[2] in AMOUNTS:
            values[name] = plain_price(int(values[name]), last)
    for place in _holders(tree, ""):
        kind = place.rpartition(".")[2]
        for last in currencies if kind in AMOUNTS else languages:
            values.setdefault(f"{place}.{last}", "")
    return values


def read_item(item: Item, fields: Mapping[str, Sequence[str]], catalogue: CatalogueDraft) -> Filled:
    """Return ``item`` with what a form's fields say of it; a field that leads nowhere in it is passed over.

    Raises:
        Malformed: a field is too long, or holds a NUL; or together they are no item any more.
    """
    tree = _tree(item)
    values = values_of(item, catalogue.currencies, catalogue.languages)
    faults: dict[str, str] = {}
    for name, sent in fields.items():
        text = sent[-1].strip()
        if len(text) > MOST_LETTERS or "\0" in text:
            raise Malformed(f"The field {name[:60]} is too long.")
        if (holder := _holder(tree, name)) is None:
            continue
        values[name] = text
        if (word := _put(holder, name, text)) is not None:
            faults[name] = word
    for name in CHECKS if "is_form" in fields else ():
        tree[name] = name in fields
        values[name] = str(tree[name])
    tree[EXCLUDED] = [{name: chosen for name, chosen in one.items() if chosen} for one in tree[EXCLUDED]]
    try:
        return Filled(item=msgspec.convert(tree, Item, strict=True), values=values, faults=faults)
    except msgspec.ValidationError as cause:
        raise Malformed("This form is not one of ours.") from cause


def read_house(catalogue: CatalogueDraft, fields: Mapping[str, Sequence[str]]) -> tuple[CatalogueDraft, dict[str, str]]:
    """Return the draft with what its first form says: version, currencies, languages and taxes; and what is unreadable.

    A price in a currency that is there no more goes with it; titles in other languages stay.

    Raises:
        Malformed: a field is too long, or holds a NUL; or there is no such way to tax.
    """
    text = {name: sent[-1].strip() for name, sent in fields.items()}
    if any(len(said) > MOST_LETTERS or "\0" in said for said in text.values()):
        raise Malformed("A field is too long.")
    faults: dict[str, str] = {}
    rates: dict[str, int] = {}
    for number in range(MOST_RATES + 1):
        name, percent = text.get(f"rates.{number}.name", ""), text.get(f"rates.{number}.percent", "")
        if not name:
            continue
        try:
            rates[name] = read_price(percent, "EUR")  # a hundredth of a per cent is a basis point
        except MoneyMalformed:
            faults[f"rates.{number}.percent"] = "percent_typed"
    currencies = tuple(re.split(r"[\s,;]+", text.get("currencies", "").upper().strip(" ,;")))
    tree = _tree(catalogue) | {
        "version": text.get("version", ""),
        "currencies": [name for name in currencies if name],
        "languages": [name for name in re.split(r"[\s,;]+", text.get("languages", "")) if name],
        "tax_mode": text.get("tax_mode", ""),
        "rates": rates,
    }
    for place in _holders(tree, ""):
        if place.rpartition(".")[2] in AMOUNTS:
            amounts = _walk(tree, place.split("."))
            for name in set(amounts) - set(currencies):
                del amounts[name]
    try:
        return msgspec.convert(tree, CatalogueDraft, strict=True), faults
    except msgspec.ValidationError as cause:
        raise Malformed("This form is not one of ours.") from cause


def change_item(item: Item, wish: str) -> Item:
    """Return ``item`` with one part more or less: ``add.options``, ``add.options.0.values``, ``drop.exclusions.2``.

    Raises:
        Malformed: there is no such part.
    """
    how, _, place = wish.partition(".")
    tree = _tree(item)
    steps = place.split(".")
    try:
        if how == "add":
            parts: Any = _walk(tree, steps)
            parts.append(_fresh(steps[-1], parts))
        else:
            parts = _walk(tree, steps[:-1])
            parts.pop(int(steps[-1]))
        return msgspec.convert(tree, Item, strict=True)
    except (LookupError, ValueError, TypeError, AttributeError, msgspec.ValidationError) as cause:
        raise Malformed("There is no such part.") from cause


def _tree(part: msgspec.Struct) -> dict[str, Any]:
    """Return a part of a catalogue as tables and lists that can be changed."""
    return msgspec.json.decode(msgspec.json.encode(part), type=dict[str, Any])


def _fresh(kind: str, parts: Sequence[Any]) -> Any:  # noqa: ANN401  # any JSON
    names = {str(part.get("id", "")) for part in parts if isinstance(part, dict)}  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType]
    number = next(n for n in range(1, len(parts) + 2) if f"{kind[:-1]}-{n}" not in names)
    value = Value(id="value-1" if kind == "options" else f"value-{number}", titles={})
    match kind:
        case "options":
            return _tree(Option(id=f"option-{number}", titles={}, values=(value,)))
        case "values":
            return _tree(value)
        case "steps":
            units = max((int(part["units"]) for part in parts), default=0)
            return _tree(Step(units=units + 1, each={}))
        case "exclusions":
            return {}
        case _:
            raise KeyError(kind)


def _walk(tree: Any, steps: Sequence[str]) -> Any:  # noqa: ANN401  # any JSON
    found = tree
    for step in steps:
        if isinstance(found, list) and not step.isdecimal():
            raise KeyError(step)
        found = found[int(step)] if isinstance(found, list) else found[step]  # pyright: ignore[reportUnknownVariableType]
    return found  # pyright: ignore[reportUnknownVariableType]


def _holder(tree: Any, name: str) -> dict[str, Any] | None:  # noqa: ANN401  # any JSON
    """Return the table a field lies in, or None where there is none, or nobody writes there."""
    *steps, last = name.split(".")
    try:
        holder = _walk(tree, steps)
    except (LookupError, TypeError):
        return None
    kind = steps[-1] if steps else ""
    is_known = kind in AMOUNTS | WORDS or last in COUNTS | CHOICES or steps[:1] == [EXCLUDED]
    is_kept = kind in AMOUNTS | WORDS or steps[:1] == [EXCLUDED] or last in (holder if isinstance(holder, dict) else ())
    return cast("dict[str, Any]", holder) if isinstance(holder, dict) and is_known and is_kept else None


def _put(holder: dict[str, Any], name: str, text: str) -> str | None:
    """Write a field's text into its table; return why it could not be read."""
    head, _, last = name.rpartition(".")
    kind = head.rpartition(".")[2]
    if kind in AMOUNTS:
        if not text:
            holder.pop(last, None)
            return None
        try:
            holder[last] = read_price(text, last)
        except MoneyMalformed:
            return "price_typed"
        return None
    if last in COUNTS and kind not in WORDS:
        if _COUNT.fullmatch(text) is None:
            return "count_typed"
        holder[last] = int(text)
        return None
    if text or kind not in WORDS:
        holder[last] = text
    else:
        holder.pop(last, None)
    return None


def _leaves(tree: Any, place: str) -> Iterator[tuple[str, str]]:  # noqa: ANN401  # any JSON
    """Yield the texts and numbers of a tree by their places."""
    if isinstance(tree, dict | list):
        pairs = tree.items() if isinstance(tree, dict) else enumerate(tree)  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]
        for step, part in pairs:  # pyright: ignore[reportUnknownVariableType]
            yield from _leaves(part, f"{place}.{step}" if place else str(step))  # pyright: ignore[reportUnknownArgumentType]
    else:
        yield place, str(tree)


def _holders(tree: Any, place: str) -> Iterator[str]:  # noqa: ANN401  # any JSON
    """Yield the places of the tables of amounts and of words, also of empty ones."""
    if isinstance(tree, dict | list):
        if isinstance(tree, dict) and place.rpartition(".")[2] in AMOUNTS | WORDS:
            yield place
        pairs = tree.items() if isinstance(tree, dict) else enumerate(tree)  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]
        for step, part in pairs:  # pyright: ignore[reportUnknownVariableType]
            yield from _holders(part, f"{place}.{step}" if place else str(step))  # pyright: ignore[reportUnknownArgumentType]
