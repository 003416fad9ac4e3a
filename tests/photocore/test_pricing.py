"""Catalogues that contradict themselves, and the price of a choice."""

import copy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from photocore.catalogue import Catalogue, convert_catalogue, read_catalogue, say, write_catalogue
from photocore.errors import CatalogueMalformed, ChoiceRefused
from photocore.pricing import Choice, quote

EN = {"en": "A title"}
SHOP = {
    "version": "2026-11",
    "currencies": ["EUR", "JPY"],
    "rates": {"goods": 1900},
    "items": [
        {
            "id": "prints",
            "kind": "prints",
            "titles": EN,
            "tax": "goods",
            "price": {
                "unit": "image",
                "base": {"EUR": 190, "JPY": 300},
                "steps": [
                    {"units": 1, "each": {"EUR": 29, "JPY": 45}},
                    {"units": 50, "each": {"EUR": 19, "JPY": 30}},
                ],
            },
            "options": [
                {
                    "id": "size",
                    "titles": EN,
                    "values": [
                        {"id": "10x15", "titles": EN},
                        {"id": "20x30", "titles": EN, "more": {"EUR": 150, "JPY": 240}},
                    ],
                },
                {
                    "id": "surface",
                    "titles": EN,
                    "values": [{"id": "glossy", "titles": EN}, {"id": "silk", "titles": EN, "more_base": {"EUR": -90}}],
                },
            ],
            "exclusions": [{"size": "20x30", "surface": "silk"}],
        },
        {
            "id": "album",
            "kind": "album_pages",
            "titles": EN,
            "images_a_page": 4,
            "least_images": 8,
            "most_images": 400,
            "price": {"unit": "page", "steps": [{"units": 1, "each": {"EUR": 99, "JPY": 150}}]},
        },
        {"id": "film", "kind": "next_roll", "titles": EN, "price": {"unit": "piece", "base": {"EUR": 0, "JPY": 0}}},
        {
            "id": "old",
            "kind": "disc",
            "titles": EN,
            "is_withdrawn": True,
            "price": {"unit": "piece", "base": {"EUR": 1, "JPY": 1}},
        },
    ],
}


def shop() -> Catalogue:
    """Return a small catalogue."""
    return convert_catalogue(SHOP)


def cents(choice: Choice, images: int) -> int:
    """Return the price of a choice in euro cents."""
    return quote(shop(), choice, images=images, currency="EUR").amount.gross.minor


def test_O10_a_price_is_base_steps_and_options():
    assert cents(Choice(item="prints"), 36) == 190 + 36 * 29
    assert cents(Choice(item="prints"), 50) == 190 + 50 * 19
    assert cents(Choice(item="prints", options={"size": "20x30"}), 2) == 190 + 2 * (29 + 150)
    assert cents(Choice(item="prints", options={"surface": "silk"}, quantity=2), 1) == 2 * (190 - 90 + 29)
    assert cents(Choice(item="album"), 9) == 3 * 99
    assert cents(Choice(item="film"), 0) == 0
    assert quote(shop(), Choice(item="prints"), images=1, currency="JPY").amount.gross.minor == 345


def test_S4_a_quote_takes_the_tax_apart_and_says_what_was_left_out():
    told = quote(shop(), Choice(item="prints"), images=36, currency="EUR")
    assert told.options == {"size": "10x15", "surface": "glossy"}
    assert told.amount.net + told.amount.tax == told.amount.gross
    assert told.rate == 1900


def test_S4_a_changed_price_is_another_quote():
    """What a customer confirmed is named by its digest: a new price is never taken for the old one."""
    seen = quote(shop(), Choice(item="prints"), images=36, currency="EUR")
    dearer = copy.deepcopy(SHOP)
    dearer["items"][0]["price"]["base"]["EUR"] = 191
    now = quote(convert_catalogue(dearer), Choice(item="prints"), images=36, currency="EUR")
    same = quote(shop(), Choice(item="prints", options={"size": "10x15"}), images=36, currency="EUR")
    assert seen.digest == same.digest
    assert seen.digest != now.digest


@pytest.mark.parametrize(
    ("choice", "images", "why"),
    [
        (Choice(item="nothing"), 1, "item"),
        (Choice(item="old"), 1, "item"),
        (Choice(item="prints", quantity=0), 1, "quantity"),
        (Choice(item="prints", quantity=-3), 1, "quantity"),
        (Choice(item="prints", quantity=10**9), 1, "quantity"),
        (Choice(item="prints"), 0, "images"),
        (Choice(item="album"), 7, "images"),
        (Choice(item="album"), 401, "images"),
        (Choice(item="prints", options={"scent": "rose"}), 1, "option"),
        (Choice(item="prints", options={"size": "1x1"}), 1, "value"),
        (Choice(item="prints", options={"size": "20x30", "surface": "silk"}), 1, "together"),
    ],
)
def test_O15_what_cannot_be_had_is_refused_by_one_word(choice, images, why):
    with pytest.raises(ChoiceRefused) as refused:
        quote(shop(), choice, images=images, currency="EUR")
    assert refused.value.why == why


def test_S4_a_currency_without_a_price_is_refused():
    with pytest.raises(ChoiceRefused) as refused:
        quote(shop(), Choice(item="prints"), images=1, currency="USD")
    assert refused.value.why == "currency"


@pytest.mark.parametrize(
    ("at", "value"),
    [
        (("version",), "no spaces"),
        (("currencies",), []),
        (("currencies",), ["EUR", "EUR"]),
        (("currencies",), ["euro"]),
        (("rates",), {"goods": 20_000}),
        (("rates",), {}),
        (("languages",), ["de"]),
        (("items", 0, "id"), "Prints!"),
        (("items", 0, "id"), "album"),
        (("items", 0, "kind"), "yacht"),
        (("items", 0, "price", "base"), {"EUR": 1}),
        (("items", 0, "price", "base"), {"EUR": -1, "JPY": 1}),
        (("items", 0, "price", "base"), {"EUR": 1.5, "JPY": 1}),
        (("items", 0, "price", "base"), {"EUR": 10**13, "JPY": 1}),
        (("items", 0, "price", "base"), {"EUR": 1, "JPY": 1, "USD": 1}),
        (("items", 0, "price", "steps", 0, "units"), 2),
        (("items", 0, "price", "steps", 1, "units"), 1),
        (("items", 0, "options", 1, "id"), "size"),
        (("items", 0, "options", 0, "values"), []),
        (("items", 0, "options", 0, "values", 1, "id"), "10x15"),
        (("items", 0, "exclusions"), [{"size": "20x30"}]),
        (("items", 0, "exclusions"), [{"size": "20x30", "surface": "velvet"}]),
        (("items", 1, "least_images"), 500),
        (("items", 1, "images_a_page"), 0),
        (("items", 1, "most_quantity"), 0),
        (("items", 2, "price", "base"), {}),
        (("more",), 1),
    ],
)
def test_O10_a_catalogue_that_contradicts_itself_is_refused(at, value):
    broken = copy.deepcopy(SHOP)
    place = broken
    for step in at[:-1]:
        place = place[step]
    place[at[-1]] = value
    with pytest.raises(CatalogueMalformed):
        convert_catalogue(broken)


@pytest.mark.parametrize("text", [b"", b"null", b"[]", b"{}", b"\xff", b"[" * 9999])
def test_O10_what_is_no_catalogue_is_refused(text):
    with pytest.raises(CatalogueMalformed):
        read_catalogue(text)


def test_O10_a_catalogue_is_the_same_after_its_way_and_makes_the_same_bytes():
    assert read_catalogue(write_catalogue(shop())) == shop()
    assert write_catalogue(shop()) == write_catalogue(read_catalogue(write_catalogue(shop())))


def test_O10_words_fall_back_to_the_main_language_then_to_english():
    titles = {"en": "Prints", "de": "Abzüge"}
    assert [say(titles, one) for one in ("de-AT", "fr", "en")] == ["Abzüge", "Prints", "Prints"]


@given(st.integers(1, 400), st.integers(1, 999), st.sampled_from(["10x15", "20x30"]))
def test_S4_more_copies_cost_so_many_times_one(images, quantity, size):
    one = quote(shop(), Choice(item="prints", options={"size": size}), images=images, currency="EUR")
    many = quote(
        shop(), Choice(item="prints", options={"size": size}, quantity=quantity), images=images, currency="EUR"
    )
    assert many.amount.gross == one.amount.gross.times(quantity)
