"""The head of a WebP (RFC 9649): the RIFF chunks of a still picture."""

from typing import Final

from imaging.pixels.heads.head import Bytes, Head
from imaging.pixels.refusing import refusal

MAX_CHUNKS: Final = 1_000


def head_of_webp(file: Bytes) -> Head:
    """Return what a WebP says of itself; one that moves has several pages.

    Raises:
        ScanRefused: truncated or undecodable.
    """
    end = 8 + int.from_bytes(file[4:8], "little")
    if end > len(file) + 1:  # some writers count the padding of the last chunk and leave it out
        raise refusal("truncated")
    at, profile, pages, alpha = 12, 0, 1, False
    for _ in range(MAX_CHUNKS):
        name, length = file[at : at + 4], int.from_bytes(file[at + 4 : at + 8], "little")
        content = file[at + 8 : at + 18]
        if len(content) < 10:
            raise refusal("truncated" if at + 18 > end else "undecodable")
        if name in {b"VP8 ", b"VP8L"}:
            if at + 8 + length > len(file):
                raise refusal("truncated")
            width, height, covers = _lossy(content) if name == b"VP8 " else _lossless(content)
            return Head(
                media="image/webp",
                width=width,
                height=height,
                bits=8,
                channels=3,
                profile_bytes=profile,
                pages=pages,
                has_alpha=alpha or covers,
            )
        if name == b"VP8X":
            alpha = bool(content[0] & 0x10)
            pages = 2 if content[0] & 0x02 else 1
        if pages > 1:
            raise refusal("many-pages")
        if name == b"ICCP":
            profile = length
        at += 8 + length + length % 2
    raise refusal("undecodable", "it has too many parts")


def _lossy(content: bytes) -> tuple[int, int, bool]:
    """Return width, height and alpha of a VP8 key frame (RFC 6386, 9.1)."""
    if content[0] & 1 or content[3:6] != b"\x9d\x01\x2a":
        raise refusal("undecodable")
    width, height = int.from_bytes(content[6:8], "little"), int.from_bytes(content[8:10], "little")
    return width & 0x3FFF, height & 0x3FFF, False


def _lossless(content: bytes) -> tuple[int, int, bool]:
    """Return width, height and alpha of a VP8L stream (RFC 9649, 3.4)."""
    if content[0] != 0x2F:
        raise refusal("undecodable")
    packed = int.from_bytes(content[1:5], "little")
    return (packed & 0x3FFF) + 1, (packed >> 14 & 0x3FFF) + 1, bool(packed >> 28 & 1)
