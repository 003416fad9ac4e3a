"""Whose card lay in a basket, and which pieces register to it at the till (O19). Two cards are nobody's."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TypeVar

from pos_bridge.matching.assigning import slack
from pos_bridge.matching.baskets import Basket, Return, Unit
from pos_bridge.matching.cases import Cases, iso, said, seen
from pos_bridge.matching.facts import BasketEnd, CardSeen
from pos_bridge.matching.outcome import Registers, basket_home, sighting_home
from pos_bridge.settings import MatchSettings, TillSettings
from pos_bridge.sighting import Sighting

Some = TypeVar("Some", Unit, Return)


class LaneCards:
    """The cards seen at each lane, and where one basket ends and the next begins."""

    def __init__(
        self, cards: Iterable[CardSeen], ends: Iterable[BasketEnd], baskets: Iterable[Basket], settings: TillSettings
    ) -> None:
        self._match = settings.match
        skew = timedelta(seconds=settings.match.skew_s)
        self._cards: defaultdict[str, list[CardSeen]] = defaultdict(list)
        for card in sorted(set(cards), key=lambda card: (card.at, card.id)):
            self._cards[card.lane].append(card)
        at: defaultdict[str, set[datetime]] = defaultdict(set)
        for end in ends:
            lane = settings.lane_of(end.basket.till)
            if lane is not None:
                at[lane].add(end.at + skew)
        for basket in baskets:
            if basket.lane is not None and basket.end is not None:
                at[basket.lane].add(basket.end)
        self._ends = {lane: sorted(found) for lane, found in at.items()}

    def of_basket(self, basket: Basket) -> set[str]:
        """Return the marks of the cards that lay in a basket: as the till says, else as seen since the one before."""
        told = {mark for line in basket.lines for mark in line.cards}
        if told or basket.lane is None or basket.end is None:
            return told
        margin = slack(self._match)
        ends = self._ends[basket.lane]
        number = bisect_left(ends, basket.end)
        since = basket.end - timedelta(seconds=self._match.before_s)
        if number > 0 and ends[number - 1] + margin >= since:
            since = ends[number - 1] + margin + timedelta(microseconds=1)
        return {card.mark for card in self._between(basket.lane, since, basket.end + margin)}

    def near(self, sighting: Sighting) -> set[str]:
        """Return the marks of the cards seen at a lane about when a piece was, and surely in its basket.

        Only the lane's tap parts baskets at that moment (their sales are told later): what bears another receipt's tag
        may be the customer's before, and what bears none may be anybody's.
        """
        if sighting.receipt is None:
            return set()
        within = timedelta(seconds=self._match.after_s)
        found = self._between(sighting.lane or "", sighting.at - within, sighting.at + within)
        return {card.mark for card in found if card.receipt == sighting.receipt}

    def _between(self, lane: str, since: datetime, until: datetime) -> list[CardSeen]:
        cards = self._cards.get(lane, [])
        first = bisect_left(cards, since, key=lambda card: card.at)
        return cards[first : bisect_right(cards, until, key=lambda card: card.at)]


def cards_of(baskets: list[Basket], cards: LaneCards, cases: Cases) -> dict[int, str]:
    """Return the mark of the card of each basket in which something of ours was sold, by the basket's ``id``."""
    found: dict[int, str] = {}
    for basket in baskets:
        pieces = [unit for unit in basket.units if unit.item is not None and unit.how != "kiosk"]
        marks = cards.of_basket(basket) if pieces else set[str]()
        if len(marks) == 1:
            found[id(basket)] = next(iter(marks))
        elif marks:
            cases.add(
                "two_cards",
                basket_home(basket.key),
                at=basket.told_at,
                basket=basket.key,
                lane=basket.lane,
                units=len(pieces),
                pieces=(unit.item for unit in pieces if unit.item),
                evidence=[said("cards_seen", basket.told_at, count=str(len(marks)))],
            )
    return found


def registered_at_sale(
    baskets: list[Basket], cards: dict[int, str], settings: TillSettings, at_scan: list[Registers]
) -> list[Registers]:
    """Return what registers once its sale is told: a card and a piece that are surely of one basket.

    At lanes that register at the scan, too, where nobody could be sure then.
    """
    covered = {one.item for one in at_scan if not one.is_ended}
    return [
        Registers(
            item=unit.item,
            card=cards[id(basket)],
            by=unit.name,
            lane=basket.lane,
            home=basket_home(basket.key),
            is_ended=unit.given_back_by is not None,
        )
        for basket in baskets
        if id(basket) in cards and basket.lane is not None and settings.lane[basket.lane].registers != "never"
        for unit in basket.units
        if unit.item is not None and unit.how != "kiosk"
        if settings.lane[basket.lane].registers == "at_sale" or unit.item not in covered
    ]


def registered_at_scan(
    sightings: Iterable[Sighting], baskets: list[Basket], cards: LaneCards, settings: TillSettings, found: Cases
) -> list[Registers]:
    """Return what registers as it is scanned, where tills tell their sales later; the claim is held until then.

    A piece that was scanned to be given back registers nothing, nor one that another basket turned out to have sold.
    """
    lanes = {name for name, lane in settings.lane.items() if lane.registers == "at_scan"}
    if not lanes:
        return []
    seen_at = sorted((one for one in sightings if one.item and one.lane in lanes), key=lambda one: (one.at, one.id))
    units: defaultdict[str, list[Unit]] = defaultdict(list)
    returns: defaultdict[str, list[Return]] = defaultdict(list)
    for basket in baskets:
        for unit in basket.units:
            units[unit.item or ""].append(unit)
        for given in basket.returns:
            returns[given.item or ""].append(given)
    registers: list[Registers] = []
    last: dict[tuple[str, str], datetime] = {}
    for sighting in seen_at:
        item, lane = sighting.item, sighting.lane
        if item is None or lane is None:
            continue
        is_again = _is_again(last.get((lane, item)), sighting, settings.match)
        last[(lane, item)] = sighting.at
        sale = _first_near(sighting, units.get(item, []), settings.match)
        back = _first_near(sighting, returns.get(item, []), settings.match)
        is_other = sale is None and (back is not None or _is_sold_later(sighting, units.get(item, [])))
        marks = set[str]() if is_again or is_other else cards.near(sighting)
        if len(marks) == 1:
            ended = sale is not None and sale.given_back_by is not None
            home = sighting_home(sighting.id)
            registers.append(
                Registers(item=item, card=marks.pop(), by=sighting.id, lane=lane, home=home, is_ended=ended)
            )
        elif marks:
            evidence = [*seen([sighting]), said("cards_seen", iso(sighting.at), count=str(len(marks)))]
            home = sighting_home(sighting.id)
            found.add("two_cards", home, at=iso(sighting.at), lane=lane, units=1, pieces=[item], evidence=evidence)
    return registers


def _is_again(last: datetime | None, sighting: Sighting, match: MatchSettings) -> bool:
    """Say whether a piece was at this lane a moment ago already: a scanner that is held on it reads it twice."""
    return last is not None and sighting.at - last <= timedelta(seconds=match.before_s)


def _first_near(sighting: Sighting, found: Iterable[Some], match: MatchSettings) -> Some | None:
    """Return the first of some units with whose basket a piece was scanned, as far as times tell."""
    first = sighting.at - timedelta(seconds=match.after_s)
    last = sighting.at + timedelta(seconds=match.before_s)
    return next((one for one in found if one.basket.until >= first and one.basket.since <= last), None)


def _is_sold_later(sighting: Sighting, units: Iterable[Unit]) -> bool:
    return any(unit.basket.since > sighting.at for unit in units)
