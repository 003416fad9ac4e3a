"""An edit carried out, by libvips. Runs in a child only (child.py): nothing else may import it.

A preview is made small first, where that changes nothing one sees: before it is turned a little and before light and
colour. The same steps at full size are what a print is made of. Pixels of 16 bits become 8 behind their curves, so that
what a curve lifts out of the dark has its steps still.
"""

from math import cos, radians, sin
from typing import Any, Final

import pyvips

from imaging.pixels.developing import Picture, as_seen, light_of, open_picture, refused
from imaging.pixels.heads.head import Head
from imaging.pixels.jpeg_header import split_jpeg
from imaging.pixels.limits import Limits
from imaging.pixels.picture import Edited
from photocore.edit_steps import Crop
from photocore.edit_tones import has_curves, mixing_of, table_of
from photocore.edits import Edit, kept_by, shape_of

SMALL_QUALITY: Final = 80
LARGE_QUALITY: Final = 85
WHOLE_QUALITY: Final = 95
SMALL_SIDE: Final = 1300
"""Up to this side, a picture is compressed as thumbnails and previews are."""

_LEFT_TO_RESAMPLING: Final = 1.25
_ALL: Final = Crop(x=0, y=0, width=1, height=1)
_UPSIDE: Final = {1: "rot90", 2: "rot180", 3: "rot270"}


def carry_out(descriptor: int, head: Head, edit: Edit, *, side: int, limits: Limits) -> Edited:
    """Return the picture in an open file, edited, its longer side ``side`` pixels at most (0: as large as it is).

    Raises:
        ScanRefused: it cannot be decoded.
    """
    try:
        shrink = _shrink_of(head, edit, side)
        picture, held = open_picture(descriptor, head, limits, shrink=shrink)
        picture = light_of(picture, head).copy_memory()
        del held
        picture = as_seen(picture, is_deep=True)
        picture = _coloured(_shaped(picture, edit, side, shrink), edit)
        return _packed(picture, side)
    except pyvips.Error as cause:
        raise refused(cause) from cause


def _shrink_of(head: Head, edit: Edit, side: int) -> int:
    """Return by how much a JPEG is made smaller while it is decoded, so that resampling has something left to do."""
    if head.media != "image/jpeg" or not side:
        return 1
    ratio = max(shape_of(edit, head.width, head.height)) / side
    return next((shrink for shrink in (8, 4, 2) if ratio >= shrink * _LEFT_TO_RESAMPLING), 1)


def _shaped(picture: Picture, edit: Edit, side: int, shrunk: int) -> Picture:
    """Return the picture mirrored, turned, straightened and cropped, no larger than ``side``."""
    wide, high = shape_of(edit, picture.width * shrunk, picture.height * shrunk)
    scale = min(1.0, side / max(wide, high)) if side else 1.0
    width, height = max(1, round(wide * scale)), max(1, round(high * scale))
    if not (edit.degrees or edit.crop):  # made small before it is turned: fewer pixels to carry about
        picture = _sized(picture, *((height, width) if edit.turns % 2 else (width, height)))
    if edit.is_flipped:
        picture = picture.fliphor()
    if edit.turns:
        picture = getattr(picture, _UPSIDE[edit.turns])()
    if edit.degrees:
        return _straightened(picture, edit, width, height)
    if edit.crop:
        picture = _cropped(picture, edit.crop)
    return _sized(picture, width, height)


def _sized(picture: Picture, width: int, height: int) -> Picture:
    if (picture.width, picture.height) == (width, height):
        return picture
    return picture.resize(width / picture.width, vscale=height / picture.height).copy_memory()


def _cropped(picture: Picture, crop: Crop) -> Picture:
    left, top = round(crop.x * picture.width), round(crop.y * picture.height)
    width, height = max(1, round(crop.width * picture.width)), max(1, round(crop.height * picture.height))
    left, top = min(left, picture.width - 1), min(top, picture.height - 1)
    return picture.crop(left, top, min(width, picture.width - left), min(height, picture.height - top))


def _straightened(picture: Picture, edit: Edit, width: int, height: int) -> Picture:
    """Return the part of a picture that is turned by some degrees, ``width`` by ``height`` pixels of it."""
    crop = edit.crop or _ALL
    part = kept_by(edit.degrees, picture.width, picture.height)
    full = picture.width * part * crop.width
    scale = min(1.0, width / full)
    if scale < 1:
        picture = picture.resize(scale).copy_memory()
    angle = radians(edit.degrees)
    turn = [cos(angle), -sin(angle), sin(angle), cos(angle)]
    left = (crop.x + crop.width / 2 - 0.5) * part * picture.width - width / 2
    top = (crop.y + crop.height / 2 - 0.5) * part * picture.height - height / 2
    vips: Any = pyvips
    return picture.affine(
        turn,
        interpolate=vips.Interpolate.new("bicubic"),
        idx=-(picture.width - 1) / 2,
        idy=-(picture.height - 1) / 2,
        odx=-left - 0.5,
        ody=-top - 0.5,
        oarea=[0, 0, width, height],
        extend="copy",
    ).copy_memory()


def _coloured(picture: Picture, edit: Edit) -> Picture:
    """Return the picture in 8 bits, with its light and colour as the edit wants them."""
    vips: Any = pyvips
    is_deep = picture.format == "ushort"
    if is_deep or has_curves(edit):
        counts = 65_536 if is_deep else 256
        table = vips.Image.new_from_memory(table_of(edit, counts), counts, 1, 3, "uchar")
        picture = picture.maplut(table)
    if matrix := mixing_of(edit):
        picture = picture.recomb(vips.Image.new_from_array([list(row) for row in matrix])).cast("uchar")
    return picture.copy(interpretation="srgb")


def _packed(picture: Picture, side: int) -> Edited:
    quality = WHOLE_QUALITY if not side else SMALL_QUALITY if side <= SMALL_SIDE else LARGE_QUALITY
    jpeg = picture.jpegsave_buffer(
        Q=quality, optimize_coding=False, interlace=False, subsample_mode="on" if side else "off", keep="none"
    )
    header, body = split_jpeg(jpeg)
    return Edited(header=header, body=body, width=picture.width, height=picture.height)
