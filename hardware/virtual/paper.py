"""The virtual printer's paper: rows of dots, cut into pieces, drawn as PNG.

White paper beside the head belongs to every piece, as it does in the hand: it is the quiet zone of what is printed to
the edge. Pieces live in memory; nothing is spooled to disk unless someone asks for a picture.
"""

import io
from dataclasses import dataclass, field
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Rows = NDArray[np.uint8]
"""Rows of dots, 1 is black."""

WHITE_BORDER_ROWS: Final = 24


@dataclass(frozen=True, kw_only=True)
class Piece:
    """A piece of paper that came out: how it ended, and its dots with the unprintable margins."""

    ended: Literal["cut", "torn", "fed", "peeled", "hanging"]
    rows: Rows

    @property
    def picture(self) -> Image.Image:
        """The whole piece in one bit."""
        return Image.fromarray(np.where(self.rows == 1, 0, 255).astype(np.uint8)).convert("1")

    @property
    def is_blank(self) -> bool:
        """Say whether no dot of it is black."""
        return not bool(self.rows.any())

    def cropped(self) -> Image.Image:
        """Return the printed part, full width, with a white border above and below."""
        inked = np.flatnonzero(self.rows.any(axis=1))
        rows = self.rows[inked[0] : inked[-1] + 1] if inked.size else self.rows[:0]
        border = np.zeros((WHITE_BORDER_ROWS, self.rows.shape[1]), dtype=np.uint8)
        framed = np.concatenate((border, rows, border))
        return Image.fromarray(np.where(framed == 1, 0, 255).astype(np.uint8)).convert("1")


@dataclass
class Paper:
    """The roll in the printer, ``width`` dots under the head and ``margin`` dots of white on each side.

    ``rows_left`` is what can still be printed; ``None`` is a roll without end.
    """

    width: int
    margin: int
    rows_left: int | None = None
    _hanging: list[Rows] = field(default_factory=list[Rows])
    _pieces: list[Piece] = field(default_factory=list[Piece])

    @property
    def pieces(self) -> tuple[Piece, ...]:
        """Every piece that left the printer, oldest first."""
        return tuple(self._pieces)

    @property
    def hanging(self) -> Piece:
        """What stands out of the printer, not yet cut."""
        return Piece(ended="hanging", rows=self._gathered())

    @property
    def is_out(self) -> bool:
        """Say whether the roll has ended."""
        return self.rows_left == 0

    def take(self, rows: Rows) -> int:
        """Print ``rows`` as far as there is paper; return how many were printed."""
        count = len(rows) if self.rows_left is None else min(len(rows), self.rows_left)
        if count:
            wide = np.zeros((count, self.width + 2 * self.margin), dtype=np.uint8)
            wide[:, self.margin : self.margin + self.width] = rows[:count]
            self._hanging.append(wide)
        if self.rows_left is not None:
            self.rows_left -= count
        return count

    def part(self, ended: Literal["cut", "torn", "fed", "peeled"]) -> None:
        """End the hanging piece, if there is any."""
        if self._hanging:
            self._pieces.append(Piece(ended=ended, rows=self._gathered()))
            self._hanging.clear()

    def whole_roll(self) -> Image.Image:
        """Return all paper so far as one picture, a grey line where it was parted."""
        pieces = [piece.rows for piece in (*self._pieces, self.hanging) if len(piece.rows)]
        line = np.full((2, self.width + 2 * self.margin), 160, dtype=np.uint8)
        drawn: list[Rows] = []
        for rows in pieces:
            drawn += [np.where(rows == 1, 0, 255).astype(np.uint8), line]
        return Image.fromarray(np.concatenate(drawn) if drawn else line)

    def _gathered(self) -> Rows:
        blank = np.zeros((0, self.width + 2 * self.margin), dtype=np.uint8)
        return np.concatenate([blank, *self._hanging])


def png(picture: Image.Image) -> bytes:
    """Return ``picture`` as PNG; the same dots always give the same bytes."""
    sink = io.BytesIO()
    picture.save(sink, "PNG", optimize=False, compress_level=6)
    return sink.getvalue()


def unpacked(row_bytes: int, rows: bytes, width: int) -> Rows:
    """Return packed raster rows as dots, cut or filled with white to ``width``."""
    bits = np.unpackbits(np.frombuffer(rows, dtype=np.uint8).reshape(-1, row_bytes), axis=1)
    dots = np.zeros((len(bits), width), dtype=np.uint8)
    shared = min(width, bits.shape[1])
    dots[:, :shared] = bits[:, :shared]
    return dots
