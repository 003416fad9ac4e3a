"""What goes wrong round orders: one that cannot be read, clocks set wrong, people who leave in the middle."""

import asyncio
from datetime import timedelta

import msgspec
import pytest

from photoservice.errors import Unprocessable
from photoservice.goods_errors import ShareLimitReached


def paid_order(shop, mine, **more):
    shop.credit(mine.home.package, pieces=2)
    mine.lives()
    return shop.order(shop.of_plan(mine, person=mine.person, **more))


def test_O15_an_order_that_cannot_be_read_keeps_no_other_waiting(shop, owner):
    mine, theirs = owner("MISHAP01"), owner("MISHAP02")
    broken, whole = paid_order(shop, mine), paid_order(shop, theirs)
    shop.pass_days(1.01)
    shop.world.sql("update goods.order_line set titles = '[]' where order_id = $1", broken)
    shop.world.sql("update goods.customer_order set look_at = made_at where id = $1", broken)
    with pytest.raises(msgspec.ValidationError):
        shop.release()
    assert shop.look(whole).standing.stage == "released"
    assert shop.release() == 0  # a minute has not passed
    shop.world.sql("update goods.order_line set titles = '{}' where order_id = $1", broken)
    shop.pass_days(0.01)
    assert shop.release() == 1
    assert shop.look(broken).standing.stage == "released"


def test_S4_an_order_that_cannot_be_read_keeps_nobody_from_being_reminded(shop, owner):
    mine, theirs = owner("MISHAP07"), owner("MISHAP08")
    orders = [(shop.order(shop.of_plan(one, "prints", person=one.person)), one) for one in (mine, theirs)]
    orders.sort(key=lambda one: one[0])
    shop.pass_days(1.01)
    assert shop.release() == 0
    shop.pass_days(3)
    (broken, _), (_, last) = orders
    shop.world.sql("update goods.order_line set titles = '[]' where order_id = $1", broken)
    with pytest.raises(msgspec.ValidationError):
        shop.remind()
    assert last.told() == ["order_made", "order_waits"]


def test_O2_orders_and_refunds_of_a_clock_that_was_a_year_ahead_do_not_wait_for_that_year(shop, owner):
    mine = owner("MISHAP03")
    before = paid_order(shop, mine)
    watch = shop.goods.evaluating.watch_clock
    shop.run(watch())
    shop.pass_days(365)
    shop.run(watch())
    made = paid_order(shop, mine)
    waits = shop.order(shop.of_plan(mine, "prints", person=mine.person))
    shop.contest(mine)
    assert shop.release() == 0  # the first one waits for its owner to be settled, and is looked at an hour later
    shop.pay(waits, 1)
    shop.world.sql("update goods.payment set try_at = $2 where order_id = $1", waits, shop.world.clock.now())
    shop.pass_days(-365)
    shop.contest(mine, "registered")
    shop.run(watch())
    assert shop.look(made).standing.until == shop.world.clock.now() + timedelta(days=1)
    (owed,) = shop.world.sql("select try_at from goods.payment where order_id = $1", waits)
    assert owed["try_at"] == shop.world.clock.now()
    shop.pass_days(1.01)
    assert shop.release() == 2
    assert [shop.look(one).standing.stage for one in (before, made, waits)] == ["released", "released", "waiting"]


def test_O15_who_leaves_while_an_order_is_cancelled_gives_its_credit_back_once(shop, owner):
    mine = owner("MISHAP04")
    order, kept = paid_order(shop, mine), shop.order(shop.of_plan(mine))
    root = mine.home.package
    assert shop.used(root) == 2
    people, orders = shop.service.people, shop.goods.orders

    async def leave():
        async with shop.service.database.begin() as session:
            await people.deleting.delete(session, mine.person)

    async def race():
        async with shop.service.database.begin() as session:
            shown = await people.persons.shown(session, mine.person)
            await orders.cancel(session, mine.person, shown, order, version=1)
            leaving = asyncio.create_task(leave())
            await asyncio.sleep(0.3)
        await leaving

    shop.run(race())
    assert (shop.used(root), shop.look(kept).standing.stage) == (1, "cooling")


def test_attack_who_floods_us_with_orders_by_hand_finishes_some_first(shop, owner):
    mine, theirs = owner("MISHAP09"), owner("MISHAP10")
    first = shop.wish(mine)
    order = shop.order(first)
    shop.world.sql(
        "insert into goods.customer_order (id, origin, kind, person, catalogue, currency, price, tax, pays, made_at,"
        " changed_at) select 'O-' || n, 'hand ' || n, kind, person, catalogue, currency, price, tax, pays, made_at,"
        " changed_at from goods.customer_order, generate_series(1, 99) as n where id = $1",
        order,
    )
    with pytest.raises(Unprocessable):
        shop.order(shop.wish(mine))
    assert shop.order(first) == order  # the same form again is the same order
    shop.order(shop.of_plan(mine, person=mine.person))
    shop.order(shop.wish(theirs))
    shop.steer(mine, "cancel", order)
    shop.order(shop.wish(mine))


def test_O16_a_guests_own_order_is_not_changed_beyond_the_shares_limit(shop, owner):
    mine, friend = owner("MISHAP05"), owner("MISHAP06")
    shop.world.sql(
        "insert into people.share (id, person, kind, token_mac, scope, what, rights, order_limit, made_at)"
        " values ('SH-1', $1, 'link', 'x', 'roll', $2, array['view', 'order', 'pay'], 1500, $3)",
        *(mine.person, mine.home.rolls[0], shop.world.clock.now()),
    )
    order = shop.order(shop.wish(friend, images=mine.images, share="SH-1"))
    assert shop.look(order).price.minor == 590
    with pytest.raises(ShareLimitReached) as refused:
        shop.steer(friend, "change_line", order, line=1, quantity=3)
    assert (refused.value.left, shop.look(order).price.minor) == (1500, 590)
    shop.steer(friend, "change_line", order, line=1, quantity=2)
    assert shop.look(order).price.minor == 1180
    owners = shop.order(shop.wish(mine, share="SH-1"))
    with pytest.raises(ShareLimitReached):
        shop.steer(friend, "change_line", order, line=1, quantity=3)
    shop.steer(mine, "change_line", owners, line=1, quantity=9)  # whose share it is orders what they like
    shop.steer(friend, "change_line", order, line=1, quantity=1)  # less is never refused
