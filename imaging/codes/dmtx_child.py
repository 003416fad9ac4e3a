"""libdmtx in a process of its own: it aborts the whole process on some pictures, and looks on for ever on others.

Run by :mod:`imaging.codes.reader_dmtx` as ``python -m imaging.codes.dmtx_child WIDTH HEIGHT LIMIT_MS``, with the grey
pixels on standard input. On standard output it writes one JSON array with an object for each symbol.

pylibdmtx needs the system's libdmtx0b, and distutils: Python's own (3.11) or setuptools'. Its ``decode`` cuts texts at
NUL and loses FNC1, so that a GS1 DataMatrix reads as a plain text without separators; libdmtx writes FNC1 as GS when
it is asked to, and so we ask.
"""

import ctypes
import json
import sys
import warnings
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any, Final

MOST: Final = 64
GS: Final = 0x1D
UNLIMITED_FIX: Final = -1
"""DmtxUndefined: correct as many errors as the symbol's own code allows."""


def main() -> None:
    """Read the picture, write what stands in it."""
    width, height, limit_ms = (int(each) for each in sys.argv[1:4])
    pixels = sys.stdin.buffer.read(width * height)
    json.dump(list(symbols(pixels, width, height, limit_ms)), sys.stdout)


@cache
def library() -> Any:  # noqa: ANN401  a module of C functions without types
    """Return pylibdmtx's functions, or None where pylibdmtx or the library below it is absent."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # it compares versions with distutils
        try:
            from pylibdmtx import wrapper  # noqa: PLC0415  looks for libdmtx when it is imported
        except ImportError:
            return None
    return wrapper


def symbols(pixels: bytes, width: int, height: int, limit_ms: int) -> Iterator[dict[str, object]]:
    """Yield ``content`` (hexadecimal) and ``corners`` (clockwise from the upper left) of each symbol."""
    dmtx = library()
    with _decoder(dmtx, pixels, width, height) as decoder:
        ends = dmtx.dmtxTimeAdd(dmtx.dmtxTimeNow(), limit_ms)
        for _ in range(MOST):
            region = dmtx.dmtxRegionFindNext(decoder, ends)
            if not region:
                return
            content = _content(dmtx, decoder, region)
            if content:
                yield {"content": content.hex(), "corners": _corners(dmtx, region, height)}
            dmtx.dmtxRegionDestroy(ctypes.byref(region))


@contextmanager
def _decoder(dmtx: Any, pixels: bytes, width: int, height: int) -> Generator[Any]:  # noqa: ANN401
    """Hold a decoder over the picture, and give its memory back."""
    grey = (ctypes.c_ubyte * len(pixels)).from_buffer_copy(pixels)
    image = dmtx.dmtxImageCreate(grey, width, height, dmtx.DmtxPackOrder.DmtxPack8bppK)
    decoder = dmtx.dmtxDecodeCreate(image, 1)
    try:
        dmtx.dmtxDecodeSetProp(decoder, dmtx.DmtxProperty.DmtxPropFnc1, GS)
        yield decoder
    finally:
        dmtx.dmtxDecodeDestroy(ctypes.byref(decoder))
        dmtx.dmtxImageDestroy(ctypes.byref(image))


def _content(dmtx: Any, decoder: Any, region: Any) -> bytes:  # noqa: ANN401
    message = dmtx.dmtxDecodeMatrixRegion(decoder, region, UNLIMITED_FIX)
    if not message:
        return b""
    try:
        return ctypes.string_at(message.contents.output, message.contents.outputIdx)
    finally:
        dmtx.dmtxMessageDestroy(ctypes.byref(message))


def _corners(dmtx: Any, region: Any, height: int) -> list[tuple[float, float]]:  # noqa: ANN401
    """Return the symbol's corners; libdmtx counts rows from below."""

    def at(x: float, y: float) -> tuple[float, float]:
        vector = dmtx.DmtxVector2(x, y)
        dmtx.dmtxMatrix3VMultiplyBy(vector, region.contents.fit2raw)
        return float(vector.X), height - float(vector.Y)

    return [at(0, 1), at(1, 1), at(1, 0), at(0, 0)]


if __name__ == "__main__":
    main()
