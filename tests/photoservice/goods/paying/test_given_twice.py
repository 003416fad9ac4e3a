"""A provider that gives back more than was paid: its mistake, which no customer is asked to pay for (S4)."""


def refunded_on(reference, refund, minor):
    about = {"page": reference, "payment": refund, "minor": minor, "currency": "EUR"}
    return {"type": "refund.done", "timestamp": "2026-11-22T12:00:00Z", "data": about}


def test_S4_what_a_provider_gave_back_twice_is_not_asked_for_again(shop):
    order = shop.order(1999)
    page = shop.begin(order)
    assert shop.hear(shop.paid_on(page)).status_code == 204
    shop.cancel(order)
    for refund in ("VR_1", "VR_2"):
        assert shop.hear(refunded_on(page, refund, 1999)).status_code == 204
    assert shop.paid(order) == -1999
    bill = shop.do(lambda s: shop.goods.payments.bill(s, order))
    assert (bill.price.minor, bill.lacking.minor) == (0, 0)
