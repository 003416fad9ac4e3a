"""Which package each item belongs to, and the locks of both."""

from collections.abc import Iterable
from dataclasses import dataclass

from photoservice.db.database import Session


@dataclass(frozen=True, kw_only=True)
class Roots:
    """Which package each item belongs to, as far as manifests tell."""

    packages: dict[str, str]

    def of(self, item: str) -> str:
        """Return what a claim on ``item`` counts for."""
        return self.packages.get(item, item)

    def is_known(self, item: str) -> bool:
        """Say whether the item's package has a manifest."""
        return item in self.packages


async def read_roots(session: Session, items: Iterable[str]) -> Roots:
    """Return the packages ``items`` belong to."""
    rows = await session.rows("registrations.roots_of", list(set(items)))
    return Roots(packages={row["item"]: row["package"] for row in rows})


async def lock_items(session: Session, names: Iterable[str], items: Iterable[str]) -> Roots:
    """Lock ``names`` and the packages of ``items``; return these packages as they were known just before."""
    rows = await session.rows("locks.take_of_items", sorted(set(names)), list(set(items)))
    return Roots(packages={row["item"]: row["package"] for row in rows})
