"""What one looks for in a picture: which kinds of codes can stand there at all.

A reader that looks for less is faster (5.3 against 1.3 ms a picture, research/hardware.md 4) and finds less that is
not there. Interleaved 2 of 5 and the film edge's code give short false readings, so they are looked for where they can
be, and nowhere else.
"""

from collections.abc import Collection
from enum import StrEnum
from typing import Final

from imaging.codes.corners import are_one_place, share_of_height
from imaging.codes.found import Found
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
ONE_LINE: Final = 0.02
"""Share of its length that a code is high where one line alone read it."""


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


def believed(read: Collection[Found]) -> list[Found]:
    """Return which of a picture's readings can be believed beside the others.

    A line that enters or leaves an Interleaved 2 of 5 code through its side reads a shorter one, of six digits as well
    as of any other number: one in three of those that lay aslant. So one at the place of a longer one is a part of it,
    and so is one that was read along a single line.
    """
    itf = [each for each in read if each.symbology is Symbology.ITF]
    wholes = [each for each in itf if not is_one_line(each) and not any(_is_part(each, other) for other in itf)]
    return [
        each
        for each in read
        if is_believable(each.symbology, each.text) and (each.symbology is not Symbology.ITF or each in wholes)
    ]


def is_one_line(found: Found) -> bool:
    """Say whether this is an Interleaved 2 of 5 code that was read along one line, as parts of longer ones are.

    Of 134 parts, 84 % were less than 2 % as high as they were long; of whole codes, one look in twelve.
    """
    return found.symbology is Symbology.ITF and share_of_height(found.corners) < ONE_LINE


def _is_part(part: Found, whole: Found) -> bool:
    is_near = are_one_place(part.corners, whole.corners) or part.text in whole.text
    return len(part.text) < len(whole.text) and is_near


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
