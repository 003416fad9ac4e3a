"""From a scanner's bytes, or what was typed, to exactly one meaning (issue 2; DESIGN 3, a roll's first minute).

:func:`decode` turns a frame into a :class:`Reading` and refuses what no code of ours could be. :func:`interpret` and
:func:`interpret_typed` say what it means. Nothing is guessed: every meaning that fits is collected
(:mod:`photocore.meanings`), and two are as bad as none. One reading at a time: a till that reports both the price code
and the square code of one package gets one answer for each.
"""

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Final

from photocore.aim import Symbol, Symbology, split_aim, symbol_of
from photocore.digital_link import is_link
from photocore.errors import (
    CheckWrong,
    CodeError,
    Gs1Ambiguous,
    Gs1CheckWrong,
    Gs1Error,
    SerialTooShort,
    SettingsError,
)
from photocore.gs1 import GS, Separators, parse_elements
from photocore.gs1_rules import CHARACTER_SETS
from photocore.meanings import (
    in_brackets,
    in_cards,
    in_cartridge,
    in_code,
    in_elements,
    in_link,
    in_product,
    in_text_of_elements,
    in_typed_item,
)
from photocore.refusals import Advice, RefusalReason, describe
from photocore.scans import (
    BadgeScan,
    CardScan,
    CartridgeScan,
    ClaimCodeScan,
    CopyScan,
    Knowledge,
    Level,
    OrderCodeScan,
    PackageScan,
    PaperRowScan,
    ProductScan,
    ReceiptScan,
    Refused,
    RollScan,
    Scan,
)

__all__ = [
    "MAX_FRAME_BYTES",
    "Advice",
    "BadgeScan",
    "CardScan",
    "CartridgeScan",
    "ClaimCodeScan",
    "CopyScan",
    "Knowledge",
    "Level",
    "OrderCodeScan",
    "PackageScan",
    "PaperRowScan",
    "ProductScan",
    "Reading",
    "ReceiptScan",
    "RefusalReason",
    "Refused",
    "RollScan",
    "Scan",
    "check_gs_substitute",
    "decode",
    "describe",
    "interpret",
    "interpret_typed",
    "read_frame",
]

MAX_FRAME_BYTES: Final = 512

_PRODUCT_LENGTHS: Final = {Symbology.EAN_13: (12, 13), Symbology.EAN_8: (8,)}
_REFUSED_SYMBOLOGIES: Final = {
    Symbology.FILM_EDGE: RefusalReason.CARTRIDGE_CODE,
    Symbology.EAN_ADD_ON: RefusalReason.NOT_OURS,
}
_REASONS: Final[dict[type, RefusalReason]] = {
    SerialTooShort: RefusalReason.SERIAL_TOO_SHORT,
    Gs1Ambiguous: RefusalReason.AMBIGUOUS,
    Gs1CheckWrong: RefusalReason.MISREAD,
    CheckWrong: RefusalReason.MISREAD,
    Gs1Error: RefusalReason.BROKEN_GS1,
    CodeError: RefusalReason.NOT_OURS,
}


@dataclass(frozen=True)
class Reading:
    """One decoded code: its text, its AIM id, and the bytes as they came. What was read hides from ``repr``.

    ``separators`` is "lost" when the scanner sends nothing for FNC1.
    """

    text: str = field(repr=False)
    aim: str | None = None
    raw: bytes = field(default=b"", repr=False)
    separators: Separators = "kept"


def decode(frame: bytes, *, gs_substitute: str | None = None) -> Reading:
    """Return the reading in one scanner frame, its terminator already gone.

    ``gs_substitute`` is what this scanner sends for FNC1 instead of GS, ``""`` if it sends nothing.

    Raises:
        CodeError: empty, longer than 512 bytes, not ASCII, or with a control character other than GS (BadBarcode:
            a shopper's code must not steer anything behind us).
        SettingsError: the substitute is one that data may hold.
    """
    if len(frame) > MAX_FRAME_BYTES:
        raise CodeError(f"a frame of {len(frame)} bytes, at most {MAX_FRAME_BYTES}")
    if not frame.isascii():
        raise CodeError("bytes that are not ASCII")
    aim, text = split_aim(frame.decode("ascii"))
    symbol = symbol_of(aim) if aim else None
    text, separators = _restore_gs(text, symbol, gs_substitute)
    if symbol is not None and symbol.has_eci:
        text = re.sub(r"\\0000(03|26|27)", "", text)  # Latin-1, UTF-8, ASCII: all one to us
    if not text:
        raise CodeError("an empty frame")
    if re.search(r"[\x00-\x1c\x1e\x1f\x7f]", text):
        raise CodeError("a control character")
    return Reading(text, aim, frame, separators)


def check_gs_substitute(substitute: str) -> None:
    """Refuse a stand-in for GS that could as well be data; for scanner profiles, at start.

    Raises:
        SettingsError: it is letters and digits, one character of GS1's character set 82, or not ASCII.
    """
    is_plain = substitute.isalnum() or (len(substitute) == 1 and re.fullmatch(CHARACTER_SETS["X"], substitute))
    if not substitute.isascii() or is_plain:
        raise SettingsError("a scanner's stand-in for GS must not be a character that GS1 data may hold")


def interpret(reading: Reading, knows: Knowledge, *, expecting: Collection[type] = ()) -> Scan:
    """Return the one meaning of ``reading``.

    ``expecting`` names the kinds of scan the screen asks for, such as ``(CardScan,)``; it settles which of two
    meanings counts, and never makes a meaning out of none. A film cartridge alone is looked for only where it is
    expected: its six digits without a check could be anything.
    """
    symbol = symbol_of(reading.aim) if reading.aim else None
    finders = [*_finders(reading, symbol, knows)]
    if CartridgeScan in expecting and (symbol is None or symbol.symbology is Symbology.ITF):
        finders.append(in_cartridge(reading.text))
    return _only(finders, expecting, RefusalReason.NOT_OURS)


def interpret_typed(text: str, knows: Knowledge, *, expecting: Collection[type] = ()) -> Scan:
    """Return the one meaning of what was typed, with ``typed`` set: a package or roll ID, a card, one of our codes.

    Spaces, brackets and case are forgiven, and in our own codes hyphens and I, L, O.
    """
    text = text.strip()
    if not text:
        return Refused(reason=RefusalReason.NOTHING_TYPED, typed=True)
    if len(text) > MAX_FRAME_BYTES:
        return Refused(reason=RefusalReason.TOO_LONG, typed=True)
    return replace(_only(_typed_finders(text, knows), expecting, RefusalReason.NOT_OURS), typed=True)


def read_frame(
    frame: bytes, knows: Knowledge, *, gs_substitute: str | None = None, expecting: Collection[type] = ()
) -> Scan:
    """Return the one meaning of a scanner frame; a frame that cannot be decoded is refused like any other.

    Raises:
        SettingsError: as :func:`decode`.
    """
    if len(frame) > MAX_FRAME_BYTES:
        return Refused(reason=RefusalReason.TOO_LONG, detail=f"{len(frame)} bytes")
    try:
        reading = decode(frame, gs_substitute=gs_substitute)
    except CodeError as cause:
        return Refused(reason=RefusalReason.UNREADABLE, detail=str(cause))
    return interpret(reading, knows, expecting=expecting)


def _restore_gs(text: str, symbol: Symbol | None, substitute: str | None) -> tuple[str, Separators]:
    """Put GS back where this scanner sends something else; only where element strings can be."""
    if substitute is None:
        return text, "kept"
    check_gs_substitute(substitute)
    if is_link(text) or (symbol is not None and not symbol.is_gs1):
        return text, "kept"
    return (text.replace(substitute, GS), "kept") if substitute else (text, "lost")


def _finders(reading: Reading, symbol: Symbol | None, knows: Knowledge) -> Iterable[Iterator[Scan]]:
    """Return every search that makes sense for this symbol."""
    text = reading.text
    if symbol is not None and symbol.symbology in _REFUSED_SYMBOLOGIES:
        return [iter([Refused(reason=_REFUSED_SYMBOLOGIES[symbol.symbology])])]
    if is_link(text):
        return [in_link(text, knows)]
    if symbol is None:
        return _shape_finders(reading, knows)
    if symbol.is_gs1:
        return [_elements_in(reading, knows)]
    if symbol.symbology is Symbology.ITF:
        return [in_cards(text, symbol.symbology, knows, otherwise=RefusalReason.CARTRIDGE_CODE)]
    return [
        in_code(text, symbol.symbology),
        in_brackets(text, knows),
        in_cards(text, symbol.symbology, knows),
        in_product(text, _PRODUCT_LENGTHS.get(symbol.symbology, ()), knows),
    ]


def _shape_finders(reading: Reading, knows: Knowledge) -> Iterable[Iterator[Scan]]:
    """Return the searches for a scanner that does not tell the symbology."""
    return [
        in_code(reading.text, None),
        in_text_of_elements(reading.text, reading.separators, knows),
        in_brackets(reading.text, knows),
        in_cards(reading.text, None, knows),
        in_product(reading.text, (8, 12, 13), knows),
    ]


def _typed_finders(text: str, knows: Knowledge) -> Iterable[Iterator[Scan]]:
    if is_link(text):
        return [in_link(text, knows)]
    compact = re.sub(r"[\s()-]", "", text)
    return [
        in_code(text, None, typed=True),
        in_typed_item(text, knows),
        in_cards(re.sub(r"^8018(?=[0-9]{18}$)", "", compact), None, knows, typed=True),
        in_product(compact, (8, 12, 13, 14), knows),
    ]


def _elements_in(reading: Reading, knows: Knowledge) -> Iterator[Scan]:
    yield from in_elements(parse_elements(reading.text, reading.separators), knows)


def _only(finders: Iterable[Iterator[Scan]], expecting: Collection[type], otherwise: RefusalReason) -> Scan:
    """Return the one meaning the finders agree on; else the refusal that says most."""
    found: list[Scan] = []
    broken: list[CodeError] = []
    for finder in finders:
        try:
            found += finder
        except CodeError as cause:
            broken.append(cause)
    wanted = [scan for scan in found if type(scan) in expecting]
    if len(found) == 1 or len(wanted) == 1:
        return (wanted or found)[0]
    if found:
        return Refused(reason=RefusalReason.AMBIGUOUS, detail=_kinds_of(found))
    return _refusal(broken[0]) if broken else Refused(reason=otherwise)


def _kinds_of(found: list[Scan]) -> str:
    return ", ".join(sorted(type(scan).__name__ for scan in found))


def _refusal(cause: CodeError) -> Refused:
    reason = next(_REASONS[kind] for kind in type(cause).__mro__ if kind in _REASONS)
    return Refused(reason=reason, detail=str(cause))
