"""Plans on the web: made, told in words, changed, paused, ended; the switch of the next roll; what fired and why."""

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import timedelta
from html import unescape
from urllib.parse import urlencode, urlsplit

import msgspec
import pytest

from photocore.catalogue import write_catalogue
from photocore.money import Money
from photoservice.settings import Settings
from photoservice.testing_browser import PlainBrowser

PLANS = "/my/plans"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, checkout="virtual", orders_every=None, plan_every=None)


@dataclass
class Planner(PlainBrowser):
    """A browser without scripts that sends forms as they stand, and may be refused."""

    def press(self, action, changes=None, /, *, status=200, **more):
        filled = self.form(action).filled({**(changes or {}), **more})
        return self.send(action, filled, status=status)

    def send(self, action, filled, *, status=200):
        headers = {"Accept": "text/html", "Accept-Language": self.language}
        reply = self.http.post(self.url + action, data=filled, headers=headers, timeout=30)
        assert reply.status_code == status, (reply.status_code, reply.text[:1500])
        shown = urlsplit(reply.url)
        self.path, self.page = f"{shown.path}?{shown.query}", reply.text
        return self.page

    @property
    def says(self):
        """The words of the page."""
        main = self.page.partition("<main")[2].partition("</main>")[0]
        return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", main))).replace(" .", ".")


@pytest.fixture
def planner(owner):
    """Make an owner of pictures and a browser of theirs: ``planner("SERIAL")``."""

    def make(serial: str, **more):
        one = owner(serial, **more)
        return one, Planner(one.browser.url, http=one.browser.http)

    return make


def plans(world):
    return world.sql("select * from goods.plan order by made_at, id")


def begin(browser, item="cd", **asked):
    """Open the form of a new plan as somebody comes to it, past the goods."""
    browser.go(f"{PLANS}/new" + (f"?{urlencode(asked)}" if asked else ""))
    browser.go(browser.links(f"{PLANS}/new?item={item}")[0])


def make(browser, item="cd", **typed):
    begin(browser, item)
    browser.press(PLANS, {"rolls": "", **typed})
    return browser.path.partition("?")[0]


def publish(world, change):
    catalogues = world.running.service.goods.catalogues

    async def work(session):
        now = await catalogues.current(session)
        values = msgspec.json.decode(write_catalogue(now))
        change(values)
        values["version"] = f"{now.version}b"
        await catalogues.publish(session, msgspec.json.encode(values), by="OP-1", note="", is_forced=True)

    world.running.do(work)


def withdraw(world, name):
    publish(world, lambda values: next(one for one in values["items"] if one["id"] == name).update(is_withdrawn=True))


def turn(world, *names):
    """Run rounds of the house once each."""
    for name in names:
        world.running.run(getattr(world.running.service.goods, name).run_once())


def test_O15_a_plan_is_made_by_a_form_and_told_in_one_sentence(planner, world):
    _, browser = planner("PLAN0001")
    browser.go(PLANS)
    assert "No plans yet" in browser.says
    begin(browser, "album-pages")
    browser.press(PLANS, {"o-size": "a4"} if "o-size" in dict(browser.form(PLANS).fields) else {}, name="Books")
    assert "The plan runs" in browser.says
    assert "Whenever 3 rolls are in: " in browser.says
    assert ", of all their pictures" in browser.says
    assert "As soon as 3 more rolls are in." in browser.says
    assert "0 of 3 rolls" in browser.says
    assert "No picture waits for it yet" in browser.says
    browser.go(PLANS)
    assert "Books" in browser.says
    assert "at the till of a store" in browser.says
    browser.go(f"{PLANS}?lang=de")
    assert "Immer wenn 3 Filme da sind: " in browser.says
    (row,) = plans(world)
    kept = (row["scope"], row["pays"], row["repeats"], row["cooling"], row["counts_all"])
    assert kept == ("account", "till", True, timedelta(days=1), False)


def test_O2_O3_O4_times_counts_and_both_are_said_with_what_comes_next(planner, world):
    one, browser = planner("PLAN0002")
    day = world.clock.now() + timedelta(days=40)
    make(browser, time="40", unit="days")
    assert "Whenever 40 days have passed: CD" in browser.says
    assert f"As soon as there is a picture, on {day.day} " in browser.says
    make(browser, time="2", images="500", join="all", repeats="once")
    assert "Once, when 500 pictures are in and 2 months have passed: " in browser.says
    path = make(browser, images="10", rolls="7", join="any", counts="all")
    turn(world, "counting", "wholes")
    browser.go(path)
    assert "Whenever 10 pictures are in or 7 rolls are in: " in browser.says
    assert f"As soon as {10 - len(one.images)} more pictures are in or " in browser.says
    assert f"{len(one.images)} of 10 pictures" in browser.says
    assert f"{len(one.images)} pictures wait for it so far" in browser.says
    path = make(browser, time="40", unit="days", counts="all")
    turn(world, "counting")
    browser.go(path)
    assert f"On {day.day} " in browser.says


def test_O15_what_is_wrong_stands_beside_its_field_and_what_was_typed_stays(planner, world):
    _, browser = planner("PLAN0003")
    wrong = [
        ({}, "Say when"),
        ({"images": "-3"}, "Type a whole number"),
        ({"images": "1e3"}, "Type a whole number"),
        ({"images": "9" * 9}, "From 1 to 1000 pictures"),
        ({"rolls": "0"}, "From 1 to 1000 rolls"),
        ({"rolls": "1001"}, "From 1 to 1000 rolls"),
        ({"time": "121", "unit": "months"}, "Up to 10 years"),
        ({"time": "3651", "unit": "days"}, "Up to 10 years"),
        ({"rolls": ["2", "3"]}, "This was there twice"),
        ({"rolls": "2", "name": "x" * 81}, "A name has up to 80 letters"),
        ({"rolls": "2", "cooling": "721"}, "Choose one of these"),
        ({"rolls": "2", "cooling": "-1"}, "Choose one of these"),
        ({"rolls": "2", "pays": "nothing"}, "Choose one of these"),
        ({"rolls": "2", "pays": "account"}, "Choose one of these"),
        ({"rolls": "2", "covers": "planet:x"}, "Choose one of these"),
        ({"rolls": "2", "quantity": "0"}, "Choose from 1 to 999 of it"),
        ({"rolls": "2", "quantity": "-1"}, "Choose from 1 to 999 of it"),
        ({"rolls": "2", "quantity": "99999999999999999999"}, "Choose from 1 to 999 of it"),
        ({"rolls": "2", "o-case": "gold"}, "There is no such choice"),
    ]
    begin(browser)
    blank = {**dict(browser.form(PLANS).fields), "rolls": "", "name": "Ours"}
    del blank["csrf"]
    for typed, said in wrong:
        browser.press(PLANS, {**blank, **typed}, status=422)
        assert said in browser.says, (typed, browser.says)
        assert f'value="{typed.get("name", "Ours")[:20]}' in browser.page
    begin(browser, "prints")
    browser.press(PLANS, {"o-size": "30x45", "o-surface": "silk"}, status=422)
    assert "These options do not go together" in browser.says
    assert dict(browser.form(PLANS).fields)["o-size"] == "30x45"
    assert plans(world) == []


def test_attack_nobody_plans_for_what_is_not_theirs_nor_of_what_there_is_not(planner, world):
    one, browser = planner("PLAN0004")
    other, others = planner("PLAN0005")
    others.go(other.path(other.rolls[0]))
    others.press("/my/selection", {"image": other.images[:2], "new_name": "Theirs"}, group="new")
    group = world.sql("select id from people.sub_group")[0]["id"]
    for covers in (f"package:{other.home.package}", f"sub_group:{group}"):
        begin(browser)
        browser.press(PLANS, {"covers": covers}, status=404)
        assert browser.http.get(f"{browser.url}{PLANS}/new", params={"for": covers}).status_code == 200
    for item in ("unicorn", "next-roll\0"):
        begin(browser)
        browser.press(PLANS, {"item": item}, status=409 if "\0" not in item else 400)
    begin(browser)
    browser.press(PLANS, {"key": "x"}, status=400)
    begin(browser)
    withdraw(world, "cd")
    browser.press(PLANS, status=409)
    assert "This cannot be had any more" in browser.says
    assert one.browser.get(f"{PLANS}/new?item=cd").status_code == 409
    assert plans(world) == []


def test_attack_somebody_elses_plan_is_not_there(planner, world):
    _, browser = planner("PLAN0006")
    _, other = planner("PLAN0007")
    path = make(browser, rolls="2")
    token = re.search(r'name="csrf" content="(\w+)"', other.go(PLANS))[1]
    for where in (path, f"{path}/change", f"{PLANS}/PL-NONE"):
        assert other.http.get(other.url + where, timeout=30).status_code == 404
    for what in ("", "/pause", "/resume", "/end"):
        said = {"csrf": token, "version": "1", "item": "cd", "rolls": "1"}
        assert other.http.post(other.url + path + what, data=said, timeout=30).status_code == 404
        assert browser.http.post(browser.url + path + what, data={**said, "csrf": "0" * 64}).status_code == 403
    assert [(row["state"], row["version"]) for row in plans(world)] == [("live", 1)]


def test_O15_two_taps_at_once_make_one_plan_and_a_reload_leads_to_it(planner, world):
    _, browser = planner("PLAN0008")
    begin(browser)
    fields = browser.form(PLANS).filled({})
    with ThreadPoolExecutor(3) as taps:
        led = list(taps.map(lambda _: browser.http.post(browser.url + PLANS, data=fields, timeout=30), range(3)))
    assert {reply.status_code for reply in led} == {200}
    assert len({urlsplit(reply.url).path for reply in led}) == 1
    assert len(plans(world)) == 1


def test_O15_a_change_keeps_what_is_pending_and_a_stale_one_shows_the_newest_state(planner, world):
    one, browser = planner("PLAN0009")
    path = make(browser, images="50", counts="all")
    turn(world, "counting")
    browser.go(f"{path}/change")
    assert f"{len(one.images)} pictures wait for it so far. What it has counted stays" in browser.says
    stale = browser.form(path).filled({"images": "40"})
    browser.press(path, {"images": "20", "name": "Prints"})
    assert "Changed. What it has counted stays." in browser.says
    assert f"{len(one.images)} of 20 pictures" in browser.says
    browser.send(path, stale, status=409)
    assert "Whenever 20 pictures are in: CD" in browser.says
    assert dict(browser.form(path).fields)["images"] == "40"
    assert plans(world)[0]["criterion"] == '{"kind": "images", "count": 20}'
    browser.press(path)
    assert f"{len(one.images)} of 40 pictures" in browser.says
    browser.go(f"{path}/change?item=other")
    browser.go(browser.links(f"{path}/change?item=prints")[0])
    browser.press(path)
    assert "Whenever 40 pictures are in: Prints" in browser.says
    assert browser.http.get(f"{browser.url}{path}/change?item=next-roll", timeout=30).status_code == 409


def test_O15_a_plan_is_paused_resumed_and_ended_by_one_tap_each(planner, world):
    _, browser = planner("PLAN0010")
    path = make(browser, rolls="2")
    stale = browser.form(f"{path}/pause").filled({})
    browser.press(f"{path}/pause")
    assert "Paused. What comes in is still counted" in browser.says
    assert "Nothing until you let it go on" in browser.says
    browser.send(f"{path}/pause", stale, status=409)
    assert "The plan changed meanwhile" in browser.says
    browser.press(f"{path}/resume")
    assert "It runs again" in browser.says
    assert "what it has counted and not used yet is not made" in browser.says
    ending = browser.form(f"{path}/end").filled({})
    browser.press(f"{path}/end")
    assert "The plan is over" in browser.says
    assert plans(world)[0]["state"] == "ended"
    version = str(plans(world)[0]["version"])
    browser.send(f"{path}/end", [(name, version if name == "version" else value) for name, value in ending], status=409)
    assert "The plan is over, so nothing was done" in browser.says
    browser.go(f"{path}/change")
    assert browser.path == path
    assert browser.http.post(f"{browser.url}{path}/explode", data=ending, timeout=30).status_code == 400
    browser.go(PLANS)
    assert "Nothing more. What it made stays." in browser.says


def test_O15_what_fired_is_told_with_why_and_leads_to_its_order_and_back(planner, world):
    one, browser = planner("PLAN0011")
    path = make(browser, images="6", counts="all", name="Sixes")
    turn(world, "counting", "evaluating")
    browser.go(path)
    assert "Your plan “Sixes” ordered it. It is the plan's order no. 1." in browser.says
    assert re.search(r"6 pictures .*6 ", browser.says.partition("no. 1.")[2])
    assert "Kodak Gold 200" in browser.says
    order = world.sql("select id from goods.customer_order")[0]["id"]
    browser.go(browser.links("/my/orders/O-")[0])
    assert order in browser.path
    assert path in browser.links(PLANS + "/PL")
    browser.go(PLANS)
    assert "Made last" in browser.says
    assert order in browser.says
    assert len(one.images) == 6


def test_O15_the_price_is_told_as_about_for_a_usual_order(planner, world):
    _, browser = planner("PLAN0012")
    begin(browser, "prints")
    browser.press(PLANS, {"rolls": "", "images": "10"}, do="price")
    ten = re.search(r"About (€[0-9.]+) an order, of 10 pictures", browser.says)[1]
    browser.press(PLANS, {"rolls": "1", "images": ""}, do="price")
    many = re.search(r"About (€[0-9.]+) an order, of 36 pictures", browser.says)[1]
    assert float(many[1:]) > float(ten[1:])
    assert "About" not in browser.press(PLANS, {"rolls": "x"}, do="price")
    browser.press(PLANS, {"rolls": "1"}, do="price")
    part = browser.http.post(
        browser.url + PLANS, data=browser.form(PLANS).filled({}), headers={"HX-Request": "true"}, timeout=30
    ).text
    assert many in part
    assert "<html" not in part
    begin(browser, "index-print")
    browser.press(PLANS, {"rolls": "9"}, do="price")
    assert "this would be about 324" in browser.says
    assert plans(world) == []


def test_O14_a_group_page_leads_to_a_plan_of_the_group_which_rests_without_it(planner, world):
    one, browser = planner("PLAN0013")
    browser.go(one.path(one.rolls[0]))
    browser.press("/my/selection", {"image": one.images[:2], "new_name": "Wall"}, group="new")
    browser.go(browser.links("/my/groups/G")[0])
    group = browser.path.partition("?")[0]
    browser.go(browser.links(f"{PLANS}/new")[0])
    browser.go(browser.links(f"{PLANS}/new?item=prints")[0])
    assert dict(browser.form(PLANS).fields)["covers"].startswith("sub_group:G")
    browser.press(PLANS, {"images": "4"}, counts="all")
    path = browser.path.partition("?")[0]
    turn(world, "counting")
    browser.go(path)
    assert "the group Wall" in browser.says
    assert "As soon as 2 more pictures are in." in browser.says
    browser.go(group)
    browser.press(f"{group}/remove")
    browser.go(path)
    assert "it rests until the group is there again" in browser.says


def test_O15_a_roll_page_leads_to_a_plan_of_its_package_by_the_name_of_its_film(planner, world):
    one, browser = planner("PLAN0014")
    browser.go(one.path(one.rolls[0]))
    browser.go(browser.links(f"{PLANS}/new")[0])
    browser.go(browser.links(f"{PLANS}/new?item=cd")[0])
    assert dict(browser.form(PLANS).fields)["covers"] == f"package:{one.home.package}"
    browser.press(PLANS)
    assert "the package Kodak Gold 200" in browser.says
    assert plans(world)[0]["root"] == one.home.package


def test_O21_plans_that_came_with_a_package_begin_with_the_first_look_and_say_what_is_prepaid(planner, world):
    _, browser = planner("PLAN0015")
    terms = {
        "credits": [{"item": "cd", "pieces": 2}],
        "plans": [
            {"name": "CD of it", "when": {"kind": "rolls", "count": 2}, "make": {"item": "cd"}},
            {"kind": "next_roll", "make": {"item": "next-roll"}, "repeats": True},
        ],
    }
    product = world.sql("select product from manifest")[0]["product"]
    goods = world.running.service.goods
    world.running.do(lambda s: goods.terms.set(s, product, msgspec.json.encode(terms), by="OP-1"))
    browser.go(PLANS)
    assert browser.says.count("came with the package") == 2
    assert "Once, when 2 rolls are in: CD" in browser.says
    assert "prepaid with the package: 2 left, after that at the till" in browser.says
    assert "Whenever a roll comes in for development: " in browser.says
    assert len(plans(world)) == 2
    browser.go(PLANS)
    assert len(plans(world)) == 2
    for link in browser.links(f"{PLANS}/PL"):
        browser.go(link)
        browser.press(f"{link}/pause")
    assert {row["state"] for row in plans(world)} == {"paused"}


def test_O7_the_next_roll_is_a_switch_that_asks_for_an_address(planner, world):
    _, browser = planner("PLAN0016")
    browser.go(PLANS)
    assert "When a roll comes in for development, send me a fresh one. Off" in browser.says
    twice = browser.form(f"{PLANS}/next-roll").filled({"on": "yes"})
    for _ in range(2):
        browser.send(f"{PLANS}/next-roll", twice)
    assert "It is on: for every roll that comes in" in browser.says
    assert "There is no address yet" in browser.says
    assert "/my/account/addresses/new" in browser.links("/my/account/addresses")
    assert [(row["kind"], row["state"]) for row in plans(world)] == [("next_roll", "live")]
    browser.go(browser.links(f"{PLANS}/PL")[0])
    browser.press(browser.path.removesuffix("/change"), {"o-film": "bw-400"})
    assert "Black and white" in browser.says
    browser.go(PLANS)
    browser.press(f"{PLANS}/next-roll", on="no")
    assert "It is off" in browser.says
    assert plans(world)[0]["state"] == "paused"
    browser.press(f"{PLANS}/next-roll", on="yes")
    (row,) = plans(world)
    assert (row["state"], "bw-400" in row["make"]) == ("live", True)
    browser.go("/my/account/addresses/new")
    browser.press("/my/account/addresses/new", {"lines": "Garden Lane 1", "town": "Leith"})
    browser.go(PLANS)
    assert "There is no address yet" not in browser.says


def test_O15_a_plan_that_the_house_paused_says_why_and_a_change_lets_it_go_on(planner, world):
    _, browser = planner("PLAN0017")
    path = make(browser, images="3", counts="all")
    withdraw(world, "cd")
    turn(world, "counting", "evaluating")
    browser.go(path)
    assert "We paused it. What it makes is not offered any more." in browser.says
    browser.go(PLANS)
    assert "We paused it." in browser.says
    assert browser.http.get(f"{browser.url}{path}/change", timeout=30).status_code == 409
    browser.go(f"{path}/change?item=prints")
    browser.press(path)
    assert "We paused it" not in browser.says
    turn(world, "evaluating")
    assert world.sql("select count(*) as n from goods.firing")[0]["n"] == 2


def test_S4_a_plan_is_paid_on_account_by_whom_it_was_given(planner, world):
    _, browser = planner("PLAN0018")
    begin(browser)
    assert 'value="account" checked' not in browser.page
    person = world.sql("select id from people.person")[0]["id"]
    tabs = world.running.service.goods.tabs
    world.running.do(lambda s: tabs.give(s, person, Money(minor=5000, currency="EUR"), by="OP-1"))
    make(browser, rolls="2", pays="account", cooling="0", quantity="2")
    assert "on account" in browser.says
    assert "none: it is made at once" in browser.says
    assert "2 × CD" in browser.says
