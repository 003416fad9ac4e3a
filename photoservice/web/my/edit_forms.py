"""The editor's form: what its controls are called, and the edit they stand for. A page's script fills the same fields.

What a control cannot say is refused; a crop that reaches beyond the picture is brought back into it, for that is what
somebody means who types four numbers.
"""

import re
from collections.abc import Mapping
from typing import Final

import msgspec

from photocore.edit_steps import FILTERS, LEAST_SIDE, MOST, MOST_DEGREES, MOST_EV, Crop, Filter, Flip, Rotate
from photocore.edits import Edit, fold
from photoservice.errors import Malformed
from photoservice.web.my.visiting import field

_NUMBER: Final = re.compile(r"[+-]?[0-9]{1,3}(?:[.,][0-9]{1,12})?", re.ASCII)
_COLOUR: Final = "colour"

TURNS: Final = {"left": 3, "right": 1}


class Controls(msgspec.Struct, frozen=True, kw_only=True):
    """Where the editor's controls stand; crop in percent, ``film`` is ``colour`` or a filter of black and white."""

    flip: bool
    turns: int
    degrees: str
    left: str
    top: str
    width: str
    height: str
    light: str
    contrast: int
    warmth: int
    tint: int
    colour: int
    film: str


def controls_of(edit: Edit) -> Controls:
    """Return where the controls stand for an edit."""
    crop = edit.crop or Crop(x=0, y=0, width=1, height=1)
    left, top, width, height = (_plain(100 * part) for part in (crop.x, crop.y, crop.width, crop.height))
    return Controls(
        flip=edit.is_flipped,
        turns=edit.turns,
        degrees=_plain(edit.degrees),
        left=left,
        top=top,
        width=width,
        height=height,
        light=_plain(edit.ev),
        contrast=edit.contrast,
        warmth=edit.temperature,
        tint=edit.tint,
        colour=edit.saturation,
        film=edit.black_and_white or _COLOUR,
    )


def edit_of(fields: Mapping[str, list[str]]) -> Edit:
    """Return the edit that a form's controls stand for.

    Raises:
        Malformed: one says what it cannot say.
    """
    film = field(fields, "film") or _COLOUR
    if film != _COLOUR and film not in FILTERS:
        raise Malformed("There is no such film.")
    return Edit(
        is_flipped=field(fields, "flip") == "yes",
        turns=round(_number(fields, "turns", 0, 3)),
        degrees=_number(fields, "degrees", -MOST_DEGREES, MOST_DEGREES),
        crop=_crop(fields),
        ev=_number(fields, "light", -MOST_EV, MOST_EV),
        contrast=round(_number(fields, "contrast", -MOST, MOST)),
        temperature=round(_number(fields, "warmth", -MOST, MOST)),
        tint=round(_number(fields, "tint", -MOST, MOST)),
        saturation=round(_number(fields, "colour", -MOST, MOST)),
        black_and_white=_filter(film),
    )


def turned(edit: Edit, how: str) -> Edit:
    """Return an edit turned ``left`` or ``right`` by a quarter, or mirrored (``flip``)."""
    one = Flip() if how == "flip" else Rotate(turns=TURNS[how])
    return fold([*edit.instructions, one])


def _crop(fields: Mapping[str, list[str]]) -> Crop:
    least = 100 * LEAST_SIDE
    left, top = (_number(fields, name, 0, 100) for name in ("left", "top"))
    width, height = (_number(fields, name, 0, 100, missing=100) for name in ("width", "height"))
    left, top = min(left, 100 - least), min(top, 100 - least)
    width, height = min(max(width, least), 100 - left), min(max(height, least), 100 - top)
    return Crop(x=left / 100, y=top / 100, width=width / 100, height=height / 100)


def _number(fields: Mapping[str, list[str]], name: str, least: float, most: float, *, missing: float = 0) -> float:
    text = field(fields, name)
    if not text:
        return missing
    number = float(text.replace(",", ".")) if _NUMBER.fullmatch(text) else None
    if number is None or not least <= number <= most:
        raise Malformed(f"The field {name} holds a number from {least:g} to {most:g}.")
    return number


def _filter(film: str) -> Filter | None:
    return next((one for one in FILTERS if one == film), None)


def _plain(number: float) -> str:
    return f"{number:.4f}".rstrip("0").rstrip(".")
