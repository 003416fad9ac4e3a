"""Days on which somebody else's film was at stake: resold at once, seen and not bought, clocks that were never set."""

from datetime import datetime, timedelta
from typing import Any

import msgspec
import pytest

from pos_bridge.matching.decide import decide
from pos_bridge.matching.facts import Ruling
from pos_bridge.matching.outcome import Outcome
from pos_bridge.orders.codes import compose
from pos_bridge.orders.store import Issued
from pos_bridge.sale import SaleObserved, SaleRef
from pos_bridge.settings import MatchSettings
from pos_bridge.sighting import CardSighting, Sighting
from pos_bridge.testing_days import BEGIN, CARDS, FILM, LATER, SETTINGS, STORE, Fact, facts_of, piece

ONE = piece(FILM, 1)
ANN, BOB = CARDS[0].number, CARDS[1].number


def line(sequence: str, minute: float | None, **told: Any) -> SaleObserved:
    at = None if minute is None else (BEGIN + timedelta(minutes=minute)).isoformat()
    values: dict[str, Any] = {"source": "pos", "event": f"e{sequence}", "store": STORE, "till": "kasse-1", "gtin": FILM}
    return SaleObserved(**values | {"business_day": "2026-11-21", "sequence": sequence, "line": 1, "at": at} | told)


def scan(minute: float, lane: str = "1") -> Sighting:
    at = BEGIN + timedelta(minutes=minute)
    return Sighting(id=f"seen {minute}", at=at, via="tee", lane=lane, item=ONE, gtin=FILM, receipt=f"{lane} {minute}")


def shown(minute: float, lane: str = "1") -> CardSighting:
    return CardSighting(
        id=f"card {minute}", at=BEGIN + timedelta(minutes=minute), lane=lane, card=CARDS[0], receipt=f"{lane} {minute}"
    )


def outcome(*facts: Fact, now: datetime = LATER, match: MatchSettings = SETTINGS.match, **known: Any) -> Outcome:
    told = facts_of(list(facts), lambda card: card.number)
    settings = msgspec.structs.replace(SETTINGS, match=match)
    return decide(msgspec.structs.replace(told, **known), settings, now)


def reasons(found: Outcome) -> list[str]:
    return [case.reason for case in found.cases if not case.is_closed]


@pytest.mark.parametrize("times", [(0, 60, 61.5), (None, None, None)], ids=["at once", "by the day"])
def test_K5_a_return_ends_the_sale_before_it_and_not_the_next_customers(times: tuple[float | None, ...]):
    """Ann gives it back, and Bob buys that very piece a minute later, or on a day whose times nobody tells."""
    bought, back, sold_again = times
    found = outcome(
        line("1", bought, serial=ONE, customer=ANN),
        line("2", back, serial=ONE, kind="returned"),
        line("3", sold_again, serial=ONE, customer=BOB),
        match=MatchSettings(),
    )
    assert [one.sale for one in found.given_back] == [line("1", bought).place.unit(1)]
    assert {one.card: one.is_ended for one in found.registers} == {ANN: True, BOB: False}
    twice = outcome(line("1", 0, serial=ONE), line("2", 60, serial=ONE, kind="returned"), line("3", 61, serial=ONE))
    again = line("4", 60.2, serial=ONE, kind="returned")
    assert reasons(twice) == []
    found = outcome(
        line("1", 0, serial=ONE), line("2", 60, serial=ONE, kind="returned"), again, line("3", 61, serial=ONE)
    )
    assert (len(found.given_back), reasons(found)) == (1, ["refunded_twice"])


def test_K5_a_return_told_by_a_clock_that_is_behind_still_finds_its_sale():
    found = outcome(line("1", 0.5, serial=ONE), line("2", 0, serial=ONE, kind="returned", till="kasse-3"))
    assert (len(found.given_back), reasons(found)) == (1, [])


@pytest.mark.parametrize("back", [{"serial": ONE}, {"given_back": SaleRef(sequence="3")}], ids=["piece", "receipt"])
def test_K5_what_a_till_sells_after_a_return_is_not_what_was_given_back_there(back: dict[str, Any]):
    """Ann bought it before the bridge was there; a minute later Bob buys it at the same till, whose clock is one."""

    def told(till: str) -> Outcome:
        returned, sold = line("2", 0, kind="returned", **back), line("3", 1, till=till, serial=ONE, customer=BOB)
        return outcome(returned, sold, match=MatchSettings())

    assert [one.is_ended for one in told("kasse-1").registers] == [False]
    assert reasons(told("kasse-1")) == ["refund_without_sale" if "serial" in back else "refund_unclear"]
    assert len(told("kasse-3").given_back) == 1


@pytest.mark.parametrize(
    ("of", "is_found"),
    [
        (SaleRef(sequence="7"), False),
        (SaleRef(till="kasse-1", sequence="7", line=1), False),
        (SaleRef(sequence="7", business_day="2026-12-01"), True),
    ],
)
def test_K5_a_receipt_named_without_its_day_is_none_of_weeks_after_the_return(of: SaleRef, is_found: bool):
    """The sale was before the bridge was there; ten days later the till has come round to the same number for Bob."""
    later = line("7", 10 * 24 * 60, business_day="2026-12-01", serial=ONE, customer=BOB)
    found = outcome(line("2", 0, kind="returned", given_back=of), later, now=LATER + timedelta(days=20))
    assert len(found.given_back) == is_found
    assert {one.card: one.is_ended for one in found.registers} == {BOB: is_found}
    assert reasons(found) == ([] if is_found else ["refund_unclear"])


def test_O19_a_piece_scanned_to_be_given_back_registers_nothing():
    """Ann shows her card with what she returns: else she would own what the next customer buys."""
    sale = line("1", 0, serial=ONE, till="kasse-2")
    back = line("2", 60.3, kind="returned", till="kasse-2")
    found = outcome(sale, scan(60, "2"), shown(60, "2"), back)
    assert (len(found.given_back), found.registers) == (1, ())


def test_O19_a_piece_scanned_and_left_behind_is_not_registered_by_anothers_purchase():
    """Ann's claim is held until the sale; when it is sold to somebody else another day it is withdrawn."""
    seen = [scan(0, "2"), shown(0, "2")]
    assert [one.card for one in outcome(*seen).registers] == [ANN]
    sold = line("1", 2 * 1440, serial=ONE, till="kasse-3")
    assert outcome(*seen, sold).registers == ()


def test_K5_a_case_that_was_closed_closes_no_later_one_of_the_same_piece():
    first = outcome(scan(0))
    closed = Ruling(id="rule-1", case=first.cases[0].key, decision="close", at=BEGIN + timedelta(days=2))
    assert reasons(outcome(scan(0), closed)) == []
    assert reasons(outcome(scan(0), closed, scan(30 * 1440), now=LATER + timedelta(days=40))) == ["scan_without_sale"]
    sales = [line("1", 0, serial=ONE), line("2", 60, serial=ONE)]
    closed = Ruling(id="rule-2", case=outcome(*sales).cases[0].key, decision="close", at=BEGIN)
    assert reasons(outcome(*sales, closed)) == []
    assert reasons(outcome(*sales, closed, line("3", 2000, serial=ONE))) == ["sold_twice"]


NEVER = ["0001-01-01T00:00:00+00:00", "9999-12-31T23:59:59+00:00"]


@pytest.mark.parametrize("skew", [-60, 0, 60])
@pytest.mark.parametrize("told", [*({"at": at} for at in NEVER), *({"business_day": at[:10]} for at in NEVER)])
def test_K5_a_clock_that_was_never_set_spoils_nothing(skew: int, told: dict[str, Any]):
    """What programs write that know no time: such a sale has none, and its business day stands for it."""
    code = issued()
    paid = line("3", None, gtin=None, code=code.code, amount=1599, currency="EUR", **told | {"till": "kasse-3"})
    bad = [line("7", None, serial=ONE, kind="returned", **told), line("8", None, **told), paid]
    sold = line("1", 0, serial=ONE)
    found = outcome(sold, *bad, match=MatchSettings(skew_s=skew), codes=frozenset([code]))
    assert [one.item for one in found.sold] == [ONE]


def issued() -> Issued:
    values: dict[str, Any] = {"form": "ean13", "reference": "4711", "code": compose("4711", 1599, SETTINGS.codes)}
    values |= {"about": "", "is_order": True, "order_code": None, "minor": 1599, "currency": "EUR", "store": STORE}
    return Issued(number=1, issued_at=BEGIN, expires_at=BEGIN + timedelta(hours=3), **values)


def paid(sequence: str, minute: float, **told: Any) -> SaleObserved:
    return line(sequence, minute, **{"gtin": None, "code": issued().code, "amount": 1599, "currency": "EUR"} | told)


def test_S4_an_order_code_given_back_is_charged_no_more_and_may_be_paid_again():
    codes = frozenset([issued()])
    back = paid("2", 60, kind="returned", amount=-1599, given_back=SaleRef(sequence="1", till="kasse-1", line=1))
    assert outcome(paid("1", 5), back, codes=codes) == Outcome()
    found = outcome(paid("1", 5), back, paid("3", 70), codes=codes)
    assert ([one.place.basket.sequence for one in found.charged], reasons(found)) == (["3"], [])
    part = outcome(paid("1", 5), msgspec.structs.replace(back, amount=500), codes=codes)
    assert (len(part.charged), reasons(part)) == (1, ["order_code_amount"])


def test_S4_an_order_codes_time_is_judged_by_the_tills_clock_put_right():
    codes = frozenset([issued()])
    late = MatchSettings(skew_s=-3 * 3600)
    assert len(outcome(paid("1", 5 * 60), codes=codes, match=late).charged) == 1
    assert reasons(outcome(paid("1", 5 * 60), codes=codes)) == ["order_code_expired"]


def test_S4_money_is_what_every_source_says_it_was_and_no_one_of_them_alone():
    """The shop's system says 15.99, the night's file 1.59 or less than nothing: whichever name comes first."""
    for other in ("aaa", "zzz"):
        again = paid("1", 5, amount=159, source=other, event="again")
        found = outcome(paid("1", 5), again, codes=frozenset([issued()]))
        assert (found.charged, reasons(found)) == ((), ["order_code_amount"])
        below = line("2", 5, serial=ONE, amount=-1, currency="EUR", source=other, event="below")
        found = outcome(line("2", 5, serial=ONE, amount=1299, currency="EUR"), below)
        assert (found.sold, reasons(found)) == ((), ["negative_price"])
