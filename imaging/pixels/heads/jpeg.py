"""The head of a JPEG (ITU-T T.81, annex B): its segments up to the first scan."""

from typing import Final

from imaging.pixels.heads.head import Bytes, Head
from imaging.pixels.refusing import refusal

MAX_SEGMENTS: Final = 20_000
"""A profile of 4 MB fills 65, a long XMP some hundred."""

_FRAMES: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_DECODED: Final = frozenset({0xC0, 0xC1, 0xC2})
"""Baseline, extended and progressive Huffman; nobody makes scans in the other eleven."""


def head_of_jpeg(file: Bytes) -> Head:
    """Return what a JPEG says of itself.

    Raises:
        ScanRefused: truncated, undecodable, or type-not-taken for a rare process.
    """
    at, profile, frame = 2, 0, b""
    for _ in range(MAX_SEGMENTS):
        marker, at = _next_marker(file, at)
        if marker == 0xD9:
            raise refusal("undecodable", "it ends before a picture begins")
        length = int.from_bytes(file[at : at + 2], "big")
        if at + length > len(file) or length == 0:
            raise refusal("truncated")
        if marker == 0xDA:
            if not frame:
                raise refusal("undecodable", "its pixels come before their size")
            if file.find(b"\xff\xd9", at + length) < 0:
                raise refusal("truncated")
            return _head_of_frame(frame, profile)
        if marker in _FRAMES:
            if frame:
                raise refusal("undecodable", "it says its size twice")
            if marker not in _DECODED:
                raise refusal("type-not-taken", "a JPEG of a process that is not baseline or progressive")
            frame = file[at + 2 : at + length]
        elif marker == 0xE2 and file[at + 2 : at + 14] == b"ICC_PROFILE\0":
            profile += max(length - 16, 0)
        at += length
    raise refusal("undecodable", "its head has too many parts")


def _next_marker(file: Bytes, at: int) -> tuple[int, int]:
    """Return the marker at or behind ``at``, and where its length stands; fill bytes (FF) may come before it."""
    if file[at : at + 1] != b"\xff":
        raise refusal("undecodable" if at < len(file) else "truncated")
    for place in range(at + 1, min(at + 1024, len(file))):
        code = file[place : place + 1][0]
        if code != 0xFF:
            if code == 0 or 0xD0 <= code <= 0xD8:
                raise refusal("undecodable")
            return code, place + 1
    raise refusal("truncated")


def _head_of_frame(frame: bytes, profile: int) -> Head:
    if len(frame) < 6:
        raise refusal("undecodable")
    bits, channels = frame[0], frame[5]
    if bits != 8:
        raise refusal("type-not-taken", f"a JPEG of {bits} bits")
    if channels not in {1, 3, 4}:
        raise refusal("undecodable", f"{channels} channels")
    height, width = int.from_bytes(frame[1:3], "big"), int.from_bytes(frame[3:5], "big")
    return Head(media="image/jpeg", width=width, height=height, bits=bits, channels=channels, profile_bytes=profile)
