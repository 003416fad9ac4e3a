"""Stills, decoded safely: measured before they are decoded, upright, and refused in a sentence.

A file is opened by what its bytes say, only as one of the kinds named here; its width and height are read from its
head and judged before a pixel is made, for a few bytes can claim a picture of terabytes. The camera's own note of how
it was held (EXIF) is followed. Nothing of what a decoder can raise gets past here but :class:`PictureRefused`.
"""

import struct
import warnings
import zlib
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from imaging.codes.reader import MAX_PIXELS
from imaging.codes.reader_prepared import MAX_SIDE
from imaging.errors import PictureRefused

KINDS: Final = ("JPEG", "PNG", "TIFF", "WEBP", "BMP", "GIF", "PPM")
"""A phone's MPO begins as a JPEG and is read as one."""
STILL_SUFFIXES: Final = frozenset(
    {".jpg", ".jpeg", ".png", ".tif", ".tiff", ".webp", ".bmp", ".gif", ".pgm", ".ppm", ".pbm"}
)
MAX_BYTES: Final = 500_000_000
"""A 16-bit TIFF of 80 million pixels."""

_BROKEN: Final = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    TypeError,
    LookupError,
    OverflowError,
    MemoryError,
    AttributeError,
    RuntimeError,
    struct.error,
    zlib.error,
)
"""What decoders raise on broken files: of 15,000 damaged ones the first three were seen, and KeyError."""


class Still(NamedTuple):
    """A picture, upright, in grey or in colour; ``has_more`` where it is the first page of several."""

    image: Image.Image
    has_more: bool


def open_still(path: Path) -> Still:
    """Return the picture of a file, the first one of a file that holds several.

    Raises:
        PictureRefused: it is none of the kinds we read, is broken, or is of more than 120 million pixels or 500 MB.
    """
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise PictureRefused(f"{path.name}: {size / 1e6:.0f} MB, at most {MAX_BYTES / 1e6:.0f}")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # remarks about odd tags, and its own limit: ours is below
            return _decoded(path)
    except UnidentifiedImageError:
        raise PictureRefused(f"{path.name}: no picture of a kind we read ({', '.join(KINDS)})") from None
    except Image.DecompressionBombError:  # by its head; and one such head may stand inside another
        raise PictureRefused(f"{path.name}: too many pixels, at most {MAX_PIXELS / 1e6:.0f} million") from None
    except _BROKEN as cause:
        raise PictureRefused(f"{path.name}: broken ({_in_short(cause)})") from cause


def grey_of(image: Image.Image) -> NDArray[np.uint8]:
    """Return a picture's brightness, of shape (height, width)."""
    return np.array(image if image.mode == "L" else image.convert("L"), dtype=np.uint8)


def _decoded(path: Path) -> Still:
    Image.init()  # it knows TIFF and WEBP only from then on
    with Image.open(path, formats=KINDS) as opened:
        if opened.width * opened.height > MAX_PIXELS:
            raise PictureRefused(f"{path.name}: too many pixels, at most {MAX_PIXELS / 1e6:.0f} million")
        if max(opened.size) > MAX_SIDE:
            raise PictureRefused(f"{path.name}: {max(opened.size)} pixels long, at most {MAX_SIDE}")
        opened.load()
        image = ImageOps.exif_transpose(_plain(opened))
        return Still(image, has_more=opened.format != "MPO" and _has_more(opened))


def _has_more(opened: Image.Image) -> bool:
    """Say whether another page follows; how many do is not asked, for a small file can claim millions.

    A phone's MPO is no such file: what follows there is the same picture's depth or brightness.
    """
    try:
        return bool(getattr(opened, "is_animated", False))
    except (*_BROKEN, Image.DecompressionBombError):
        return True  # it begins, and is broken: the first page is none the worse


def _plain(image: Image.Image) -> Image.Image:
    """Return the picture in 8 bits, grey or colour; what is transparent lies on white paper, as it does on a screen."""
    if image.mode.startswith("I") or image.mode == "F":
        return _narrowed(image)
    if image.has_transparency_data:
        over = image.convert("RGBA")
        paper = Image.new("RGBA", over.size, "white")
        flat = Image.alpha_composite(paper, over).convert("RGB")
    else:
        flat = image.convert("L" if image.mode in ("1", "L") else "RGB")
    flat.info = dict(image.info)  # EXIF is in there: how the camera was held
    return flat


def _narrowed(image: Image.Image) -> Image.Image:
    """Return 16 and 32 bits, as film scanners make them, in 8: Pillow's own conversion would cut them off at 255."""
    tones = np.nan_to_num(np.asarray(image, dtype=np.float64))
    whole = 65535.0 if image.mode.startswith("I;16") or tones.max(initial=0) > 255 else 255.0
    narrow = Image.fromarray((tones.clip(0, whole) * (255 / whole)).astype(np.uint8))
    narrow.info = dict(image.info)
    return narrow


def _in_short(cause: BaseException) -> str:
    return str(cause)[:80] or type(cause).__name__
