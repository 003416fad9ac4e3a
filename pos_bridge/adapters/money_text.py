"""Amounts as tills write them, turned into minor units exactly: decimals in a text or a number, never a float."""

import re
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Final

from photocore.money import decimals_of
from pos_bridge.errors import MessageUnreadable
from pos_bridge.sale import MOST_MINOR

_AMOUNT: Final = re.compile(r"(-?)([0-9]{1,12})(?:\.([0-9]{1,8}))?")
_CURRENCY: Final = re.compile(r"[A-Z]{3}")
_NOISE: Final = Decimal("0.000001")
"""How far a number that went through a float on the other side may lie from a whole minor unit."""


def minor_units(text: str, currency: str) -> int:
    """Return ``"12.90"`` in minor units of ``currency``: 1290 for EUR, 12900 for KWD.

    Raises:
        MessageUnreadable: no plain decimal, more decimals than the currency has, more than a sale can be, or no
            currency's code.
    """
    match = _AMOUNT.fullmatch(text)
    if match is None:
        raise MessageUnreadable("an amount that is no plain decimal")
    sign, whole, part = match[1], match[2], match[3] or ""
    places = _places(currency)
    if part[places:].strip("0"):
        raise MessageUnreadable(f"an amount with more decimals than {currency} has")
    minor = int(whole + part[:places].ljust(places, "0"))
    return _within(-minor if sign else minor)


def minor_of(number: Decimal, currency: str) -> int:
    """Return a number of a JSON text in minor units of ``currency``.

    Raises:
        MessageUnreadable: not finite, not a whole number of minor units, or as :func:`minor_units`.
    """
    if not number.is_finite() or not -18 < number.adjusted() < 15:
        if number == 0:
            return 0
        raise MessageUnreadable("an amount that is none")
    minor = number.scaleb(_places(currency))
    whole = minor.to_integral_value(ROUND_HALF_EVEN)
    if abs(minor - whole) > _NOISE:
        raise MessageUnreadable(f"an amount with more decimals than {currency} has")
    return _within(int(whole))


def checked_minor(minor: int) -> int:
    """Return an amount that came in minor units. Raises MessageUnreadable: more than a sale can be."""
    return _within(minor)


def checked_currency(text: str) -> str:
    """Return a currency's code. Raises MessageUnreadable: not three capital letters (ISO 4217)."""
    if _CURRENCY.fullmatch(text) is None:
        raise MessageUnreadable("a currency that is not three capital letters")
    return text


def _places(currency: str) -> int:
    return decimals_of(checked_currency(currency))


def _within(minor: int) -> int:
    if abs(minor) > MOST_MINOR:
        raise MessageUnreadable("an amount beyond any sale's")
    return minor
