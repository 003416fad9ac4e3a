"""GS1 Digital Link: the web address on a package that a phone opens and a till reads.

Host and stem are anybody's: a maker prints its own. What counts is the tail, ``/01/<gtin>/21/<serial>``, and the query.
Ours never holds a secret (DESIGN 5A), and we never open a link we read.

GS1 Digital Link Standard, URI Syntax 1.2, with the rules of the GS1 syntax engine: a qualifier belongs in the path.
"""

import re
from itertools import pairwise
from typing import Final
from urllib.parse import quote

from photocore.application_ids import ApplicationId, application_ids
from photocore.errors import CodeError, Gs1Error
from photocore.gs1 import MAX_CHARACTERS, ElementString, gtin14

CANONICAL_STEM: Final = "https://id.gs1.org"

_LINK: Final = re.compile(
    r"https?://(?:[0-9A-Za-z.\-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?(?P<path>/[^?#]*)(?:\?(?P<query>[^#]*))?(?:#.*)?",
    re.IGNORECASE | re.DOTALL,
)


def is_link(text: str) -> bool:
    """Say whether ``text`` is a web address, of whatever kind."""
    return re.match(r"https?://", text, re.IGNORECASE) is not None


def parse_link(uri: str) -> ElementString:
    """Return the elements of a Digital Link: those of the path, then those of the query.

    GTIN-8, -12 and -13 are padded to 14 digits. Query keys that are not all digits are somebody else's and are passed
    over, as is a fragment.

    Raises:
        CodeError: no web address, or its path ends in no GS1 key.
        Gs1Error: a GS1 rule is broken, or the stem holds another address: a scanner lost the end between two links,
            and the first would be passed over in silence.
    """
    match = _LINK.fullmatch(uri) if len(uri) <= MAX_CHARACTERS else None
    if match is None:
        raise CodeError("no web address")
    path = _path_elements(match["path"].split("/")[1:])
    if "://" in match["path"]:
        raise Gs1Error("one web address inside another: two codes were read as one")
    query = _query_elements(match["query"] or "", tuple(digits for digits, _ in path))
    return ElementString(tuple(_padded(digits, value) for digits, value in (*path, *query)))


def link_for(elements: ElementString, stem: str = CANONICAL_STEM) -> str:
    """Return the Digital Link of ``elements`` under ``stem``; with the default stem and no attributes it is canonical.

    The first key that can head a path heads it, its qualifiers follow in their order, the rest stands in the query.

    Raises:
        CodeError: no element can head a path, or one has no place in a link.
    """
    table, values = application_ids(), dict(elements.elements)
    key = next((digits for digits in values if table[digits].qualifiers is not None), None)
    if key is None:
        raise CodeError("no GS1 key that a Digital Link could begin with")
    path = [key, *_qualifiers_for(table[key], values)]
    steps = "".join(f"/{digits}/{quote(values[digits], safe='')}" for digits in path)
    rest = [digits for digits in values if digits not in path]
    for digits in rest:
        _check_attribute(digits, tuple(path))
    query = "&".join(f"{digits}={quote(values[digits], safe='')}" for digits in rest)
    return f"{stem.rstrip('/')}{steps}" + (f"?{query}" if query else "")


def _path_elements(steps: list[str]) -> list[tuple[str, str]]:
    """Return the pairs at the end of the path: the last primary key and what qualifies it."""
    table = application_ids()
    for start in range(len(steps) - 2, -1, -2):
        head = table.get(steps[start])
        if head is not None and head.qualifiers is not None:
            return _checked_path(head, steps[start:])
    raise CodeError("its path ends in no GS1 key")


def _checked_path(head: ApplicationId, steps: list[str]) -> list[tuple[str, str]]:
    pairs = list(pairwise(steps))[::2]
    if not head.allows_path(tuple(digits for digits, _ in pairs[1:])):
        raise Gs1Error(f"what follows ({head.digits}) in the path is not in its order")
    return [(digits, _unescape(value)) for digits, value in pairs]


def _query_elements(query: str, path: tuple[str, ...]) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for field in query.split("&"):
        digits, equals, value = field.partition("=")
        if equals and re.fullmatch(r"[0-9]+", digits):
            _check_attribute(digits, path)
            found.append((digits, _unescape(value.replace("+", " "))))
    return found


def _check_attribute(digits: str, path: tuple[str, ...]) -> None:
    ai = application_ids().get(digits)
    if ai is None:
        raise Gs1Error("an application identifier we do not read")
    if not ai.is_attribute:
        raise Gs1Error(f"({digits}) may not stand in a query")
    head, *qualifiers = path
    orders = [(*qualifiers[:place], digits, *qualifiers[place:]) for place in range(len(path))]
    if any(application_ids()[head].allows_path(order) for order in orders):
        raise Gs1Error(f"({digits}) belongs in the path")


def _qualifiers_for(head: ApplicationId, values: dict[str, str]) -> list[str]:
    orders = [[digits for digits in order if digits in values] for order in head.qualifiers or ((),)]
    return max(orders, key=len)


def _padded(digits: str, value: str) -> tuple[str, str]:
    return (digits, gtin14(value)) if digits == "01" else (digits, value)


def _unescape(text: str) -> str:
    """Undo percent-encoding; what is not ASCII afterwards is left for the character sets to refuse."""
    if re.search(r"%(?![0-9A-Fa-f]{2})", text):
        raise Gs1Error("a broken percent escape")
    return re.sub(r"%([0-9A-Fa-f]{2})", lambda match: chr(int(match[1], 16)), text)
