"""The rules a GS1 value must keep: check digits, dates, character sets, and what may stand together.

GS1 General Specifications section 7 (check digits, character sets) and 4.14 (relationships); each refusal names the
identifier and the rule, never the value, which may be a card number.
"""

import re
from calendar import isleap, monthrange
from collections.abc import Callable, Iterable
from datetime import date
from typing import Final

from photocore.application_ids import ApplicationId, CharacterSet, Part, Rule, application_ids
from photocore.errors import Gs1CheckWrong, Gs1Error

CHARACTER_SETS: Final[dict[CharacterSet, str]] = {
    "N": r"[0-9]*",
    "X": r"[!\"%-?A-Z_a-z]*",
    "Y": r"[#\-/0-9A-Z]*",
}
"""Digits; CSET 82, the invariant part of ISO/IEC 646; CSET 39."""


def check_digit(payload: str) -> str:
    """Return the mod-10 check digit of any GS1 key: weights 3, 1, 3, 1 ... from the right.

    Raises:
        Gs1Error: not all digits.
    """
    if not re.fullmatch(r"[0-9]+", payload):
        raise Gs1Error("a check digit is made of digits")
    weighted = sum(int(digit) * (3, 1)[place % 2] for place, digit in enumerate(reversed(payload)))
    return str(-weighted % 10)


def has_good_check_digit(key: str) -> bool:
    """Say whether ``key`` is made of digits and the last one is its check digit."""
    return re.fullmatch(r"[0-9]{2,}", key) is not None and check_digit(key[:-1]) == key[-1]


def check_value(ai: ApplicationId, value: str) -> None:
    """Refuse a value that its identifier does not allow.

    Raises:
        Gs1Error: wrong length, character or form.
    """
    if not ai.shortest <= len(value) <= ai.longest:
        raise Gs1Error(f"({ai.digits}) has a value of {len(value)} characters")
    rest = value
    for part in ai.parts:
        stretch, rest = rest[: part.longest], rest[part.longest :]
        _check_part(ai.digits, part, stretch)


def check_together(values: Iterable[tuple[str, str]]) -> None:
    """Refuse identifiers that exclude each other, miss one they need, or stand twice with two values.

    Raises:
        Gs1Error: they do.
    """
    present: dict[str, str] = {}
    for digits, value in values:
        if present.setdefault(digits, value) != value:
            raise Gs1Error(f"({digits}) stands twice with two values")
    for digits in present:
        _check_company(application_ids()[digits], present.keys())


def read_date(yymmdd: str, year: int) -> date:
    """Return the day ``yymmdd`` means to someone living in ``year``; day 00 is the last of the month.

    The century is the one that brings the year within 49 years back and 50 ahead (General Specifications 7.12).

    Raises:
        Gs1Error: no such day.
    """
    if not re.fullmatch(r"[0-9]{6}", yymmdd):
        raise Gs1Error("a date has six digits")
    short, month, day = int(yymmdd[:2]), int(yymmdd[2:4]), int(yymmdd[4:])
    whole = year - 49 + (short - (year - 49)) % 100
    try:
        return date(whole, month, day or monthrange(whole, month)[1])
    except ValueError as cause:  # calendar.IllegalMonthError is one
        raise Gs1Error("no such day") from cause


def _check_part(digits: str, part: Part, value: str) -> None:
    if not value and part.optional:
        return
    if len(value) < part.shortest:
        raise Gs1Error(f"({digits}) is too short")
    if not re.fullmatch(CHARACTER_SETS[part.characters], value):
        raise Gs1Error(f"({digits}) holds a character it may not")
    for rule in part.rules:
        _RULES[rule](digits, value)


def _check_company(ai: ApplicationId, present: Iterable[str]) -> None:
    here = set(present)
    for other in ai.excluded:
        if other in here:
            raise Gs1Error(f"({ai.digits}) and ({other}) exclude each other")
    for group in ai.required:
        if not here & set(group):
            raise Gs1Error(f"({ai.digits}) needs one of {', '.join(f'({other})' for other in group)}")


def _check_key(digits: str, value: str) -> None:
    if not has_good_check_digit(value):
        raise Gs1CheckWrong(f"the check digit of ({digits}) does not fit")


def _check_date(digits: str, value: str) -> None:
    # Only the last two digits of the year are known here; 00 counts as leap, as 2000 was.
    month, day = int(value[2:4]), int(value[4:])
    days = 29 if month == 2 and isleap(2000 + int(value[:2])) else _DAYS.get(month, -1)
    if day > days:
        raise Gs1Error(f"({digits}) names no day of the calendar")


def _check_company_prefix(digits: str, value: str) -> None:
    if not re.match(r"[0-9]{2}", value):
        raise Gs1Error(f"({digits}) does not begin with a company prefix")


def _check_zero(digits: str, value: str) -> None:
    if value.strip("0"):
        raise Gs1Error(f"({digits}) does not begin with its zero")


def _check_no_leading_zero(digits: str, value: str) -> None:
    if value.startswith("0"):
        raise Gs1Error(f"({digits}) begins with a zero")


def _check_pieces(digits: str, value: str) -> None:
    piece, total = int(value[:2]), int(value[2:])
    if not 1 <= piece <= total:
        raise Gs1Error(f"({digits}) names piece {piece} of {total}")


_DAYS: Final = {1: 31, 2: 28, 3: 31, 4: 30, 5: 31, 6: 30, 7: 31, 8: 31, 9: 30, 10: 31, 11: 30, 12: 31}

_RULES: Final[dict[Rule, Callable[[str, str], None]]] = {
    "csum": _check_key,
    "yymmd0": _check_date,
    "gcp": _check_company_prefix,
    "zero": _check_zero,
    "nozero": _check_no_leading_zero,
    "pieces": _check_pieces,
}
