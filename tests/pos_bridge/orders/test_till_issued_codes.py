"""Codes that were given out: once, for so long, known again; and what is none of ours (A2, S4)."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta

import pytest

from photocore.codes import grouped, mint_order_code
from photocore.testing import SeededEntropy
from pos_bridge.errors import BridgeRefusal, SourceDown
from pos_bridge.orders.codes import compose
from pos_bridge.orders.service import OrderService
from pos_bridge.orders.store import RESTS, IssuedCodes, Seen, judge
from pos_bridge.orders.testing import KEY, STORE, open_shared_books
from pos_bridge.settings import CodeSettings
from sync.errors import EnrolmentRefused
from sync.statements import run_many

# A layout of three letters R leaves seven for the amount: till.toml does not take it, and a thousand codes are enough.
FEW = CodeSettings(layout="PPRRRAAAAAAAC", price_check="none")


def row_of(given, reference):
    """Return what stands in the books for a code that was given out together with ``given``."""
    until = given.expires_at
    return {
        "form": given.form,
        "reference": reference,
        "code": given.code,
        "minor": given.minor,
        "currency": given.currency,
        "store": given.store,
        "about": given.about,
        "is_order": 0,
        "order_code": None,
        "wish": None,
        "issued_at": given.issued_at.isoformat(timespec="microseconds"),
        "expires_at": until.isoformat(timespec="microseconds"),
        "rests_until": (until + RESTS).isoformat(timespec="microseconds"),
    }


def order(service, minor=1250, seed=1):
    code = mint_order_code(SeededEntropy(seed))
    service.codes[code] = (minor, "EUR")
    return code


def reason(caught):
    return caught.value.reason


def test_A2_an_order_is_charged_with_the_amount_that_the_photoservice_tells(till, service, clock):
    code = order(service)
    given = till.issued.issue(f" {grouped(code).lower()} ", "Anna's prints")
    assert (given.minor, given.currency, given.is_order, given.about) == (1250, "EUR", True, "Anna's prints")
    assert given.code == compose(given.reference, 1250, till.settings)
    assert given.expires_at == clock.now() + timedelta(minutes=240)
    assert till.issued.find(given.code) == given
    assert code not in repr(given)


def test_A2_asked_again_the_same_code_is_shown_until_it_is_about_to_end(till, service, clock):
    code = order(service)
    first, again = till.issued.issue(code), till.issued.issue(code)
    assert first == again
    clock.advance(240 * 60 - 119)
    later = till.issued.issue(code)
    assert later.reference != first.reference
    assert later.expires_at == clock.now() + timedelta(minutes=240)


def test_A2_a_code_never_lives_longer_than_the_orders_own(make_till, service, clock):
    till = make_till(CodeSettings(life_min=7 * 24 * 60))
    service_says = clock.now() + timedelta(days=10)
    clock.advance(5 * 86_400)
    service.clock.advance(0)
    given = till.issued.issue(order(service))
    assert given.expires_at <= service_says + timedelta(days=5)
    assert given.expires_at == clock.now() + timedelta(days=7)


def test_A2_a_changed_amount_gets_another_code(till, service):
    code = order(service)
    first = till.issued.issue(code)
    service.codes[code] = (1350, "EUR")
    second = till.issued.issue(code)
    assert (second.minor, second.reference != first.reference) == (1350, True)


def test_A2_what_the_photoservice_does_not_pay_out_gets_no_code(till, service):
    """Forged, paid, or another retailer's: all are one answer at look-up, and no reference is used up."""
    with pytest.raises(BridgeRefusal) as forged:
        till.issued.issue(mint_order_code(SeededEntropy(9)))
    with pytest.raises(BridgeRefusal) as misread:
        till.issued.issue("TCO-123")
    service.stores = frozenset({"9521141000014"})
    with pytest.raises(BridgeRefusal) as foreign:
        till.issued.issue(order(service))
    service.stores, service.key = frozenset({"9521141000007"}), "another"
    with pytest.raises(BridgeRefusal) as unproven:
        till.issued.issue(order(service))
    assert [reason(caught) for caught in (forged, misread, foreign, unproven)] == [
        "order_code_refused",
        "order_code_unreadable",
        "service_store",
        "service_key",
    ]
    assert till.issued.newest() == ()


def test_A2_without_a_connection_nobody_knows_what_to_charge(till, service):
    service.breaks = "before"
    with pytest.raises(SourceDown):
        till.issued.issue(order(service))


def test_A2_the_tenants_key_never_goes_in_clear_to_another_machine(service):
    with pytest.raises(EnrolmentRefused):
        OrderService(channel=service, url="http://photos.example", key="k", store="9521141000007")
    here = OrderService(channel=service, url="http://127.0.0.1:1", key="a-secret", store="1")
    assert "a-secret" not in repr(here)


def test_S1_the_store_charges_what_is_its_own_under_a_name_once(till):
    """The price of developing what a ticket names; asked twice it is one code."""
    first = till.issued.issue_plain(900, "EUR", "Developing, bag 12", wish="bag TCB-26-0012-3")
    assert till.issued.issue_plain(900, "EUR", "Developing, bag 12", wish="bag TCB-26-0012-3") == first
    assert till.issued.issue_plain(900, "EUR", "Developing, bag 13") != first
    assert not first.is_order


def test_A2_more_than_is_allowed_is_refused_before_it_uses_anything(till, service):
    with pytest.raises(BridgeRefusal) as caught:
        till.issued.issue(order(service, 100_000))
    assert (reason(caught), till.issued.newest()) == ("amount_too_large", ())


def test_A2_every_reference_is_given_out_once_and_then_none(make_till, clock):
    """A thousand references, a thousand codes, one refusal; and all are free again when the last has rested."""
    till = make_till(FEW)
    first = till.issued.issue_plain(100, "EUR", "x")
    others = {f"{number:03d}" for number in range(1000)} - {first.reference}
    left = {"007", "500", "999"} - {first.reference}
    rows = [row_of(first, reference) for reference in sorted(others - left)]
    till.books.write(lambda connection: run_many(connection, "pos_bridge/orders.issue", rows))
    given = {till.issued.issue_plain(100, "EUR", "x").reference for _ in left}
    assert given == left
    with pytest.raises(BridgeRefusal) as caught:
        till.issued.issue_plain(100, "EUR", "x")
    assert reason(caught) == "all_references_used"
    clock.advance(240 * 60 + RESTS.total_seconds() - 1)
    with pytest.raises(BridgeRefusal):
        till.issued.issue_plain(100, "EUR", "x")
    clock.advance(1)
    assert till.issued.issue_plain(100, "EUR", "x").reference in others | {first.reference}


def test_A2_two_cashiers_at_once_get_one_code_for_one_order(tmp_path, service, clock):
    """Group commit and eight threads: one reference for the order, one for the ticket."""
    code = order(service)
    books = open_shared_books(tmp_path)
    asks = OrderService(channel=service, url="https://photos.example", key=KEY, store=STORE)
    dice = SeededEntropy(3)
    issued = IssuedCodes(books, CodeSettings(), store=STORE, clock=clock, entropy=dice, service=asks)
    try:
        with ThreadPoolExecutor(8) as cashiers:
            orders = set(cashiers.map(lambda _: issued.issue(code).number, range(16)))
            tickets = set(cashiers.map(lambda _: issued.issue_plain(900, "EUR", "x", wish="bag 1").number, range(16)))
    finally:
        books.close()
    assert (len(orders), len(tickets), len(orders | tickets)) == (1, 1, 2)


def test_A2_a_restart_keeps_codes(till, service):
    given = till.issued.issue(order(service))
    till.restart()
    assert till.issued.find(given.code) == given
    assert till.issued.by_number(given.number) == given
    assert till.issued.newest() == (given,)


@pytest.mark.parametrize("text", ["2112347012504", "4006381333931", "", "TCO-7Q2M9XKD4", "21"])
def test_A2_what_was_not_given_out_here_is_not_ours(till, text):
    """Attack: a guessed reference; and no attack: cheese from the scales, under our own prefix."""
    till.issued.issue_plain(700, "EUR", "x")
    assert till.issued.find(text) is None


def test_A2_a_reference_that_was_given_out_twice_is_told_apart_by_time(make_till, clock):
    """Yesterday's reference of a small layout: a sale that is told late belongs to the code of its own day."""
    till = make_till(FEW)
    old = till.issued.issue_plain(100, "EUR", "old")
    clock.advance(240 * 60 + RESTS.total_seconds())
    till.restart()  # and the same dice
    new = till.issued.issue_plain(100, "EUR", "new")
    assert new.reference == old.reference
    assert till.issued.find(old.code, at=old.issued_at + timedelta(minutes=5)).about == "old"
    assert till.issued.find(old.code, at=clock.now()) == new
    assert till.issued.find(old.code, at=old.issued_at - timedelta(days=1)).about == "old"


def test_A2_photoservice_codes_are_forgotten_when_nothing_can_need_them(till, service, clock):
    given = till.issued.issue(order(service))
    assert till.issued.forget() == 0
    clock.advance(240 * 60 + RESTS.total_seconds() + 1)
    assert till.issued.forget() == 1
    assert till.issued.by_number(given.number).order_code is None


def seen(given, **said):
    plain = Seen(
        in_code=given.minor,
        minor=given.minor,
        currency="EUR",
        at=given.issued_at + timedelta(minutes=3),
        business_day=given.issued_at.date(),
    )
    return replace(plain, **said)


def test_A2_a_sale_must_be_for_the_amount_to_the_cent_and_in_time(till):
    given = till.issued.issue_plain(1250, "EUR", "x")
    day, second = timedelta(days=1), timedelta(seconds=1)
    verdicts = {
        None: [
            {},
            {"in_code": None},
            {"minor": None},
            {"currency": None},
            {"at": given.expires_at - second},
            {"at": None},
            {"at": None, "business_day": given.expires_at.date() + day},
            {"at": given.issued_at - timedelta(minutes=59)},
        ],
        "order_code_amount": [{"minor": 1249}, {"minor": 1251}, {"in_code": 1249}, {"in_code": None, "minor": None}],
        "order_code_currency": [{"currency": "CHF"}],
        "order_code_expired": [
            {"at": given.expires_at},
            {"at": given.expires_at + second},
            {"at": None, "business_day": given.expires_at.date() + 2 * day},
        ],
        "order_code_early": [
            {"at": given.issued_at - timedelta(minutes=61)},
            {"at": None, "business_day": date(2020, 1, 1)},
        ],
    }
    for verdict, sales in verdicts.items():
        assert {judge(given, seen(given, **said)) for said in sales} == {verdict}
