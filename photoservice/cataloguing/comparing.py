"""What is different between two catalogues, change by change, for whoever is about to publish one of them. Pure.

A change is one word and its facts: each language has its own sentence. Amounts stay money, so that a page writes them.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from photocore.catalogue import Amounts, CatalogueDraft, Item, Option, Value
from photocore.errors import MoneyMalformed
from photocore.money import Money

NOTHING: Final = "—"
"""What stands for a price that there is not."""

Fact = str | int | Money


@dataclass(frozen=True, kw_only=True)
class Change:
    """One difference: a word (``opscat.change`` in ``words/<lang>/ops_catalogue.toml``), and what fills its blanks."""

    word: str
    facts: Mapping[str, Fact]


def changes(before: CatalogueDraft, after: CatalogueDraft) -> tuple[Change, ...]:
    """Return every difference, in the order of the newer catalogue; the version itself is none."""
    return (*_house_changes(before, after), *_all_item_changes(before, after))


def _house_changes(before: CatalogueDraft, after: CatalogueDraft) -> Iterator[Change]:
    for word, old, new in (
        ("currency", before.currencies, after.currencies),
        ("language", before.languages, after.languages),
    ):
        for name in new:
            if name not in old:
                yield _change(f"{word}_added", name=name)
        for name in old:
            if name not in new:
                yield _change(f"{word}_gone", name=name)
    if before.currencies[:1] != after.currencies[:1] and after.currencies:
        yield _change("currency_first", name=after.currencies[0])
    if before.tax_mode != after.tax_mode:
        yield _change(f"tax_{after.tax_mode}")
    for name in sorted(before.rates.keys() | after.rates.keys()):
        if before.rates.get(name) != after.rates.get(name):
            yield _change(
                "rate", name=name, before=_percent(before.rates.get(name)), after=_percent(after.rates.get(name))
            )


def _all_item_changes(before: CatalogueDraft, after: CatalogueDraft) -> Iterator[Change]:
    for item in after.items:
        old = before.item(item.id)
        if old is None:
            yield _change("item_added", item=item.id)
        else:
            yield from _item_changes(old, item)
    for item in before.items:
        if after.item(item.id) is None:
            yield _change("item_gone", item=item.id)
    kept_before = [one.id for one in before.items if after.item(one.id) is not None]
    if kept_before != [one.id for one in after.items if before.item(one.id) is not None]:
        yield _change("order")


def _item_changes(old: Item, new: Item) -> Iterator[Change]:
    item = new.id
    if old.is_withdrawn != new.is_withdrawn:
        yield _change("item_withdrawn" if new.is_withdrawn else "item_back", item=item)
    if old.kind != new.kind:
        yield _change("kind", item=item, before=old.kind, after=new.kind)
    if languages := _differing(old.titles, new.titles):
        yield _change("titles", item=item, languages=languages)
    if languages := _differing(old.about, new.about):
        yield _change("about", item=item, languages=languages)
    if old.price.unit != new.price.unit:
        yield _change(f"unit_{new.price.unit}", item=item)
    yield from _amount_changes("base", old.price.base, new.price.base, item=item)
    old_steps = {step.units: step.each for step in old.price.steps}
    new_steps = {step.units: step.each for step in new.price.steps}
    for units in sorted(old_steps.keys() | new_steps.keys()):
        facts = {"item": item, "units": units}
        yield from _amount_changes("step", old_steps.get(units, {}), new_steps.get(units, {}), **facts)
    yield from _option_changes(item, old.options, new.options)
    if sorted(map(sorted, (one.items() for one in old.exclusions))) != sorted(
        map(sorted, (one.items() for one in new.exclusions))
    ):
        yield _change("exclusions", item=item)
    if old.tax != new.tax:
        yield _change("tax", item=item, before=old.tax or NOTHING, after=new.tax or NOTHING)
    for limit in ("least_images", "most_images", "most_quantity", "images_a_page", "makes_days"):
        was, now = int(getattr(old, limit)), int(getattr(new, limit))
        if was != now:
            yield _change(limit, item=item, before=was, after=now)
    if old.is_shipped != new.is_shipped:
        yield _change("shipped" if new.is_shipped else "not_shipped", item=item)


def _option_changes(item: str, old: Sequence[Option], new: Sequence[Option]) -> Iterator[Change]:
    before = {option.id: option for option in old}
    for option in new:
        if option.id not in before:
            yield _change("option_added", item=item, option=option.id)
            continue
        was = before.pop(option.id)
        if languages := _differing(was.titles, option.titles):
            yield _change("option_titles", item=item, option=option.id, languages=languages)
        if was.values and option.values and was.values[0].id != option.values[0].id:
            yield _change("usual", item=item, option=option.id, value=option.values[0].id)
        yield from _value_changes(item, option.id, was.values, option.values)
    for gone in before:
        yield _change("option_gone", item=item, option=gone)


def _value_changes(item: str, option: str, old: Sequence[Value], new: Sequence[Value]) -> Iterator[Change]:
    before = {value.id: value for value in old}
    for value in new:
        facts: dict[str, Fact] = {"item": item, "option": option, "value": value.id}
        if value.id not in before:
            yield _change("value_added", **facts)
            continue
        was = before.pop(value.id)
        if languages := _differing(was.titles, value.titles):
            yield _change("value_titles", **facts, languages=languages)
        yield from _amount_changes("more", was.more, value.more, **facts)
        yield from _amount_changes("more_base", was.more_base, value.more_base, **facts)
    for gone in before:
        yield _change("value_gone", item=item, option=option, value=gone)


def _amount_changes(word: str, old: Amounts, new: Amounts, **facts: Fact) -> Iterator[Change]:
    for currency in sorted(old.keys() | new.keys()):
        if old.get(currency) != new.get(currency):
            yield _change(word, **facts, before=_money(old, currency), after=_money(new, currency))


def _money(amounts: Amounts, currency: str) -> Fact:
    try:
        return Money(minor=amounts[currency], currency=currency) if currency in amounts else NOTHING
    except MoneyMalformed:  # a draft may hold what is no amount
        return NOTHING


def _differing(old: Mapping[str, str], new: Mapping[str, str]) -> str:
    return ", ".join(sorted(name for name in old.keys() | new.keys() if old.get(name, "") != new.get(name, "")))


def _percent(rate: int | None) -> str:
    return NOTHING if rate is None else f"{rate / 100:g} %"


def _change(word: str, **facts: Fact) -> Change:
    return Change(word=word, facts=facts)
