"""What the ledger decides piece by piece, as things come, is what deciding on everything at once would come to."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from random import Random

import msgspec
import pytest

from pos_bridge.ledger import looking
from pos_bridge.ledger.hoods import read_hood
from pos_bridge.ledger.results import identity, read_said, settle
from pos_bridge.ledger.times import micros
from pos_bridge.matching.decide import decide
from pos_bridge.matching.outcome import Case, basket_home, item_home, sighting_home
from pos_bridge.sale import SaleObserved
from pos_bridge.settings import MatchSettings
from pos_bridge.sighting import Sighting
from pos_bridge.testing_bridge import TestedBridge
from pos_bridge.testing_days import (
    BEGIN,
    LATER,
    SETTINGS,
    SLIDES,
    STORE,
    NumberedAnew,
    RoundTheClock,
    facts_of,
    make_day,
    piece,
)
from sync.errors import JournalDown
from sync.statements import run


def decided(till: TestedBridge) -> dict[str, object]:
    """Return all that the ledger has decided, by its key."""
    assertions = till.ledger.read(lambda connection: run(connection, "pos_bridge/results.assertions_told"))
    cases = till.ledger.read(lambda connection: run(connection, "pos_bridge/results.cases_all"))
    found: dict[str, object] = {row[0]: read_said(row[1], row[2]) for row in assertions}
    return found | {row[0]: msgspec.json.decode(bytes(row[2]), type=Case) for row in cases}


@pytest.mark.parametrize("seed", range(24))
def test_K5_a_neighbourhood_is_decided_as_if_by_everything(make_till: Callable[..., TestedBridge], seed: int):
    """Shuffled, repeated, settled in between at any time, by a desk that dies now and then: the end is the same."""
    random = Random(seed)
    facts = make_day(random.randrange, 12 + 2 * seed)
    shuffled = facts + random.choices(facts, k=2)
    random.shuffle(shuffled)
    till = make_till()
    for fact in shuffled:
        till.keep(fact)
        if random.random() < 0.3:
            _settle_or_die(till, random)
    till.settle(LATER)
    whole = decide(facts_of(facts, till.ledger.ground.mark), SETTINGS, LATER)
    said = [*whole.sold, *whole.given_back, *whole.charged, *whole.registers]
    assert {repr(one) for one in decided(till).values()} == {repr(one) for one in (*said, *whole.cases)}
    standing = till.desk.standing()
    assert {row[1:3] for row in standing if row[0] == "sold"} == {(one.item, one.sale) for one in whole.sold}
    back = {(one.item, one.sale, one.refund) for one in whole.given_back}
    assert {row[1:4] for row in standing if row[0] == "given_back"} == back


def _settle_or_die(till: TestedBridge, random: Random) -> None:
    """Settle by a desk that may die before one of its deeds, or after it; who settles next may know nothing of it."""
    left = [random.randrange(8) if random.random() < 0.5 else 1000]

    def die(_: str) -> None:
        left[0] -= 1
        if left[0] < 0:
            raise JournalDown("nobody can tell")

    if random.random() < 0.5:
        till.desk.before = die
    else:
        till.desk.after = die
    with suppress(JournalDown):
        till.settle(BEGIN + timedelta(hours=random.randrange(200)))
    till.desk.before = till.desk.after = lambda _: None


def test_K5_three_shufflings_have_one_digest(make_till: Callable[..., TestedBridge]):
    """Replayed in other orders into fresh ledgers, a day ends the same, whatever the keys of the cards' marks."""
    random = Random(10)
    facts = make_day(random.randrange, 60)
    digests: set[str] = set()
    for _ in range(3):
        random.shuffle(facts)
        till = make_till()
        till.keep(*facts)
        till.settle(LATER)
        digests.add(till.ledger.digest())
        assert till.ledger.figures().dirty == 0
    assert len(digests) == 1


def test_K5_what_is_told_is_known_by_what_it_says():
    """How a piece was found, and its price, may become known later: the station is not told anew for that."""
    whole = decide(facts_of(make_day(Random(3).randrange, 40), lambda card: card.number), SETTINGS, LATER)
    sold = whole.sold[0]
    assert identity(sold) == identity(msgspec.structs.replace(sold, how="manager", amount=1, currency="EUR"))
    assert identity(sold) != identity(msgspec.structs.replace(sold, card="another"))


def test_K5_days_of_a_till_that_tells_no_times_are_decided_each_by_itself(make_till: Callable[..., TestedBridge]):
    """One day ends where the next begins: what is decided again with a line must not grow with every day there was."""
    till = make_till()
    days = [(BEGIN + timedelta(days=number)).date().isoformat() for number in range(40)]
    lines = [
        SaleObserved(
            source="pos",
            event=day,
            store=STORE,
            till="kasse-1",
            business_day=day,
            sequence="1",
            line=1,
            gtin=SLIDES,
        )
        for day in days
    ]
    till.keep(*lines)
    home = basket_home(lines[20].basket)
    hood = till.ledger.read(lambda connection: read_hood(connection, till.ledger.ground, [home]))
    assert hood.homes == {home}


@pytest.mark.parametrize("seed", range(8))
def test_K5_a_day_without_a_pause_is_decided_piece_by_piece_as_if_by_everything(
    make_till: Callable[..., TestedBridge], seed: int
):
    """Goods that sell round the clock: each thing is decided alone, one after the other, whatever came meanwhile."""
    random = Random(seed)
    day = RoundTheClock(random.randrange, pieces=(5, 30, 200)[seed % 3], receipts=(12, 30)[seed % 2])
    facts = make_day(random.randrange, 40 + 4 * seed, day)
    match = MatchSettings(before_s=90, after_s=120, patience_h=6) if seed % 4 == 3 else SETTINGS.match
    settings = msgspec.structs.replace(SETTINGS, match=match)
    shuffled = facts + random.choices(facts, k=3)
    random.shuffle(shuffled)
    till = make_till(settings=settings)
    for fact in shuffled:
        till.keep(fact)
        if random.random() < 0.3:
            _decide_one_by_one(till, BEGIN + timedelta(hours=random.randrange(200)), most=random.randrange(4))
    till.ledger.write(lambda connection: run(connection, "pos_bridge/results.touch_due", {"now": micros(LATER)}))
    _decide_one_by_one(till, LATER)
    whole = decide(facts_of(facts, till.ledger.ground.mark), settings, LATER)
    said = [*whole.sold, *whole.given_back, *whole.charged, *whole.registers]
    assert {repr(one) for one in decided(till).values()} == {repr(one) for one in (*said, *whole.cases)}


@pytest.mark.parametrize("seed", range(8))
def test_K5_receipts_numbered_anew_each_day_are_decided_piece_by_piece_as_if_by_everything(
    make_till: Callable[..., TestedBridge], seed: int
):
    """Returns by number alone, of a few receipts or of too many, before and after what they may mean."""
    random = Random(seed)
    day = NumberedAnew(random.randrange, pieces=(6, 60)[seed % 2], receipts=(1, 1, 2)[seed % 3], tills=1 + seed % 2)
    facts = make_day(random.randrange, 30 + 15 * (seed % 6), day)
    shuffled = facts + random.choices(facts, k=3)
    random.shuffle(shuffled)
    till = make_till()
    for fact in shuffled:
        till.keep(fact)
        if random.random() < 0.3:
            _decide_one_by_one(till, BEGIN + timedelta(hours=random.randrange(200)), most=random.randrange(4))
    later = LATER + timedelta(days=60)
    till.ledger.write(lambda connection: run(connection, "pos_bridge/results.touch_due", {"now": micros(later)}))
    _decide_one_by_one(till, later)
    whole = decide(facts_of(facts, till.ledger.ground.mark), SETTINGS, later)
    said = [*whole.sold, *whole.given_back, *whole.charged, *whole.registers]
    assert {repr(one) for one in decided(till).values()} == {repr(one) for one in (*said, *whole.cases)}


def _decide_one_by_one(till: TestedBridge, now: datetime, most: int = 10_000) -> None:
    """Decide on the neighbourhood of one dirty home after the other, of so many at most."""
    ledger = till.ledger
    while most > 0 and (homes := ledger.read(lambda connection: looking.dirty(connection, 1))):
        ledger.write(lambda connection, homes=homes: settle(connection, ledger.ground, homes, now))
        most -= 1


def test_K5_a_sale_round_the_clock_is_decided_with_its_own_scans_alone(make_till: Callable[..., TestedBridge]):
    """A basket a minute, each with its scans: what is decided again with one does not grow with those before it."""
    till = make_till()
    lines: list[SaleObserved] = []
    for number in range(120):
        at = BEGIN + timedelta(minutes=number)
        key = {"business_day": at.date().isoformat(), "sequence": str(number), "line": 1}
        of = {"source": "pos", "event": f"e-{number}", "store": STORE, "till": "kasse-1", "gtin": SLIDES}
        lines.append(msgspec.convert({**of, **key, "at": at.isoformat()}, SaleObserved))
        item = piece(SLIDES, number)
        for name, seen in (("piece", item), ("code", None)):
            before = at - timedelta(seconds=20)
            scan = Sighting(id=f"{name}-{number}", at=before, via="tee", lane="1", item=seen, gtin=SLIDES)
            till.keep(scan)
    till.keep(*lines)
    till.settle(BEGIN + timedelta(hours=3))

    def homes_of(number: int) -> set[str]:
        seeds = [basket_home(lines[number].basket)]
        return till.ledger.read(lambda connection: read_hood(connection, till.ledger.ground, seeds)).homes

    for number in (0, 60, 119):
        own = {basket_home(lines[number].basket), sighting_home(f"piece-{number}")}
        assert homes_of(number) == own | {item_home(piece(SLIDES, number))}
    till.keep(msgspec.structs.replace(lines[60], source="office", event="o", quantity=2))  # of this line nothing counts
    scans = {sighting_home(f"piece-{number}") for number in (60, 61)}
    assert homes_of(60) >= scans | {basket_home(lines[61].basket)}
