"""A query for EPCIS events as it stands in an address: the standard's parameters, read strictly (EPCIS 2.0, 8.2.7.1).

Lists are separated by ``|``. A parameter that is not known here is refused and never passed over: who asks for
``EQ_bizstep`` must not be given everything. What is known is the part of the standard that a maker of film needs.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, get_args
from urllib.parse import parse_qsl, urlencode

from photoservice.epcis.names import EPC_ROLES, name_of_piece, name_of_place
from photoservice.epcis.schema import EventType
from photoservice.epcis.vocabulary import spellings
from photoservice.errors import QueryRefused

MAX_QUERY = 8000
"""Symbols of a query string at most."""
MAX_VALUE = 2000
MAX_LIST = 50
PER_PAGE, MAX_PER_PAGE = 30, 100

_ACTIONS = ("ADD", "OBSERVE", "DELETE")


@dataclass(frozen=True, kw_only=True)
class NameFilter:
    """Events that name one of ``names`` in one of ``roles``."""

    names: tuple[str, ...]
    roles: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class EventQuery:
    """What is asked for. A filter that is None lets all through; ``after`` is the last place of the page before."""

    types: tuple[str, ...] | None = None
    event_from: datetime | None = None
    event_before: datetime | None = None
    record_from: datetime | None = None
    record_before: datetime | None = None
    biz_steps: tuple[str, ...] | None = None
    dispositions: tuple[str, ...] | None = None
    actions: tuple[str, ...] | None = None
    ids: tuple[str, ...] | None = None
    names: tuple[NameFilter, ...] = ()
    per_page: int = PER_PAGE
    after: int = 0


def read_event_query(text: str) -> EventQuery:
    """Return the query in the address's query string ``text``, as sent.

    Raises:
        QueryRefused: it is too long, holds what is not known here, or a value out of its form.
    """
    fields: dict[str, Any] = {}
    names: list[NameFilter] = []
    for key, value in read_parameters(text).items():
        if key in _NAMES:
            spell, roles = _NAMES[key]
            names.append(NameFilter(names=tuple(spell(one) for one in _list(key, value)), roles=roles))
        elif key in _FIELDS:
            field, read = _FIELDS[key]
            fields[field] = read(key, value)
        else:
            raise QueryRefused(f"{key[:60]!r} is not asked for here; docs/photoservice.md lists what is.")
    return EventQuery(**fields, names=tuple(names))


def read_parameters(text: str) -> Mapping[str, str]:
    """Return the parameters of a query string, each once.

    Raises:
        QueryRefused: it is too long, not UTF-8, or names one twice; or a value is empty, too long or unprintable.
    """
    if len(text) > MAX_QUERY:
        raise QueryRefused(f"A query has at most {MAX_QUERY} symbols.", exception="URITooLongException")
    try:
        pairs = parse_qsl(text, keep_blank_values=True, strict_parsing=bool(text), errors="strict", max_num_fields=40)
    except ValueError as cause:
        raise QueryRefused("The query string is out of form.") from cause
    found: dict[str, str] = {}
    for key, value in pairs:
        if key in found:
            raise QueryRefused(f"{key[:60]!r} stands twice; separate values by |.")
        if not value or len(value) > MAX_VALUE or not value.isprintable():
            raise QueryRefused(f"{key[:60]!r} has no value, or one out of form.")
        found[key] = value
    return found


def next_page(path: str, text: str, token: str) -> str:
    """Return the Link header of the page after, for the same query ``text`` on ``path``."""
    kept = [(key, value) for key, value in read_parameters(text).items() if key != "nextPageToken"]
    return f'<{path}?{urlencode([*kept, ("nextPageToken", token)])}>; rel="next"'


def read_per_page(key: str, value: str) -> int:
    """Return how many are wanted on a page.

    Raises:
        QueryRefused: not 1 to 100.
    """
    if not re.fullmatch("[0-9]{1,3}", value) or not 1 <= int(value) <= MAX_PER_PAGE:
        raise QueryRefused(f"{key} is a number from 1 to {MAX_PER_PAGE}.")
    return int(value)


def _list(key: str, value: str) -> tuple[str, ...]:
    values = tuple(value.split("|"))
    if len(values) > MAX_LIST or not all(values):
        raise QueryRefused(f"{key} is a list of 1 to {MAX_LIST} values, separated by |.")
    return values


def _one_of(words: tuple[str, ...]) -> Callable[[str, str], tuple[str, ...]]:
    def read(key: str, value: str) -> tuple[str, ...]:
        values = _list(key, value)
        if not set(values) <= set(words):
            raise QueryRefused(f"{key} knows {', '.join(words)}.")
        return values

    return read


def _spelled(kind: str) -> Callable[[str, str], tuple[str, ...]]:
    def read(key: str, value: str) -> tuple[str, ...]:
        return tuple(spelling for word in _list(key, value) for spelling in spellings(word, kind))

    return read


def _time(key: str, value: str) -> datetime:
    try:
        time = datetime.fromisoformat(value.replace(" ", "+"))  # a plus that nobody escaped arrives as a space
        if time.tzinfo is not None:
            return time.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise QueryRefused(f"{key} is a time with a zone, such as 2026-11-20T08:00:00Z.")


def _token(key: str, value: str) -> int:
    if not re.fullmatch("[0-9a-f]{1,15}", value):
        raise QueryRefused(f"{key} is none of ours.")
    return int(value, 16)


_FIELDS: dict[str, tuple[str, Callable[[str, str], Any]]] = {
    "eventType": ("types", _one_of(get_args(EventType))),
    "GE_eventTime": ("event_from", _time),
    "LT_eventTime": ("event_before", _time),
    "GE_recordTime": ("record_from", _time),
    "LT_recordTime": ("record_before", _time),
    "EQ_bizStep": ("biz_steps", _spelled("bizstep")),
    "EQ_disposition": ("dispositions", _spelled("disp")),
    "EQ_action": ("actions", _one_of(_ACTIONS)),
    "EQ_eventID": ("ids", _list),
    "perPage": ("per_page", read_per_page),
    "nextPageToken": ("after", _token),
}

_NAMES: dict[str, tuple[Callable[[str], str], tuple[str, ...]]] = {
    "MATCH_epc": (name_of_piece, ("epc", "child")),
    "MATCH_parentID": (name_of_piece, ("parent",)),
    "MATCH_anyEPC": (name_of_piece, EPC_ROLES),
    "EQ_bizLocation": (name_of_place, ("location",)),
}

EVENT_PARAMETERS = (*_FIELDS, *_NAMES)
"""All that may be asked."""
