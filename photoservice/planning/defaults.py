"""What a package brings along (O4, O7, O15, S4): its prepaid credits and first plans, made once when it is registered.

Made at the first count, the first received roll or the first look at a page, whoever is first: which of them it was
cannot be told afterwards, for plans begin at the moment of the registration and are called after their package.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec

from photocore.seams import Clock
from photocore.terms import PlanTerms, Terms
from photoservice.cataloguing.catalogues import Catalogues
from photoservice.cataloguing.terms import TermsBook
from photoservice.db.database import Row, Session
from photoservice.goods_errors import NothingOffered
from photoservice.keyring import Keyring
from photoservice.planning.rows import choice_text, criterion_text, plan_name, terms_origin


@dataclass(frozen=True, kw_only=True)
class Defaults:
    """Begins packages."""

    clock: Clock
    keyring: Keyring
    terms: TermsBook
    catalogues: Catalogues

    async def begin(self, session: Session, roots: Iterable[str]) -> int:
        """Make the plans and credits of those ``roots`` that are registered, have terms and did not begin yet.

        Needs a transaction. Returns how many began now. Terms that staff write later hold for packages that had none.
        Without a catalogue there is no currency to price a plan in: nothing begins before there is one.
        """
        rows = await session.rows("planning_defaults.unbegun", sorted(set(roots)))
        if not rows:
            return 0
        try:
            currency = (await self.catalogues.current(session)).currencies[0]
        except NothingOffered:
            return 0
        begun = 0
        for row in rows:
            terms = await self.terms.of(session, row["gtin"])
            if terms is not None:
                begun += await self._begin(session, row, terms, currency)
        return begun

    async def _begin(self, session: Session, row: Row, terms: Terms, currency: str) -> int:
        root, began, now = row["root"], row["since"], self.clock.now()
        if not await session.run("planning_defaults.begin", root, row["gtin"], began, now):
            return 0
        for place, credit in enumerate(terms.credits):
            options = msgspec.json.encode(credit.options).decode()
            said = (credit.item, options, credit.pieces, credit.most_units or 1)
            await session.run("planning_defaults.add_credit", root, place, *said)
        for place, plan in enumerate(terms.plans):
            await self._add_plan(session, root, place, plan, began=began, now=now, currency=currency)
        await session.run("planning_defaults.look_at", root, now)
        return 1

    async def _add_plan(
        self,
        session: Session,
        root: str,
        place: int,
        plan: PlanTerms,
        *,
        began: datetime,
        now: datetime,
        currency: str,
    ) -> None:
        """Add a plan that hangs on the package alone: who holds its registration steers it, and pays at a till."""
        origin = terms_origin(root, place)
        said = (plan.name, criterion_text(plan.when), choice_text(plan.make), plan.repeats)
        cooling = timedelta(hours=plan.cooling_hours)
        named = (plan_name(self.keyring, origin), plan.kind, "package", None, root, None, origin)
        counts = (began, plan.kind == "goods", now)
        await session.run("planning_plans.insert", *named, *said, cooling, "till", currency, *counts)
