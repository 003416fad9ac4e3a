"""A frame of a roll, as film numbers it: text, never an integer (00, 0, 0A, 1, 1A, ... 36, 36A).

35 mm film carries half-frame numbers (12A) beside whole ones and often 00 and 0 before 1; a program that keeps integers
merges 00 with 0 and loses 12A.
"""

import re
from dataclasses import dataclass
from typing import Final

from photocore.errors import CodeError

HIGHEST: Final = 999
"""Bulk film backs hold 250 frames; three digits are enough for all that are made."""

_FRAME: Final = re.compile("(00|[0-9]{1,3})([A-Z]?)", re.ASCII)


@dataclass(frozen=True, kw_only=True, order=True)
class Frame:
    """One frame. They sort as on the film: 00, 0, 0A, 1, 1A, 2."""

    order: int
    """100 for each whole frame from 0 on, and one more for each letter; 00 begins at 0, and 0 at 100."""
    text: str

    def __str__(self) -> str:
        return self.text


def parse_frame(text: str) -> Frame:
    """Return the frame that ``text`` names, in its one form: ``007`` is 7, ``12a`` is 12A, 00 and 0 are two frames.

    Raises:
        CodeError: it names none.
    """
    found = _FRAME.fullmatch(text.strip().upper())
    if found is None or text.strip() == "000":
        raise CodeError("a frame is 00, or 0 to 999, with one letter behind it where the film has one")
    digits, letter = found.groups()
    number = digits if digits == "00" else str(int(digits))
    place = 0 if number == "00" else (int(number) + 1) * 100
    return Frame(order=place + (ord(letter) - 64 if letter else 0), text=number + letter)
