"""Lines across a linear code, and what ISO/IEC 15416 asks of each: contrast, modulation, defects, edges.

Pure measuring: profiles go in as reflectances, 0 is black and 1 white. :mod:`imaging.grade` says what it means.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from imaging.codes.corners import Corners

Profile = NDArray[np.float64]

LINES: Final = 10
"""ISO/IEC 15416, 5.2: ten lines, evenly over the height of the bars."""
QUIET: Final = 5
"""Modules of paper looked at on each side."""
PER_MODULE: Final = 12
"""Samples a module along a line."""
APERTURE: Final = 0.6
"""Modules: the standard has 0.15 mm for modules of 0.25 mm."""
PAPER: Final = 0.85
"""Reflectance of white thermal paper: what the brightest tenth of a line counts as. Nothing else is calibrated."""

NEARLY_ALL: Final = 8
"""Of ten lines."""
PALE: Final = 0.25
"""Share of a line's contrast: a single sound bar is darker, through a lens that is good enough to judge."""

_STEPS: Final = {"contrast": (0.70, 0.55, 0.40, 0.20), "modulation": (0.70, 0.60, 0.50, 0.40)}
_DEFECTS: Final = (0.15, 0.20, 0.25, 0.30)
"""From A to D, ISO/IEC 15416 table 3: contrast and modulation at least, defects at most."""


@dataclass(frozen=True, kw_only=True)
class LineGrade:
    """The parameters of one line, its points from 4 to 0, and which parameter decided."""

    contrast: float
    modulation: float
    defects: float
    points: int
    worst: str


def profiles_across(picture: NDArray[np.uint8], corners: Corners, modules: int) -> Iterator[Profile]:
    """Yield the reflectance along ten lines over the code, from left to right, quiet zones included.

    ``modules`` is the code's own width; samples outside the picture repeat its edge.
    """
    upper_left, upper_right, lower_right, lower_left = (np.array(corner) for corner in corners)
    along = (np.arange((modules + 2 * QUIET) * PER_MODULE) + 0.5) / PER_MODULE / modules - QUIET / modules
    for line in range(LINES):
        down = 0.1 + 0.8 * line / (LINES - 1)
        left, right = upper_left + (lower_left - upper_left) * down, upper_right + (lower_right - upper_right) * down
        points = left[None, :] + along[:, None] * (right - left)[None, :]
        tones = _smoothed(_linear(_sampled(picture, points)), round(APERTURE * PER_MODULE))
        white = np.percentile(tones, 90)
        yield tones / max(float(white), 1e-3) * PAPER


def grade_line(profile: Profile, elements: int) -> LineGrade:
    """Judge one line of a code that has so many bars and spaces."""
    highest, lowest = float(profile.max()), float(profile.min())
    contrast = highest - lowest
    runs = runs_of(profile)
    if len(runs) != elements + 2 or contrast <= 0:
        return LineGrade(contrast=contrast, modulation=0, defects=1, points=0, worst="edges")
    extremes = np.array([tones.min() if is_bar else tones.max() for is_bar, tones in runs])
    steps = np.abs(np.diff(extremes))
    modulation = float(steps.min()) / contrast
    defects = max(_unevenness(is_bar, tones) for is_bar, tones in runs) / contrast
    points = {
        "contrast": sum(contrast >= step for step in _STEPS["contrast"]),
        "darkness": 4 if lowest <= highest / 2 else 0,
        "edge contrast": 4 if steps.min() >= 0.15 else 0,
        "modulation": sum(modulation >= step for step in _STEPS["modulation"]),
        "defects": sum(defects <= step for step in _DEFECTS),
    }
    worst = min(points, key=lambda name: points[name])
    return LineGrade(contrast=contrast, modulation=modulation, defects=defects, points=points[worst], worst=worst)


def runs_of(profile: Profile) -> list[tuple[bool, Profile]]:
    """Cut a profile into bars and spaces, paper at both ends: (whether this is a bar, its tones)."""
    dark = is_dark(profile)
    cuts = np.flatnonzero(np.diff(dark.astype(np.int8))) + 1
    starts = [0, *cuts.tolist()]
    return [(bool(dark[start]), part) for start, part in zip(starts, np.split(profile, cuts), strict=True)]


def growth_of(profiles: Sequence[Profile], meant: NDArray[np.bool_]) -> float:
    """Return by how many modules bars are wider than they were meant, in the mean over all bars and lines.

    ``meant`` is one truth a module, from the first bar to the last: True is ink.
    """
    bars = int(np.count_nonzero(np.diff(meant.astype(np.int8)) == 1)) + 1
    dark = [np.count_nonzero(is_dark(profile)) / PER_MODULE for profile in profiles]
    return float(np.median(dark) - np.count_nonzero(meant)) / bars


def unprinted_at(profiles: Sequence[Profile], meant: NDArray[np.bool_]) -> float | None:
    """Return where nearly every line is pale within a bar, as a share of the width, or None.

    Dirt and wrinkles are somewhere; a dead dot of the head is on every line. A dot at the edge of a bar only makes it
    thinner, and is not seen here.
    """
    places = np.flatnonzero(meant) + 0.5  # the middle of each module of ink, and where two of them meet
    places = np.sort(np.concatenate((places, np.flatnonzero(meant[:-1] & meant[1:]) + 1.0)))
    pale = np.array([_is_pale_at(profile, places / len(meant)) for profile in profiles])
    gone = np.flatnonzero(np.count_nonzero(pale, axis=0) >= NEARLY_ALL)
    return float(places[gone[0]]) / len(meant) if len(gone) else None


def _is_pale_at(profile: Profile, shares: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Say of each place, counted from the first ink to the last, whether it is far from the darkest."""
    ink = np.flatnonzero(is_dark(profile))
    if not len(ink):
        return np.ones(len(shares), dtype=np.bool_)
    tones = profile[(ink[0] + shares * (ink[-1] - ink[0])).astype(np.int64)]
    return tones > profile.min() + PALE * (profile.max() - profile.min())


def is_dark(profile: Profile) -> NDArray[np.bool_]:
    """Say of each sample whether it is below the middle of the profile's range (15416, 5.4.2: global threshold)."""
    return profile < (profile.max() + profile.min()) / 2


def _unevenness(is_bar: bool, tones: Profile) -> float:
    """Return the element reflectance non-uniformity (15416, 5.4.7): how far tones turn back within one element."""
    tones = tones if is_bar else -tones
    inner = tones[1:-1]
    peaks = inner[(inner >= tones[:-2]) & (inner > tones[2:])]
    middle = peaks[(peaks > tones[0]) | (peaks < max(tones[0], tones[-1]))]
    return float(middle.max() - tones.min()) if len(middle) else 0.0


def _sampled(picture: NDArray[np.uint8], points: NDArray[np.float64]) -> Profile:
    """Return the tones at points (x, y) between the pixels, of shape (points,)."""
    height, width = picture.shape
    x = points[:, 0].clip(0, width - 1.001)
    y = points[:, 1].clip(0, height - 1.001)
    left, top = x.astype(np.int64), y.astype(np.int64)
    right, bottom = np.minimum(left + 1, width - 1), np.minimum(top + 1, height - 1)
    across, down = x - left, y - top
    tones = picture.astype(np.float64)
    upper = tones[top, left] * (1 - across) + tones[top, right] * across
    lower = tones[bottom, left] * (1 - across) + tones[bottom, right] * across
    return upper * (1 - down) + lower * down


def _linear(tones: Profile) -> Profile:
    """Return reflectance from a picture's tones: cameras store them by the curve of sRGB (IEC 61966-2-1)."""
    share = tones / 255
    return np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)


def _smoothed(tones: Profile, width: int) -> Profile:
    padded = np.pad(tones, (width // 2, width - 1 - width // 2), mode="edge")
    return np.convolve(padded, np.full(width, 1 / width), mode="valid")
