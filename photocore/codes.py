"""The codes we make ourselves: what each looks like, how it is minted, read back and grouped for print (DESIGN 5A).

Every code tells its kind by shape alone, so a scanner, a keypad and a browser need no context: four kinds begin with
their own prefix, and no two kinds that could be confused have the same length. The two without a prefix (the secrets)
hold at least one letter, so that no price code and no card number made of digits can ever pass for one.

The canonical text has no grouping: ``TCN-7Q2M9XKD4``, ``7Q2M9XKD4F8TP``. Only :func:`grouped` adds hyphens.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from photocore import crockford
from photocore.errors import CodeError
from photocore.seams import Entropy

COPY_SYMBOLS: Final = 6
GROUP: Final = 4


class CodeKind(StrEnum):
    """The kinds of code that carry a check symbol."""

    CLAIM = "claim code"
    ACCESS = "access code"
    NUMBER = "registration number"
    ORDER = "order code"
    HOUSE_PACKAGE = "house package"
    HOUSE_ROLL = "house roll"
    GUEST_CARD = "guest card"
    PAPER_ROW = "row of a paper list"


@dataclass(frozen=True, kw_only=True)
class Shape:
    """How a kind of code looks: its prefix, if any, and its random symbols before the check symbol."""

    prefix: str
    symbols: int

    @property
    def letters(self) -> str:
        """The prefix as it comes out of :func:`photocore.crockford.normalise`."""
        return crockford.normalise(self.prefix)

    def fits(self, code: str) -> bool:
        """Say whether the normalised ``code`` looks like one, whatever its check symbol."""
        if len(code) != len(self.letters) + self.symbols + 1:
            return False
        return code.startswith(self.letters) if self.prefix else not code.isdigit()


SHAPES: Final = {
    CodeKind.CLAIM: Shape(prefix="", symbols=12),
    CodeKind.ACCESS: Shape(prefix="", symbols=16),
    CodeKind.NUMBER: Shape(prefix="TCN-", symbols=8),
    CodeKind.ORDER: Shape(prefix="TCO-", symbols=8),
    CodeKind.HOUSE_PACKAGE: Shape(prefix="TCP-", symbols=10),
    CodeKind.HOUSE_ROLL: Shape(prefix="TCR-", symbols=10),
    CodeKind.GUEST_CARD: Shape(prefix="TCG-", symbols=10),
    CodeKind.PAPER_ROW: Shape(prefix="TCF-", symbols=8),
}


@dataclass(frozen=True, kw_only=True)
class Code:
    """A code that was read back: its kind and its canonical text, which may be a secret and hides from ``repr``."""

    kind: CodeKind
    text: str

    def __repr__(self) -> str:
        return f"Code(kind={self.kind.value!r})"


def recognise(text: str) -> CodeKind | None:
    """Return the kind of code ``text`` looks like, before its check symbol is looked at; None if it is no code."""
    code = crockford.normalise(text)
    if not code.isascii() or not code.isalnum():
        return None
    return next((kind for kind, shape in SHAPES.items() if shape.fits(code)), None)


def read_code(text: str) -> Code:
    """Return the code in ``text``, whatever its kind; spaces, hyphens, case and I, L, O are forgiven.

    Raises:
        CodeError: it has the shape of none.
        CheckWrong: it has, but was misread or mistyped.
    """
    kind = recognise(text)
    if kind is None:
        raise CodeError("the shape of none of our codes")
    return Code(kind=kind, text=parse_code(text, kind))


def parse_code(text: str, kind: CodeKind) -> str:
    """Return the canonical text of a code of ``kind``.

    Raises:
        CodeError: not the shape of that kind.
        CheckWrong: misread or mistyped.
    """
    shape, code = SHAPES[kind], crockford.normalise(text)
    if not shape.fits(code):
        raise CodeError(f"not the shape of a {kind.value}")
    return shape.prefix + crockford.parse(code.removeprefix(shape.letters), shape.symbols)


def mint_code(entropy: Entropy, kind: CodeKind) -> str:
    """Return a new code of ``kind`` in its canonical text."""
    shape = SHAPES[kind]
    return shape.prefix + crockford.mint(entropy, shape.symbols, accept=lambda code: not code.isdigit())


def mint_claim_code(entropy: Entropy) -> str:
    """Return a new claim code: 60 random bits and a check symbol, secret (DESIGN 5A; seed 000:61)."""
    return mint_code(entropy, CodeKind.CLAIM)


def mint_access_code(entropy: Entropy) -> str:
    """Return a new access code: 80 random bits and a check symbol, secret."""
    return mint_code(entropy, CodeKind.ACCESS)


def mint_registration_number(entropy: Entropy) -> str:
    """Return a new registration number, such as ``TCN-7Q2M9XKD4``; open."""
    return mint_code(entropy, CodeKind.NUMBER)


def mint_order_code(entropy: Entropy) -> str:
    """Return a new order code, ``TCO-`` with 8 symbols and a check symbol."""
    return mint_code(entropy, CodeKind.ORDER)


def mint_house_package(entropy: Entropy) -> str:
    """Return a package ID for film that has no serial, ``TCP-`` with 10 symbols and a check symbol."""
    return mint_code(entropy, CodeKind.HOUSE_PACKAGE)


def mint_house_roll(entropy: Entropy) -> str:
    """Return a roll ID for film that has no serial, ``TCR-`` with 10 symbols and a check symbol."""
    return mint_code(entropy, CodeKind.HOUSE_ROLL)


def mint_guest_card(entropy: Entropy) -> str:
    """Return the number of a guest card, ``TCG-`` with 10 symbols and a check symbol; open, as any card's."""
    return mint_code(entropy, CodeKind.GUEST_CARD)


def mint_copy_id(entropy: Entropy) -> str:
    """Return a new copy ID: 6 random symbols without a check symbol, since only a 2D code ever carries it."""
    return crockford.draw(entropy, COPY_SYMBOLS)


def parse_claim_code(text: str) -> str:
    """Return a claim code's 13 symbols. Raises as :func:`parse_code`."""
    return parse_code(text, CodeKind.CLAIM)


def parse_access_code(text: str) -> str:
    """Return an access code's 17 symbols. Raises as :func:`parse_code`."""
    return parse_code(text, CodeKind.ACCESS)


def parse_registration_number(text: str) -> str:
    """Return a registration number's canonical text. Raises as :func:`parse_code`."""
    return parse_code(text, CodeKind.NUMBER)


def parse_guest_card(text: str) -> str:
    """Return a guest card's canonical number. Raises as :func:`parse_code`."""
    return parse_code(text, CodeKind.GUEST_CARD)


def parse_order_code(text: str) -> str:
    """Return an order code's canonical text. Raises as :func:`parse_code`."""
    return parse_code(text, CodeKind.ORDER)


def parse_copy_id(text: str) -> str:
    """Return a copy ID's 6 symbols.

    Raises:
        CodeError: another length, or a symbol that is not of the alphabet.
    """
    copy = crockford.normalise(text)
    if len(copy) != COPY_SYMBOLS or set(copy) - set(crockford.ALPHABET):
        raise CodeError(f"a copy ID has {COPY_SYMBOLS} symbols of our alphabet")
    return copy


def grouped(code: str) -> str:
    """Return ``code`` as it is printed and read aloud: ``7Q2M-9XKD-4F8T-P``, ``TCN-7Q2M-9XKD-4``."""
    shapes = (shape.prefix for shape in SHAPES.values() if shape.prefix and code.startswith(shape.prefix))
    prefix = next(shapes, "")
    symbols = code.removeprefix(prefix)
    return prefix + "-".join(symbols[start : start + GROUP] for start in range(0, len(symbols), GROUP))


def mint_paper_rows(entropy: Entropy, rows: int) -> tuple[str, ...]:
    """Return the codes of a new paper list, one a row: six symbols name the list, two digits the row.

    Raises:
        CodeError: it is no number of rows, or the entropy is broken.
    """
    if not 1 <= rows <= 99:
        raise CodeError("a paper list has 1 to 99 rows")
    prefix, list_symbols = SHAPES[CodeKind.PAPER_ROW].prefix, 6
    for _ in range(crockford.MAX_DRAWS):
        name = crockford.draw(entropy, list_symbols)
        bodies = [f"{name}{row:02d}" for row in range(1, rows + 1)]
        codes = [body + crockford.check_symbol(body) for body in bodies]
        if all(code[-1] in crockford.ALPHABET for code in codes):
            return tuple(prefix + code for code in codes)
    raise CodeError("no list of codes could be drawn: the source of randomness is broken")
