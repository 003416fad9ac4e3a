"""The one reader of codes in pictures: zxing-cpp first, other ways and other readers when that was not enough.

Live pictures are glanced at, or looked at; a still is searched: neither reader straightens a linear code that stands
at 30 or 45 degrees, so turned copies are tried, then a smoothed, a larger and an evenly lit one, then the second
opinions (research/hardware.md 4 has the figures, docs/codes-in-pictures.md ours).
"""

from collections.abc import Collection, Iterable, Iterator
from enum import StrEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from imaging.codes.contexts import LINEAR, Context, believed, is_one_line, symbologies_of
from imaging.codes.found import Found
from imaging.codes.reader_dmtx import read_with_dmtx
from imaging.codes.reader_prepared import MAX_SIDE, prepared
from imaging.codes.reader_zbar import read_with_zbar
from imaging.codes.reader_zxing import AGAIN, EVEN_LIGHT, GLANCE, LOOK, read_with_zxing
from imaging.errors import PictureRefused
from photocore.aim import Symbology

Grey = NDArray[np.uint8]

MAX_PIXELS: Final = 120_000_000
"""A scanned page at 1200 dpi has 139 million, and is no picture of codes; phones have 12 to 108."""

PREPARED_AT_MOST: Final = 25_000_000
"""Pixels: of larger ones no copies are searched, which would take minutes, and their codes are large."""


LOOKS_AT_ITF: Final = 8
"""What was read may be a part of a longer code that lies aslant, which the turned copies show."""


class Effort(StrEnum):
    """How hard a picture is looked at."""

    GLANCE = "glance"
    """Upright codes at their own size: each frame of a live picture."""
    LOOK = "look"
    """Any direction, large or small, light on dark: one zxing-cpp call. Every fifth frame, and package pictures."""
    SEARCH = "search"
    """Everything we know, until enough is found: stills."""


def read_codes(
    image: Grey,
    looking_for: Context | Collection[Symbology] = Context.ANY,
    *,
    effort: Effort = Effort.LOOK,
    wanted: int | None = 1,
    at: int = 0,
) -> tuple[Found, ...]:
    """Return every code found in a grey picture, each symbol once, from top to bottom.

    ``image`` has shape (height, width), 0 is black. A search ends once ``wanted`` symbols are found; None searches on
    to the end. What was found beyond ``wanted`` is returned too. ``at`` is the frame's number in a film.

    Raises:
        PictureRefused: not of that shape and type, empty, of more than 120 million pixels, or 65,535 on a side.
    """
    picture = _checked(image)
    read: list[Found] = []
    found: list[Found] = []
    for looks, readings in enumerate(_tries(picture, symbologies_of(looking_for), effort), start=1):
        _add(read, readings)
        found = believed(read)
        may_be_a_part = looks < LOOKS_AT_ITF and any(each.symbology is Symbology.ITF for each in found)
        if wanted is not None and len(found) >= wanted and not may_be_a_part:
            break
    return tuple(sorted((each.in_frame(at) for each in found), key=lambda each: each.centre[::-1]))


def _checked(image: Grey) -> Grey:
    if image.dtype != np.uint8 or image.ndim != 2 or not image.size:  # pyright: ignore[reportUnnecessaryComparison]
        raise PictureRefused(f"codes are read in grey pictures of 8 bits, not in {image.dtype} of shape {image.shape}")
    if image.size > MAX_PIXELS:
        raise PictureRefused(f"a picture of {image.size / 1e6:.0f} million pixels, at most {MAX_PIXELS / 1e6:.0f}")
    if max(image.shape) > MAX_SIDE:
        raise PictureRefused(f"a picture {max(image.shape)} pixels long, at most {MAX_SIDE}")
    return np.ascontiguousarray(image)


def _tries(picture: Grey, symbologies: frozenset[Symbology], effort: Effort) -> Iterator[Iterable[Found]]:
    """Yield what each way finds, the cheapest first; the next is taken only when it is needed."""
    if effort is Effort.GLANCE:
        yield read_with_zxing(picture, symbologies, GLANCE)
        return
    yield read_with_zxing(picture, symbologies, LOOK)
    if effort is not Effort.SEARCH:
        return
    yield read_with_zxing(picture, symbologies, EVEN_LIGHT)
    yield read_with_zbar(picture, symbologies - {Symbology.ITF})  # it tells places for it where nothing is
    if picture.size > PREPARED_AT_MOST:
        return
    for other in prepared(picture, has_linear=bool(symbologies & LINEAR)):
        yield [other.returned(each) for each in read_with_zxing(other.picture, symbologies, AGAIN)]
    if Symbology.DATAMATRIX in symbologies:
        yield read_with_dmtx(picture)


def _add(found: list[Found], readings: Iterable[Found]) -> None:
    for reading in readings:
        if not any(reading.is_same_symbol(known) and not is_one_line(known) for known in found):
            found.append(reading)
