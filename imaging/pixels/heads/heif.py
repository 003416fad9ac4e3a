"""The head of a HEIF file (ISO/IEC 23008-12): an AVIF or a HEIC.

Its boxes say how large each item is; a small copy, a mask and the tiles of a grid are items too. The largest is taken
as the picture: it bounds what is decoded, and the decoder's own word is compared with it.
"""

from collections.abc import Iterator
from typing import Final

from imaging.pixels.heads.boxes import boxes
from imaging.pixels.heads.head import Bytes, Head
from imaging.pixels.heads.heif_items import HEVC, items_of, pictures_of
from imaging.pixels.refusing import refusal

MAX_META: Final = 8_388_608
MAX_EDGE: Final = 64


def head_of_heif(file: Bytes, media: str) -> Head:
    """Return what a HEIF file says of itself; the largest size of its items is taken as the picture's.

    Raises:
        ScanRefused: truncated, undecodable, many-pages for a sequence, or type-not-taken for a HEIC without HEVC.
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
    items = items_of(meta)
    if media == "image/heic" and not any(item.kind in HEVC for item in items.values()):
        raise refusal("type-not-taken", "its pixels are packed in a way we do not know")
    sizes: list[tuple[int, int]] = []
    cut: list[tuple[int, int]] = []
    bits, profile, alpha = 8, 0, b"auxid:1" in meta or b"auxiliary:alpha" in meta
    for name, first, last in _properties(meta):
        if name == b"ispe" and last - first >= 12:
            sizes.append((int.from_bytes(meta[first + 4 : first + 8]), int.from_bytes(meta[first + 8 : first + 12])))
        elif name == b"clap" and last - first >= 16:
            cut.append(_cut_of(meta[first : first + 16]))
        elif name == b"pixi" and last - first >= 6:
            bits = max(bits, meta[first + 5])
        elif name == b"colr" and meta[first : first + 4] in {b"prof", b"rICC"}:
            profile = max(profile, last - first - 4)
    if not sizes:
        raise refusal("undecodable")
    width, height = _without_edge(max(sizes, key=lambda size: size[0] * size[1]), cut)
    return Head(
        media=media,
        width=width,
        height=height,
        bits=bits,
        channels=3,
        profile_bytes=profile,
        pages=pictures_of(meta, items),
        has_alpha=alpha,
    )


def _cut_of(clap: bytes) -> tuple[int, int]:
    """Return what is shown of a picture, in pixels: two fractions (ISO/IEC 14496-12, 12.1.4)."""
    wide, wide_by, high, high_by = (int.from_bytes(clap[at : at + 4]) for at in range(0, 16, 4))
    return wide // max(wide_by, 1), high // max(high_by, 1)


def _without_edge(size: tuple[int, int], cuts: list[tuple[int, int]]) -> tuple[int, int]:
    """Return the size without the edge that HEVC adds to packs of 8 to 64 pixels; a larger cut stays a cut."""
    for cut in cuts:
        if all(0 < shown <= whole < shown + MAX_EDGE for shown, whole in zip(cut, size, strict=True)):
            return cut
    return size


def _properties(meta: bytes) -> Iterator[tuple[bytes, int, int]]:
    for name, start, end in boxes(meta, 0, len(meta)):
        if name == b"iprp":
            for inner, first, last in boxes(meta, start, end):
                if inner == b"ipco":
                    yield from boxes(meta, first, last)
