"""A neighbourhood: all facts that bear on each other, found from a few of them.

Baskets and sightings bear on each other if one may be of the other (:mod:`pos_bridge.ledger.bearing`), or if they have
a piece, or an order code, in common, or if one gives back what the other sold. What nothing in a neighbourhood bears on
may be left out: the outcome of a neighbourhood is a part of that of everything (tests/pos_bridge/ledger/test_hoods.py).
Cards, bare codes, and where other baskets of a lane ended, are looked at and not decided.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

import apsw
import msgspec

from photocore.ids import ItemId
from pos_bridge.ledger.bearing import Goods, merged
from pos_bridge.ledger.keeping import Ground, tills_of
from pos_bridge.ledger.times import instant, micros
from pos_bridge.matching.assigning import slack
from pos_bridge.matching.facts import BasketEnd, CardSeen, ManyMeant, TillFacts
from pos_bridge.matching.joining import join_lines
from pos_bridge.matching.meant import MOST_MEANT, clocks_differ, days_meant
from pos_bridge.matching.outcome import item_home
from pos_bridge.orders.store import Issued, read_issued
from pos_bridge.sale import BasketKey, SaleObserved
from pos_bridge.settings import TillSettings
from pos_bridge.sighting import Sighting
from sync.statements import Row, run

_Q = "pos_bridge/facts."
_SECOND: Final = 1_000_000


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
    growing = _Growing(connection=connection, settings=ground.settings, store=ground.knowledge.store)
    growing.add_homes(seeds)
    growing.grow()
    lines = frozenset(line for told in growing.lines_of(growing.baskets).values() for line in told)
    rows = [*growing.sightings.values(), *growing.codes.values()]
    sightings = frozenset(msgspec.json.decode(bytes(row[4]), type=Sighting) for row in rows)
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
        many=frozenset(growing.many),
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
    codes: dict[str, Row] = field(default_factory=dict[str, Row])
    """Sightings that are only looked at."""
    many: set[ManyMeant] = field(default_factory=set[ManyMeant])
    store: str
    _new_baskets: set[int] = field(default_factory=set[int])
    _new_sightings: list[Row] = field(default_factory=list[Row])
    _goods: dict[str, Goods] = field(default_factory=dict[str, Goods])
    _lines: dict[int, list[SaleObserved]] = field(default_factory=dict[int, list[SaleObserved]])
    _sold: dict[int, set[str | None]] = field(default_factory=dict[int, set[str | None]])

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
            names = [row[2] for row in sightings if row[2]]
            shares: list[Row] = []
            if baskets:
                these = {"baskets": _json(sorted(baskets))}
                shares = self._run("shares_of", these)
                self.with_pieces |= {row[3] for row in shares}
                names += [row[0] for row in self._run("names_of", these)]
                homes = sorted(self.baskets[number].home for number in baskets)
                names += [row[0] for row in self._run("pieces_ruled", {"homes": _json(homes)})]
                self._add_receipts(these)
            self._add_names(names)
            self._add_borne(shares, [row for row in sightings if row[3]])

    def lines_of(self, baskets: Iterable[int]) -> dict[int, list[SaleObserved]]:
        """Return what all sources told of some baskets."""
        wanted = list(baskets)
        missing = [number for number in wanted if number not in self._lines]
        self._lines |= {number: [] for number in missing}
        for number, body in self._run("basket_lines", {"baskets": _json(missing)}) if missing else ():
            self._lines[number].append(msgspec.json.decode(bytes(body), type=SaleObserved))
        return {number: self._lines[number] for number in wanted}

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

    def _add_borne(self, shares: list[Row], sightings: list[Row]) -> None:
        """Add the baskets and sightings that bear on some for their goods' and their time's sake."""
        spans: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
        for gtin, since, until, _ in shares:
            spans[gtin].append((since, until))
        for row in sightings:
            spans[row[3]].append((row[1], row[1]))
        for gtin in sorted(spans):
            goods = self._goods.setdefault(gtin, Goods(self.connection, gtin, self.settings, self._is_sold))
            goods.read(spans[gtin])
        borne = [self._goods[gtin].about_share(number) for gtin, _, _, number in shares]
        borne += [self._goods[row[3]].about_scan(row[0]) for row in sightings]
        for one in borne:
            self.with_pieces |= one.baskets
            self._add_numbers(one.baskets)
            self._add_sightings(scan.row for scan in one.scans)
            self.codes |= {scan.home: scan.row for scan in one.codes}

    def _is_sold(self, basket: int, gtin: str) -> bool:
        """Say whether a basket of our store has goods of a GTIN on a line that its sources do not tell differently."""
        if basket not in self._sold:
            told = [line for line in self.lines_of([basket])[basket] if line.store == self.store]
            self._sold[basket] = {line.gtin for line in join_lines(told, self.settings)[0]}
        return gtin in self._sold[basket]

    def _add_receipts(self, these: dict[str, Any]) -> None:
        """Add the sales that baskets give back, and the baskets that give theirs back, as far as the receipts fit."""
        pairs = [*self._run("receipts_given_back", these), *self._run("receipts_taken_back", these)]
        self._add_numbers(number for pair in pairs for number in pair)
        margin = {"margin": _us(clocks_differ(self.settings.match))}
        for back, sale, returned, sold in self._run("numbers_taken_back", these | margin):
            days = days_meant(returned)
            if days is not None and days[0] <= sold <= days[1]:
                self._add_numbers([back, sale])
        self._add_meant(self._run("numbers_given_back", these), margin)

    def _add_meant(self, rows: list[Row], margin: dict[str, int]) -> None:
        """Add the sales that baskets may mean by a number alone, unless those are too many; and what they took before.

        What a return gave back when it was decided last, it may give back no longer, whatever it means now.
        """
        if not rows:
            return
        homes = _json(sorted({row[5] for row in rows}))
        self._add_names(item_home(ItemId(row[0])) for row in self._run("pieces_given_back", {"homes": homes}))
        for back, sequence, till, store, gtin, _, own, day, at, until in rows:
            days = days_meant(day)
            if days is None or gtin is None:
                continue
            receipt = {"sequence": sequence, "till": till, "store": store, "gtin": gtin, "first": days[0]}
            about = {"back": back, "back_till": own, "back_at": at, "back_until": until, "last": days[1]}
            found = self._run("receipts_meant", receipt | about | margin | {"most": MOST_MEANT + 1})
            if len(found) <= MOST_MEANT:
                self._add_numbers(row[0] for row in found)
            else:
                key = self.lines_of([back])[back][0].basket
                self.many.add(ManyMeant(back=key, sequence=sequence, till=till or None, store=store, gtin=gtin))

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
            for since, until in merged(spans[lane]):
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


def _issued(connection: apsw.Connection, names: Iterable[str]) -> Iterable[Issued]:
    for name in names:
        form, _, reference = name.partition(" ")
        if reference:
            yield from read_issued(connection, form, reference)


def _us(span: timedelta) -> int:
    return span // timedelta(microseconds=1)


def _json(values: Iterable[object]) -> str:
    return msgspec.json.encode(list(values)).decode()
