"""What is heard at the tills: scans that the tees copy, receipts that the taps see, and what they mean to us."""

from pos_bridge.lanes.blocks import BlockShelf, ReceiptBlocks
from pos_bridge.lanes.ears import LaneEars
from pos_bridge.lanes.hearing import CodeSeen, GapHeard, Hearing, RefusedSeen, Sound
from pos_bridge.lanes.meaning import LaneReader

__all__ = [
    "BlockShelf",
    "CodeSeen",
    "GapHeard",
    "Hearing",
    "LaneEars",
    "LaneReader",
    "ReceiptBlocks",
    "RefusedSeen",
    "Sound",
]
