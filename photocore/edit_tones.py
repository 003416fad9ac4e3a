"""What light and colour of an edit come to, in numbers: a curve for each of red, green and blue, and a mixing of them.

Numbers are parts of full light, 0 to 1. Exposure, temperature and tint multiply linear light (IEC 61966-2-1 turns
counts into it and back). Light that would burn out is bent over a shoulder, as film does, so that white stays white and
what was below it keeps a difference. Contrast works on counts, round their middle. Saturation and black and white mix
the three, by weights that add up to one, so that grey stays as grey as it was.
"""

from collections.abc import Callable
from typing import Final

from photocore.edit_steps import MOST, Filter
from photocore.edits import Edit

Row = tuple[float, float, float]
Matrix = tuple[Row, Row, Row]

LUMA: Final[Row] = (0.2126, 0.7152, 0.0722)
"""How much of light's brightness red, green and blue are (ITU-R BT.709)."""

SEEN_AS: Final[dict[Filter, Row]] = {
    "none": (0.30, 0.59, 0.11),
    "yellow": (0.42, 0.52, 0.06),
    "orange": (0.56, 0.40, 0.04),
    "red": (0.78, 0.19, 0.03),
    "green": (0.18, 0.74, 0.08),
    "blue": (0.14, 0.26, 0.60),
}
"""How bright each colour is on black-and-white film behind a filter."""

_SHOULDER: Final = 0.5
_WARMTH: Final = 0.55
"""Stops between red and blue's middle and either, at the end of the control."""
_TINT: Final = 0.45
_FLATTEST: Final = 0.55


def curves_of(edit: Edit) -> tuple[Callable[[float], float], ...]:
    """Return the curves of red, green and blue: from counts (0 to 1) to counts."""
    warm, pink = _WARMTH * edit.temperature / MOST, _TINT * edit.tint / MOST
    gains = (2 ** (warm + pink / 2), 2 ** (-pink / 2), 2 ** (pink / 2 - warm))
    bright = sum(gain * weight for gain, weight in zip(gains, LUMA, strict=True))
    light = 2**edit.ev
    return tuple(_curve(gain * light / bright, light, edit.contrast / MOST) for gain in gains)


def table_of(edit: Edit, counts: int) -> bytes:
    """Return what each of ``counts`` counts becomes, as red, green and blue of 8 bits, one behind the other."""
    table = bytearray(3 * counts)
    for band, curve in enumerate(curves_of(edit)):
        table[band::3] = bytes(int(curve(count / (counts - 1)) * 255 + 0.5) for count in range(counts))
    return bytes(table)


def has_curves(edit: Edit) -> bool:
    """Say whether any count becomes another by :func:`curves_of`."""
    return bool(edit.ev or edit.temperature or edit.tint or edit.contrast)


def mixing_of(edit: Edit) -> Matrix | None:
    """Return how much of red, green and blue go into each of them; None where each stays as it is."""
    if edit.black_and_white is not None:
        row = SEEN_AS[edit.black_and_white]
        return row, row, row
    if not edit.saturation:
        return None
    own = 1 + edit.saturation / MOST
    red, green, blue = ((1 - own) * weight for weight in LUMA)
    return (red + own, green, blue), (red, green + own, blue), (red, green, blue + own)


def _curve(gain: float, light: float, contrast: float) -> Callable[[float], float]:
    most = max(1.0, light)

    def curve(count: float) -> float:
        lit = _bent(min(_linear(count) * gain, most), most)
        return min(1.0, max(0.0, _contrasted(_count(lit), contrast)))

    return curve


def _bent(lit: float, most: float) -> float:
    """Return ``lit``, up to ``most``, over a shoulder that ends at 1: as it was below, and flatter above."""
    if lit <= _SHOULDER or most <= 1:
        return min(lit, 1.0)
    room = 1 - _SHOULDER
    steep = (most - _SHOULDER) / room
    part = (lit - _SHOULDER) / (most - _SHOULDER)
    return _SHOULDER + room * steep * part / (1 + (steep - 1) * part)


def _contrasted(count: float, contrast: float) -> float:
    if contrast <= 0:
        return 0.5 + (count - 0.5) * (1 + _FLATTEST * contrast)
    power = 2**contrast
    return 0.5 * (2 * count) ** power if count < 0.5 else 1 - 0.5 * (2 - 2 * count) ** power


def _linear(count: float) -> float:
    return count / 12.92 if count <= 0.04045 else ((count + 0.055) / 1.055) ** 2.4


def _count(light: float) -> float:
    return light * 12.92 if light <= 0.0031308 else 1.055 * light ** (1 / 2.4) - 0.055
