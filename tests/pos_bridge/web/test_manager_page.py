"""The manager's page: who gets in, what a case shows, how it is ruled and taken back."""

import json
import time
from datetime import UTC, datetime
from itertools import islice

import requests

from pos_bridge.testing import BADGE, CASHIER, PACKAGE_GTIN, PIN, STORE, signed
from pos_bridge.web.sessions import MOST


def sell(served, sequence, amount="12.99", serial=""):
    """Tell a sale of one package, as the shop's system does."""
    now = datetime.now(UTC).isoformat(timespec="seconds")
    line = {"line": 1, "code": PACKAGE_GTIN, "serial": serial, "quantity": 1, "amount": amount}
    told = {"till": "T1", "sequence": sequence, "store": STORE, "ended_at": now, "currency": "EUR", "lines": [line]}
    body = json.dumps({"type": "sale.completed", "timestamp": now, "data": told}).encode()
    headers = signed(body, message=f"sale-{sequence}", at=int(time.time()))
    assert requests.post(f"{served.url}/in/shop", data=body, headers=headers, timeout=30).status_code == 200


def sign_in(browser, badge=BADGE, pin=PIN):
    browser.go("/sign-in?next=/manager")
    form = browser.form("/sign-in").filled({"badge": badge, "pin": pin})
    return browser.http.post(browser.url + "/sign-in", data=form, timeout=30, headers={"accept": "text/html"})


def test_K5_only_a_manager_gets_in(served, browser):
    """A wrong PIN and a stranger are told alike; a cashier is told whose page it is."""
    assert browser.http.get(f"{served.url}/manager", timeout=30).url.endswith("/sign-in?next=/manager")
    wrong, stranger = sign_in(browser, pin="999999"), sign_in(browser, badge="7799999999")
    assert [answer.status_code for answer in (wrong, stranger)] == [422, 422]
    assert all("Badge and PIN do not fit" in answer.text for answer in (wrong, stranger))
    assert sign_in(browser, badge=CASHIER).status_code == 403
    browser.http.cookies.clear()
    assert sign_in(browser).url == f"{served.url}/manager"


def test_K5_the_session_is_another_after_signing_in(browser):
    """A cookie that was there before nobody can have laid out."""
    browser.go("/sign-in")
    before = browser.http.cookies.get_dict()
    sign_in(browser)
    assert browser.http.cookies.get_dict() != before
    assert "Sign out Mara" in browser.go("/manager")
    browser.submit("/sign-out")
    assert "/sign-in" in browser.http.get(browser.url + "/manager", timeout=30).url


def test_K5_a_case_is_ruled_and_the_ruling_taken_back(served, browser, eventually):
    """A price below nought waits for a manager; counted it is settled, and taken back it waits again."""
    sell(served, "77", amount="-3.00")
    ledger = served.opened.ledger
    eventually(lambda: _case_of(ledger, "77"))
    key = _case_of(ledger, "77").key
    sign_in(browser)
    assert "price below nought" in browser.go("/manager")
    path = f"/manager/cases/{key}"
    assert path in browser.links("/manager/cases/")
    page = browser.go(path)
    assert "shop told: sold 1 × Sunny 400, -3.00 EUR. Receipt 77" in page
    assert "Decided" in browser.submit(path, decision="none", note="  a deposit  ")
    eventually(lambda: not ledger.case(key).is_open)
    (ruling,) = ledger.case(key).rulings
    assert (ruling.decision, ruling.note) == ("none", "a deposit")
    assert served.opened.station.staff.name_of(ruling.staff) == "Mara"
    browser.go(path)
    browser.submit(path, decision="undo", of=ruling.id)
    eventually(lambda: ledger.case(key).is_open)


def test_K5_a_ruling_that_is_none_is_refused(served, browser, eventually):
    """A made-up decision, a piece that is none, another's ruling to undo: nothing is kept."""
    sell(served, "78", amount="-4.00")
    ledger = served.opened.ledger
    eventually(lambda: _case_of(ledger, "78"))
    case = _case_of(ledger, "78")
    sign_in(browser)
    browser.go(f"/manager/cases/{case.key}")
    form = browser.form(f"/manager/cases/{case.key}")
    for changes in ({"decision": "guess"}, {"decision": "assign"}, {"decision": "undo", "of": "nobody"}):
        answer = browser.http.post(f"{served.url}/manager/cases/{case.key}", data=form.filled(changes), timeout=30)
        assert answer.status_code == 422
    assert ledger.case(case.key).rulings == ()


def test_K5_of_what_was_sold_or_given_back_nobody_is_asked_whether_it_was_ours(served, browser, eventually):
    """To say so would take nothing back: both sales of the piece are told. It can be closed, and no more."""
    for sequence in ("80", "81"):
        sell(served, sequence, serial="PKG00000001")
    ledger = served.opened.ledger
    eventually(lambda: ledger.cases() and ledger.cases()[0].reason == "sold_twice")
    path = f"/manager/cases/{ledger.cases()[0].key}"
    sign_in(browser)
    page = browser.go(path)
    assert ("No package of ours" in page, 'value="close"' in page) == (False, True)
    form = browser.form(path).filled({"decision": "none"})
    assert browser.http.post(browser.url + path, data=form, timeout=30).status_code == 422


def test_K5_a_message_that_could_not_be_read_is_shown_with_its_reason_and_read_again(served, browser, eventually):
    """The manager sees why, and may have it read once more."""
    sell(served, "79", amount="many")
    ledger = served.opened.ledger
    eventually(lambda: ledger.figures().refused == 1)
    sign_in(browser)
    assert "no plain decimal" in browser.go("/manager")
    browser.submit("/manager/sources/shop/read-again")
    eventually(lambda: ledger.figures().unread == 0)
    assert ledger.figures().refused == 1


def _case_of(ledger, sequence):
    return next((case for case in ledger.cases() if case.basket and case.basket.sequence == sequence), None)


FAR = {"x-forwarded-for": "10.0.0.7", "accept": "text/html"}


def test_K5_who_signs_in_after_a_form_lands_on_a_page_and_not_on_that_forms_address(browser):
    """A form that came too late leads to its page: what only takes forms cannot be gone to."""
    for form, page in (("/lane/1/scan", "/lane/1"), ("/manager/sources/shop/read-again", "/manager")):
        answer = browser.http.post(browser.url + form, data={}, headers=FAR, allow_redirects=False, timeout=30)
        assert (answer.status_code, answer.headers["location"]) == (303, f"/sign-in?next={page}")
    news = browser.http.get(f"{browser.url}/lane/1/live", headers=FAR, allow_redirects=False, timeout=30)
    assert news.headers["location"] == "/sign-in?next=/lane/1"


def test_K5_wherever_somebody_was_to_go_next_they_are_signed_in(browser):
    """An address of foreign letters is none of ours, and fails nobody's signing in."""
    browser.go("/sign-in")
    form = browser.form("/sign-in").filled({"badge": BADGE, "pin": PIN, "next": "/€\n"})
    answer = browser.http.post(browser.url + "/sign-in", data=form, allow_redirects=False, timeout=30)
    assert (answer.status_code, answer.headers["location"]) == (303, "/%E2%82%AC")
    assert "Sign out Mara" in browser.go("/manager")


def test_K5_a_page_that_stood_open_while_many_others_came_still_works(served, browser):
    """Sessions without a person are forgotten when there are too many; the token of their forms is not."""
    browser.go("/lane/1")
    form = browser.form("/lane/1/scan").filled({"text": "rubbish"})
    for _ in range(MOST + 1):
        requests.get(f"{served.url}/nowhere", headers={"accept": "text/html"}, timeout=30)
    answer = browser.http.post(f"{browser.url}/lane/1/scan", data=form, allow_redirects=False, timeout=30)
    assert (answer.status_code, answer.headers["location"]) == (303, "/lane/1")


def test_K5_the_news_of_a_lane_end_with_the_session_that_follows_them(served, browser):
    """From elsewhere: who signed out is told nothing more of what happens at the till."""
    sign_in(browser, badge=CASHIER)
    with requests.get(
        f"{served.url}/lane/1/live", headers=FAR, cookies=browser.http.cookies, stream=True, timeout=30
    ) as news:
        assert next(news.iter_lines()).startswith(b"data: ")
        browser.go("/lane/1")
        browser.submit("/sign-out")
        served.opened.bridge.feed.touch()
        late = [line for line in islice(news.iter_lines(), 8) if line]
    assert len(late) < 4  # what was on its way may come; then the line ends
