"""Prices as people write them in their language (CLDR, by Babel), and as they type them into a form.

How many decimals a currency has is ISO 4217's word, not CLDR's: banks count in minor units, and CLDR leaves out those
nobody uses in shops. Digits are Western in every language, as elsewhere on our pages.
"""

import functools
import re
from decimal import Decimal, InvalidOperation
from typing import Final

from babel import Locale
from babel.numbers import NumberPattern, parse_pattern

from photocore.errors import MoneyMalformed
from photocore.money import MOST_MINOR, Money, decimals_of

_NO_BREAK: Final = "\u00a0"
_LRM: Final = "\u200e"
_RIGHT_TO_LEFT: Final = frozenset({"ar", "he"})
_SIGNED: Final = re.compile(r"([A-Za-z]+[$£¥€])")
"""A currency's letters with its sign behind: the sign would stand on their other side."""
_TYPED: Final = re.compile(r"([+-]?)([0-9]{1,13})(?:[.,]([0-9]{1,4}))?")
_BESIDE: Final = re.compile(r"(?<=[A-Za-z])(?=[-0-9])|(?<=[0-9])(?=[A-Za-z])")
"""Where a currency's letters stand at a figure without a space (CLDR's currencySpacing)."""


def write_price(language: str, money: Money) -> str:
    """Return an amount as people of ``language`` write it, with its currency's sign, and minus where it is negative."""
    decimals = decimals_of(money.currency)
    amount = Decimal(money.minor).scaleb(-decimals)
    pattern = _pattern(language, decimals)
    text = str(pattern.apply(amount, language, currency=money.currency, currency_digits=False))
    text = _BESIDE.sub(_NO_BREAK, text)
    if language in _RIGHT_TO_LEFT:  # as CLDR's own minus sign there; Babel writes the bare one
        text = _SIGNED.sub(rf"\1{_LRM}", text.replace("-", f"{_LRM}-"))
    return text


def plain_price(minor: int, currency: str) -> str:
    """Return an amount as it stands in a form's field: ``12.50``, ``-3``, ``0.125``."""
    decimals = decimals_of(currency)
    return f"{Decimal(minor).scaleb(-decimals):.{decimals}f}"


def read_price(text: str, currency: str) -> int:
    """Return the minor units of what was typed into a form: with a point or a comma, and nothing between thousands.

    Raises:
        MoneyMalformed: it is no amount, has more decimals than the currency, or is beyond all measure.
    """
    match = _TYPED.fullmatch(text.strip())
    if match is None or not text.isascii():
        raise MoneyMalformed("an amount is figures, and a point before its decimals")
    sign, whole, part = match[1], match[2], (match[3] or "").rstrip("0")
    decimals = decimals_of(currency)
    if len(part) > decimals:
        raise MoneyMalformed(f"{currency} has {decimals} decimals")
    try:
        minor = int(Decimal(f"{sign}{whole}.{part or 0}").scaleb(decimals))
    except InvalidOperation as cause:
        raise MoneyMalformed("an amount is figures, and a point before its decimals") from cause
    if abs(minor) > MOST_MINOR:
        raise MoneyMalformed(f"an amount of more than {MOST_MINOR:,} minor units")
    return minor


@functools.cache
def _pattern(language: str, decimals: int) -> NumberPattern:
    """Return how a language writes money with so many decimals."""
    standard = Locale.parse(language).currency_formats["standard"]
    pattern = parse_pattern(standard.pattern)
    pattern.frac_prec = (decimals, decimals)
    return pattern
