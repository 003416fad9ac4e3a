"""Edits as short text, for the address of a picture that was edited and for a page's script: ``r1~c0.1,0,0.8,1~e0.5``.

A letter an instruction: f flip, r rotate, s straighten, c crop, e exposure, k contrast, t temperature, g tint,
v saturation, b black and white.
"""

import re
from typing import Final

from photocore.edit_steps import (
    FILTERS,
    PLACES,
    BlackAndWhite,
    Contrast,
    Crop,
    Exposure,
    Filter,
    Flip,
    Instruction,
    Rotate,
    Saturation,
    Straighten,
    Temperature,
    Tint,
)
from photocore.edits import Edit, fold
from photocore.errors import EditMalformed

LONGEST_CODE: Final = 200
_NUMBER: Final = re.compile(r"-?[0-9]{1,4}(?:\.[0-9]{1,17})?|-?\.[0-9]{1,17}", re.ASCII)


def code_of(edit: Edit) -> str:
    """Return an edit as short text for an address, such as ``r1~c0.1,0,0.8,1~e0.5~bred``; nothing for none."""
    crop = edit.crop
    parts = [
        "f" if edit.is_flipped else "",
        f"r{edit.turns}" if edit.turns else "",
        f"s{_short(edit.degrees)}" if edit.degrees else "",
        "c" + ",".join(map(_short, (crop.x, crop.y, crop.width, crop.height))) if crop else "",
        f"e{_short(edit.ev)}" if edit.ev else "",
        f"k{edit.contrast}" if edit.contrast else "",
        f"t{edit.temperature}" if edit.temperature else "",
        f"g{edit.tint}" if edit.tint else "",
        f"v{edit.saturation}" if edit.saturation else "",
        f"b{edit.black_and_white}" if edit.black_and_white else "",
    ]
    return "~".join(filter(None, parts))


def read_code(text: str) -> Edit:
    """Return the edit that :func:`code_of` wrote down.

    Raises:
        EditMalformed: it is none.
    """
    if len(text) > LONGEST_CODE:
        raise EditMalformed("too long for an edit")
    return fold(_instruction(part) for part in text.split("~") if text)


def _short(number: float) -> str:
    return f"{number:.{PLACES}f}".rstrip("0").rstrip(".")


def _instruction(part: str) -> Instruction:
    letter, rest = part[:1], part[1:]
    if letter == "f" and not rest:
        return Flip()
    if letter == "b":
        return BlackAndWhite(filter=_filter(rest))
    numbers = [_number(text) for text in rest.split(",")]
    if letter == "c" and len(numbers) == 4:
        return Crop(x=numbers[0], y=numbers[1], width=numbers[2], height=numbers[3])
    if len(numbers) != 1:
        raise EditMalformed("no instruction")
    return _of_one_number(letter, numbers[0])


def _of_one_number(letter: str, number: float) -> Instruction:
    whole = round(number)
    match letter:
        case "r":
            return Rotate(turns=whole)
        case "s":
            return Straighten(degrees=number)
        case "e":
            return Exposure(ev=number)
        case "k":
            return Contrast(by=whole)
        case "t":
            return Temperature(by=whole)
        case "g":
            return Tint(by=whole)
        case "v":
            return Saturation(by=whole)
        case _:
            raise EditMalformed("no instruction")


def _filter(text: str) -> Filter:
    for one in FILTERS:
        if one == text:
            return one
    raise EditMalformed("no such filter")


def _number(text: str) -> float:
    if not _NUMBER.fullmatch(text):
        raise EditMalformed("no number")
    return float(text)
