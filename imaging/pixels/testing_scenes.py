"""Scenes to be looked at on pages: a function of a seed each, told apart at a glance, as the frames of a roll are.

:func:`imaging.pixels.testing.draw_scan` draws evenings; here are harbours, streets and gardens as well, some of them in
black and white, so that a contact sheet of them reads as a roll of film and not as one picture thirty-six times.
"""

from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from imaging.pixels.testing import draw_scan

Plane = NDArray[np.float32]
Painter = Callable[[np.random.Generator, Plane, Plane], Plane]

_GRAIN: Final = 5.0


def draw_scene(seed: int, width: int = 1200, height: int = 800) -> NDArray[np.uint8]:
    """Return a picture of shape (height, width, 3); every fourth scene is an evening, every ninth has no colour."""
    if seed % 4 == 0:
        picture = draw_scan(seed, width, height).astype(np.float32)
    else:
        dice = np.random.default_rng(seed)
        y = np.linspace(0, 1, height, dtype=np.float32)[:, None] * np.ones((1, width), np.float32)
        x = np.linspace(0, width / height, width, dtype=np.float32)[None, :] * np.ones((height, 1), np.float32)
        picture = _PAINTERS[seed % 4 - 1](dice, x, y)
        picture += dice.normal(0, _GRAIN, (height, width, 1)).astype(np.float32)
    if seed % 9 == 7:
        picture = (picture @ np.array([0.3, 0.59, 0.11], np.float32))[:, :, None] * np.ones(3, np.float32)
    return picture.clip(0, 255).astype(np.uint8)


def _harbour(dice: np.random.Generator, x: Plane, y: Plane) -> Plane:
    horizon = dice.uniform(0.42, 0.6)
    sky = _blend(y / horizon, (168, 205, 226), (236, 232, 214))
    sea = _blend((y - horizon) / (1 - horizon), (88, 142, 160), (28, 72, 96))
    ripple = np.sin(y * 260 + np.sin(x * 9) * 3) * 9 * (y > horizon)
    picture = np.where((y > horizon)[:, :, None], sea, sky) + ripple[:, :, None]
    for _ in range(int(dice.integers(2, 5))):
        at, foot, tall = dice.uniform(0.1, 1.4), horizon + dice.uniform(0.02, 0.3), dice.uniform(0.12, 0.34)
        sail = (y < foot) & (y > foot - tall) & (x > at) & (x - at < (y - foot + tall) * 0.5)
        hull = (np.abs(y - foot - 0.015) < 0.02) & (np.abs(x - at - 0.03) < tall * 0.45)
        picture[sail] = dice.choice([(246, 240, 226), (196, 74, 52), (232, 168, 60)])
        picture[hull] = (70, 48, 38)
    return picture


def _street(dice: np.random.Generator, x: Plane, y: Plane) -> Plane:
    picture = _blend(y, (214, 222, 230), (240, 224, 196))
    left, right = 0.0, float(x.max())
    while left < right:
        wide, top = dice.uniform(0.14, 0.34), dice.uniform(0.12, 0.5)
        wall = np.array(dice.choice([(186, 112, 84), (214, 178, 122), (122, 138, 146), (226, 214, 196), (150, 84, 78)]))
        house = (x >= left) & (x < left + wide) & (y > top) & (y < 0.84)
        picture[house] = wall * dice.uniform(0.85, 1.08)
        across, down = (x - left) / wide * 3 % 1, (y - top) * 8 % 1
        panes = house & (np.abs(across - 0.5) < 0.22) & (np.abs(down - 0.5) < 0.26) & (y < 0.76)
        picture[panes] = dice.choice([(52, 60, 74), (250, 222, 150)])
        left += wide
    picture[y >= 0.84] = (92, 88, 86)
    picture[(y > 0.91) & (y < 0.925) & (x * 4 % 1 < 0.6)] = (226, 218, 196)
    return picture


def _garden(dice: np.random.Generator, x: Plane, y: Plane) -> Plane:
    picture = _blend(y, (110, 146, 92), (46, 78, 44)) + (np.sin(x * 40 + y * 31) * 6)[:, :, None]
    for _ in range(int(dice.integers(7, 15))):
        at, high, wide = dice.uniform(0, float(x.max())), dice.uniform(0.1, 0.92), dice.uniform(0.05, 0.17)
        round_ = np.arctan2(y - high, x - at)
        far = np.hypot(x - at, y - high)
        petals = far < wide * (0.72 + 0.28 * np.cos(round_ * int(dice.integers(5, 9))))
        colour = np.array(
            dice.choice([(232, 92, 106), (250, 214, 92), (244, 240, 232), (168, 110, 196), (238, 140, 62)])
        )
        picture[petals] = (colour * (0.8 + 0.3 * far / wide)[:, :, None])[petals]
        picture[far < wide * 0.24] = (110, 72, 32)
    return picture


def _blend(along: Plane, first: tuple[int, int, int], last: tuple[int, int, int]) -> Plane:
    share = along.clip(0, 1)[:, :, None]
    return (np.array(first, np.float32) * (1 - share) + np.array(last, np.float32) * share).astype(np.float32)


_PAINTERS: Final[tuple[Painter, ...]] = (_harbour, _street, _garden)
