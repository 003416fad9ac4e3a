"""Money: whole minor units of one currency (ISO 4217), and the tax in it. Pure; how it is written, languages know.

Nothing here is a float, and two currencies never meet in one sum: that raises :class:`~photocore.errors.MoneyMixed`.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

from photocore.errors import MoneyMalformed, MoneyMixed

MOST_MINOR: Final = 10**12
"""No amount goes beyond it, either way: what does is a slip, or an attack."""

MOST_RATE: Final = 10_000
"""A hundred per cent in basis points."""

TaxMode = Literal["included", "added", "none"]
"""Whether the prices shown hold the tax, it comes on top of them, or there is none."""

_DECIMALS: Final = {
    **dict.fromkeys(("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND"), 0),
    **dict.fromkeys(("VUV", "XAF", "XOF", "XPF"), 0),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
    **dict.fromkeys(("CLF", "UYW"), 4),
}
"""Whose minor unit is not a hundredth (ISO 4217, list one)."""

_CURRENCY = re.compile(r"[A-Z]{3}")


@dataclass(frozen=True, kw_only=True)
class Money:
    """An amount in ``minor`` units (cents, yen, fils) of ``currency``; negative where it is given back.

    Raises:
        MoneyMalformed: no currency's code, or beyond :data:`MOST_MINOR`.
    """

    minor: int
    currency: str

    def __post_init__(self) -> None:
        if _CURRENCY.fullmatch(self.currency) is None:
            raise MoneyMalformed("a currency is three capital letters, as in ISO 4217")
        if not -MOST_MINOR <= self.minor <= MOST_MINOR:
            raise MoneyMalformed(f"an amount of more than {MOST_MINOR:,} minor units")

    def __add__(self, other: "Money") -> "Money":
        if other.currency != self.currency:
            raise MoneyMixed(f"{self.currency} and {other.currency}")
        return Money(minor=self.minor + other.minor, currency=self.currency)

    def __neg__(self) -> "Money":
        return Money(minor=-self.minor, currency=self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return self + -other

    def times(self, count: int) -> "Money":
        """Return so many times this amount."""
        return Money(minor=self.minor * count, currency=self.currency)


@dataclass(frozen=True, kw_only=True)
class Taxed:
    """An amount with its tax taken apart: ``net + tax == gross``, to the minor unit."""

    net: Money
    tax: Money
    gross: Money


def decimals_of(currency: str) -> int:
    """Return how many decimals the minor unit of ``currency`` is (ISO 4217): 2 for EUR, 0 for JPY, 3 for KWD."""
    return _DECIMALS.get(currency, 2)


def none_of(currency: str) -> Money:
    """Return no money."""
    return Money(minor=0, currency=currency)


def total(amounts: Iterable[Money], currency: str) -> Money:
    """Return the sum of ``amounts`` of ``currency``; raises MoneyMixed if one is of another."""
    together = none_of(currency)
    for one in amounts:
        together = together + one
    return together


def with_tax(shown: Money, rate: int, mode: TaxMode) -> Taxed:
    """Take the tax of a shown price apart: ``rate`` in basis points (1,900 is 19 %), halves rounded away from zero.

    Raises:
        MoneyMalformed: the rate is not 0 to :data:`MOST_RATE`.
    """
    if not 0 <= rate <= MOST_RATE:
        raise MoneyMalformed("a tax of 0 to 100 %")
    if mode == "none" or rate == 0:
        return Taxed(net=shown, tax=none_of(shown.currency), gross=shown)
    if mode == "added":
        tax = Money(minor=_part(shown.minor * rate, MOST_RATE), currency=shown.currency)
        return Taxed(net=shown, tax=tax, gross=shown + tax)
    tax = Money(minor=_part(shown.minor * rate, MOST_RATE + rate), currency=shown.currency)
    return Taxed(net=shown - tax, tax=tax, gross=shown)


def _part(amount: int, of: int) -> int:
    """Return ``amount / of`` to the nearest whole, halves away from zero."""
    whole = (2 * abs(amount) + of) // (2 * of)
    return whole if amount >= 0 else -whole
