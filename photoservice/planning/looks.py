"""Whether a plan has crossed, and if not, when a look at it is worth while again."""

from collections.abc import Sequence
from datetime import datetime

from photocore.catalogue import Catalogue
from photocore.criteria import All, Criterion, Need, Pending, next_crossing, outlook
from photoservice.cataloguing.catalogues import Catalogues
from photoservice.db.database import Session
from photoservice.goods_errors import NothingOffered
from photoservice.planning.pendings import span_of
from photoservice.planning.shown import PlanShown


def has_crossed(plan: PlanShown, pending: Pending, now: datetime, least: int) -> bool:
    """Say whether what is pending crosses a plan by ``now``."""
    return plan.when is not None and next_crossing(plan.when, pending, span_of(plan, now), least=least) is not None


def next_look(plan: PlanShown, pending: Pending, now: datetime, least: int) -> datetime | None:
    """Return when a plan that has not crossed can cross without anything being counted, or None."""
    if plan.when is None:
        return None
    needs = outlook(plan.when, pending, span_of(plan, now), least=least)
    due = next_due(plan.when, pending, needs, least)
    return due if due is not None and due > now else None


def next_due(criterion: Criterion, pending: Pending, needs: Sequence[Need], least: int) -> datetime | None:
    """Return when something is made if nothing more comes: None where that is never, for a count or a picture lacks."""
    if len(pending.images) < max(1, least):
        return None
    dues = [need.due for need in needs if need.due is not None]
    if isinstance(criterion, All) and any(need.due is None and need.have < need.need for need in needs):
        return None
    return (max if isinstance(criterion, All) else min)(dues, default=None)


async def offered(session: Session, catalogues: Catalogues) -> Catalogue | None:
    """Return the catalogue in force, or None where none was published yet."""
    try:
        return await catalogues.current(session)
    except NothingOffered:
        return None


def least_of(catalogue: Catalogue | None, plan: PlanShown) -> int:
    """Return how many images what a plan makes needs: with fewer it waits for more."""
    item = catalogue.item(plan.make.item) if catalogue else None
    return max(1, item.least_images) if item is not None and item.takes_images else 1


def most_of(catalogue: Catalogue | None, plan: PlanShown) -> int | None:
    """Return how many images what a plan makes is made of at most, or None: what is beyond waits for the next."""
    item = catalogue.item(plan.make.item) if catalogue else None
    return item.most_images if item is not None and item.takes_images else None
