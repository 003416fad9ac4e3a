"""Whatever comes in a genuine message: it is read, or refused by name; never a crash, never a line that cannot be."""

import json
from datetime import UTC, datetime
from decimal import Decimal

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from photocore.money import decimals_of
from pos_bridge import fixtures
from pos_bridge.adapters import ADAPTERS
from pos_bridge.adapters.lines import line_of
from pos_bridge.adapters.money_text import minor_of, minor_units
from pos_bridge.errors import MessageUnreadable
from pos_bridge.messages import MOST_BYTES, RawMessage, Reading
from pos_bridge.sale import MOST_MINOR, SaleObserved

NOW = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)
SOURCES = fixtures.sources()
KINDS = ("shopify", "square", "standard", "odoo")
SALE = {
    "shopify": "order-with-serial.json",
    "square": "order-with-serial.json",
    "standard": "sale-with-serial.json",
    "odoo": "order-with-serial.json",
}
TEXTS = {kind: [fixtures.load(kind, name) for name in fixtures.names(kind)] for kind in KINDS}
EVIL = st.sampled_from(
    [
        None,
        True,
        False,
        "",
        "x" * 300,
        "NaN",
        "-1",
        "1e9",
        "1.5",
        "\N{SNOWMAN}\x00\u202e",
        -1,
        0,
        1.5,
        10**9,
        2**70,
        1e308,
        [],
        {},
        [[]],
        {"amount": "x"},
        "0001-01-01T00:00:00+23:59",
        "2026-11-20T10:00:00",
        "9999-12-31",
    ]
)


def read(kind: str, body: bytes) -> Reading:
    message = RawMessage(source=kind, key="k", received_at=NOW, body=body, headers={})
    return ADAPTERS[kind].read(message, SOURCES[kind])


def check(kind: str, body: bytes) -> None:
    """Read it; what is read must be lines as the model allows them, under unique keys."""
    try:
        reading = read(kind, body)
    except MessageUnreadable:
        return
    for line in reading.sales:
        assert msgspec.convert(msgspec.to_builtins(line), SaleObserved) == line
        assert line.event == line.event.strip()
        assert line.event.isprintable()
    assert len({line.event for line in reading.sales}) == len(reading.sales)


def places(value: object, path: tuple = ()) -> list[tuple]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(found for key, one in inner for found in places(one, (*path, key)))]


def planted(value: object, path: tuple, evil: object) -> object:
    if not path:
        return evil
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = planted(copy[path[0]], path[1:], evil)
    return copy


@settings(max_examples=250, deadline=None)
@given(draw=st.data(), kind=st.sampled_from(KINDS))
def test_K5_one_field_of_anything_harms_nothing(draw, kind):
    """Any one value of any fixture replaced by something else: read, or refused by name."""
    whole = json.loads(draw.draw(st.sampled_from(TEXTS[kind])))
    path = draw.draw(st.sampled_from(places(whole)))

    check(kind, json.dumps(planted(whole, path, draw.draw(EVIL))).encode())


@settings(max_examples=120, deadline=None)
@given(draw=st.data(), kind=st.sampled_from(KINDS))
def test_K5_bytes_of_anything_harm_nothing(draw, kind):
    """A fixture cut, or with bytes overwritten: read, or refused by name."""
    text = bytearray(draw.draw(st.sampled_from(TEXTS[kind])))
    at = draw.draw(st.integers(0, len(text) - 1))
    text[at : at + 8] = draw.draw(st.binary(max_size=8))

    check(kind, bytes(text[: draw.draw(st.integers(0, len(text)))] if draw.draw(st.booleans()) else text))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b"{}",
        b'{"id": NaN}',
        b"\xff\xfe",
        b'{"\xff": 1}',
        b"[" * 200_000,
        b'{"order":' * 50_000,
        b'{"a":' + b"1" * 5000 + b"}",
        b" " * (MOST_BYTES + 1),
    ],
    ids=["empty", "null", "list", "object", "nan", "bytes", "key", "deep", "deeper", "digits", "huge"],
)
def test_K5_what_is_no_message_is_refused_by_name(kind, body):
    """Nothing, no JSON, a nest without bottom, a million spaces: unreadable, each with a word why."""
    with pytest.raises(MessageUnreadable, match=r"."):
        read(kind, body)


def lines_of(kind: str, whole: dict) -> tuple[dict, str]:
    """Return the record that holds the lines, and the name they have there."""
    if kind == "shopify":
        return whole, "line_items"
    if kind == "square":
        return whole["order"], "line_items"
    return (whole["data"] if kind == "standard" else whole), "lines"


@pytest.mark.parametrize("kind", KINDS)
def test_K5_more_lines_than_a_sale_can_have_are_refused(kind):
    """A thousand and one lines are no sale over a counter; 10^9 are refused by their length alone."""
    whole = json.loads(fixtures.load(kind, SALE[kind]))
    record, name = lines_of(kind, whole)
    small = {key: value for key, value in record[name][0].items() if key in ("id", "quantity", "uid", "line", "qty")}
    if kind == "odoo":
        small |= {"order_id": False, "product_id": False}
    record[name] = [small] * 1001

    with pytest.raises(MessageUnreadable):
        read(kind, json.dumps(whole).encode())


@pytest.mark.parametrize(
    ("kind", "field", "values"),
    [
        ("shopify", "quantity", (0, -1, 100, 10**9)),
        ("square", "quantity", ("0", "1.5", "-1", "100", "1e3", "\N{ARABIC-INDIC DIGIT ONE}")),
        ("standard", "quantity", (0, -1, 100, 10**9)),
        ("odoo", "qty", (0.0, 1.5, 100.0, 1e9, 1e300)),
    ],
)
def test_K5_quantities_that_are_no_units_pass_the_line_over_with_a_reason(kind, field, values):
    """Half a unit, none, a hundred, a thousand millions: the line is passed over and says why."""
    for value in values:
        whole = json.loads(fixtures.load(kind, SALE[kind]))
        record, name = lines_of(kind, whole)
        record[name][0][field] = value

        reading = read(kind, json.dumps(whole).encode())

        assert (reading.sales, len(reading.passed_over)) == ((), 1), value


@pytest.mark.parametrize("kind", ["standard", "shopify"])
def test_K5_a_fraction_where_units_are_counted_is_unreadable(kind):
    """1.5 where the schema has a whole number: refused, not rounded."""
    whole = json.loads(fixtures.load(kind, SALE[kind]))
    record, name = lines_of(kind, whole)
    record[name][0]["quantity"] = 1.5

    with pytest.raises(MessageUnreadable, match="int"):
        read(kind, json.dumps(whole).encode())


@pytest.mark.parametrize(
    ("kind", "field", "negative"),
    [
        ("shopify", "price", "-39.90"),
        ("square", "total_money", {"amount": -3990, "currency": "EUR"}),
        ("standard", "amount", "-39.90"),
        ("odoo", "price_subtotal_incl", -39.9),
    ],
)
def test_K5_a_negative_price_comes_through_as_it_is(kind, field, negative):
    """It is a case for the manager (matching), so the adapter neither hides nor mends it."""
    whole = json.loads(fixtures.load(kind, SALE[kind]))
    record, name = lines_of(kind, whole)
    record[name][0][field] = negative

    assert [line.amount for line in read(kind, json.dumps(whole).encode()).sales] == [-3990]


@pytest.mark.parametrize("kind", KINDS)
def test_K5_two_lines_under_one_number_are_unreadable(kind):
    """Nobody could tell them apart when one is given back."""
    whole = json.loads(fixtures.load(kind, SALE[kind]))
    record, name = lines_of(kind, whole)
    record[name] *= 2

    with pytest.raises(MessageUnreadable, match="number"):
        read(kind, json.dumps(whole).encode())


@pytest.mark.parametrize("currency", ["eur", "EURO", "", "\N{EURO SIGN}", "E R"])
def test_K5_a_currency_that_is_none_is_unreadable(currency):
    """Three capital letters or nothing."""
    for kind in ("shopify", "standard"):
        whole = json.loads(fixtures.load(kind, SALE[kind]))
        (whole if kind == "shopify" else whole["data"])["currency"] = currency
        if kind == "standard" and not currency:
            continue
        with pytest.raises(MessageUnreadable):
            read(kind, json.dumps(whole).encode())


def test_K5_an_unknown_field_of_our_own_schema_is_refused_and_of_theirs_is_not():
    """A misspelt field of the neutral schema must not be lost in silence; vendors add fields every quarter."""
    ours = json.loads(fixtures.load("standard", SALE["standard"]))
    ours["data"]["lines"][0]["quantiy"] = 3
    with pytest.raises(MessageUnreadable, match="quantiy"):
        read("standard", json.dumps(ours).encode())

    theirs = json.loads(fixtures.load("shopify", SALE["shopify"]))
    assert read("shopify", json.dumps({**theirs, "new_field": 1}).encode()).sales


@pytest.mark.parametrize(
    ("stores", "named", "store"),
    [
        ({}, "9521141000014", "9521141000014"),
        ({}, "halide-2", "9521141000007"),
        ({"halide-1": "9521141000007"}, "9521141000014", None),
        ({"halide-1": "9521141000007", "halide-2": "9521141000014"}, "9521141000014", "9521141000014"),
        ({"halide-1": "9521141000007"}, "halide-2", None),
    ],
)
def test_K5_a_store_named_by_its_gln_is_never_taken_for_ours(stores, named, store):
    """Neither what it sold, nor what came back of its sales: till and receipt may well be numbered as ours are."""
    source = msgspec.structs.replace(SOURCES["standard"], stores=stores)
    told = json.loads(fixtures.load("standard", "refund.json"))

    def lines_when(**said: object) -> Reading:
        body = json.dumps({**told, "data": {**told["data"], "store": None, **said}}).encode()
        message = RawMessage(source="standard", key="k", received_at=NOW, body=body, headers={})
        return ADAPTERS["standard"].read(message, source)

    of = {"store": named, "till": "kasse-1", "business_day": "2026-11-20", "sequence": "4711"}
    lines = [{"line": 1, "code": "9521141012345", "amount": "39.90", "of": of}]
    sold, back = lines_when(store=named), lines_when(lines=lines)

    assert {line.store for line in sold.sales} == ({store} if store else set())
    assert [line.given_back and line.given_back.store for line in back.sales] == [store]
    assert bool(sold.passed_over) == bool(back.passed_over) == (store is None)


@settings(max_examples=200, deadline=None)
@given(st.integers(-MOST_MINOR, MOST_MINOR), st.sampled_from(["EUR", "JPY", "KWD", "CLF"]))
def test_K5_amounts_come_through_exactly(minor, currency):
    """Every amount written with its currency's decimals is itself again, as text and as a number."""
    places = decimals_of(currency)
    text = str(Decimal(minor).scaleb(-places)) if places else str(minor)
    text = f"{Decimal(text):f}"

    assert minor_units(text, currency) == minor
    assert minor_of(Decimal(repr(float(text))), currency) == minor


@pytest.mark.parametrize(
    "text", ["", "1,5", "1e3", "NaN", "Infinity", "+1", " 1", "0x1", "1.", ".5", "12.905", "9" * 13]
)
def test_K5_amounts_that_are_none_are_refused(text):
    """No comma, no exponent, no third decimal of a euro."""
    with pytest.raises(MessageUnreadable):
        minor_units(text, "EUR")


@pytest.mark.parametrize("text", ["NaN", "Infinity", "1e999999", "12.905", "1e-40", "10000000.01"])
def test_K5_numbers_that_are_no_amounts_are_refused(text):
    """Nor what a decimal can be and an amount cannot."""
    with pytest.raises(MessageUnreadable):
        minor_of(Decimal(text), "EUR")


def test_K5_lines_without_numbers_get_the_same_one_everywhere():
    """Digits stand for themselves; other names are hashed to what every program can count to."""
    assert [line_of("17"), line_of("014200000000001")] == [17, 14200000000001]
    assert line_of("uid-a1") == line_of("uid-a1") < 2**48
    assert line_of("1234567890123456") < 2**48
