"""One line told by several sources is one line: they must agree on what it was, and may each know more of it."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from photocore.errors import CodeError
from photocore.ids import ItemId, parse_item_id
from pos_bridge.sale import Kind, LineKey, SaleObserved, SaleRef
from pos_bridge.settings import TillSettings

FIRST_YEAR: Final = 1990
LAST_YEAR: Final = 2199

Word = tuple[str, str | None]
"""What a source told of a line; where it told several things, by the event that told it."""
Believed = Callable[[LineKey], Word | None]
"""Says by whose word a manager lets a line count that its sources tell differently."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """When something was: ``at`` is the earliest time told, ``since`` and ``until`` are that, or its business day."""

    at: datetime | None
    since: datetime
    until: datetime


def merged_span(spans: Sequence[Span]) -> Span:
    """Return the earliest time of several; where none tells one, the days of all together."""
    at = min((span.at for span in spans if span.at is not None), default=None)
    if at is not None:
        return Span(at=at, since=at, until=at)
    return Span(at=None, since=min(span.since for span in spans), until=max(span.until for span in spans))


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """A line as all its sources tell it. ``told`` are they, in one order; ``cards`` the marks of all its customers."""

    place: LineKey
    told: tuple[SaleObserved, ...]
    kind: Kind
    gtin: str | None
    serial: ItemId | None
    quantity: int
    amount: int | None
    currency: str | None
    span: Span
    cards: frozenset[str]
    refs: tuple[SaleRef, ...]
    texts: frozenset[str]
    """All that stood on it and may be an order code."""


@dataclass(frozen=True, kw_only=True)
class Disagreement:
    """Sources that tell one line differently. Nothing of it counts, unless a manager ``is_ruled`` by one's word."""

    place: LineKey
    told: tuple[SaleObserved, ...]
    span: Span
    is_ruled: bool = False


def join_lines(
    lines: Iterable[SaleObserved], settings: TillSettings, believed: Believed = lambda _: None
) -> tuple[list[Joined], list[Disagreement]]:
    """Return the lines in the order of their natural keys, and those that are told differently.

    One that is told differently is among both if a manager said whose word counts; when it was, all may say.
    """
    by_place: defaultdict[LineKey, list[SaleObserved]] = defaultdict(list)
    for line in lines:
        by_place[line.place].append(line)
    joined: list[Joined] = []
    disagreements: list[Disagreement] = []
    for place in sorted(by_place):
        told = tuple(sorted(by_place[place], key=_rank))
        if _agree(told):
            joined.append(_joined(place, told, settings))
        else:
            span = merged_span([span_of(line, settings) for line in told])
            right = _told_by(believed(place), told)
            joined += [replace(_joined(place, right, settings), span=span)] if right else []
            disagreements.append(Disagreement(place=place, told=told, span=span, is_ruled=bool(right)))
    return joined, disagreements


def words_of(told: Iterable[SaleObserved]) -> dict[Word, list[SaleObserved]]:
    """Return what there is to choose from: each source's word; one that contradicts itself has a word an event."""
    by_source: defaultdict[str, list[SaleObserved]] = defaultdict(list)
    for line in told:
        by_source[line.source].append(line)
    words: defaultdict[Word, list[SaleObserved]] = defaultdict(list)
    for source, lines in by_source.items():
        is_one = _agree(tuple(lines))
        for line in lines:
            words[source, None if is_one else line.event].append(line)
    return words


def span_of(line: SaleObserved, settings: TillSettings) -> Span:
    """Return the time of a line as one source tells it, or its business day in that source's zone; in UTC."""
    at = _instant(line.at)
    if at is not None:
        return Span(at=at, since=at, until=at)
    source = settings.source.get(line.source)
    since, until = day_span(line.business_day, source.zone if source else "UTC")
    return Span(at=None, since=since, until=until)


def is_plausible(at: date) -> bool:
    """Say whether a till can mean this time: 0001 and 9999 are what programs write that know none."""
    return FIRST_YEAR <= at.year <= LAST_YEAR


def business_day_of(text: str) -> date | None:
    """Return a business day; None for one that there is not, or that no till can mean."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if is_plausible(day) else None


@cache
def day_span(day: str, zone: str) -> tuple[datetime, datetime]:
    """Return the first and the last instant of a day in a time zone; of a day that there is not, those of 1970's."""
    try:
        where = ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError):
        where = UTC
    begins = business_day_of(day) or date(1970, 1, 1)
    ends = begins + timedelta(days=1)
    first = datetime.combine(begins, time(), where).astimezone(UTC)
    beyond = datetime.combine(ends, time(), where).astimezone(UTC)
    return first, beyond - timedelta(microseconds=1)


def gtin_of(item: ItemId) -> str | None:
    """Return the GTIN that a piece's own ID says; house codes say none."""
    return item[4:18] if item.startswith("(01)") else None


def piece_of(text: str | None) -> ItemId | None:
    """Return the piece that a till's serial names; None for what is no ID of a piece."""
    if not text:
        return None
    try:
        return parse_item_id(text)
    except CodeError:
        return None


def _instant(text: str | None) -> datetime | None:
    """Return when a line says it was; a clock that was never set says nothing."""
    try:
        at = datetime.fromisoformat(text) if text else None
    except ValueError:
        return None
    return at if at is not None and is_plausible(at) else None


def _rank(line: SaleObserved) -> tuple[str, str, bytes]:
    return line.source, line.event, msgspec.json.encode(line)


def _agree(told: tuple[SaleObserved, ...]) -> bool:
    return all(
        len({value for value in values if value not in (None, "")}) <= 1
        for values in (
            [line.kind for line in told],
            [line.quantity for line in told],
            [line.gtin for line in told],
            [line.code for line in told],
            [line.serial for line in told],
        )
    )


def _told_by(word: Word | None, told: tuple[SaleObserved, ...]) -> tuple[SaleObserved, ...]:
    """Return what a word says; nothing where its source told none of it, or contradicts itself by now."""
    right = tuple(words_of(told).get(word, ())) if word is not None else ()
    return right if _agree(right) else ()


def _joined(place: LineKey, told: tuple[SaleObserved, ...], settings: TillSettings) -> Joined:
    priced = next((line for line in told if line.amount is not None), None)
    item = piece_of(next((line.serial for line in told if line.serial), None))
    return Joined(
        place=place,
        told=told,
        kind=told[0].kind,
        gtin=next((line.gtin for line in told if line.gtin), None) or (gtin_of(item) if item else None),
        serial=item,
        quantity=told[0].quantity,
        amount=priced.amount if priced else None,
        currency=priced.currency if priced else None,
        span=merged_span([span_of(line, settings) for line in told]),
        cards=frozenset(line.customer for line in told if line.customer),
        refs=tuple(sorted({line.given_back for line in told if line.given_back}, key=repr)),
        texts=frozenset(text for line in told for text in (line.code, line.gtin) if text),
    )
