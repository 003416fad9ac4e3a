"""The days and times a GS1 value names: which exist, and which century two digits of a year mean.

GS1 General Specifications 7.12. Whether a day exists is asked without a clock; what it means needs the reader's year.
"""

import re
from calendar import isleap, monthrange
from datetime import date
from typing import Final

from photocore.errors import Gs1Error

_DAYS: Final = {1: 31, 2: 28, 3: 31, 4: 30, 5: 31, 6: 30, 7: 31, 8: 31, 9: 30, 10: 31, 11: 30, 12: 31}


def is_day(digits: str) -> bool:
    """Say whether YYMMDD or YYYYMMDD is a day of the calendar."""
    return digits[-2:] != "00" and is_day_or_month(digits)


def is_day_or_month(digits: str) -> bool:
    """Say the same, where day 00 stands for the month as a whole."""
    # Two digits of a year are enough: 00 counts as leap, as 2000 was.
    year, month, day = int(digits[:-4]), int(digits[-4:-2]), int(digits[-2:])
    days = 29 if month == 2 and isleap(year) else _DAYS.get(month, -1)
    return day <= days


def read_date(yymmdd: str, year: int) -> date:
    """Return the day ``yymmdd`` means to someone living in ``year``; day 00 is the last of the month.

    The century is the one that brings the year within 49 years back and 50 ahead.

    Raises:
        Gs1Error: no such day.
    """
    if not re.fullmatch(r"[0-9]{6}", yymmdd):
        raise Gs1Error("a date has six digits")
    short, month, day = int(yymmdd[:2]), int(yymmdd[2:4]), int(yymmdd[4:])
    whole = year - 49 + (short - (year - 49)) % 100
    try:
        return date(whole, month, day or monthrange(whole, month)[1])
    except ValueError as cause:  # calendar.IllegalMonthError is one
        raise Gs1Error("no such day") from cause
