"""What orders ask of their neighbours."""

from collections.abc import Iterable
from typing import Protocol

from photocore.catalogue import Catalogue
from photocore.money import Money
from photoservice.db.database import Session


class Shelf(Protocol):
    """The published versions of the catalogue (``cataloguing/catalogues.py``)."""

    async def current(self, session: Session) -> Catalogue:
        """Return the one in force; raises a 404 where none was published."""
        ...

    async def version(self, session: Session, version: str) -> Catalogue:
        """Return the one of that version; raises Unknown."""
        ...


class Refunds(Protocol):
    """Gives money back (``paying/``)."""

    async def refund(self, session: Session, order: str, minor: int, by: str, key: str) -> None:
        """Give so many minor units of what was paid for ``order`` back the ways it came; once for each ``key``."""
        ...


class OnAccount(Protocol):
    """Who may order on account (``paying/tabs.py``)."""

    async def hold(self, session: Session, person: str | None, money: Money, *, besides: str = "") -> None:
        """Let an order of so much on account pass. Raises NotOnAccount."""
        ...


class Beginning(Protocol):
    """Begins packages with the plans and credits of their product (``planning/defaults.py``)."""

    async def begin(self, session: Session, roots: Iterable[str]) -> int:
        """Make those of the packages that did not begin yet; returns how many."""
        ...
