"""The event kinds of the till: what was sold, given back, dropped off and picked up (DESIGN 5C, 5E; K5, S1).

A unit of a sale has a name of its own, ``sale``: the hash of its natural key (:func:`unit_of_sale`), so that two
bridges that hear of one sale say the same fact. Nothing here says whose card was in the basket but the sealed part.
"""

import hashlib
from typing import Annotated, Literal

import msgspec

from photocore.events import Hex32
from photocore.kind_values import (
    Body,
    CardIssue,
    CardNumberText,
    CardTableName,
    Item,
    Reason,
    RegistrationNumber,
    Staff,
    StoreGln,
)
from photocore.package import MAX_ROLLS

TillName = Annotated[str, msgspec.Meta(min_length=1, max_length=40)]
BusinessDay = Annotated[str, msgspec.Meta(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")]
Sequence = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
BagText = Annotated[str, msgspec.Meta(pattern=r"^TCB-[0-9]{2}-[0-9]{4,6}-[0-9]\Z")]
TwinText = Annotated[str, msgspec.Meta(pattern=r"^TCT-[0-9]{2}-[0-9]{4,6}-[0-9]\Z")]
Process = Literal["C-41", "E-6", "B&W", "ECN-2"]
ScanSize = Literal["none", "standard", "large", "largest"]
Negatives = Literal["return_cut", "return_uncut", "keep", "discard"]
MOST_STOPS = 3
"""Stops of push or pull that are taken."""


def unit_of_sale(*, store: str, till: str, business_day: str, sequence: str, line: int, unit: int) -> str:
    """Return the name of one unit of a sale: 32 hex digits, the same wherever it is heard of.

    The natural key is that of POSLog: RetailStoreID, WorkstationID, BusinessDayDate, SequenceNumber, and the line
    (research/standards.md 7.1); ``unit`` counts from 1 within the line's quantity.
    """
    key = "\x1f".join((store, till, business_day, sequence, str(line), str(unit)))
    return hashlib.sha256(f"sale\x1f{key}".encode()).hexdigest()[:32]


class PackageSold(Body, frozen=True, kw_only=True):
    """A till sold the package or roll ``item``: that activates it (K5).

    ``how`` says what told the piece: the till's own line (``line``), a scan at its lane (``scan``), a kiosk in the
    store (``kiosk``), or a manager's decision. ``amount`` is in minor units of ``currency``.
    """

    item: Item
    sale: Hex32
    store: StoreGln
    till: TillName
    business_day: BusinessDay
    sequence: Sequence
    line: Annotated[int, msgspec.Meta(ge=0)]
    how: Literal["line", "scan", "kiosk", "manager"]
    amount: int | None = None
    currency: Annotated[str, msgspec.Meta(pattern=r"^[A-Z]{3}\Z")] | None = None
    staff: Staff | None = None


class PackageSoldSealed(Body, frozen=True, kw_only=True):
    """The personal part of :class:`PackageSold`: the card that lay in the same basket (O19)."""

    card_table: CardTableName
    card_number: CardNumberText
    card_issue: CardIssue | None = None

    def __repr__(self) -> str:
        return "PackageSoldSealed(...)"


class SaleRefunded(Body, frozen=True, kw_only=True):
    """A unit of a sale was given back or voided; the live claims of that sale end (DESIGN 5C).

    ``refund`` is the name of the unit that gave it back, made like that of a sale. The sale may come later than this.
    """

    item: Item
    sale: Hex32
    refund: Hex32
    store: StoreGln
    how: Literal["returned", "voided", "manager"]
    staff: Staff | None = None


class SaleCorrected(Body, frozen=True, kw_only=True):
    """What an earlier event of this station told of a sale was not so: later evidence, or a manager, says otherwise.

    ``told`` is that :class:`PackageSold` or :class:`SaleRefunded`; it counts as if it had never been.
    """

    told: Hex32
    item: Item
    reason: Reason
    staff: Staff | None = None


class DroppedRoll(msgspec.Struct, frozen=True, kw_only=True):
    """One roll in a bag: its twin check, its roll ID where it has one, how it is to be developed.

    ``stops`` is push (above nought) or pull (below), in whole stops.
    """

    twin: TwinText
    process: Process
    roll: Item | None = None
    stops: Annotated[int, msgspec.Meta(ge=-MOST_STOPS, le=MOST_STOPS)] = 0
    note: Annotated[str, msgspec.Meta(max_length=60)] = ""


class RollsDropped(Body, frozen=True, kw_only=True):
    """Rolls were dropped off in one bag, to be developed (S1). ``number`` is the registration they were found by."""

    bag: BagText
    rolls: Annotated[tuple[DroppedRoll, ...], msgspec.Meta(min_length=1, max_length=MAX_ROLLS)]
    scan: ScanSize
    negatives: Negatives
    store: StoreGln
    number: RegistrationNumber | None = None
    staff: Staff | None = None


class DropOffWithdrawn(Body, frozen=True, kw_only=True):
    """A drop-off is none: undone at the counter. Its bag label, twin checks and claim stub are void."""

    dropped: Hex32
    bag: BagText
    reason: Reason = ""
    staff: Staff | None = None


class BagPickedUp(Body, frozen=True, kw_only=True):
    """Whoever held the claim stub took the bag's order away."""

    bag: BagText
    store: StoreGln
    staff: Staff | None = None


__all__ = [
    "MOST_STOPS",
    "BagPickedUp",
    "BagText",
    "DropOffWithdrawn",
    "DroppedRoll",
    "Negatives",
    "PackageSold",
    "PackageSoldSealed",
    "Process",
    "RollsDropped",
    "SaleCorrected",
    "SaleRefunded",
    "ScanSize",
    "unit_of_sale",
]
