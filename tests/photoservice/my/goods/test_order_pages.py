"""A person's orders on the web: why each was made, what it waits for, and what may be done with it (O10, O15)."""

import re
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest

from photocore.criteria import Images, Rolls
from photocore.pricing import Choice
from photoservice.ordering.wishes import LineWish, OrderWish
from photoservice.planning.shown import PartMet, RollMet, Why, why_facts
from photoservice.settings import Settings


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, orders_every=None)


@dataclass
class Household:
    """An owner with pictures, and orders that were made for them."""

    world: Any
    owner: Any
    person: str

    @property
    def browser(self) -> Any:
        return self.owner.browser

    @property
    def goods(self) -> Any:
        return self.world.running.service.goods

    def order(self, origin: str, *items: str, **more: Any) -> str:
        """Make an order of CDs or prints of all pictures, or of a fresh roll."""
        lines = tuple(
            LineWish(choice=Choice(item=item), images=() if item == "next-roll" else tuple(self.owner.images))
            for item in items or ("cd",)
        )
        wish = OrderWish(**{"origin": origin, "kind": "hand", "lines": lines, "person": self.person, **more})
        return self.world.running.do(lambda session: self.goods.making.make(session, wish)).order

    def plan_order(self, number: int = 1, **more: Any) -> str:
        """Make what a plan makes at a crossing."""
        now = self.world.clock.now()
        rolls = tuple(RollMet(roll=roll, film="Kodak Gold 200", images=3, is_whole=True) for roll in self.owner.rolls)
        met = (PartMet(part=Rolls(count=2), have=2, need=2), PartMet(part=Images(count=5), have=6, need=5))
        why = Why(
            plan="PL-1", name="Grandma's CD", scope="account", number=number, crossed_at=now, is_all=True, met=met,
            images=6, rolls=rolls, first_at=now - timedelta(days=9), last_at=now,
        )  # fmt: skip
        cooling = timedelta(hours=24)
        return self.order(
            f"plan PL-1 {number}", kind="plan", plan="PL-1", firing=number, why=why_facts(why), cooling=cooling, **more
        )

    def see(self, order: str, rest: str = "") -> str:
        return plain(self.browser.page(f"/my/orders/{order}{rest}"))

    def version(self, order: str) -> int:
        return self.world.sql("select version from goods.customer_order where id = $1", order)[0]["version"]

    def do(self, order: str, what: str, **fields: Any) -> Any:
        """Send what a form of the order's page sends."""
        self.browser.page(f"/my/orders/{order}")
        sent = {"version": str(self.version(order)), **fields}
        return self.browser.post(f"/my/orders/{order}/{what}", **sent)

    def release(self) -> None:
        self.world.running.run(self.goods.releasing.run_once())

    def note(self, order: str, step: str) -> None:
        now, steps = self.world.clock.now(), self.goods.steps
        self.world.running.do(lambda s: steps.note(s, order, 1, step, at=now, by="lab", key=f"{step}-1", note=""))


@pytest.fixture
def household(owner, world):
    def make(serial: str) -> Household:
        one = owner(serial)
        one.browser.page("/my")
        person = world.sql(
            "select person from people.holding"
            " join claim on claim.station = holding.station and claim.id = holding.claim where claim.root = $1",
            one.home.package,
        )
        return Household(world=world, owner=one, person=person[0]["person"])

    return make


def plain(page: str) -> str:
    """Return the words of a page."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.replace("\u2068", "").replace("\u2069", ""))).strip()


def test_O15_a_plans_order_says_why_it_was_made_and_until_when_it_can_be_cancelled(household, browser):
    one = household("MADE0001")
    order = one.plan_order(3)
    page = one.see(order)
    for words in (
        "Your plan “Grandma&#39;s CD” ordered it. It is the plan&#39;s order no. 3.", "All of this had come about:",
        "2 rolls had come; needed: 2.", "6 pictures had come; needed: 5.", "It is made of 6 pictures",
        "Kodak Gold 200 : 3 pictures (the whole roll)", "another 24 hours",
    ):  # fmt: skip
        assert words in page, page
    german = plain(one.browser.page(f"/my/orders/{order}?lang=de"))
    assert "Da: 2 Filme, nötig: 2." in german
    stranger = household("MADE0002")
    assert stranger.browser.get(f"/my/orders/{order}").status_code == 404
    assert stranger.do(stranger.order("hand x"), "cancel", version="1").status_code == 200
    assert stranger.browser.post(f"/my/orders/{order}/cancel", version="1").status_code == 404
    assert "/sign-in" in browser().get(f"/my/orders/{order}").url


def test_O15_one_tap_cancels_and_says_what_happened_and_a_second_tap_does_nothing(household):
    one = household("CANCEL01")
    order = one.plan_order()
    was = one.version(order)
    told = plain(one.do(order, "cancel").text)
    assert "Cancelled. Nothing of it is made." in told
    assert "the plan does not count them again" in told
    again = one.browser.post(f"/my/orders/{order}/cancel", version=str(was))
    assert again.status_code == 409
    assert "The order changed meanwhile" in again.text
    refused = one.do(order, "cancel")
    assert refused.status_code == 409
    assert "this cannot be done any more" in refused.text
    assert one.do(order, "burn").status_code == 404
    for version in ("", "x", "-1", "9" * 12):
        assert one.do(order, "cancel", version=version).status_code == 409
    assert one.browser.post(f"/my/orders/{order}/cancel", version="1", csrf="0" * 64).status_code == 403


def test_O10_what_an_order_waits_for_has_one_button_each(household, world):
    one = household("WAITS001")
    order = one.order("hand a", "cd", needs_confirmation=True)
    page = one.see(order)
    assert all(words in page for words in ("until you confirm it", "Waits to be paid", "Needs an address", "Pay €5.90"))
    assert f'href="/my/orders/{order}/pay"' in one.browser.page(f"/my/orders/{order}")
    one.release()
    assert "1 order waits for you" in one.browser.page("/my")
    assert "Confirmed." in one.do(order, "confirm").text
    short = one.do(order, "address", name="Ada", lines="", town="")
    assert (short.status_code, "An address has a street" in short.text) == (422, True)
    assert "Garden Lane 1, 12345 Springfield" in plain(
        one.do(order, "address", name="Ada", lines="Garden Lane 1", postcode="12345", town="Springfield").text
    )
    paid = one.goods.payments
    world.running.do(lambda s: paid.note(s, order, way="staff", key="K", minor=590, currency="EUR", by="OP-1"))
    one.release()
    assert "Handed over to be made" in one.see(order)
    assert "orders wait" not in one.browser.page("/my")
    assert "waits for you" not in one.browser.page("/my")
    made = one.plan_order(7, lines=(LineWish(choice=Choice(item="archive-download"), images=tuple(one.owner.images)),))
    world.sql("update goods.customer_order set price = 0, tax = 0, pays = 'nothing' where id = $1 returning id", made)
    assert "Make it now" in one.see(made)
    assert "It is handed over in a moment" in one.do(made, "release").text
    one.release()
    assert "Handed over to be made" in one.see(made)


def test_O10_a_line_is_changed_and_cancelled_and_its_price_follows(household, world):
    one = household("CHANGE01")
    order = one.order("hand b", "prints", "cd")
    path = f"/my/orders/{order}/lines/1"
    images = one.owner.images
    page = one.browser.page(path)
    assert page.count(' name="image"') == page.count(" checked") == len(images)
    form = {"version": "1", "o-size": "10x15", "o-surface": "silk", "o-border": "none", "quantity": "2"}
    form |= {"with_images": "yes", "image": images[:2]}
    assert "€5.20" in one.browser.post(path, do="price", **form).text
    assert one.version(order) == 1
    bad = [{"quantity": "0"}, {"o-size": "30x45"}, {"o-size": "huge"}, {"image": []}, {"o-unicorn": "yes"}]
    for wrong in bad:
        assert one.browser.post(path, do="change", **{**form, **wrong}).status_code == 422, wrong
    assert one.browser.post(path, do="change", **{**form, "image": ["IM-NOTHERE"]}).status_code == 404
    assert one.browser.get(f"/my/orders/{order}/lines/9").status_code == 404
    done = one.browser.post(path, do="change", **form)
    assert "Changed. This is how the order stands now." in done.text
    assert "€5.20" in done.text
    late = one.browser.post(path, do="change", **form)
    assert (late.status_code, "changed meanwhile" in late.text) == (409, True)
    assert "The line is cancelled" in one.do(order, "lines/2/cancel").text
    price = world.sql("select price from goods.customer_order where id = $1", order)
    assert price == [{"price": 520}]
    assert one.do(order, "lines/2/cancel").status_code == 409


def test_O10_a_line_that_came_broken_is_asked_to_be_made_again_once(household, world):
    one = household("AGAIN001")
    order = one.order("hand c", "archive-download")
    world.sql("update goods.customer_order set price = 0, tax = 0, pays = 'nothing' where id = $1 returning id", order)
    assert one.do(order, "lines/1/again", why="damaged").status_code == 409
    one.release()
    for step in ("making", "made", "sent"):
        one.note(order, step)
    page = one.see(order)
    assert all(words in page for words in ("Being made", "Made", "Sent", "Something is wrong with it"))
    assert one.do(order, "lines/1/again", why="ugly").status_code == 400
    assert "Somebody looks at it" in one.do(order, "lines/1/again", why="damaged").text
    assert "You asked to have it made again: it is damaged" in one.see(order)
    asked = world.sql("select again_why from goods.order_line")
    one.do(order, "lines/1/again", why="wrong")
    assert world.sql("select again_why from goods.order_line") == asked == [{"again_why": "damaged"}]


def test_O10_the_list_shows_what_is_open_first_and_leads_on(household, world):
    one = household("LIST0001")
    empty = one.browser.page("/my/orders")
    assert "No orders yet" in empty
    assert 'href="/my/ordering"' in empty
    over = [one.order(f"hand {nr}", "archive-download") for nr in range(32)]
    for order in over:
        world.sql("update goods.customer_order set is_open = false where id = $1 returning id", order)
    world.sql(
        "insert into goods.line_step (order_id, line, step, at, told_at, by)"
        " select id, 1, 'cancelled', now(), now(), 'x' from goods.customer_order returning step"
    )
    first = one.plan_order()
    page = one.browser.page("/my/orders")
    assert page.index("Under way") < page.index(first) < page.index("Over")
    on_first = page.count('class="card order"')
    assert on_first in (30, 31)  # what is open stands on the first page, wherever its time would put it
    more = re.search(r'href="(/my/orders\?behind=[^"]+)"', page)
    assert more
    assert on_first + one.browser.page(more[1]).count('class="card order"') == 33
    assert "<html" not in one.browser.get(more[1], **{"HX-Request": "true"}).text
    assert one.browser.get("/my/orders?behind=nonsense").status_code == 400
