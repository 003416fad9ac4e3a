"""The alphabet, the check symbol and the minting of codes people read aloud."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from photocore import crockford
from photocore.errors import CheckWrong, CodeError
from photocore.testing import SeededEntropy

bodies = st.text(alphabet=crockford.ALPHABET, min_size=1, max_size=20)


@pytest.mark.parametrize(
    ("body", "symbol"),
    [
        ("H88CMK9BVJ1V", "P"),  # published by J. D. Cook
        ("H88CMK9BVJ10", "*"),
        ("7Q2M9XKD4F8T", "="),
        ("000000000000", "0"),
        ("ZZZZZZZZZZZZ", "9"),
    ],
)
def test_O17_check_symbol_matches_published_vectors(body, symbol):
    """Published and independently computed codes have the check symbol we compute."""
    assert crockford.check_symbol(body) == symbol


@given(bodies)
def test_O17_check_symbol_is_the_remainder_of_the_whole_number(body):
    """The digit-by-digit remainder is that of the number the body spells in base 32."""
    number = sum(crockford.ALPHABET.index(symbol) * 32**place for place, symbol in enumerate(reversed(body)))
    assert crockford.check_symbol(body) == crockford.CHECK_ALPHABET[number % 37]


@pytest.mark.parametrize("symbols", [8, 10, 12, 16])
def test_O17_every_single_wrong_symbol_is_caught(symbols):
    """Whatever one symbol is replaced by another, at any place, the code is refused."""
    code = crockford.mint(SeededEntropy(symbols), symbols)
    for place in range(len(code)):
        for wrong in set(crockford.ALPHABET) - {code[place]}:
            with pytest.raises(CheckWrong):
                crockford.parse(code[:place] + wrong + code[place + 1 :], symbols)


@given(seed=st.integers(), symbols=st.sampled_from([8, 10, 12, 16]))
def test_O17_every_swap_of_neighbours_is_caught(seed, symbols):
    """Two neighbours that differ, the check symbol included, cannot change places unseen."""
    code = crockford.mint(SeededEntropy(seed), symbols)
    for place in range(len(code) - 1):
        swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
        if swapped != code:
            with pytest.raises(CheckWrong):
                crockford.parse(swapped, symbols)


@given(seed=st.integers(), symbols=st.integers(min_value=1, max_value=20))
def test_O17_minted_codes_read_back_and_use_ordinary_symbols_only(seed, symbols):
    """A minted code holds none of the five extra check symbols and reads back as itself."""
    code = crockford.mint(SeededEntropy(seed), symbols)
    assert set(code) <= set(crockford.ALPHABET)
    assert crockford.parse(code, symbols) == code


@given(seed=st.integers(), spoken=st.randoms(use_true_random=False))
def test_O17_spaces_hyphens_case_and_lookalikes_are_forgiven(seed, spoken):
    """A code written with O for 0, I or L for 1, in small letters, spaced at will, is the same code."""
    code = crockford.mint(SeededEntropy(seed), 12)
    lookalikes = {"0": "0Oo", "1": "1IiLl"}
    written = "".join(
        spoken.choice(lookalikes.get(symbol, symbol + symbol.lower())) + spoken.choice(["", "-", " ", "–"])
        for symbol in code
    )
    assert crockford.parse(written, 12) == code


@pytest.mark.parametrize("text", ["", "7Q2M", "U" * 13, "7Q2M9XKD4F8T=", "ſ" * 13, "٧" * 13, "7Q2M9XKD4F8TPP"])
def test_O17_what_is_no_code_is_refused_as_a_code_error(text):
    """Wrong length, foreign alphabets and the letter U are refused, never helped along."""
    with pytest.raises(CodeError):
        crockford.parse(text, 12)


def test_O17_mint_draws_evenly_over_the_alphabet():
    """Each of the 32 symbols comes up about as often as any other."""
    drawn = crockford.draw(SeededEntropy("even"), 32_000)
    counts = [drawn.count(symbol) for symbol in crockford.ALPHABET]
    assert min(counts) > 850
    assert max(counts) < 1150


def test_O17_broken_entropy_is_reported_not_looped_on():
    """A source of randomness that always says the same cannot hang a kiosk."""

    class Stuck:
        def token(self, n):
            return b"\x00" * n

    with pytest.raises(CodeError, match="randomness"):
        crockford.mint(Stuck(), 12, accept=lambda code: not code.isdigit())
