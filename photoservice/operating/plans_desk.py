"""Plans as operators see them: which are about to fire, which are full, which rest; one with why; pausing one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, get_args

from photocore.seams import Clock
from photoservice.db.database import Row, Session
from photoservice.errors import PlanChangedMeanwhile, Unknown, Unprocessable
from photoservice.operating.audit import Audit
from photoservice.operating.duty import Duty
from photoservice.planning.plans import Plans
from photoservice.planning.shown import Fired, PlanShown

Filter = Literal["due", "fullest", "troubled", "paused"]

FILTERS: Final[tuple[Filter, ...]] = get_args(Filter)
"""Looked at soon, the next first; the most pending first; what the house paused; all that rest."""

MOST: Final = 100


@dataclass(frozen=True, kw_only=True)
class PlanRow:
    """A plan in a list, and when it is looked at next."""

    plan: PlanShown
    look_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class PlansDesk:
    """Shows plans to operators, and lets them rest."""

    clock: Clock
    audit: Audit
    plans: Plans

    async def list(self, session: Session, duty: Duty, wanted: Filter) -> tuple[PlanRow, ...]:
        """Return at most 100 plans; an operator of one tenant is shown those of that one's packages."""
        match wanted:
            case "fullest":
                rows = await session.rows("ops_plans.fullest", duty.tenant, MOST)
            case "troubled" | "paused":
                rows = await session.rows("ops_plans.troubled", duty.tenant, MOST, wanted if wanted[0] == "t" else "")
            case _:
                rows = await session.rows("ops_plans.due", duty.tenant, MOST)
        return await self._rows(session, rows)

    async def open(self, session: Session, duty: Duty, plan: str) -> tuple[PlanRow, tuple[Fired, ...]]:
        """Return a plan and what it made last. Raises Unknown, for another tenant's too."""
        row = await session.row("ops_plans.plan", plan, duty.tenant)
        if row is None:
            raise Unknown("There is no such plan.")
        (shown,) = await self._rows(session, [row])
        fired = await self.plans.fired(session, plan)
        await self.audit.add(session, duty, "plan_seen", plan)
        return shown, fired

    async def pause(self, session: Session, duty: Duty, plan: str, *, version: int, why: str) -> None:
        """Let a plan make nothing until it is resumed; it goes on counting.

        Raises:
            Unknown: there is no such plan, or it is another tenant's.
            PlanChangedMeanwhile: it was changed, or fired, since it was looked at.
            Unprocessable: it does not live.
        """
        await self._set(session, duty, plan, ("live", "paused", "plan_paused"), version=version, why=why)

    async def resume(self, session: Session, duty: Duty, plan: str, *, version: int, why: str) -> None:
        """Let a paused plan make its goods again, at once what was met meanwhile. Raises as :meth:`pause`."""
        await self._set(session, duty, plan, ("paused", "live", "plan_resumed"), version=version, why=why)

    async def _set(
        self, session: Session, duty: Duty, plan: str, change: tuple[str, str, str], *, version: int, why: str
    ) -> None:
        before, after, kind = change
        row = await session.row("ops_plans.hold", plan, duty.tenant)
        if row is None:
            raise Unknown("There is no such plan.")
        if row["version"] != version:
            raise PlanChangedMeanwhile(row["version"])
        if row["state"] != before:
            raise Unprocessable(f"This plan is {row['state']}.")
        await session.run("planning_plans.set_state", plan, after, self.clock.now())
        await self.audit.add(session, duty, kind, plan, {"why": why})

    async def _rows(self, session: Session, rows: Sequence[Row]) -> tuple[PlanRow, ...]:
        shown = await self.plans.look(session, rows)
        return tuple(PlanRow(plan=plan, look_at=row["look_at"]) for plan, row in zip(shown, rows, strict=True))
