"""One code found in a picture: what it says, where it is, who read it.

It carries what a scanner's frame carries, its AIM identifier and its bytes, so pictures and scanners share one
interpreter: ``photocore.symbology.read_frame(found.frame, ...)``.
"""

from dataclasses import dataclass, replace
from typing import Literal

from imaging.codes.corners import Corners, are_one_place, centre_of
from photocore.aim import Symbology, symbol_of

ReaderName = Literal["zxing", "zbar", "dmtx"]


@dataclass(frozen=True)
class Found:
    """One code of one picture.

    ``content`` are the symbol's own bytes, FNC1 within it as GS (0x1D); ``text`` is the same as text. ``aim`` is the
    identifier of ISO/IEC 15424 (``]d2``): which kind of code this was, and whether it follows GS1. ``corners`` are
    pixels of the picture as it was handed in, clockwise from the symbol's own upper left. ``at`` is the number of the
    frame in a film or a live picture, 0 for a still.
    """

    text: str
    aim: str
    content: bytes
    corners: Corners
    reader: ReaderName
    at: int = 0

    @property
    def symbology(self) -> Symbology:
        """Which kind of code this is."""
        return symbol_of(self.aim).symbology

    @property
    def frame(self) -> bytes:
        """The bytes a scanner with AIM identifiers switched on would send for it, without its terminator."""
        return self.aim.encode("ascii") + self.content

    @property
    def centre(self) -> tuple[float, float]:
        """The middle of the symbol, in pixels."""
        return centre_of(self.corners)

    def is_same_symbol(self, other: "Found") -> bool:
        """Say whether both are one printed symbol: the same text of the same kind, at one place of one frame.

        Two labels with the same text are two symbols.
        """
        said = (self.at, self.symbology, self.text) == (other.at, other.symbology, other.text)
        return said and are_one_place(self.corners, other.corners)

    def in_frame(self, number: int) -> "Found":
        """Return it as found in frame ``number``."""
        return replace(self, at=number)
