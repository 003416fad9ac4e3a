"""What a code that goes by at a till means to us: a piece of film, a card, a code of ours, or nothing of our business.

A till scans bread and medicine too. What is not film, not a card of this retailer and no code of ours is forgotten
here, at once: no sighting, no sound, no log (DESIGN 5H).
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from photocore.errors import CodeError
from photocore.gs1 import gtin14
from photocore.ids import ItemId, Sgtin, parse_item
from photocore.scans import (
    BadgeScan,
    CardScan,
    CartridgeScan,
    CopyScan,
    Knowledge,
    PackageScan,
    ProductScan,
    Refused,
    RollScan,
    Scan,
)
from photocore.symbology import MAX_FRAME_BYTES, Reading, decode, interpret
from pos_bridge.lanes.hearing import CodeSeen, RefusedSeen
from pos_bridge.sighting import CardSighting, Sighting, Via

Meaning = Sighting | CardSighting | CodeSeen | RefusedSeen | None
"""None: none of our business."""


def _no_code(_text: str) -> bool:
    return False


@dataclass(frozen=True, kw_only=True)
class Seen:
    """Where and when a code was seen, and the name of that for ever."""

    id: str
    at: datetime
    lane: str
    via: Via = "tee"
    receipt: str | None = None


@dataclass(frozen=True, kw_only=True)
class LaneReader:
    """Reads frames with what the store's roster knows.

    ``knows_code`` says of a text whether it is an order code by the shop's own layout (``pos_bridge.orders.codes``).
    """

    knows: Knowledge
    knows_code: Callable[[str], bool] = _no_code

    def read(self, frame: bytes, seen: Seen, *, gs_substitute: str | None = None) -> Meaning:
        """Return what one frame means; anything may stand in it.

        Raises:
            SettingsError: the scanner's stand-in for GS could as well be data.
        """
        if len(frame) > MAX_FRAME_BYTES:
            return None
        try:
            reading = decode(frame, gs_substitute=gs_substitute)
        except CodeError:
            return None
        if self.knows_code(reading.text):
            return CodeSeen(id=seen.id, at=seen.at, lane=seen.lane, text=reading.text)
        return self._of(interpret(reading, self.knows), reading, seen)

    def _of(self, scan: Scan, reading: Reading, seen: Seen) -> Meaning:
        match scan:
            case PackageScan(known=False) | CopyScan(level=None) | ProductScan(level=None):
                return None
            case PackageScan() | RollScan() | CopyScan():
                return self._sighting(seen, scan.item, _gtin(scan.item))
            case ProductScan():
                return self._sighting(seen, None, scan.gtin)
            case CardScan():
                return CardSighting(id=seen.id, at=seen.at, lane=seen.lane, card=scan.card, receipt=seen.receipt)
            case BadgeScan() | CartridgeScan():
                return None
            case Refused():
                is_ours = _looks_ours(reading.text, self.knows)
                return RefusedSeen(id=seen.id, at=seen.at, lane=seen.lane, reason=scan.reason) if is_ours else None
            case _:
                return CodeSeen(id=seen.id, at=seen.at, lane=seen.lane, text=reading.text, scan=scan)

    def _sighting(self, seen: Seen, item: ItemId | None, gtin: str | None) -> Sighting:
        return Sighting(
            id=seen.id, at=seen.at, via=seen.via, lane=seen.lane, item=item, gtin=gtin, receipt=seen.receipt
        )


def _gtin(item: ItemId) -> str | None:
    parsed = parse_item(item)
    return parsed.gtin if isinstance(parsed, Sgtin) else None


def _looks_ours(text: str, knows: Knowledge) -> bool:
    """Say whether a code that cannot be used is a film's or a label's of ours all the same, so that somebody hears."""
    if re.match(r"(90)?TC[A-Z]-", text):
        return True
    digits = re.match(r"\(?01\)?([0-9]{14})", text) or re.search(r"/01/([0-9]{8,14})(?![0-9])", text)
    if digits is None:
        return False
    try:
        return knows.level_of(gtin14(digits[1])) is not None
    except CodeError:
        return False
