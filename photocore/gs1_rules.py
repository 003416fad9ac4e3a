"""The rules a stretch of a GS1 value must keep: its characters, check digits, days, codes of a list.

GS1 General Specifications sections 3 (what each identifier may hold) and 7 (check digits, character sets), in the form
the GS1 syntax dictionary gives them. Every rule is a question and the words for a value that does not keep it.
"""

import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Final

from photocore.application_ids import CharacterSet, Rule
from photocore.errors import Gs1Error
from photocore.gs1_coupons import is_coupon, is_offer
from photocore.gs1_dates import is_day, is_day_or_month
from photocore.gs1_lists import COUNTRIES, COUNTRY_LETTERS, CURRENCIES, PACKAGINGS

CHARACTER_SETS: Final[dict[CharacterSet, str]] = {
    "N": r"[0-9]*",
    "X": r"[!\"%-?A-Z_a-z]*",
    "Y": r"[#\-/0-9A-Z]*",
    "Z": r"[\-0-9A-Z_a-z]*|(?:[\-0-9A-Z_a-z]{3})*(?:[\-0-9A-Z_a-z]{2}=|[\-0-9A-Z_a-z]==)",
}
"""Digits; CSET 82, the invariant part of ISO/IEC 646; CSET 39; CSET 64, base 64 for file names, padded or not."""

_PAIR_VALUES: Final = "!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"
_PAIR_CHARACTERS: Final = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_PRIMES: Final = (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83)


def check_digit(payload: str) -> str:
    """Return the mod-10 check digit of any GS1 key: weights 3, 1, 3, 1 ... from the right.

    Raises:
        Gs1Error: not all digits.
    """
    if not re.fullmatch(r"[0-9]+", payload):
        raise Gs1Error("a check digit is made of digits")
    weighted = sum(int(digit) * (3, 1)[place % 2] for place, digit in enumerate(reversed(payload)))
    return str(-weighted % 10)


def has_good_check_digit(key: str) -> bool:
    """Say whether ``key`` is made of digits and the last one is its check digit."""
    return re.fullmatch(r"[0-9]{2,}", key) is not None and check_digit(key[:-1]) == key[-1]


def check_pair(payload: str) -> str:
    """Return the two check characters of a model number: primes from the right, modulo 1021 (7.9.5).

    ``payload`` is at most 23 characters of CSET 82.
    """
    weighed = zip(reversed(payload), _PRIMES[: len(payload)], strict=True)
    high, low = divmod(sum(_PAIR_VALUES.index(character) * prime for character, prime in weighed) % 1021, 32)
    return _PAIR_CHARACTERS[high] + _PAIR_CHARACTERS[low]


def _has_good_check_pair(number: str) -> bool:
    return len(number) >= 2 and check_pair(number[:-2]) == number[-2:]


def _is_piece_of_total(digits: str) -> bool:
    return 1 <= int(digits[:2]) <= int(digits[2:])


def _is_place_in_row(text: str) -> bool:
    return re.fullmatch(r"[1-9]/[1-9]", text) is not None and text[0] <= text[2]


def _is_bank_account(number: str) -> bool:
    """ISO 13616: country, two check digits, account; no country has fewer than 11 characters."""
    if not re.fullmatch(r"[0-9A-Z]{11,}", number) or number[:2] not in COUNTRY_LETTERS:
        return False
    return int("".join(str(int(character, 36)) for character in number[4:] + number[:4])) % 97 == 1


def _is_country_or_999(digits: str) -> bool:
    return digits == "999" or digits in COUNTRIES


def _is_within(largest: int) -> Callable[[str], bool]:
    return lambda digits: int(digits) <= largest


def _has_form(form: str) -> Callable[[str], object]:
    return partial(re.fullmatch, form)


RULES: Final[Mapping[Rule, tuple[Callable[[str], object], str]]] = {
    "csum": (has_good_check_digit, "has a check digit that does not fit"),
    "pair": (_has_good_check_pair, "has check characters that do not fit"),
    "gcp": (_has_form(r"[0-9]{4}.*"), "does not begin with a company prefix"),  # the shortest has four digits
    "zero": (_has_form("0*"), "does not begin with its zero"),
    "some": (_has_form(".*[1-9].*"), "counts nothing"),
    "nozero": (_has_form("[^0].*"), "begins with a zero"),
    "letter": (_has_form(".*[^0-9].*"), "is made of digits alone"),
    "minus": (_has_form("-"), "ends in something else than a minus"),
    "day0": (is_day_or_month, "names no day of the calendar"),
    "day": (is_day, "names no day of the calendar"),
    "time": (_has_form("([01][0-9]|2[0-3])[0-5][0-9]"), "names no time of day"),
    "hour": (_has_form("[01][0-9]|2[0-3]"), "names no hour of the day"),
    "sixty": (_has_form("[0-5][0-9]"), "names no minute or second"),
    "pieces": (_is_piece_of_total, "names a piece that is not of its whole"),
    "row": (_is_place_in_row, "names a place that is not in its row"),
    "flag": (_has_form("[01]"), "is neither yes nor no"),
    "winding": (_has_form("[019]"), "winds in no known direction"),
    "sex": (_has_form("[0129]"), "is no code of ISO 5218"),
    "medium": (_has_form("0[1-9]|10|[89][0-9]"), "names a medium nobody has assigned"),
    "importer": (_has_form("[-0-9A-Z_a-z]"), "is no importer's index"),
    "escapes": (_has_form("([^%]|%[0-9A-Fa-f]{2})*"), "holds a broken percent escape"),
    "latitude": (_is_within(180_0000000), "lies beyond a pole"),
    "longitude": (_is_within(360_0000000), "lies beyond the full circle"),
    "country": (COUNTRIES.__contains__, "names no country"),
    "country999": (_is_country_or_999, "names no country"),
    "countryletters": (COUNTRY_LETTERS.__contains__, "names no country"),
    "currency": (CURRENCIES.__contains__, "names no currency"),
    "packaging": (PACKAGINGS.__contains__, "names no kind of packaging"),
    "iban": (_is_bank_account, "is no bank account"),
    "coupon": (is_coupon, "is no coupon"),
    "offer": (is_offer, "is no coupon"),
}
"""By name: what keeps it, given the right characters in the right number; and the words for what does not."""
