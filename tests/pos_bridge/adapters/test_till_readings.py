"""What the day's fixtures say, line by line, and that webhook and list say the same of one sale."""

import json
from datetime import UTC, datetime

import msgspec
import pytest

from pos_bridge import fixtures
from pos_bridge.adapters import ADAPTERS
from pos_bridge.messages import RawMessage, Reading
from pos_bridge.sale import SaleObserved, SaleRef
from pos_bridge.settings import SourceSettings

NOW = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)
COLOUR, MONO, BRICK = "09521141012345", "09521141022344", "09521141032343"
SOURCES = fixtures.sources()
KINDS = ("shopify", "square", "standard", "odoo")
PREFIX = {"shopify": "SH", "square": "SQ", "standard": "ST", "odoo": "OD"}
TILL = {"shopify": "1", "square": "2", "standard": "1", "odoo": "2"}


def read(kind: str, body: bytes | dict, source: SourceSettings | None = None, **options: object) -> Reading:
    text = body if isinstance(body, bytes) else json.dumps(body).encode()
    source = source or SOURCES[kind]
    source = msgspec.structs.replace(source, options={**source.options, **options})
    message = RawMessage(source=kind, key="k", received_at=NOW, body=text, headers={})
    return ADAPTERS[kind].read(message, source)


def fixture(kind: str, name: str) -> dict:
    return json.loads(fixtures.load(kind, f"{name}.json"))


def piece(kind: str, gtin: str, number: int) -> str:
    return f"(01){gtin}(21){PREFIX[kind]}DAY{number:05d}"


def told(kind: str) -> list[SaleObserved]:
    lines = {line.event: line for name in fixtures.names(kind) for line in read(kind, fixtures.load(kind, name)).sales}
    return list(lines.values())


@pytest.mark.parametrize("kind", KINDS)
def test_K5_a_day_is_the_same_in_every_tongue(kind):
    """Each system tells the same deeds of its till: pieces sold and given back, two by GTIN, a charge, the rest."""
    lines = told(kind)
    sold = {line.serial for line in lines if line.kind == "sold" and line.serial}
    back = [line for line in lines if line.kind != "sold"]
    pair = next(line for line in lines if line.gtin == MONO)
    codes = {line.code for line in lines if line.code}

    assert {piece(kind, COLOUR, 1), piece(kind, BRICK, 2), piece(kind, BRICK, 3)} <= sold
    assert piece(kind, COLOUR, 5) not in sold, "that was another store's"
    assert (pair.quantity, pair.amount, pair.currency, pair.serial) == (2, 5980, "EUR", None)
    assert {line.gtin for line in back if line.kind == "returned"} == {COLOUR, BRICK}
    assert all(line.given_back and line.given_back.sequence for line in back)
    assert len([code for code in codes if code.startswith("2101")]) == 1
    assert codes - {"TOTE-01"} == {code for code in codes if code.startswith("2101")}
    assert {(line.till, line.business_day, line.store) for line in lines} == {
        (TILL[kind], "2026-11-20", "9521141000007")
    }


@pytest.mark.parametrize("kind", KINDS)
def test_K5_a_return_names_the_line_it_gives_back(kind):
    """The natural key of a returned line is that under which its sale was told, whoever tells it."""
    lines = told(kind)
    keys = {(line.sequence, line.line) for line in lines if line.kind == "sold"}

    named = [line.given_back for line in lines if line.kind == "returned"]

    assert named
    assert {(of.sequence, of.line) for of in named if of} <= keys


@pytest.mark.parametrize("kind", KINDS)
def test_O19_the_card_in_the_basket_is_heard(kind):
    """The first sale of the day has the shopper's card in it; the one of two units has none."""
    lines = told(kind)
    with_card = {line.serial for line in lines if line.customer}

    assert with_card == {piece(kind, COLOUR, 1)}


@pytest.mark.parametrize("kind", KINDS)
def test_K5_natural_keys_are_unique_and_counted_by_every_program(kind):
    """No two lines of a day have one key, and no line's number is beyond what a double holds."""
    keys = [line.place for line in told(kind)]

    assert len(set(keys)) == len(keys)
    assert max(key.line for key in keys) < 2**53


def test_K5_an_order_told_again_with_its_refund_says_the_same_lines():
    """The list's order after the refund has the webhooks' two lines, event for event."""
    once = [*read("shopify", fixture("shopify", "order-with-serial")).sales]
    once += read("shopify", fixture("shopify", "refund")).sales

    assert read("shopify", fixture("shopify", "order-refunded")).sales == tuple(once)


def test_K5_a_card_added_later_is_another_event_of_the_same_line():
    """An order that gets its customer afterwards says a line that joins the first, and is not lost as known."""
    order = fixture("shopify", "order-with-serial")
    without = {**order, "note_attributes": []}

    first, later = read("shopify", without).sales[0], read("shopify", order).sales[0]

    assert first.place == later.place
    assert first.event != later.event
    assert (first.customer, later.customer) == (None, "952114100000001015")


def test_K5_a_cancelled_order_is_voided_once():
    """What a refund gave back of a cancelled order is not voided again; the rest is."""
    order = fixture("shopify", "order-of-two")
    line = order["line_items"][0]
    refund = fixture("shopify", "refund")
    refund["order_id"] = order["id"]
    refund["refund_line_items"][0] |= {"line_item_id": line["id"], "line_item": line, "restock_type": "cancel"}
    cancelled = {**order, "cancelled_at": "2026-11-20T11:00:00+01:00", "refunds": [refund]}

    lines = read("shopify", cancelled).sales

    assert [(one.kind, one.quantity, one.sequence[0]) for one in lines] == [
        ("sold", 2, "5"),
        ("voided", 1, "R"),
        ("voided", 1, "X"),
    ]


def test_K5_a_refund_made_in_the_office_counts_only_with_its_order():
    """Without a till's device it may be of an order on the web: alone it says nothing, in its order it does."""
    order, refund = fixture("shopify", "order-refunded"), fixture("shopify", "refund")
    refund["transactions"][0] |= {"device_id": None, "location_id": None}

    alone = read("shopify", refund)
    assert (alone.sales, "not made at a till" in alone.passed_over[0]) == ((), True)

    inside = read("shopify", {**order, "refunds": [refund]}).sales
    assert [(line.kind, line.till) for line in inside] == [("sold", "1"), ("returned", "70001001")]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, (COLOUR, "")),
        ({"variants": {"441001": "9521141032343"}}, (BRICK, "")),
        ({"gtin_from": "variants", "variants": {"1": "9521141032343"}}, None),
        ({"gtin_from": "property", "gtin_property": "ean"}, (MONO, "")),
    ],
)
def test_K5_shopify_products_are_known_by_sku_by_a_table_or_by_a_property(options, expected):
    """Barcodes are not in an order: till.toml says where the GTIN stands."""
    order = fixture("shopify", "order-with-serial")
    order["line_items"][0]["properties"] = [{"name": "EAN", "value": MONO[1:]}]

    reading = read("shopify", order, **options)

    assert [(one.gtin, one.code) for one in reading.sales] == ([expected] if expected else [])
    assert bool(reading.passed_over) == (expected is None)


@pytest.mark.parametrize(
    ("where", "change"),
    [
        ("attribute:Card", {}),
        ("tag:card=", {"tags": "vip, card=952114100000001015", "note_attributes": []}),
        ("tag:card=", {"customer": {"tags": "card=952114100000001015"}, "note_attributes": None}),
        (
            "metafield:photo.card",
            {"metafields": [{"namespace": "photo", "key": "card", "value": "952114100000001015"}]},
        ),
    ],
)
def test_O19_shopify_cards_stand_in_attributes_tags_or_metafields(where, change):
    """Wherever a shop keeps the card's number, an option finds it."""
    order = {**fixture("shopify", "order-with-serial"), **change}

    assert read("shopify", order, customer_from=where).sales[0].customer == "952114100000001015"


def test_K5_square_finds_till_product_piece_and_card_beside_the_order():
    """The device is its payment's, the barcode the catalogue's, the card the customer's reference."""
    kept = fixture("square", "order-with-serial")
    kept["customer"] = {"id": "C1", "reference_id": "952114100000001022"}
    kept["order"]["line_items"][0] |= {"note": "gift", "metadata": {"serial": f"01{COLOUR}21SQDAY00001"}}
    kept["payments"][0]["device_details"] = {"device_id": "NEW", "device_name": "Counter 9"}

    line = read("square", kept, customer_from="customer").sales[0]

    assert (line.serial, line.customer, line.till) == (piece("square", COLOUR, 1), "952114100000001022", "NEW")


@pytest.mark.parametrize(
    ("name", "wants"),
    [
        ("event-payment-updated", ("order:ORD0000000000001",)),
        ("event-order-updated", ("order:ORD0000000000001",)),
        ("event-refund-updated", ("order:ORD0000000000003",)),
        ("event-payment-canceled", ()),
    ],
)
def test_K5_square_events_name_what_is_to_be_fetched(name, wants):
    """No event has lines; those of what was completed want its order."""
    reading = read("square", fixture("square", name))

    assert (reading.sales, reading.wants) == ((), wants)
    assert bool(reading.passed_over) == (not wants)


def test_K5_odoo_lines_of_several_lots_are_one_piece_each_and_add_up():
    """Two serials on a line of three: two pieces and one unit that needs its scan, and not a cent lost."""
    kept = fixture("odoo", "order-of-two")
    kept["lines"][0] |= {"qty": 3.0, "price_subtotal_incl": 100.0, "pack_lot_ids": [1, 2]}
    kept["lots"] = [{"id": 1, "lot_name": "ODDAY00007"}, {"id": 2, "lot_name": "ODDAY00006"}]

    lines = read("odoo", kept).sales

    assert [(line.serial, line.quantity, line.amount) for line in lines] == [
        (piece("odoo", MONO, 6), 1, 3333),
        (piece("odoo", MONO, 7), 1, 3333),
        (None, 1, 3334),
    ]
    assert len({line.place for line in lines}) == 3


def test_K5_odoo_says_false_for_nothing_and_numbers_as_floats():
    """``false`` is nothing; 12.899999999999999 is 12.90; a third of a cent is no amount."""
    kept = fixture("odoo", "order-of-two")
    kept["order"] |= {"partner_id": False}
    kept["lines"][0] |= {"price_subtotal_incl": 59.800000000000004}
    assert read("odoo", kept).sales[0].amount == 5980

    kept["products"][0]["barcode"] = False
    assert read("odoo", kept).sales[0].code == "SL-022344"


def test_O19_odoo_cards_are_loyalty_codes_where_that_is_set():
    """One loyalty card is the basket's; two are nobody's."""
    kept = fixture("odoo", "order-with-serial")
    kept["cards"] = [{"id": 1, "code": "044-1"}]
    assert read("odoo", kept, customer_from="loyalty").sales[0].customer == "044-1"

    kept["cards"] = [{"id": 1, "code": "044-1"}, {"id": 2, "code": "044-2"}]
    assert read("odoo", kept, customer_from="loyalty").sales[0].customer is None


def test_K5_an_exchange_in_neutral_words_is_one_basket():
    """One transaction gives back and sells; the day is the till's where it says one, else the zone's of its end."""
    body = fixture("standard", "exchange")
    lines = read("standard", body).sales
    assert [line.kind for line in lines] == ["returned", "sold"]
    assert lines[0].basket == lines[1].basket
    assert lines[0].given_back == SaleRef(till="1", business_day="2026-11-20", sequence="4714", line=1)

    body["data"] |= {"ended_at": "2026-11-20T23:30:00Z", "business_day": None}
    assert read("standard", body).sales[0].business_day == "2026-11-21"


@pytest.mark.parametrize("code", ["4006381333931", "036000291452", "40170725", "04006381333931"])
def test_K5_gtins_of_every_length_are_fourteen_digits(code):
    """GTIN-8, -12, -13 and -14 become 14 digits, the check digit standing."""
    body = fixture("standard", "sale-of-two")
    body["data"]["lines"][0]["code"] = code

    assert read("standard", body).sales[0].gtin == code.zfill(14)


@pytest.mark.parametrize(
    ("code", "kept"),
    [
        ("4006381333932", "4006381333932"),
        ("2101030012907", "2101030012907"),
        ("PHOTO-\N{CAMERA}-1", "PHOTO-\N{CAMERA}-1"),
    ],
)
def test_K5_what_is_no_gtin_is_a_code(code, kept):
    """A wrong check digit, a store's own number, any text: none is a product, all are shown as they came."""
    body = fixture("standard", "sale-of-two")
    body["data"]["lines"][0]["code"] = code

    line = read("standard", body).sales[0]

    assert (line.gtin, line.code) == (None, kept)


@pytest.mark.parametrize(
    "serial",
    [
        "STDAY00001",
        f"01{COLOUR}21STDAY00001",
        f"(01){COLOUR}(21)STDAY00001",
        f"https://id.gs1.org/01/{COLOUR}/21/STDAY00001?11=261101",
    ],
)
def test_K5_a_piece_is_one_however_it_was_written(serial):
    """Bare serial, element string, our ID, Digital Link: one piece."""
    body = fixture("standard", "sale-with-serial")
    body["data"]["lines"][0]["serial"] = serial

    assert read("standard", body).sales[0].serial == piece("standard", COLOUR, 1)


def test_K5_a_scanned_square_code_is_product_and_piece():
    """Where the till puts all the scanner said on the line, nothing else is needed."""
    body = fixture("standard", "sale-of-two")
    body["data"]["lines"][0] |= {"code": f"https://id.gs1.org/01/{COLOUR}/21/STDAY00009", "quantity": 1}

    line = read("standard", body).sales[0]

    assert (line.gtin, line.serial) == (COLOUR, piece("standard", COLOUR, 9))


@pytest.mark.parametrize("serial", ["12345", "STDAY\N{SNOWMAN}001", f"01{BRICK}21STDAY00001", "https://example.com/x"])
def test_K5_a_serial_that_cannot_be_is_said_and_the_line_stands(serial):
    """Too short, not GS1's letters, another product's, any address: the line is sold without a piece, with a reason."""
    body = fixture("standard", "sale-with-serial")
    body["data"]["lines"][0]["serial"] = serial

    reading = read("standard", body)

    assert [(line.gtin, line.serial) for line in reading.sales] == [(COLOUR, None)]
    assert "serial" in reading.passed_over[0]
