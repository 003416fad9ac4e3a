"""Where pictures come from: a file, a folder, a film, a camera. Whoever reads codes sees grey pictures, one by one.

Everything that comes in is hostile: a still is measured before it is decoded (:mod:`imaging.sources_stills`), a film
is what its first bytes say (:mod:`imaging.sources_moving`).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from imaging.errors import PictureRefused
from imaging.sources_moving import FILM_SUFFIXES, film_frames
from imaging.sources_stills import STILL_SUFFIXES, grey_of, open_still
from imaging.visible import visible

MOST_FILES: Final = 10_000


@dataclass(frozen=True, kw_only=True)
class Picture:
    """One picture to be read: ``grey`` of shape (height, width); ``at`` is its number in a film, 0 for a still.

    ``name`` is fit to be printed (:mod:`imaging.visible`).
    """

    name: str
    grey: NDArray[np.uint8]
    at: int = 0
    image: Image.Image | None = field(default=None, repr=False)
    """As it was, upright, to be drawn on; None in a film, whose frames are grey here."""
    has_more: bool = False
    """Whether it is the first page of several, and the others are not read."""


def pictures_of(path: Path) -> Iterator[Picture]:
    """Yield the picture of a file or the frames of a film; :func:`files_of` tells what a folder holds.

    Raises:
        PictureRefused: it is no picture we read, is broken or is too large.
        CameraGone: it is a film, and OpenCV is not installed.
    """
    if is_film(path):
        frames = film_frames(path)
        yield from (Picture(name=visible(path.name), grey=grey, at=number) for number, grey in enumerate(frames))
    else:
        still = open_still(path)
        yield Picture(name=visible(path.name), grey=grey_of(still.image), image=still.image, has_more=still.has_more)


def is_film(path: Path) -> bool:
    """Say whether a file calls itself a film; what it is, its first bytes say when it is opened."""
    return path.suffix.lower() in FILM_SUFFIXES


def files_of(path: Path) -> list[Path]:
    """Return the pictures and films of a folder, in the order a person would count them, or the file itself.

    Raises:
        PictureRefused: there is nothing there, or a folder of more than 10,000 files.
    """
    if not path.is_dir():
        if not path.is_file():
            raise PictureRefused(f"{path}: no file of pictures" if path.exists() else f"{path}: there is no such file")
        return [path]
    kinds = STILL_SUFFIXES | FILM_SUFFIXES
    found = [each for each in path.iterdir() if each.suffix.lower() in kinds and each.is_file()]
    if not found:
        raise PictureRefused(f"{path}: no picture or film in this folder")
    if len(found) > MOST_FILES:
        raise PictureRefused(f"{path}: {len(found)} pictures, at most {MOST_FILES} at once")
    return sorted(found, key=_as_counted)


def _as_counted(path: Path) -> tuple[list[tuple[int, str]], str]:
    """Sort ``scan-9`` before ``scan-10``."""
    parts = re.findall(r"(\d{1,18})|(\D+)", path.name.lower())
    return [(int(digits or 0), text) for digits, text in parts], path.name
