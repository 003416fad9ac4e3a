"""Another look at a picture in which nothing was found: turned, smoothed, enlarged, sharpened.

Neither zxing-cpp nor zbar straightens a linear code that stands at 30 or 45 degrees. Of what else was tried on the
corpus (benchmarks/code_corpus.py), these found what nothing cheaper had found; each is told with the way back to the
picture as it was.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from imaging.codes.corners import moved_by
from imaging.codes.found import Found

MAX_SIDE: Final = 65_535
"""Pixels: zxing-cpp takes no longer picture."""
TURNS_DEG: Final = (45.0, 22.5, 67.5)
"""A linear code is read up to about 15 degrees from level or plumb: three copies reach every direction."""
ENLARGED_AT_MOST: Final = 3_000_000
"""Pixels; larger pictures have pixels enough, and a doubled one would take long."""
TURNED_AT_MOST: Final = 8_000_000
"""Pixels of a turned copy, where it is more than three times the picture."""


@dataclass(frozen=True)
class Prepared:
    """A picture made from another, with the affine way back, of shape (2, 3)."""

    picture: NDArray[np.uint8]
    back: NDArray[np.float64]

    def returned(self, found: Found) -> Found:
        """Return what was found here at its place in the picture as it was."""
        return replace(found, corners=moved_by(found.corners, self.back))


def prepared(picture: NDArray[np.uint8], *, has_linear: bool) -> Iterator[Prepared]:
    """Yield the picture prepared in other ways, the most rewarding first; turned only for linear codes."""
    image = Image.fromarray(picture)
    yield _filtered(image, ImageFilter.GaussianBlur(1))
    is_small = picture.size <= ENLARGED_AT_MOST and max(picture.shape) * 2 <= MAX_SIDE
    if is_small:
        yield _enlarged(image, lambda large: large)
    if has_linear:
        yield from (_turned(image, degrees) for degrees in TURNS_DEG if _fits_turned(image, degrees))
    if is_small:
        yield _enlarged(image, lambda large: large.filter(ImageFilter.UnsharpMask(6, 300, 0)))
    else:
        yield _filtered(image, ImageFilter.UnsharpMask(6, 400, 0))


def _filtered(image: Image.Image, how: ImageFilter.Filter) -> Prepared:
    return Prepared(np.asarray(image.filter(how), dtype=np.uint8), np.eye(2, 3))


def _enlarged(image: Image.Image, then: Callable[[Image.Image], Image.Image]) -> Prepared:
    large = image.resize((image.width * 2, image.height * 2), Image.Resampling.BICUBIC)
    return Prepared(np.asarray(then(large), dtype=np.uint8), np.eye(2, 3) / 2)


def _fits_turned(image: Image.Image, degrees: float) -> bool:
    """Say whether the turned copy stays small: a picture of one row of a million pixels would become a million rows."""
    width, height = _turned_size(image, degrees)
    is_short = max(width, height) <= MAX_SIDE
    return is_short and width * height <= max(3 * image.width * image.height, TURNED_AT_MOST)


def _turned_size(image: Image.Image, degrees: float) -> tuple[int, int]:
    """Return width and height of the copy that loses no corner."""
    across, down = abs(np.cos(np.deg2rad(degrees))), abs(np.sin(np.deg2rad(degrees)))
    width = int(np.ceil(image.width * across + image.height * down))
    return width, int(np.ceil(image.width * down + image.height * across))


def _turned(image: Image.Image, degrees: float) -> Prepared:
    """Return the picture turned about its middle, large enough to lose no corner, on a grey between ink and paper."""
    angle = np.deg2rad(degrees)
    width, height = _turned_size(image, degrees)
    back = np.array([[np.cos(angle), -np.sin(angle), 0.0], [np.sin(angle), np.cos(angle), 0.0]])
    back[:, 2] = np.array([image.width, image.height]) / 2 - back[:, :2] @ (np.array([width, height]) / 2)
    how = tuple(float(each) for each in back.reshape(6))
    grey = int(np.median(np.asarray(image)[::8, ::8]))
    turned = image.transform((width, height), Image.Transform.AFFINE, how, Image.Resampling.BILINEAR, fillcolor=grey)
    return Prepared(np.asarray(turned, dtype=np.uint8), back)
