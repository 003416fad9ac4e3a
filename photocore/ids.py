"""What names a package, a roll, a card or a store: SGTIN, house code, GSRN, GLN, and their one canonical text.

The canonical text of a GS1 identity is ``(01)<gtin14>(21)<serial>``, in events, API, summary and tests; a house code
stands bare (DESIGN 5A). Two texts are the same item exactly when they are equal.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal, NewType

from photocore.codes import Code, CodeKind, read_code
from photocore.errors import CodeError, Gs1CheckWrong, Gs1Error, SerialTooShort
from photocore.gs1 import ElementString, gtin14
from photocore.gs1_rules import CHARACTER_SETS, has_good_check_digit

ItemId = NewType("ItemId", str)
"""A package's or roll's canonical text."""

SHORTEST_SERIAL: Final = 8
LONGEST_SERIAL: Final = 20

_CANONICAL: Final = re.compile(r"\(01\)([0-9]{14})\(21\)(.+)")


@dataclass(frozen=True)
class Sgtin:
    """One piece of a product: a GTIN of 14 digits and the piece's serial (CSET 82, 8 to 20 symbols).

    A shorter serial is refused: it is a batch, a running number of the day, or a label for a shelf, and two pieces in
    two stores may bear the same.
    """

    gtin: str
    serial: str

    def __post_init__(self) -> None:
        """Refuse what cannot name one piece.

        Raises:
            Gs1Error: GTIN or serial is out of its form.
            SerialTooShort: the serial has fewer than 8 symbols.
        """
        if len(self.gtin) != 14 or _gtin14(self.gtin) != self.gtin:
            raise Gs1Error("a GTIN stands here with 14 digits")
        if len(self.serial) > LONGEST_SERIAL or not re.fullmatch(CHARACTER_SETS["X"], self.serial):
            raise Gs1Error("a serial has at most 20 symbols of GS1's character set 82")
        if len(self.serial) < SHORTEST_SERIAL:
            raise SerialTooShort(f"a serial needs {SHORTEST_SERIAL} symbols, this has {len(self.serial)}")

    def __str__(self) -> str:
        return f"(01){self.gtin}(21){self.serial}"

    @property
    def elements(self) -> ElementString:
        """The element string a code carries."""
        return ElementString((("01", self.gtin), ("21", self.serial)))


@dataclass(frozen=True)
class HouseCode:
    """A package or roll ID minted by a store for film that has no serial, such as ``TCR-66SCA0RZM8Y``."""

    code: str

    def __post_init__(self) -> None:
        """Refuse what is no house code in its canonical text.

        Raises:
            CodeError: it is not; a :class:`photocore.errors.CheckWrong` when it only was misread.
        """
        if _house(read_code(self.code)).text != self.code:
            raise CodeError("a house code stands here in its canonical text")

    def __str__(self) -> str:
        return self.code

    @property
    def level(self) -> Literal["package", "roll"]:
        """What it names, told by its prefix."""
        return "package" if self.code.startswith("TCP-") else "roll"


@dataclass(frozen=True)
class Gsrn:
    """A service relation number of 18 digits: a card (recipient, AI 8018) or a badge (provider, AI 8017)."""

    number: str

    def __post_init__(self) -> None:
        """Refuse another length and a wrong check digit. Raises Gs1Error or Gs1CheckWrong."""
        _check_key(self.number, 18, "GSRN")

    def __str__(self) -> str:
        return self.number


@dataclass(frozen=True)
class Gln:
    """A location number of 13 digits: a store, a till, a warehouse."""

    number: str

    def __post_init__(self) -> None:
        """Refuse another length and a wrong check digit. Raises Gs1Error or Gs1CheckWrong."""
        _check_key(self.number, 13, "GLN")

    def __str__(self) -> str:
        return self.number


def parse_item(text: str) -> Sgtin | HouseCode:
    """Return the item whose canonical text is ``text``, exactly.

    Raises:
        CodeError: it is none; the kind tells more (CheckWrong, Gs1Error, SerialTooShort).
    """
    match = _CANONICAL.fullmatch(text)
    return Sgtin(*match.groups()) if match else HouseCode(text)


def item_id(item: Sgtin | HouseCode) -> ItemId:
    """Return the canonical text of ``item``."""
    return ItemId(str(item))


def parse_item_id(text: str) -> ItemId:
    """Return ``text`` as an item's canonical text. Raises as :func:`parse_item`."""
    return item_id(parse_item(text))


def item_in(elements: ElementString) -> Sgtin | HouseCode | None:
    """Return the item an element string names: an SGTIN, or a house code in AI 90; None when it names no piece.

    Raises:
        CodeError: it names one in a form we refuse.
    """
    gtin, serial, internal = elements.get("01"), elements.get("21"), elements.get("90")
    if gtin and serial:
        return Sgtin(gtin, serial)
    if internal and not gtin and re.match("TC[PR]-", internal):
        return HouseCode(internal)
    return None


def label_elements(item: Sgtin | HouseCode, copy: str) -> ElementString:
    """Return what a label's GS1 DataMatrix says: the item and the label's own copy ID in AI 91 (DESIGN 5A)."""
    if isinstance(item, Sgtin):
        return ElementString((*item.elements.elements, ("91", copy)))
    return ElementString((("90", item.code), ("91", copy)))


@lru_cache(maxsize=4096)
def _gtin14(text: str) -> str:
    """As :func:`photocore.gs1.gtin14`: a shop sees the same few products all day."""
    return gtin14(text)


def _house(code: Code) -> Code:
    if code.kind not in (CodeKind.HOUSE_PACKAGE, CodeKind.HOUSE_ROLL):
        raise CodeError("one of our codes, but no house code")
    return code


def _check_key(number: str, digits: int, name: str) -> None:
    if not re.fullmatch(rf"[0-9]{{{digits}}}", number):
        raise Gs1Error(f"a {name} has {digits} digits")
    if not has_good_check_digit(number):
        raise Gs1CheckWrong(f"the check digit of the {name} does not fit")
