"""Codes a person can read aloud: Douglas Crockford's base 32 with his mod-37 check symbol.

The alphabet leaves out I, L, O and U, so what is misread comes back right. The check symbol is one of 37, five of
which (``* ~ $ = U``) no keypad and no label font should need: we draw again until it is one of the 32 ordinary ones
(DESIGN 5A). It catches every single wrong symbol and every swap of two neighbours.
"""

from collections.abc import Callable
from typing import Final

from photocore.errors import CheckWrong, CodeError
from photocore.seams import Entropy

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CHECK_ALPHABET: Final = ALPHABET + "*~$=U"

MAX_DRAWS: Final = 1000
"""Draws before we call the entropy broken: a good one fails a draw about once in seven."""

_SPACING: Final = dict.fromkeys(map(ord, " -\t\u00a0\u2010\u2011\u2012\u2013\u2014"), None)
_LOOKALIKES: Final = str.maketrans("ILO", "110")


def normalise(text: str) -> str:
    """Return ``text`` without spaces and hyphens, in capitals, with I and L read as 1 and O as 0.

    Other writing systems are left alone: their look-alikes must be refused later, not helped along.
    """
    squeezed = text.translate(_SPACING)
    return squeezed.upper().translate(_LOOKALIKES) if squeezed.isascii() else squeezed


def check_symbol(body: str) -> str:
    """Return the mod-37 check symbol of ``body``; it may be one of the five extraordinary ones.

    Raises:
        CodeError: a symbol is not of the alphabet.
    """
    remainder = 0
    for symbol in body:
        value = ALPHABET.find(symbol)
        if value < 0:
            raise CodeError("a symbol that none of our codes uses")
        remainder = (remainder * 32 + value) % 37
    return CHECK_ALPHABET[remainder]


def parse(text: str, symbols: int) -> str:
    """Return the code in ``text``, normalised: ``symbols`` symbols and their check symbol.

    Raises:
        CodeError: another length, or a symbol that is not of the alphabet.
        CheckWrong: misread or mistyped.
    """
    code = normalise(text)
    if len(code) != symbols + 1:
        raise CodeError(f"{symbols + 1} symbols wanted, {len(code)} given")
    if code[-1] not in ALPHABET:
        raise CodeError("a check symbol that none of our codes uses")
    if check_symbol(code[:-1]) != code[-1]:
        raise CheckWrong("the check symbol does not fit")
    return code


def draw(entropy: Entropy, symbols: int) -> str:
    """Return ``symbols`` random symbols, five bits each, without bias and without a check symbol."""
    return "".join(ALPHABET[byte & 31] for byte in entropy.token(symbols))


def mint(entropy: Entropy, symbols: int, accept: Callable[[str], bool] = lambda _: True) -> str:
    """Return ``symbols`` random symbols and their check symbol, drawn again until it is an ordinary one.

    ``accept`` may ask for more of the whole code.

    Raises:
        CodeError: no draw did: the entropy is broken.
    """
    for _ in range(MAX_DRAWS):
        body = draw(entropy, symbols)
        code = body + check_symbol(body)
        if code[-1] in ALPHABET and accept(code):
            return code
    raise CodeError(f"no code in {MAX_DRAWS} draws: the source of randomness is broken")
