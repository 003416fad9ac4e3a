"""Making orders: each once for what it was made for, priced by the catalogue in force, with a snapshot of what it says."""

from collections.abc import Sequence
from dataclasses import dataclass

from photocore.seams import Clock
from photoservice.db.database import Session
from photoservice.keyring import Keyring
from photoservice.ordering.ports import Shelf
from photoservice.ordering.wishes import LineWish, Made, OrderWish, Quoted


@dataclass(frozen=True, kw_only=True)
class Making:
    """Makes orders."""

    clock: Clock
    keyring: Keyring
    shelf: Shelf

    async def quote(self, session: Session, lines: Sequence[LineWish], currency: str | None = None) -> Quoted:
        """Return what lines would cost now; its ``digest`` goes into the wish of whoever confirms it.

        Raises:
            ChoiceRefused: one of them cannot be had; ``error.why`` says why in one word.
            NothingOffered: there is no catalogue.
        """
        raise NotImplementedError

    async def make(self, session: Session, wish: OrderWish) -> Made:
        """Make an order, unless one stands for the origin; that one stays as it is, whatever the wish says.

        Whether whoever asks may see the images, they have looked.

        Raises:
            ChoiceRefused: a line cannot be had (any more); ``error.why`` says why in one word.
            PriceChanged: the wish names another price than holds now.
            NothingOffered: there is no catalogue.
        """
        raise NotImplementedError
