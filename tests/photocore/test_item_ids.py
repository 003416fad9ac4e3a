"""SGTIN, house code, GSRN, GLN, and the one canonical text of an item."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from photocore import codes
from photocore.errors import CheckWrong, CodeError, Gs1Error, SerialTooShort
from photocore.gs1 import ElementString
from photocore.ids import Gln, Gsrn, HouseCode, Sgtin, item_id, item_in, label_elements, parse_item, parse_item_id
from photocore.testing import SeededEntropy

CSET_82 = "!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"

sgtins = st.text(alphabet=CSET_82, min_size=8, max_size=20).map(lambda serial: Sgtin("09521141012345", serial))
house_codes = st.tuples(st.sampled_from([codes.mint_house_package, codes.mint_house_roll]), st.integers()).map(
    lambda drawn: HouseCode(drawn[0](SeededEntropy(drawn[1])))
)
items = sgtins | house_codes


@given(items)
def test_O11_an_item_and_its_canonical_text_are_the_same_thing(item):
    """Text and value go back and forth unchanged, also where the serial holds brackets."""
    assert parse_item(str(item)) == item
    assert parse_item_id(item_id(item)) == str(item)


@given(items)
def test_O11_what_a_label_says_names_the_item_it_is_for(item):
    """The label's 2D content carries the item and the label's own copy ID."""
    elements = label_elements(item, "7Q2M9X")
    assert item_in(elements) == item
    assert elements.get("91") == "7Q2M9X"


def test_O17_label_contents_are_those_of_the_design():
    """(01)(21)(91) for a maker's roll, (90)(91) for a house code, FNC1 after the values of open length."""
    roll = label_elements(Sgtin("09521141012345", "PKG7Q2M9"), "7Q2M9X")
    house = label_elements(HouseCode("TCR-66SCA0RZM8Y"), "7Q2M9X")
    assert roll.bracketed == "(01)09521141012345(21)PKG7Q2M9(91)7Q2M9X"
    assert house.transmitted == "90TCR-66SCA0RZM8Y\x1d917Q2M9X"


@pytest.mark.parametrize("serial", ["", "1", "R0001", "1234567"])
def test_O11_a_serial_too_short_to_be_one_pieces_own_is_refused_by_name(serial):
    """Fewer than 8 symbols may be a batch or the day's running number."""
    with pytest.raises(SerialTooShort, match=f"needs 8 symbols, this has {len(serial)}"):
        Sgtin("09521141012345", serial)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "(01)09521141012346(21)PKG7Q2M9",
        "(01)9521141012345(21)PKG7Q2M9",
        "(01)09521141012345(21)PKG 7Q2M9",
        "(01)09521141012345(21)" + "A" * 21,
        "(01)09521141012345",
        "010952114101234521PKG7Q2M9",
        "(01)09521141012345(21)PKG7Q2M9\n",
        "TCR-66SCA0RZM8Z",
        "tcr-66sca0rzm8y",
        "TCR66SCA0RZM8Y",
        "TCN-AT1PM2R3R",
        "GTH3WRWHMCW8M",
        "(01)٠٩٥٢١١٤١٠١٢٣٤٥(21)PKG7Q2M9",
    ],
)
def test_O11_only_the_canonical_text_is_an_item(text):
    """An API takes one spelling, so that equal texts and equal items are the same question."""
    with pytest.raises(CodeError):
        parse_item(text)


def test_O11_house_codes_tell_package_from_roll_by_their_prefix():
    """TCP- is a package, TCR- a roll; a misread one says so."""
    assert HouseCode(codes.mint_house_package(SeededEntropy(1))).level == "package"
    assert HouseCode("TCR-66SCA0RZM8Y").level == "roll"
    with pytest.raises(CheckWrong):
        HouseCode("TCR-66SCA0RZM8Z")


@given(st.text(max_size=70))
def test_O11_any_text_is_an_item_or_a_code_error(text):
    """The parser never falls over, and never changes what it takes."""
    try:
        assert str(parse_item(text)) == text
    except CodeError:
        return


def test_O11_an_element_string_without_a_piece_names_no_item():
    """A GTIN alone is a product; somebody else's (90) is theirs."""
    assert item_in(ElementString((("01", "09521141012345"),))) is None
    assert item_in(ElementString((("90", "SHELF-4"),))) is None


def test_O19_gsrn_and_gln_check_their_length_and_digit():
    """A card and a store are refused when one digit is off."""
    assert str(Gsrn("952114100000000018")) == "952114100000000018"
    assert str(Gln("9521141000007")) == "9521141000007"
    for bad in (lambda: Gsrn("952114100000000019"), lambda: Gln("9521141000008")):
        with pytest.raises(CheckWrong):
            bad()
    for bad in (lambda: Gsrn("9521141000007"), lambda: Gln("952114100000000018")):
        with pytest.raises(Gs1Error):
            bad()
