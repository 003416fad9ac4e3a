"""The GS1 application identifiers: what each row of the table says, and which one a text begins with.

The facts stand in ``gs1_table``. An identifier that is not there is refused by name: its length is unknown to us, so
whatever follows it could be misread.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product
from typing import Final, Literal, cast

from photocore.errors import Gs1Error
from photocore.gs1_table import PREDEFINED_LENGTHS, ROWS

CharacterSet = Literal["N", "X", "Y", "Z"]
Rule = Literal[
    "csum", "pair", "gcp", "zero", "some", "nozero", "letter", "minus", "day0", "day", "time", "hour", "sixty",
    "pieces", "row", "flag", "winding", "sex", "medium", "importer", "escapes", "latitude", "longitude", "country",
    "country999", "countryletters", "currency", "packaging", "iban", "coupon", "offer",
]  # fmt: skip

_PART: Final = r"(\[?)([NXYZ])(\.\.)?(\d+)\]?((?:,\w+)*)"


@dataclass(frozen=True, kw_only=True)
class Part:
    """One stretch of an element's value: its characters, its lengths and the rules it must keep."""

    characters: CharacterSet
    shortest: int
    longest: int
    optional: bool
    rules: tuple[Rule, ...]


@dataclass(frozen=True, kw_only=True)
class Need:
    """What else must stand in the same element string: at least one of ``ways``, every identifier of it."""

    written: str
    ways: tuple[frozenset[str], ...]

    def __str__(self) -> str:
        """Return it for a refusal: ``(01), (8006)+(21)``."""
        return ", ".join("+".join(f"({ai})" for ai in way.split("+")) for way in self.written.split("|"))


@dataclass(frozen=True, kw_only=True)
class ApplicationId:
    """One GS1 application identifier.

    ``qualifiers`` are the orders in which a Digital Link's path may go on after it; ``None`` when it heads no path.
    """

    digits: str
    parts: tuple[Part, ...]
    required: tuple[Need, ...]
    excluded: frozenset[str]
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


Known = Mapping[str, Sequence[str]]
"""The identifiers by everything they begin with."""


@cache
def application_ids() -> dict[str, ApplicationId]:
    """Return every identifier there is, by its digits; no one begins another, so the table tells where it ends."""
    rows = [line.split("#")[0].split() for line in ROWS.splitlines() if line]
    known: dict[str, list[str]] = {}
    for digits in (digits for row in rows for digits in _spread(row[0])):
        for end in range(1, len(digits) + 1):
            known.setdefault(digits[:end], []).append(digits)
    return {ai.digits: ai for row in rows for ai in _read_row(row, known)}


def find_application_id(text: str, start: int = 0) -> ApplicationId | None:
    """Return the identifier that ``text`` begins with at ``start``, or None."""
    table = application_ids()
    return next((table[text[start : start + n]] for n in (2, 3, 4) if text[start : start + n] in table), None)


def _spread(pattern: str) -> list[str]:
    """Return the identifiers written together: ``39[01]`` is 390 and 391."""
    places = [_digits_at(place) for place in re.findall(r"\[[0-9-]+\]|[0-9]", pattern)]
    return ["".join(digits) for digits in product(*places)]


def _digits_at(place: str) -> list[str]:
    return [digit for digit in "0123456789" if re.fullmatch(place, digit)]


def _read_row(row: Sequence[str], known: Known) -> Iterator[ApplicationId]:
    pattern, *fields = row
    keyed = [field.partition("=")[::2] for field in fields if "=" in field]
    orders = next((value for name, value in keyed if name == "key"), None)
    parts = tuple(_read_part(field) for field in fields if "=" not in field and field != "path")
    required = tuple(_read_need(value, known) for name, value in keyed if name == "req")
    excluded = [ai for name, value in keyed if name == "ex" for ai in value.split(",")]
    for digits in _spread(pattern):
        yield ApplicationId(
            digits=digits,
            parts=parts,
            required=required,
            excluded=frozenset(_matching([digits[:3] if ai == "kin" else ai for ai in excluded], known)) - {digits},
            qualifiers=None if orders is None else tuple(tuple(order.split(",")) for order in orders.split("|")),
            is_attribute="path" not in fields,
        )


def _read_need(written: str, known: Known) -> Need:
    ways = [product(*(_matching([ai], known) for ai in way.split("+"))) for way in written.split("|")]
    return Need(written=written, ways=tuple(frozenset(way) for some in ways for way in some))


def _matching(patterns: Sequence[str], known: Known) -> list[str]:
    """Return the known identifiers that ``patterns`` mean; a whole one means itself, since none begins another."""
    return [digits for pattern in patterns for digits in known.get(pattern.rstrip("n"), ())]


def _read_part(field: str) -> Part:
    match = re.fullmatch(_PART, field)
    if match is None:
        raise Gs1Error(f"unreadable part {field} in the table of identifiers")
    bracket, characters, dots, length, rules = match.groups()
    return Part(
        characters=cast("CharacterSet", characters),  # the pattern allows no other
        shortest=1 if dots else int(length),
        longest=int(length),
        optional=bool(bracket),
        rules=tuple(cast("list[Rule]", rules.split(",")[1:])),  # an unknown one fails in gs1_rules
    )


def _is_within(some: tuple[str, ...], order: tuple[str, ...]) -> bool:
    rest = iter(order)
    return all(ai in rest for ai in some)
