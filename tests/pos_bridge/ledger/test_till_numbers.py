"""Returns that name a receipt by its number alone: what they meant before, and mean no longer, is decided again."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import msgspec

from pos_bridge.ledger.hoods import read_hood
from pos_bridge.matching.decide import decide
from pos_bridge.matching.meant import DAYS_BACK, MOST_MEANT
from pos_bridge.matching.outcome import Case, Outcome, basket_home
from pos_bridge.sale import SaleObserved, SaleRef
from pos_bridge.testing_bridge import TestedBridge
from pos_bridge.testing_days import BEGIN, LATER, SETTINGS, SLIDES, STORE, Fact, facts_of, piece
from sync.statements import run

NUMBER = SaleRef(till="kasse-1", sequence="101")


def _line(day: int, **changes: Any) -> SaleObserved:
    """Return a sale of number 101, so many days after the first one."""
    at = BEGIN + timedelta(days=day)
    own = {"source": "pos", "event": f"e-{day}-{sorted(changes)}", "store": STORE, "till": "kasse-1", "line": 1}
    of = {"business_day": at.date().isoformat(), "sequence": "101", "gtin": SLIDES, "serial": piece(SLIDES, day)}
    return msgspec.convert({**own, **of, "at": at.isoformat(), **changes}, SaleObserved)


def _return(day: int) -> SaleObserved:
    return _line(day, sequence="7", kind="returned", serial=None, given_back=NUMBER)


def _settled(till: TestedBridge, told: list[Fact], *more: Fact) -> Outcome:
    """Keep more, settle, and return what all comes to; the ledger must have come to the same."""
    told += more
    till.keep(*more)
    later = LATER + timedelta(days=400)
    till.settle(later)
    whole = decide(facts_of(told, till.ledger.ground.mark), SETTINGS, later)
    cases = till.ledger.read(lambda connection: run(connection, "pos_bridge/results.cases_all"))
    assert {msgspec.json.decode(bytes(row[2]), type=Case) for row in cases} == set(whole.cases)
    back = {(one.item, one.sale, one.refund) for one in whole.given_back}
    assert {row[1:4] for row in till.desk.standing() if row[0] == "given_back"} == back
    return whole


def _reasons(outcome: Outcome) -> list[str]:
    return [case.reason for case in outcome.cases]


def test_K5_a_sale_whose_time_becomes_known_is_no_longer_what_a_return_before_it_gave_back(
    make_till: Callable[..., TestedBridge],
):
    """Its day might have been before the return, its time is not: the return is decided again though it is not new."""
    till, told = make_till(), list[Fact]()
    timeless = _line(0, at=None)
    back = msgspec.structs.replace(_return(1), at=(BEGIN + timedelta(hours=20)).isoformat())
    assert _settled(till, told, timeless, back).given_back
    after = (BEGIN + timedelta(hours=21)).isoformat()  # a night shop's business day goes on
    outcome = _settled(till, told, _line(0, source="office", event="office", at=after))
    assert (outcome.given_back, _reasons(outcome)) == ((), ["refund_unclear"])


def test_K5_one_receipt_too_many_makes_a_return_unclear_and_its_sale_stands_again(
    make_till: Callable[..., TestedBridge],
):
    """The piece it gave back was sold once more elsewhere: that is sold twice, as soon as nothing was given back."""
    till, told = make_till(), list[Fact]()
    again = _line(1, sequence="8", serial=piece(SLIDES, 0))
    assert _reasons(_settled(till, told, _line(0), again, _return(60))) == []
    number = basket_home(_return(60).basket)
    given = [_line(day, sequence=f"9{day}", kind="returned", given_back=NUMBER) for day in range(2, MOST_MEANT + 1)]
    others = [_line(day) for day in range(2, MOST_MEANT + 1)]
    assert len(_settled(till, told, *others, *given).given_back) == MOST_MEANT  # all others were given back by piece
    outcome = _settled(till, told, _line(MOST_MEANT + 1))
    assert sorted(_reasons(outcome)) == ["refund_unclear", "sold_twice"]
    hood = till.ledger.read(lambda connection: read_hood(connection, till.ledger.ground, [number]))
    assert hood.homes == {number}


def test_K5_a_number_without_a_day_means_none_of_long_ago(make_till: Callable[..., TestedBridge]):
    """The day before the bound is too long ago, that of the bound is not."""
    till, told = make_till(), list[Fact]()
    assert _reasons(_settled(till, told, _line(0), _return(DAYS_BACK + 1))) == ["refund_unclear"]
    assert [one.item for one in _settled(till, told, _line(1)).given_back] == [piece(SLIDES, 1)]
