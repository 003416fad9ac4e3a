"""What the ledger shows: values for pages, the light, the doctor and the metrics."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from photocore.ids import ItemId
from pos_bridge.matching.facts import Ruling
from pos_bridge.matching.outcome import Evidence, Reason
from pos_bridge.messages import RawMessage, State
from pos_bridge.sale import BasketKey
from pos_bridge.sighting import LaneName


@dataclass(frozen=True, kw_only=True)
class KeptMessage:
    """A message as it is kept. ``why`` says why it was refused, or what was passed over."""

    number: int
    message: RawMessage
    state: State
    why: str = ""


@dataclass(frozen=True, kw_only=True)
class LeftOut:
    """What a source told and what counts for nothing.

    Parts of a message were passed over, for the reasons in ``why``; or it came again with another body, ``times``.
    """

    source: str
    key: str
    received_at: datetime
    why: str
    times: int = 0


@dataclass(frozen=True, kw_only=True)
class CaseView:
    """A case for the manager (:class:`pos_bridge.matching.outcome.Case`), with the rulings that stand on it."""

    key: str
    reason: Reason
    at: str
    basket: BasketKey | None
    line: int | None
    lane: LaneName | None
    gtin: str | None
    units: int
    pieces: tuple[ItemId, ...]
    evidence: tuple[Evidence, ...]
    is_open: bool
    why: str = ""
    """Why the station would not have it, where that is what the case is about: a word of its refusals."""
    rulings: tuple[Ruling, ...] = ()


@dataclass(frozen=True, kw_only=True)
class BasketPiece:
    """One piece of a basket: sold, given back there, or both; ``is_registered`` to the card of its basket."""

    item: ItemId
    is_given_back: bool = False
    is_registered: bool = False


@dataclass(frozen=True, kw_only=True)
class BasketView:
    """A basket with what was found in it. ``at`` is None where its till tells no time."""

    basket: BasketKey
    lane: LaneName | None
    at: datetime | None
    pieces: tuple[BasketPiece, ...] = ()
    cases: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Figures:
    """What the ledger counts.

    ``untold`` is what the station is still to be told; ``dirty`` what is to be decided; ``cases`` are the open ones by
    reason. ``oldest_unread`` is when the oldest message came that nobody has read.
    """

    unread: int = 0
    read: int = 0
    refused: int = 0
    oldest_unread: datetime | None = None
    dirty: int = 0
    untold: int = 0
    cases_open: int = 0
    cases: Mapping[str, int] = field(default_factory=dict[str, int])
    lines: int = 0
    sightings: int = 0
