"""Marks that say nothing and are good for something: a ruler, the steps of a head test, the engraver's waves."""

import math

from PIL import Image, ImageDraw

from hardware.render.canvas import Area, Canvas

APART_DOTS = 8
"""Dots between two lines of one step: so far apart that each is one dot of the head alone."""


def draw_ruler(canvas: Canvas, area: Area) -> None:
    """Draw a frame and a tick each millimetre inside it: longer at five, longest at ten."""
    dots = canvas.profile.dots
    canvas.frame(area, 0, 2)
    for mm in range(1, int(area.width / canvas.profile.dots_per_mm)):
        canvas.band(Area(x=area.x + dots(mm), y=area.y, width=2, height=dots(_tick_mm(mm))), 0)
    for mm in range(1, int(area.height / canvas.profile.dots_per_mm)):
        canvas.band(Area(x=area.x, y=area.y + dots(mm), width=dots(_tick_mm(mm)), height=2), 0)


def _tick_mm(mm: int) -> float:
    return 4.0 if mm % 10 == 0 else 2.5 if mm % 5 == 0 else 1.4


def draw_steps(canvas: Canvas, area: Area) -> None:
    """Draw each column of ``area`` as a line one dot wide, eight columns apart, step below step."""
    height = area.height // APART_DOTS
    for x in range(area.width):
        y = area.y + (x % APART_DOTS) * height
        canvas.band(Area(x=area.x + x, y=y, width=1, height=height), 0)


def guilloche(width: int, height: int, scale: float, *, paper: int = 0, ink: int = 255) -> Image.Image:
    """Draw two families of waves: the engraver's pattern that is hard to copy and hides what is below.

    ``scale`` is in dots a millimetre; ``paper`` and ``ink`` are greys, white on black unless told otherwise.
    """
    sheet = Image.new("L", (width, height), paper)
    pen = ImageDraw.Draw(sheet)
    line = max(2, round(scale * 0.2))
    for family, (length, phase) in enumerate(((5.2, 0.0), (8.6, math.pi / 2))):
        step = 1.15 * scale
        for row in range(-2, round(height / step) + 3):
            shift = row * (0.7 if family else -0.5) + phase
            points = [
                (x, row * step + math.sin(x / (length * scale) * math.tau + shift) * scale * 0.75)
                for x in range(0, width + 2, 2)
            ]
            pen.line(points, fill=ink, width=line, joint="curve")
    edge = max(2, round(scale * 0.35))
    pen.rounded_rectangle((0, 0, width - 1, height - 1), round(scale * 1.2), outline=0, width=edge)
    return sheet
