"""Confirm registrations that nobody opposed for two days (DESIGN 5C): a periodic task, safe in any number of processes.

After the confirmation another customer's unproven claim opens a case and changes nothing.
"""

from dataclasses import dataclass
from datetime import timedelta

from photocore.seams import Clock
from photoservice.db.database import Database
from photoservice.registrations import confirm, lock_name, settle_roots

_AT_ONCE = 100


@dataclass(frozen=True, kw_only=True)
class Settlement:
    """Confirms what has stood for ``settle_after``."""

    database: Database
    clock: Clock
    settle_after: timedelta

    async def run_once(self) -> int:
        """Confirm what is due and return how many registrations that were."""
        due = self.clock.now() - self.settle_after
        async with self.database.begin() as session:
            roots = [row["root"] for row in await session.rows("registrations.unsettled", due, _AT_ONCE)]
        return sum([await self._settle(root) for root in roots])

    async def _settle(self, root: str) -> int:
        now = self.clock.now()
        async with self.database.begin() as session:
            await session.lock([lock_name(root)])
            rows = await session.rows("registrations.still_unsettled", root, now - self.settle_after)
            claims = {claim for row in rows for claim in row["claims"]}
            if claims:
                await confirm(session, [(claim, "unopposed") for claim in sorted(claims)], now)
                await settle_roots(session, [root], now)
            return len(rows)
