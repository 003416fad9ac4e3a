"""What a package product brings along: read, written, refused, and held against a catalogue."""

import json
from pathlib import Path

import pytest
from msgspec.structs import replace

from photocore.catalogue import convert_catalogue
from photocore.criteria import All, Images, Rolls
from photocore.errors import CriterionMalformed, TermsMalformed
from photocore.pricing import Choice
from photocore.settings import load_toml, locate_config
from photocore.terms import Credit, PlanTerms, Terms, convert_terms, read_terms, strange_in, write_terms

EN = {"en": "A title"}
SHOP = convert_catalogue(
    {
        "version": "1",
        "currencies": ["EUR"],
        "items": [
            {
                "id": "cd",
                "kind": "disc",
                "titles": EN,
                "price": {"unit": "piece", "base": {"EUR": 1}},
                "options": [{"id": "case", "titles": EN, "values": [{"id": "box", "titles": EN}]}],
            },
            {"id": "film", "kind": "next_roll", "titles": EN, "price": {"unit": "piece", "base": {"EUR": 1}}},
            {
                "id": "old",
                "kind": "disc",
                "titles": EN,
                "price": {"unit": "piece", "base": {"EUR": 1}},
                "is_withdrawn": True,
            },
        ],
    }
)


def test_O15_terms_are_read_as_they_were_written():
    terms = Terms(
        credits=(Credit(item="cd", options={"case": "box"}, pieces=2),),
        plans=(
            PlanTerms(name="The CD", when=Rolls(count=3), make=Choice(item="cd")),
            PlanTerms(kind="next_roll", make=Choice(item="film"), repeats=True, cooling_hours=0),
        ),
    )
    assert read_terms(write_terms(terms)) == terms
    assert write_terms(read_terms(write_terms(terms))) == write_terms(terms)
    assert list(strange_in(terms, SHOP)) == []


def test_O15_terms_that_say_nothing_bring_nothing_along():
    assert read_terms(b"{}") == Terms()
    assert PlanTerms(when=Rolls(count=1), make=Choice(item="cd")).cooling_hours == 24


@pytest.mark.parametrize(
    "body",
    [
        {"credits": [{"item": "cd", "pieces": 0}]},
        {"credits": [{"item": "cd", "pieces": -1}]},
        {"credits": [{"item": "cd", "pieces": 10**30}]},
        {"credits": [{"item": "cd", "pieces": "2"}]},
        {"credits": [{"item": "cd", "colour": "red"}]},
        {"credits": [{"item": "cd"}] * 25},
        {"credits": [{"item": "cd", "most_units": -1}]},
        {"credits": [{"item": "cd", "most_units": 10_001}]},
        {"plans": [{"make": {"item": "cd"}}]},
        {"plans": [{"make": {"item": "film"}, "kind": "next_roll", "when": {"kind": "rolls", "count": 1}}]},
        {"plans": [{"make": {"item": "film"}, "kind": "next_roll"}] * 2},
        {"plans": [{"make": {"item": "cd"}, "when": {"kind": "rolls", "count": 1}, "cooling_hours": -1}]},
        {"plans": [{"make": {"item": "cd"}, "when": {"kind": "rolls", "count": 1}, "cooling_hours": 721}]},
        {"plans": [{"make": {"item": "cd"}, "when": {"kind": "rolls", "count": 1}, "name": "a\0b"}]},
        {"plans": [{"make": {"item": "cd", "quantity": 0}, "when": {"kind": "rolls", "count": 1}}]},
        {"plans": [{"make": {"item": "cd"}, "when": {"kind": "rolls", "count": 1}}] * 13},
        {"anything": 1},
        [],
    ],
)
def test_O15_terms_beyond_their_limits_are_refused(body):
    with pytest.raises(TermsMalformed):
        read_terms(json.dumps(body).encode())


def test_O15_a_plan_with_a_criterion_beyond_its_limits_is_refused():
    with pytest.raises(CriterionMalformed):
        convert_terms({"plans": [{"make": {"item": "cd"}, "when": {"kind": "rolls", "count": 0}}]})


@pytest.mark.parametrize("body", [b"", b"\xff", b"[" * 100_000, b"null", b'{"credits": 1}'])
def test_O15_what_is_no_json_is_refused(body):
    with pytest.raises(TermsMalformed):
        read_terms(body)


def test_O15_terms_of_what_cannot_be_had_are_all_told():
    terms = Terms(
        credits=(Credit(item="yacht"), Credit(item="old"), Credit(item="cd", options={"case": "gold"})),
        plans=(
            PlanTerms(when=Rolls(count=1), make=Choice(item="film")),
            PlanTerms(kind="next_roll", make=Choice(item="cd", options={"scent": "rose"})),
        ),
    )
    told = list(strange_in(terms, SHOP))
    assert [line.partition(":")[0] for line in told] == [
        "credit 1",
        "credit 2",
        "credit 3",
        *["plan 1"],
        *["plan 2"] * 2,
    ]


@pytest.mark.parametrize(
    ("unit", "most", "told"),
    [
        ("piece", 0, []),
        ("piece", 1, ["credit 1: cd is priced by the piece, and has no most_units"]),
        ("image", 0, ["credit 1: cd is priced by the image: most_units says how many a piece covers"]),
        ("page", 0, ["credit 1: cd is priced by the page: most_units says how many a piece covers"]),
        ("image", 1, []),
        ("page", 10_000, []),
    ],
)
def test_S4_a_credit_says_how_many_images_or_pages_a_piece_covers(unit, most, told):
    cd = replace(SHOP.items[0], price=replace(SHOP.items[0].price, unit=unit))
    terms = Terms(credits=(Credit(item="cd", most_units=most),))
    assert list(strange_in(terms, replace(SHOP, items=(cd,)))) == told


@pytest.mark.parametrize(("count", "is_told"), [(10, False), (11, True)])
def test_O3_a_plan_that_asks_for_more_images_than_its_goods_are_made_of_is_told(count, is_told):
    shop = replace(SHOP, items=(replace(SHOP.items[0], most_images=10),))
    terms = Terms(plans=(PlanTerms(when=All(of=(Images(count=count), Rolls(count=1))), make=Choice(item="cd")),))
    assert list(strange_in(terms, shop)) == ["plan 1: cd is made of up to 10 images"] * is_told


def test_O15_the_example_in_config_fits_the_catalogue_in_config():
    folder: Path = locate_config() / "catalogue"
    terms = convert_terms(load_toml(folder / "terms.toml"))
    catalogue = convert_catalogue(json.loads((folder / "standard.json").read_text(encoding="utf-8")))
    assert terms.credits
    assert {plan.kind for plan in terms.plans} == {"goods", "next_roll"}
    assert list(strange_in(terms, catalogue)) == []
