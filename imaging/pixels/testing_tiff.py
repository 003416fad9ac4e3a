"""TIFF files written tag by tag: 16 bits, infrared behind the light, copies, pages, and what lies a tag can tell."""

import struct

import numpy as np
from numpy.typing import NDArray

Tag = tuple[int, int, tuple[int, ...] | bytes]
"""Number, type (3 short, 4 long, 1 byte, 2 text, 7 anything) and values."""

_FORMS = {3: "H", 4: "I"}


def tiff_of(
    pixels: NDArray[np.uint16] | NDArray[np.uint8], *, icc: bytes = b"", orientation: int = 1, maker: str = ""
) -> bytes:
    """Return a TIFF of (height, width, channels) in strips of 64 rows, uncompressed; a fourth channel is infrared."""
    height, width, channels = pixels.shape
    raw = pixels.astype(pixels.dtype.newbyteorder("<")).tobytes()
    strip = width * channels * pixels.itemsize * 64
    sizes = tuple(min(strip, len(raw) - at) for at in range(0, len(raw), strip))
    tags: list[Tag] = [
        (256, 4, (width,)),
        (257, 4, (height,)),
        (258, 3, (pixels.itemsize * 8,) * channels),
        (259, 3, (1,)),
        (262, 3, (2,)),
        (273, 4, tuple(8 + at for at in range(0, len(raw), strip))),
        (274, 3, (orientation,)),
        (277, 3, (channels,)),
        (278, 4, (64,)),
        (279, 4, sizes),
    ]
    if maker:
        tags += [(271, 2, maker.encode() + b"\0"), (315, 2, b"The photographer's name\0")]
    if channels > 3:
        tags.append((338, 3, (0,) * (channels - 3)))
    if icc:
        tags.append((34675, 7, icc))
    return tiff_file([tags], content=raw)


def tiff_file(directories: list[list[Tag]], *, content: bytes = b"") -> bytes:
    """Return a file with ``content`` at its 8th byte and the directories behind it, each leading to the next."""
    out = bytearray(b"II*\0" + b"\0\0\0\0" + content + b"\0" * (len(content) % 2))
    link = 4
    for tags in directories:
        out[link : link + 4] = struct.pack("<I", len(out))
        start = len(out)
        behind = start + 2 + 12 * len(tags) + 4
        entries, values = b"", b""
        for number, kind, value in sorted(tags, key=lambda tag: tag[0]):
            raw = value if isinstance(value, bytes) else struct.pack(f"<{len(value)}{_FORMS[kind]}", *value)
            place = raw.ljust(4, b"\0") if len(raw) <= 4 else struct.pack("<I", behind + len(values))
            entries += struct.pack("<HHI", number, kind, len(value)) + place
            values += raw + b"\0" * (len(raw) % 2) if len(raw) > 4 else b""
        out += struct.pack("<H", len(tags)) + entries + b"\0\0\0\0" + values
        link = start + 2 + len(entries)
    return bytes(out)
