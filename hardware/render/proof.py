"""Labels on paper that is none: PNG and PDF files, dot for dot, to be looked at before a roll of stock is bought."""

import io
from collections.abc import Sequence

from PIL import Image

from hardware.printer.profile import INCH_MM, PrinterProfile

GROUND, PAPER = 205, 255
"""The grey that a sheet's labels lie on, and the white of their paper."""

EDGE_MM = 3.0


def on_paper(picture: Image.Image, profile: PrinterProfile) -> Image.Image:
    """Return a label on paper as wide as the printer's, with some white above and below it."""
    margin = profile.margin_dots + max(0, profile.print_width_dots - picture.width) // 2
    edge = max(profile.margin_dots, profile.dots(1))
    paper = Image.new("L", (picture.width + 2 * margin, picture.height + 2 * edge), PAPER)
    paper.paste(picture, (margin, edge))
    return paper


def sheet_of(pictures: Sequence[Image.Image], profile: PrinterProfile, *, columns: int = 3) -> Image.Image:
    """Lay pictures on one sheet, each in the shortest column.

    Raises:
        ValueError: there are none.
    """
    if not pictures:
        raise ValueError("a sheet of no labels")
    edge = profile.dots(EDGE_MM)
    step = max(picture.width for picture in pictures) + edge
    ends = [edge] * min(columns, len(pictures))
    places: list[tuple[int, int]] = []
    for picture in pictures:
        column = ends.index(min(ends))
        places.append((edge + column * step, ends[column]))
        ends[column] += picture.height + edge
    sheet = Image.new("L", (edge + step * len(ends), max(ends)), GROUND)
    for picture, place in zip(pictures, places, strict=True):
        sheet.paste(picture, place)
    return sheet


def png_of(picture: Image.Image, profile: PrinterProfile) -> bytes:
    """Return a picture as PNG that says how large it is; the same picture gives the same bytes."""
    file = io.BytesIO()
    dpi = profile.dots_per_mm * INCH_MM
    picture.save(file, "PNG", optimize=True, dpi=(dpi, dpi))
    return file.getvalue()


def pdf_of(pictures: Sequence[Image.Image], profile: PrinterProfile) -> bytes:
    """Return a PDF with a page for each picture, as large as the label; the same pictures give the same bytes.

    Raises:
        ValueError: there are none.
    """
    if not pictures:
        raise ValueError("a PDF of no labels")
    file = io.BytesIO()
    first, *others = (picture.convert("1", dither=Image.Dither.NONE) for picture in pictures)
    first.save(
        file,
        "PDF",
        save_all=True,
        append_images=others,
        resolution=profile.dots_per_mm * INCH_MM,
        title="Twincheck labels",
        producer="Twincheck",
        creationDate=None,
        modDate=None,
    )
    return file.getvalue()
