"""Prices as people write and type them, held against CLDR (by Babel)."""

from decimal import Decimal

import pytest
from babel.numbers import format_currency
from hypothesis import given
from hypothesis import strategies as st

from photocore.errors import MoneyMalformed
from photocore.money import MOST_MINOR, Money
from photoservice.web.languages import LANGUAGES, read_words
from photoservice.web.pages import open_templates
from photoservice.web.prices import plain_price, read_price, write_price

ISO_AS_CLDR = {"EUR": 2, "USD": 2, "GBP": 2, "JPY": 0, "KRW": 0, "KWD": 3, "TND": 3, "INR": 2}


def same(text: str) -> str:
    """Return a text without the spaces that CLDR leaves out beside letters, and without marks of direction."""
    return text.replace("\u00a0", "").replace("\u202f", "").replace("\u200e", "")


@given(
    language=st.sampled_from(sorted(LANGUAGES)),
    currency=st.sampled_from(sorted(ISO_AS_CLDR)),
    minor=st.integers(-MOST_MINOR, MOST_MINOR),
)
def test_S4_a_price_is_written_as_cldr_says(language, currency, minor):
    amount = Decimal(minor).scaleb(-ISO_AS_CLDR[currency])
    assert same(write_price(language, Money(minor=minor, currency=currency))) == same(
        format_currency(amount, currency, locale=language)
    )


@pytest.mark.parametrize(
    ("language", "minor", "currency", "written"),
    [
        ("en", 1250, "EUR", "€12.50"),
        ("en", -1250, "EUR", "-€12.50"),
        ("de", 123456, "EUR", "1.234,56\u00a0€"),
        ("de", 1200, "JPY", "1.200\u00a0¥"),
        ("en", 12345, "KWD", "KWD\u00a012.345"),
        ("fr", 12345, "KWD", "12,345\u00a0KWD"),
        ("en", 5, "CHF", "CHF\u00a00.05"),
        ("en", 1000, "IQD", "IQD\u00a01.000"),
        ("hi", 12345678, "INR", "₹1,23,456.78"),
        ("en", 0, "ZZZ", "ZZZ\u00a00.00"),
    ],
)
def test_S4_currencies_have_their_own_decimals(language, minor, currency, written):
    assert write_price(language, Money(minor=minor, currency=currency)) == written


def test_O17_a_price_stands_in_one_piece_where_lines_read_the_other_way():
    """Latin letters of a currency, or its sign before the figures, would be torn from them else."""
    for code in ("ar", "he"):
        shown = read_words()[code].price(Money(minor=-123450, currency="CHF"))
        assert (shown[0], shown[-1]) == ("\u2068", "\u2069")
    assert read_words()["de"].price(Money(minor=1, currency="EUR")) == "0,01\u00a0€"


def test_O17_minus_and_sign_stay_on_their_side_where_lines_begin_at_the_right():
    assert write_price("ar", Money(minor=-6, currency="JPY")) == "\u200f\u200e-6\u00a0JP¥\u200e"
    assert write_price("he", Money(minor=-600, currency="EUR")) == "\u200f\u200e-6.00\u00a0\u200f€"


def test_S4_templates_write_prices():
    words = read_words()["de"]
    template = open_templates().from_string("<b>{{ price(money) }}</b>")
    assert template.render(money=Money(minor=99, currency="EUR"), price=words.price) == "<b>0,99\u00a0€</b>"


@given(minor=st.integers(-MOST_MINOR, MOST_MINOR), currency=st.sampled_from(["EUR", "JPY", "KWD", "CLF"]))
def test_S4_what_a_field_shows_is_read_back_as_the_same(minor, currency):
    assert read_price(plain_price(minor, currency), currency) == minor


@pytest.mark.parametrize(
    ("typed", "currency", "minor"),
    [("12,5", "EUR", 1250), (" 12.50 ", "EUR", 1250), ("-3", "EUR", -300), ("1.000", "JPY", 1), ("+2", "KWD", 2000)],
)
def test_S4_a_typed_amount_is_read_with_point_or_comma(typed, currency, minor):
    assert read_price(typed, currency) == minor


@pytest.mark.parametrize(
    "typed",
    ["", "x", "1,2,3", "1e5", "12.505", "1 000", "٣", "--1", "9" * 14, "9999999999999", "1\0", "NaN", ".", "1."],
)
def test_S4_what_is_no_amount_is_refused(typed):
    with pytest.raises(MoneyMalformed):
        read_price(typed, "EUR")
