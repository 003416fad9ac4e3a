"""Which unit was which piece: only where it comes out even, never by a guess."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from photocore.ids import ItemId
from pos_bridge.matching.assigning import Share
from pos_bridge.matching.cases import Cases, said, seen, told_lines
from pos_bridge.matching.outcome import Evidence, basket_home, case_key
from pos_bridge.matching.rulings import Rulings
from pos_bridge.settings import MatchSettings
from pos_bridge.sighting import Sighting


@dataclass(kw_only=True)
class Work:
    """What the steps of a decision share: the instant it is for, the rulings, and what is found on the way."""

    now: datetime
    match: MatchSettings
    rulings: Rulings
    cases: Cases
    due: list[tuple[datetime, str]] = field(default_factory=list[tuple[datetime, str]])

    def is_patience_over(self, since: datetime, home: str) -> bool:
        """Say whether what has waited since then has waited long enough; if not, it is due later."""
        at = since + timedelta(hours=self.match.patience_h)
        if self.now < at:
            self.due.append((at, home))
        return at <= self.now


class CodesSeen:
    """Sightings of goods without a serial: they count no piece, and may tell a manager something."""

    def __init__(self, sightings: Iterable[Sighting]) -> None:
        self._seen: defaultdict[str, list[Sighting]] = defaultdict(list)
        bare = (one for one in sightings if one.item is None and one.gtin)
        for sighting in sorted(bare, key=lambda one: (one.at, one.id)):
            self._seen[sighting.gtin or ""].append(sighting)

    def near(self, share: Share, match: MatchSettings) -> list[Sighting]:
        """Return those of a share's goods, at its lane, about the time of its basket."""
        all_of_it = self._seen.get(share.gtin, [])
        within = timedelta(seconds=match.before_s if share.basket.end is not None else 0)
        first = bisect_left(all_of_it, share.basket.since - within, key=lambda one: one.at)
        beyond = bisect_right(all_of_it, share.basket.until, key=lambda one: one.at)
        return [one for one in all_of_it[first:beyond] if one.lane == share.basket.lane]


def fill_units(shares: Sequence[Share], codes: CodesSeen, work: Work) -> None:
    """Set the piece of every unit whose piece is known, and open the cases of those that found none."""
    earlier = _first_presence(shares)
    for share in shares:
        back = _given_back(share, earlier)
        if len(back) <= len(share.wants):
            for given, item in zip(share.wants, back, strict=False):
                given.item = item
        _fill_sold(share, [item for item in share.pieces if item not in back], codes, work)


def _first_presence(shares: Iterable[Share]) -> dict[ItemId, datetime]:
    """Return when each piece first lay in a basket."""
    first: dict[ItemId, datetime] = {}
    for share in shares:
        for item in (*share.told, *share.pieces):
            at = share.basket.since
            first[item] = min(at, first.get(item, at))
    return first


def _given_back(share: Share, earlier: dict[ItemId, datetime]) -> list[ItemId]:
    """Return the pieces that were scanned to be given back.

    Where a basket gives back only, they all were; in an exchange those that lay in an earlier basket.
    """
    if not share.wants or share.day:
        return []
    return [item for item in share.pieces if not share.needs or earlier[item] < share.basket.since]


def _fill_sold(share: Share, fresh: list[ItemId], codes: CodesSeen, work: Work) -> None:
    home, needs = basket_home(share.basket.key), len(share.needs)
    too_few = case_key(home, "sale_without_scan", share.gtin)
    too_many = case_key(home, "more_scans_than_sold", share.gtin)
    assigned = work.rulings.assigned(too_few) | work.rulings.assigned(too_many)
    is_even = len(fresh) <= needs and not share.day
    chosen = list(assigned)[:needs]
    chosen += [item for item in fresh if item not in assigned][: needs - len(chosen)] if is_even else []
    for unit, item in zip(share.needs, chosen, strict=False):
        unit.item, ruling = item, assigned.get(item)
        unit.how = "manager" if ruling else "kiosk" if item in share.from_kiosk else "scan"
        unit.staff = ruling.staff if ruling else None
    is_many = share.day == "too_many" or (not share.day and not is_even)
    may_wait = not is_many or share.day
    if len(chosen) == needs or (may_wait and not work.is_patience_over(share.basket.until, home)):
        return
    work.cases.add(
        "more_scans_than_sold" if is_many else "sale_without_scan",
        home,
        share.gtin,
        at=share.basket.told_at,
        basket=share.basket.key,
        lane=share.basket.lane,
        gtin=share.gtin,
        units=needs - len(chosen),
        pieces=(item for item in fresh if item not in chosen),
        evidence=_evidence(share, codes, work),
    )


def _evidence(share: Share, codes: CodesSeen, work: Work) -> list[Evidence]:
    basket = share.basket
    found = told_lines(line for line in basket.lines if line.gtin == share.gtin)
    found += seen(one for sightings in share.pieces.values() for one in sightings)
    if basket.lane is None:
        found.append(said("till_without_lane", basket.told_at, till=basket.key.till))
    if basket.end is None:
        found.append(said("till_without_time", basket.told_at, till=basket.key.till))
    return found + seen(codes.near(share, work.match))
