"""What a product has prepaid, as the fields of a form, and back. Pure.

Rows are ``credits.0``, ``plans.0`` and so on; the row behind the last is empty, for one more, and a row without an item
is left out. Options are asked for once a row has an item: ``credits.0.options.case``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from photocore.catalogue import Catalogue
from photocore.criteria import All, Criterion, Elapsed, Images, Part, Rolls, parts_of
from photocore.criteria import Any as AnyOf
from photocore.errors import CriterionMalformed, TermsMalformed
from photocore.pricing import Choice
from photocore.terms import (
    MOST_CREDITS,
    MOST_PLANS,
    USUAL_COOLING_HOURS,
    Credit,
    PlanTerms,
    Terms,
)

PARTS: Final = ("images", "rolls", "days", "months")


@dataclass(frozen=True, kw_only=True)
class TermsForm:
    """A form that was read: the ``terms``, or which rows make no sense, each with a word for why."""

    terms: Terms | None
    faults: dict[str, str]


def rows_of(terms: Terms) -> dict[str, str]:
    """Return what stands in the fields, by their names; as many rows as there are."""
    values: dict[str, str] = {}
    for number, credit in enumerate(terms.credits):
        at = f"credits.{number}"
        values |= {f"{at}.item": credit.item, f"{at}.pieces": str(credit.pieces)}
        values |= {f"{at}.most_units": str(credit.most_units)} if credit.most_units else {}
        values |= {f"{at}.options.{name}": chosen for name, chosen in credit.options.items()}
    for number, plan in enumerate(terms.plans):
        at = f"plans.{number}"
        values |= {f"{at}.item": plan.make.item, f"{at}.quantity": str(plan.make.quantity), f"{at}.name": plan.name}
        values |= {f"{at}.options.{name}": chosen for name, chosen in plan.make.options.items()}
        values |= {f"{at}.cooling": str(plan.cooling_hours), f"{at}.repeats": "on" if plan.repeats else ""}
        if plan.when is not None:
            values[f"{at}.join"] = "all" if isinstance(plan.when, All) else "any"
            values |= {f"{at}.{name}": str(count) for part in parts_of(plan.when) for name, count in _counts(part)}
    return values


def read_terms_form(fields: Mapping[str, str], catalogue: Catalogue) -> TermsForm:
    """Return the terms that a form says; a plan of a next roll is known by its item."""
    faults: dict[str, str] = {}
    credits_said: list[Credit] = []
    plans_said: list[PlanTerms] = []
    for number in range(MOST_CREDITS + 1):
        at = f"credits.{number}"
        if item := fields.get(f"{at}.item", ""):
            try:
                options = _options(fields, at, item, catalogue)
                pieces, most = _count(fields, f"{at}.pieces", 1), _count(fields, f"{at}.most_units", 0)
                credits_said.append(Credit(item=item, options=options, pieces=pieces, most_units=most))
            except (TermsMalformed, ValueError):
                faults[at] = "pieces"
    for number in range(MOST_PLANS + 1):
        at = f"plans.{number}"
        if item := fields.get(f"{at}.item", ""):
            try:
                plans_said.append(_plan(fields, at, item, catalogue))
            except CriterionMalformed:
                faults[at] = "when"
            except (TermsMalformed, ValueError):
                faults[at] = "plan"
    if faults:
        return TermsForm(terms=None, faults=faults)
    try:
        return TermsForm(terms=Terms(credits=tuple(credits_said), plans=tuple(plans_said)), faults={})
    except TermsMalformed:
        return TermsForm(terms=None, faults={"": "many"})


def _plan(fields: Mapping[str, str], at: str, item: str, catalogue: Catalogue) -> PlanTerms:
    found = catalogue.item(item)
    is_roll = found is not None and found.kind == "next_roll"
    make = Choice(
        item=item, options=_options(fields, at, item, catalogue), quantity=_count(fields, f"{at}.quantity", 1)
    )
    return PlanTerms(
        make=make,
        name=fields.get(f"{at}.name", ""),
        when=None if is_roll else _when(fields, at),
        repeats=bool(fields.get(f"{at}.repeats")),
        cooling_hours=_count(fields, f"{at}.cooling", USUAL_COOLING_HOURS),
        kind="next_roll" if is_roll else "goods",
    )


def _when(fields: Mapping[str, str], at: str) -> Criterion:
    """Return the criterion of a row; raises CriterionMalformed where it has none."""
    parts: list[Part] = []
    counts = {name: _count(fields, f"{at}.{name}", 0) for name in PARTS}
    if counts["images"]:
        parts.append(Images(count=counts["images"]))
    if counts["rolls"]:
        parts.append(Rolls(count=counts["rolls"]))
    if counts["days"] or counts["months"]:
        parts.append(Elapsed(days=counts["days"], months=counts["months"]))
    if not parts:
        raise CriterionMalformed("a plan says when")
    if len(parts) == 1:
        return parts[0]
    return All(of=tuple(parts)) if fields.get(f"{at}.join") == "all" else AnyOf(of=tuple(parts))


def _counts(part: Part) -> tuple[tuple[str, int], ...]:
    match part:
        case Images(count=count):
            return (("images", count),)
        case Rolls(count=count):
            return (("rolls", count),)
        case Elapsed(days=days, months=months):
            return (("days", days),) if days else (("months", months),)


def _options(fields: Mapping[str, str], at: str, item: str, catalogue: Catalogue) -> dict[str, str]:
    """Return the options a row chose, of those its item has; those left open may be any."""
    found = catalogue.item(item)
    names = [option.id for option in found.options] if found is not None else []
    chosen = {name: fields.get(f"{at}.options.{name}", "") for name in names}
    return {name: value for name, value in chosen.items() if value}


def _count(fields: Mapping[str, str], name: str, usual: int) -> int:
    """Return a whole number of a field; raises ValueError where it is none, or beyond all measure."""
    text = fields.get(name, "")
    if not text:
        return usual
    if not (text.isascii() and text.isdecimal()) or len(text) > 6:
        raise ValueError(name)
    return int(text)
