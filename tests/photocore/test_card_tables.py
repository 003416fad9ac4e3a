"""Card tables as data: which number of which retailer, told safely."""

import time

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from photocore.cards import CardNumber, CardTable, find_cards, read_card_tables
from photocore.errors import SettingsError
from photocore.settings import load_toml, locate_config


def table(pattern=r"\d{8}", **more):
    """Return a table of cards for tests."""
    return CardTable(**{"name": "t", "kind": "card", "symbologies": ("code-128",), "pattern": pattern, **more})


def demo_tables():
    """Return the demo retailer's tables, from the file the product ships."""
    return read_card_tables(load_toml(locate_config() / "cards" / "demo.toml"))


def taken(text, symbology=None, **more):
    """Return the names of the demo tables that take ``text``."""
    return [card.table for _, card in find_cards(demo_tables(), text, symbology, **more)]


@pytest.mark.parametrize(
    ("text", "symbology", "names"),
    [
        ("952114100000000018", "gs1-8018", ["demo-gsrn"]),
        ("952114100000000018", "gs1-8017", ["demo-staff"]),
        ("952114100000000019", "gs1-8018", []),
        ("2900000047112", "ean-13", ["demo-club"]),
        ("2900000047113", "ean-13", []),
        ("2900000047112", "code-128", []),
        ("2100000047116", "ean-13", []),
        ("PC123456782", "code-128", ["demo-photo-pass"]),
        ("PC123456789", "code-128", []),
    ],
)
def test_O19_the_demo_retailers_cards_are_told_by_symbol_pattern_and_check(text, symbology, names):
    """GSRN, restricted EAN-13 and plain text each find their table, and a wrong digit finds none."""
    assert taken(text, symbology) == names


def test_O19_without_the_symbology_a_number_may_belong_to_two_tables():
    """The same digits as card and badge come back twice, for the caller to refuse."""
    assert taken("952114100000000018") == ["demo-gsrn", "demo-staff"]


def test_O19_a_badge_cannot_be_typed():
    """Typing a badge's number is not holding the badge."""
    assert taken("952114100000000018", typed=True) == ["demo-gsrn"]


@pytest.mark.parametrize("text", ["pc 123-456-782", "PC123456782", "Pc12345678 2"])
def test_O19_scanned_and_typed_the_card_is_the_same(text):
    """Spaces, hyphens and case do not make another customer."""
    assert find_cards(demo_tables(), text, None)[0][1] == CardNumber(table="demo-photo-pass", number="PC123456782")


def test_O19_a_card_shows_its_last_four_symbols_only():
    """Screens and paper get the masked number, logs get none."""
    card = CardNumber(table="demo-club", number="2900000047112")
    assert card.masked == "•••• 7112"
    assert "7112" not in repr(card)


def test_O19_the_table_is_part_of_the_key():
    """Two retailers may number alike."""
    assert CardNumber(table="a", number="12345678") != CardNumber(table="b", number="12345678")


@pytest.mark.parametrize(
    "pattern",
    [
        "",
        ".*",
        r"\d*",
        r"\d+",
        r"(\d{4}){2}",
        r"[^A]{8}",
        r"\d{1,20}\d{1,20}",
        r"\d{5}",
        r"\d{49}",
        r"\d{9,6}",
        r"[Z-A]{8}",
        r"\d{٨}",
        "(?:1{8})",
        "PC-123456",
        r"\d{8}$",
    ],
)
def test_A03_a_pattern_outside_the_safe_part_is_refused(pattern):
    """No wildcard, no group, no second open count: a table from the network cannot take all, or for ever."""
    with pytest.raises(ValueError):
        table(pattern)


@given(st.text(alphabet=r"\d[]{}A-Z0-9,()*+.?|^$", max_size=30), st.text(alphabet="A0", max_size=48))
def test_A03_any_pattern_is_refused_or_answers_at_once(pattern, number):
    """Whatever a pattern is made of, it is refused or judges a number in no time."""
    try:
        judge = table(pattern)
    except ValueError:
        return
    start = time.thread_time()  # what it costs, however busy the machine is
    judge.takes(number)
    assert time.thread_time() - start < 5.0


def test_O19_tables_travel_as_json_and_are_checked_on_arrival():
    """The roster brings tables; one with a wild pattern is refused while decoding."""
    tables = demo_tables()
    assert msgspec.json.decode(msgspec.json.encode(tables), type=tuple[CardTable, ...]) == tables
    wild = msgspec.json.encode({**msgspec.to_builtins(tables[0]), "pattern": ".*"})
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(wild, type=CardTable)


@pytest.mark.parametrize(
    "settings",
    [
        {"table": [{"name": "x"}]},
        {"table": "x"},
        {"table": [msgspec.to_builtins(table()), msgspec.to_builtins(table())]},
        {"table": [{**msgspec.to_builtins(table()), "kind": "coupon"}]},
    ],
)
def test_O19_a_broken_table_file_is_a_settings_error(settings):
    """Missing fields, unknown kinds and one name twice are said at start."""
    with pytest.raises(SettingsError):
        read_card_tables(settings)


def test_O19_luhn_catches_a_wrong_digit():
    """The check of text cards is over their digits, from the right."""
    checked = table(r"PC\d{9}", check="luhn")
    good = "PC123456782"
    assert checked.takes(good)
    assert not any(checked.takes(good[:-1] + digit) for digit in "013456789")
