"""Where a code stands in its picture: four corners, and what can be asked of them."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

Point = tuple[float, float]
Corners = tuple[Point, Point, Point, Point]
"""(x, y) in pixels, x to the right and y down, clockwise from the symbol's own upper left corner."""

NEAR: Final = 0.5
"""Two readings whose centres are nearer than this share of the larger one's diagonal are of one symbol."""


def centre_of(corners: Corners) -> Point:
    """Return the middle of the four."""
    return sum(x for x, _ in corners) / 4, sum(y for _, y in corners) / 4


def diagonal_of(corners: Corners) -> float:
    """Return the longer of the two diagonals, in pixels."""
    (ax, ay), (bx, by), (cx, cy), (dx, dy) = corners
    return max(float(np.hypot(cx - ax, cy - ay)), float(np.hypot(dx - bx, dy - by)))


def share_of_height(corners: Corners) -> float:
    """Return how high an outline is, as a share of its length: hardly at all where one line alone read a code."""
    a, b, c, d = (np.asarray(corner) for corner in corners)
    length = np.hypot(*(b - a)) + np.hypot(*(c - d))
    return float((np.hypot(*(d - a)) + np.hypot(*(c - b))) / max(float(length), 1.0))


def are_one_place(first: Corners, second: Corners) -> bool:
    """Say whether two outlines are so near that one symbol must be meant.

    Readers outline a linear code differently, from one line of it to its full height.
    """
    (ax, ay), (bx, by) = centre_of(first), centre_of(second)
    apart = float(np.hypot(ax - bx, ay - by))
    return apart <= NEAR * max(diagonal_of(first), diagonal_of(second), 1.0)


def box_around(points: Sequence[Point]) -> Corners:
    """Return the smallest turned rectangle that holds all points: for readers that tell points, not corners.

    Raises:
        ValueError: there are no points.
    """
    if not points:
        raise ValueError("a box needs points to stand around")
    cloud = np.asarray(points, dtype=np.float64)
    edges = np.roll(cloud, -1, axis=0) - cloud
    angles = np.unique(np.arctan2(edges[:, 1], edges[:, 0]) % (np.pi / 2))
    return min((_box_at(cloud, float(angle)) for angle in angles), key=lambda box: box[0])[1]


def moved_by(corners: Corners, matrix: NDArray[np.float64]) -> Corners:
    """Return the corners after an affine transformation of shape (2, 3)."""
    moved = np.asarray(corners, dtype=np.float64) @ matrix[:, :2].T + matrix[:, 2]
    a, b, c, d = ((float(x), float(y)) for x, y in moved)
    return a, b, c, d


def _box_at(cloud: NDArray[np.float64], angle: float) -> tuple[float, Corners]:
    """Return area and corners of the rectangle round ``cloud`` whose sides stand at ``angle`` radians."""
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    upright = cloud @ turn
    (left, top), (right, bottom) = upright.min(axis=0), upright.max(axis=0)
    box = np.array([[left, top], [right, top], [right, bottom], [left, bottom]]) @ turn.T
    a, b, c, d = ((float(x), float(y)) for x, y in box)
    return float((right - left) * (bottom - top)), (a, b, c, d)
