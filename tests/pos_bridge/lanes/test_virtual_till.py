"""The virtual till does what tills do: sells, counts, voids, takes back, suspends, prints."""

import pytest

from hardware.tee.receipts import ReceiptFinder
from hardware.transport import loop_pair
from photocore.gs1_rules import check_digit
from photocore.testing import ManualClock
from pos_bridge.virtual.basket import Article, NotSold, TillRules
from pos_bridge.virtual.till import VirtualTill

FILM, BREAD = "09501101530003", "04006381333931"
ARTICLES = {FILM: Article(title="Portra 400 135-36", price=1490), BREAD: Article(title="Bread", price=250)}
SQUARE = "]d2010950110153000321P2026A123\x1d10LOT"


def till(**wishes) -> VirtualTill:
    return VirtualTill(store="9501101530010", till="1", articles=ARTICLES, clock=ManualClock(), **wishes)


def lines(sale) -> list[tuple]:
    return [(line["kind"], line["gtin"], line["quantity"], line["amount"]) for line in sale["lines"]]


def test_K5_a_sale_is_told_in_plain_words() -> None:
    """A square code, a price code three times over, a customer's card."""
    shop = till(rules=TillRules(tells_serials=True))
    shop.scan(SQUARE)
    shop.scan("4006381333931")
    shop.quantity(3)
    assert shop.scan("2912345678906") is None
    sale = shop.pay()
    assert lines(sale) == [("sold", FILM, 1, 1490), ("sold", BREAD, 3, 750)]
    assert sale["lines"][0]["serial"] == f"(01){FILM}(21)P2026A123"
    assert {name: sale[name] for name in ("store", "till", "business_day", "sequence", "customer", "total", "at")} == {
        "store": "9501101530010",
        "till": "1",
        "business_day": "2026-11-21",
        "sequence": "1",
        "customer": "2912345678906",
        "total": 2240,
        "at": "2026-11-21T09:30:00+00:00",
    }
    assert shop.lines == ()


def test_K5_a_plain_till_keeps_the_piece_to_itself() -> None:
    """Most tills know only the article, whichever code was read; the link on the package is read as well."""
    shop = till()
    shop.scan(SQUARE)
    shop.scan(f"https://id.gs1.org/01/{FILM}/21/P2026A124")
    assert [(line["gtin"], line["serial"]) for line in shop.pay()["lines"]] == [(FILM, None), (FILM, None)]


def test_S4_a_price_in_a_code_is_what_is_charged() -> None:
    """Prefix 21: reference, price check, five digits of price."""
    payload = "211234501299"
    shop = till()
    line = shop.scan(payload + check_digit(payload))
    assert line is not None
    assert (line.amount, line.gtin, line.code) == (1299, None, payload + check_digit(payload))
    assert shop.scan(payload + "x") is None


def test_K5_voids_returns_and_exchanges() -> None:
    """Each is a line that names what it takes back; a line is taken back once."""
    shop = till()
    shop.scan("9501101530003")
    shop.scan("4006381333931")
    shop.void(1)
    with pytest.raises(NotSold):
        shop.void(1)
    first = shop.pay()
    assert lines(first)[-1] == ("voided", FILM, 1, 1490)
    assert first["lines"][2]["given_back"] == {"till": "1", "business_day": "2026-11-21", "sequence": "1", "line": 1}
    assert first["total"] == 250
    shop.give_back(first)
    shop.scan("4006381333931")
    shop.sell_on()
    shop.scan("9501101530003")
    exchange = shop.pay()
    assert lines(exchange) == [("returned", BREAD, 1, 250), ("sold", FILM, 1, 1490)]
    assert exchange["lines"][0]["given_back"] == {"till": "1", "business_day": "2026-11-21", "sequence": "1"}
    undone = shop.void_sale(exchange)
    assert lines(undone) == [("voided", FILM, 1, 1490)]
    assert undone["lines"][0]["given_back"]["line"] == 2
    assert [sale["sequence"] for sale in shop.sales] == ["1", "2", "3"]


def test_K5_a_suspended_basket_is_paid_later_than_the_next() -> None:
    """The next customer comes first; an open basket is not thrown away for it."""
    shop = till()
    shop.scan(SQUARE)
    number = shop.suspend()
    shop.scan("4006381333931")
    with pytest.raises(NotSold):
        shop.resume(number)
    assert lines(shop.pay()) == [("sold", BREAD, 1, 250)]
    shop.resume(number)
    assert lines(shop.pay()) == [("sold", FILM, 1, 1490)]
    with pytest.raises(NotSold):
        shop.pay()


def test_what_it_does_not_know_is_refused_with_a_beep() -> None:
    """Unknown articles, square codes at a till that reads none, garbage."""
    near, far = loop_pair()
    shop = till(scanner="loop", beep=b"\x07", opener=lambda url, settings=None: far, rules=TillRules(takes_2d=False))
    with shop:
        near.write(b"]E04006381333931\r\n5901234123457\r")
        near.write(SQUARE.encode() + b"\r\x00\xffgarbage\r\n")
        assert shop.await_refused(3)
        assert shop.await_lines(1)
        heard = b""
        while len(heard) < 3:
            heard += near.read(30.0)
    assert heard == b"\x07\x07\x07"
    near.close()


def test_K5_its_receipt_ends_with_a_cut_and_has_decoys_in_its_logo() -> None:
    """What a tap must cope with: a picture full of cuts, and one true cut."""
    near, far = loop_pair()
    shop = till(printer="loop", opener=lambda url, settings=None: far, cut=b"\x1bi")
    shop.scan(SQUARE)
    shop.pay()
    printed = b""
    while not printed.endswith(b"\x1bd\x04\x1bi"):
        printed += near.read(30.0)
    (end,) = ReceiptFinder().feed(printed)
    assert end.at == len(printed) - 2
    assert b"Receipt 0001" in end.text
    assert printed.count(b"\x1bi") > 20
    near.close()
