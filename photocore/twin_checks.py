"""The numbers of a drop-off: the twin check of a roll, and the bag it travels in.

A twin check is one number on two labels, one on the film, one on the envelope: whoever holds both sees at a glance that
they belong together. It is open, and unique per lab and season (DESIGN 5A), so labs count up and begin anew. Both
numbers are read by machines and, off a leader, by eyes: they are digits alone, with the check digit of GS1 (General
Specifications 7.9) behind them.
"""

import re
from dataclasses import dataclass
from typing import Final, Literal

from photocore.errors import CheckWrong, CodeError
from photocore.gs1_rules import check_digit

Prefix = Literal["TCT", "TCB"]
TWIN_CHECK: Final[Prefix] = "TCT"
BAG: Final[Prefix] = "TCB"

MOST_NUMBER: Final = 999_999
_SHAPE: Final = re.compile(r"(TC[TB])-?([0-9]{2})-?([0-9]{4}|[1-9][0-9]{4,5})-?([0-9])")
LONGEST: Final = len("TCT-00-000000-0")


@dataclass(frozen=True, kw_only=True)
class SeasonNumber:
    """One number of one season, 00 to 99; ``prefix`` says whether of a twin check or of a bag."""

    prefix: Prefix
    season: int
    number: int

    def __post_init__(self) -> None:
        """Refuse a number that its digits cannot say.

        Raises:
            ValueError: the season is not 0 to 99, or the number not 1 to 999999.
        """
        if not (0 <= self.season <= 99 and 1 <= self.number <= MOST_NUMBER):
            raise ValueError(f"season {self.season}, number {self.number} is none of a drop-off's numbers")

    @property
    def short(self) -> str:
        """What a person reads: ``04-7731``."""
        return f"{self.season:02}-{self.number:04}"

    @property
    def text(self) -> str:
        """The canonical text, as it stands in codes: ``TCT-04-7731-4``, the check digit last."""
        return f"{self.prefix}-{self.short}-{check_digit(self.short.replace('-', ''))}"


def twin_check(season: int, number: int) -> SeasonNumber:
    """Return the number of a twin check. Raises ValueError as :class:`SeasonNumber` does."""
    return SeasonNumber(prefix=TWIN_CHECK, season=season, number=number)


def bag_number(season: int, number: int) -> SeasonNumber:
    """Return the number of a bag. Raises ValueError as :class:`SeasonNumber` does."""
    return SeasonNumber(prefix=BAG, season=season, number=number)


def parse_season_number(text: str) -> SeasonNumber:
    """Return the number that ``text`` says; case and hyphens are forgiven, nothing else is.

    Raises:
        CodeError: it has not the shape.
        CheckWrong: it has, but was misread or mistyped.
    """
    found = _SHAPE.fullmatch(text.strip().upper()) if len(text) <= 2 * LONGEST else None
    if found is None or not int(found[3]):
        raise CodeError("not the shape of a twin check or a bag's number")
    prefix: Prefix = TWIN_CHECK if found[1] == TWIN_CHECK else BAG
    number = SeasonNumber(prefix=prefix, season=int(found[2]), number=int(found[3]))
    if number.text[-1] != found[4]:
        raise CheckWrong("a digit of it was misread or mistyped")
    return number


def parse_twin_check(text: str) -> SeasonNumber:
    """Return the twin check that ``text`` says. Raises as :func:`parse_season_number`, a bag's number too."""
    number = parse_season_number(text)
    if number.prefix != TWIN_CHECK:
        raise CodeError("a bag's number, not a twin check")
    return number
