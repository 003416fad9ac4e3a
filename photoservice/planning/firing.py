"""A plan that crossed makes its order: the crossing, the order and the images it takes are one transaction.

The plan's row is held meanwhile, and (plan, number) is a key, as is what the order was made for: whoever looks twice,
dies in between, works beside another or comes back from a backup makes no second order.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import msgspec

from photocore.catalogue import say
from photocore.criteria import All, Counted, Crossing, Elapsed, Images, Part, Pending, Rolls, next_crossing
from photocore.errors import ChoiceRefused
from photocore.seams import Clock
from photoservice.cataloguing.catalogues import Catalogues
from photoservice.db.database import Database, Session
from photoservice.goods_errors import NothingOffered
from photoservice.ordering.telling import Telling
from photoservice.ordering.wishes import LineWish, Made, OrderWish
from photoservice.planning.looks import least_of, most_of, next_look, offered
from photoservice.planning.pendings import EMPTY, Pendings, span_of
from photoservice.planning.rows import read_plan
from photoservice.planning.shown import PartMet, PlanShown, RollMet, Why, why_facts


class Maker(Protocol):
    """Makes orders (``ordering/making.py``)."""

    async def make(self, session: Session, wish: OrderWish) -> Made:
        """Make an order for the wish's origin, once.

        Raises:
            ChoiceRefused: it cannot be had so.
            NothingOffered: there is no catalogue.
        """
        ...


@dataclass(frozen=True, kw_only=True)
class Firing:
    """Fires plans."""

    database: Database
    clock: Clock
    pendings: Pendings
    catalogues: Catalogues
    telling: Telling
    maker: Maker

    async def fire(self, plan: str) -> bool:
        """Fire the next crossing of a plan, if there is one; says whether it was."""
        async with self.database.begin() as session:
            row = await session.row("planning_evaluating.hold", plan)
            if row is None:
                return False
            held, now = read_plan(row), self.clock.now()
            pending = (await self.pendings.of(session, [held], now)).get(plan, EMPTY)
            catalogue = await offered(session, self.catalogues)
            least, most = least_of(catalogue, held), most_of(catalogue, held)
            if held.when is None:
                return False
            crossing = next_crossing(held.when, pending, span_of(held, now), least=least, most=most)
            if crossing is None:
                look_at = next_look(held, pending, now, least)
                await session.run("planning_evaluating.set_look", [plan], [look_at])
                return False
            try:
                async with session.savepoint():
                    await self._order(session, held, pending, crossing, now)
            except ChoiceRefused as refused:
                await self._pause(session, held, refused.why, now)
                return False
            except NothingOffered:
                await self._pause(session, held, "offer", now)
                return False
            return True

    async def _order(
        self, session: Session, plan: PlanShown, pending: Pending, crossing: Crossing, now: datetime
    ) -> None:
        number = plan.number + 1
        why = await self._why(session, plan, pending, crossing)
        facts = why_facts(why)
        wish = OrderWish(
            origin=f"plan {plan.id} {number}",
            kind="plan",
            lines=(LineWish(choice=plan.make, images=crossing.images),),
            person=plan.person,
            root=plan.root,
            plan=plan.id,
            firing=number,
            why=facts,
            currency=plan.currency,
            pays=plan.pays,
            cooling=plan.cooling,
        )
        made = await self.maker.make(session, wish)
        text = msgspec.json.encode(facts).decode()
        await session.run("planning_evaluating.insert_firing", plan.id, number, crossing.at, now, text, made.order)
        await session.run("planning_evaluating.use_images", plan.id, number, list(crossing.images))
        if crossing.rolls:
            since = [pending.rolls[roll] for roll in crossing.rolls]
            await session.run("planning_evaluating.use_rolls", plan.id, number, list(crossing.rolls), since)
        state = "live" if plan.repeats else "ended"
        since = max(span_of(plan, now).since, crossing.at)
        look_at = now if plan.repeats else None
        await session.run("planning_evaluating.move_on", plan.id, number, since, look_at, state, now)

    async def _why(self, session: Session, plan: PlanShown, pending: Pending, crossing: Crossing) -> Why:
        taken = set(crossing.images)
        images = [one for one in pending.images if one.image in taken]
        rolls = list(dict.fromkeys(one.roll for one in images))
        films = {row["roll"]: row["film"] for row in await session.rows("planning_evaluating.films", rolls)}
        return Why(
            plan=plan.id,
            name=plan.name,
            scope=plan.scope,
            number=plan.number + 1,
            crossed_at=crossing.at,
            is_all=isinstance(plan.when, All),
            met=tuple(_met(part, plan, crossing, images) for part in crossing.met),
            images=len(images),
            rolls=tuple(
                RollMet(
                    roll=roll,
                    film=films.get(roll) or "",
                    images=sum(one.roll == roll for one in images),
                    is_whole=roll in crossing.rolls,
                )
                for roll in rolls
            ),
            first_at=min(one.at for one in images),
            last_at=max(one.at for one in images),
        )

    async def _pause(self, session: Session, plan: PlanShown, why: str, now: datetime) -> None:
        """Pause a plan whose goods cannot be had, and tell its people; what is pending stays."""
        await session.run("planning_evaluating.pause", plan.id, why, now)
        about = {"plan": plan.id, "name": plan.name or await self._title(session, plan)}
        key = f"plan_paused:{plan.id}:{plan.version + 1}"
        for person in await self.telling.people(session, plan.person, plan.root):
            await self.telling.notices.tell(session, person, "plan_paused", key, about)

    async def _title(self, session: Session, plan: PlanShown) -> str:
        catalogue = await offered(session, self.catalogues)
        item = catalogue.item(plan.make.item) if catalogue else None
        return say(item.titles, "en") if item else plan.make.item


def _met(part: Part, plan: PlanShown, crossing: Crossing, images: Sequence[Counted]) -> PartMet:
    match part:
        case Images(count=count):
            return PartMet(part=part, have=len(images), need=count)
        case Rolls(count=count):
            return PartMet(part=part, have=len(crossing.rolls), need=count)
        case Elapsed():
            return PartMet(part=part, since=plan.since)
