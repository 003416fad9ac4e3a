"""Pictures of one package, looked at until its rolls are all found: no harder and no longer than needed.

One full look finds all codes of a good picture. Only when rolls are missing is the same picture searched, which takes
many times as long; a live picture is never searched, as the next one comes anyway.
"""

from collections.abc import Iterable, Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

from imaging.codes.contexts import Context
from imaging.codes.package import PackagePool, PackageSeen
from imaging.codes.reader import Effort, read_codes

LOOK_EVERY: Final = 5
"""Every so many live pictures one is looked at in full; the others are glanced at."""


def see_package(picture: NDArray[np.uint8], pool: PackagePool, *, at: int = 0) -> PackageSeen:
    """Return what is known of a package with one more still of it: grey, shape (height, width).

    Raises:
        PictureRefused: as :func:`imaging.codes.reader.read_codes`.
    """
    seen = pool.take(read_codes(picture, Context.PACKAGE, effort=Effort.LOOK, at=at))
    if len(seen.rolls) >= seen.expected:
        return seen
    return pool.take(read_codes(picture, Context.PACKAGE, effort=Effort.SEARCH, wanted=None, at=at))


def see_frame(picture: NDArray[np.uint8], pool: PackagePool, *, at: int) -> PackageSeen:
    """Return what is known of a package with picture number ``at`` of a camera or a film, which is never searched.

    Raises:
        PictureRefused: as :func:`imaging.codes.reader.read_codes`.
    """
    effort = Effort.GLANCE if at % LOOK_EVERY else Effort.LOOK
    return pool.take(read_codes(picture, Context.PACKAGE, effort=effort, at=at))


def watch_package(pictures: Iterable[NDArray[np.uint8]], pool: PackagePool) -> Iterator[PackageSeen]:
    """Yield what is known after each live picture, and end once every roll is found.

    Raises:
        PictureRefused: as :func:`imaging.codes.reader.read_codes`.
    """
    for number, picture in enumerate(pictures):
        seen = see_frame(picture, pool, at=number)
        yield seen
        if seen.is_complete:
            return
