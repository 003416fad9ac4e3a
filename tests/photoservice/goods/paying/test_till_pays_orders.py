"""A store's bridge and a real photoservice: an order's code becomes a till's, and a sale pays the order (S4)."""

import pytest

from photocore.testing import SeededEntropy
from pos_bridge.errors import BridgeRefusal
from pos_bridge.orders.charges import Charge, Charges
from pos_bridge.orders.service import OrderService
from pos_bridge.orders.store import IssuedCodes
from pos_bridge.orders.testing import open_books
from pos_bridge.sale import BasketKey, LineKey
from pos_bridge.settings import CodeSettings
from sync.channel import RequestsChannel

STORE = "9521141000007"
LINE = LineKey(basket=BasketKey(store=STORE, till="1", business_day="2026-11-21", sequence="41"), line=2)


def test_S4_a_till_without_a_connection_of_its_own_pays_an_order(shop, tmp_path):
    """Looked up, shown as an EAN-13, seen in a sale, redeemed once; voided after that it is a person's to settle."""
    order = shop.order(1999)
    code = shop.code(order)
    books = open_books(tmp_path)
    service = OrderService(channel=RequestsChannel(), url=shop.world.url, key=shop.world.retailer, store=STORE)
    dice = SeededEntropy(1)
    issued = IssuedCodes(books, CodeSettings(), store=STORE, clock=shop.world.clock, entropy=dice, service=service)
    charges = Charges(books, issued, clock=shop.world.clock, service=service)
    try:
        given = issued.issue(code)
        assert (given.minor, given.currency, len(given.code)) == (1999, "EUR", 13)
        charge = Charge(number=given.number, line=LINE, minor=1999, currency="EUR")
        assert [charges.paid(charge), charges.paid(charge), charges.run_once()] == [True, False, 1]
        assert (shop.paid(order), charges.state_of(LINE)) == (1999, "redeemed")
        with pytest.raises(BridgeRefusal, match="takes no money"):
            issued.issue(code)
        charges.taken_back(LINE)
        (trouble,) = charges.troubles()
        assert (trouble.kind, trouble.order) == ("order_code_taken_back", order)
    finally:
        books.close()


def test_S4_another_retailers_store_is_refused_at_look_up(shop, tmp_path):
    foreign = OrderService(
        channel=RequestsChannel(), url=shop.world.url, key=shop.world.retailer, store="9521141000090"
    )
    with pytest.raises(BridgeRefusal) as caught:
        foreign.look_up(shop.code(shop.order(1999)))
    assert caught.value.reason == "service_store"
