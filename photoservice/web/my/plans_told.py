"""Plans as their pages tell them: one sentence each, what comes next and when, who pays, what was made last."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

import msgspec
from markupsafe import Markup

from photocore.catalogue import Catalogue, Item, say
from photocore.criteria import All, Criterion, Elapsed, Images, Need, Part, Rolls, parts_of
from photocore.errors import ChoiceRefused
from photocore.pricing import Choice, chosen_values, units_of
from photoservice.db.database import Row, Session
from photoservice.persons.persons import Shown
from photoservice.planning.looks import offered
from photoservice.planning.shown import PlanShown
from photoservice.products import PLACEHOLDERS
from photoservice.service import Photoservice
from photoservice.web.languages import Words

STATES: Final[Mapping[str, str]] = {"live": "ok", "paused": "warn", "ended": ""}
"""What colour a state's chip has."""

MOST_ORDERS: Final = 20


@dataclass(frozen=True, kw_only=True)
class PackageNamed:
    """What a package is called on a page: its film, where that is known, and how many rolls of it are there."""

    root: str
    film: str = ""
    rolls: int = 0

    @property
    def short(self) -> str:
        """What tells it from its neighbours: the serial of a GS1 identity, or the whole of a house code."""
        return self.root.partition("(21)")[2] or self.root


@dataclass(frozen=True, kw_only=True)
class Made:
    """An order that a plan made; ``roll`` is the one that came in, of a next roll."""

    order: str
    at: datetime
    roll: str = ""


@dataclass(frozen=True, kw_only=True)
class PlanTold:
    """A plan for a page. ``item`` is what it makes, as the catalogue has it now; ``left`` what of it is prepaid."""

    plan: PlanShown
    now: datetime
    item: Item | None = None
    package: PackageNamed | None = None
    left: int | None = None
    made: Made | None = None
    orders: tuple[Made, ...] = field(default=())

    @property
    def is_resting(self) -> bool:
        """Whether it waits for its group to be brought back."""
        return self.plan.scope == "sub_group" and not self.plan.group

    def goods(self, words: Words) -> str:
        """Return what it makes, and how many."""
        make = self.plan.make
        title = say(self.item.titles, words.language) if self.item else make.item
        return f"{make.quantity} × {title}" if make.quantity > 1 else title

    def title(self, words: Words) -> str:
        """Return what it is called."""
        return self.plan.name or self.goods(words)

    def options(self, words: Words) -> list[tuple[str, str]]:
        """Return its options and their values in words."""
        return said_options(self.item, self.plan.make, words.language) if self.item else []

    def sentence(self, words: Words) -> Markup:
        """Return all of it in one sentence: when it makes what."""
        plan, goods = self.plan, self.goods(words)
        often = "every" if plan.repeats else "once"
        if plan.when is None:
            return words.say(f"plans.said.roll_{often}", goods=goods)
        what = words.say(f"plans.said.of_{_kind(plan.when)}", goods=goods)
        return words.say(f"plans.said.{often}", when=said_when(words, plan.when), what=what)

    def next(self, words: Words) -> Markup:
        """Return when something is made next, in one sentence."""
        plan = self.plan
        if plan.state == "ended" or plan.when is None:
            return words.say("plans.next.ended" if plan.state == "ended" else "plans.next.roll")
        if self.is_resting:
            return words.say("plans.next.no_group")
        lacking = [need for need in plan.needs if need.due is None and need.have < need.need]
        dues = [need.due for need in plan.needs if need.due is not None]
        only_time = len(dues) == len(plan.needs)
        if only_time and not plan.images:
            return words.say("plans.next.first_picture", day=said_day(words, max(dues, default=self.now)))
        if self.is_due(lacking):
            return words.say("plans.next.now")
        clauses: list[object] = [said_more(words, need) for need in lacking]
        ahead = [due for due in dues if due > self.now or not plan.images]
        if only_time and ahead:
            return words.say("plans.next.on", day=said_day(words, max(ahead)))
        name = "plans.next.day" if plan.images else "plans.next.day_first"
        clauses += [words.say(name, day=said_day(words, due)) for due in ahead]
        if not clauses:
            return words.say("plans.next.more")
        return words.say("plans.next.when", clauses=joined(words, clauses, is_all=isinstance(plan.when, All)))

    def is_due(self, lacking: Sequence[Need]) -> bool:
        """Say whether the next look at it makes something; ``lacking`` are the counted parts that are not met."""
        plan, counted = self.plan, [need for need in self.plan.needs if need.due is None]
        if plan.images < max(1, self.item.least_images if self.item else 1):
            return False
        if plan.due is not None and plan.due <= self.now:
            return True
        if isinstance(plan.when, All):
            return not lacking and len(counted) == len(plan.needs)
        return len(lacking) < len(counted)

    def progress(self, words: Words) -> list[tuple[Need, Markup]]:
        """Return how far each counted part is, for a bar and in words."""
        counted = [need for need in self.plan.needs if need.need]
        return [(need, words.say("plans.progress", have=need.have, of=said_count(words, need))) for need in counted]


@dataclass(frozen=True, kw_only=True)
class Telling:
    """Puts plans together for the pages of one person; ``shown`` are the rolls they see."""

    session: Session
    service: Photoservice
    person: str
    shown: Sequence[Shown]

    async def all(self, plans: Sequence[PlanShown]) -> tuple[PlanTold, ...]:
        """Return plans for a list: with what each made last, and what is prepaid of what it makes."""
        roots = sorted({plan.root for plan in plans if plan.root})
        catalogue = await offered(self.session, self.service.goods.catalogues)
        packages = await self.packages(roots)
        prepaid = await self.session.rows("plan_pages.prepaid", roots) if roots else ()
        names = [plan.id for plan in plans]
        rows = await self.session.rows("plan_pages.last_orders", names, self.person) if names else ()
        made = {row["plan"]: Made(order=row["id"], at=row["made_at"]) for row in rows}
        now = self.service.clock.now()
        return tuple(
            PlanTold(
                plan=plan,
                now=now,
                item=catalogue.item(plan.make.item) if catalogue else None,
                package=packages.get(plan.root or ""),
                left=_left(plan, catalogue, prepaid),
                made=made.get(plan.id),
            )
            for plan in plans
        )

    async def orders(self, plan: str) -> tuple[Made, ...]:
        """Return the last orders of a plan that this person may see, the last first."""
        rows = await self.session.rows("plan_pages.orders", plan, self.person, MOST_ORDERS)
        return tuple(Made(order=row["id"], at=row["made_at"], roll=row["roll"] or "") for row in rows)

    async def packages(self, roots: Iterable[str] | None = None) -> Mapping[str, PackageNamed]:
        """Return what some packages are called, or all that this person holds, in the order of their rolls."""
        wanted = None if roots is None else set(roots)
        held = [one for one in self.shown if one.package and (wanted is None or one.package in wanted)]
        rolls = {root: [one.roll for one in held if one.package == root] for root in dict.fromkeys(_packages(held))}
        films = await self._films(held)
        named = {
            root: PackageNamed(root=root, film=next(filter(None, map(films.get, its)), ""), rolls=len(its))
            for root, its in rolls.items()
        }
        return {**{root: PackageNamed(root=root) for root in wanted or ()}, **named}

    async def _films(self, held: Sequence[Shown]) -> Mapping[str, str]:
        if not held:
            return {}
        names = [(one.roll, one.station, one.claim, one.package) for one in held]
        rows = await self.session.rows(
            "pictures.registered", *map(list, zip(*names, strict=True)), list(PLACEHOLDERS.values())
        )
        said = await self.session.rows("planning_evaluating.films", [one.roll for one in held])
        return {
            **{row["roll"]: row["film"] for row in rows if row["film"]},
            **{row["roll"]: row["film"] for row in said if row["film"]},
        }


def said_when(words: Words, when: Criterion) -> Markup:
    """Return a criterion as the clauses of a sentence: "3 rolls are in or 2 months have passed"."""
    clauses = [said_part(words, part) for part in parts_of(when)]
    return joined(words, clauses, is_all=isinstance(when, All))


def said_part(words: Words, part: Part) -> str:
    """Return a part of a criterion as a clause."""
    match part:
        case Images(count=count):
            return words.count("plan_pictures_in", count)
        case Rolls(count=count):
            return words.count("plan_rolls_in", count)
        case Elapsed(days=days, months=months):
            return words.count("plan_days_passed", days) if days else words.count("plan_months_passed", months)


def said_more(words: Words, need: Need) -> str:
    """Return what of a counted part still lacks, as a clause."""
    name = "plan_rolls_more" if isinstance(need.part, Rolls) else "plan_pictures_more"
    return words.count(name, need.need - need.have)


def said_count(words: Words, need: Need) -> str:
    """Return how many a counted part needs."""
    return words.count("rolls" if isinstance(need.part, Rolls) else "pictures", need.need)


def said_day(words: Words, at: datetime) -> str:
    """Return the day of a moment; its year, too, for it may be far."""
    return words.day(at, is_past_year=True)


def said_options(item: Item, choice: Choice, language: str) -> list[tuple[str, str]]:
    """Return all options of a choice and their values in words; nothing where the catalogue has them no more."""
    try:
        values = chosen_values(item, choice)
    except ChoiceRefused:
        return []
    return [(say(option.titles, language), say(values[option.id].titles, language)) for option in item.options]


def joined(words: Words, clauses: Sequence[object], *, is_all: bool) -> Markup:
    """Return clauses as one, by "and" or by "or"."""
    first, *more = clauses
    together = words.say("plans.one", clause=first)
    for clause in more:
        together = words.say("plans.and" if is_all else "plans.or", first=together, second=clause)
    return together


def _kind(when: Criterion) -> str:
    parts = list(parts_of(when))
    if any(isinstance(part, Elapsed) for part in parts) or len(parts) > 1:
        return "time"
    return "rolls" if isinstance(parts[0], Rolls) else "images"


def _left(plan: PlanShown, catalogue: Catalogue | None, prepaid: Sequence[Row]) -> int | None:
    """Return how many of what a plan makes its package has still prepaid; None where it never had any that cover it."""
    item = catalogue.item(plan.make.item) if catalogue else None
    if item is None or plan.root is None:
        return None
    units = units_of(item, _foreseen(plan, item))
    mine = [row for row in prepaid if row["root"] == plan.root and row["item"] == plan.make.item]
    fitting = [row for row in mine if row["most_units"] >= units]
    if not fitting:
        return None
    try:
        chosen = chosen_values(item, plan.make)
    except ChoiceRefused:
        return None
    asked = [(row["free"], msgspec.json.decode(row["options"], type=dict[str, str])) for row in fitting]
    return sum(
        free for free, options in asked if all(name in chosen and chosen[name].id == options[name] for name in options)
    )


def _foreseen(plan: PlanShown, item: Item) -> int:
    """Return how many images the next order of a plan has at least."""
    least = max(1, item.least_images)
    if isinstance(plan.when, Images):
        return max(plan.when.count, least)
    return max(plan.images, least) if isinstance(plan.when, Elapsed) else least


def _packages(held: Iterable[Shown]) -> Iterable[str]:
    return (one.package for one in held)
