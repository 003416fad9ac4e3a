"""Operators of one tenant see orders with its pictures, and neither their money nor whose they are (S3, S4)."""

import pytest

from photocore.pricing import Choice
from photoservice.ordering.wishes import LineWish, OrderWish
from photoservice.testing_pictures import register_at_home

WHY = "They asked for it"


@pytest.fixture
def made(world, archive):
    """An order of another maker's package with a picture that Silver Lab filed."""
    home = register_at_home(world.running, world.maker, "MONEY001", rolls=1)
    image = archive.file(home.rolls[0], "1", archive.tenant("Silver Lab")).id
    lines = (LineWish(choice=Choice(item="cd"), images=(image,)),)
    wish = OrderWish(origin="hand foreign", kind="hand", root=home.package, lines=lines, currency="EUR", pays="till")
    making = world.running.service.goods.making
    return world.running.do(lambda session: making.make(session, wish)).order


def test_attack_whoever_filed_a_picture_neither_calls_its_order_paid_nor_learns_whose_it_is(operator, made, world):
    world.sql(
        "insert into goods.line_step (order_id, line, step, at, told_at, by)"
        " select $1, 1, 'cancelled', made_at, made_at, 'P-0123456789ABCDEF' from goods.customer_order where id = $1",
        made,
    )
    lab = operator("support", tenant="Silver Lab")
    page = lab.page(f"/ops/orders/{made}")
    assert ("P-0123" in page, "/paid" in page, "/refund" in page) == (False, False, False)
    said = {"amount": "5.90", "currency": "EUR", "why": WHY, "key": "k", "promise": "k"}
    for deed in ("paid", "refund", "given"):
        assert lab.post(f"/ops/orders/{made}/{deed}", **said).status_code == 404
    assert world.sql("select from goods.payment") == []
    assert "P-0123" in operator("support").page(f"/ops/orders/{made}")
