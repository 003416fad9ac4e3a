"""AIM symbology identifiers (ISO/IEC 15424): the three characters by which a scanner says which kind of code it read.

``]d2`` before the text tells a GS1 DataMatrix from a plain one, ``]E0`` a price code from a card: without it we can go
by shape alone. Shops switch it on with one set-up code, see the scanner profiles.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Symbology(StrEnum):
    """The kinds of printed code, named as card tables name them."""

    EAN_13 = "ean-13"
    EAN_8 = "ean-8"
    EAN_ADD_ON = "ean-add-on"
    CODE_128 = "code-128"
    CODE_39 = "code-39"
    CODABAR = "codabar"
    ITF = "itf"
    DATABAR = "databar"
    DATAMATRIX = "datamatrix"
    QR = "qr"
    AZTEC = "aztec"
    PDF417 = "pdf417"
    FILM_EDGE = "film-edge"
    OTHER = "other"


@dataclass(frozen=True, kw_only=True)
class Symbol:
    """What an AIM id says: the symbology, whether its text is GS1 element strings, whether ECI marks are inside."""

    symbology: Symbology
    is_gs1: bool = False
    has_eci: bool = False


_BY_LETTER: Final = {
    "A": Symbology.CODE_39,
    "C": Symbology.CODE_128,
    "F": Symbology.CODABAR,
    "I": Symbology.ITF,
    "L": Symbology.PDF417,
    "Q": Symbology.QR,
    "d": Symbology.DATAMATRIX,
    "e": Symbology.DATABAR,
    "z": Symbology.AZTEC,
}
_BY_ID: Final = {
    "]E0": Symbology.EAN_13,
    "]E1": Symbology.EAN_ADD_ON,
    "]E2": Symbology.EAN_ADD_ON,
    "]E3": Symbology.EAN_ADD_ON,
    "]E4": Symbology.EAN_8,
    "]XF": Symbology.FILM_EDGE,  # zxing-cpp's own, for the DX code on a film's edge
}
# After ]d, 1 to 6 are the DataMatrix everybody knows; 7 to C its rectangular extension (ISO/IEC 21471).
_GS1: Final = frozenset({"]C1", "]d2", "]d5", "]d8", "]dB", "]Q3", "]Q4", "]e0", "]J1", "]z1", "]z4"})
_ECI: Final = frozenset({"]Q2", "]Q4", "]Q6", "]d4", "]d5", "]d6", "]dA", "]dB", "]dC", "]z3", "]z4", "]z5", "]L1"})


def split_aim(text: str) -> tuple[str | None, str]:
    """Return the AIM id at the head of ``text``, if there is one, and the rest."""
    match = re.match(r"\][A-Za-z][0-9A-Za-z]", text)
    return (match[0], text[3:]) if match else (None, text)


def symbol_of(aim: str) -> Symbol:
    """Return what ``aim`` says; an id we do not know is of another symbology."""
    symbology = _BY_ID.get(aim) or _BY_LETTER.get(aim[1:2], Symbology.OTHER)
    return Symbol(symbology=symbology, is_gs1=aim in _GS1, has_eci=aim in _ECI)
