"""What was read, drawn on its picture: an outline and a number for each code, and a list of them below.

For people who ask why a code was not read, for the pages in ``docs/``, and as evidence of what a package held.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from math import isqrt
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from imaging.codes.corners import Corners
from imaging.codes.found import Found
from imaging.visible import visible
from photocore.settings import locate_config

Tone = Literal["good", "warn", "bad"]

COLOURS: Final[dict[Tone, str]] = {"good": "#1F7A4D", "warn": "#8A5600", "bad": "#B3261E"}
PAPER: Final = "#FFFDF8"
INK: Final = "#1D1A16"
QUIET_INK: Final = "#5A5349"
"""The house's own: docs/tokens.css."""
MOST_ROWS: Final = 40
LEAST_WIDTH: Final = 480
"""Smaller pictures are enlarged by a whole number before they are drawn on."""
MOST_ENLARGED: Final = 4_000_000
"""Pixels; a picture one pixel wide and a million high would become as wide as it should, and fill the memory."""


@dataclass(frozen=True)
class Mark:
    """One outline: ``corners`` in the picture's pixels, ``text`` for the list below, ``tone`` for its colour."""

    corners: Corners
    text: str
    tone: Tone = "good"


def marks_of(found: Iterable[Found]) -> tuple[Mark, ...]:
    """Return one mark for each reading: its kind, its text, and which reader had it."""
    return tuple(Mark(each.corners, f"{each.symbology}  {each.text}  {each.reader}") for each in found)


def draw_marks(picture: Image.Image | NDArray[np.uint8], marks: Sequence[Mark], title: str = "") -> Image.Image:
    """Return the picture in colour with every mark on it and a numbered list below; the picture itself stays."""
    image = picture if isinstance(picture, Image.Image) else Image.fromarray(picture)
    times = max(1, min(-(-LEAST_WIDTH // image.width), isqrt(MOST_ENLARGED // (image.width * image.height))))
    photo = image.convert("RGB").resize((image.width * times, image.height * times), Image.Resampling.NEAREST)
    unit = max(1.0, photo.width / 900)
    rows = _rows(marks, title)
    sheet = Image.new("RGB", (photo.width, photo.height + round((len(rows) * 26 + 18) * unit)), PAPER)
    sheet.paste(photo, (0, 0))
    pen = ImageDraw.Draw(sheet)
    for mark in marks:
        _outline(pen, [(x * times, y * times) for x, y in mark.corners], COLOURS[mark.tone], unit)
    for number, mark in enumerate(marks, 1):
        x, y = min(mark.corners, key=sum)
        middle = (max(x * times, 13 * unit), max(y * times, 13 * unit))
        _disc(pen, middle, str(number), COLOURS[mark.tone], unit)
    for line, (number, text, colour) in enumerate(rows):
        _row(pen, (photo.height + (line * 26 + 22) * unit, number, text, colour), sheet.width, unit)
    return sheet


def _rows(marks: Sequence[Mark], title: str) -> list[tuple[str, str, str]]:
    """Return (number, text, colour) of each line below the picture."""
    rows = [("", visible(title[:200]), INK)] if title else []
    texts = [(visible(mark.text[:200]), COLOURS[mark.tone]) for mark in marks[:MOST_ROWS]]
    rows += [(str(number), text, colour) for number, (text, colour) in enumerate(texts, 1)]
    if len(marks) > MOST_ROWS:
        rows.append(("", f"and {len(marks) - MOST_ROWS} more", QUIET_INK))
    return rows or [("", "no code found", QUIET_INK)]


def _outline(pen: ImageDraw.ImageDraw, corners: list[tuple[float, float]], colour: str, unit: float) -> None:
    """Draw the outline in colour on a white one, so that it shows on any picture."""
    closed = [*corners, corners[0], corners[1]]
    pen.line(closed, fill="white", width=round(7 * unit), joint="curve")
    pen.line(closed, fill=colour, width=round(3.5 * unit), joint="curve")


def _disc(pen: ImageDraw.ImageDraw, at: tuple[float, float], number: str, colour: str, unit: float) -> None:
    x, y = at
    radius = 12 * unit
    pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=colour, outline="white", width=round(2 * unit))
    pen.text(at, number, fill="white", font=_font("Inter-Bold.otf", round(15 * unit)), anchor="mm")


def _row(pen: ImageDraw.ImageDraw, row: tuple[float, str, str, str], width: int, unit: float) -> None:
    """Write one line of the list; what is wider than the picture ends in an ellipsis."""
    y, number, text, colour = row
    left = 34 * unit if number else 12 * unit
    if number:
        _disc(pen, (18 * unit, y), number, colour, unit * 0.85)
    font = _font("JetBrainsMono-Medium.ttf" if number else "Inter-SemiBold.otf", round(15 * unit))
    room = width - left - 10 * unit
    text = text[: round(room / font.size * 4)]  # more would not fit in any letters
    if font.getlength(text) > room:
        while text and font.getlength(text + "…") > room:
            text = text[:-1]
        text += "…"
    pen.text((left, y), text, fill=INK if number else colour, font=font, anchor="lm")


@cache
def _font(name: str, size: int) -> ImageFont.FreeTypeFont:
    plain = ImageFont.Layout.BASIC  # no ligatures: a code is read sign by sign
    return ImageFont.truetype(locate_config() / "fonts" / name, max(6, size), layout_engine=plain)
