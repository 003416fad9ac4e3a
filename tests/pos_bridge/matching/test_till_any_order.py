"""Sales are a function of a set: no order and no repetition changes anything, and a slow reader of the rules agrees."""

from datetime import datetime, timedelta
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from photocore.cards import CardNumber
from photocore.ids import ItemId
from pos_bridge.matching.decide import decide
from pos_bridge.matching.facts import TillFacts
from pos_bridge.sale import SaleObserved
from pos_bridge.sighting import Sighting
from pos_bridge.testing_days import BEGIN, FILM, LATER, SETTINGS, STORE, facts_of, make_day, piece

choices = st.randoms(use_true_random=False)


def mark(card: CardNumber) -> str:
    return f"mark of {card.number}"


@settings(max_examples=60)
@given(choices, st.integers(0, 25), st.integers(0, 9 * 24))
def test_K5_any_order_and_any_repetition_come_to_the_same(random: Random, size: int, hours: int):
    facts = make_day(random.randrange, size)
    told = facts_of(facts, mark)
    repeated = facts + random.choices(facts, k=3) if facts else []
    random.shuffle(repeated)
    again = facts_of(repeated, mark)
    now = BEGIN + timedelta(hours=hours)
    assert decide(told, SETTINGS, now).digest() == decide(again, SETTINGS, now).digest()


@settings(max_examples=60)
@given(choices, st.integers(1, 25))
def test_K5_nothing_is_said_twice_nor_of_nobody(random: Random, size: int):
    """A unit is one piece, is given back once, and by nothing that was not told."""
    told = facts_of(make_day(random.randrange, size), mark)
    found = decide(told, SETTINGS, LATER)
    places = {line.place for line in told.lines}
    assert len({one.sale for one in found.sold}) == len(found.sold)
    assert len({one.sale for one in found.given_back}) == len(found.given_back)
    assert len({one.refund for one in found.given_back}) == len(found.given_back)
    assert {one.place for one in (*found.sold, *found.given_back)} <= places
    assert found.due == ()  # nothing is left to wait for


@settings(max_examples=150)
@given(
    st.lists(st.tuples(st.integers(0, 30), st.integers(1, 2)), max_size=4, unique_by=lambda sale: sale[0]),
    st.lists(st.tuples(st.integers(0, 30), st.integers(0, 3)), max_size=5),
)
def test_K5_a_slow_reader_of_the_rules_finds_the_same_pieces(sales: list[tuple[int, int]], seen: list[tuple[int, int]]):
    """One lane, one kind of goods, plain sales: every basket by itself, written down again without any index."""
    lines = {
        SaleObserved(
            source="pos",
            event=f"e{at}",
            store=STORE,
            till="kasse-1",
            business_day="2026-11-21",
            sequence=f"{at:02d}",
            line=1,
            gtin=FILM,
            quantity=units,
            at=_at(at).isoformat(),
        )
        for at, units in sales
    }
    scans = {
        Sighting(id=f"{at} {serial}", at=_at(at), via="tee", lane="1", item=piece(FILM, serial), gtin=FILM)
        for at, serial in seen
    }
    facts = TillFacts(store=STORE, lines=frozenset(lines), sightings=frozenset(scans), serialized=frozenset([FILM]))
    found = decide(facts, SETTINGS, LATER)
    pieces = {at: {one.item for one in found.sold if one.place.basket.sequence == f"{at:02d}"} for at, _ in sales}
    assert pieces == _slowly(sales, sorted(seen))


def _at(tens: int) -> datetime:
    return BEGIN + timedelta(seconds=10 * tens)


def _slowly(sales: list[tuple[int, int]], seen: list[tuple[int, int]]) -> dict[int, set[ItemId]]:
    """Before 90 s, after 40 s, in tens of seconds: the first basket at or after the scan, else the last that lacks."""
    pieces: dict[int, set[ItemId]] = {at: set() for at, _ in sales}
    late: list[tuple[int, int]] = []
    for at, serial in seen:
        ends = sorted(end for end in pieces if at <= end <= at + 9)
        if ends:
            pieces[ends[0]].add(piece(FILM, serial))
        else:
            late.append((at, serial))
    units = dict(sales)
    for at, serial in late:
        item = piece(FILM, serial)
        ends = [end for end in pieces if at - 4 <= end < at and (item in pieces[end] or len(pieces[end]) < units[end])]
        if ends:
            pieces[max(ends)].add(item)
    return {at: found if len(found) <= units[at] else set() for at, found in pieces.items()}
