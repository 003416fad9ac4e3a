"""The GS1 application identifiers we read: format, rules, and which belong together or exclude each other.

The facts are those of the GS1 syntax dictionary, in its own notation, for everything a film box, a shipping case, a
card or a store can carry. What is not here is refused by name: its length is unknown to us, so whatever follows it
could be misread.

One line an identifier: key, parts, then ``req=`` (one of each group must be there; ``+`` joins), ``ex=`` (none of these
may be), ``key=`` (it heads a Digital Link; the orders of its qualifiers, ``|`` between them), ``path`` (it may not be a
Digital Link's query attribute). A part is its character set (N digits, X CSET 82, Y CSET 39), its length or longest
length after ``..``, and its rules after commas; in brackets it may be absent.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final, Literal

from photocore.errors import Gs1Error

_TABLE: Final = """
00    N18,csum             key=
01    N14,csum             ex=255,37 key=22,10,21|235
02    N14,csum             req=37 ex=01,03
03    N14,csum             ex=01,02,37 path
10    X..20                req=01|02|03|8006|8026
11    N6,yymmd0            req=01|02|03|8006|8026
12    N6,yymmd0            req=8020
13    N6,yymmd0            req=01|02|03|8006|8026
15    N6,yymmd0            req=01|02|03|8006|8026
16    N6,yymmd0            req=01|02|03|8006|8026
17    N6,yymmd0            req=01|02|03|255|8006|8026
20    N2                   req=01|02|8006|8026
21    X..20                req=01|03|8006 ex=235 path
22    X..20                req=01 path
235   X..28                req=01 path
240   X..30                req=01|02|8006|8026
241   X..30                req=01|02|8006|8026
242   N..6                 req=01|02|8006|8026
243   X..20                req=01
250   X..30                req=01|8006 req=21
251   X..30                req=01|8006
253   N13,csum [X..17]     key=
254   X..20                req=414 path
255   N13,csum [N..12]     ex=01,02,415,8006,8020,8026 key=
30    N..8                 req=01|02
37    N..8                 req=00 req=02|8026
400   X..30
401   X..30,gcp            key=
402   N17,csum             key=
403   X..30                req=00
410   N13,csum
411   N13,csum
412   N13,csum
413   N13,csum
414   N13,csum             key=254
415   N13,csum             req=8020 key=8020
416   N13,csum
417   N13,csum             key=
8003  N1,zero N13,csum [X..16]   key=
8004  X..30,gcp            key=
8006  N14,csum N4,pieces   ex=01,37 key=22,10,21
8010  Y..30,gcp            key=8011
8011  N..12,nozero         req=8010 path
8017  N18,csum             ex=8018 key=8019
8018  N18,csum             ex=8017 key=8019
8019  N..10                req=8017|8018 path
8020  X..25                req=415 path
8026  N14,csum N4,pieces   req=37 ex=02,8006
8200  X..70                req=01
90    X..30
91    X..90
92    X..90
93    X..90
94    X..90
95    X..90
96    X..90
97    X..90
98    X..90
99    X..90
"""

PREDEFINED_LENGTHS: Final = {
    "00": 20, "01": 16, "02": 16, "03": 16, "04": 18, "20": 4, "41": 16,
    **dict.fromkeys(map(str, range(11, 20)), 8),
    **dict.fromkeys(map(str, range(31, 37)), 10),
}  # fmt: skip
"""Characters of an element, identifier included, that needs no FNC1 after it, by its first two digits.

GS1 General Specifications, "Element strings with predefined length using GS1 Application Identifiers".
"""

CharacterSet = Literal["N", "X", "Y"]
Rule = Literal["csum", "yymmd0", "gcp", "zero", "nozero", "pieces"]


@dataclass(frozen=True, kw_only=True)
class Part:
    """One stretch of an element's value: its characters, its lengths and the rules it must keep."""

    characters: CharacterSet
    shortest: int
    longest: int
    optional: bool
    rules: tuple[Rule, ...]


@dataclass(frozen=True, kw_only=True)
class ApplicationId:
    """One GS1 application identifier.

    ``required`` holds alternatives: at least one of each group must stand in the same element string. ``qualifiers``
    are the orders in which a Digital Link's path may go on after it; ``None`` when it heads no path.
    """

    digits: str
    parts: tuple[Part, ...]
    required: tuple[tuple[str, ...], ...]
    excluded: tuple[str, ...]
    qualifiers: tuple[tuple[str, ...], ...] | None
    is_attribute: bool

    @property
    def predefined_length(self) -> int | None:
        """Characters of its value when a decoder needs no separator to know the end; else None."""
        whole = PREDEFINED_LENGTHS.get(self.digits[:2])
        return None if whole is None else whole - len(self.digits)

    @property
    def shortest(self) -> int:
        """The fewest characters its value can have."""
        return sum(part.shortest for part in self.parts if not part.optional)

    @property
    def longest(self) -> int:
        """The most characters its value can have."""
        return sum(part.longest for part in self.parts)

    def allows_path(self, qualifiers: tuple[str, ...]) -> bool:
        """Say whether a Digital Link's path may go on with ``qualifiers``, in that order, gaps allowed."""
        return not qualifiers or any(_is_within(qualifiers, order) for order in self.qualifiers or ())


@cache
def application_ids() -> dict[str, ApplicationId]:
    """Return every identifier we read, by its digits; no one begins another, so the table alone tells where it ends."""
    rows = (_read_row(line.split()) for line in _TABLE.strip().splitlines())
    return {row.digits: row for row in rows}


def find_application_id(text: str, start: int = 0) -> ApplicationId | None:
    """Return the identifier that ``text`` begins with at ``start``, or None."""
    table = application_ids()
    return next((table[text[start : start + n]] for n in (2, 3, 4) if text[start : start + n] in table), None)


def _read_row(fields: Sequence[str]) -> ApplicationId:
    digits, *rest = fields
    keyed = [field.partition("=")[::2] for field in rest if "=" in field]
    orders = next((value for name, value in keyed if name == "key"), None)
    return ApplicationId(
        digits=digits,
        parts=tuple(_read_part(field) for field in rest if "=" not in field and field != "path"),
        required=tuple(tuple(value.split("|")) for name, value in keyed if name == "req"),
        excluded=tuple(ai for name, value in keyed if name == "ex" for ai in value.split(",")),
        qualifiers=None if orders is None else tuple(tuple(order.split(",")) for order in orders.split("|")),
        is_attribute="path" not in rest,
    )


def _read_part(field: str) -> Part:
    match = re.fullmatch(r"(\[?)([NXY])(\.\.)?(\d+)((?:,\w+)*)\]?", field)
    if match is None:
        raise Gs1Error(f"unreadable part {field} in the table above")
    bracket, characters, dots, length, rules = match.groups()
    return Part(
        characters=characters,  # pyright: ignore[reportArgumentType] # the pattern allows no other
        shortest=1 if dots else int(length),
        longest=int(length),
        optional=bool(bracket),
        rules=tuple(rules.split(",")[1:]),  # pyright: ignore[reportArgumentType] # unknown rules fail in gs1_rules
    )


def _is_within(some: tuple[str, ...], order: tuple[str, ...]) -> bool:
    rest = iter(order)
    return all(ai in rest for ai in some)
