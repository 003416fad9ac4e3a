"""The cashier's page, walked by forms alone: scans, film in, bags out; live news for who has a script."""

import json

import pytest
import requests

from pos_bridge.testing import CARD, PACKAGE_GTIN, package_scan, roll_id

ROLLS = {"process": ["C-41", "first"], "stops": ["1", "first"], "roll": ["", ""], "note": ["thin", ""]}
CHOICES = {"scan": "large", "negatives": "keep", "language": "de", "number": ""}


def scan(browser, text):
    browser.go("/lane/1")
    return browser.submit("/lane/1/scan", text=text)


def take_in(browser, **changes):
    browser.go("/lane/1/drop-off?rolls=2")
    return browser.submit("/lane/1/drop-off", {**ROLLS, **CHOICES, **changes})


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (package_scan(1), "noted for this sale"),
        (CARD, "registers with this sale"),
        (f"]E0{PACKAGE_GTIN[1:]}", "says only what it is"),
        ("4006381333931", "is no code that is known here"),
        ("<script>alert(1)</script>", "is no code that is known here"),
    ],
)
def test_K5_one_field_takes_whatever_is_scanned(browser, text, shown):
    """What it was, and what became of it, stands on the page; what was read does not, unless it is a piece."""
    page = scan(browser, text)
    assert shown in page
    assert "<script>alert" not in page
    assert CARD not in page


def test_K5_a_scan_is_kept_before_it_shows(served, browser):
    """The ledger has the sighting when the page says noted."""
    before = served.opened.ledger.figures().sightings
    scan(browser, package_scan(2))
    assert served.opened.ledger.figures().sightings == before + 1


def test_S1_film_is_taken_in_and_undone(served, browser):
    """Two rolls get a bag and two twin checks; what the second leaves open is as the first."""
    page = take_in(browser, roll=[f"]d2{_element(roll_id(3, 1))}", ""])
    bag = browser.path.split("/")[4].partition("?")[0]
    found = served.opened.station.desk.find_drop_off(bag)
    assert [(roll.process, roll.stops, roll.roll) for roll in found.rolls] == [
        ("C-41", 1, roll_id(3, 1)),
        ("C-41", 1, None),
    ]
    assert (found.scan, found.negatives) == ("large", "keep")
    assert all(roll.twin in page for roll in found.rolls)
    assert "no label printer" in page
    page = browser.submit(f"/lane/1/bag/{bag}", deed="undo")
    assert "was undone" in page
    assert served.opened.station.desk.find_drop_off(bag).is_withdrawn


def test_S1_the_same_form_sent_twice_is_one_bag(served, browser):
    """A cashier who presses twice, or goes back and presses, has one drop-off."""
    browser.go("/lane/1/drop-off?rolls=2")
    form = browser.form("/lane/1/drop-off").filled({**ROLLS, **CHOICES})
    paths = set()
    for _ in range(2):
        answer = browser.http.post(served.url + "/lane/1/drop-off", data=form, timeout=30)
        paths.add(answer.url)
    assert len(paths) == 1


def test_S1_a_wrong_roll_is_told_and_nothing_is_taken_in(served, browser):
    """The form comes back with the reason; no number of a bag is used up."""
    before = len(served.opened.station.desk.drop_offs(100))
    browser.go("/lane/1/drop-off?rolls=2")
    form = browser.form("/lane/1/drop-off").filled({**ROLLS, **CHOICES, "roll": ["rubbish", ""]})
    answer = browser.http.post(served.url + "/lane/1/drop-off", data=form, timeout=30)
    assert answer.status_code == 422
    assert "no roll&#39;s number" in answer.text
    assert len(served.opened.station.desk.drop_offs(100)) == before


def test_S1_what_was_typed_stands_in_the_form_again_beside_what_is_wrong(served, browser):
    """Three rolls and a queue: the cashier mends the one roll that is named, and types nothing else anew."""
    browser.go("/lane/1/drop-off?rolls=3")
    typed = {"process": ["E-6", "first", "C-41"], "stops": ["-2", "1", "first"], "note": ["a", "b", "<c>"]}
    choices = {"scan": "large", "negatives": "keep", "language": "pl", "number": ""}
    form = browser.form("/lane/1/drop-off").filled({**typed, **choices, "roll": ["", "rubbish", ""]})
    answer = browser.http.post(served.url + "/lane/1/drop-off", data=form, timeout=30)
    assert (answer.status_code, "Roll 2: is no roll&#39;s number" in answer.text) == (422, True)
    browser.page = answer.text
    again = [field for field in browser.form("/lane/1/drop-off").filled({}) if field[0] not in ("token", "event")]
    assert sorted(again) == sorted(field for field in form if field[0] not in ("token", "event"))


def test_S1_a_note_for_the_lab_is_written_in_signs_that_print(served, browser):
    """What a scanner or a paste brings besides (NUL, ESC, overrides) would be refused by the photoservice."""
    take_in(browser, note=["a\0b\x1b@\u202ec", ""])
    bag = browser.path.split("/")[4].partition("?")[0]
    assert served.opened.station.desk.find_drop_off(bag).rolls[0].note == "a b @ c"


def test_S1_a_bag_is_handed_out_once(browser):
    """The claim stub, scanned into the one field, leads to its bag; a second time the page warns."""
    take_in(browser)
    bag = browser.path.split("/")[4].partition("?")[0]
    scan(browser, bag.lower().replace("-", ""))
    assert browser.path == f"/lane/1/bag/{bag}"
    stale = browser.form(f"/lane/1/bag/{bag}")
    assert "Handed out now" in browser.submit(f"/lane/1/bag/{bag}", deed="out")
    again = browser.http.post(
        browser.url + f"/lane/1/bag/{bag}", data=stale.filled({"deed": "out", "event": "ab" * 16}), timeout=30
    )
    assert "Was handed out before" in again.text


def test_S4_without_a_key_orders_are_not_charged_and_the_page_says_so(served, browser):
    """Whoever types a code that is none, or where nothing is set up, reads why."""
    browser.go("/lane/1/charge")
    form = browser.form("/lane/1/charge").filled({"code": "TCO-rubbish"})
    answer = browser.http.post(served.url + "/lane/1/charge", data=form, timeout=30)
    assert (answer.status_code, "is no order code" in answer.text) == (422, True)


def test_K5_from_elsewhere_the_page_wants_a_badge(served):
    """What comes through a proxy is no till of this machine, and is sent to sign in."""
    answer = requests.get(
        f"{served.url}/lane/1", headers={"x-forwarded-for": "10.0.0.7"}, allow_redirects=False, timeout=30
    )
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?next=/lane/1")


def test_K5_a_form_without_this_browsers_token_does_nothing(served, browser):
    """Neither another's token nor none is taken."""
    browser.go("/lane/1")
    for token in ("", "0" * 32):
        answer = browser.http.post(f"{served.url}/lane/1/scan", data={"token": token, "text": CARD}, timeout=30)
        assert (answer.status_code, answer.json()["reason"]) == (403, "old-form")


def test_K5_news_of_a_lane_come_as_they_happen(served, browser):
    """Who follows a lane is told a scan without asking again, and what it was."""
    with requests.get(f"{served.url}/lane/1/live", stream=True, timeout=30) as news:
        lines = (line for line in news.iter_lines() if line)
        first = json.loads(next(lines).removeprefix(b"data: "))
        scan(browser, package_scan(17))
        later = json.loads(next(lines).removeprefix(b"data: "))
        while not any("000017" in entry["title"] for entry in later["entries"]):
            later = json.loads(next(lines).removeprefix(b"data: "))
    assert set(first) == {"light", "entries", "baskets"}
    assert later["entries"][0]["tone"] == "good"


def test_K5_german_is_kept_from_page_to_page(browser):
    """Who chose a language reads it until they choose another."""
    browser.go("/lane/1?lang=de")
    assert "Film annehmen" in browser.go("/lane/1")


def _element(item):
    return str(item).replace("(01)", "01").replace("(21)", "21")
