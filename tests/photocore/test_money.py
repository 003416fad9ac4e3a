"""Money and tax, to the minor unit."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from photocore.errors import MoneyMalformed, MoneyMixed
from photocore.money import MOST_MINOR, Money, none_of, total, with_tax

amounts = st.integers(-(10**9), 10**9)


def euro(minor: int) -> Money:
    """Return so many cents."""
    return Money(minor=minor, currency="EUR")


def test_S4_tax_is_taken_out_or_put_on_top_and_halves_go_up():
    assert with_tax(euro(1190), 1900, "included").tax == euro(190)
    assert with_tax(euro(1000), 1900, "added").gross == euro(1190)
    assert with_tax(euro(50), 1900, "added").tax == euro(10)  # 9.5
    assert with_tax(euro(-50), 1900, "added").tax == euro(-10)  # a refund gives back what was taken
    assert with_tax(euro(777), 1900, "none").tax == none_of("EUR")


@given(amounts, st.integers(0, 10_000), st.sampled_from(["included", "added", "none"]))
def test_S4_net_and_tax_are_the_gross_and_a_refund_mirrors_it(minor, rate, mode):
    taxed, back = with_tax(euro(minor), rate, mode), with_tax(euro(-minor), rate, mode)
    assert taxed.net + taxed.tax == taxed.gross
    assert (back.net, back.tax, back.gross) == (-taxed.net, -taxed.tax, -taxed.gross)
    if mode == "included":
        assert taxed.gross == euro(minor)


@given(st.lists(amounts, max_size=20))
def test_S4_a_sum_is_whole(minors):
    assert total(map(euro, minors), "EUR") == euro(sum(minors))


def test_S4_two_currencies_never_meet():
    with pytest.raises(MoneyMixed):
        euro(1) + Money(minor=1, currency="USD")
    with pytest.raises(MoneyMixed):
        total([euro(1)], "JPY")


@pytest.mark.parametrize(
    ("minor", "currency"), [(1, "eur"), (1, "EURO"), (1, ""), (1, "EU\n"), (MOST_MINOR + 1, "EUR")]
)
def test_S4_what_is_no_money_is_refused(minor, currency):
    with pytest.raises(MoneyMalformed):
        Money(minor=minor, currency=currency)


@pytest.mark.parametrize("rate", [-1, 10_001])
def test_S4_a_tax_beyond_a_hundred_per_cent_is_refused(rate):
    with pytest.raises(MoneyMalformed):
        with_tax(euro(1), rate, "added")
