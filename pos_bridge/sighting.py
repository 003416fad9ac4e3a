"""What was seen at a lane or a kiosk: a package by its serial, a card. Evidence for sales that say neither."""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Literal

import msgspec

from photocore.cards import CardNumber
from photocore.ids import ItemId
from photocore.package import Gtin14

Via = Literal["tee", "facade", "cashier", "kiosk"]
LaneName = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,31}\Z")]

ReceiptTag = Annotated[str, msgspec.Meta(max_length=64)]
"""Which receipt of a lane's tap was under way: what bears one tag lay in one basket. None where nobody knows."""


class Sighting(msgspec.Struct, frozen=True, kw_only=True):
    """One piece was seen. ``id`` names this sighting for ever: told again, it is the same one.

    ``lane`` is None for what a kiosk in the store saw. ``item`` is the canonical text of the package or roll, None for
    a code that says only what it is (``gtin``): such a sighting counts no piece, it is shown as evidence.

    ``undoes`` makes it the opposite: what the kiosk told by that ID, of the same piece, was undone there. In whichever
    order the two come, neither counts.
    """

    id: str
    at: datetime
    via: Via
    lane: LaneName | None
    item: ItemId | None
    gtin: Gtin14 | None
    receipt: ReceiptTag | None = None
    undoes: Annotated[str, msgspec.Meta(min_length=1, max_length=128)] | None = None


def standing(sightings: Iterable[Sighting]) -> frozenset[Sighting]:
    """Return those that were not undone where they were made; a lane undoes nothing, nor is anything of it undone."""
    told = frozenset(sightings)
    undone = {one.undoes for one in told if one.undoes is not None and one.via == "kiosk"}
    if not undone:
        return told
    return frozenset(one for one in told if one.undoes is None and (one.via != "kiosk" or one.id not in undone))


class CardSighting(msgspec.Struct, frozen=True, kw_only=True):
    """A registration card was seen at a lane. Personal: kept until it is used, a day at most."""

    id: str
    at: datetime
    lane: LaneName
    card: CardNumber
    receipt: ReceiptTag | None = None

    def __repr__(self) -> str:
        return f"CardSighting({self.id}, {self.lane})"
