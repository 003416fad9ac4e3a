"""The next roll (O7): a roll received for development makes exactly one order of a fresh one.

A sighting ``received`` writes the roll into ``goods.next_roll`` in the transaction that keeps it: one row a roll,
however many labs see it and however often they say so. A round looks at each row once, and again when somebody
registers a roll that came in before. A sighting that is taken back takes the order along as long as it was not handed
over.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import msgspec
import structlog

from photocore.errors import ChoiceRefused
from photocore.pricing import Choice
from photocore.seams import Clock
from photoservice.db.database import Database, Row, Session
from photoservice.goods_errors import NothingOffered
from photoservice.ordering.making import Making
from photoservice.ordering.ports import Beginning
from photoservice.ordering.reading import Reading
from photoservice.ordering.settling import SERVICE, Settling
from photoservice.ordering.wishes import LineWish, OrderWish

log = structlog.get_logger(__name__)

_ROLLS: Final = 50


@dataclass(frozen=True, kw_only=True)
class NextRolls:
    """Orders next rolls."""

    database: Database
    clock: Clock
    making: Making
    reading: Reading
    settling: Settling
    defaults: Beginning

    async def run_once(self) -> int:
        """Look at rolls that came in; returns how many orders were made."""
        made = 0
        while True:
            async with self.database.begin() as session:
                rows = await session.rows("ordering_next.take", _ROLLS)
                wanted = [row["roll"] for row in rows if row["state"] == "due" and row["is_seen"]]
                roots = await self._roots(session, wanted)
                for row in rows:
                    if row["state"] == "undone":
                        await self._undo(session, row)
                    else:
                        root = roots.get(row["roll"]) if row["is_seen"] else None
                        made += await self._order(session, row, root)
            if len(rows) < _ROLLS:
                return made

    async def _roots(self, session: Session, rolls: Sequence[str]) -> Mapping[str, str]:
        if not rolls:
            return {}
        roots = {row["roll"]: row["root"] for row in await session.rows("ordering_next.roots", list(rolls))}
        await self.defaults.begin(session, sorted(set(roots.values())))
        return roots

    async def _order(self, session: Session, row: Row, root: str | None) -> bool:
        """Order the next roll for one that came in, if a plan says so; returns whether it was made now."""
        people = await self.making.telling.people(session, None, root) if root else ()
        plan = await session.row("ordering_next.plans", root, list(people)) if root else None
        order, is_new = await self._make(session, row, root, plan) if plan else (None, False)
        state = "ordered" if order else "not_wanted" if root or not row["is_seen"] else "unregistered"
        await session.run("ordering_next.end", row["roll"], state, order, row["number"], self.clock.now())
        return is_new

    async def _make(self, session: Session, row: Row, root: str | None, plan: Row) -> tuple[str | None, bool]:
        number = row["number"]
        wish = OrderWish(
            origin=f"roll {row['roll']}" if number == 1 else f"roll {row['roll']} {number}",
            kind="next_roll",
            lines=(LineWish(choice=msgspec.json.decode(plan["make"], type=Choice)),),
            person=plan["person"],
            root=root,
            plan=plan["id"],
            roll=row["roll"],
            why={"roll": row["roll"], "received": row["received_at"].isoformat(), "plan": plan["id"]},
            currency=plan["currency"],
            pays=plan["pays"],
            cooling=plan["cooling"],
        )
        try:
            async with session.savepoint():
                made = await self.making.make(session, wish)
        except (ChoiceRefused, NothingOffered) as refused:
            await self._pause(session, plan, root, getattr(refused, "why", "item"))
            log.warning("plan.paused", plan=plan["id"], why=str(refused))
            return None, False
        if made.is_new:
            await session.run("ordering_next.fired", plan["id"], self.clock.now())
            if "address" in await self.reading.lacking(session, made.order):
                whose = (wish.person, wish.root)
                await self.making.telling.tell(session, made.order, "next_roll_asks_address", whose)
        return made.order, made.is_new

    async def _pause(self, session: Session, plan: Row, root: str | None, why: str) -> None:
        await session.run("ordering_next.pause", plan["id"], self.clock.now(), why)
        for person in await self.making.telling.people(session, plan["person"], root):
            about, key = {"plan": plan["id"], "name": plan["name"]}, f"plan_paused:{plan['id']}:{plan['version'] + 1}"
            await self.making.telling.notices.tell(session, person, "plan_paused", key, about)

    async def _undo(self, session: Session, row: Row) -> None:
        """Cancel what was ordered for a roll that nobody received, unless it went out; then it may be ordered anew."""
        held = await session.row("ordering.lock", row["order_id"]) if row["order_id"] else None
        if held is not None and held["handing_at"] is None and row["order_id"] not in self.making.releases:
            order = await self.reading.one(session, row["order_id"])
            lines = [line.number for line in order.lines]
            await self.settling.cancel(session, order, lines, by=SERVICE, note="the roll was not received", tell=True)
            end = ("not_wanted", None, row["number"] + 1)
        else:
            end = ("ordered", row["order_id"], row["number"])
        await session.run("ordering_next.end", row["roll"], *end, self.clock.now())
