"""Orders are made once for what they were made for, at the price that was seen, and keep what they were called."""

import asyncio
import json
from dataclasses import replace

import pytest

from photocore.errors import ChoiceRefused
from photocore.pricing import Choice
from photoservice.ordering.errors import PriceChanged
from photoservice.ordering.names import asked_order
from photoservice.ordering.wishes import LineWish
from photoservice.paying.errors import NotOnAccount


def test_O10_an_order_keeps_what_it_was_called_and_cost(shop, owner):
    mine = owner("MAKE0001")
    order = shop.order(shop.wish(mine, "prints", options={"size": "20x30"}, quantity=2))
    found = shop.look(order)
    (line,) = found.lines
    assert (line.titles["de"], line.chosen["size"], line.quantity) == ("Abzüge", "20x30", 2)
    assert {one.option: one.option_titles["de"] for one in line.options}["size"]
    assert (line.units, line.live_images) == (3, mine.images)
    assert found.price == line.gross == line.piece.times(2)
    assert 0 < found.tax.minor < found.price.minor
    assert (found.standing.stage, found.waits) == ("waiting", ("payment", "address"))
    assert asked_order(order.lower()) == order


def test_O15_the_same_origin_makes_one_order_and_the_first_stays(shop, owner):
    mine = owner("MAKE0002")
    wish = shop.wish(mine)
    first = shop.make(wish)
    other = replace(wish, lines=(LineWish(choice=Choice(item="prints"), images=mine.images[:1]),))
    gone = replace(wish, lines=(LineWish(choice=Choice(item="nothing"), images=mine.images[:1]),))
    again = [shop.make(one) for one in (wish, other, gone)]
    assert first.is_new
    assert [(one.order, one.is_new) for one in again] == [(first.order, False)] * 3
    assert [line.item for line in shop.look(first.order).lines] == ["cd"]


def test_S4_the_same_key_twice_at_once_makes_one_order_and_takes_one_credit(shop, owner):
    mine = owner("MAKE0003")
    shop.credit(mine.home.package, pieces=5)
    wish = shop.of_plan(mine)

    async def one():
        async with shop.service.database.begin() as session:
            return await shop.goods.making.make(session, wish)

    async def all_at_once():
        return await asyncio.gather(*(one() for _ in range(6)))

    made = shop.run(all_at_once())
    assert (len({one.order for one in made}), sum(one.is_new for one in made)) == (1, 1)
    assert shop.used(mine.home.package) == 1
    assert mine.told() == ["order_made"]


def test_S4_what_is_confirmed_is_what_was_seen(shop, owner):
    mine = owner("MAKE0004")
    wish = shop.wish(mine, "prints")
    seen = shop.do(lambda s: shop.goods.making.quote(s, wish.lines))
    dearer = dict(json.loads(shop.world.sql("select body from goods.catalogue")[0]["body"]), version="dearer")
    next(one for one in dearer["items"] if one["id"] == "prints")["price"]["base"]["EUR"] += 100
    publish = shop.goods.catalogues.publish
    shop.do(lambda s: publish(s, json.dumps(dearer).encode(), by="test"))
    with pytest.raises(PriceChanged) as refused:
        shop.make(replace(wish, digest=seen.digest))
    assert refused.value.minor == seen.price.minor + 100
    assert mine.orders == []
    assert shop.make(replace(wish, digest=refused.value.digest)).is_new
    assert mine.orders[0].price.minor == seen.price.minor + 100


CANNOT = (
    ("nothing", {}, "item"),
    ("cd", {"quantity": -1}, "quantity"),
    ("cd", {"quantity": 0}, "quantity"),
    ("cd", {"quantity": 10**9}, "quantity"),
    ("cd", {"images": ()}, "images"),
    ("prints", {"options": {"size": "1x1"}}, "value"),
    ("prints", {"options": {"shape": "round"}}, "option"),
    ("cd", {"currency": "ZZZ"}, "currency"),
)


def test_attack_what_cannot_be_had_makes_no_order(shop, owner):
    mine = owner("MAKE0005")
    for item, more, why in CANNOT:
        with pytest.raises(ChoiceRefused) as refused:
            shop.make(shop.wish(mine, item, **more))
        assert refused.value.why == why
    assert mine.orders == []


def test_S4_a_credit_that_fits_pays_and_one_that_does_not_is_left(shop, owner):
    mine = owner("MAKE0006")
    root = mine.home.package
    shop.credit(root, options='{"case": "box"}')
    plain = shop.look(shop.order(shop.of_plan(mine)))
    boxed = shop.look(shop.order(shop.of_plan(mine, options={"case": "box"})))
    third = shop.look(shop.order(shop.of_plan(mine, options={"case": "box"})))
    assert [(one.pays, one.price.minor > 0) for one in (plain, boxed, third)] == [
        ("till", True), ("prepaid", False), ("till", True)
    ]  # fmt: skip
    assert (shop.used(root), boxed.lines[0].credit, boxed.lines[0].gross.minor > 0) == (1, 0, True)


def test_S4_a_piece_covers_so_many_pictures_or_pages_and_no_more(shop, owner):
    """Three prints are one piece of up to three, and none of up to two; an album of three pictures is one page."""
    mine = owner("MAKE0010")
    root = mine.home.package
    shop.credit(root, item="prints", most=2, pieces=9)
    dear = shop.look(shop.order(shop.of_plan(mine, "prints")))
    covered = shop.look(shop.order(shop.of_plan(mine, "prints", images=mine.images[:2], quantity=2)))
    assert (dear.pays, dear.price.minor > 0, covered.pays, shop.used(root)) == ("till", True, "prepaid", 2)
    shop.credit(root, item="prints", most=3)
    assert shop.look(shop.order(shop.of_plan(mine, "prints"))).lines[0].credit == 1
    shop.credit(root, item="album-pages", most=1)
    assert shop.look(shop.order(shop.of_plan(mine, "album-pages"))).pays == "prepaid"
    assert shop.used(root) == 4


def test_S4_on_account_only_who_may(shop, owner):
    mine = owner("MAKE0007")
    with pytest.raises(NotOnAccount):
        shop.make(shop.wish(mine, pays="account"))
    assert shop.look(shop.order(shop.of_plan(mine, pays="account", person=mine.person))).pays == "till"
    euros = replace(shop.look(mine.orders[0].id).price, minor=5_000)
    shop.do(lambda s: shop.goods.tabs.give(s, mine.person, euros, by="test"))
    assert shop.look(shop.order(shop.wish(mine, pays="account"))).pays == "account"


def test_O10_a_film_takes_no_pictures_along(shop, owner):
    mine = owner("MAKE0008")
    (line,) = shop.look(shop.order(shop.wish(mine, "next-roll"))).lines
    assert (line.kind, line.images, line.is_shipped) == ("next_roll", (), True)


def test_O10_two_lines_are_one_order_confirmed_together(shop, owner):
    mine = owner("MAKE0009")
    wish = shop.wish(mine)
    both = replace(wish, lines=(*wish.lines, LineWish(choice=Choice(item="index-print"), images=mine.images)))
    seen = shop.do(lambda s: shop.goods.making.quote(s, both.lines))
    found = shop.look(shop.order(replace(both, digest=seen.digest)))
    assert (found.price, len(found.lines)) == (seen.price, 2)
