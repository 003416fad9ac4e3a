"""What a GS1 value must be, and what may stand together with what.

GS1 General Specifications 3 (formats) and 4.13 to 4.14 (relationships); each refusal names the identifier and the rule,
never the value, which may be a card number.
"""

import re
from collections.abc import Iterable

from photocore.application_ids import ApplicationId, Part, application_ids
from photocore.errors import Gs1CheckWrong, Gs1Error
from photocore.gs1_rules import CHARACTER_SETS, RULES


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


def _check_part(digits: str, part: Part, value: str) -> None:
    if not value and part.optional:
        return
    if len(value) < part.shortest:
        raise Gs1Error(f"({digits}) is too short")
    if not re.fullmatch(CHARACTER_SETS[part.characters], value):
        raise Gs1Error(f"({digits}) holds a character it may not")
    for rule in part.rules:
        keeps, breach = RULES[rule]
        if not keeps(value):
            raise (Gs1CheckWrong if rule in ("csum", "pair") else Gs1Error)(f"({digits}) {breach}")


def _check_company(ai: ApplicationId, present: Iterable[str]) -> None:
    here = frozenset(present)
    for other in sorted(ai.excluded & here):
        raise Gs1Error(f"({ai.digits}) and ({other}) exclude each other")
    for need in ai.required:
        if not any(way <= here for way in need.ways):
            raise Gs1Error(f"({ai.digits}) needs one of {need}")
