"""GS1 element strings: what a maker's DataMatrix, GS1-128 or DataBar says, taken apart and put together.

A scanner sends them without brackets: identifiers and values run into each other, and FNC1 arrives as the GS character
(0x1D) where a value's end cannot be known otherwise. The reader here is strict: an unknown identifier, a lost separator
or a broken rule is refused by name, never guessed at.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from photocore.application_ids import ApplicationId, application_ids, find_application_id
from photocore.errors import Gs1Ambiguous, Gs1CheckWrong, Gs1Error
from photocore.gs1_checks import check_together, check_value
from photocore.gs1_rules import has_good_check_digit

GS: Final = "\x1d"
"""How a scanner transmits FNC1 between two elements."""

MAX_CHARACTERS: Final = 512
"""More than any symbol of ours holds; keeps a hostile text from costing time."""

Separators = Literal["kept", "lost"]


@dataclass(frozen=True)
class ElementString:
    """Elements in the order they were read: identifier and value; every value and combination was checked."""

    elements: tuple[tuple[str, str], ...]

    def __post_init__(self) -> None:
        """Refuse what GS1 does not allow.

        Raises:
            Gs1Error: no element at all, an unknown identifier, a value or a combination out of the rules.
        """
        if not self.elements:
            raise Gs1Error("no element")
        for digits, value in self.elements:
            check_value(_application_id(digits), value)
        check_together(self.elements)

    def get(self, digits: str) -> str | None:
        """Return the value of identifier ``digits``, or None."""
        return dict(self.elements).get(digits)

    @property
    def bracketed(self) -> str:
        """The human-readable form, ``(01)09521141012345(21)PKG7Q2M9``; a bracket in a value makes it unreadable."""
        return "".join(f"({digits}){value}" for digits, value in self.elements)

    @property
    def transmitted(self) -> str:
        """What a scanner sends after its AIM id: GS only where a value's end cannot be known."""
        *inner, last = self.elements
        return "".join(f"{digits}{value}{_end_mark(digits)}" for digits, value in inner) + "".join(last)


def parse_elements(text: str, separators: Separators = "kept") -> ElementString:
    """Return the elements of ``text`` as a scanner transmits them, without the AIM id.

    A separator after a value of predefined length, and one at either end, are passed over. With ``separators="lost"``
    (a scanner that sends nothing for FNC1) a text is taken only if it can be read in one way.

    Raises:
        Gs1Error: unknown identifier, wrong value, wrong combination.
        Gs1Ambiguous: the separators are lost and there are two readings.
    """
    if len(text) > MAX_CHARACTERS:
        raise Gs1Error("too long")
    if separators == "kept":
        return ElementString(tuple(_elements(text)))
    readings = _all_readings(text)
    if not readings:
        raise Gs1Error("no reading without separators")
    if len(readings) > 1:
        raise Gs1Ambiguous("separators are lost, and it can be read in two ways")
    return ElementString(readings[0])


def parse_bracketed(text: str) -> ElementString:
    """Return the elements of the human-readable form; a value may hold no bracket there.

    Raises:
        Gs1Error: not in that form, or against the rules.
    """
    if len(text) > MAX_CHARACTERS or not re.fullmatch(r"(\([0-9]{2,4}\)[^()]+)+", text):
        raise Gs1Error("not identifiers in brackets with their values")
    found = re.findall(r"\(([0-9]+)\)([^()]+)", text)
    return ElementString(tuple((digits, value) for digits, value in found))


def gtin14(text: str) -> str:
    """Return a GTIN-8, -12, -13 or -14 padded to 14 digits.

    Raises:
        Gs1Error: another length, or not digits.
        Gs1CheckWrong: the check digit does not fit.
    """
    if not re.fullmatch(r"[0-9]{8}|[0-9]{12,14}", text):
        raise Gs1Error("a GTIN has 8, 12, 13 or 14 digits")
    if not has_good_check_digit(text):
        raise Gs1CheckWrong("the check digit of the GTIN does not fit")
    return text.zfill(14)


def _application_id(digits: str) -> ApplicationId:
    found = application_ids().get(digits)
    if found is None:
        raise Gs1Error("an application identifier we do not read")
    return found


def _end_mark(digits: str) -> str:
    return GS if _application_id(digits).predefined_length is None else ""


def _elements(text: str) -> Iterator[tuple[str, str]]:
    """Walk ``text`` from element to element."""
    place = 1 if text.startswith(GS) else 0
    while place < len(text):
        ai = find_application_id(text, place)
        if ai is None:
            raise Gs1Error("an application identifier we do not read, or a separator missing before it")
        start = place + len(ai.digits)
        end = _end_of_value(text, start, ai)
        yield ai.digits, text[start:end]
        place = end + 1 if text[end : end + 1] == GS else end


def _end_of_value(text: str, start: int, ai: ApplicationId) -> int:
    if ai.predefined_length is not None:
        return start + ai.predefined_length
    end = text.find(GS, start)
    return len(text) if end < 0 else end


def _all_readings(text: str) -> list[tuple[tuple[str, str], ...]]:
    """Return up to two ways to read ``text`` when any value may end anywhere; from the end, so that it stays quick."""
    ways: dict[int, list[tuple[tuple[str, str], ...]]] = {len(text): [()]}
    for start in range(len(text) - 1, -1, -1):
        ways[start] = _readings_from(text, start, ways)
    return [way for way in ways.get(0, []) if way]


def _readings_from(
    text: str, start: int, ways: dict[int, list[tuple[tuple[str, str], ...]]]
) -> list[tuple[tuple[str, str], ...]]:
    ai = find_application_id(text, start)
    if ai is None:
        return []
    begin = start + len(ai.digits)
    found: list[tuple[tuple[str, str], ...]] = []
    for end in range(begin + ai.shortest, min(begin + ai.longest, len(text)) + 1):
        if ways[end] and _is_allowed(ai, text[begin:end]):
            found += [((ai.digits, text[begin:end]), *rest) for rest in ways[end]]
        if len(found) > 1:
            return found[:2]
    return found


def _is_allowed(ai: ApplicationId, value: str) -> bool:
    try:
        check_value(ai, value)
    except Gs1Error:
        return False
    return True
