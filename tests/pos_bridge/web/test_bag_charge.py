"""A drop-off is charged at the till: the price that the cashier types becomes a code that any scanner reads (S1)."""

import json
import re
import time
from datetime import timedelta

import pytest
import requests

from photocore.testing import ManualClock
from photoservice.testing_browser import PlainBrowser
from pos_bridge.settings import CodeSettings, SourceSettings, TillSettings
from pos_bridge.testing import SETTINGS, STORE, BridgeBench, signed
from pos_bridge.web.bag_charge import currency_of

EUROS = f'{SETTINGS}\n[codes]\ncurrency = "EUR"\n'


@pytest.fixture
def door(tmp_path):
    with BridgeBench(folder=tmp_path / "station", settings=EUROS).served() as served:
        yield served


@pytest.fixture
def browser(door):
    return PlainBrowser(door.url)


def take_in(browser):
    """Drop one roll off; return its bag."""
    browser.go("/lane/1/drop-off?rolls=1")
    browser.submit("/lane/1/drop-off", process="C-41", stops="0", scan="large")
    return browser.path.split("/")[4].partition("?")[0]


def ask(browser, bag, price):
    """Press the button; return the code, which the page shows as bars."""
    browser.go(f"/lane/1/bag/{bag}")
    page = browser.submit(f"/lane/1/bag/{bag}/charge", price=price)
    (number,) = set(re.findall(r"aria-label=\"([0-9]{13})\"", page))
    return number


def tell_sale(door, code, amount, sequence):
    """Tell of a sale of that code, as a till system does."""
    lines = [{"line": 1, "code": code, "quantity": 1, "amount": amount}]
    now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    said = {"store": STORE, "till": "T1", "sequence": sequence, "ended_at": now, "currency": "EUR", "lines": lines}
    body = json.dumps({"type": "sale.completed", "timestamp": now, "data": said}).encode()
    headers = signed(body, message=f"sale-{sequence}", at=int(time.time()))
    assert requests.post(f"{door.url}/in/shop", data=body, headers=headers, timeout=30).status_code == 200


def test_S1_a_bags_price_becomes_a_code_that_the_till_reads_and_is_charged_once(door, browser, eventually):
    """Typed as people type it; asked twice it is one code; once a till took the money in there is none."""
    bag = take_in(browser)
    number = ask(browser, bag, "24,90")
    assert "24.90 EUR" in browser.page
    assert f"Charge bag {bag}" in browser.page
    issued = door.opened.bridge.codes.find(number)
    assert (issued.minor, issued.currency, issued.about, issued.is_order) == (2490, "EUR", bag, False)
    assert ask(browser, bag, "24.90") == number
    assert ask(browser, bag, "24.91") != number
    assert ask(browser, take_in(browser), "24.90") != number
    tell_sale(door, number, "24.90", "77")
    eventually(lambda: door.opened.bridge.codes.is_taken_in(issued.number))
    again = refused(browser, bag, "24.90")
    assert "so much was taken in for this bag already" in again
    assert door.opened.bridge.charges.troubles() == ()


def refused(browser, bag, price):
    browser.go(f"/lane/1/bag/{bag}")
    form = browser.form(f"/lane/1/bag/{bag}/charge").filled({"price": price})
    answer = browser.http.post(f"{browser.url}/lane/1/bag/{bag}/charge", data=form, timeout=30)
    assert answer.status_code == 422
    return answer.text


def test_S1_what_is_no_price_stands_there_again_with_what_is_wrong(door, browser):
    """Nothing is given out, and what was typed is not thrown away."""
    bag = take_in(browser)
    for typed, why in (
        ("<b>", "is no price"),
        ("1,234.50", "is no price"),
        ("1.234,50", "is no price"),
        ("12.345", "is no price"),
        ("0", "is nothing to pay"),
        ("-3", "is nothing to pay"),
        ("1000.00", "is more than this till may charge"),
    ):
        page = refused(browser, bag, typed)
        assert why in page, typed
        assert f'value="{typed.replace("<b>", "&lt;b&gt;")}"' in page
    assert door.opened.bridge.codes.newest() == ()


def test_S1_the_price_that_was_charged_last_stands_there_and_an_undone_drop_off_has_none(door, browser):
    bag = take_in(browser)
    ask(browser, bag, "7")
    stale = browser.go(f"/lane/1/bag/{bag}")
    assert 'value="7.00"' in stale
    form = browser.form(f"/lane/1/bag/{bag}/charge").filled({"price": "7"})
    browser.submit(f"/lane/1/bag/{bag}", deed="undo")
    browser.go(f"/lane/1/bag/{bag}")
    assert "/charge" not in browser.page
    answer = browser.http.post(f"{door.url}/lane/1/bag/{bag}/charge", data=form, timeout=30)
    assert (answer.status_code, answer.headers["content-type"][:9]) == (422, "text/html")
    elsewhere = requests.post(f"{door.url}/lane/1/bag/{bag}/charge", data={"price": "7"}, timeout=30)
    assert elsewhere.status_code == 403, "no page of ours sent it"


def test_S1_a_code_that_has_expired_is_followed_by_a_new_one(tmp_path):
    """It lives as long as the settings say, and its reference rests; the bag can be charged all the same."""
    clock = ManualClock()
    with BridgeBench(folder=tmp_path / "station", settings=EUROS, clock=clock).served() as door:
        browser = PlainBrowser(door.url)
        bag = take_in(browser)
        first = ask(browser, bag, "9")
        clock.advance(timedelta(minutes=237).total_seconds())
        assert ask(browser, bag, "9") == first
        clock.advance(timedelta(minutes=2).total_seconds())
        second = ask(browser, bag, "9")
        assert second != first
        assert ask(browser, bag, "9") == second


def test_S1_without_a_currency_the_page_says_where_to_set_it(tmp_path):
    with BridgeBench(folder=tmp_path / "station").served() as door:
        browser = PlainBrowser(door.url)
        take_in(browser)
        assert "set currency in till.toml" in browser.page
        assert "/charge" not in browser.page.replace("/lane/1/charge", "")


@pytest.mark.parametrize(
    ("own", "named", "expected"),
    [(None, (), None), (None, ("EUR", "EUR", None), "EUR"), (None, ("EUR", "CHF"), None), ("CHF", ("EUR",), "CHF")],
)
def test_S1_the_store_charges_in_its_own_currency_or_in_that_of_its_tills(own, named, expected):
    sources = {
        f"s{n}": SourceSettings(kind="standard", store=STORE, currency=currency) for n, currency in enumerate(named)
    }
    assert currency_of(TillSettings(codes=CodeSettings(currency=own), source=sources)) == expected
