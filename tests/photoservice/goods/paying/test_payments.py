"""Money in and given back: each once, nothing lost, nothing beyond what was paid (S4)."""

import asyncio

import pytest

from photocore.money import MOST_MINOR
from photoservice.errors import KeyReused, Malformed, Unknown
from photoservice.paying.errors import CurrencyMixed, NothingToPay, NotOnAccount, RefundBeyond


def test_S4_a_payment_counts_once_by_its_way_and_key_and_has_the_order_looked_at(shop):
    order = shop.order(1999)
    assert shop.looked_at(order) is None
    assert [shop.note(order, 1000), shop.note(order, 1000), shop.note(order, 999, "K2")] == [True, False, True]
    assert shop.paid(order) == 1999
    assert shop.looked_at(order) == shop.world.clock.now()


def test_S4_a_key_stands_for_one_payment_only(shop):
    one, other = shop.order(), shop.order()
    shop.note(one, 1000)
    for order, minor in ((one, 1001), (other, 1000)):
        with pytest.raises(KeyReused):
            shop.note(order, minor)
    assert (shop.paid(one), shop.paid(other)) == (1000, 0)


def test_S4_no_amount_below_one_or_beyond_all_measure_is_noted(shop):
    order = shop.order()
    for minor in (0, -1, -1999, MOST_MINOR + 1, 10**30):
        with pytest.raises(Malformed):
            shop.note(order, minor)
        assert shop.paid(order) == 0, minor
    assert shop.world.sql("select * from goods.payment") == []


def test_S4_another_currency_never_meets_an_orders_sum(shop):
    order = shop.order()
    for currency in ("USD", "JPY"):
        with pytest.raises(CurrencyMixed):
            shop.note(order, 1999, currency=currency)
    with pytest.raises(Malformed):
        shop.note(order, 1999, currency="eur")
    with pytest.raises(Unknown):
        shop.note("O-NONE", 1999)
    assert shop.world.sql("select * from goods.payment") == []


def test_S4_what_is_paid_beyond_the_price_is_kept_and_promised_back(shop):
    order = shop.order(1999)
    shop.note(order, 2500)
    assert shop.paid(order) == 1999
    (owed,) = shop.owed()
    assert (owed.order, owed.money.minor, owed.why, owed.way) == (order, 501, "overpaid", "staff")


def test_S4_a_payment_that_comes_after_a_cancellation_is_kept_and_promised_back(shop):
    order = shop.order(1999)
    shop.cancel(order)
    shop.note(order, 1999)
    (owed,) = shop.owed()
    assert (owed.money.minor, owed.why, shop.paid(order)) == (1999, "cancelled", 0)


def test_S4_a_refund_is_promised_once_and_never_beyond_what_was_paid(shop):
    order = shop.order(1999)
    with pytest.raises(RefundBeyond):
        shop.refund(order, 1)
    shop.note(order, 1999)
    shop.refund(order, 500)
    shop.refund(order, 500)
    assert shop.paid(order) == 1499
    with pytest.raises(KeyReused):
        shop.refund(order, 501)
    with pytest.raises(RefundBeyond):
        shop.refund(order, 1500, "R2")
    for minor in (0, -1499, 10**30):
        with pytest.raises(Malformed):
            shop.refund(order, minor, "R3")
    shop.refund(order, 1499, "R2")
    assert (shop.paid(order), [one.money.minor for one in shop.owed()]) == (0, [500, 1499])


def test_S4_a_refund_is_shared_out_over_the_ways_the_money_came(shop):
    order = shop.order(3000)
    shop.note(order, 1000, "A")
    shop.later(seconds=1)
    shop.note(order, 2000, "B", way="till")
    shop.refund(order, 2500)
    assert {(one.way, one.money.minor) for one in shop.owed()} == {("till", 2000), ("staff", 500)}


def test_S4_a_refund_stands_in_the_operators_list_until_somebody_has_given_it(shop):
    order = shop.order(1999)
    shop.note(order, 1999)
    shop.refund(order, 1999)
    shop.later(days=1)
    payments = shop.goods.payments
    for _ in range(2):
        shop.do(lambda s: payments.given(s, order, "R1", "OP-2"))
    assert shop.owed() == []
    with pytest.raises(Unknown):
        shop.do(lambda s: payments.given(s, order, "NONE", "OP-2"))
    back = shop.do(lambda s: payments.of(s, order))[-1]
    assert (back.money.minor, back.by, back.settled_at) == (-1999, "OP-2", shop.world.clock.now())


def test_S4_refunds_at_once_give_back_no_more_than_was_paid(shop):
    order = shop.order(1000)
    shop.note(order, 1000)

    async def all_at_once() -> list[object]:
        async def one(key: str) -> None:
            async with shop.world.running.service.database.begin() as session:
                await shop.goods.payments.refund(session, order, 400, "OP-1", key)

        keys = [f"R{n % 5}" for n in range(10)]
        return await asyncio.gather(*map(one, keys), return_exceptions=True)

    outcomes = shop.run(all_at_once())
    assert [type(one) for one in outcomes if one is not None] == [RefundBeyond] * 6
    assert shop.paid(order) == 200


def test_S4_what_one_may_have_on_account_is_bounded_by_currency(shop):
    person, tabs = shop.person(), shop.goods.tabs
    euros, yens = shop.order(1999, person=person), shop.order(900, person=person, currency="JPY")
    price = shop.do(lambda s: shop.goods.payments.bill(s, euros)).price
    with pytest.raises(NotOnAccount):
        shop.do(lambda s: tabs.put(s, euros, person))
    shop.do(lambda s: tabs.give(s, person, price.times(2), by="OP-1"))
    shop.do(lambda s: tabs.put(s, euros, person))
    shop.do(lambda s: tabs.put(s, euros, person))
    with pytest.raises(NotOnAccount):
        shop.do(lambda s: tabs.put(s, yens, person))
    (tab,) = shop.do(lambda s: tabs.of(s, person))
    assert (tab.open.minor, tab.left.minor) == (1999, 1999)
    shop.note(euros, 1500)
    large, small = shop.order(3499, person=person), shop.order(1, person=person)
    shop.do(lambda s: tabs.put(s, large, person))
    with pytest.raises(NotOnAccount):
        shop.do(lambda s: tabs.put(s, small, person))
    shop.cancel(euros)
    assert shop.do(lambda s: tabs.of(s, person))[0].open.minor == 3499


def test_S4_what_is_given_back_of_goods_that_were_made_is_not_owed_again(shop):
    person, tabs = shop.person(), shop.goods.tabs
    order = shop.order(1999, person=person, pays="account")
    price = shop.do(lambda s: shop.goods.payments.bill(s, order)).price
    shop.do(lambda s: tabs.give(s, person, price, by="OP-1"))
    shop.world.sql("update goods.customer_order set released_at = made_at where id = $1", order)
    assert shop.do(lambda s: tabs.of(s, person))[0].open == price
    shop.note(order, 1999)
    shop.refund(order, 1999)
    assert shop.do(lambda s: tabs.of(s, person))[0].open.minor == 0
    with pytest.raises(NothingToPay):
        shop.code(order)


def test_S4_orders_at_once_never_go_beyond_an_account(shop):
    person, tabs = shop.person(), shop.goods.tabs
    orders = [shop.order(1000, person=person) for _ in range(8)]
    price = shop.do(lambda s: shop.goods.payments.bill(s, orders[0])).price
    shop.do(lambda s: tabs.give(s, person, price.times(3), by="OP-1"))

    async def all_at_once() -> list[object]:
        async def one(order: str) -> None:
            async with shop.world.running.service.database.begin() as session:
                await tabs.put(session, order, person)

        return await asyncio.gather(*map(one, orders), return_exceptions=True)

    outcomes = shop.run(all_at_once())
    assert [type(one) for one in outcomes if one is not None] == [NotOnAccount] * 5
    assert shop.do(lambda s: tabs.of(s, person))[0].open == price.times(3)


def test_S4_an_account_takes_neither_anothers_order_nor_one_that_lacks_nothing(shop):
    person, tabs = shop.person(), shop.goods.tabs
    theirs, free = shop.order(person=shop.person()), shop.order(0, person=person)
    price = shop.do(lambda s: shop.goods.payments.bill(s, theirs)).price
    shop.do(lambda s: tabs.give(s, person, price.times(9), by="OP-1"))
    with pytest.raises(Unknown):
        shop.do(lambda s: tabs.put(s, theirs, person))
    with pytest.raises(NothingToPay):
        shop.do(lambda s: tabs.put(s, free, person))
    with pytest.raises(Malformed):
        shop.do(lambda s: tabs.give(s, person, price.times(-1), by="OP-1"))
    with pytest.raises(Unknown):
        shop.do(lambda s: tabs.give(s, "P-NONE", price, by="OP-1"))
