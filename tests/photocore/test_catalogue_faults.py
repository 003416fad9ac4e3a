"""All that is wrong with a catalogue is told at once: where, by one word, and in a sentence."""

import copy
import json
from pathlib import Path

import pytest

from photocore.catalogue import (
    MOST_FAULTS,
    convert_catalogue,
    faults_of,
    read_catalogue,
    read_draft,
    write_catalogue,
)
from photocore.errors import CatalogueMalformed
from photocore.money import decimals_of
from photocore.pricing import Choice, quote
from photocore.settings import locate_config

STANDARD = json.loads((locate_config() / "catalogue" / "standard.json").read_text(encoding="utf-8"))
LANGUAGES = {"en", "de", "fr", "es", "it", "pl", "tr", "ar", "he", "hi", "zh", "ja"}


def faults(change) -> list[tuple[str, str]]:
    """Return where and what is wrong when ``change`` was made to the shipped catalogue."""
    values = copy.deepcopy(STANDARD)
    change(values)
    return [(fault.place, fault.word) for fault in faults_of(read_draft(json.dumps(values).encode()))]


def test_O10_the_shipped_catalogue_has_all_kinds_in_twelve_languages_and_four_currencies():
    catalogue = convert_catalogue(STANDARD)
    kinds = {"disc", "album_pages", "prints", "index_print", "next_roll", "archive_download"}
    assert {item.kind for item in catalogue.items} == kinds
    assert set(catalogue.languages) == LANGUAGES
    assert catalogue.currencies == ("EUR", "USD", "GBP", "JPY")
    for item in catalogue.items:
        assert set(item.about) == LANGUAGES, item.id
        for currency in catalogue.currencies:
            images = 0 if item.kind == "next_roll" else 36
            assert quote(catalogue, Choice(item=item.id), images=images, currency=currency).amount.gross.minor > 0


def test_O10_no_choice_of_the_shipped_catalogue_costs_less_than_nothing_or_comes_to_nothing():
    """Every value of every option, in every currency, beside the usual ones."""
    catalogue = convert_catalogue(STANDARD)
    for item in catalogue.items:
        for option in item.options:
            for value in option.values:
                choice = Choice(item=item.id, options={option.id: value.id})
                for currency in catalogue.currencies:
                    images = 1 if item.takes_images else 0
                    assert quote(catalogue, choice, images=images, currency=currency).piece.minor > 0


def test_O10_the_canonical_form_is_the_same_however_it_was_written():
    pretty = json.dumps(STANDARD, indent=7, sort_keys=True).encode()
    plain = json.dumps(dict(reversed(STANDARD.items()))).encode()
    assert write_catalogue(read_catalogue(pretty)) == write_catalogue(read_catalogue(plain))
    assert read_catalogue(write_catalogue(read_catalogue(pretty))) == read_catalogue(plain)


def test_O10_every_fault_is_told_with_its_place():
    def change(values):
        values["version"] = "no spaces"
        prints = values["items"][2]
        del prints["titles"]["de"]
        prints["price"]["base"]["EUR"] = -1
        del prints["price"]["steps"][1]["each"]["JPY"]
        prints["options"][0]["values"][1]["more"] = {"CHF": 1}
        prints["tax"] = "luxury"
        values["items"][1]["exclusions"].append({"size": "a4", "binding": "loose"})

    assert faults(change) == [
        ("version", "version"),
        ("items.1.exclusions.1", "exclusion_usual"),
        ("items.2.titles.de", "untitled"),
        ("items.2.tax", "no_rate"),
        ("items.2.options.0.values.1.more", "strange_currency"),
        ("items.2.price.base.EUR", "amount_below"),
        ("items.2.price.steps.1.each.JPY", "unpriced"),
    ]


@pytest.mark.parametrize(
    ("change", "word"),
    [
        (lambda v: v["items"][0]["titles"].update(en="a\0b"), "title"),
        (lambda v: v["items"][0]["titles"].update(en="x" * 121), "title"),
        (lambda v: v["items"][0]["titles"].update({"not a tag!": "x"}), "title"),
        (lambda v: v["items"][0]["about"].update(en="x" * 2001), "about"),
        (lambda v: v["items"][0]["price"]["base"].update(EUR=10**12 + 1), "amount_below"),
        (lambda v: v["items"][0]["options"][0]["values"][1]["more_base"].update(EUR=-(10**12) - 1), "amount"),
        (lambda v: v["items"][2]["price"]["steps"][2].update(units=10_001), "step"),
        (lambda v: v["items"][2]["price"]["steps"][2].update(units=50), "steps_rise"),
        (lambda v: v["items"][2]["price"].update(steps=v["items"][2]["price"]["steps"][1:]), "first_step"),
        (lambda v: v["items"][2].update(least_images=1001), "images"),
        (lambda v: v.update(currencies=["EUR"] * 31), "currencies"),
        (lambda v: v.update(rates={"Standard!": 1900}), "name"),
        (lambda v: v["rates"].update(standard=10_001), "rate"),
        (lambda v: v["items"].append(v["items"][0]), "twice"),
    ],
)
def test_O10_what_nobody_should_publish_is_found(change, word):
    assert word in {found for _, found in faults(change)}


def test_O10_faults_are_sentences_that_name_the_thing():
    values = copy.deepcopy(STANDARD)
    del values["items"][2]["options"][1]["values"][2]["titles"]["de"]
    with pytest.raises(CatalogueMalformed, match="prints: surface: silk: there is no title in de"):
        convert_catalogue(values)


def test_O10_a_catalogue_full_of_faults_is_told_in_bounds():
    def change(values):
        values["items"] = [{**values["items"][0], "id": f"UP{n}", "titles": {}} for n in range(600)]

    assert len(faults(change)) == MOST_FAULTS


@pytest.mark.parametrize("minor", [10**16, -(10**16), 10**40, 1.5, "5", None, True])
def test_O10_a_number_beyond_writing_down_is_out_of_form(minor):
    values = copy.deepcopy(STANDARD)
    values["items"][0]["price"]["base"]["EUR"] = minor
    with pytest.raises(CatalogueMalformed):
        read_draft(json.dumps(values).encode())


@pytest.mark.parametrize(("currency", "decimals"), [("EUR", 2), ("JPY", 0), ("KWD", 3), ("IQD", 3), ("CLF", 4)])
def test_S4_a_currency_s_minor_unit_is_as_in_iso_4217(currency, decimals):
    assert decimals_of(currency) == decimals


def test_O10_a_title_may_hold_joiners():
    """Hindi and Persian need them; they are no controls."""
    values = copy.deepcopy(STANDARD)
    values["items"][0]["titles"]["hi"] = "क्\u200dष"
    assert convert_catalogue(values).items[0].titles["hi"] == "क्\u200dष"


def test_O10_the_shipped_catalogue_is_one_file_of_the_product():
    assert Path(locate_config(), "catalogue", "standard.json").stat().st_size < 100_000
