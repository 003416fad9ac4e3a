"""Recalls and best dates: which film a store should not pass over in silence (S6).

A recall names a product and, where it is not all of it, lots or a range of serials; it is data that a maker's notice is
copied into. What a store does about it is its policy: ``warn``, or ``block`` the registration. Film past its best date
is still film: it is told, and never refused.
"""

from collections.abc import Iterable
from datetime import date
from typing import Annotated, Literal

import msgspec

from photocore.errors import CodeError, Gs1Error
from photocore.gs1_dates import read_date
from photocore.ids import Sgtin, parse_item
from photocore.package import Gtin14

Serial = Annotated[str, msgspec.Meta(min_length=1, max_length=20)]


class Recall(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One recall. Without ``lots`` and serials it is every piece of the product.

    Serials are compared as text of the same length, as makers count them; ``serial_from`` and ``serial_to`` are both
    recalled.
    """

    gtin: Gtin14
    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=120)]
    policy: Literal["warn", "block"] = "warn"
    lots: tuple[Serial, ...] = ()
    serial_from: Serial | None = None
    serial_to: Serial | None = None

    def __post_init__(self) -> None:
        """Refuse half a range. Raises ValueError."""
        if (self.serial_from is None) != (self.serial_to is None):
            raise ValueError("serial_from and serial_to come together")
        if self.serial_from and self.serial_to and len(self.serial_from) != len(self.serial_to):
            raise ValueError("the two ends of a range of serials are of one length")


class RecallFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a file of recalls holds."""

    recall: tuple[Recall, ...] = ()


def find_recall(recalls: Iterable[Recall], item: str, lot: str = "") -> Recall | None:
    """Return the strictest recall that ``item``, or the ``lot`` its code tells, falls under."""
    piece = _sgtin(item)
    if piece is None:
        return None
    found = [recall for recall in recalls if recall.gtin == piece.gtin and _is_under(recall, piece.serial, lot)]
    return min(found, key=lambda recall: recall.policy != "block", default=None)


def expired_on(expires: str, today: date) -> date | None:
    """Return the last good day that a code tells, if it is over; ``expires`` is six digits, as GS1 AI 17 has them."""
    try:
        last = read_date(expires, today.year) if expires else None
    except Gs1Error:
        return None
    return last if last is not None and last < today else None


def _is_under(recall: Recall, serial: str, lot: str) -> bool:
    if lot and lot in recall.lots:
        return True
    if recall.serial_from and recall.serial_to:
        return len(serial) == len(recall.serial_from) and recall.serial_from <= serial <= recall.serial_to
    return not recall.lots


def _sgtin(item: str) -> Sgtin | None:
    try:
        parsed = parse_item(item)
    except CodeError:
        return None
    return parsed if isinstance(parsed, Sgtin) else None
