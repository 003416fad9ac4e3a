"""A person's plans: shown, made, changed, paused, ended (O15). Who may see a plan may steer it; to all others: 404.

A plan that came with a package is steered by whoever holds its registration, any other by the person who made it. A
plan's row is locked while it is changed or fired, and its ``version`` counts both: whoever looked at it before that is
told so and loses nothing.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from photocore.catalogue import Catalogue
from photocore.criteria import Images, outlook, parts_of
from photocore.errors import ChoiceRefused
from photocore.pricing import check_item, chosen_values
from photocore.seams import Clock
from photoservice.cataloguing.catalogues import Catalogues
from photoservice.db.database import Row, Session
from photoservice.errors import PlanChangedMeanwhile, Unknown, Unprocessable
from photoservice.keyring import Keyring
from photoservice.persons.persons import Persons, Shown
from photoservice.planning.looks import least_of, next_due, offered
from photoservice.planning.noting import note_held
from photoservice.planning.pendings import EMPTY, Pendings, span_of
from photoservice.planning.rows import choice_text, criterion_text, person_origin, plan_name, read_plan
from photoservice.planning.shown import MOST_COOLING, MOST_NAME, MOST_PLANS, Fired, PlanShown, PlanWish, read_why

MOST_LISTED: Final = 500
MOST_FIRED: Final = 20


@dataclass(frozen=True, kw_only=True)
class Plans:
    """Shows plans and carries out what their people want of them."""

    clock: Clock
    keyring: Keyring
    persons: Persons
    catalogues: Catalogues
    pendings: Pendings

    async def of(self, session: Session, person: str, shown: Collection[Shown]) -> tuple[PlanShown, ...]:
        """Return the plans a person sees (``shown``: the rolls they see), the newest first, ended ones last.

        Packages that did not begin yet have no plans to show: ``Defaults.begin`` comes before, in a transaction.
        """
        rows = await session.rows("planning_plans.of", person, _roots(shown), MOST_LISTED)
        return await self._show(session, rows)

    async def find(self, session: Session, person: str, shown: Collection[Shown], plan: str) -> PlanShown:
        """Return one plan with what it made last.

        Raises:
            Unknown: there is none of that ID, or it is not theirs.
        """
        row = await session.row("planning_plans.find", person, _roots(shown), plan)
        if row is None:
            raise _unknown()
        (found,) = await self._show(session, [row])
        return replace(found, fired=await self.fired(session, plan))

    async def look(self, session: Session, rows: Sequence[Row]) -> tuple[PlanShown, ...]:
        """Return the plans of these rows (``goods.plan`` and ``group_name``): who calls has asked who may see them."""
        return await self._show(session, rows)

    async def fired(self, session: Session, plan: str) -> tuple[Fired, ...]:
        """Return what a plan made last, the last first."""
        return tuple(map(_fired, await session.rows("planning_plans.fired", plan, MOST_FIRED)))

    async def make(self, session: Session, person: str, shown: Collection[Shown], wish: PlanWish, key: str) -> str:
        """Make a plan and return its ID; the same ``key`` again returns the one it made.

        Raises:
            ChoiceRefused: what it should make cannot be had so.
            NothingOffered: there is no catalogue.
            Unknown: the package or sub-group is not theirs.
            Unprocessable: name, cooling off or kind are out of their bounds, or they have :data:`MOST_PLANS`.
        """
        origin = person_origin(person, key)
        await session.lock([f"plans {person}"])
        if (known := await session.value("planning_plans.of_origin", origin)) is not None:
            return str(known)
        currency = check_wish(await self.catalogues.current(session), wish)
        _check_scope(wish)
        if await session.value("planning_plans.count", person) >= MOST_PLANS:
            raise Unprocessable(f"There are {MOST_PLANS} plans already; more cannot be kept apart.")
        rolls = await self._reach(session, person, shown, wish)
        name, now = plan_name(self.keyring, origin), self.clock.now()
        root = wish.what if wish.scope == "package" else None
        group = wish.what if wish.scope == "sub_group" else None
        named = (name, wish.kind, wish.scope, person, root, group, origin, wish.name.strip())
        said = (criterion_text(wish.when), choice_text(wish.make), wish.repeats, wish.cooling, wish.pays, currency)
        await session.run("planning_plans.insert", *named, *said, now, wish.counts_all, now)
        if wish.kind == "goods":
            if wish.counts_all:
                await self._count(session, person, wish, rolls)
            else:
                await session.run("planning_plans.leave_out", name, rolls, group or "", now)
        return name

    async def change(
        self, session: Session, person: str, shown: Collection[Shown], plan: str, wish: PlanWish, *, version: int
    ) -> None:
        """Change a plan; what is pending stays pending, and counts by the new criterion from then on.

        One that was paused because its goods were not to be had goes on; one that its person paused stays so.

        Raises:
            ChoiceRefused: what it should make cannot be had so.
            NothingOffered: there is no catalogue.
            PlanChangedMeanwhile: it is not in ``version`` any more: it was changed, or it fired.
            Unknown: it is not theirs.
            Unprocessable: it is over; or name, cooling off or kind are out of their bounds.
        """
        held = await self._hold(session, person, shown, plan, version)
        wanted = replace(wish, kind=held.kind, scope=held.scope)
        currency = check_wish(await self.catalogues.current(session), wanted)
        said = (wish.name.strip(), criterion_text(wish.when), choice_text(wish.make), wish.repeats, wish.cooling)
        await session.run("planning_plans.change", plan, *said, wish.pays, currency, self.clock.now())

    async def pause(self, session: Session, person: str, shown: Collection[Shown], plan: str, *, version: int) -> None:
        """Let a plan make nothing until it is resumed; it goes on counting. Raises as :meth:`change`."""
        await self._hold(session, person, shown, plan, version)
        await session.run("planning_plans.set_state", plan, "paused", self.clock.now())

    async def resume(self, session: Session, person: str, shown: Collection[Shown], plan: str, *, version: int) -> None:
        """Let a paused plan make its goods again, at once what was met meanwhile. Raises as :meth:`change`."""
        await self._hold(session, person, shown, plan, version)
        await session.run("planning_plans.set_state", plan, "live", self.clock.now())

    async def end(self, session: Session, person: str, shown: Collection[Shown], plan: str, *, version: int) -> None:
        """End a plan for good; its orders stay. Raises as :meth:`change`."""
        await self._hold(session, person, shown, plan, version)
        await session.run("planning_plans.set_state", plan, "ended", self.clock.now())

    async def _hold(
        self, session: Session, person: str, shown: Collection[Shown], plan: str, version: int
    ) -> PlanShown:
        row = await session.row("planning_plans.hold", person, _roots(shown), plan)
        if row is None:
            raise _unknown()
        held = read_plan(row)
        if held.version != version:
            raise PlanChangedMeanwhile(held.version)
        if held.state == "ended":
            raise Unprocessable("This plan is over. Make a new one to go on.")
        return held

    async def _reach(self, session: Session, person: str, shown: Collection[Shown], wish: PlanWish) -> list[str]:
        """Return the rolls that a wish covers now; those of a sub-group are found by its pictures.

        Who sorts into the sub-group waits until the plan is there.

        Raises:
            Unknown: the package or sub-group is not theirs.
        """
        if wish.scope == "sub_group":
            await session.lock([f"groups {person}"])
            if not await session.value("planning_plans.has_group", person, wish.what):
                raise Unknown("There is no such group here.")
            return []
        if wish.scope == "package":
            rolls = [one.roll for one in shown if one.package == wish.what]
            if not rolls:
                raise Unknown("There is no such package here.")
            return rolls
        return [one.roll for one in shown]

    async def _count(self, session: Session, person: str, wish: PlanWish, rolls: Sequence[str]) -> None:
        """Have counted what is there already."""
        now = self.clock.now()
        if wish.scope == "account":
            await note_held(session, person, now)
        elif wish.scope == "package":
            await session.run("planning_plans.count_rolls", rolls, now)
        else:
            await session.run("planning_plans.count_group", wish.what, now)

    async def _show(self, session: Session, rows: Sequence[Row]) -> tuple[PlanShown, ...]:
        now = self.clock.now()
        plans = [read_plan(row, row["group_name"]) for row in rows]
        counting = [plan for plan in plans if plan.state != "ended" and plan.when is not None]
        pendings = await self.pendings.of(session, counting, now)
        catalogue = await offered(session, self.catalogues) if counting else None
        shown: list[PlanShown] = []
        for plan in plans:
            if plan.when is None or plan.state == "ended":
                shown.append(plan)
                continue
            pending, least = pendings.get(plan.id, EMPTY), least_of(catalogue, plan)
            needs = outlook(plan.when, pending, span_of(plan, now), least=least)
            rolls = {one.roll for one in pending.images} & pending.rolls.keys()
            due = next_due(plan.when, pending, needs, least)
            shown.append(replace(plan, images=len(pending.images), rolls=len(rolls), needs=needs, due=due))
        return tuple(shown)


def check_wish(catalogue: Catalogue, wish: PlanWish) -> str:
    """Return the currency of a wish that can be a plan: with as many images as it needs or asks for, it can be had.

    Raises:
        ChoiceRefused: they cannot.
        Unprocessable: name, cooling off or kind are out of their bounds.
    """
    if len(wish.name.strip()) > MOST_NAME or not wish.name.isprintable():
        raise Unprocessable(f"A plan's name has up to {MOST_NAME} letters.")
    if not timedelta() <= wish.cooling <= MOST_COOLING:
        raise Unprocessable(f"Cooling off takes up to {MOST_COOLING.days} days.")
    if (wish.kind == "next_roll") != (wish.when is None):
        raise Unprocessable("A plan for goods says when; one for the next roll does not.")
    item = catalogue.item(wish.make.item)
    checked = check_item(catalogue, wish.make, images=max(1, item.least_images) if item is not None else 1)
    chosen_values(checked, wish.make)
    counts = [part.count for part in parts_of(wish.when) if isinstance(part, Images)] if wish.when is not None else []
    if checked.takes_images and max(counts, default=0) > checked.most_images:
        raise ChoiceRefused("images", f"it is made of up to {checked.most_images} images")
    if (checked.kind == "next_roll") != (wish.kind == "next_roll"):
        raise ChoiceRefused("item", "this is no item for this kind of plan")
    currency = wish.currency or catalogue.currencies[0]
    if currency not in catalogue.currencies:
        raise ChoiceRefused("currency", "there is no price in this currency")
    if wish.pays == "nothing":
        raise Unprocessable("Somebody pays for what a plan makes.")
    return currency


def _check_scope(wish: PlanWish) -> None:
    if wish.kind == "next_roll" and wish.scope == "sub_group":
        raise Unprocessable("A next roll follows a roll, and no sub-group.")
    if (wish.scope == "account") != (wish.what == ""):
        raise Unprocessable("A plan is of the account, or of one package or sub-group.")


def _roots(shown: Collection[Shown]) -> list[str]:
    return sorted({one.package for one in shown})


def _fired(row: Row) -> Fired:
    return Fired(
        number=row["number"],
        crossed_at=row["crossed_at"],
        fired_at=row["fired_at"],
        order=row["order_id"],
        why=read_why(row["why"]),
    )


def _unknown() -> Unknown:
    return Unknown("There is no such plan here.")
