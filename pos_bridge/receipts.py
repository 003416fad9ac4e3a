"""What was registered, on the till's own receipt: drawn while its basket is still open, and for that receipt alone.

A registration belongs to the receipt that was under way when its card was scanned. If that one is out by then, nothing
is added: its way to the pictures comes out of the label printer all the same, and no stranger's receipt bears it.
"""

import threading
from collections.abc import Callable
from typing import Final, Protocol

import structlog

from photocore.cards import CardNumber
from photocore.errors import TwincheckError
from photocore.label import Receipt
from pos_bridge.lanes.blocks import Basket
from sync.registrations import mark_card

MOST_CARDS: Final = 64

_log = structlog.get_logger(__name__)


class Shelf(Protocol):
    """Where blocks lie ready (:class:`pos_bridge.lanes.blocks.BlockShelf`)."""

    def put(self, basket: Basket, block: bytes, seen_at: float) -> None:
        """Lay a block ready. Raises BridgeRefusal: it is too long."""
        ...


class ReceiptAdder:
    """Knows which receipt each card was scanned for, and lays what was registered to it ready. For any thread."""

    def __init__(
        self,
        shelf: Shelf,
        *,
        card_key: bytes,
        receipt_of: Callable[[str], Receipt | None],
        draw: Callable[[str, Receipt], bytes],
    ) -> None:
        self._shelf = shelf
        self._card_key = card_key
        self._receipt_of = receipt_of
        self._draw = draw
        self._guard = threading.Lock()
        self._baskets: dict[str, tuple[Basket, float]] = {}

    def card_seen(self, card: CardNumber, basket: Basket, at: float) -> None:
        """Remember for which receipt a card was scanned, and when (monotonic seconds); the newest scan counts."""
        mark = mark_card(card, self._card_key).hex()
        with self._guard:
            self._baskets.pop(mark, None)
            self._baskets[mark] = basket, at
            for oldest in list(self._baskets)[:-MOST_CARDS]:
                del self._baskets[oldest]

    def registered(self, claim: str, mark: str) -> None:
        """Lay a registration's block ready for the receipt its card was scanned for. Never raises what we cannot help.

        Raises:
            JournalDown: nothing can be read now; nothing is lost but the block.
        """
        with self._guard:
            found = self._baskets.get(mark)
        receipt = self._receipt_of(claim) if found is not None else None
        if found is None or receipt is None:
            return
        basket, seen_at = found
        try:
            self._shelf.put(basket, self._draw(basket.lane, receipt), seen_at)
        except TwincheckError as why:
            _log.warning("bridge.receipt_not_added", lane=basket.lane, why=str(why))
