"""What plans have counted and not used: images that stand, and that the plan still covers, whoever looks and whenever.

Counting is for good, covering is not: a picture that is withdrawn, that its person takes out of the sub-group, or whose
roll is somebody else's now, is left out here as long as that is so. It counts again, in its place, when it comes back.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from photocore.criteria import Counted, Pending, Span
from photoservice.db.database import Row, Session
from photoservice.persons.persons import Persons, Shown
from photoservice.planning.shown import PlanShown

EMPTY = Pending()


@dataclass(frozen=True, kw_only=True)
class Pendings:
    """Reads what is pending."""

    persons: Persons

    async def of(self, session: Session, plans: Sequence[PlanShown], now: datetime) -> Mapping[str, Pending]:
        """Return what is pending of each plan; none of those that have nothing."""
        if not plans:
            return {}
        rows = await session.rows("planning_evaluating.pending", [plan.id for plan in plans], now)
        if not rows:
            return {}
        have = {row["plan"] for row in rows}
        wanted = [plan for plan in plans if plan.id in have]
        rolls = await self._rolls_of_roots(session, wanted)
        shown: dict[str, Sequence[Shown]] = {}
        covers: dict[str, frozenset[str]] = {}
        for plan in wanted:
            if plan.person is None:
                covers[plan.id] = rolls.get(plan.root or "", frozenset())
                continue
            if plan.person not in shown:
                shown[plan.person] = await self.persons.shown(session, plan.person)
            covers[plan.id] = covered_by(plan, shown[plan.person])
        return read_pending(rows, covers)

    async def _rolls_of_roots(self, session: Session, plans: Iterable[PlanShown]) -> Mapping[str, frozenset[str]]:
        roots = sorted({plan.root for plan in plans if plan.root is not None and plan.person is None})
        found: dict[str, set[str]] = {}
        for row in await session.rows("planning_evaluating.rolls_of", roots) if roots else ():
            found.setdefault(row["root"], set()).add(row["roll"])
        return {root: frozenset(rolls) for root, rolls in found.items()}


def covered_by(plan: PlanShown, shown: Iterable[Shown]) -> frozenset[str]:
    """Return the rolls of which a plan's own person sees the pictures, as far as the plan goes."""
    return frozenset(one.roll for one in shown if plan.scope != "package" or one.package == plan.root)


def read_pending(rows: Iterable[Row], covers: Mapping[str, frozenset[str]]) -> dict[str, Pending]:
    """Return what is pending by plan, of rows in the order in which images came; ``covers`` says which rolls count."""
    images: dict[str, list[Counted]] = {}
    rolls: dict[str, dict[str, datetime]] = {}
    counted: dict[str, set[str]] = {}
    for row in rows:
        plan, roll = row["plan"], row["roll"]
        if roll not in covers.get(plan, ()):
            continue
        images.setdefault(plan, []).append(Counted(image=row["image"], roll=roll, at=row["at"]))
        if row["is_counted"]:
            counted.setdefault(plan, set()).add(roll)
        elif row["whole_at"] is not None:
            rolls.setdefault(plan, {})[roll] = row["whole_at"]
    return {
        plan: Pending(images=tuple(pictures), rolls=rolls.get(plan, {}), counted_rolls=frozenset(counted.get(plan, ())))
        for plan, pictures in images.items()
    }


def span_of(plan: PlanShown, now: datetime) -> Span:
    """Return the time a plan looks at. Nothing of it lies in the future: a clock that was ahead may have said so."""
    begun = min(plan.begun_at, now)
    return Span(begun=begun, since=max(begun, min(plan.since, now)), now=now)
