"""GS1 element strings: published numbers, round trips, and everything that is refused."""

from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from photocore import gs1, gs1_dates, gs1_rules
from photocore.application_ids import application_ids
from photocore.errors import Gs1Ambiguous, Gs1CheckWrong, Gs1Error
from photocore.gs1 import GS, ElementString, parse_bracketed, parse_elements

CSET_82 = "!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"

serials = st.text(alphabet=CSET_82, min_size=1, max_size=20)
gtins = st.from_regex(r"[0-9]{13}", fullmatch=True).map(lambda digits: digits + gs1_rules.check_digit(digits))
dates = st.dates(date(2000, 1, 1), date(2075, 12, 31)).map(lambda day: day.strftime("%y%m%d"))


@st.composite
def element_strings(draw):
    """Valid element strings of a film package, in any order of their elements."""
    elements = {"01": draw(gtins), "21": draw(serials)}
    if draw(st.booleans()):
        elements["10"] = draw(serials)
    if draw(st.booleans()):
        elements["17"] = draw(dates)
    if draw(st.booleans()):
        elements["91"] = draw(st.text(alphabet=CSET_82, min_size=1, max_size=90))
    return ElementString(tuple(draw(st.permutations(list(elements.items())))))


@pytest.mark.parametrize(
    "key",
    [
        "09521141012345",  # GTIN-14
        "4006381333931",  # GTIN-13 of a price code
        "095211410000000014",  # SSCC
        "952114100000000018",  # GSRN
        "9521141000007",  # GLN
        "96385074",  # GTIN-8
        "036000291452",  # GTIN-12
    ],
)
def test_K2_check_digits_of_every_key_match_published_numbers(key):
    """One rule serves GTIN, SSCC, GSRN and GLN."""
    assert gs1_rules.check_digit(key[:-1]) == key[-1]
    assert gs1_rules.has_good_check_digit(key)


@given(gtins, st.data())
def test_K2_every_single_wrong_digit_of_a_gtin_is_caught(gtin, data):
    """The GS1 check digit catches any one wrong digit."""
    place = data.draw(st.integers(min_value=0, max_value=13))
    wrong = data.draw(st.sampled_from([digit for digit in "0123456789" if digit != gtin[place]]))
    with pytest.raises(Gs1CheckWrong):
        gs1.gtin14(gtin[:place] + wrong + gtin[place + 1 :])


@given(element_strings())
def test_K2_what_is_transmitted_reads_back_as_it_was(elements):
    """Writing with FNC1 where it is needed, and reading, changes nothing."""
    assert parse_elements(elements.transmitted) == elements


@given(element_strings())
def test_K2_the_bracketed_form_reads_back_where_no_value_holds_a_bracket(elements):
    """The human-readable form is as good, as long as it is unambiguous."""
    assume(not any(mark in value for _, value in elements.elements for mark in "()"))
    assert parse_bracketed(elements.bracketed) == elements


def test_K2_fixed_elements_need_no_separator_and_forgive_one():
    """(01)(17)(10)GS(21): the separator stands only after the batch; a superfluous one after a date is passed over."""
    expected = (("01", "09521141012345"), ("17", "270131"), ("10", "LOT1"), ("21", "PKG7Q2M9"))
    assert parse_elements("010952114101234517270131" + "10LOT1\x1d21PKG7Q2M9").elements == expected
    assert parse_elements("010952114101234517270131\x1d10LOT1\x1d21PKG7Q2M9").elements == expected
    assert ElementString(expected).transmitted.count(GS) == 1


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "no element"),
        (GS, "no element"),
        ("0109521141012346", "check digit"),
        ("01095211410123", "value of 12"),
        ("0109521141012345" + "21", "value of 0"),
        ("0109521141012345" + "21" + "A" * 21, "value of 21"),
        ("0109521141012345" + "21AB CD", "character"),
        ("0109521141012345" + "21ABÄD", "character"),
        ("0109521141012345" + "17271331", "calendar"),
        ("0109521141012345" + "17270229", "calendar"),
        ("0109521141012345" + "17270431", "calendar"),
        ("0109521141012345" + "17270001", "calendar"),
        ("0109521141012345" + "8818AB", "not read"),
        ("0109521141012345" + GS + GS + "21PKG7Q2M9", "not read"),
        ("21PKG7Q2M9", r"needs one of \(01\)"),
        ("0109521141012345" + "37" + "12", "exclude"),
        ("8017952114100000000018" + GS + "8018952114100000000018", "exclude"),
        ("0109521141012345" + "10A" + GS + "10B", "twice"),
        ("0109521141012345" + "235ABC" + GS + "21PKG7Q2M9", "exclude"),
        ("010٩٥٢١١٤١٠١٢٣٤٥", "character"),
        ("x" * 513, "too long"),
    ],
)
def test_K2_broken_element_strings_are_refused_with_the_rule(text, why):
    """Each names what is wrong and never repeats what was read."""
    with pytest.raises(Gs1Error, match=why.replace("not read", "do not read")) as refusal:
        parse_elements(text)
    assert "PKG7Q2M9" not in str(refusal.value)


@pytest.mark.parametrize(
    "text",
    [
        "(01)09521141012345(21)PKG7Q2M9(422)056",  # made in Belgium
        "(01)09521141012345(3103)000120(422)840",  # net weight 0.120 kg
        "(01)09521141012345(8001)00350305005010(21)A",  # a bulk roll: width, length, core, winding, no joint
        "(01)09521141012345(8008)26112114(10)E17",  # coated at two in the afternoon
        "(01)09521141012345(7003)2811301200(21)A",  # expires at noon
        "(01)09521141012345(3922)1299(30)3",  # the price of three
        "(8013)1987654Ad4X4bL5ttr2310c2K",  # GS1's own example of a model number
        "(8110)106141416543213150110120",  # a North American coupon
        "(00)095211410000000014(4300)Film+Depot(4307)DE(4321)0",  # a shipping case
        "(01)09521141012345(21)A(8030)-hg_Z8A==",  # a signature, base 64
    ],
)
def test_K2_what_a_maker_or_a_carrier_may_print_beside_the_gtin_is_read(text):
    """The whole table of identifiers stands, so that nothing foreign on a box keeps it from being registered."""
    assert parse_bracketed(text).bracketed == text
    assert parse_elements(parse_bracketed(text).transmitted) == parse_bracketed(text)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("(01)09521141012345(422)891", "no country"),  # Yugoslavia
        ("(01)09521141012345(3103)00012", "value of 5"),
        ("(01)09521141012345(3103)000120(3102)001200", "exclude"),
        ("(01)09521141012345(8001)00350305005050", "direction"),
        ("(01)09521141012345(8001)00000305005010", "nothing"),
        ("(01)09521141012345(7003)2811302400", "time of day"),
        ("(01)09521141012345(7006)281100", "calendar"),
        ("(01)09521141012345(3922)1299", "needs one of .*31nn"),
        ("(01)09521141012345(8030)AB", r"\(01\)\+\(21\)"),
        ("(01)09521141012345(21)A(8030)ABC=", "character"),
        ("(8013)1987654Ad4X4bL5ttr2310c2L", "check characters"),
        ("(8110)106141416543213150110120" + "32602283260229", "coupon"),
        ("(8110)106141416543213150110120" + "32601314260201", "coupon"),  # ends before it starts
        ("(00)095211410000000014(4300)50%(4307)DE", "percent"),
        ("(00)095211410000000014(4309)18000000013600000000", "pole"),
    ],
)
def test_K2_what_stands_beside_the_gtin_is_checked_as_strictly(text, why):
    """Each rule of the table refuses what breaks it."""
    with pytest.raises(Gs1Error, match=why):
        parse_bracketed(text)


def test_K2_a_lost_separator_is_refused_when_it_leaves_two_readings():
    """A scanner that drops FNC1 may make one serial out of two fields: we do not choose."""
    with pytest.raises(Gs1Ambiguous):
        parse_elements("010952114101234521PKG7Q10M9", "lost")


def test_K2_a_lost_separator_is_harmless_where_only_one_reading_is_left():
    """Serial last and nothing in it that could be an identifier: taken."""
    assert parse_elements("010952114101234521PKGAXQMZ", "lost").get("21") == "PKGAXQMZ"


@given(element_strings())
def test_K2_without_separators_the_right_reading_or_none(elements):
    """With the separators gone we find the true elements or refuse; another reading never comes out."""
    try:
        found = parse_elements(elements.transmitted.replace(GS, ""), "lost")
    except Gs1Error:
        return
    assert found == elements


@given(st.text(max_size=120), st.sampled_from(["kept", "lost"]))
def test_K2_any_text_is_an_element_string_or_a_gs1_error(text, separators):
    """The reader never falls over."""
    try:
        elements = parse_elements(text, separators)
    except Gs1Error:
        return
    assert elements.elements


def test_K2_a_hostile_text_without_separators_costs_no_time():
    """512 characters made of identifiers within identifiers are judged at once."""
    with pytest.raises(Gs1Error):
        parse_elements(("0109521141012345" + "2110" * 200)[:512], "lost")


@pytest.mark.parametrize(
    ("yymmdd", "year", "expected"),
    [
        ("270131", 2026, date(2027, 1, 31)),
        ("270200", 2026, date(2027, 2, 28)),  # day 00: the last of the month
        ("280200", 2026, date(2028, 2, 29)),
        ("760101", 2026, date(2076, 1, 1)),  # 50 years ahead at most
        ("770101", 2026, date(1977, 1, 1)),  # 49 back at most
        ("000101", 2099, date(2100, 1, 1)),
        ("991231", 2101, date(2099, 12, 31)),
    ],
)
def test_K2_dates_find_their_century_from_the_year_they_are_read_in(yymmdd, year, expected):
    """The same six digits mean another year to another decade; the year is an argument, no clock is asked."""
    assert gs1_dates.read_date(yymmdd, year) == expected


@given(st.text(alphabet="0123456789", max_size=7), st.integers(min_value=1950, max_value=2200))
def test_K2_a_date_lies_within_49_years_back_and_50_ahead(yymmdd, year):
    """Whatever the digits, the year is in the window or the date is refused."""
    try:
        day = gs1_dates.read_date(yymmdd, year)
    except Gs1Error:
        return
    assert -49 <= day.year - year <= 50


@pytest.mark.parametrize("text", ["96385074", "036000291452", "4006381333931", "04006381333931"])
def test_K2_gtins_of_every_length_become_fourteen_digits(text):
    """GTIN-8, -12 and -13 are padded with zeros on the left."""
    assert gs1.gtin14(text) == text.zfill(14)


@pytest.mark.parametrize("text", ["", "1234567", "123456789", "١٢٣٤٥٦٧٨", "4006381333931 "])
def test_K2_other_lengths_and_digits_of_other_scripts_are_no_gtin(text):
    """Only ASCII digits, only the four lengths."""
    with pytest.raises(Gs1Error):
        gs1.gtin14(text)


def test_K2_no_identifier_begins_another():
    """So the table alone tells where an identifier ends and its value begins."""
    table = application_ids()
    assert not [(one, other) for one in table for other in table if one != other and other.startswith(one)]


def test_K2_predefined_lengths_agree_with_the_table():
    """What a decoder without a table would cut is what our table allows, to the character."""
    for ai in application_ids().values():
        if ai.predefined_length is not None:
            assert ai.shortest == ai.longest == ai.predefined_length
