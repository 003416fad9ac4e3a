"""The instructions an edit is written down as; what each does to a picture is told in docs/my-pictures.md."""

from math import isfinite
from typing import Final, Literal

import msgspec

from photocore.errors import EditMalformed

MOST_DEGREES: Final = 45.0
MOST_EV: Final = 3.0
MOST: Final = 100
"""How far contrast, temperature, tint and saturation go, either way."""
LEAST_SIDE: Final = 0.02
"""The smallest part of a picture's width or height that may be cut out."""

PLACES: Final = 6
_ROUNDING: Final = 2e-6

Filter = Literal["none", "yellow", "orange", "red", "green", "blue"]
"""A colour filter before black-and-white film: its own colour becomes light, the opposite one dark."""

FILTERS: Final[tuple[Filter, ...]] = ("none", "yellow", "orange", "red", "green", "blue")


class _Step(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="do"):
    """One instruction; ``do`` says which."""


class Flip(_Step, frozen=True, kw_only=True, tag="flip"):
    """Mirror left and right."""


class Rotate(_Step, frozen=True, kw_only=True, tag="rotate"):
    """Turn by quarter turns, clockwise."""

    turns: int


class Straighten(_Step, frozen=True, kw_only=True, tag="straighten"):
    """Turn a little, clockwise, in degrees; empty corners are cut off."""

    degrees: float


class Crop(_Step, frozen=True, kw_only=True, tag="crop"):
    """Cut out a rectangle, in parts (0 to 1) of the picture as it is then."""

    x: float
    y: float
    width: float
    height: float


class Exposure(_Step, frozen=True, kw_only=True, tag="exposure"):
    """More or less light, in stops."""

    ev: float


class Contrast(_Step, frozen=True, kw_only=True, tag="contrast"):
    """More or less contrast, from -100 to 100."""

    by: int


class Temperature(_Step, frozen=True, kw_only=True, tag="temperature"):
    """Colder (-100) or warmer (100)."""

    by: int


class Tint(_Step, frozen=True, kw_only=True, tag="tint"):
    """Greener (-100) or more magenta (100)."""

    by: int


class Saturation(_Step, frozen=True, kw_only=True, tag="saturation"):
    """Paler (-100, without colour) or more colourful (100)."""

    by: int


class BlackAndWhite(_Step, frozen=True, kw_only=True, tag="black-and-white"):
    """Without colour, as through a filter."""

    filter: Filter = "none"


Instruction = Flip | Rotate | Straighten | Crop | Exposure | Contrast | Temperature | Tint | Saturation | BlackAndWhite


def checked_crop(crop: Crop) -> Crop:
    """Return ``crop`` when it lies in the picture.

    Raises:
        EditMalformed: it does not, or is too small.
    """
    for name, least in (("x", 0), ("y", 0), ("width", LEAST_SIDE), ("height", LEAST_SIDE)):
        within(name, getattr(crop, name), least, 1)
    if crop.x + crop.width > 1 + _ROUNDING or crop.y + crop.height > 1 + _ROUNDING:
        raise EditMalformed("the crop reaches beyond the picture")
    return crop


def tidy_crop(crop: Crop | None) -> Crop | None:
    """Return a crop rounded, or None for one that cuts nothing off."""
    if crop is None:
        return None
    crop = checked_crop(crop)
    x, y = (round(max(0.0, side), PLACES) + 0.0 for side in (crop.x, crop.y))
    width, height = (
        round(min(crop.width, 1 - x), PLACES),
        round(min(crop.height, 1 - y), PLACES),
    )
    if (x, y, width, height) == (0, 0, 1, 1):
        return None
    return Crop(x=x, y=y, width=width, height=height)


def within(name: str, value: float, least: float, most: float) -> None:
    """Let a number pass that is one, and within its limits.

    Raises:
        EditMalformed: it is not.
    """
    if not isfinite(value) or not least - _ROUNDING <= value <= most + _ROUNDING:
        raise EditMalformed(f"{name} is beyond its limits")
