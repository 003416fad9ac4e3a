"""Registration cards and staff badges: which number of which retailer's table a reading is.

Every retailer numbers cards in its own way (a GSRN, an EAN-13 of the restricted ``2x`` range, plain text in Code 128),
so the tables are data and come with the roster. The key is (table, number), never the number alone: two schemes may
hold the same digits. A number that two tables would take is nobody's (:func:`find_cards` returns both).

A pattern is a small, safe part of regular expressions: a table from the network must not be able to stop a till.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Final, Literal

import msgspec

from photocore.errors import SettingsError
from photocore.gs1_rules import has_good_check_digit

SHORTEST_NUMBER: Final = 6
LONGEST_NUMBER: Final = 48

GUEST_TABLE: Final = "guest"
"""The table of guest cards, which stations mint themselves (``TCG-``); no retailer's table may have its name."""

CardKind = Literal["card", "badge"]
CardSymbology = Literal[
    "gs1-8018", "gs1-8017", "ean-13", "ean-8", "code-128", "code-39", "codabar", "itf", "qr", "datamatrix", "pdf417",
    "aztec",
]  # fmt: skip
CardCheck = Literal["none", "gs1", "luhn"]

_ATOM: Final = r"(\\d|[0-9A-Z]|\[(?:[0-9A-Z](?:-[0-9A-Z])?)+\])(?:\{([0-9]{1,2})(?:,([0-9]{1,2}))?\})?"


class CardTable(msgspec.Struct, frozen=True, kw_only=True):
    r"""One numbering scheme: in which symbols it stands, what its numbers look like, which check they carry.

    ``pattern`` matches the whole number in capitals, without spaces and hyphens; it is made of digits, capitals,
    ``\d``, ``[A-Z0-9]`` and the counts ``{8}`` and ``{1,8}``, of which at most one may vary. ``check`` is the last
    digit's rule. ``typed`` says whether the number may be typed on a keypad; leave it off for badges.
    ``language`` is the one its retailer writes to these cards' holders in (``fr``, ``zh``): a kiosk that speaks another
    offers it. It is said of the numbering scheme, never of one card: a scan tells nothing about a person.
    """

    name: Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,39}\Z")]
    kind: CardKind
    symbologies: Annotated[tuple[CardSymbology, ...], msgspec.Meta(min_length=1, max_length=12)]
    pattern: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    check: CardCheck = "none"
    typed: bool = True
    language: Annotated[str, msgspec.Meta(pattern=r"^([a-z]{2,3}(-[A-Z]{2})?)?\Z")] = ""

    def __post_init__(self) -> None:
        """Refuse a pattern that could take anything, or for ever.

        Raises:
            ValueError: it is outside our part of regular expressions, or the name is the guest cards' (msgspec reports
                it as a ValidationError).
        """
        if self.name == GUEST_TABLE:
            raise ValueError(f"{GUEST_TABLE} is the table of guest cards")
        shortest, longest = _span(self.pattern)
        if not SHORTEST_NUMBER <= shortest <= longest <= LONGEST_NUMBER:
            raise ValueError(f"a card number has {SHORTEST_NUMBER} to {LONGEST_NUMBER} symbols")

    def takes(self, number: str) -> bool:
        """Say whether ``number``, already normalised, is one of this table."""
        return re.fullmatch(self.pattern, number, re.ASCII) is not None and _CHECKS[self.check](number)


@dataclass(frozen=True, kw_only=True)
class CardNumber:
    """A card or badge: the table that took it, and the whole number. Only :attr:`masked` may be shown.

    ``issue`` tells one card from the next of the same number, where it says so (AI 8019, SRIN): a card issued again has
    a higher one. It is no part of who it is, nor is ``language``, its table's.
    """

    table: str
    number: str = field(repr=False)
    issue: int | None = field(default=None, compare=False, repr=False)
    language: str = field(default="", compare=False, repr=False)

    @property
    def masked(self) -> str:
        """The last four symbols, such as ``•••• 4711``."""
        return f"•••• {self.number[-4:]}"

    @property
    def is_guest(self) -> bool:
        """Say whether a station made it, for a shopper without a card."""
        return self.table == GUEST_TABLE


def normalise_number(text: str) -> str:
    """Return ``text`` as tables know it: capitals, no spaces, no hyphens; so scanned and typed are the same card."""
    return re.sub(r"[ -]", "", text).upper() if text.isascii() else text


def find_cards(
    tables: Iterable[CardTable], text: str, symbology: str | None, *, typed: bool = False
) -> list[tuple[CardTable, CardNumber]]:
    """Return every table that takes ``text``; more than one means that nobody can tell whose it is.

    ``symbology`` is None when the scanner did not tell it, or when it was typed.
    """
    number = normalise_number(text)
    if len(number) > LONGEST_NUMBER:
        return []
    return [
        (table, CardNumber(table=table.name, number=number, language=table.language))
        for table in tables
        if (symbology is None or symbology in table.symbologies) and (table.typed or not typed) and table.takes(number)
    ]


def read_card_tables(settings: Mapping[str, Any]) -> tuple[CardTable, ...]:
    """Return the tables of a ``config/cards/*.toml`` file (its ``table`` list), as read by TOML.

    Raises:
        SettingsError: one is out of its form, or two have one name.
    """
    try:
        tables = msgspec.convert(settings.get("table", []), tuple[CardTable, ...], strict=True)
    except msgspec.ValidationError as cause:
        raise SettingsError(f"card tables: {cause}") from cause
    if len({table.name for table in tables}) != len(tables):
        raise SettingsError("two card tables have one name")
    return tables


def _span(pattern: str) -> tuple[int, int]:
    """Return the shortest and longest text ``pattern`` can match."""
    if not re.fullmatch(f"(?:{_ATOM})+", pattern):
        raise ValueError("a card pattern is made of digits, capitals, \\d, [A-Z0-9] and counts only")
    spans = [(int(low), int(high or low)) if low else (1, 1) for _, low, high in re.findall(_ATOM, pattern)]
    try:
        re.compile(pattern)
    except re.error as cause:
        raise ValueError(f"a card pattern that cannot be read: {cause}") from cause
    if any(low > high for low, high in spans) or sum(low != high for low, high in spans) > 1:
        raise ValueError("at most one count of a card pattern may vary, from low to high")
    return sum(low for low, _ in spans), sum(high for _, high in spans)


def _has_good_luhn(number: str) -> bool:
    """Say whether the digits of ``number`` end in their Luhn digit (ISO/IEC 7812-1 annex B); letters are left out."""
    digits = [int(symbol) for symbol in reversed(number) if symbol.isdigit()]
    doubled = [digit * 2 - 9 if digit > 4 else digit * 2 for digit in digits[1::2]]
    return (sum(digits[::2]) + sum(doubled)) % 10 == 0


def _has_no_check(_: str) -> bool:
    return True


_CHECKS: Final[dict[CardCheck, Callable[[str], bool]]] = {
    "none": _has_no_check,
    "gs1": has_good_check_digit,
    "luhn": _has_good_luhn,
}
