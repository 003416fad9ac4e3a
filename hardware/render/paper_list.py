"""The paper list for when the kiosk is dead: a PDF to be printed before, filled in by hand, and entered later (S6).

Every row has a square code that names list and row, so that what is entered later can be told from what was not, and no
row twice. Codes are held to a decoder before the file is given away, as on every label.
"""

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from PIL import Image, ImageDraw

from hardware.errors import LabelUndrawable
from hardware.render.fonts import Face, FontShelf
from hardware.render.symbols import plain_matrix, read_back

PageSize = Literal["a4", "letter"]
SIZES_MM: Final[dict[PageSize, tuple[float, float]]] = {"a4": (210.0, 297.0), "letter": (215.9, 279.4)}
ROWS: Final = 12
"""So many rows are high enough for a label and for handwriting on either page."""

DPI: Final = 200
EDGE_MM, HEAD_MM, FOOT_MM = 12.0, 36.0, 14.0
COLUMNS: Final = (("Row", 0.17), ("Package: its ID, or its label", 0.36), ("Card number", 0.25), ("Day, time", 0.14))
"""Headings with their share of the width; what is left over is for initials."""

HOW_TO: Final = (
    "For when the kiosk is out of order. One row for each package: write its whole ID, or stick its label on.",
    "Write the card number and the day and time (such as 21 14:05). Put your initials. Give no labels out.",
    "Later: sign in at the kiosk, touch More, then Enter from a paper list, and scan the square code of the row.",
)
KEEP: Final = "Card numbers are personal: keep this sheet locked away, and destroy it when every row is entered."


@dataclass
class _Page:
    """One page while it is drawn; positions are in millimetres."""

    picture: Image.Image
    pen: ImageDraw.ImageDraw
    shelf: FontShelf

    def dots(self, mm: float) -> int:
        """Return whole dots."""
        return round(mm * DPI / 25.4)

    def write(self, text: str, x: float, y: float, *, cap_mm: float, face: Face = "regular") -> None:
        """Write one line, its capitals from ``y`` on."""
        font = self.shelf.font(face, self.dots(cap_mm))
        self.pen.text((self.dots(x), self.dots(y + cap_mm)), text, font=font, fill=0, anchor="ls")

    def box(self, x: float, y: float, width: float, height: float, *, line_mm: float = 0.25) -> None:
        """Draw an outline."""
        corners = (self.dots(x), self.dots(y), self.dots(x + width), self.dots(y + height))
        self.pen.rectangle(corners, outline=0, width=max(1, self.dots(line_mm)))


def draw_paper_list(config: Path, rows: Sequence[str], *, size: PageSize = "a4", store: str = "") -> bytes:
    """Return the PDF of one list; ``rows`` are its rows' codes, :data:`ROWS` of them.

    Raises:
        LabelUndrawable: it is another number of rows, or a code does not read back.
    """
    if len(rows) != ROWS:
        raise LabelUndrawable(f"a paper list has {ROWS} rows, not {len(rows)}")
    picture = draw_page(config, rows, size=size, store=store)
    file = io.BytesIO()
    picture.save(file, "PDF", resolution=DPI, title="Twincheck paper list", producer="Twincheck")
    return file.getvalue()


def draw_page(config: Path, rows: Sequence[str], *, size: PageSize, store: str) -> Image.Image:
    """Return the page as a one-bit picture, its codes read back."""
    width, height = SIZES_MM[size]
    picture = Image.new("L", (round(width * DPI / 25.4), round(height * DPI / 25.4)), 255)
    page = _Page(picture=picture, pen=ImageDraw.Draw(picture), shelf=FontShelf(config / "fonts"))
    _draw_head(page, rows[0], width, store)
    row_mm = (height - 2 * EDGE_MM - HEAD_MM - FOOT_MM) / len(rows)
    for nr, code in enumerate(rows):
        _draw_row(page, code, EDGE_MM + HEAD_MM + nr * row_mm, row_mm, width)
    page.write(KEEP, EDGE_MM, height - EDGE_MM - 5, cap_mm=2.1, face="semibold")
    decide: Callable[[int], int] = lambda tone: 255 if tone >= 128 else 0  # noqa: E731
    finished = picture.point(decide).convert("1", dither=Image.Dither.NONE)
    missing = set(rows) - {text for _, text in read_back(finished.convert("L"))}
    if missing:
        raise LabelUndrawable(f"{len(missing)} of its codes did not read back")
    return finished


def _draw_head(page: _Page, first: str, width: float, store: str) -> None:
    page.write("Film registered on paper", EDGE_MM, EDGE_MM, cap_mm=5, face="bold")
    name = f"List {first[4:10]}" + (f"   {store}" if store else "")
    page.write(name, EDGE_MM, EDGE_MM + 8, cap_mm=2.6, face="mono")
    for nr, line in enumerate(HOW_TO):
        page.write(line, EDGE_MM, EDGE_MM + 13.5 + nr * 4.4, cap_mm=2.1)
    x = EDGE_MM
    for heading, share in (*COLUMNS, ("Initials", 0)):
        page.write(heading, x + 1, EDGE_MM + HEAD_MM - 4.5, cap_mm=2.1, face="semibold")
        x += share * (width - 2 * EDGE_MM)


def _draw_row(page: _Page, code: str, y: float, height: float, width: float) -> None:
    room = width - 2 * EDGE_MM
    page.box(EDGE_MM, y, room, height)
    x = EDGE_MM
    for _, share in COLUMNS:
        x += share * room
        page.pen.line((page.dots(x), page.dots(y), page.dots(x), page.dots(y + height)), fill=0, width=2)
    symbol = plain_matrix(code)
    module = page.dots(height - 6.0) // symbol.height
    page.picture.paste(symbol.picture(module), (page.dots(EDGE_MM + 2.5), page.dots(y + 2)))
    page.write(str(int(code[-3:-1])), EDGE_MM + 19, y + 4, cap_mm=4.5, face="bold")
    page.write(code, EDGE_MM + 2.5, y + height - 3.0, cap_mm=1.7, face="mono_medium")
