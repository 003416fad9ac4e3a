"""One-bit rasters: what a thermal head prints, and the bands it is sent in.

A band is small enough that a status can be noticed between two of them, and white rows are fed instead of
sent: less than half the bytes of a label carry ink (research/hardware.md 2).
"""

from collections.abc import Iterator
from dataclasses import dataclass

from PIL import Image

FEED_FROM_ROWS = 6
"""White rows that are worth a feed command of their own."""


@dataclass(frozen=True, kw_only=True)
class Raster:
    """Rows of dots, eight to a byte, the leftmost dot in the highest bit; 1 prints black.

    ``width`` is in dots and a multiple of 8, ``rows`` holds ``height * width / 8`` bytes.
    """

    width: int
    height: int
    rows: bytes

    def __post_init__(self) -> None:
        """Refuse bytes that are no picture of this size.

        Raises:
            ValueError: the width is no multiple of 8, or the byte count does not fit.
        """
        if self.width % 8 or len(self.rows) != self.height * self.width // 8:
            raise ValueError(f"{len(self.rows)} bytes are no raster of {self.width} x {self.height} dots")

    @property
    def row_bytes(self) -> int:
        """Bytes of one row."""
        return self.width // 8


@dataclass(frozen=True, kw_only=True)
class WhiteRows:
    """Rows without a black dot: paper to feed."""

    count: int


Band = Raster | WhiteRows


def encode(picture: Image.Image) -> Raster:
    """Turn a one-bit picture (mode ``1``, 0 is black) into a raster; the width is padded with white.

    Raises:
        ValueError: the picture is not one-bit: grey must be decided by whoever drew it, never dithered here.
    """
    if picture.mode != "1":
        raise ValueError(f"a raster is made of a one-bit picture, not of mode {picture.mode}")
    width = -(-picture.width // 8) * 8
    if width != picture.width:
        padded = Image.new("1", (width, picture.height), 1)
        padded.paste(picture, (0, 0))
        picture = padded
    return Raster(width=width, height=picture.height, rows=picture.tobytes("raw", "1;I"))


def picture_of(raster: Raster) -> Image.Image:
    """Return the raster as a one-bit picture, the inverse of :func:`encode`."""
    return Image.frombytes("1", (raster.width, raster.height), raster.rows, "raw", "1;I")


def in_bands(raster: Raster, rows: int, *, feed_white: bool = True) -> Iterator[Band]:
    """Cut a raster into bands of at most ``rows`` rows; with ``feed_white`` long white runs become feeds."""
    start = 0
    for first, last in _white_runs(raster) if feed_white else ():
        yield from _inked(raster, start, first, rows)
        yield WhiteRows(count=last - first)
        start = last
    yield from _inked(raster, start, raster.height, rows)


def _inked(raster: Raster, start: int, end: int, rows: int) -> Iterator[Raster]:
    step = raster.row_bytes
    for first in range(start, end, rows):
        last = min(first + rows, end)
        yield Raster(width=raster.width, height=last - first, rows=raster.rows[first * step : last * step])


def _white_runs(raster: Raster) -> Iterator[tuple[int, int]]:
    step, white = raster.row_bytes, bytes(raster.row_bytes)
    run_start = 0
    for row in range(raster.height + 1):
        is_white = row < raster.height and raster.rows[row * step : row * step + step] == white
        if not is_white:
            if row - run_start >= FEED_FROM_ROWS:
                yield run_start, row
            run_start = row + 1
