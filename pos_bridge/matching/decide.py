"""What the facts of a store's tills come to: a pure function of a set, as owners are (DESIGN 5C).

Read :func:`decide` from top to bottom; it is the rule, step by step, each step in a file of its own. No step looks at
the order in which anything came, nor at how often it was said.
"""

from collections.abc import Iterable
from datetime import UTC, datetime

from pos_bridge.matching.assigning import Assignment, assign, goods_of, make_shares
from pos_bridge.matching.baskets import Basket, make_baskets, split_units
from pos_bridge.matching.cases import Cases, iso, seen, told_line
from pos_bridge.matching.charging import CodeBook, charge
from pos_bridge.matching.facts import TillFacts
from pos_bridge.matching.joining import Disagreement, Joined, gtin_of, join_lines, piece_of, words_of
from pos_bridge.matching.outcome import (
    Due,
    Outcome,
    Registers,
    Sold,
    basket_home,
    case_key,
    item_home,
    sighting_home,
)
from pos_bridge.matching.pieces import CodesSeen, Work, fill_units
from pos_bridge.matching.refunds import find_sold_twice, give_back
from pos_bridge.matching.registering import LaneCards, cards_of, registered_at_sale, registered_at_scan
from pos_bridge.matching.rulings import Rulings
from pos_bridge.sale import LineKey
from pos_bridge.settings import TillSettings
from pos_bridge.sighting import Sighting, standing


def decide(facts: TillFacts, settings: TillSettings, now: datetime) -> Outcome:
    """Return what the facts come to at ``now`` (aware): equal facts and an equal instant give an equal outcome."""
    return decide_by(facts, Rulings(facts.rulings), settings, now)


def decide_by(facts: TillFacts, rulings: Rulings, settings: TillSettings, now: datetime) -> Outcome:
    """Return the same by rulings that tell afterwards which cases were asked about."""
    cases = Cases(rulings)
    work = Work(now=now, match=settings.match, rulings=rulings, cases=cases)
    sightings = standing(facts.sightings)
    own = {line for line in facts.lines if line.store == facts.store}
    joined, disagreements = join_lines(own, settings, lambda place: rulings.believed(_key_of(place)))
    serialized = facts.serialized | serials_in(facts)
    baskets = make_baskets(joined, disagreements, settings)
    for basket in baskets:
        split_units(basket, [line for line in basket.lines if basket.is_void or _counts(line, basket, work)])
    void = {basket.key for basket in baskets if basket.is_void}
    _open_disagreements((one for one in disagreements if one.place.basket not in void), cases)

    charged = charge(baskets, CodeBook(facts.codes, settings.codes), cases)
    done = assign(make_shares(baskets, serialized), sightings, settings.match, now)
    fill_units(done.shares, CodesSeen(sightings), work)
    given_back = give_back(baskets, facts.many, serialized, work)
    find_sold_twice(baskets, work)
    lane_cards = LaneCards(facts.cards, facts.ends, baskets, settings)
    cards = cards_of(baskets, lane_cards, cases)
    registers = registered_at_scan(sightings, baskets, lane_cards, settings, cases)
    registers += registered_at_sale(baskets, cards, settings, registers)
    _open_unsold(done, baskets, work)

    work.due += [(at, sighting_home(sighting.id)) for sighting, at in done.waits]
    return Outcome(
        sold=tuple(sorted(_sold(baskets, cards))),
        given_back=tuple(sorted(given_back)),
        charged=tuple(sorted(charged)),
        registers=tuple(sorted(_once(registers))),
        cases=cases.all(),
        due=tuple(sorted({Due(at=iso(at.astimezone(UTC)), home=home) for at, home in work.due})),
    )


def serials_in(facts: TillFacts) -> frozenset[str]:
    """Return the GTINs of which a piece was seen, or told by a till."""
    by_sight = (goods_of(sighting) for sighting in facts.sightings if sighting.item)
    pieces = ((piece_of(line.serial), line.gtin) for line in facts.lines if line.serial)
    by_till = (gtin or gtin_of(item) for item, gtin in pieces if item is not None)
    return frozenset(gtin for gtin in (*by_sight, *by_till) if gtin)


def _counts(line: Joined, basket: Basket, work: Work) -> bool:
    """Say whether a line counts: a sale for less than nothing waits for a manager."""
    if line.kind != "sold" or all((told.amount or 0) >= 0 for told in line.told):
        return True
    home, about = basket_home(basket.key), str(line.place.line)
    if work.rulings.has(case_key(home, "negative_price", about), "count"):
        return True
    work.cases.add(
        "negative_price",
        home,
        about,
        at=basket.told_at,
        basket=basket.key,
        line=line.place.line,
        lane=basket.lane,
        gtin=line.gtin,
        units=line.quantity,
        pieces=[line.serial] if line.serial else [],
        evidence=[told_line(one) for one in line.told],
    )
    return False


def _open_disagreements(disagreements: Iterable[Disagreement], cases: Cases) -> None:
    for one in disagreements:
        basket = one.place.basket
        cases.add(
            "told_twice_differently",
            basket_home(basket),
            str(one.place.line),
            at=iso(one.span.at) if one.span.at else basket.business_day,
            basket=basket,
            line=one.place.line,
            gtin=next((line.gtin for line in one.told if line.gtin), None),
            units=max(line.quantity for line in one.told),
            pieces=[line.serial for line in one.told if line.serial],
            evidence=[told_line(line, event) for (_, event), told in words_of(one.told).items() for line in told],
            is_ruled=one.is_ruled,
        )


def _key_of(place: LineKey) -> str:
    """Return the key of the case of a line that is told differently."""
    return case_key(basket_home(place.basket), "told_twice_differently", str(place.line))


def _sold(baskets: Iterable[Basket], cards: dict[int, str]) -> Iterable[Sold]:
    for basket in baskets:
        for unit in basket.units:
            if unit.item is not None:
                yield Sold(
                    sale=unit.name,
                    item=unit.item,
                    place=unit.place,
                    how=unit.how,
                    amount=_share_of_amount(unit.line, unit.number),
                    currency=unit.line.currency if unit.line.amount is not None else None,
                    staff=unit.staff,
                    card=cards.get(id(basket)) if unit.how != "kiosk" else None,
                )


def _share_of_amount(line: Joined, number: int) -> int | None:
    """Return a unit's part of its line's amount; the first units bear what does not come out even."""
    if line.amount is None:
        return None
    each, over = divmod(line.amount, line.quantity)
    return each + (1 if number <= over else 0)


def _once(registers: Iterable[Registers]) -> Iterable[Registers]:
    return {(one.item, one.by): one for one in registers}.values()


def _open_unsold(done: Assignment, baskets: Iterable[Basket], work: Work) -> None:
    """Open a case of every piece that was scanned at a lane and that no sale is of."""
    told = {line.serial for basket in baskets for line in basket.lines if line.serial}
    told |= {unit.item for basket in baskets for unit in basket.units if unit.item}
    told |= {item for share in done.shares for item in share.pieces}
    by_item: dict[str, list[Sighting]] = {}
    for sighting in done.loose:
        if sighting.item is not None and sighting.item not in told:
            by_item.setdefault(sighting.item, []).append(sighting)
    for item, sightings in by_item.items():
        last = max(sightings, key=lambda one: (one.at, one.id))
        home = item_home(item)
        if not work.is_patience_over(last.at, home):
            continue
        work.cases.add(
            "scan_without_sale",
            home,
            last.at.astimezone(UTC).date().isoformat(),  # scanned again another day, it is another case
            at=iso(last.at),
            lane=last.lane,
            gtin=goods_of(last),
            units=1,
            pieces=[item],
            evidence=seen(sightings),
        )
