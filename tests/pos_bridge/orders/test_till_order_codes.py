"""Order codes' digits: by GS1's own examples, against another's arithmetic, and against whatever a till may scan."""

import pytest
from biip.checksums import gs1_price_weight_check_digit as theirs
from hypothesis import given
from hypothesis import strategies as st

from photocore import codes as own_codes
from photocore.errors import CodeError, SettingsError
from photocore.gs1_rules import check_digit, has_good_check_digit
from photocore.testing import SeededEntropy
from pos_bridge.errors import BridgeRefusal
from pos_bridge.orders.codes import (
    Scanned,
    compose,
    draw_reference,
    layout_of,
    most_minor,
    parse,
    price_check_digit,
    references,
)
from pos_bridge.settings import CodeSettings

DEFAULT = CodeSettings()
FOUR = CodeSettings(prefix="02", layout="PPRRRRRVAAAAC", price_check="gs1-4", most_minor=9_999)
BARE = CodeSettings(prefix="28", layout="PPRRRRAAAAAAC", price_check="none", most_minor=999_999)
SHORT = CodeSettings(form="code128", most_minor=999_999)
FORMS = [DEFAULT, FOUR, BARE, SHORT]


def test_A2_price_check_digits_are_those_of_gs1s_own_examples():
    """GS1 General Specifications 7.9.3 computes 9 for 2875 and 7.9.4 computes 6 for 14685."""
    assert (price_check_digit("2875"), price_check_digit("14685")) == ("9", "6")


def test_A2_price_check_digits_are_those_of_another_implementation():
    """biip knows both variants; all ten thousand prices of four digits agree, and as many of five."""
    prices = [f"{price:04d}" for price in range(10_000)] + [f"{price:05d}" for price in range(3, 100_000, 10)]
    assert [price_check_digit(price) for price in prices] == [str(theirs(price)) for price in prices]


@pytest.mark.parametrize("digits", [4, 5])
def test_A2_a_price_check_digit_finds_every_single_wrong_digit(digits):
    for price in range(0, 10**digits, 37):
        text = f"{price:0{digits}d}"
        for at in range(digits):
            others = {price_check_digit(text[:at] + other + text[at + 1 :]) for other in "0123456789"}
            assert len(others) == 10


@pytest.mark.parametrize("wrong", ["", "123", "123456", "12a4", "１２３４"])
def test_A2_a_price_has_four_digits_or_five(wrong):
    with pytest.raises(CodeError):
        price_check_digit(wrong)


def test_A2_the_bytes_of_the_worked_example():
    """docs/till/order-codes.md: 12.50 for the reference 1234."""
    assert compose("1234", 1250, DEFAULT) == "2112347012504"
    assert parse("2112347012504", DEFAULT) == Scanned(form="ean13", reference="1234", minor=1250)
    assert compose("01234", 1250, FOUR) == "02" + "01234" + price_check_digit("1250") + "1250" + check_digit(
        "02012343" + "1250"
    )
    assert compose("7Q2M9X", 1250, SHORT).startswith("TCC-7Q2M9X001250")


@pytest.mark.parametrize("settings", FORMS)
@given(st.data())
def test_A2_what_is_composed_is_read_back(settings, data):
    minor = data.draw(st.integers(1, most_minor(settings)))
    reference = draw_reference(SeededEntropy(data.draw(st.integers(0, 2**32))), minor, settings)
    code = compose(reference, minor, settings)
    assert parse(code, settings) == Scanned(form=settings.form, reference=reference, minor=minor)
    assert own_codes.recognise(code) is None, "no code of the photoservice's has this shape"
    if settings.form == "ean13":
        assert len(code) == 13
        assert has_good_check_digit(code)


@given(st.text(max_size=20) | st.from_regex(r"[0-9]{11,15}", fullmatch=True))
def test_A2_whatever_a_till_scans_is_read_or_passed_over(text):
    for settings in FORMS:
        scanned = parse(text, settings)
        assert scanned is None or scanned.reference


@pytest.mark.parametrize("settings", FORMS)
def test_A2_one_wrong_symbol_is_never_another_amount(settings):
    """Attack: one digit of the price is changed by hand; the check digits do not fit any more."""
    code = compose(draw_reference(SeededEntropy(1), 1999, settings), 1999, settings)
    for at, symbol in enumerate(code):
        for other in "0123456789":
            if other != symbol and symbol != "-":
                assert parse(code[:at] + other + code[at + 1 :], settings) is None


def test_A2_tills_write_an_ean_in_their_own_ways():
    """Twelve digits where the nought was dropped, fourteen as a GTIN, spaces round it, and none of it blank."""
    code = compose("01234", 1250, FOUR)
    said = Scanned(form="ean13", reference="01234", minor=1250)
    assert {parse(text, FOUR) for text in (code, code[1:], "0" + code, f" {code}\r\n")} == {said}
    assert parse("1" + compose("1234", 1250, DEFAULT), DEFAULT) is None, "a case of them is no code"


@pytest.mark.parametrize("settings", [DEFAULT, FOUR, BARE])
def test_A2_a_till_may_take_the_price_out_and_leave_the_item(settings):
    """Tills that know the item by its first digits tell noughts for the price: the line says the amount."""
    code = compose(draw_reference(SeededEntropy(2), 77, settings), 77, settings)
    layout = layout_of(settings)
    blank = code[: layout.reference.stop].ljust(12, "0")
    scanned = parse(blank + check_digit(blank), settings)
    assert scanned == Scanned(form="ean13", reference=code[layout.reference], minor=None)


@pytest.mark.parametrize(
    "product",
    ["4006381333931", "9501101530003", "2012345678909", "0036000291452", "2299999999999", "977147396801"],
)
def test_A2_other_numbers_are_none_of_ours(product):
    """Makers' products, another prefix of the shop's own, and numbers whose price check does not fit."""
    assert parse(product, DEFAULT) is None


def test_A2_an_amount_of_nothing_and_one_that_the_digits_cannot_say_are_refused():
    with pytest.raises(BridgeRefusal) as none:
        compose("1234", 0, DEFAULT)
    large = CodeSettings(most_minor=500_000)
    with pytest.raises(BridgeRefusal) as much:
        compose("1234", 100_000, large)
    with pytest.raises(BridgeRefusal) as too_much:
        compose("1234", 500_001, large)
    reasons = [caught.value.reason for caught in (none, much, too_much)]
    assert reasons == ["amount_none", "amount_too_large", "amount_too_large"]
    assert "Code 128" in str(much.value)
    assert "Code 128" not in str(too_much.value), "the shop itself does not want so much"
    with pytest.raises(BridgeRefusal):
        compose("1234", -1, SHORT)


@pytest.mark.parametrize("wrong", ["123", "12345", "12a4", "１２３４", ""])
def test_A2_a_reference_of_another_form_is_no_reference(wrong):
    with pytest.raises(CodeError):
        compose(wrong, 100, DEFAULT)
    with pytest.raises(CodeError):
        compose(wrong, 100, SHORT)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        (CodeSettings(layout="PPRRRVAAAAAC"), "12 letters"),
        (CodeSettings(layout="PPRRRRRRAAAAAAC"), "15 letters"),
        (CodeSettings(prefix="00"), "makers' products"),
        (CodeSettings(prefix="05"), "makers' products"),
        (CodeSettings(price_check="none"), "do not agree"),
        (CodeSettings(layout="PPRRRRRAAAAAC"), "do not agree"),
        (CodeSettings(price_check="gs1-4"), "needs 4"),
        (CodeSettings(layout="PPRRRRRVAAAAC"), "needs 5"),
        (CodeSettings(layout="PPARRRRVAAAAC"), "the order is"),
    ],
)
def test_A2_a_layout_that_cannot_be_is_told_at_the_start(settings, words):
    with pytest.raises(SettingsError, match=words):
        layout_of(settings)


def test_A2_how_many_references_there_are():
    assert [references(settings) for settings in FORMS] == [10_000, 100_000, 10_000, 32**6]
