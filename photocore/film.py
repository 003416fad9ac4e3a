"""What film says of itself: the DX code of a cartridge, and the numbers along the edge of a developed strip.

Both name a **type** of film, never a roll: any number of rolls carry the same. They check that a cartridge is the film
its package names, and put pictures in order; whose roll it is says our own label alone (DESIGN 5A).

Sources: the cartridge's six digits and the meaning of the last, ANSI/NAPM IT1.14 as told by the research notes
(standards 6), with their worked numbers; the edge's text as zxing-cpp prints it (DXFilmEdge, ``115-10/11A``), whose
fields its own reader's source names.
"""

import re
from dataclasses import dataclass
from typing import Final

from photocore.errors import CodeError

_EXPOSURES: Final = {"1": 12, "2": 20, "3": 24, "4": 36, "5": 48, "6": 60}
"""By the last digit; 0 is 72 or unknown, 7 any other number: both say nothing one could rely on, nor do 8 and 9."""

LAST_FRAME: Final = 63
"""Six bits count the frames of an edge code."""


@dataclass(frozen=True, kw_only=True, order=True)
class FilmType:
    """A maker's product in the DX register: number part one (1 to 127) and part two, its generation (0 to 15)."""

    dx1: int
    dx2: int

    def __post_init__(self) -> None:
        """Refuse numbers that the register cannot hold.

        Raises:
            CodeError: part one is not 1 to 127, or part two not 0 to 15.
        """
        if not 1 <= self.dx1 <= 127 or not 0 <= self.dx2 <= 15:
            raise CodeError(f"no DX number: {self.dx1}-{self.dx2}")

    def __str__(self) -> str:
        return f"{self.dx1}-{self.dx2}"

    @property
    def extract(self) -> str:
        """Both parts as the four digits in the middle of a cartridge's code, by which film databases list them."""
        return f"{16 * self.dx1 + self.dx2:04}"


@dataclass(frozen=True, kw_only=True)
class DxCartridge:
    """The bar code of a 35 mm cartridge: six ``digits``, of which the first is the maker's own."""

    digits: str

    def __post_init__(self) -> None:
        """Refuse what is no such code.

        Raises:
            CodeError: not six digits.
        """
        if not re.fullmatch(r"[0-9]{6}", self.digits):
            raise CodeError("the DX code of a cartridge has six digits")

    @property
    def extract(self) -> str:
        """The four digits in the middle, by which film databases list it."""
        return self.digits[1:5]

    @property
    def film(self) -> FilmType | None:
        """The film in the DX register; None for numbers beyond it, which some brands print all the same."""
        try:
            return parse_extract(self.extract)
        except CodeError:
            return None

    @property
    def exposures(self) -> int | None:
        """How many exposures it holds; None where it does not tell."""
        return _EXPOSURES.get(self.digits[5])

    @property
    def name(self) -> str:
        """What to call it where no book has a name: ``115-4``, or the four digits of a number beyond the register."""
        return str(self.film or self.extract)


@dataclass(frozen=True, kw_only=True)
class EdgeCode:
    """One code on a film's edge: the film, and the place on the roll in half frames (None on old film, which has none).

    Two half frames make a frame: ``11`` is half frame 22, ``11A`` half frame 23.
    """

    film: FilmType
    half_frame: int | None = None

    @property
    def frame(self) -> str:
        """The frame as it stands on the film: ``11``, ``11A``; empty where the code has none."""
        return "" if self.half_frame is None else frame_text(self.half_frame)


def parse_extract(text: str) -> FilmType:
    """Return the film of four digits, such as ``1844``.

    Raises:
        CodeError: not four digits, or no DX number.
    """
    if not re.fullmatch(r"[0-9]{4}", text):
        raise CodeError("a DX extract has four digits")
    dx1, dx2 = divmod(int(text), 16)
    return FilmType(dx1=dx1, dx2=dx2)


def parse_edge(text: str) -> EdgeCode:
    """Return one code of a film's edge, such as ``115-10/11A``, or ``115-10`` from film without frame numbers.

    Raises:
        CodeError: another form, or numbers that cannot be.
    """
    match = re.fullmatch(r"([0-9]{1,3})-([0-9]{1,2})(?:/([0-9]{1,2})(A?))?", text)
    if match is None or (match[3] and int(match[3]) > LAST_FRAME):
        raise CodeError("no code of a film's edge")
    half_frame = None if match[3] is None else 2 * int(match[3]) + (match[4] == "A")
    return EdgeCode(film=FilmType(dx1=int(match[1]), dx2=int(match[2])), half_frame=half_frame)


def frame_text(half_frame: int) -> str:
    """Return half frame 22 as ``11`` and 23 as ``11A``."""
    return f"{half_frame // 2}{'A' if half_frame % 2 else ''}"
