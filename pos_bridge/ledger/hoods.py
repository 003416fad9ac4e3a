"""A neighbourhood: all facts that bear on each other, found from a few of them.

Baskets and sightings bear on each other if they have goods with serials in common and lie close in time, or a piece, or
an order code, or if one gives back what the other sold. What nothing in a neighbourhood bears on may be left out: the
outcome of a neighbourhood is a part of that of everything (tests/pos_bridge/ledger/test_hoods.py). Cards, and where
other baskets of a lane ended, are looked at and not decided.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

import apsw
import msgspec

from pos_bridge.ledger.keeping import LONGEST_DAY, Ground, reach_of, tills_of
from pos_bridge.ledger.times import instant, micros
from pos_bridge.matching.assigning import slack
from pos_bridge.matching.facts import BasketEnd, CardSeen, TillFacts
from pos_bridge.matching.refunds import is_named
from pos_bridge.orders.store import Issued, read_issued
from pos_bridge.sale import BasketKey, SaleObserved
from pos_bridge.settings import TillSettings
from pos_bridge.sighting import Sighting
from sync.statements import Row, run

_Q = "pos_bridge/facts."
_SECOND: Final = 1_000_000
_MARGIN: Final = 4 * 3600 * _SECOND
"""Read at once beyond what is near: a chain of baskets is followed in few steps."""

_Part = tuple[int, int, int]
"""Something in time: from when, until when, and how far about it others bear on it; microseconds."""


@dataclass(frozen=True, slots=True)
class _Basket:
    home: str
    till: str
    since: int
    until: int


@dataclass(kw_only=True)
class Hood:
    """What was found: ``homes`` are all whose outcome the facts tell, whole."""

    homes: set[str]
    facts: TillFacts


def read_hood(connection: apsw.Connection, ground: Ground, seeds: Sequence[str]) -> Hood:
    """Return the neighbourhoods of some homes as one."""
    growing = _Growing(connection=connection, settings=ground.settings)
    growing.add_homes(seeds)
    growing.grow()
    bodies = run(connection, _Q + "basket_lines", {"baskets": _json(growing.baskets)})
    lines = frozenset(msgspec.json.decode(bytes(body), type=SaleObserved) for (body,) in bodies)
    sightings = frozenset(msgspec.json.decode(bytes(row[4]), type=Sighting) for row in growing.sightings.values())
    gtins = {line.gtin for line in lines if line.gtin}
    known = run(connection, _Q + "is_serialized", {"gtins": _json(sorted(gtins))}) if gtins else []
    context = _Context(connection=connection, ground=ground)
    context.look((growing.baskets[number] for number in sorted(growing.with_pieces)), sightings)
    homes = {basket.home for basket in growing.baskets.values()} | set(growing.sightings) | set(seeds)
    facts = TillFacts(
        store=ground.knowledge.store,
        lines=lines,
        sightings=sightings,
        cards=frozenset(context.cards),
        serialized=frozenset(row[0] for row in known),
        codes=frozenset(_issued(connection, growing.names)),
        ends=frozenset(context.ends),
    )
    return Hood(homes=homes | {name for name in growing.names if name.startswith("i")}, facts=facts)


@dataclass(kw_only=True)
class _Growing:
    connection: apsw.Connection
    settings: TillSettings
    baskets: dict[int, _Basket] = field(default_factory=dict[int, _Basket])
    sightings: dict[str, Row] = field(default_factory=dict[str, Row])
    names: set[str] = field(default_factory=set[str])
    with_pieces: set[int] = field(default_factory=set[int])
    """Baskets in which there may be pieces."""
    _new_baskets: set[int] = field(default_factory=set[int])
    _new_sightings: list[Row] = field(default_factory=list[Row])
    _spans: dict[str, list[tuple[int, int]]] = field(
        default_factory=lambda: defaultdict[str, list[tuple[int, int]]](list)
    )

    def add_homes(self, homes: Iterable[str]) -> None:
        wanted = list(homes)
        text = {"homes": _json(wanted)}
        self._add_baskets(self._run("baskets_at", text))
        self._add_sightings(self._run("sightings_at", text))
        self._add_names(home for home in wanted if home.startswith("i"))

    def grow(self) -> None:
        """Add whatever bears on what is there, until nothing new does."""
        while self._new_baskets or self._new_sightings:
            baskets, self._new_baskets = self._new_baskets, set()
            sightings, self._new_sightings = self._new_sightings, []
            spans = [(row[3], _seen_part(row)) for row in sightings if row[3]]
            names = [row[2] for row in sightings if row[2]]
            if baskets:
                these = {"baskets": _json(sorted(baskets))}
                shares = self._run("shares_of", these)
                self.with_pieces |= {row[3] for row in shares}
                spans += [(row[0], self._part(row[1], row[2])) for row in shares]
                names += [row[0] for row in self._run("names_of", these)]
                homes = sorted(self.baskets[number].home for number in baskets)
                names += [row[0] for row in self._run("pieces_ruled", {"homes": _json(homes)})]
                self._add_receipts(these)
            self._add_names(names)
            for gtin, part in sorted(spans):
                self._add_span(gtin, part)

    def _add_names(self, names: Iterable[str]) -> None:
        new = set(names) - self.names
        if not new:
            return
        self.names |= new
        found = [row[0] for row in self._run("baskets_named", {"names": _json(sorted(new))})]
        self.with_pieces |= set(found)
        self._add_numbers(found)
        items = [name for name in new if name.startswith("i")]
        if items:
            these = {"items": _json(sorted(items))}
            self._add_sightings(self._run("sightings_of", these))
            ruled = [row[0] for row in self._run("homes_ruled", these)]
            self._add_baskets(self._run("baskets_at", {"homes": _json(sorted(ruled))}) if ruled else ())

    def _add_span(self, gtin: str, part: "_Part") -> None:
        """Follow a chain of baskets and sightings of one kind of goods, as far as it goes both ways."""
        if any(first <= part[0] and part[1] <= last for first, last in self._spans[gtin]):
            return
        reach = _us(reach_of(self.settings.match))
        first, last, margin = part[0], part[1], _MARGIN
        while True:
            low, high = first - reach - margin, last + reach + margin
            span = {"gtin": gtin, "since": low, "until": high}
            shares = self._run("shares_between", span | {"longest": LONGEST_DAY})
            seen = self._run("sightings_between", span)
            parts = [self._part(row[1], row[2]) for row in shares] + [_seen_part(row) for row in seen]
            first, last = _stretch(part, parts)
            if low <= first - reach and last + reach <= high:
                break
            margin *= 2
        self._spans[gtin].append((first, last))
        numbers = [row[0] for row in shares if first <= row[1] and row[2] <= last]
        self.with_pieces |= set(numbers)
        self._add_numbers(numbers)
        self._add_sightings([row for row in seen if first <= row[1] <= last])

    def _part(self, since: int, until: int) -> "_Part":
        """Return a basket's time, and how far about it scans bear on it: of one that tells none, its day's alone."""
        match = self.settings.match
        return since, until, _us(reach_of(match)) if since == until else abs(match.skew_s) * _SECOND

    def _add_receipts(self, these: dict[str, Any]) -> None:
        """Add the sales that baskets give back, and the baskets that give theirs back, as far as the receipts fit."""
        pairs = {(row[0], row[1]) for row in self._run("receipts_given_back", these)}
        pairs |= {(row[1], row[0]) for row in self._run("receipts_taken_back", these)}
        if not pairs:
            return
        givers = {giver: self._lines(giver) for giver, _ in pairs}
        sales = {sale: self._lines(sale) for _, sale in pairs}
        found = [pair for pair in pairs if _fits(givers[pair[0]], sales[pair[1]])]
        self._add_numbers(number for pair in found for number in pair)

    def _lines(self, basket: int) -> list[SaleObserved]:
        rows = self._run("basket_lines", {"baskets": _json([basket])})
        return [msgspec.json.decode(bytes(body), type=SaleObserved) for (body,) in rows]

    def _add_numbers(self, numbers: Iterable[int]) -> None:
        new = set(numbers) - self.baskets.keys()
        if new:
            self._add_baskets(self._run("baskets_of", {"numbers": _json(sorted(new))}))

    def _add_baskets(self, rows: Iterable[Row]) -> None:
        for number, home, till, since, until in rows:
            if number not in self.baskets:
                self.baskets[number] = _Basket(home, till, since, until)
                self._new_baskets.add(number)

    def _add_sightings(self, rows: Iterable[Row]) -> None:
        for row in rows:
            if row[0] not in self.sightings:
                self.sightings[row[0]] = row
                self._new_sightings.append(row)

    def _run(self, name: str, values: dict[str, Any]) -> list[Row]:
        return run(self.connection, _Q + name, values)


def _seen_part(row: Row) -> _Part:
    return row[1], row[1], 0


def _stretch(begun: _Part, parts: list[_Part]) -> tuple[int, int]:
    """Return the span that grows out of one part by all that are near it, and near those, as far as either reaches."""
    first, last = begun[:2]
    low, high = first - begun[2], last + begun[2]
    was = None
    while was != (first, last, low, high):
        was = first, last, low, high
        for since, until, reach in sorted(parts) + sorted(parts, key=lambda part: -part[1]):
            if since <= max(high, last + reach) and until >= min(low, first - reach):
                first, last = min(first, since), max(last, until)
                low, high = min(low, since - reach), max(high, until + reach)
    return first, last


def _fits(giver: list[SaleObserved], sale: list[SaleObserved]) -> bool:
    refs = [(line.given_back, line.store) for line in giver if line.given_back is not None]
    return any(is_named(ref, line.place, store) for line in sale for ref, store in refs)


@dataclass(kw_only=True)
class _Context:
    """Cards, and ends of other baskets, about those whose pieces may register."""

    connection: apsw.Connection
    ground: Ground
    cards: set[CardSeen] = field(default_factory=set[CardSeen])
    ends: set[BasketEnd] = field(default_factory=set[BasketEnd])

    def look(self, baskets: Iterable[_Basket], sightings: Iterable[Sighting]) -> None:
        """Find what lies about some baskets, and about pieces at lanes that register at the scan."""
        settings = self.ground.settings
        match = settings.match
        skew, before, margin = match.skew_s * _SECOND, match.before_s * _SECOND, _us(slack(match))
        spans: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
        for basket in baskets:
            lane = settings.lane_of(basket.till)
            if lane is not None and basket.since == basket.until:
                spans[lane].append((basket.since + skew - before, basket.since + skew + margin))
        at_scan = {name for name, lane in settings.lane.items() if lane.registers == "at_scan"}
        for sighting in sightings if at_scan else ():
            if sighting.lane in at_scan and sighting.item:
                at, after = micros(sighting.at), match.after_s * _SECOND
                spans[sighting.lane or ""].append((at - after, at + after))
        for lane in sorted(spans):
            for since, until in _merged(spans[lane]):
                self._look(lane, since, until, skew)

    def _look(self, lane: str, since: int, until: int, skew: int) -> None:
        found = run(self.connection, _Q + "cards_seen", {"lane": lane, "since": since, "until": until})
        if not found:
            return
        self.cards |= {
            CardSeen(id=row[0], at=instant(row[1]), lane=row[2], mark=row[3], receipt=row[4]) for row in found
        }
        store = self.ground.knowledge.store
        where = {"tills": _json(tills_of(self.ground.settings, lane)), "store": store}
        span = {"since": since - skew, "until": until - skew}
        for till, day, sequence, at in run(self.connection, _Q + "ends_between", where | span):
            key = BasketKey(store=store, till=till, business_day=day, sequence=sequence)
            self.ends.add(BasketEnd(basket=key, at=instant(at)))


def _merged(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return spans that do not overlap and hold the same instants."""
    merged: list[tuple[int, int]] = []
    for since, until in sorted(spans):
        if merged and since <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(until, merged[-1][1]))
        else:
            merged.append((since, until))
    return merged


def _issued(connection: apsw.Connection, names: Iterable[str]) -> Iterable[Issued]:
    for name in names:
        form, _, reference = name.partition(" ")
        if reference:
            yield from read_issued(connection, form, reference)


def _us(span: timedelta) -> int:
    return span // timedelta(microseconds=1)


def _json(values: Iterable[object]) -> str:
    return msgspec.json.encode(list(values)).decode()
