"""Order codes as a till can scan them: a price-embedded EAN-13, or a Code 128 with reference, amount and check.

Pure. A till needs no connection for either: the EAN-13 is the form that shops' scales print, with a prefix of
restricted circulation (GS1 General Specifications 2.1.13, 2.1.14: 02, 04, 20 to 29), an item number, a price and, where
the till wants it, the price's own check digit (7.9.2 to 7.9.4). What item number the till reads is our reference.

Such a number proves nothing by itself: anybody can print one, and so does every scale in the shop. It is an order's
only if the reference was given out here (:mod:`pos_bridge.orders.store`).
"""

import re
from dataclasses import dataclass
from typing import Final, Literal

from photocore import crockford
from photocore.errors import CodeError, SettingsError
from photocore.gs1_rules import check_digit, has_good_check_digit
from photocore.seams import Entropy
from pos_bridge.errors import BridgeRefusal
from pos_bridge.settings import CodeSettings

Form = Literal["ean13", "code128"]

RESTRICTED: Final = frozenset({"02", "04", *(str(prefix) for prefix in range(20, 30))})
"""Prefixes that no maker's product ever bears: numbers for use within a shop."""

SHORT_PREFIX: Final = "TCC-"
"""Begins the Code 128: no other code of ours does (:data:`photocore.codes.SHAPES`)."""
SHORT_REFERENCE: Final = 6
SHORT_AMOUNT: Final = 6
MOST_SHORT: Final = 10**SHORT_AMOUNT - 1
_SHORT_LETTERS: Final = crockford.normalise(SHORT_PREFIX)
_SHORT_SYMBOLS: Final = SHORT_REFERENCE + SHORT_AMOUNT

_TWO_MINUS: Final = "0246891357"
_THREE: Final = "0369258147"
_FIVE_PLUS: Final = "0516273849"
_FIVE_MINUS: Final = "0594837261"
"""The digit that each digit weighs, by the four weighting factors of GS1 General Specifications 7.9.2."""


@dataclass(frozen=True, kw_only=True)
class Layout:
    """Where in the thirteen digits the parts stand; ``price_check`` is how many digits of price the V is made of."""

    prefix: str
    reference: slice
    amount: slice
    price_check: Literal[0, 4, 5]
    price_check_at: int

    @property
    def references(self) -> int:
        """Return how many references there are."""
        return int(10 ** (self.reference.stop - self.reference.start))

    @property
    def most_minor(self) -> int:
        """Return the largest amount that the digits can say."""
        return int(10 ** (self.amount.stop - self.amount.start)) - 1


@dataclass(frozen=True, kw_only=True)
class Scanned:
    """What a code says. ``minor`` is None where the till took the price out and left the item: then its line has it."""

    form: Form
    reference: str
    minor: int | None


def layout_of(settings: CodeSettings) -> Layout:
    """Return where the parts of the EAN-13 stand.

    Raises:
        SettingsError: not thirteen digits, a prefix that products bear, or a price check that does not fit the price.
    """
    letters = settings.layout
    where = f"codes: layout {letters!r}"
    if len(letters) != 13:
        raise SettingsError(f"{where} has {len(letters)} letters; an EAN-13 has 13 digits.")
    if not re.fullmatch(r"PPR+V?A+C", letters):
        raise SettingsError(f"{where}: the order is PP, R..., perhaps V, A..., C.")
    if settings.prefix not in RESTRICTED:
        raise SettingsError(
            f"codes: prefix {settings.prefix!r} is that of makers' products; a shop's own are 02, 04 and 20 to 29."
        )
    reference = slice(2, 2 + letters.count("R"))
    amount = slice(12 - letters.count("A"), 12)
    checked: dict[str, Literal[0, 4, 5]] = {"none": 0, "gs1-4": 4, "gs1-5": 5}
    price_check = checked[settings.price_check]
    if ("V" in letters) != (price_check > 0):
        raise SettingsError(f"{where} and price_check {settings.price_check!r} do not agree: V is the check's digit.")
    if price_check and price_check != amount.stop - amount.start:
        raise SettingsError(f"{where}: price_check {settings.price_check!r} needs {price_check} letters A.")
    return Layout(
        prefix=settings.prefix,
        reference=reference,
        amount=amount,
        price_check=price_check,
        price_check_at=reference.stop,
    )


def most_minor(settings: CodeSettings) -> int:
    """Return the largest amount a code may charge: what the shop allows, and what the digits can say.

    Raises:
        SettingsError: as :func:`layout_of`.
    """
    says = layout_of(settings).most_minor if settings.form == "ean13" else MOST_SHORT
    return min(settings.most_minor, says)


def references(settings: CodeSettings) -> int:
    """Return how many references the form has.

    Raises:
        SettingsError: as :func:`layout_of`.
    """
    return layout_of(settings).references if settings.form == "ean13" else 32**SHORT_REFERENCE


def compose(reference: str, minor: int, settings: CodeSettings) -> str:
    """Return the code that charges ``minor`` for ``reference``, in the form of the settings.

    Raises:
        SettingsError: as :func:`layout_of`.
        BridgeRefusal: ``amount_none``; ``amount_too_large``: more than allowed, or than the digits can say.
        CodeError: the reference is none of this form, or its Code 128 would need a check symbol that no keypad has.
    """
    _refuse_amount(minor, settings)
    if settings.form == "code128":
        return _short(reference, minor)
    layout = layout_of(settings)
    if not re.fullmatch(rf"[0-9]{{{layout.reference.stop - layout.reference.start}}}", reference):
        raise CodeError("a reference of another length, or with more than digits")
    amount = f"{minor:0{layout.amount.stop - layout.amount.start}d}"
    own = price_check_digit(amount) if layout.price_check else ""
    body = layout.prefix + reference + own + amount
    return body + check_digit(body)


def draw_reference(entropy: Entropy, minor: int, settings: CodeSettings) -> str:
    """Return a reference at random, fit for this amount; whether it is free, the store knows.

    Raises:
        SettingsError: as :func:`layout_of`.
        CodeError: the entropy is broken.
    """
    if settings.form == "ean13":
        count = layout_of(settings).references
        return f"{int.from_bytes(entropy.token(8), 'big') % count:0{len(str(count)) - 1}d}"
    for _ in range(crockford.MAX_DRAWS):
        reference = crockford.draw(entropy, SHORT_REFERENCE)
        if crockford.check_symbol(reference + f"{minor:0{SHORT_AMOUNT}d}") in crockford.ALPHABET:
            return reference
    raise CodeError(f"no reference in {crockford.MAX_DRAWS} draws: the source of randomness is broken")


def parse(text: str, settings: CodeSettings) -> Scanned | None:
    """Return what a code says, or None if it has not the shape of one of ours, or a check of it does not fit.

    Tills write an EAN-13 with 12 digits (a leading nought dropped), 13 or 14 (as a GTIN), and some take the price out
    of it and give the item alone, with noughts for the price. The Code 128 is known by its letters, whatever the
    settings: codes given out before they were changed are honoured.

    Raises:
        SettingsError: as :func:`layout_of`.
    """
    short = _parse_short(text)
    if short is not None:
        return short
    digits = _thirteen(text.strip())
    layout = layout_of(settings)
    if digits is None or not digits.startswith(layout.prefix) or not has_good_check_digit(digits):
        return None
    amount = digits[layout.amount]
    minor = int(amount) or None
    own = digits[layout.price_check_at] if layout.price_check else ""
    is_blank = minor is None and own in ("", "0")
    if own and not is_blank and price_check_digit(amount) != own:
        return None
    return Scanned(form="ean13", reference=digits[layout.reference], minor=minor)


def price_check_digit(amount: str) -> str:
    """Return the check digit of a price of four or five digits (GS1 General Specifications 7.9.3, 7.9.4).

    Raises:
        CodeError: it has another number of digits.
    """
    if re.fullmatch(r"[0-9]{4}", amount):
        return str(_weigh(amount, (_TWO_MINUS, _TWO_MINUS, _THREE, _FIVE_MINUS)) * 3 % 10)
    if re.fullmatch(r"[0-9]{5}", amount):
        weighed = _weigh(amount, (_FIVE_PLUS, _TWO_MINUS, _FIVE_MINUS, _FIVE_PLUS, _TWO_MINUS))
        return str(_FIVE_MINUS.index(str(-weighed % 10)))
    raise CodeError("a price check digit is made of four digits, or five")


def _weigh(digits: str, weights: tuple[str, ...]) -> int:
    return sum(int(weight[int(digit)]) for digit, weight in zip(digits, weights, strict=True))


def _refuse_amount(minor: int, settings: CodeSettings) -> None:
    if minor < 1:
        raise BridgeRefusal("amount_none", "A code charges at least one minor unit.")
    most = most_minor(settings)
    if minor > most:
        could = settings.form == "ean13" and minor <= settings.most_minor
        instead = " A Code 128 can (codes: form = 'code128')." if could else ""
        raise BridgeRefusal("amount_too_large", f"A code charges at most {most} minor units.{instead}")


def _short(reference: str, minor: int) -> str:
    body = f"{reference}{minor:0{SHORT_AMOUNT}d}"
    check = crockford.check_symbol(body)
    if len(reference) != SHORT_REFERENCE or check not in crockford.ALPHABET:
        raise CodeError("a reference that does not fit this amount")
    return SHORT_PREFIX + body + check


def _parse_short(text: str) -> Scanned | None:
    code = crockford.normalise(text.strip())
    if not code.startswith(_SHORT_LETTERS) or len(code) != len(_SHORT_LETTERS) + _SHORT_SYMBOLS + 1:
        return None
    try:
        symbols = crockford.parse(code.removeprefix(_SHORT_LETTERS), _SHORT_SYMBOLS)
    except CodeError:
        return None
    amount = symbols[SHORT_REFERENCE:_SHORT_SYMBOLS]
    if not amount.isdigit() or int(amount) == 0:
        return None
    return Scanned(form="code128", reference=symbols[:SHORT_REFERENCE], minor=int(amount))


def _thirteen(text: str) -> str | None:
    if not re.fullmatch(r"[0-9]{12,14}", text):
        return None
    digits = text.zfill(14)
    return digits[1:] if digits[0] == "0" else None
