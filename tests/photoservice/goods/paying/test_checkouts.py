"""Payment pages: what a provider tells is kept once and carried out once, in any order, and nothing forged is (S4)."""

import asyncio
from datetime import timedelta

import pytest
import requests

from photoservice.errors import NotReady, Unknown
from photoservice.paying.errors import NothingToPay, RefundRefused
from photoservice.paying.providers import Page


def outcomes(shop):
    rows = shop.world.sql("select outcome from goods.checkout_event order by came_at, id")
    return sorted(row["outcome"] for row in rows)


def state(shop, reference):
    return shop.world.sql("select state from goods.checkout where reference = $1", reference)[0]["state"]


def test_S4_what_a_provider_tells_pays_the_order_once(shop):
    order = shop.order(1999)
    reference = shop.begin(order)
    told = shop.paid_on(reference)
    replies = [shop.hear(told, event=event) for event in ("msg_a", "msg_a", "msg_b")]
    assert [one.status_code for one in replies] == [204, 204, 204]
    assert (shop.paid(order), state(shop, reference)) == (1999, "paid")
    assert shop.looked_at(order) == shop.world.clock.now()
    assert outcomes(shop) == ["done", "done"]


def test_S4_opening_a_payment_page_twice_leads_to_the_same_one(shop):
    order = shop.order(1999)
    reference = shop.begin(order)
    assert shop.begin(order) == reference
    shop.cost(order, 2999)
    other = shop.begin(order)
    assert other != reference
    shop.later(hours=23, minutes=55)
    assert shop.begin(order) not in (reference, other)
    shop.note(order, 2999)
    with pytest.raises(NothingToPay):
        shop.begin(order)
    with pytest.raises(Unknown):
        shop.begin("O-NONE")


def test_S4_two_who_open_it_at_once_get_one_page(shop):
    order = shop.order(1999)

    async def at_once() -> list[str]:
        checkouts = shop.goods.checkouts
        return await asyncio.gather(*(checkouts.begin(order, back="http://localhost/back") for _ in range(4)))

    assert len(set(shop.run(at_once()))) == 1
    assert len(shop.world.sql("select * from goods.checkout")) == 1


def test_attack_S4_no_forged_old_or_changed_message_is_taken(shop):
    order = shop.order(1999)
    told, now = shop.paid_on(shop.begin(order)), shop.world.clock.now()
    bad = [
        shop.hear(told, at=now - timedelta(minutes=6)),
        shop.hear(told, at=now + timedelta(minutes=6)),
        shop.hear(told, **{"Webhook-Signature": "v1,bm90IHRoZSByaWdodCBvbmU="}),
        shop.hear(told, **{"Webhook-Signature": ""}),
        shop.hear(told, **{"Webhook-Id": "msg_other"}),
        shop.hear(told, **{"Webhook-Timestamp": str(int(now.timestamp()) + 1)}),
        shop.hear(told, **{"Webhook-Timestamp": "-1"}),
        requests.post(f"{shop.world.url}/payments/virtual", json=told, timeout=30),
    ]
    assert {(one.status_code, one.json()["type"].rpartition(":")[2]) for one in bad} == {(401, "webhook-forged")}
    assert (shop.paid(order), outcomes(shop)) == (0, [])
    assert requests.post(f"{shop.world.url}/payments/other", json=told, timeout=30).status_code == 404
    huge = requests.post(f"{shop.world.url}/payments/virtual", data=b"x" * 70_000, timeout=30)
    assert huge.status_code == 413


def test_S4_another_amount_or_currency_leaves_the_order_unpaid_and_is_seen_by_an_operator(shop):
    order = shop.order(1999)
    reference = shop.begin(order)
    for told in (
        shop.paid_on(reference, 1),
        shop.paid_on(reference, 1999, currency="USD"),
        shop.paid_on("VC_unknown"),
        shop.paid_on(reference, -1999),
        {"type": "page.paid", "data": "nothing"},
    ):
        assert shop.hear(told).status_code == 204
    assert shop.hear({"type": "page.other", "timestamp": "", "data": {"page": ""}}).status_code == 204
    assert (shop.paid(order), state(shop, reference)) == (0, "open")
    heard = shop.do(shop.goods.checkouts.messages.to_look_at)
    found = sorted((one.outcome, one.order) for one in heard)
    assert found == [
        ("malformed", None),
        ("malformed", None),
        ("mismatch", order),
        ("mismatch", order),
        ("unknown", None),
    ]


def test_S4_declined_then_paid_counts_and_what_is_told_late_takes_nothing_back(shop):
    order = shop.order(1999)
    reference = shop.begin(order)
    declined = {**shop.paid_on(reference), "type": "page.declined"}
    expired = {**shop.paid_on(reference), "type": "page.expired"}
    shop.hear(declined)
    assert (state(shop, reference), shop.paid(order)) == ("failed", 0)
    shop.hear(shop.paid_on(reference))
    for late in (declined, expired):
        shop.hear(late)
    assert (state(shop, reference), shop.paid(order)) == ("paid", 1999)


def test_S4_a_payment_that_arrives_after_the_page_closed_or_the_order_ended_is_kept(shop):
    order = shop.order(1999)
    reference = shop.begin(order)
    shop.later(hours=25)
    assert shop.run(shop.goods.checkouts.run_once()) == 1
    assert state(shop, reference) == "expired"
    shop.cancel(order)
    shop.hear(shop.paid_on(reference))
    assert state(shop, reference) == "paid"
    (owed,) = shop.owed()
    assert (owed.why, owed.money.minor, owed.way) == ("cancelled", 1999, "checkout")
    shop.run(shop.goods.checkouts.run_once())
    assert (shop.owed(), shop.paid(order)) == ([], 0)


def test_S4_a_refund_goes_back_by_the_provider_once_whatever_happens_in_between(shop):
    order = shop.order(1999)
    reference = shop.begin(order)
    shop.hear(shop.paid_on(reference))
    shop.refund(order, 500)
    checkouts, asked = shop.goods.checkouts, []

    class Wayward:
        """The provider for trials, in trouble: away at first, then refusing, then itself again."""

        name, origin, moods = "virtual", "", ["away", "refuses"]

        async def refund(self, of: str, money: object, key: str) -> str:
            asked.append((of, money, key))
            if not self.moods:
                return "VR_1"
            raise NotReady("away", wait_s=1) if self.moods.pop(0) == "away" else RefundRefused("account closed")

    wayward = Wayward()
    shop.run(checkouts._send_refunds(wayward))
    assert [one.trouble for one in shop.owed()] == [""]
    assert shop.run(checkouts._send_refunds(wayward)) == 0
    shop.later(minutes=6)
    shop.run(checkouts._send_refunds(wayward))
    assert [one.trouble for one in shop.owed()] == ["account closed"]
    shop.do(lambda s: shop.goods.payments.given(s, order, "R1", "OP-1"))
    assert (shop.owed(), shop.paid(order)) == ([], 1499)
    assert {(of, money.minor) for of, money, _ in asked} == {(reference, 500)}


def test_S4_a_refund_told_before_its_payment_waits_for_it(shop):
    order = shop.order(1999)
    reference = shop.begin(order)
    back = {**shop.paid_on(reference, 700, payment="VR_9"), "type": "refund.done"}
    assert shop.hear(back).status_code == 204
    assert (shop.paid(order), outcomes(shop)) == (0, [""])
    shop.hear(shop.paid_on(reference))
    shop.run(shop.goods.checkouts.run_once())
    shop.hear(back)
    assert (shop.paid(order), state(shop, reference)) == (1299, "refunded")
    assert outcomes(shop) == ["done"] * 3


def test_S4_a_refund_told_of_what_never_was_paid_is_seen_by_an_operator(shop):
    reference = shop.begin(shop.order(1999))
    shop.hear({**shop.paid_on(reference, 700, payment="VR_9"), "type": "refund.done"})
    shop.later(days=4)
    shop.run(shop.goods.checkouts.run_once())
    assert outcomes(shop) == ["early"]


def test_S4_our_own_refund_told_by_the_provider_counts_once(shop):
    order = shop.order(1999)
    reference = shop.begin(order)
    shop.hear(shop.paid_on(reference))
    shop.refund(order, 700)
    key = shop.world.sql("select key from goods.payment where minor < 0")[0]["key"]
    told = {**shop.paid_on(reference, 700, payment="VR_9"), "type": "refund.done"}
    told["data"]["key"] = key
    shop.hear(told)
    shop.run(shop.goods.checkouts.run_once())
    shop.hear(told)
    assert (shop.paid(order), shop.owed(), outcomes(shop)) == (1299, [], ["done"] * 3)


def test_S4_a_message_that_could_not_be_carried_out_is_done_by_the_next_round(shop):
    order = shop.order(1999)
    reference = shop.begin(order)
    shop.world.sql(
        "create function goods.hurt() returns trigger language plpgsql as $$ begin raise 'disk full'; end $$"
    )
    shop.world.sql("create trigger hurt before insert on goods.payment execute function goods.hurt()")
    assert shop.hear(shop.paid_on(reference)).status_code == 204
    assert (shop.paid(order), outcomes(shop), state(shop, reference)) == (0, [""], "open")
    shop.world.sql("drop trigger hurt on goods.payment")
    shop.run(shop.goods.checkouts.run_once())
    assert (shop.paid(order), outcomes(shop)) == (1999, ["done"])


def test_S4_a_page_that_the_provider_does_not_make_leaves_nothing_open(shop):
    from dataclasses import replace

    class Away:
        name, origin = "virtual", ""

        async def begin(self, wanted: object) -> Page:
            raise NotReady("away", wait_s=1)

    order = shop.order(1999)
    checkouts = replace(shop.goods.checkouts, provider=Away())
    with pytest.raises(NotReady):
        shop.run(checkouts.begin(order, back="/back"))
    assert [row["state"] for row in shop.world.sql("select state from goods.checkout")] == ["failed"]
    assert shop.begin(order)


def test_S4_a_payment_that_came_twice_is_given_back_by_itself(shop):
    order = shop.order(1999)
    one = shop.begin(order)
    shop.cost(order, 2999)
    other = shop.begin(order)
    shop.hear(shop.paid_on(one, 1999, payment="VP_1"))
    shop.hear(shop.paid_on(other, 2999, payment="VP_2"))
    assert [one.money.minor for one in shop.owed()] == [1999]
    shop.run(shop.goods.checkouts.run_once())
    assert (shop.owed(), shop.paid(order)) == ([], 2999)
