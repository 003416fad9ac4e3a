"""The form of a plan: what somebody typed, what is wrong with it, the wish it makes, and what it will cost about.

All three kinds of a criterion stand in the form at once, and whichever is filled in is a part of it. So it needs no
script, and no kind can be there twice.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Final, Literal

from photocore.catalogue import Catalogue, Item
from photocore.criteria import (
    MOST_DAYS,
    MOST_IMAGES,
    MOST_MONTHS,
    MOST_ROLLS,
    All,
    Any,
    Criterion,
    Elapsed,
    Images,
    Part,
    Rolls,
    parts_of,
)
from photocore.errors import ChoiceRefused
from photocore.money import Money
from photocore.orders import Pays
from photocore.pricing import Choice, quote
from photoservice.planning.shown import MOST_COOLING, MOST_NAME, USUAL_COOLING, PlanShown, PlanWish, Scope
from photoservice.web.my.baskets import OPTION, read_choice

Fields = Mapping[str, Sequence[str]]
Unit = Literal["days", "months"]

COOLINGS: Final = (0, 24, 48, 72, 168, 336, 720)
"""Hours of cooling off that can be chosen."""

WAYS: Final[Mapping[str, Pays]] = {"till": "till", "checkout": "checkout", "account": "account"}
ROLL: Final = 36
"""Pictures of a usual roll, to say what something will cost about."""

_HOUR_S: Final = 3600
_MOST_HOURS: Final = int(MOST_COOLING.total_seconds()) // _HOUR_S
_LONGEST: Final = 12
_SINGLE: Final = ("name", "images", "rolls", "time", "unit", "join", "covers", "quantity", "cooling", "pays", "repeats")


@dataclass(frozen=True, kw_only=True)
class Filled:
    """The fields as they are shown, and shown again with what was typed; ``covers`` is a scope and what it is of.

    ``troubles`` says in one word what is wrong with a field.
    """

    choice: Choice
    quantity: str = "1"
    name: str = ""
    images: str = ""
    rolls: str = ""
    time: str = ""
    unit: Unit = "months"
    is_all: bool = False
    covers: str = "account"
    repeats: bool = True
    counts_all: bool = False
    cooling: str = str(int(USUAL_COOLING.total_seconds()) // _HOUR_S)
    pays: str = "till"
    version: int = -1
    troubles: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def hours(self) -> list[int]:
        """The hours of cooling off that are offered: the usual ones, and what the plan has."""
        own = int(self.cooling) if is_figure(self.cooling) else 0
        return sorted({*COOLINGS, own} if own <= _MOST_HOURS else COOLINGS)

    def with_trouble(self, name: str, word: str) -> "Filled":
        """Return it with something wrong in a field."""
        return replace(self, troubles={**self.troubles, name: word})


@dataclass(frozen=True, kw_only=True)
class About:
    """What one order of a plan costs about, for so many pictures (0: they do not matter), or why that is not known."""

    money: Money | None = None
    images: int = 0
    trouble: str = ""


def begun(item: Item, covers: str) -> Filled:
    """Return the form as it begins: every three rolls, or every 36 pictures of a group."""
    is_group = covers.startswith("sub_group:")
    return Filled(
        choice=Choice(item=item.id), covers=covers, images=str(ROLL) if is_group else "", rolls="" if is_group else "3"
    )


def as_kept(plan: PlanShown) -> Filled:
    """Return the form of a plan that there is."""
    shown = Filled(
        choice=plan.make,
        quantity=str(plan.make.quantity),
        name=plan.name,
        is_all=isinstance(plan.when, All),
        repeats=plan.repeats,
        counts_all=plan.counts_all,
        cooling=str(int(plan.cooling.total_seconds()) // _HOUR_S),
        pays=plan.pays,
        version=plan.version,
    )
    for part in parts_of(plan.when) if plan.when is not None else ():
        match part:
            case Images(count=count):
                shown = replace(shown, images=str(count))
            case Rolls(count=count):
                shown = replace(shown, rolls=str(count))
            case Elapsed(days=days, months=months):
                shown = replace(shown, time=str(days or months), unit="days" if days else "months")
    return shown


def read_filled(fields: Fields, item: Item) -> Filled:
    """Return what was filled in, with what is wrong with it at sight."""
    said = {name: (values[-1] if values else "").strip().replace("\0", "") for name, values in fields.items()}
    filled = Filled(
        choice=read_choice(item.id, {name: values for name, values in fields.items() if _is_of(item, name)}),
        quantity=said.get("quantity", "1")[:_LONGEST],
        name=said.get("name", "")[: 4 * MOST_NAME],
        images=said.get("images", "")[:_LONGEST],
        rolls=said.get("rolls", "")[:_LONGEST],
        time=said.get("time", "")[:_LONGEST],
        unit="days" if said.get("unit") == "days" else "months",
        is_all=said.get("join") == "all",
        covers=said.get("covers", "account")[:200],
        repeats=said.get("repeats") != "once",
        counts_all=said.get("counts") == "all",
        cooling=said.get("cooling", "")[:_LONGEST],
        pays=said.get("pays", "")[:_LONGEST],
        troubles={name: "twice" for name in _SINGLE if len(fields.get(name, ())) > 1},
    )
    if len(filled.name) > MOST_NAME or not filled.name.isprintable():
        filled = filled.with_trouble("name", "long")
    if not is_figure(filled.cooling) or int(filled.cooling) > _MOST_HOURS:
        filled = filled.with_trouble("cooling", "range")
    return filled


def read_when(filled: Filled, item: Item) -> tuple[Filled, Criterion | None]:
    """Return when a plan makes its goods, None for a next roll; or what is wrong with it, beside the fields."""
    if not item.takes_images:
        return filled, None
    parts: list[Part] = []
    most_time = MOST_DAYS if filled.unit == "days" else MOST_MONTHS
    for name, most in (("images", min(MOST_IMAGES, item.most_images)), ("rolls", MOST_ROLLS), ("time", most_time)):
        typed = str(getattr(filled, name))
        if not typed:
            continue
        if not is_figure(typed):
            filled = filled.with_trouble(name, "number")
        elif not 1 <= int(typed) <= most:
            filled = filled.with_trouble(name, "range")
        else:
            parts.append(_part(name, int(typed), filled.unit))
    if not parts and not {"images", "rolls", "time"} & filled.troubles.keys():
        filled = filled.with_trouble("when", "missing")
    if len(parts) < 2:
        return filled, parts[0] if parts else None
    return filled, All(of=tuple(parts)) if filled.is_all else Any(of=tuple(parts))


def read_wish(filled: Filled, item: Item, ways: Sequence[str]) -> tuple[Filled, PlanWish]:
    """Return what somebody wishes for; it counts only where there are no troubles."""
    filled, when = read_when(filled, item)
    scope, what = _covered(filled.covers)
    pays = WAYS.get(filled.pays)
    if pays is None or pays not in ways:
        filled = filled.with_trouble("pays", "unknown")
    if scope is None or (scope == "sub_group" and not item.takes_images):
        filled = filled.with_trouble("covers", "unknown")
    hours = int(filled.cooling) if "cooling" not in filled.troubles else 0
    return filled, PlanWish(
        make=filled.choice,
        when=when,
        kind="goods" if item.takes_images else "next_roll",
        scope=scope or "account",
        what=what,
        name=filled.name,
        repeats=filled.repeats,
        cooling=timedelta(hours=hours),
        pays=pays or "till",
        counts_all=filled.counts_all and item.takes_images,
    )


def about(catalogue: Catalogue, item: Item, choice: Choice, when: Criterion | None) -> About:
    """Return what an order of a plan costs about: of as many pictures as its criterion names, a roll being 36."""
    images = max(1, item.least_images, typical_images(when)) if item.takes_images else 0
    try:
        quoted = quote(catalogue, choice, images=images, currency=catalogue.currencies[0])
    except ChoiceRefused as refused:
        return About(images=images, trouble=refused.why)
    return About(money=quoted.amount.gross, images=images if item.price.unit != "piece" else 0)


def typical_images(when: Criterion | None) -> int:
    """Return how many pictures a crossing usually takes; where time alone decides, those of one roll."""
    if when is None:
        return ROLL
    counts = [
        part.count if isinstance(part, Images) else part.count * ROLL
        for part in parts_of(when)
        if not isinstance(part, Elapsed)
    ]
    if not counts:
        return ROLL
    return max(counts) if isinstance(when, All) else min(counts)


def is_figure(text: str) -> bool:
    """Say whether a text is a whole number as people type it, of a length that is one."""
    return text.isascii() and text.isdecimal() and len(text) <= 9


def _is_of(item: Item, name: str) -> bool:
    """Say whether a field is about this item; options of what was chosen before are left behind."""
    return name == "quantity" or (name.startswith(OPTION) and item.option(name.removeprefix(OPTION)) is not None)


def _part(name: str, count: int, unit: Unit) -> Part:
    if name == "images":
        return Images(count=count)
    if name == "rolls":
        return Rolls(count=count)
    return Elapsed(days=count) if unit == "days" else Elapsed(months=count)


def _covered(covers: str) -> tuple[Scope | None, str]:
    scope, _, what = covers.partition(":")
    if scope == "account" and not what:
        return "account", ""
    if scope == "package" and what:
        return "package", what
    if scope == "sub_group" and what:
        return "sub_group", what
    return None, ""
