"""Order codes at the till, over HTTP: one-time, for exactly this much, and one answer for all that is wrong (S4)."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest

from photocore.codes import grouped, mint_order_code
from photocore.host import SystemEntropy
from photoservice.paying.errors import NothingToPay

STORE = "9521141000007"
OTHER_STORE = "9521141000014"


def slug(reply):
    return (reply.status_code, reply.json()["type"].rpartition(":")[2])


REFUSED = (403, "order-code-refused")


def test_S4_a_till_takes_the_money_in_and_the_order_is_paid(shop):
    order = shop.order(1999)
    code = shop.code(order)
    assert code.startswith("TCO-")
    asked = shop.tell("/order-codes/look-up", {"code": grouped(code).lower(), "store": OTHER_STORE})
    assert (asked.status_code, asked.json()["minor"], asked.json()["currency"]) == (200, 1999, "EUR")
    done = shop.redeem(f" {grouped(code).lower()} ")
    assert (done.status_code, done.json()["order"], done.json()["is_new"]) == (200, order, True)
    assert (shop.paid(order), shop.looked_at(order)) == (1999, shop.world.clock.now())


def test_S4_the_same_redemption_is_answered_the_same_and_counts_once(shop):
    order = shop.order(1999)
    code = shop.code(order)
    first, again = shop.redeem(code).json(), shop.redeem(code).json()
    assert again == {**first, "is_new": False}
    assert shop.paid(order) == 1999
    assert slug(shop.redeem(code, 1998)) == (422, "key-reused")
    assert slug(shop.redeem(code, store=OTHER_STORE)) == (422, "key-reused")


def test_S4_a_code_is_used_once_by_whichever_till_is_first(shop):
    order = shop.order(1999)
    code = shop.code(order)
    with ThreadPoolExecutor(6) as tills:
        replies = list(tills.map(lambda n: shop.redeem(code, key=f"T{n}"), range(6)))
    assert sorted(slug(one) if one.status_code != 200 else (200, "") for one in replies) == [(200, ""), *[REFUSED] * 5]
    assert shop.paid(order) == 1999


def test_S4_forged_used_expired_replaced_and_wrong_amounts_are_refused_in_the_same_words(shop):
    replies = [shop.redeem(mint_order_code(SystemEntropy()), key="forged")]
    code = shop.code(shop.order(1999))
    replies += [shop.redeem(code, 1998, key="less"), shop.redeem(code, 2000, key="more")]
    replies += [shop.redeem(code, 1999, currency="USD", key="other"), shop.redeem("TCO-123", key="short")]
    changed = shop.order(1999)
    old = shop.code(changed)
    shop.cost(changed, 2999)
    replies += [shop.redeem(old, 1999, key="old-price"), shop.redeem(old, 2999, key="new-price")]
    gone = shop.order(1999)
    dead = shop.code(gone)
    shop.cancel(gone)
    replies.append(shop.redeem(dead, key="cancelled"))
    later = shop.code(shop.order(1999))
    shop.later(days=14)
    replies.append(shop.redeem(later, key="expired"))
    assert {slug(one) for one in replies} == {REFUSED}
    assert {one.json()["detail"] for one in replies} == {replies[0].json()["detail"]}
    assert shop.world.sql("select * from goods.payment") == []


def test_S4_what_is_out_of_form_is_said_so_and_changes_nothing(shop):
    code = shop.code(shop.order(1999))
    wrong = [{"minor": 0}, {"minor": -1999}, {"minor": 10**13}, {"minor": 19.99}, {"minor": "1999"}, {"x": 1}]
    wrong += [{"currency": "euro"}, {"key": ""}, {"key": "a b"}, {"store": "1"}]
    assert {shop.redeem(code, **{"minor": 1999, **said}).status_code for said in wrong} == {400}
    assert shop.redeem(code).status_code == 200


def test_S4_an_order_has_one_live_code_shown_again_and_kept_as_an_hmac_only(shop):
    order = shop.order(1999)
    code = shop.code(order)
    assert shop.code(order) == code
    shop.cost(order, 2999)
    other = shop.code(order)
    assert other != code
    rows = shop.world.sql("select * from goods.order_code where order_id = $1 order by serial", order)
    assert [row["voided_at"] is None for row in rows] == [False, True]
    assert code not in repr(rows)
    assert other.removeprefix("TCO-") not in repr(rows)
    shop.later(days=13, hours=1)
    assert shop.code(order) not in (code, other)


def test_S4_no_code_is_given_where_there_is_nothing_to_pay(shop):
    order = shop.order(1999)
    code = shop.code(order)
    shop.note(order, 1999)
    with pytest.raises(NothingToPay):
        shop.code(order)
    assert slug(shop.redeem(code)) == REFUSED


def test_S4_a_code_pays_what_is_lacking_after_a_first_payment(shop):
    order = shop.order(1999)
    shop.note(order, 999)
    assert shop.redeem(shop.code(order), 1000).status_code == 200
    assert shop.paid(order) == 1999


def test_S4_an_operator_of_another_tenant_redeems_nothing_in_this_ones_stores(shop):
    running = shop.world.running
    others = running.add_tenant("Other Store", "retailer", "9521777", gln="9521141000038")
    lab = running.add_tenant("Silver Lab", "lab")
    code = shop.code(shop.order(1999))
    for key in (others, shop.world.maker):
        assert slug(shop.redeem(code, as_key=key)) == (403, "store-foreign")
    assert slug(shop.redeem(code, as_key=lab)) == (403, "not-for-labs")
    assert slug(shop.redeem(code, store="9521141009994")) == (403, "store-foreign")
    assert shop.redeem(code, as_key="tck_nothing").status_code == 401
    assert shop.redeem(code).status_code == 200


def test_attack_S4_guessing_codes_rests_that_store_and_no_other(shop):
    code = shop.code(shop.order(1999))
    guesses = [shop.redeem(mint_order_code(SystemEntropy()), key=f"G{n}") for n in range(12)]
    assert slug(guesses[0]) == REFUSED
    assert slug(guesses[-1]) == (429, "throttled")
    assert int(guesses[-1].headers["Retry-After"]) > 0
    assert shop.redeem(code).status_code == 429
    assert shop.redeem(code, store=OTHER_STORE).status_code == 200


def test_S4_what_was_misread_does_not_count_as_a_guess(shop):
    code = shop.code(shop.order(1999))
    wrong = code[:-1] + ("0" if code[-1] != "0" else "1")
    assert {slug(shop.redeem(wrong, key=f"W{n}")) for n in range(15)} == {REFUSED}
    assert shop.redeem(code).status_code == 200


def test_S4_a_code_and_a_refund_at_once_leave_the_sums_right(shop):
    order = shop.order(1999)
    shop.note(order, 999)
    code = shop.code(order)

    async def refund() -> None:
        async with shop.world.running.service.database.begin() as session:
            await shop.goods.payments.refund(session, order, 999, "OP-1", "R1")

    with ThreadPoolExecutor(2) as hands:
        redeemed = hands.submit(shop.redeem, code, 1000)
        hands.submit(lambda: asyncio.run_coroutine_threadsafe(refund(), shop.world.running.loop).result(20)).result()
        status = redeemed.result().status_code
    assert (status, shop.paid(order)) in ((200, 1000), (403, 0))


def test_attack_a_store_that_guesses_by_looking_rests_like_one_that_redeems(shop):
    code = shop.code(shop.order(1999))
    asked = {"store": STORE, "code": ""}
    for _ in range(10):
        guess = {**asked, "code": mint_order_code(SystemEntropy())}
        assert slug(shop.tell("/order-codes/look-up", guess)) == REFUSED
    rests = shop.tell("/order-codes/look-up", {**asked, "code": code})
    assert slug(rests) == (429, "throttled")
    elsewhere = shop.tell("/order-codes/look-up", {"store": OTHER_STORE, "code": code})
    assert elsewhere.status_code == 200
