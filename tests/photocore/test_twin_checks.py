"""Twin checks and bags: numbers that say when they were misread."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from photocore.codes import recognise
from photocore.errors import CheckWrong, CodeError
from photocore.label import BagLabel, TwinCheckLabel
from photocore.twin_checks import bag_number, parse_season_number, parse_twin_check, twin_check

NUMBERS = st.builds(twin_check, st.integers(0, 99), st.integers(1, 999_999))


def test_O17_a_twin_check_is_read_by_machines_and_by_eyes() -> None:
    """Season, number, and GS1's check digit of 047731: 3*1 + 3 + 3*7 + 7 + 3*4 + 0 = 46."""
    number = twin_check(4, 7731)
    assert (number.short, number.text) == ("04-7731", "TCT-04-7731-4")
    assert parse_twin_check("tct0477314") == number
    assert bag_number(4, 312).text.startswith("TCB-04-0312-")


@given(NUMBERS)
def test_O17_every_twin_check_is_read_back_and_is_none_of_our_other_codes(number) -> None:
    """With hyphens or without; no kind of code with a check symbol has its shape."""
    assert parse_twin_check(number.text) == number
    assert parse_twin_check(number.text.replace("-", "")) == number
    assert recognise(number.text) is None


@given(NUMBERS, st.data())
def test_O17_one_wrong_digit_is_noticed(number, data) -> None:
    """Whichever of them it is."""
    places = [place for place, sign in enumerate(number.text) if sign.isdigit()]
    place = data.draw(st.sampled_from(places))
    digit = data.draw(st.sampled_from(sorted(set("0123456789") - {number.text[place]})))
    with pytest.raises(CodeError):
        parse_season_number(number.text[:place] + digit + number.text[place + 1 :])


@pytest.mark.parametrize(
    "text",
    ["", "TCT", "TCT-4-7731-0", "TCX-04-7731-0", "TCT-04-07731-0", "TCT-04-0000-0", "TCT-04-٧٧٣١-0", "T" * 99999],
)
def test_O17_what_is_no_number_is_refused(text) -> None:
    """Two texts for one number, digits of other scripts, and whatever is too long."""
    with pytest.raises(CodeError):
        parse_season_number(text)


def test_O17_a_bag_is_no_twin_check() -> None:
    """Neither when it is read nor on a label."""
    with pytest.raises(CodeError, match="bag"):
        parse_twin_check(bag_number(4, 312).text)
    with pytest.raises(ValueError, match="twin check"):
        TwinCheckLabel(number=bag_number(4, 312))
    with pytest.raises(ValueError, match="bag"):
        BagLabel(bag=twin_check(4, 1), of=1)
    with pytest.raises(ValueError, match="drop-off"):
        twin_check(100, 1)
    with pytest.raises(CheckWrong):
        parse_twin_check("TCT-04-7731-1")
