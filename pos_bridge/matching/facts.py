"""The facts that sales are matched by. All are values; a set of them is what :func:`decide` is a function of."""

from datetime import datetime
from typing import Annotated, Literal

import msgspec

from photocore.ids import ItemId
from photocore.kind_values import Staff
from pos_bridge.orders.store import Issued
from pos_bridge.sale import BasketKey, EventName, SaleObserved, SourceName
from pos_bridge.sighting import LaneName, Sighting

Decision = Literal["assign", "count", "believe", "none", "close", "undo"]
"""What a manager says of a case.

``assign``: the piece ``item`` was sold (or given back) there. ``count``: the line counts as it was told, or the
station is to be asked again. ``believe``: of what sources tell differently, what ``source`` told is right (``event``
says which, where it told several things itself). ``none``: nothing of ours was. ``close``: seen, and nothing changes.
``undo``: the ruling ``of`` is taken back.
"""


class Ruling(msgspec.Struct, frozen=True, kw_only=True):
    """What a manager decided on the case with the key ``case``. ``id`` names the ruling for ever."""

    id: Annotated[str, msgspec.Meta(min_length=4, max_length=64)]
    case: str
    decision: Decision
    at: datetime
    item: ItemId | None = None
    of: str | None = None
    source: SourceName | None = None
    event: EventName | None = None
    staff: Staff | None = None
    note: Annotated[str, msgspec.Meta(max_length=200)] = ""

    def __post_init__(self) -> None:
        """Refuse a ruling that lacks what it is about. Raises ValueError."""
        if (self.decision == "assign") != (self.item is not None):
            raise ValueError("a piece is named by a ruling that assigns it, and by no other")
        if (self.decision == "believe") != (self.source is not None) or (self.event and not self.source):
            raise ValueError("a source is named by a ruling that believes it, and by no other")
        if (self.decision == "undo") != (self.of is not None):
            raise ValueError("a ruling is named by the one that takes it back, and by no other")


class CardSeen(msgspec.Struct, frozen=True, kw_only=True):
    """A card was seen at a lane. ``mark`` stands for it (an HMAC): who it is, is no matter here."""

    id: str
    at: datetime
    lane: LaneName
    mark: str
    receipt: str | None = None


class BasketEnd(msgspec.Struct, frozen=True, kw_only=True):
    """A transaction of a lane ended then. It parts the cards of one basket from those of the next."""

    basket: BasketKey
    at: datetime


class ManyMeant(msgspec.Struct, frozen=True, kw_only=True):
    """A return names a receipt of a ``till`` (None: of any) by its number alone, and too many have its goods."""

    back: BasketKey
    sequence: str
    till: str | None
    store: str
    gtin: str


class TillFacts(msgspec.Struct, frozen=True, kw_only=True):
    """All that is known of a store's sales, or a part of it that nothing outside bears on.

    ``store`` is the only store whose lines count; others are another bridge's to tell. ``customer`` of a line is here
    the mark of a card that the roster knows, else None. ``serialized`` are GTINs whose pieces have serials: a line of
    one needs its piece. ``codes`` are order codes given out here. ``ends`` are baskets beside those of ``lines``,
    ``many`` what beside them makes returns unclear.
    """

    store: str
    lines: frozenset[SaleObserved] = frozenset()
    sightings: frozenset[Sighting] = frozenset()
    cards: frozenset[CardSeen] = frozenset()
    rulings: frozenset[Ruling] = frozenset()
    serialized: frozenset[str] = frozenset()
    codes: frozenset[Issued] = frozenset()
    ends: frozenset[BasketEnd] = frozenset()
    many: frozenset[ManyMeant] = frozenset()
