"""Pictures for the demonstration: small landscapes, each a function of its number. Pure."""

import io
import math
from hashlib import sha256
from itertools import count
from typing import Final

from PIL import Image, ImageDraw

Colour = tuple[int, int, int]

_SKIES: Final[tuple[tuple[Colour, Colour], ...]] = (
    ((112, 168, 214), (236, 232, 214)),
    ((58, 62, 110), (240, 152, 104)),
    ((150, 186, 190), (232, 220, 196)),
    ((36, 44, 78), (126, 110, 140)),
)
_LANDS: Final[tuple[Colour, ...]] = ((74, 104, 66), (110, 92, 62), (52, 78, 92), (120, 112, 84))
_RIDGES: Final = 4


def draw_jpeg(number: int, width: int = 1500, height: int = 1000) -> bytes:
    """Return a JPEG of hills before a sky, with a sun or a moon; every ninth has no colour."""
    dice = _Dice(number)
    image = Image.new("RGB", (width, height))
    draw = ImageDraw.Draw(image)
    above, below = _SKIES[number % len(_SKIES)]
    horizon = int(height * dice.uniform(0.45, 0.65))
    for y in range(horizon + 1):
        draw.line(((0, y), (width, y)), fill=_between(above, below, y / horizon))
    _draw_sun(draw, dice, width, horizon)
    land = _LANDS[(number // len(_SKIES)) % len(_LANDS)]
    for ridge in range(_RIDGES):
        near = (ridge + 1) / _RIDGES
        _draw_ridge(
            draw, dice, (width, height), horizon + int((height - horizon) * 0.22 * ridge), _between(below, land, near)
        )
    if number % 9 == 7:
        image = image.convert("L").convert("RGB")
    file = io.BytesIO()
    image.save(file, "JPEG", quality=88)
    return file.getvalue()


def _draw_sun(draw: ImageDraw.ImageDraw, dice: "_Dice", width: int, horizon: int) -> None:
    x, y, r = dice.uniform(0.15, 0.85) * width, dice.uniform(0.2, 0.8) * horizon, horizon * dice.uniform(0.06, 0.12)
    draw.ellipse((x - r, y - r, x + r, y + r), fill=(252, 240, 208))


def _draw_ridge(draw: ImageDraw.ImageDraw, dice: "_Dice", size: tuple[int, int], top: int, colour: Colour) -> None:
    width, height = size
    waves = [(dice.uniform(2, 9), dice.uniform(0, math.tau), dice.uniform(0.01, 0.05) * height) for _ in range(3)]
    edge = [
        (x, top + sum(high * math.sin(x / width * often + at) for often, at, high in waves))
        for x in range(0, width + 1, 4)
    ]
    draw.polygon([(0, height), *edge, (width, height)], fill=colour)


class _Dice:
    """Numbers that follow from a picture's number, the same each time: no chance is asked for."""

    def __init__(self, number: int) -> None:
        self._number, self._throws = number, count()

    def uniform(self, low: float, high: float) -> float:
        """Return the next number from ``low`` to ``high``."""
        thrown = sha256(f"{self._number} {next(self._throws)}".encode()).digest()
        return low + (high - low) * int.from_bytes(thrown[:4], "big") / 2**32


def _between(one: Colour, other: Colour, share: float) -> Colour:
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue
