"""Handing orders over: once each, with a signed manifest, whatever dies in between (DESIGN 5G)."""

from dataclasses import dataclass

from photocore.seams import Clock
from photoservice.db.database import Database


@dataclass(frozen=True, kw_only=True)
class Releasing:
    """Releases orders that lack nothing."""

    database: Database
    clock: Clock

    async def run_once(self) -> int:
        """Look at the orders that are to be looked at; returns how many were released."""
        raise NotImplementedError
