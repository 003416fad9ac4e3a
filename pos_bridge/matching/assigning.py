"""Which basket each scan belongs to: by time alone, so that no answer hangs on another (docs/till/matching.md).

1. A scan at a lane belongs to the first basket there with these goods that ended at the scan or later.
2. Where there is none, and none can come any more, to the last one that ended a moment before it, if that lacks pieces:
   clocks differ.
3. Of a till that tells no times the whole day is one: its pieces are those sold if they are as many.
4. What a kiosk of the store saw goes to the earliest basket that still lacks pieces.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from typing import Literal

from photocore.ids import ItemId
from pos_bridge.matching.baskets import Basket, Return, Unit
from pos_bridge.matching.joining import gtin_of
from pos_bridge.settings import MatchSettings
from pos_bridge.sighting import Sighting

TOLERANCE = timedelta(seconds=5)
"""A till that writes whole seconds may end a basket a little before its last scan."""


@dataclass(slots=True, kw_only=True, eq=False)
class Share:
    """The goods of one GTIN in one basket: what needs a piece, and which pieces were seen for it.

    ``needs`` are units sold and ``wants`` units given back of which the till says no piece. ``pieces`` are in the order
    they were first seen; ``from_kiosk`` those of them that a kiosk saw.
    """

    basket: Basket
    gtin: str
    needs: list[Unit] = field(default_factory=list[Unit])
    wants: list[Return] = field(default_factory=list[Return])
    told: set[ItemId] = field(default_factory=set[ItemId])
    pieces: dict[ItemId, list[Sighting]] = field(default_factory=dict[ItemId, list[Sighting]])
    from_kiosk: set[ItemId] = field(default_factory=set[ItemId])
    day: Literal["", "too_few", "too_many"] = ""
    """Of a till that tells no times: how the pieces of the whole day do not come out even, so that none counts."""

    @property
    def lacks(self) -> int:
        """Return how many pieces have not been seen."""
        return len(self.needs) + len(self.wants) - len(self.pieces)

    def take(self, sighting: Sighting, item: ItemId) -> None:
        """Count a sighting; a piece that the till itself names for the basket is no other's."""
        if item not in self.told:
            self.pieces.setdefault(item, []).append(sighting)


@dataclass(kw_only=True)
class Assignment:
    """Every share of every basket, and the scans that found none; ``waits`` are those that may still find one."""

    shares: list[Share]
    loose: list[Sighting] = field(default_factory=list[Sighting])
    waits: list[tuple[Sighting, datetime]] = field(default_factory=list[tuple[Sighting, datetime]])


def make_shares(baskets: Iterable[Basket], serialized: frozenset[str]) -> list[Share]:
    """Return the shares that may need pieces, in the order of their baskets."""
    shares: list[Share] = []
    for basket in baskets:
        for gtin in sorted(basket.gtins & serialized):
            share = Share(basket=basket, gtin=gtin)
            for unit in basket.units:
                if unit.line.gtin == gtin:
                    share.told |= {unit.item} if unit.item else set()
                    share.needs += [] if unit.item else [unit]
            for given in basket.returns:
                if given.line.gtin == gtin:
                    share.told |= {given.item} if given.item else set()
                    share.wants += [] if given.item else [given]
            shares.append(share)
    return shares


def assign(shares: list[Share], sightings: Iterable[Sighting], match: MatchSettings, now: datetime) -> Assignment:
    """Give every sighting of a piece to the share it belongs to."""
    done = Assignment(shares=shares)
    seen = sorted(
        ((sighting, sighting.item) for sighting in sightings if sighting.item is not None),
        key=lambda pair: (pair[0].at, pair[0].id),
    )
    at_lanes = [(sighting, item) for sighting, item in seen if sighting.lane is not None]
    late = _assign_ended(_Ends(shares), at_lanes, match)
    left = _assign_late(_Ends(shares), late, match, now, done)
    done.loose += [sighting for sighting, _ in _assign_days(shares, left)]
    _assign_kiosk(shares, [pair for pair in seen if pair[0].lane is None], match)
    return done


class _Ends:
    """Shares of baskets with a time, by lane and goods, in order."""

    def __init__(self, shares: Sequence[Share]) -> None:
        self._at: defaultdict[tuple[str, str], list[datetime]] = defaultdict(list)
        self._shares: defaultdict[tuple[str, str], list[Share]] = defaultdict(list)
        for share in shares:
            if share.basket.end is not None and share.basket.lane is not None:
                where = share.basket.lane, share.gtin
                self._at[where].append(share.basket.end)
                self._shares[where].append(share)

    def between(self, sighting: Sighting, first: datetime, beyond: datetime) -> list[Share]:
        """Return the shares of its lane and goods with baskets that ended at ``first`` or later, before ``beyond``."""
        where = sighting.lane or "", goods_of(sighting) or ""
        at = self._at.get(where)
        if at is None:
            return []
        return self._shares[where][bisect_left(at, first) : bisect_left(at, beyond)]


_Pairs = list[tuple[Sighting, ItemId]]


def goods_of(sighting: Sighting) -> str | None:
    """Return the GTIN of what was seen."""
    return sighting.gtin or (gtin_of(sighting.item) if sighting.item else None)


def _assign_ended(ends: _Ends, seen: _Pairs, match: MatchSettings) -> _Pairs:
    before = timedelta(seconds=match.before_s, microseconds=1)
    left: _Pairs = []
    for sighting, item in seen:
        found = ends.between(sighting, sighting.at - slack(match), sighting.at + before)
        if found:
            found[0].take(sighting, item)
        else:
            left.append((sighting, item))
    return left


def _assign_late(ends: _Ends, seen: _Pairs, match: MatchSettings, now: datetime, done: Assignment) -> _Pairs:
    before, after = timedelta(seconds=match.before_s), timedelta(seconds=match.after_s)
    left: _Pairs = []
    for sighting, item in seen:
        found = ends.between(sighting, sighting.at - after, sighting.at - slack(match))
        if found and now <= sighting.at + before:
            done.waits.append((sighting, sighting.at + before))
            left.append((sighting, item))
            continue
        fits = next((share for share in reversed(found) if item in share.pieces or share.lacks > 0), None)
        if fits is None:
            left.append((sighting, item))
        else:
            fits.take(sighting, item)
    return left


def _assign_days(shares: list[Share], seen: _Pairs) -> _Pairs:
    """Give a day's scans to the baskets of a till that tells no times, if they are exactly as many as were sold."""
    days: defaultdict[tuple[str, str, datetime, datetime], list[Share]] = defaultdict(list)
    for share in shares:
        basket = share.basket
        if basket.end is None and basket.lane is not None:
            days[(basket.lane, share.gtin, basket.since, basket.until)].append(share)
    by_place: defaultdict[tuple[str, str], _Pairs] = defaultdict(list)
    for sighting, item in seen if days else ():
        by_place[(sighting.lane or "", goods_of(sighting) or "")].append((sighting, item))
    taken: set[str] = set()
    for (lane, gtin, since, until), of_day in days.items():
        told = {item for share in of_day for item in share.told}
        scans: dict[ItemId, list[Sighting]] = {}
        for sighting, item in _between(by_place[(lane, gtin)], since, until):
            taken.add(sighting.id)
            if item not in told:
                scans.setdefault(item, []).append(sighting)
        _share_out(of_day, scans)
    return [pair for pair in seen if pair[0].id not in taken]


def _between(seen: _Pairs, since: datetime, until: datetime) -> _Pairs:
    first = bisect_left(seen, since, key=lambda pair: pair[0].at)
    beyond = bisect_right(seen, until, key=lambda pair: pair[0].at)
    return seen[first:beyond]


def _share_out(of_day: list[Share], scans: dict[ItemId, list[Sighting]]) -> None:
    needed = sum(len(share.needs) for share in of_day)
    if len(scans) == needed and not any(share.wants for share in of_day):
        left = iter(scans.items())
        for share in of_day:
            share.pieces = dict(islice(left, len(share.needs)))
    else:
        for share in of_day:
            share.pieces = dict(scans)
            share.day = "too_many" if len(scans) > needed else "too_few"


def _assign_kiosk(shares: list[Share], seen: _Pairs, match: MatchSettings) -> None:
    before, after = timedelta(seconds=match.before_s), timedelta(seconds=match.after_s)
    known = {item for share in shares for item in (*share.told, *share.pieces)}
    timed: defaultdict[str, list[tuple[datetime, Share]]] = defaultdict(list)
    for share in shares:
        if share.basket.end is not None and share.needs:
            timed[share.gtin].append((share.basket.end, share))
    for sighting, item in seen:
        of_goods = timed.get(goods_of(sighting) or "", [])
        first = bisect_left(of_goods, sighting.at - after, key=lambda pair: pair[0])
        beyond = bisect_right(of_goods, sighting.at + before, key=lambda pair: pair[0])
        lacking = (share for _, share in of_goods[first:beyond] if share.lacks > 0)
        share = next(lacking, None) if item not in known else None
        if share is not None:
            share.take(sighting, item)
            share.from_kiosk.add(item)
            known.add(item)


def slack(match: MatchSettings) -> timedelta:
    """Return how much later than its basket's end a scan may be and still be of it for sure."""
    return min(TOLERANCE, timedelta(seconds=match.after_s))
