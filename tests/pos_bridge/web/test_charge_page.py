"""An order is charged at the till: its code, typed at the cashier's page, becomes one that any till's scanner reads."""

import re
from urllib.parse import urlsplit

import pytest

from photocore.codes import mint_order_code
from photocore.host import SystemEntropy
from photoservice.testing_browser import PlainBrowser
from pos_bridge.orders.testing import KEY
from pos_bridge.orders.testing import FakePhotoservice as FakeOrders
from pos_bridge.testing import SETTINGS, STORE, BridgeBench


class BothHalves:
    """The photoservice's two halves behind one address."""

    def __init__(self, station, orders):
        self.station, self.orders = station, orders

    def exchange(self, request):
        is_order = urlsplit(request.url).path.startswith("/order-codes")
        return (self.orders if is_order else self.station).exchange(request)


@pytest.fixture
def till(tmp_path):
    bench = BridgeBench(folder=tmp_path / "station", settings=f'{SETTINGS}\n[service]\nkey = "{KEY}"\n')
    with bench.opened():
        pass  # the store's own number comes with the roster, and orders are asked for in its name
    orders = FakeOrders(bench.clock, stores=frozenset({STORE}))
    bench.service = BothHalves(bench.service, orders)
    with bench.served() as served:
        yield served, orders


def test_S4_an_order_is_charged_by_a_code_that_the_till_reads(till):
    """The page shows amount and bars; asked twice it is the same code; without a printer no slip is offered."""
    served, orders = till
    code = mint_order_code(SystemEntropy())
    orders.codes[code] = (1299, "EUR")
    browser = PlainBrowser(served.url)
    browser.go("/lane/1")
    page = browser.submit("/lane/1/scan", text=code)
    (number,) = set(re.findall(r"aria-label=\"([0-9]{13})\"", page))
    assert "12.99 EUR" in page
    assert served.opened.bridge.codes.find(number).order_code == code
    browser.go("/lane/1/charge")
    assert f'aria-label="{number}"' in browser.submit("/lane/1/charge", code=code.lower())
    assert "/slip" not in browser.page


@pytest.mark.parametrize(("breaks", "told"), [("before", "cannot be reached"), ("", "takes no money for it")])
def test_S4_what_cannot_be_charged_says_why(till, breaks, told):
    """No answer, or an order that takes no money: the cashier reads which, and nothing is given out."""
    served, orders = till
    orders.breaks = breaks
    browser = PlainBrowser(served.url)
    browser.go("/lane/1/charge")
    form = browser.form("/lane/1/charge").filled({"code": mint_order_code(SystemEntropy())})
    answer = browser.http.post(f"{served.url}/lane/1/charge", data=form, timeout=30)
    assert (answer.status_code, told in answer.text) == (422, True)
    assert served.opened.bridge.codes.newest() == ()
