"""A JPEG in two parts: a header that all renditions of a tier share, and a body that is nothing without it (D4).

The header holds what does not differ from picture to picture: the JFIF mark, the quantisation tables and the Huffman
tables. The body begins with the frame's size (SOF) and holds the scan. ITU-T T.81 lets tables stand anywhere before
the scan that needs them (B.2.4), so the two parts, one behind the other, are a plain JPEG. Tables are only common
because the standard's own Huffman tables are used (T.81, annex K.3) instead of ones made for each picture.

All other segments are left out: no comment, profile, place or maker's note of an original can stand in a rendition.
"""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

START: Final = b"\xff\xd8"
END: Final = b"\xff\xd9"
JFIF: Final = b"\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"
"""APP0 of JFIF 1.01 (ITU-T T.871, 10.1): no unit, one by one, no small copy."""

_DQT, _DHT, _SOF0, _SOS = 0xDB, 0xC4, 0xC0, 0xDA
_SHAPE: Final = re.compile("mq{1,4}h{1,8}FS")


class Segment(NamedTuple):
    """One segment: its marker's second byte, and all its bytes from the FF on."""

    marker: int
    content: bytes


class Parts(NamedTuple):
    """``header + body`` is the file, byte for byte."""

    header: bytes
    body: bytes


def split_jpeg(jpeg: bytes) -> Parts:
    """Return a baseline JPEG with one scan in its two parts, with nothing in it but what makes the picture.

    Raises:
        ValueError: it is no such JPEG.
    """
    tables: list[Segment] = []
    frame = b""
    for segment, end in segments(jpeg):
        if segment.marker in {_DQT, _DHT}:
            tables.append(segment)
        elif segment.marker == _SOF0:
            frame = segment.content
        elif segment.marker == _SOS:
            if not frame or not jpeg.endswith(END):
                raise ValueError("not a whole baseline JPEG")
            tables.sort(key=lambda table: (table.marker != _DQT, table.content))
            header = START + JFIF + b"".join(table.content for table in tables)
            return Parts(header, frame + segment.content + jpeg[end:])
        elif not 0xE0 <= segment.marker <= 0xEF and segment.marker != 0xFE:
            raise ValueError(f"a segment {segment.marker:02X} has no place in a rendition")
    raise ValueError("no scan")


def check_parts(header: bytes, body: bytes) -> tuple[int, int]:
    """Return width and height in pixels of a JPEG in two parts as :func:`split_jpeg` makes them, and nothing else.

    What comes out of a child that hostile files went into is looked at with this before it is believed.

    Raises:
        ValueError: anything but a mark, tables, one frame and one scan stands there.
    """
    shape = ""
    size = (0, 0)
    for segment, _ in segments(header + body):
        shape += {0xE0: "m", _DQT: "q", _DHT: "h", _SOF0: "F", _SOS: "S"}.get(segment.marker, "?")
        if segment.marker == 0xE0 and segment.content != JFIF:
            raise ValueError("a mark that is not ours")
        if segment.marker == _SOF0:
            size = int.from_bytes(segment.content[7:9]), int.from_bytes(segment.content[5:7])
    if not _SHAPE.fullmatch(shape):
        raise ValueError("not the parts of a rendition")
    if not body.startswith(b"\xff\xc0") or not body.endswith(END):
        raise ValueError("parts cut in the wrong place")
    return size


def segments(jpeg: bytes) -> Iterator[tuple[Segment, int]]:
    """Yield each segment of a JPEG up to its first scan's head, and where it ends.

    Raises:
        ValueError: there is something else than a segment.
    """
    if not jpeg.startswith(START):
        raise ValueError("no JPEG")
    at = 2
    while True:
        length = int.from_bytes(jpeg[at + 2 : at + 4])
        end = at + 2 + length
        if jpeg[at : at + 1] != b"\xff" or length < 2 or end > len(jpeg):
            raise ValueError(f"no segment at {at}")
        yield Segment(jpeg[at + 1], jpeg[at:end]), end
        if jpeg[at + 1] == _SOS:
            return
        at = end
