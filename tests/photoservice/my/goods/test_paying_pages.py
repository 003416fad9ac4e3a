"""Paying an order on the web: the ways, the code for the till, the payment page and back, the receipt (S4)."""

import io
import json
import re
import zipfile
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests

from photocore.money import Money
from photocore.pricing import Choice
from photoservice.ordering.wishes import LineWish, OrderWish
from photoservice.persons.profiles import Address
from photoservice.settings import Settings

STORE = "9521141000007"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, checkout="virtual", orders_every=None)


@dataclass
class Buyer:
    """Somebody with pictures, a browser, and an order by hand of two CDs and prints of three pictures."""

    world: Any
    owner: Any
    person: str
    order: str

    @property
    def goods(self) -> Any:
        return self.world.running.service.goods

    def price(self) -> int:
        return self.world.sql("select price from goods.customer_order where id = $1", self.order)[0]["price"]

    def see(self, path: str = "pay") -> str:
        return self.owner.browser.page(f"/my/orders/{self.order}/{path}")

    def choose(self, how: str) -> requests.Response:
        self.see()
        return self.owner.browser.post(f"/my/orders/{self.order}/pay", how=how)

    def pays(self) -> str:
        return self.world.sql("select pays from goods.customer_order where id = $1", self.order)[0]["pays"]


@pytest.fixture
def buyer(world, owner):
    """Make a buyer: ``buyer("SERIAL")``; ``pays`` may be said, and ``whose`` ("package": nobody's yet)."""

    def make(serial: str, *, whose: str = "person", **more: Any) -> Buyer:
        one = owner(serial)
        one.browser.page("/my")
        person = world.sql(
            "select person from people.holding"
            " join claim on claim.station = holding.station and claim.id = holding.claim where claim.root = $1",
            one.home.package,
        )[0]["person"]
        lines = (
            LineWish(choice=Choice(item="cd", quantity=2), images=tuple(one.images)),
            LineWish(choice=Choice(item="prints"), images=tuple(one.images[:3])),
        )
        wish = OrderWish(origin=f"hand {serial}", kind="hand", lines=lines, currency="EUR", **more)
        wish = replace(wish, person=person) if whose == "person" else replace(wish, root=one.home.package)
        made = world.running.do(lambda s: world.running.service.goods.making.make(s, wish))
        return Buyer(world=world, owner=one, person=person, order=made.order)

    return make


def test_S4_a_code_for_the_till_is_shown_as_text_square_and_lines_and_pays(buyer, world):
    one = buyer("PAYTILL1")
    assert "To be paid" in one.see()
    page = one.choose("till").text
    spelt = re.search(r'class="spelt" dir="ltr">(TCO-[0-9A-Z-]+)<', page)[1]
    assert one.see("code").count(spelt) == 1
    for drawing in ("square", "lines"):
        shown = one.owner.browser.get(f"/my/orders/{one.order}/code/{drawing}.svg")
        assert shown.headers["Content-Type"].startswith("image/svg+xml")
        assert shown.content.startswith(b"<svg")
    assert one.owner.browser.get(f"/my/orders/{one.order}/code/other.svg").status_code == 404
    said = {"code": spelt, "store": STORE, "minor": one.price(), "currency": "EUR", "key": "T-1"}
    bearer = {"Authorization": f"Bearer {world.retailer}"}
    assert requests.post(f"{world.url}/order-codes/redeem", json=said, headers=bearer, timeout=30).status_code == 200
    assert "This order is paid" in one.see()
    assert "This order is paid" in one.see("code")  # no code any more: led to the ways to pay
    assert "Paid at the till" in one.see("receipt")
    assert one.pays() == "till"


def test_S4_the_payment_page_says_that_it_is_for_trial_and_pays_by_a_signed_message(buyer):
    one = buyer("PAYPAGE1")
    shown = one.choose("checkout")
    assert "/pay/virtual/" in shown.url
    assert "no money moves" in shown.text
    assert "We have not heard yet" in one.see("paid")
    page = urlsplit(shown.url).path

    def press(button: str) -> str:
        """Press a button of the payment page; return where it leads."""
        led = requests.post(one.world.url + page, data={"do": button}, allow_redirects=False, timeout=30)
        assert led.status_code == 303
        return urlsplit(led.headers["Location"]).path

    assert press("decline") == f"/my/orders/{one.order}/paid"
    assert "Not paid" in one.see("paid")
    press("pay")
    assert "Your payment has arrived" in one.see("paid")
    assert "This page is closed" in one.owner.browser.page(page)
    press("pay")
    assert one.world.sql("select count(*) as n from goods.payment")[0]["n"] == 1
    receipt = one.see("receipt")
    assert "Paid on a payment page" in receipt
    assert "Still to be paid" not in receipt


def test_S4_what_is_on_account_stands_in_the_page_and_a_limit_is_said(buyer):
    one = buyer("PAYTAB01")
    assert "On account" not in one.see()
    tabs, price = one.goods.tabs, one.price()
    enough, scarce = (Money(minor=minor, currency="EUR") for minor in (price, price - 1))
    one.world.running.do(lambda s: tabs.give(s, one.person, scarce, by="OP-1"))
    assert "does not reach for this order" in one.see()
    refused = one.choose("account")
    assert (refused.status_code, one.pays()) == (409, "till")
    assert "Your account does not reach" in refused.text
    one.world.running.do(lambda s: tabs.give(s, one.person, enough, by="OP-1"))
    assert "This order is on your account" in one.choose("account").text
    assert one.pays() == "account"
    one.choose("till")
    assert one.pays() == "account"


def test_S4_an_order_of_a_package_is_paid_by_whoever_holds_it_and_becomes_theirs(buyer, owner):
    one = buyer("PAYROOT1", whose="package")
    assert "To be paid" in one.see()
    one.choose("till")
    whose = "select person from goods.customer_order where id = $1"
    assert one.world.sql(whose, one.order)[0]["person"] is None
    one.choose("checkout")
    assert one.world.sql(whose, one.order)[0]["person"] == one.person


def test_S4_nobody_else_finds_anything_of_an_order(buyer, owner, browser):
    one, other, nobody = buyer("PAYMINE1"), owner("PAYOTHER"), browser()
    for path in ("pay", "code", "code/square.svg", "paid", "receipt"):
        where = f"/my/orders/{one.order}/{path}"
        assert other.browser.get(where).status_code == 404
        assert "/sign-in" in nobody.get(where).url
        assert one.owner.browser.get(f"/my/orders/O-NONE/{path}").status_code == 404
    other.browser.page("/my")
    assert other.browser.post(f"/my/orders/{one.order}/pay", how="till").status_code == 404


def test_S4_no_way_is_taken_that_there_is_not_and_none_without_the_sessions_token(buyer):
    one = buyer("PAYWAYS1")
    assert one.choose("card").status_code == 400
    one.owner.browser.csrf = "0" * 64
    for how in ("till", "checkout"):
        assert one.owner.browser.post(f"/my/orders/{one.order}/pay", how=how).status_code == 403
    assert one.world.sql("select * from goods.order_code") == one.world.sql("select * from goods.checkout") == []


def test_S4_a_receipt_takes_the_tax_apart_and_reads_in_the_readers_language(buyer):
    one = buyer("PAYREAD1")
    row = one.world.sql("select price, tax from goods.customer_order where id = $1", one.order)[0]
    page = one.see("receipt?lang=de")
    figures = re.sub(r"[^0-9,€ ]", " ", re.sub(r"<[^>]+>", " ", page).replace("\u00a0", " "))

    def euros(minor: int) -> str:
        return f"{minor // 100},{minor % 100:02} €"

    for minor in (row["price"], row["tax"], row["price"] - row["tax"]):
        assert euros(minor) in figures, (euros(minor), figures)
    assert "CD mit den Bildern" in page
    assert "Bisher wurde nichts bezahlt" in page


def test_S4_refunds_and_remakes_stand_on_the_receipt(buyer):
    one = buyer("PAYBACK1")
    payments, price = one.goods.payments, one.price()
    one.world.running.do(
        lambda s: payments.note(s, one.order, way="staff", key="K", minor=price, currency="EUR", by="OP-1")
    )
    one.world.running.do(lambda s: payments.refund(s, one.order, 590, "OP-1", "R1"))
    assert "Will be given back" in one.see("receipt")
    one.world.running.do(lambda s: payments.given(s, one.order, "R1", "OP-1"))
    assert "Will be given back" not in one.see("receipt")
    again = OrderWish(
        origin=f"remake {one.order} 1",
        kind="remake",
        lines=(LineWish(choice=Choice(item="cd"), images=tuple(one.owner.images)),),
        person=one.person,
        why={"remake_of": one.order},
    )
    remade = one.world.running.do(lambda s: one.goods.making.make(s, again))
    assert remade.order in one.see("receipt")
    assert one.order in one.owner.browser.page(f"/my/orders/{remade.order}/receipt")


def test_S4_who_cancels_a_paid_order_is_promised_their_money_and_its_code_pays_nothing(buyer):
    one = buyer("PAYSTOP1")
    run, payments, price = one.world.running.do, one.goods.payments, one.price()
    spelt = re.search(r"TCO-[0-9A-Z-]+", one.choose("till").text)[0]
    run(lambda s: payments.note(s, one.order, way="staff", key="K", minor=100, currency="EUR", by="OP-1"))

    async def cancel(session: Any) -> None:
        shown = await one.world.running.service.people.persons.shown(session, one.person)
        found = await one.goods.orders.find(session, one.person, shown, one.order)
        await one.goods.orders.cancel(session, one.person, shown, one.order, version=found.version)

    run(cancel)
    (owed,) = run(payments.owed)
    assert (owed.order, owed.money.minor, run(lambda s: payments.paid(s, one.order)).minor) == (one.order, 100, 0)
    assert "There is nothing to pay" in one.see()
    assert "This order costs nothing, or was cancelled" in one.see("paid")
    bearer = {"Authorization": f"Bearer {one.world.retailer}"}
    for minor in (price, price - 100):
        said = {"code": spelt, "store": STORE, "minor": minor, "currency": "EUR", "key": f"T-{minor}"}
        assert (
            requests.post(f"{one.world.url}/order-codes/redeem", json=said, headers=bearer, timeout=30).status_code
            == 403
        )


def test_S4_an_order_that_was_handed_over_is_refunded_and_stays_handed_over(buyer):
    one = buyer("PAYDONE1")
    run, payments, price = one.world.running.do, one.goods.payments, one.price()
    run(lambda s: payments.note(s, one.order, way="staff", key="K", minor=price, currency="EUR", by="OP-1"))

    async def give_address(session: Any) -> None:
        shown = await one.world.running.service.people.persons.shown(session, one.person)
        found = await one.goods.orders.find(session, one.person, shown, one.order)
        where = Address(id="A", name="Zoë", lines=("Quay 1",), town="Leith")
        steer = (one.person, shown, one.order)
        await one.goods.orders.give_address(session, *steer, address=where, version=found.version)

    run(give_address)
    one.world.running.run(one.goods.releasing.run_once())
    assert "This order is paid" in one.choose("till").text
    run(lambda s: payments.refund(s, one.order, price, "OP-1", "R1"))
    one.world.running.run(one.goods.releasing.run_once())
    steps = one.world.sql("select step from goods.line_step where order_id = $1", one.order)
    assert [row["step"] for row in steps] == ["released", "released"]
    assert "Will be given back" in one.see("receipt")
    assert "Still to be paid" not in one.see("receipt")
    run(lambda s: payments.note(s, one.order, way="staff", key="K2", minor=5, currency="EUR", by="OP-1"))
    assert [owed.money.minor for owed in run(payments.owed)] == [price, 5]


def test_S4_somebody_who_is_deleted_leaves_payments_without_a_name(buyer):
    one = buyer("PAYGONE1")
    one.choose("till")
    payments = one.goods.payments
    one.world.running.do(
        lambda s: payments.note(s, one.order, way="staff", key="K", minor=100, currency="EUR", by="OP-1")
    )
    one.world.sql("delete from people.person where id = $1", one.person)
    kept = one.world.sql("select * from goods.payment join goods.customer_order on id = order_id")
    assert [(row["minor"], row["person"]) for row in kept] == [(100, None)]
    assert one.person not in repr(kept)


def test_S4_a_code_that_soon_ends_is_replaced_on_its_page(buyer):
    one = buyer("PAYLATE1")
    first = re.search(r"TCO-[0-9A-Z-]+", one.choose("till").text)[0]
    one.world.clock.advance(timedelta(days=13, hours=2).total_seconds())
    one.owner.browser.open(one.owner.home.access_code)
    assert "How would you like to pay?" in one.see("code")
    assert re.search(r"TCO-[0-9A-Z-]+", one.choose("till").text)[0] != first


def test_S4_S5_who_takes_everything_along_finds_what_they_paid_and_no_code(buyer):
    one = buyer("PAYTAKE1")
    spelt = re.search(r"TCO-[0-9A-Z-]+", one.choose("till").text)[0]
    said = {"code": spelt, "store": STORE, "minor": one.price(), "currency": "EUR", "key": "T-1"}
    bearer = {"Authorization": f"Bearer {one.world.retailer}"}
    assert (
        requests.post(f"{one.world.url}/order-codes/redeem", json=said, headers=bearer, timeout=30).status_code == 200
    )
    reply = one.owner.browser.get("/my/account/export/1")
    told = json.loads(zipfile.ZipFile(io.BytesIO(reply.content)).read("twincheck.json"))
    (paid,) = told["kept"]["payments_of_orders"]
    assert (paid["minor"], paid["way"], paid["about"]) == (one.price(), "till", {"store": STORE})
