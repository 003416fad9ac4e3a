"""What is printed on the till's own receipt, above its cut: the way to the pictures, and what was registered.

A tap waits a moment only, so a block is drawn beforehand and lies ready. It bears somebody's access code: it is given
to one receipt, the one that was under way when the film was scanned, and to no later one.
"""

import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from hardware.printer import escpos
from hardware.printer.escpos_document import raster_pieces
from hardware.printer.profile import PrinterProfile
from hardware.render.receipt import ReceiptComposer
from hardware.tee.copies import MOST_BLOCK_BYTES, ReceiptEnded
from photocore.label import Receipt
from pos_bridge.errors import BridgeRefusal

MOST_WAITING: Final = 8
PAYING_S: Final = 2.0
"""Nobody pays faster. A card that was scanned so shortly before a receipt's end is the next customer's, whose basket
began while that receipt was still being printed."""
_OWN_UNITS: Final = b"\x1dP\x00\x00"


class ReceiptBlocks(Protocol):
    """Knows what is to be printed on a till's receipt. Asked on the ears' thread: it must answer at once."""

    def block_for(self, ended: ReceiptEnded) -> bytes:
        """Return ESC/POS bytes to print above the cut, or none."""
        ...


@dataclass(frozen=True, kw_only=True)
class Basket:
    """The receipt that is under way at a lane: the tap's epoch, and which of its receipts it will be."""

    lane: str
    epoch: int
    number: int


class BlockShelf:
    """Blocks that lie ready, each for one basket. For any thread."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._blocks: dict[Basket, list[tuple[float, bytes]]] = {}

    def put(self, basket: Basket, block: bytes, seen_at: float) -> None:
        """Lay a block ready for the receipt of ``basket``; several follow each other.

        ``seen_at`` is the monotonic second at which its card was scanned.

        Raises:
            BridgeRefusal: ``too_long``: no tap takes as much.
        """
        with self._guard:
            waiting = self._blocks.setdefault(basket, [])
            if sum(len(one) for _, one in waiting) + len(block) > MOST_BLOCK_BYTES:
                raise BridgeRefusal("too_long", "a receipt's block is longer than a tap takes")
            waiting.append((seen_at, block))
            for oldest in list(self._blocks)[:-MOST_WAITING]:
                del self._blocks[oldest]

    def block_for(self, ended: ReceiptEnded) -> bytes:
        """Return what lies ready for this receipt, once; what was meant for earlier ones of the lane is thrown away."""
        with self._guard:
            mine = Basket(lane=ended.lane, epoch=ended.epoch, number=ended.offset)
            found = self._blocks.pop(mine, [])
            self._blocks = {at: blocks for at, blocks in self._blocks.items() if not _is_over(at, mine)}
        return b"".join(block for seen_at, block in found if seen_at <= ended.at - PAYING_S)


def _is_over(basket: Basket, now: Basket) -> bool:
    return basket.lane == now.lane and (basket.epoch != now.epoch or basket.number <= now.number)


class BlockComposer:
    """Draws blocks for one printer, as dots: letters would need modes that are the till's to set."""

    def __init__(self, config: Path, profile: PrinterProfile) -> None:
        """Read words and fonts.

        Raises:
            ProfileWrong: a file is missing, or breaks its form.
        """
        self._profile = profile
        self._composer = ReceiptComposer(config, profile)

    def compose(self, receipt: Receipt) -> bytes:
        """Return the block of a registration.

        Raises:
            LabelUndrawable: a code does not fit this paper, or does not read.
            CodeError: a number or code of the receipt is none.
        """
        pieces = b"".join(raster_pieces(self._composer.draw(receipt), self._profile))
        if not self._profile.feed_dots:
            return pieces
        # White rows are fed in units that we set, and give back: GS P 0 0 is the printer's own.
        return escpos.motion_units(self._profile.dpi // self._profile.feed_dots) + pieces + _OWN_UNITS
