"""North American coupons, AI (8110) and (8112): fields that announce their own length.

A field of varying length begins with one digit that says how much longer than its shortest form it is. We issue no
coupons and take none; a maker may print one beside the GTIN on its box, and the box must still be read.

GS1 US, "North American Coupon Application Guideline Using GS1 DataBar Expanded Symbols"; for AI (8112) the GS1 General
Specifications, section 3.
"""

import re
from functools import cache

from photocore.gs1_dates import is_day


def is_coupon(digits: str) -> bool:
    """Say whether ``digits`` is the value of an (8110): fields in order, days real, no end before the start."""
    match = re.fullmatch(_coupon_form(), digits)
    if match is None:
        return False
    ends, starts = match["ends"], match["starts"]
    days = [day for day in (starts, ends) if day is not None]
    return all(map(is_day, days)) and days == sorted(days)


def is_offer(digits: str) -> bool:
    """Say whether ``digits`` is the value of an (8112): format, funder, offer, serial number."""
    return re.fullmatch(_offer_form(), digits) is not None


@cache
def _coupon_form() -> str:
    company, amount = _counted(0, 6, beyond=6), _counted(1, 5)
    required = rf"{amount}[0-49][0-9]{{3}}"  # how much must be bought, counted how, of which family
    another = rf"{required}(?:{company}|9)"  # 9: of the same company
    more = [
        rf"1[0-3]{another}",
        rf"2{another}",
        r"3(?P<ends>[0-9]{6})",
        r"4(?P<starts>[0-9]{6})",
        rf"5{_counted(0, 9, beyond=6)}",  # serial number
        rf"6{_counted(1, 7, beyond=6)}",  # retailer
        r"9[01256][0-2][0-9][01]",  # what the saving is, on which item, and what the store may do with it
    ]
    offer = r"[0-9]{6}"
    return company + offer + amount + required + "".join(f"(?:{field})?" for field in more)


@cache
def _offer_form() -> str:
    return rf"[01]{_counted(0, 6, beyond=6)}[0-9]{{6}}{_counted(0, 9, beyond=6)}"


def _counted(least: int, most: int, beyond: int = 0) -> str:
    """Return the form of one digit from ``least`` to ``most``, then that many digits and ``beyond``."""
    return "(?:" + "|".join(rf"{count}[0-9]{{{count + beyond}}}" for count in range(least, most + 1)) + ")"
