"""The boxes of an ISO base media file (ISO/IEC 14496-12, 4.2), as HEIF and films are made of."""

from collections.abc import Iterator
from typing import Final

from imaging.pixels.heads.head import Bytes
from imaging.pixels.refusing import refusal

MAX_BOXES: Final = 10_000


def boxes(file: Bytes, at: int, end: int, *, is_file: bool = False) -> Iterator[tuple[bytes, int, int]]:
    """Yield (name, start, end) of the content of each box between two places (ISO/IEC 14496-12, 4.2).

    Raises:
        ScanRefused: truncated where a box leaves the file, undecodable where it leaves its parent.
    """
    for _ in range(MAX_BOXES):
        if at >= end:
            return
        length, name, inside = int.from_bytes(file[at : at + 4]), file[at + 4 : at + 8], at + 8
        if length == 1:
            length, inside = int.from_bytes(file[at + 8 : at + 16]), at + 16
        elif length == 0:
            length = end - at
        if length < inside - at or at + length > end:
            raise refusal("truncated" if is_file else "undecodable")
        yield name, inside, at + length
        at += length
    raise refusal("undecodable", "it has too many parts")
