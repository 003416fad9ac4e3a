"""Ordering by hand on the web: pictures, goods, options, price, confirmation, and one order of it all (O10, S4)."""

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl, urlencode, urlsplit

import msgspec
import pytest

from photocore.catalogue import write_catalogue
from photoservice.settings import Settings
from photoservice.testing_browser import PlainBrowser


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, checkout="virtual", orders_every=None)


@dataclass
class Walker(PlainBrowser):
    """A browser without scripts whose forms may be sent elsewhere by a button, and may be refused."""

    def press(self, action, changes=None, /, *, to="", status=200, **more):
        """Send the form that goes to ``action``, by a button that leads ``to``; the page that comes is shown."""
        form = self.form(action)
        fields = form.filled({**(changes or {}), **more})
        ask = {"GET": {"params": fields}, "POST": {"data": fields}}[form.method.upper()]
        headers = {"Accept": "text/html", "Accept-Language": self.language}
        reply = self.http.request(form.method, self.url + (to or action), headers=headers, timeout=30, **ask)
        assert reply.status_code == status, (reply.status_code, reply.text[:800])
        shown = urlsplit(reply.url)
        self.path, self.page = f"{shown.path}?{shown.query}", reply.text
        return self.page


@pytest.fixture
def buyer(owner):
    """Make an owner and a browser without scripts that has their pictures open: ``buyer("SERIAL")``."""

    def make(serial: str, **more):
        one = owner(serial, **more)
        return one, Walker(one.browser.url, http=one.browser.http)

    return make


def publish(world, change):
    """Publish the catalogue again as ``change`` makes it of its text as values."""
    catalogues = world.running.service.goods.catalogues

    async def work(session):
        now = await catalogues.current(session)
        values = msgspec.json.decode(write_catalogue(now))
        change(values)
        values["version"] = f"{now.version}b"
        await catalogues.publish(session, msgspec.json.encode(values), by="OP-1", note="")

    world.running.do(work)


def item_of(values, name):
    return next(one for one in values["items"] if one["id"] == name)


def orders(world):
    return world.sql("select * from goods.customer_order order by made_at, id")


def confirm(one, browser, item="prints", **chosen):
    """Walk from two pictures to the page that is confirmed."""
    browser.go("/my/ordering?" + urlencode([("image", image) for image in one.images[:2]]))
    browser.go(browser.links("/my/ordering/goods/" + item)[0])
    return browser.press("/my/ordering/goods/" + item, chosen, to="/my/ordering/confirm")


def test_O10_pictures_become_an_order_by_goods_options_price_and_confirmation(buyer, world):
    one, browser = buyer("ORDER001")
    browser.go(one.path(one.rolls[0]))
    browser.press("/my/selection", {"image": one.images[:2]}, do="order")
    assert "2 pictures" in browser.page
    assert "from €2.48" in browser.page
    browser.go(browser.links("/my/ordering/goods/prints")[0])
    browser.press("/my/ordering/goods/prints", {"o-size": "13x18", "quantity": "3"})
    assert "€9.24" in browser.page
    assert orders(world) == []
    browser.press("/my/ordering/goods/prints", {}, to="/my/ordering/confirm")
    assert "Size: 13 × 18 cm" in browser.page
    address = {"name": "Ada", "lines": "Garden Lane 1", "town": "Springfield"}
    browser.press("/my/ordering", address, pays="till")
    assert browser.path.startswith("/my/orders/O-")
    assert "Thank you, it is ordered" in browser.page
    assert "Garden Lane 1, Springfield" in browser.page
    assert "Waits to be paid" in browser.page
    made = orders(world)
    assert [(row["kind"], row["price"], row["pays"]) for row in made] == [("hand", 924, "till")]
    assert len(world.sql("select * from goods.line_image")) == 2


def test_O10_a_reload_or_two_taps_at_once_make_one_order(buyer, world):
    one, browser = buyer("ORDER002")
    confirm(one, browser)
    fields = browser.form("/my/ordering").filled({})

    def tap(_):
        return one.browser.http.post(one.browser.url + "/my/ordering", data=fields, timeout=30)

    with ThreadPoolExecutor(3) as taps:
        led = list(taps.map(tap, range(3)))
    assert {reply.status_code for reply in led} == {200}
    assert len({urlsplit(reply.url).path for reply in led}) == 1
    assert len(orders(world)) == 1


def test_O10_a_price_that_changed_between_view_and_confirm_is_told_and_nothing_is_ordered(buyer, world):
    one, browser = buyer("ORDER003")
    confirm(one, browser, "cd")
    publish(world, lambda values: item_of(values, "cd")["price"]["base"].update(EUR=777))
    browser.press("/my/ordering", {"lines": "Garden Lane 1", "town": "X"}, status=409)
    assert "The price has changed: it is €7.77 now" in browser.page
    assert "Garden Lane 1" in browser.page
    assert orders(world) == []
    browser.press("/my/ordering", {})
    assert [row["price"] for row in orders(world)] == [777]


def test_O10_what_was_withdrawn_meanwhile_is_not_ordered(buyer, world):
    one, browser = buyer("ORDER004")
    confirm(one, browser, "cd")
    publish(world, lambda values: item_of(values, "cd").update(is_withdrawn=True))
    browser.press("/my/ordering", {}, status=409)
    assert "This cannot be had any more" in browser.page
    assert one.browser.get("/my/ordering/goods/cd").status_code == 404
    assert orders(world) == []


def test_O10_exclusions_are_said_and_hold_the_order_back(buyer):
    one, browser = buyer("ORDER005")
    confirm(one, browser, **{"o-size": "30x45", "o-surface": "silk"})
    assert browser.path.startswith("/my/ordering/goods/prints")
    assert "These options do not go together" in browser.page
    browser.press("/my/ordering/goods/prints", {"o-surface": "matt"}, to="/my/ordering/confirm")
    assert "Surface: Matt" in browser.page


def test_O10_no_quantity_but_a_good_one_is_taken(buyer, world):
    one, browser = buyer("ORDER006")
    for many in ("0", "-1", "1000", "999999999999999999999", "1e3", "", "two"):
        confirm(one, browser, "cd", quantity=many)
        assert "Choose from 1 to 999 of it" in browser.page
    key = dict(parse_qsl(urlsplit(browser.path).query))["key"]
    for many in ("0", "1000", "999999"):
        asked = {"image": one.images[0], "line": f"cd:{many}:", "key": key}
        assert one.browser.get("/my/ordering/confirm?" + urlencode(asked)).status_code == 409
        assert one.browser.post("/my/ordering", digest="0" * 32, total="0", **asked).status_code == 409
    assert one.browser.get(f"/my/ordering/confirm?key={key}&line=cd:-1:").status_code == 400
    assert orders(world) == []


def test_attack_nobody_orders_of_pictures_that_are_not_theirs_nor_what_there_is_not(buyer, world):
    one, _ = buyer("ORDER007")
    other, _ = buyer("ORDER008")
    one.browser.page("/my")
    good = {"line": "cd:1:case=sleeve", "key": "0" * 20, "digest": "0" * 32, "total": "0"}
    for image in (other.images[0], "IM-NOTHERE"):
        for path in ("", "/goods/cd", "/confirm"):
            assert one.browser.get(f"/my/ordering{path}?image={image}").status_code == 404
        assert one.browser.post("/my/ordering", image=image, **good).status_code == 404
    mine = one.images[0]
    assert one.browser.get(f"/my/ordering?of=group:{'G-1'}&all=yes").status_code == 200
    assert one.browser.get("/my/ordering?of=nothing&all=yes").status_code == 404
    assert one.browser.get(f"/my/ordering/goods/unicorn?image={mine}").status_code == 404
    for line, status in (("unicorn:1:", 409), ("cd:1:colour=red", 409), ("cd:1:case=gold", 409), ("cd;drop", 400)):
        assert one.browser.post("/my/ordering", image=mine, **{**good, "line": line}).status_code == status, line
    assert one.browser.post("/my/ordering", image=mine, **{**good, "key": "x"}).status_code == 400
    assert one.browser.post("/my/ordering", image=mine, **{**good, "pays": "nothing"}).status_code == 400
    assert one.browser.post("/my/ordering", image=mine, **{**good, "line": []}).status_code == 400
    assert one.browser.post("/my/ordering", image=mine, **good).status_code == 409  # another digest, of another price
    one.browser.csrf = "0" * 64
    assert one.browser.post("/my/ordering", image=mine, **good).status_code == 403
    assert orders(world) == []


def test_O10_one_order_may_have_several_goods_of_the_same_pictures(buyer, world):
    one, browser = buyer("ORDER009")
    confirm(one, browser)
    browser.go(browser.links("/my/ordering?")[-1])
    browser.go(browser.links("/my/ordering/goods/cd")[0])
    browser.press("/my/ordering/goods/cd", {}, to="/my/ordering/confirm")
    assert len(browser.links("/my/ordering/confirm")) == 2  # each line can be taken out again
    browser.press("/my/ordering", {})
    assert [row["price"] for row in orders(world)] == [248 + 590]
    assert [row["item"] for row in world.sql("select item from goods.order_line order by number")] == ["prints", "cd"]


def test_O10_a_group_favourites_and_a_fresh_roll_are_ordered_too(buyer, world):
    one, browser = buyer("ORDER010")
    browser.go("/my/ordering")
    assert "First choose pictures" in browser.page
    assert [link.partition("?")[0] for link in browser.links("/my/ordering/goods/")] == ["/my/ordering/goods/next-roll"]
    browser.go(browser.links("/my/ordering/goods/next-roll")[0])
    browser.press("/my/ordering/goods/next-roll", {}, to="/my/ordering/confirm")
    browser.press("/my/ordering", {})
    assert "Needs an address" in browser.page
    browser.go(one.path(one.rolls[0]))
    browser.press("/my/selection", {"image": one.images[:2], "new_name": "Wall"}, group="new")
    browser.go(browser.links("/my/groups/G")[0])
    browser.go(browser.links("/my/ordering?of=group")[0])
    assert "2 pictures" in browser.page
    assert len(orders(world)) == 1


def test_O10_htmx_gets_the_price_alone_as_one_chooses(buyer):
    one, _ = buyer("ORDER011")
    asked = urlencode({"image": one.images[0], "o-case": "box", "quantity": "2"})
    part = one.browser.get(f"/my/ordering/goods/cd?{asked}", **{"HX-Request": "true"}).text
    assert "<html" not in part
    assert "€13.80" in re.sub(r"\s+", " ", part)


def test_S4_what_a_package_has_prepaid_costs_nothing_by_hand_either(buyer, world):
    one, browser = buyer("ORDER012")
    world.sql(
        "insert into goods.begun_package (root, gtin, began_at, applied_at)"
        " select $1, '09521141012345', now(), now() returning root",
        one.home.package,
    )
    world.sql(
        "insert into goods.credit (root, place, item, pieces) values ($1, 1, 'cd', 1) returning root", one.home.package
    )
    confirm(one, browser, "cd")
    assert "prepaid with the package" in browser.page
    world.sql("update goods.credit set used = 1 returning root")
    browser.press("/my/ordering", {}, status=409)
    assert "The price has changed: it is €5.90 now" in browser.page
    world.sql("update goods.credit set used = 0 returning root")
    confirm(one, browser, "cd")
    browser.press("/my/ordering", {})
    assert [(row["price"], row["pays"]) for row in orders(world)] == [(0, "prepaid")]
    assert world.sql("select used from goods.credit")[0]["used"] == 1
