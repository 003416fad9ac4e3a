"""The head of a HEIF file (ISO/IEC 23008-12): an AVIF.

Its boxes say how large each item is; a small copy, a mask and the tiles of a grid are items too. The largest is taken
as the picture: it bounds what is decoded, and the decoder's own word is compared with it.
"""

from collections.abc import Iterator
from typing import Final

from imaging.pixels.heads.head import Bytes, Head
from imaging.pixels.refusing import refusal

MAX_BOXES: Final = 10_000
MAX_META: Final = 8_388_608


def head_of_heif(file: Bytes, media: str) -> Head:
    """Return what a HEIF file says of itself; the largest size of its items is taken as the picture's.

    Raises:
        ScanRefused: truncated, undecodable, or many-pages for a sequence.
    """
    names = {name: (start, end) for name, start, end in boxes(file, 0, len(file), is_file=True)}
    if b"moov" in names:
        raise refusal("many-pages", "it moves")
    if b"meta" not in names:
        raise refusal("undecodable")
    start, end = names[b"meta"]
    if end - start > MAX_META:
        raise refusal("undecodable")
    meta = file[start + 4 : end]
    sizes: list[tuple[int, int]] = []
    bits, profile, alpha = 8, 0, b"auxid:1" in meta or b"auxiliary:alpha" in meta
    for name, first, last in _properties(meta):
        if name == b"ispe" and last - first >= 12:
            sizes.append((int.from_bytes(meta[first + 4 : first + 8]), int.from_bytes(meta[first + 8 : first + 12])))
        elif name == b"pixi" and last - first >= 6:
            bits = max(bits, meta[first + 5])
        elif name == b"colr" and meta[first : first + 4] in {b"prof", b"rICC"}:
            profile = max(profile, last - first - 4)
    if not sizes:
        raise refusal("undecodable")
    width, height = max(sizes, key=lambda size: size[0] * size[1])
    return Head(media=media, width=width, height=height, bits=bits, channels=3, profile_bytes=profile, has_alpha=alpha)


def _properties(meta: bytes) -> Iterator[tuple[bytes, int, int]]:
    for name, start, end in boxes(meta, 0, len(meta)):
        if name == b"iprp":
            for inner, first, last in boxes(meta, start, end):
                if inner == b"ipco":
                    yield from boxes(meta, first, last)


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
