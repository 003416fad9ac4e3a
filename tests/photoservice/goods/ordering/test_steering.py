"""One tap cancels or changes what a plan made, as long as it is not handed over; nobody else sees it."""

from dataclasses import replace

import pytest

from photocore.errors import ChoiceRefused
from photoservice.errors import Malformed, Unknown
from photoservice.ordering.errors import NotAsItStands, OrderChangedMeanwhile


def test_O15_one_tap_cancels_while_it_cools_and_the_credit_comes_back(shop, owner):
    mine = owner("STEER001")
    shop.credit(mine.home.package)
    order = shop.order(shop.of_plan(mine))
    assert shop.look(order).standing.stage == "cooling"
    shop.steer(mine, "cancel", order)
    found = shop.look(order)
    assert (found.standing.stage, found.price.minor, shop.used(mine.home.package)) == ("cancelled", 0, 0)
    shop.pass_days(2)
    assert shop.release() == 0
    with pytest.raises(NotAsItStands):
        shop.steer(mine, "cancel", order)
    assert shop.used(mine.home.package) == 0


def test_O15_what_was_paid_comes_back_once_when_it_is_cancelled(shop, owner):
    mine = owner("STEER002")
    order = shop.order(shop.of_plan(mine, "prints"))
    shop.pay(order, shop.look(order).price.minor)
    shop.steer(mine, "cancel", order)
    rows = shop.world.sql("select minor from goods.payment where order_id = $1 order by minor", order)
    assert [row["minor"] for row in rows] == [-rows[1]["minor"], rows[1]["minor"]]
    assert shop.look(order).paid.minor == 0


def test_O15_a_line_is_changed_at_the_price_of_its_own_catalogue(shop, owner):
    mine = owner("STEER003")
    order = shop.order(shop.of_plan(mine, "prints"))
    before = shop.look(order)
    shop.pay(order, before.price.minor)
    shop.steer(mine, "change_line", order, line=1, options={"size": "20x30"}, quantity=2, images=mine.images[:2])
    after = shop.look(order)
    (line,) = after.lines
    assert (line.chosen["size"], line.quantity, line.live_images) == ("20x30", 2, mine.images[:2])
    assert after.price.minor > before.price.minor
    assert after.paid == before.price
    shop.steer(mine, "change_line", order, line=1, options={}, quantity=1, images=mine.images[:1])
    cheaper = shop.look(order)
    assert cheaper.price.minor < before.price.minor
    assert cheaper.paid == cheaper.price


def test_O15_a_changed_line_gives_its_credit_back_or_takes_one(shop, owner):
    mine = owner("STEER004")
    root = mine.home.package
    shop.credit(root, pieces=2)
    order = shop.order(shop.of_plan(mine))
    shop.steer(mine, "change_line", order, line=1, quantity=3)
    dear = shop.look(order)
    assert (dear.pays, dear.price.minor > 0, shop.used(root)) == ("till", True, 0)
    shop.steer(mine, "change_line", order, line=1, quantity=2)
    free = shop.look(order)
    assert (free.pays, free.price.minor, shop.used(root)) == ("prepaid", 0, 2)


def test_S4_a_prepaid_line_that_grows_beyond_its_credit_is_paid_and_gives_it_back(shop, owner):
    mine = owner("STEER014")
    root = mine.home.package
    shop.credit(root, item="prints", most=2)
    order = shop.order(shop.of_plan(mine, "prints", images=mine.images[:2]))
    assert (shop.look(order).pays, shop.used(root)) == ("prepaid", 1)
    shop.steer(mine, "change_line", order, line=1, images=mine.images)
    assert (shop.look(order).pays, shop.look(order).price.minor > 0, shop.used(root)) == ("till", True, 0)
    shop.steer(mine, "change_line", order, line=1, images=mine.images[1:])
    assert (shop.look(order).pays, shop.look(order).price.minor, shop.used(root)) == ("prepaid", 0, 1)


def test_attack_a_changed_line_takes_nothing_that_is_not_theirs(shop, owner):
    mine, other = owner("STEER005"), owner("STEER006")
    order = shop.order(shop.of_plan(mine))
    with pytest.raises(Unknown):
        shop.steer(mine, "change_line", order, line=1, images=other.images[:1])
    with pytest.raises(Unknown):
        shop.steer(mine, "change_line", order, line=7, quantity=1)
    for quantity in (-5, 0, 10**6):
        with pytest.raises(ChoiceRefused):
            shop.steer(mine, "change_line", order, line=1, quantity=quantity)
    with pytest.raises(Unknown):
        shop.as_them(other, "find", order)
    for verb in ("cancel", "release_now", "confirm"):
        with pytest.raises(Unknown):
            shop.steer(other, verb, order)
    with pytest.raises(Malformed):
        shop.as_them(mine, "of", "what?")
    assert (other.orders, shop.look(order).version) == ([], 1)


def test_O15_two_who_hold_a_package_notice_each_other(shop, owner):
    mine, partner = owner("STEER007"), owner("STEER008")
    shop.hold(partner.person, mine.home)
    order = shop.order(shop.of_plan(mine))
    assert mine.told() == partner.told() == ["order_made"]
    seen = partner.orders[0].version
    shop.steer(mine, "change_line", order, line=1, quantity=2)
    with pytest.raises(OrderChangedMeanwhile) as refused:
        shop.as_them(partner, "cancel", order, version=seen)
    assert refused.value.version == shop.look(order).version == seen + 1


def test_O15_released_now_confirmed_and_addressed_by_its_person(shop, owner):
    mine, partner = owner("STEER009"), owner("STEER010")
    shop.hold(partner.person, mine.home)
    shop.credit(mine.home.package)
    order = shop.order(shop.of_plan(mine, needs_confirmation=True))
    assert shop.look(order).standing.actions >= {"confirm", "give_address", "cancel", "change"}
    with pytest.raises(NotAsItStands):
        shop.steer(mine, "release_now", order)
    shop.steer(mine, "confirm", order)
    shop.steer(mine, "give_address", order, address=mine.address("Thun"))
    with pytest.raises(Unknown):
        shop.as_them(partner, "find", order)
    shop.steer(mine, "release_now", order)
    assert shop.release() == 1
    assert shop.do(lambda s: shop.goods.orders.address(s, order)).town == "Thun"
    (kept,) = shop.world.sql("select address, person from goods.customer_order where id = $1", order)
    assert b"Thun" not in bytes(kept["address"])
    assert kept["person"] == mine.person


def test_O15_pages_of_orders_come_newest_first_and_each_once(shop, owner):
    mine = owner("STEER011")
    made = [shop.order(replace(shop.wish(mine, "index-print"), pays="till")) for _ in range(33)]
    first = shop.as_them(mine, "of")
    second = shop.as_them(mine, "of", first.behind)
    ids = [one.id for one in (*first.orders, *second.orders)]
    assert (len(first.orders), second.behind, sorted(ids)) == (30, "", sorted(made))


def test_S4_a_remake_costs_nothing_and_is_made_once(shop, owner):
    mine = owner("STEER012")
    mine.lives()
    shop.credit(mine.home.package)
    order = shop.order(shop.of_plan(mine, person=mine.person, cooling=None))
    assert shop.release() == 1
    look = shop.look(order)
    remake = shop.goods.orders.remake

    def again(key="R1", version=None):
        wanted = shop.look(order).version if version is None else version
        return shop.do(lambda s: remake(s, order, lines=[1], by="OP-1", key=key, version=wanted))

    with pytest.raises(NotAsItStands):
        again()
    note = shop.goods.steps.note
    shop.do(lambda s: note(s, order, 1, "made", at=look.made_at, by="lab", key="m"))
    made = again()
    assert again(version=99) == made
    found = shop.look(made)
    assert (found.kind, found.price.minor, found.pays, found.why["remake_of"]) == ("remake", 0, "nothing", order)
    assert shop.release() == 1
    assert shop.look(made).lines[0].live_images == mine.images
