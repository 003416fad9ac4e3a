"""Procedural photographs for the film strip and the shadow under a sheet: painted by Pillow, so none is to license.

A kiosk does not paint: that took more than half of its first frame. What it shows was painted once, by

    python -m kiosk.testing.photographs kiosk/ui/painted

and a test holds it against what is painted here. The same number always paints the same picture; nothing here is
random (``seams``: no hidden randomness).
"""

import sys
from collections.abc import Callable, Iterator, Sequence
from math import pi, sin
from pathlib import Path
from typing import Final

from PIL import Image, ImageDraw, ImageFilter

from kiosk.ui.painted import SHADOW_BORDER, SHADOW_NAME, photo_name

Rgb = tuple[int, int, int]
WIDTH, HEIGHT = 480, 320
SCALE: Final = 2


def painted() -> Iterator[tuple[str, Image.Image]]:
    """Yield every picture that is shipped and the name of its file."""
    for number in range(len(SCENES)):
        yield photo_name(number), photo(number)
    yield SHADOW_NAME, shadow(SHADOW_BORDER)


def photo(number: int) -> Image.Image:
    """Paint photograph ``number``: 480 x 320, RGB."""
    picture = SCENES[number]().resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS)
    return _vignette(picture)


def shadow(border: int) -> Image.Image:
    """Paint a blurred rounded square three borders wide: white, its alpha the shadow."""
    side = border * 3
    mask = Image.new("L", (side, side), 0)
    inset = border // 2
    ImageDraw.Draw(mask).rounded_rectangle([inset, inset, side - inset, side - inset], radius=inset, fill=255)
    picture = Image.new("RGBA", (side, side), (255, 255, 255, 0))
    picture.putalpha(mask.filter(ImageFilter.GaussianBlur(inset / 2.6)))
    return picture


def _sky(stops: Sequence[Rgb]) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    """Return a canvas filled from top to bottom through ``stops``."""
    column = Image.new("RGB", (1, len(stops)))
    column.putdata(list(stops))
    picture = column.resize((WIDTH * SCALE, HEIGHT * SCALE), Image.Resampling.BICUBIC)
    return picture, ImageDraw.Draw(picture)


def _glow(picture: Image.Image, at: tuple[float, float], radius: float, colour: Rgb, strength: int) -> None:
    """Lay a soft light round a sun, moon or lamp; ``at`` in shares of width and height, ``radius`` of the height."""
    x, y = at
    w, h = picture.size
    mask = Image.new("L", (w // 4, h // 4), 0)
    cx, cy, r = x * w / 4, y * h / 4, radius * h / 4
    ImageDraw.Draw(mask).ellipse([cx - r, cy - r, cx + r, cy + r], fill=strength)
    mask = mask.filter(ImageFilter.GaussianBlur(r / 2.2)).resize((w, h), Image.Resampling.BICUBIC)
    picture.paste(colour, mask=mask)


def _disc(draw: ImageDraw.ImageDraw, x: float, y: float, radius: float, colour: Rgb) -> None:
    w, h = WIDTH * SCALE, HEIGHT * SCALE
    draw.ellipse([x * w - radius * h, y * h - radius * h, x * w + radius * h, y * h + radius * h], fill=colour)


def _ridge(draw: ImageDraw.ImageDraw, base: float, waves: Sequence[tuple[float, float, float]], colour: Rgb) -> None:
    """Fill everything below a line of summed waves (height, count, phase), as shares of the picture."""
    w, h = WIDTH * SCALE, HEIGHT * SCALE
    points = [
        (x, h * (base - sum(height * sin(2 * pi * n * x / w + phase) for height, n, phase in waves)))
        for x in range(0, w + 8, 8)
    ]
    draw.polygon([*points, (w, h), (0, h)], fill=colour)


def _peaks(draw: ImageDraw.ImageDraw, points: Sequence[tuple[float, float]], colour: Rgb) -> None:
    w, h = WIDTH * SCALE, HEIGHT * SCALE
    draw.polygon([(x * w, y * h) for x, y in points] + [(w, h), (0, h)], fill=colour)


def _pine(draw: ImageDraw.ImageDraw, x: float, foot: float, height: float, colour: Rgb) -> None:
    w, h = WIDTH * SCALE, HEIGHT * SCALE
    for tier in range(4):
        top = (foot - height * (1 - tier * 0.2)) * h
        low = (foot - height * (0.62 - tier * 0.2)) * h
        half = height * h * (0.11 + tier * 0.05)
        draw.polygon([(x * w, top), (x * w - half, low), (x * w + half, low)], fill=colour)


def _dunes() -> Image.Image:
    picture, draw = _sky([(255, 200, 122), (250, 150, 92), (236, 100, 76)])
    _glow(picture, (0.42, 0.36), 0.42, (255, 240, 205), 190)
    _disc(draw, 0.42, 0.36, 0.105, (255, 247, 226))
    _ridge(draw, 0.66, [(0.05, 1.1, 0.6), (0.02, 2.3, 1.2)], (196, 78, 76))
    _ridge(draw, 0.78, [(0.06, 0.9, 2.7)], (142, 58, 80))
    _ridge(draw, 0.92, [(0.05, 1.3, 0.2)], (88, 42, 80))
    return picture


def _lake() -> Image.Image:
    picture, draw = _sky([(172, 214, 236), (206, 230, 238), (244, 232, 214)])
    _peaks(
        draw,
        [(0, 0.55), (0.16, 0.30), (0.28, 0.46), (0.45, 0.18), (0.62, 0.44), (0.74, 0.32), (1, 0.56)],
        (118, 154, 178),
    )
    snow = (
        (0.385, 0.279),
        (0.45, 0.18),
        (0.523, 0.292),
        (0.495, 0.272),
        (0.470, 0.312),
        (0.440, 0.276),
        (0.415, 0.300),
    )
    draw.polygon([(x * picture.width, y * picture.height) for x, y in snow], fill=(246, 249, 250))
    sky = picture.crop((0, 0, picture.width, int(picture.height * 0.60)))
    mirror = sky.transpose(Image.Transpose.FLIP_TOP_BOTTOM).filter(ImageFilter.GaussianBlur(5))
    mirror = Image.blend(mirror, Image.new("RGB", mirror.size, (58, 108, 140)), 0.38)
    picture.paste(
        mirror.crop((0, 0, picture.width, picture.height - int(picture.height * 0.60))), (0, int(picture.height * 0.60))
    )
    for x, height in ((0.03, 0.30), (0.09, 0.22), (0.14, 0.26), (0.90, 0.24), (0.96, 0.33)):
        _pine(draw, x, 0.63, height, (28, 62, 66))
    return picture


def _town() -> Image.Image:
    picture, draw = _sky([(42, 40, 88), (112, 66, 120), (228, 120, 110), (250, 178, 120)])
    _glow(picture, (0.74, 0.66), 0.40, (255, 214, 160), 130)
    w, h = picture.size
    far = (
        (0.00, 0.52),
        (0.10, 0.60),
        (0.17, 0.46),
        (0.27, 0.58),
        (0.40, 0.50),
        (0.52, 0.62),
        (0.66, 0.48),
        (0.80, 0.58),
        (0.90, 0.52),
    )
    near = (
        (0.00, 0.70),
        (0.13, 0.62),
        (0.24, 0.76),
        (0.36, 0.66),
        (0.50, 0.78),
        (0.62, 0.64),
        (0.76, 0.74),
        (0.88, 0.66),
    )
    for colour, roofs, wide in (((74, 52, 104), far, 0.13), ((30, 26, 58), near, 0.14)):
        for x, top in roofs:
            draw.rectangle([x * w, top * h, (x + wide) * w, h], fill=colour)
    for n, (x, top) in enumerate(near):
        for column in range(4):
            for row in range(6):
                if (n * 7 + column * 5 + row * 3) % 4 == 0:
                    left, high = (x + 0.018 + column * 0.03) * w, (top + 0.03 + row * 0.055) * h
                    draw.rectangle([left, high, left + 0.013 * w, high + 0.026 * h], fill=(255, 206, 120))
    return picture


def _forest() -> Image.Image:
    picture, draw = _sky([(226, 236, 206), (188, 214, 178), (140, 182, 146)])
    _glow(picture, (0.62, 0.26), 0.36, (255, 252, 228), 170)
    for depth, (foot, colour) in enumerate(((0.72, (142, 180, 150)), (0.84, (88, 136, 110)), (1.12, (32, 76, 64)))):
        for n in range(14):
            x = n / 13 + 0.02 * sin(n * 5 + depth)
            _pine(draw, x, foot, 0.26 + 0.06 * depth + 0.05 * sin(n * 3.1 + depth * 2), colour)
        _ridge(draw, foot - 0.04, [(0.012, 2, depth)], colour)
    return picture


def _sea() -> Image.Image:
    picture, draw = _sky([(120, 182, 222), (176, 214, 232), (240, 232, 216)])
    w, h = picture.size
    for x, y, r in ((0.18, 0.2, 0.06), (0.24, 0.18, 0.08), (0.31, 0.21, 0.06), (0.70, 0.13, 0.05), (0.76, 0.12, 0.065)):
        _disc(draw, x, y, r, (250, 252, 252))
    draw.rectangle([0, 0.6 * h, w, h], fill=(52, 120, 160))
    for n, colour in enumerate(((66, 134, 172), (44, 108, 148), (34, 90, 128))):
        _ridge(draw, 0.68 + n * 0.11, [(0.008, 5 + n, n)], colour)
    for x, size, sail in ((0.56, 0.30, (252, 250, 244)), (0.22, 0.13, (248, 214, 170))):
        foot = 0.655
        draw.polygon(
            [(x * w, (foot - size) * h), (x * w, foot * h - 6), ((x + size * 0.42) * w, foot * h - 6)], fill=sail
        )
        draw.polygon(
            [
                ((x - 0.008) * w, (foot - size * 0.8) * h),
                ((x - 0.008) * w, foot * h - 6),
                ((x - size * 0.22) * w, foot * h - 6),
            ],
            fill=(232, 96, 72),
        )
        draw.polygon(
            [
                ((x - size * 0.26) * w, foot * h),
                ((x + size * 0.46) * w, foot * h),
                ((x + size * 0.34) * w, (foot + size * 0.11) * h),
                ((x - size * 0.18) * w, (foot + size * 0.11) * h),
            ],
            fill=(70, 40, 34),
        )
    return picture


def _balloons() -> Image.Image:
    picture, draw = _sky([(250, 206, 214), (236, 160, 178), (190, 112, 158)])
    w, h = picture.size
    for x, y, r, one, two in (
        (0.66, 0.36, 0.20, (250, 244, 232), (226, 86, 82)),
        (0.28, 0.52, 0.11, (255, 206, 120), (120, 62, 120)),
        (0.46, 0.20, 0.06, (250, 244, 232), (92, 116, 178)),
    ):
        for share, colour in ((1, one), (0.66, two), (0.30, one)):
            draw.ellipse([x * w - r * h * share, (y - r) * h, x * w + r * h * share, (y + r) * h], fill=colour)
        draw.polygon(
            [
                (x * w - r * h * 0.62, (y + r * 0.78) * h),
                (x * w + r * h * 0.62, (y + r * 0.78) * h),
                (x * w + r * h * 0.16, (y + r * 1.32) * h),
                (x * w - r * h * 0.16, (y + r * 1.32) * h),
            ],
            fill=two,
        )
        draw.rectangle(
            [x * w - r * h * 0.16, (y + r * 1.38) * h, x * w + r * h * 0.16, (y + r * 1.62) * h], fill=(96, 58, 48)
        )
    _ridge(draw, 0.88, [(0.05, 1.1, 0.4), (0.02, 3, 1)], (150, 78, 128))
    _ridge(draw, 0.96, [(0.04, 0.9, 2.2)], (84, 44, 98))
    return picture


def _vignette(picture: Image.Image) -> Image.Image:
    """Darken the corners a little, as a lens does."""
    mask = Image.new("L", (60, 40), 0)
    ImageDraw.Draw(mask).ellipse([-10, -10, 70, 50], fill=255)
    mask = mask.filter(ImageFilter.GaussianBlur(9)).resize(picture.size, Image.Resampling.BICUBIC)
    return Image.composite(picture, Image.blend(picture, Image.new("RGB", picture.size), 0.30), mask)


SCENES: Final[tuple[Callable[[], Image.Image], ...]] = (_dunes, _lake, _town, _forest, _sea, _balloons)


if __name__ == "__main__":
    for name, picture in painted():
        picture.save(Path(sys.argv[1]) / name, optimize=True)
