"""Plans whose moment has come are looked at: something was counted, or their time is over. A crossing makes one order.

The crossing, its order and the images it takes are one transaction under the plan's row lock, and the crossing's number
is a key: whoever looks twice, dies in between or is beside another worker changes nothing.
"""

from dataclasses import dataclass
from typing import Protocol

from photocore.seams import Clock
from photoservice.cataloguing.catalogues import Catalogues
from photoservice.db.database import Database, Session
from photoservice.notifying.notices import Notices
from photoservice.ordering.wishes import Made, OrderWish
from photoservice.persons.persons import Persons


class Maker(Protocol):
    """Makes orders (``ordering/making.py``)."""

    async def make(self, session: Session, wish: OrderWish) -> Made:
        """Make an order for the wish's origin, once. Raises ChoiceRefused or NothingOffered."""
        ...


@dataclass(frozen=True, kw_only=True)
class Evaluating:
    """Looks at plans and fires them."""

    database: Database
    clock: Clock
    persons: Persons
    notices: Notices
    catalogues: Catalogues
    maker: Maker
    at_once: int = 200

    async def run_once(self) -> int:
        """Look at every plan whose moment has come; returns how many crossings were fired."""
        raise NotImplementedError
