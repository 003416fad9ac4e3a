"""What one looks for in a picture: which kinds of codes can stand there at all.

A reader that looks for less is faster (5.3 against 1.3 ms a picture, research/hardware.md 4) and finds less that is
not there. Interleaved 2 of 5 and the film edge's code give short false readings, so they are looked for where they can
be, and nowhere else.
"""

from collections.abc import Collection
from enum import StrEnum
from typing import Final

from photocore.aim import Symbology
from photocore.gs1_rules import has_good_check_digit


class Context(StrEnum):
    """What lies before the camera."""

    ANY = "any"
    """Nobody knows: every kind but the film edge's."""
    PACKAGE = "package"
    """A package from outside: price code, GS1, link."""
    LABEL = "label"
    """Roll labels, twin checks and receipts of ours."""
    CARTRIDGE = "cartridge"
    """A film cartridge: its DX bar code, and a label of ours."""
    FILM_EDGE = "film-edge"
    """The edge of developed film: DX edge codes only."""


_OF: Final = {
    Context.PACKAGE: frozenset(
        {
            Symbology.DATAMATRIX,
            Symbology.QR,
            Symbology.CODE_128,
            Symbology.EAN_13,
            Symbology.EAN_8,
            Symbology.DATABAR,
        }
    ),
    Context.LABEL: frozenset({Symbology.DATAMATRIX, Symbology.QR, Symbology.CODE_128}),
    Context.CARTRIDGE: frozenset({Symbology.ITF, Symbology.DATAMATRIX, Symbology.CODE_128}),
    Context.FILM_EDGE: frozenset({Symbology.FILM_EDGE}),
    Context.ANY: frozenset(Symbology) - {Symbology.FILM_EDGE, Symbology.OTHER, Symbology.EAN_ADD_ON},
}
LINEAR: Final = frozenset(
    {
        Symbology.EAN_13,
        Symbology.EAN_8,
        Symbology.CODE_128,
        Symbology.CODE_39,
        Symbology.CODABAR,
        Symbology.ITF,
        Symbology.DATABAR,
        Symbology.FILM_EDGE,
    }
)
"""Bars in one row: no reader straightens them by itself."""
DX_DIGITS: Final = 6
CASE_DIGITS: Final = 14
"""The two lengths of Interleaved 2 of 5 that a shop meets: DX of a cartridge, and ITF-14 of a case."""


def symbologies_of(looking_for: Context | Collection[Symbology]) -> frozenset[Symbology]:
    """Return the kinds of codes to look for."""
    return _OF[looking_for] if isinstance(looking_for, Context) else frozenset(looking_for)


def is_believable(symbology: Symbology, text: str) -> bool:
    """Say whether a reading can be what it claims: a part of an Interleaved 2 of 5 code reads as a shorter one.

    Both readers gave such (``0003``, ``09501101``), so only 6 digits count, or 14 whose check digit fits.
    """
    if symbology is not Symbology.ITF:
        return bool(text)
    if not (text.isascii() and text.isdigit()):
        return False
    return len(text) == DX_DIGITS or (len(text) == CASE_DIGITS and has_good_check_digit(text))


def may_be_upc_e(text: str) -> bool:
    """Say whether an EAN-13 text may have been read from a UPC-E, which is short and easily seen where none is.

    UPC-E leaves out four or five zeros of a UPC-A of number system 0 or 1 (GS1 General Specifications 5.2.2.4.2).
    """
    if len(text) != 13 or text[:2] not in ("00", "01"):
        return False
    maker, product = text[2:7], text[7:12]
    return any(
        (
            maker[2:] in ("000", "100", "200") and product[:2] == "00",
            maker[3:] == "00" and product[:3] == "000",
            maker[4:] == "0" and product[:4] == "0000",
            product[:4] == "0000" and product[4:] >= "5",
        )
    )
