"""What a HEIF file holds: its items, and which of them are pictures of their own (ISO/IEC 14496-12, 8.11).

The tiles of a grid, small copies, masks, depth and brightness maps are items too. They say so: by what points at them
(dimg), by what they point at (thmb, auxl, cdsc), or by being hidden.
"""

from dataclasses import dataclass
from typing import Final

from imaging.pixels.heads.boxes import boxes
from imaging.pixels.refusing import refusal

MAX_ITEMS: Final = 4_000
"""120 million pixels are 458 tiles of 512 x 512, as phones write them; each may have a small copy and a map."""
MAX_REFERENCES: Final = 20_000

HEVC: Final = frozenset({b"hvc1", b"hev1"})
_PICTURES: Final = HEVC | {b"av01", b"grid", b"iovl", b"iden"}


@dataclass(frozen=True)
class Item:
    """One item: what it is, and whether it is there for others only."""

    kind: bytes
    is_hidden: bool


def items_of(meta: bytes) -> dict[int, Item]:
    """Return the items of a ``meta`` box by their numbers.

    Raises:
        ScanRefused: undecodable, or it has too many of them.
    """
    items: dict[int, Item] = {}
    for name, start, end in boxes(meta, 0, len(meta)):
        if name != b"iinf":
            continue
        for inner, first, last in boxes(meta, start + (6 if meta[start : start + 1] == b"\0" else 8), end):
            if inner != b"infe" or last - first < 12:
                continue
            wide = 4 if meta[first] >= 3 else 2
            number = int.from_bytes(meta[first + 4 : first + 4 + wide])
            items[number] = Item(meta[first + 6 + wide : first + 10 + wide], is_hidden=bool(meta[first + 3] & 1))
            if len(items) > MAX_ITEMS:
                raise refusal("undecodable", "it has too many parts")
    return items


def pictures_of(meta: bytes, items: dict[int, Item]) -> int:
    """Return how many pictures stand for themselves in a ``meta`` box; at least one, which may be made of others.

    Raises:
        ScanRefused: undecodable, or too much points at something.
    """
    parts: set[int] = set()
    for name, start, end in boxes(meta, 0, len(meta)):
        if name == b"iref":
            wide = 2 if meta[start : start + 1] == b"\0" else 4
            for kind, first, last in boxes(meta, start + 4, end):
                numbers = [int.from_bytes(meta[at : at + wide]) for at in _places(first, last, wide)]
                if kind in {b"thmb", b"auxl", b"cdsc"}:
                    parts.update(numbers[:1])
                elif kind == b"dimg":
                    parts.update(numbers[1:])
    shown = (number for number, item in items.items() if item.kind in _PICTURES and not item.is_hidden)
    return max(1, sum(number not in parts for number in shown))


def _places(first: int, last: int, wide: int) -> list[int]:
    """Return where the numbers of one reference stand: who points, and behind their count at whom."""
    places = [first, *range(first + wide + 2, last - wide + 1, wide)]
    if len(places) > MAX_REFERENCES:
        raise refusal("undecodable", "it has too many parts")
    return places
