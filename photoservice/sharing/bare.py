"""An original without what is written beside its pixels: where, when, by whom and with what it was made (A09).

Pure: ``feed`` takes bytes as they come from the store and returns those that may go out. What is known to be needed to
show the picture passes, everything else is left out: an unknown segment, a comment, a preview with metadata of its own,
bytes behind the end. The pixels are passed on as they are. Orientation (Exif 2.32, 4.6.4 A) is kept, as the one thing
without which the picture would lie on its side; colours keep their profile.
"""

import re
import struct
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from typing import Final, Protocol

from photoservice.errors import NotMade
from photoservice.gallery.bytes_of import Bytes, Piece

_SOI: Final = 0xD8
_EOI: Final = 0xD9
_SOS: Final = 0xDA
_STANDALONE: Final = frozenset({0x01, *range(0xD0, 0xD8)})
_NEEDED: Final = frozenset({0xC4, 0xCC, 0xDB, 0xDC, 0xDD, 0xDE, 0xDF, *range(0xC0, 0xD0)} - {0xC8})
_END_OF_SCAN: Final = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")
_JFIF: Final = b"JFIF\0"
_JFIF_BYTES: Final = 14
_EXIF: Final = b"Exif\0\0"
_ORIENTATION: Final = 0x0112

_PNG: Final = b"\x89PNG\r\n\x1a\n"
_CHUNKS: Final = frozenset(
    {
        b"IHDR",
        b"PLTE",
        b"IDAT",
        b"IEND",
        b"tRNS",
        b"cHRM",
        b"gAMA",
        b"iCCP",
        b"sBIT",
        b"sRGB",
        b"cICP",
        b"bKGD",
        b"pHYs",
    }
)


class Barer(Protocol):
    """Takes a file's bytes in any pieces, and returns those that may go out."""

    def feed(self, content: bytes) -> bytes:
        """Return what may go out of what came so far.

        Raises:
            NotMade: this is no such file.
        """
        ...


@dataclass
class BareJpeg:
    """A JPEG (ITU T.81, B) without segments that are not needed to show it."""

    _held: bytes = b""
    _state: str = "start"
    _is_turned: bool = False

    def feed(self, content: bytes) -> bytes:
        """Return what may go out of what came so far. Raises NotMade: this is no JPEG."""
        self._held += content
        out: list[bytes] = []
        while (piece := self._step()) is not None:
            out.append(piece)
        return b"".join(out)

    def _step(self) -> bytes | None:
        """Return the next bytes that may go out; None when more must come."""
        if self._state == "end":
            self._held = b""
            return None
        if self._state == "scan":
            return self._scan()
        if len(self._held) < 4 and not (self._state == "start" and len(self._held) >= 2):
            return self._ending()
        if self._held[0] != 0xFF:
            raise NotMade("no_jpeg")
        return self._segment(self._held[1])

    def _ending(self) -> bytes | None:
        if self._state == "segments" and self._held[:2] == b"\xff\xff":
            return self._take(1)[1:]
        if self._state == "segments" and self._held[:2] == b"\xff\xd9":
            self._state = "end"
            return b"\xff\xd9"
        return None

    def _segment(self, marker: int) -> bytes | None:
        if self._state == "start":
            if marker != _SOI:
                raise NotMade("no_jpeg")
            self._state = "segments"
            return self._take(2)
        if marker == _EOI:
            self._state = "end"
            return self._take(2)
        if marker == 0xFF:  # a fill byte (B.1.1.2)
            self._take(1)
            return b""
        if marker in _STANDALONE:
            return self._take(2)
        size = 2 + int.from_bytes(self._held[2:4], "big")
        if size < 4:
            raise NotMade("no_jpeg")
        if len(self._held) < size:
            return None
        return self._kept(marker, self._take(size))

    def _kept(self, marker: int, segment: bytes) -> bytes:
        body = segment[4:]
        if marker == _SOS:
            self._state = "scan"
            return segment
        if marker in _NEEDED or (marker == 0xE2 and body.startswith(b"ICC_PROFILE\0")):
            return segment
        if marker == 0xEE and body.startswith(b"Adobe"):
            return segment
        if marker == 0xE0 and body.startswith(_JFIF) and len(body) >= _JFIF_BYTES:
            return b"\xff\xe0\x00\x10" + body[: _JFIF_BYTES - 2] + b"\0\0"  # without its thumbnail
        if marker == 0xE1 and body.startswith(_EXIF) and not self._is_turned:
            self._is_turned = True
            return _only_orientation(orientation_of(body[len(_EXIF) :]))
        return b""

    def _scan(self) -> bytes | None:
        found = _END_OF_SCAN.search(self._held)
        if found:
            self._state = "segments"
            return self._take(found.start())
        safe = len(self._held) - (1 if self._held.endswith(b"\xff") else 0)
        return self._take(safe) if safe else None

    def _take(self, count: int) -> bytes:
        piece, self._held = self._held[:count], self._held[count:]
        return piece


@dataclass
class BarePng:
    """A PNG (W3C PNG 3) without chunks that are not needed to show it."""

    _held: bytes = b""
    _state: str = "start"
    _left: int = 0
    _is_kept: bool = False
    _is_last: bool = False

    def feed(self, content: bytes) -> bytes:
        """Return what may go out of what came so far. Raises NotMade: this is no PNG."""
        self._held += content
        out: list[bytes] = []
        while (piece := self._step()) is not None:
            out.append(piece)
        return b"".join(out)

    def _step(self) -> bytes | None:
        """Return the next bytes that may go out; None when more must come."""
        if self._state == "start":
            return self._begin() if len(self._held) >= len(_PNG) else None
        if self._state == "end":
            self._held = b""
            return None
        if self._left:
            piece = self._take(self._left)
            self._left -= len(piece)
            self._state = "end" if self._is_last and not self._left else "chunks"
            return (piece if self._is_kept else b"") if piece else None
        return self._chunk() if len(self._held) >= 8 else None

    def _begin(self) -> bytes:
        if not self._held.startswith(_PNG):
            raise NotMade("no_png")
        self._state = "chunks"
        return self._take(len(_PNG))

    def _chunk(self) -> bytes:
        size, kind = struct.unpack(">I4s", self._held[:8])
        self._is_kept, self._is_last, self._left = kind in _CHUNKS, kind == b"IEND", size + 4
        head = self._take(8)
        return head if self._is_kept else b""

    def _take(self, count: int) -> bytes:
        piece, self._held = self._held[:count], self._held[count:]
        return piece


_BARERS: Final = {"image/jpeg": BareJpeg, "image/png": BarePng}


def can_be_bare(media: str) -> bool:
    """Say whether we know how to leave the rest out of a file of this kind."""
    return media in _BARERS


async def bare_original(media: str, kept: Bytes, piece: Piece) -> AsyncGenerator[bytes]:
    """Return the bytes of an original without what is written beside its pixels, the first of them read.

    Raises:
        NotReady: the object is gone.
        NotMade: it is no such file.
    """
    stream = await kept.read(piece, 0, piece.size)
    return _bared(_BARERS[media](), stream)


async def _bared(barer: Barer, stream: AsyncGenerator[bytes]) -> AsyncGenerator[bytes]:
    async with aclosing(stream):
        async for part in stream:
            if piece := barer.feed(part):
                yield piece


def orientation_of(tiff: bytes) -> int:
    """Return the orientation, 1 to 8, that the TIFF structure of Exif tells; 1 when it tells none, or nonsense."""
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(tiff[:4])
    if order is None or len(tiff) < 8:
        return 1
    (at,) = struct.unpack(order + "I", tiff[4:8])
    if at + 2 > len(tiff):
        return 1
    (count,) = struct.unpack(order + "H", tiff[at : at + 2])
    for n in range(count):
        entry = tiff[at + 2 + 12 * n : at + 14 + 12 * n]
        if len(entry) < 12:
            return 1
        tag, kind, many, value = struct.unpack(order + "HHIH", entry[:10])
        if tag == _ORIENTATION:
            return value if (kind, many) == (3, 1) and 1 <= value <= 8 else 1
    return 1


def _only_orientation(orientation: int) -> bytes:
    if orientation == 1:
        return b""
    ifd = struct.pack(">HHHIHHI", 1, _ORIENTATION, 3, 1, orientation, 0, 0)
    body = _EXIF + b"MM\0*" + struct.pack(">I", 8) + ifd
    return b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body
