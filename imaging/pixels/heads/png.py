"""The head of a PNG (W3C, third edition): its chunks, up to the last."""

from typing import Final

from imaging.pixels.heads.head import Bytes, Head
from imaging.pixels.refusing import refusal

MAX_CHUNKS: Final = 400_000
"""A file of 200 MB in chunks of 8 KB, sixteen times over."""

_CHANNELS: Final = {0: 1, 2: 3, 3: 3, 4: 1, 6: 3}
_BITS: Final = {0: {1, 2, 4, 8, 16}, 2: {8, 16}, 3: {1, 2, 4, 8}, 4: {8, 16}, 6: {8, 16}}


def head_of_png(file: Bytes) -> Head:
    """Return what a PNG says of itself; one that moves (APNG) has several pages.

    Raises:
        ScanRefused: truncated or undecodable.
    """
    if len(file) < 33:
        raise refusal("truncated")
    if file[12:16] != b"IHDR" or int.from_bytes(file[8:12], "big") != 13:
        raise refusal("undecodable")
    width, height = int.from_bytes(file[16:20], "big"), int.from_bytes(file[20:24], "big")
    bits, kind = file[24:26]
    if bits not in _BITS.get(kind, set[int]()):
        raise refusal("undecodable")
    at, profile, pages, alpha = 33, 0, 1, kind in {4, 6}
    for _ in range(MAX_CHUNKS):
        if at + 12 > len(file):
            raise refusal("truncated")
        length, name = int.from_bytes(file[at : at + 4], "big"), file[at + 4 : at + 8]
        if name == b"IEND":
            return Head(
                media="image/png",
                width=width,
                height=height,
                bits=bits,
                channels=_CHANNELS[kind],
                profile_bytes=profile,
                pages=pages,
                has_alpha=alpha,
            )
        if name == b"iCCP":
            profile = length
        elif name == b"tRNS":
            alpha = True
        elif name == b"acTL":
            pages = 2
        at += 12 + length
    raise refusal("undecodable", "it has too many parts")
