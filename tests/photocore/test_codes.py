"""The codes of our own: shapes that cannot be confused, minting, reading back, grouping."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from photocore import codes
from photocore.codes import CodeKind
from photocore.crockford import normalise
from photocore.errors import CheckWrong, CodeError
from photocore.testing import SeededEntropy

kinds = st.sampled_from(list(CodeKind))


@given(kind=kinds, seed=st.integers())
def test_O17_every_minted_code_tells_its_kind_by_shape(kind, seed):
    """Minted, grouped for print, written small: it reads back as the same code of the same kind."""
    code = codes.mint_code(SeededEntropy(seed), kind)
    found = codes.read_code(codes.grouped(code).lower())
    assert (found.kind, found.text) == (kind, code)


def test_O17_no_two_kinds_share_a_shape():
    """For any two kinds, what fits one does not fit the other, whatever its symbols."""
    for one, other in itertools.permutations(codes.SHAPES.values(), 2):
        same_length = len(one.letters) + one.symbols == len(other.letters) + other.symbols
        assert not same_length or (one.prefix and other.prefix and one.letters != other.letters)


@pytest.mark.parametrize(
    ("mint", "parse", "length"),
    [
        (codes.mint_claim_code, codes.parse_claim_code, 13),
        (codes.mint_access_code, codes.parse_access_code, 17),
        (codes.mint_registration_number, codes.parse_registration_number, 13),
        (codes.mint_order_code, codes.parse_order_code, 13),
        (codes.mint_copy_id, codes.parse_copy_id, 6),
    ],
)
def test_O17_named_verbs_mint_and_parse_their_own_kind(mint, parse, length):
    """Each verb's code has its length and is taken back by its own parser."""
    code = mint(SeededEntropy(7))
    assert len(code) == length
    assert parse(code) == code


def test_O17_house_codes_are_fifteen_symbols_with_their_prefix():
    """A store's own package and roll IDs begin with TCP- and TCR-."""
    assert codes.mint_house_package(SeededEntropy(1)).startswith("TCP-")
    roll = codes.mint_house_roll(SeededEntropy(1))
    assert roll.startswith("TCR-")
    assert len(roll) == 15


@given(st.from_regex(r"[0-9]{13}|[0-9]{17}", fullmatch=True))
def test_O17_no_number_of_digits_is_ever_a_secret(digits):
    """A price code or a card number made of digits alone never passes for a claim or an access code."""
    assert codes.recognise(digits) is None
    with pytest.raises(CodeError):
        codes.parse_claim_code(digits)


@given(seed=st.integers())
def test_O17_minted_secrets_hold_a_letter(seed):
    """So no minted claim or access code is all digits."""
    entropy = SeededEntropy(seed)
    assert not codes.mint_claim_code(entropy).isdigit()
    assert not codes.mint_access_code(entropy).isdigit()


def test_O17_a_draw_of_digits_alone_is_drawn_again():
    """Entropy that first says twelve zeros, with a good check symbol, does not make a secret of digits."""

    class ZerosFirst:
        draws = 0

        def token(self, n):
            self.draws += 1
            return bytes([0 if self.draws == 1 else 9 + self.draws]) * n

    entropy = ZerosFirst()
    assert not codes.mint_claim_code(entropy).isdigit()
    assert entropy.draws > 1


@given(kind=kinds, seed=st.integers(), place=st.integers(min_value=0), data=st.data())
def test_O17_a_wrong_symbol_after_the_prefix_is_a_misread(kind, seed, place, data):
    """One wrong symbol keeps the shape and fails the check, so the person hears 'misread', not 'unknown'."""
    code = codes.mint_code(SeededEntropy(seed), kind)
    prefix = len(codes.SHAPES[kind].prefix)
    at = prefix + place % (len(code) - prefix)
    wrong = data.draw(st.sampled_from(sorted(set("ABCDEFGHJKMNPQRSTVWXYZ") - {code[at]})))
    with pytest.raises(CheckWrong):
        codes.parse_code(code[:at] + wrong + code[at + 1 :], kind)


@given(st.text(max_size=40))
def test_O17_any_text_is_a_code_or_a_code_error(text):
    """Nothing typed or scanned makes the reader fall over."""
    try:
        found = codes.read_code(text)
    except CodeError:
        return
    assert normalise(found.text) == normalise(text)


@pytest.mark.parametrize(
    ("code", "printed"),
    [
        ("7Q2M9XKD4F8TP", "7Q2M-9XKD-4F8T-P"),
        ("TCN-7Q2M9XKD4", "TCN-7Q2M-9XKD-4"),
        ("TCR-66SCA0RZM8Y", "TCR-66SC-A0RZ-M8Y"),
        ("9GQMZQFRQQY24BA4Q", "9GQM-ZQFR-QQY2-4BA4-Q"),
    ],
)
def test_O17_codes_are_printed_in_groups_of_four(code, printed):
    """People read four symbols at a time."""
    assert codes.grouped(code) == printed


def test_O17_a_code_hides_from_logs():
    """The repr of a code that was read names its kind and keeps its text to itself."""
    code = codes.mint_claim_code(SeededEntropy(3))
    assert code not in repr(codes.read_code(code))
