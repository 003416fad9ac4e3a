"""Edits (O9): what is to be done to an original, said and never carried out here; the original is not touched.

An edit is written down as instructions in their order, and is one :class:`Edit` whichever way it was written: turns,
mirrorings and crops are done one after the other and fold into one of each; all others say where a control stands, so
the last of a kind holds. It is carried out in one order: mirror, turn, straighten, crop, light, colour. Everything is
told in parts of the picture, so the same edit is the same look on a preview and on a print.

    fold([Rotate(turns=1), Rotate(turns=3)]) == NO_EDIT
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from math import cos, radians, sin
from typing import Final

import msgspec

from photocore.edit_steps import (
    FILTERS,
    LEAST_SIDE,
    MOST,
    MOST_DEGREES,
    MOST_EV,
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
    checked_crop,
    tidy_crop,
    within,
)
from photocore.errors import EditMalformed, EventMalformed
from photocore.jsontext import read_json

MOST_INSTRUCTIONS: Final = 100
SAME_SHAPE: Final = 0.01
"""Two pictures whose ratios of sides differ by less than this part are of one shape."""


@dataclass(frozen=True, kw_only=True)
class Edit:
    """An edit in its normal form: equal edits look equal, and nothing that does nothing is in it.

    ``turns`` are quarter turns clockwise, after mirroring left and right. ``degrees`` clockwise; what that leaves empty
    at the corners is cut off, the ratio of the sides kept. ``crop`` is in parts of what is there then. ``ev`` in stops.

    Raises:
        EditMalformed: a part is beyond its limits.
    """

    is_flipped: bool = False
    turns: int = 0
    degrees: float = 0.0
    crop: Crop | None = None
    ev: float = 0.0
    contrast: int = 0
    temperature: int = 0
    tint: int = 0
    saturation: int = 0
    black_and_white: Filter | None = None

    def __post_init__(self) -> None:
        within("turns", self.turns, 0, 3)
        within("degrees", self.degrees, -MOST_DEGREES, MOST_DEGREES)
        within("ev", self.ev, -MOST_EV, MOST_EV)
        for name in ("contrast", "temperature", "tint", "saturation"):
            within(name, getattr(self, name), -MOST, MOST)
        if self.black_and_white not in (None, *FILTERS):
            raise EditMalformed("no such filter")
        object.__setattr__(self, "degrees", round(self.degrees, 2) + 0.0)
        object.__setattr__(self, "ev", round(self.ev, 2) + 0.0)
        object.__setattr__(self, "crop", tidy_crop(self.crop))
        if self.black_and_white is not None:  # there is no colour to strengthen
            object.__setattr__(self, "saturation", 0)

    @property
    def instructions(self) -> tuple[Instruction, ...]:
        """The edit as instructions, each kind at most once."""
        said: list[Instruction | None] = [
            Flip() if self.is_flipped else None,
            Rotate(turns=self.turns) if self.turns else None,
            Straighten(degrees=self.degrees) if self.degrees else None,
            self.crop,
            Exposure(ev=self.ev) if self.ev else None,
            Contrast(by=self.contrast) if self.contrast else None,
            Temperature(by=self.temperature) if self.temperature else None,
            Tint(by=self.tint) if self.tint else None,
            Saturation(by=self.saturation) if self.saturation else None,
            BlackAndWhite(filter=self.black_and_white) if self.black_and_white else None,
        ]
        return tuple(one for one in said if one is not None)

    @property
    def changes_shape(self) -> bool:
        """Whether it does anything but to light and colour."""
        return self.is_flipped or self.turns != 0 or self.degrees != 0 or self.crop is not None


NO_EDIT: Final = Edit()


def fold(instructions: Iterable[Instruction]) -> Edit:
    """Return the edit that ``instructions`` make, one after the other.

    Raises:
        EditMalformed: one is beyond its limits, straightens what was cropped already, or there are too many.
    """
    edit = NO_EDIT
    for count, one in enumerate(instructions):
        if count >= MOST_INSTRUCTIONS:
            raise EditMalformed(f"more than {MOST_INSTRUCTIONS} instructions")
        edit = _then(edit, one)
    return edit


def read_edit(text: bytes) -> Edit:
    """Return the edit of a JSON list of instructions.

    Raises:
        EditMalformed: it is none.
    """
    try:
        return fold(read_json(text, tuple[Instruction, ...]))  # pyright: ignore[reportArgumentType]  # msgspec's shape
    except EventMalformed as cause:
        raise EditMalformed("no list of instructions") from cause


def write_edit(edit: Edit) -> bytes:
    """Return an edit as JSON; the same edit makes the same bytes."""
    return msgspec.json.encode(edit.instructions)


def digest_of(edit: Edit) -> str:
    """Return the name of what an edit does: 32 hexadecimal symbols."""
    return hashlib.sha256(write_edit(edit)).hexdigest()[:32]


def shape_of(edit: Edit, width: int, height: int) -> tuple[int, int]:
    """Return how wide and high a picture of ``width`` by ``height`` pixels is when ``edit`` was carried out."""
    wide, high = (height, width) if edit.turns % 2 else (width, height)
    part = kept_by(edit.degrees, wide, high)
    crop = edit.crop or Crop(x=0, y=0, width=1, height=1)
    return max(1, round(wide * part * crop.width)), max(1, round(high * part * crop.height))


def kept_by(degrees: float, width: float, height: float) -> float:
    """Return which part of each side is left when a picture is straightened, so that no corner is empty."""
    angle, ratio = radians(abs(degrees)), max(width / height, height / width)
    return 1 / (cos(angle) + ratio * sin(angle))


def taken_over(
    source: Edit, onto: Edit, *, shapes: Sequence[tuple[int, int]] = (), shape: bool = True, colours: bool = True
) -> Edit:
    """Return ``onto`` with what ``source`` says of its shape (turns, crop), of light and colour, or of both.

    ``shapes`` are the sides of both pictures, unedited. Where they differ, the crop keeps its own ratio of sides and
    its middle, as large as it was along its longer part, moved no more than it must be to lie in the picture.
    """
    edit = onto
    if colours:
        edit = replace(
            edit,
            ev=source.ev,
            contrast=source.contrast,
            temperature=source.temperature,
            tint=source.tint,
            saturation=source.saturation,
            black_and_white=source.black_and_white,
        )
    if shape:
        crop = _fitted(source, shapes) if source.crop and shapes else source.crop
        edit = replace(edit, is_flipped=source.is_flipped, turns=source.turns, degrees=source.degrees, crop=crop)
    return edit


def _then(edit: Edit, one: Instruction) -> Edit:
    match one:
        case Rotate():
            within("turns", one.turns, -MOST_INSTRUCTIONS, MOST_INSTRUCTIONS)
            return _turned(edit, one.turns % 4)
        case Flip():
            crop = edit.crop
            crop = msgspec.structs.replace(crop, x=1 - crop.x - crop.width) if crop else None
            return replace(
                edit, is_flipped=not edit.is_flipped, turns=-edit.turns % 4, degrees=-edit.degrees, crop=crop
            )
        case Straighten():
            if edit.crop:
                raise EditMalformed("what was cropped cannot be straightened: straighten first")
            return replace(edit, degrees=one.degrees)
        case Crop():
            return replace(edit, crop=_inside(edit.crop, checked_crop(one)))
        case Exposure():
            return replace(edit, ev=one.ev)
        case Contrast():
            return replace(edit, contrast=one.by)
        case Temperature():
            return replace(edit, temperature=one.by)
        case Tint():
            return replace(edit, tint=one.by)
        case Saturation():
            return replace(edit, saturation=one.by)
        case BlackAndWhite():
            return replace(edit, black_and_white=one.filter)


def _turned(edit: Edit, turns: int) -> Edit:
    crop = edit.crop
    for _ in range(turns):
        crop = crop and Crop(x=1 - crop.y - crop.height, y=crop.x, width=crop.height, height=crop.width)
    return replace(edit, turns=(edit.turns + turns) % 4, crop=crop)


def _inside(outer: Crop | None, inner: Crop) -> Crop:
    if outer is None:
        return inner
    return Crop(
        x=outer.x + inner.x * outer.width,
        y=outer.y + inner.y * outer.height,
        width=outer.width * inner.width,
        height=outer.height * inner.height,
    )


def _fitted(source: Edit, shapes: Sequence[tuple[int, int]]) -> Crop | None:
    """Return the crop of ``source`` for a picture of another shape."""
    (wide, high), (to_wide, to_high) = (side[::-1] if source.turns % 2 else side for side in shapes)
    crop = source.crop
    if crop is None or abs(wide * to_high / (high * to_wide) - 1) < SAME_SHAPE:
        return crop
    ratio = (crop.width * wide) / (crop.height * high) * to_high / to_wide  # of its parts, in the other picture
    longer = max(crop.width, crop.height)
    width, height = (longer, longer / ratio) if ratio >= 1 else (longer * ratio, longer)
    width, height = max(width, LEAST_SIDE), max(height, LEAST_SIDE)
    x, y = crop.x + (crop.width - width) / 2, crop.y + (crop.height - height) / 2
    return Crop(x=min(max(x, 0), 1 - width), y=min(max(y, 0), 1 - height), width=width, height=height)
