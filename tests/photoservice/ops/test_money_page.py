"""Operators see what is owed to customers, and what payment providers told that fits nothing (S4)."""

from dataclasses import replace

import pytest

from photocore.pricing import Choice
from photoservice.ordering.wishes import LineWish, OrderWish
from photoservice.testing_pictures import register_at_home


@pytest.fixture
def settings(settings):
    return replace(settings, checkout="virtual")


@pytest.fixture
def order(world, archive):
    home = register_at_home(world.running, world.maker, "MONEY001", rolls=1)
    image = archive.file(home.rolls[0], "1", archive.tenant("Silver Lab")).id
    lines = (LineWish(choice=Choice(item="cd"), images=(image,)),)
    wish = OrderWish(origin="hand money", kind="hand", root=home.package, lines=lines, currency="EUR")
    return world.running.do(lambda session: world.running.service.goods.making.make(session, wish)).order


def test_S4_what_was_paid_too_much_stands_there_until_somebody_gave_it(world, operator, order):
    payments = world.running.service.goods.payments
    world.running.do(lambda s: payments.note(s, order, way="staff", key="K", minor=5000, currency="EUR", by="OP-1"))
    one = operator("manager")
    page = one.page("/ops/money")
    assert order in page
    assert "more than the price" in page
    (owed,) = world.running.do(payments.owed)
    world.running.do(lambda s: payments.given(s, order, owed.promise, one.id))
    assert "Nobody is owed anything" in one.page("/ops/money")


def test_S4_a_message_that_fits_nothing_stands_there_until_it_was_put_right(world, operator, order):
    checkouts = world.running.service.goods.checkouts
    reference = world.running.run(checkouts.begin(order, back="/back")).rpartition("/")[2]
    price = world.running.do(lambda s: world.running.service.goods.payments.bill(s, order)).price
    headers, body = checkouts.provider.message("page.paid", reference, price.times(2))
    world.running.run(checkouts.hear("virtual", headers, body))
    one = operator("support")
    assert "another amount or currency" in one.page("/ops/money")
    said = {"provider": "virtual", "event": headers["webhook-id"]}
    assert "Every message was carried out" in one.done("/ops/money/seen", **said).text
    assert one.post("/ops/money/seen", **said).status_code == 404
    kept = world.sql("select kind, operator from ops.audit order by number desc limit 1")[0]
    assert kept == {"kind": "payment_message_settled", "operator": one.id}
    assert world.sql("select outcome, body from goods.checkout_event") == [{"outcome": "done", "body": body}]


def test_attack_S4_neither_a_viewer_nor_another_tenants_operator_sees_what_is_owed(world, operator, order):
    assert operator("viewer").get("/ops/money").status_code == 403
    assert operator("owner", tenant="Halide").get("/ops/money").status_code == 404
