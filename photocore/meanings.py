"""Every meaning a text can have, each found on its own: :mod:`photocore.symbology` demands that one is left.

A finder returns what it found, nothing when the text does not have its shape, and raises when it has the shape but
breaks the rules.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from photocore.aim import Symbology
from photocore.cards import GUEST_TABLE, CardNumber, find_cards
from photocore.codes import SHAPES, Code, CodeKind, parse_copy_id, read_code, recognise
from photocore.digital_link import parse_link
from photocore.errors import CheckWrong, CodeError, Gs1Error
from photocore.film import DxCartridge
from photocore.gs1 import GS, ElementString, Separators, gtin14, parse_bracketed, parse_elements
from photocore.ids import HouseCode, Sgtin, item_id, item_in
from photocore.refusals import RefusalReason
from photocore.scans import (
    BadgeScan,
    CardScan,
    CartridgeScan,
    ClaimCodeScan,
    CopyScan,
    Knowledge,
    OrderCodeScan,
    PackageScan,
    PaperRowScan,
    ProductScan,
    ReceiptScan,
    Refused,
    RollScan,
    Scan,
)

TWO_DIMENSIONAL: Final = frozenset({Symbology.DATAMATRIX, Symbology.QR, Symbology.AZTEC, Symbology.PDF417})
"""Where a claim or access code may stand in print; a bare linear code of that length is somebody else's."""

_CASE_KEYS: Final = ("00", "02", "03", "253", "255", "401", "402", "410", "414", "417", "8003", "8004", "8006", "8010")


def in_elements(elements: ElementString, knows: Knowledge) -> Iterator[Scan]:
    """Find every thing an element string names: the one piece, or the card, or else the product."""
    item, code = item_in(elements), _code_in(elements)
    if item is not None:
        yield _dated(of_item(item, knows, _copy_in(elements)), elements)
    elif code is not None:
        yield _of_code(code)
    cards = [(ai, value) for ai, value in elements.elements if ai in ("8017", "8018")]
    for ai, value in cards:
        found = in_cards(value, f"gs1-{ai}", knows, otherwise=RefusalReason.UNKNOWN_CARD)
        yield from (_issued(scan, elements.get("8019")) for scan in found)
    if item is None and code is None and not cards:
        yield _of_no_piece(elements, knows)


def in_text_of_elements(text: str, separators: Separators, knows: Knowledge) -> Iterator[Scan]:
    """Find an element string by its shape alone, for scanners that send no AIM id."""
    if GS in text or re.match(r"00[0-9]{18}|01[0-9]{14}|801[78][0-9]{18}|90TC[PRG]-", text):
        yield from in_elements(parse_elements(text, separators), knows)


def in_brackets(text: str, knows: Knowledge) -> Iterator[Scan]:
    """Find the human-readable form of an element string, as some label programs print it by mistake."""
    if re.match(r"\([0-9]{2,4}\)", text):
        yield from in_elements(parse_bracketed(text), knows)


def in_link(text: str, knows: Knowledge) -> Iterator[Scan]:
    """Find what a web address names; one of ours for the shopper's phone is told apart from a foreign one."""
    _, _, fragment = text.partition("#")
    if recognise(re.split(r"[/=]", fragment)[-1]) is CodeKind.ACCESS:
        yield Refused(reason=RefusalReason.ACCESS_CODE)
        return
    try:
        elements = parse_link(text)
    except Gs1Error:
        raise
    except CodeError as cause:
        yield Refused(reason=RefusalReason.LINK_ELSEWHERE, detail=str(cause))
        return
    yield from in_elements(elements, knows)


def in_code(text: str, symbology: Symbology | None, *, typed: bool = False) -> Iterator[Scan]:
    """Find one of our own codes. A secret has no prefix, so it counts only where one can be printed, or when typed."""
    kind = recognise(text)
    if kind is None:
        return
    has_prefix = bool(SHAPES[kind].prefix)
    if not has_prefix and symbology is not None and symbology not in TWO_DIMENSIONAL:
        return
    try:
        yield _of_code(read_code(text))
    except CheckWrong:
        if has_prefix or typed:
            raise


def in_cards(
    text: str,
    symbology: str | None,
    knows: Knowledge,
    *,
    typed: bool = False,
    otherwise: RefusalReason | None = None,
) -> Iterator[Scan]:
    """Find every card table that takes ``text``; with ``otherwise``, say so when none does."""
    found = find_cards(knows.card_tables, text, symbology, typed=typed)
    for table, card in found:
        yield BadgeScan(card=card) if table.kind == "badge" else CardScan(card=card)
    if not found and otherwise is not None:
        yield Refused(reason=otherwise)


def in_product(text: str, lengths: Iterable[int], knows: Knowledge) -> Iterator[Scan]:
    """Find a price code: the digits of a GTIN, padded.

    An in-store number (EAN-13 from 20 to 29) is a product only if the roster says so: it may be any shop's card or
    price.
    """
    if not re.fullmatch(r"[0-9]+", text) or len(text) not in lengths:
        return
    gtin = gtin14(text)
    level = knows.level_of(gtin)
    if level is not None or not re.match("02", gtin):
        yield ProductScan(gtin=gtin, level=level)


def in_cartridge(text: str) -> Iterator[Scan]:
    """Find the DX code of a cartridge; it has no check digit and looks like a card's number or anybody's six digits."""
    if re.fullmatch("[0-9]{6}", text):
        yield CartridgeScan(dx=DxCartridge(digits=text))


def in_typed_item(text: str, knows: Knowledge) -> Iterator[Scan]:
    """Find a package or roll ID as typed: ``(01)``..``(21)`` with or without brackets.

    The keypad has one case, most serials have capitals: what holds no capital is read as capitals. A hyphen belongs to
    the serial, for it may. A typed copy ID proves no label, so it is left out.
    """
    whole = re.sub(r"\s", "", text.upper() if text == text.lower() else text)
    if re.fullmatch(r"\(01\)[^()]+(\([0-9]{2,4}\)[^()]+)+", whole):
        yield from (_without_copy(scan) for scan in in_elements(parse_bracketed(whole), knows))
        return
    match = re.fullmatch(r"01((?:-?[0-9]){14})(?:-?21(.+))?", re.sub(r"[()]", "", whole))
    if match is None:
        return
    gtin, serial = match[1].replace("-", ""), match[2]
    if serial is None:
        yield from in_product(gtin, (14,), knows)
    else:
        yield of_item(Sgtin(gtin14(gtin), serial), knows)


def of_item(item: Sgtin | HouseCode, knows: Knowledge, copy: str | None = None) -> Scan:
    """Return what an item is, by its house prefix or by what the roster says of its product.

    A copy ID counts on rolls only: on the package, AI 91 is the maker's own affair.
    """
    level = item.level if isinstance(item, HouseCode) else knows.level_of(item.gtin)
    name = item_id(item)
    if copy is not None and level != "package":
        return CopyScan(item=name, copy=copy, level=level)
    return RollScan(item=name) if level == "roll" else PackageScan(item=name, known=level is not None)


def _dated(scan: Scan, elements: ElementString) -> Scan:
    """Return a package or roll with its lot and last good day, where the code tells them (GS1 AI 10 and 17)."""
    if not isinstance(scan, PackageScan | RollScan):
        return scan
    return replace(scan, lot=elements.get("10") or "", expires=elements.get("17") or "")


def _issued(scan: Scan, issue: str | None) -> Scan:
    """Return a card with its issue, which stands beside its number (GS1 General Specifications, AI 8019)."""
    if not isinstance(scan, CardScan) or issue is None:
        return scan
    return replace(scan, card=replace(scan.card, issue=int(issue)))


def _of_code(code: Code) -> Scan:
    match code.kind:
        case CodeKind.CLAIM:
            return ClaimCodeScan(code=code.text)
        case CodeKind.ACCESS:
            return Refused(reason=RefusalReason.ACCESS_CODE)
        case CodeKind.NUMBER:
            return ReceiptScan(number=code.text)
        case CodeKind.ORDER:
            return OrderCodeScan(code=code.text)
        case CodeKind.PAPER_ROW:
            return PaperRowScan(row=code.text)
        case CodeKind.HOUSE_ROLL:
            return RollScan(item=item_id(HouseCode(code.text)))
        case CodeKind.HOUSE_PACKAGE:
            return PackageScan(item=item_id(HouseCode(code.text)))
        case CodeKind.GUEST_CARD:
            return CardScan(card=CardNumber(table=GUEST_TABLE, number=code.text))


def _of_no_piece(elements: ElementString, knows: Knowledge) -> Scan:
    """Return what an element string means that names neither a piece nor a card."""
    gtin = elements.get("01")
    if gtin is not None:
        return ProductScan(gtin=gtin, level=knows.level_of(gtin))
    if any(elements.get(ai) for ai in _CASE_KEYS):
        return Refused(reason=RefusalReason.SHIPPING_CASE)
    return Refused(reason=RefusalReason.NOT_OURS, detail="element string without a key of ours")


def _code_in(elements: ElementString) -> Code | None:
    """Return one of our codes that stands in AI 90 by itself; a secret without a prefix may not."""
    internal = elements.get("90") or ""
    kind = recognise(internal)
    if elements.get("01") or kind is None or not SHAPES[kind].prefix:
        return None
    return read_code(internal)


def _copy_in(elements: ElementString) -> str | None:
    copy = elements.get("91") or ""
    try:
        return copy if parse_copy_id(copy) == copy else None
    except CodeError:
        return None


def _without_copy(scan: Scan) -> Scan:
    if not isinstance(scan, CopyScan):
        return scan
    return RollScan(item=scan.item) if scan.level == "roll" else PackageScan(item=scan.item, known=False)
