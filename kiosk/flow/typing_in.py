"""Our own keypad: a package ID, a card number, a claim code or a receipt's number, typed by hand.

What was typed goes through the same reader as what was scanned, so a typed code can do nothing a scanned one cannot;
it is only marked as typed.
"""

from dataclasses import replace

from kiosk.flow.confirming import keep_claim_code
from kiosk.flow.effects import AnswerScanner, ReadTyped
from kiosk.flow.events import Happened, Pressed, TypedRead
from kiosk.flow.moves import Step, go, stay
from kiosk.flow.notes import Note, Why
from kiosk.flow.products import take_product
from kiosk.flow.scanning import as_item, find_receipt, is_bound, take_card, take_item
from kiosk.flow.staff import open_number
from kiosk.flow.staff_pages import Listing
from kiosk.flow.states import Confirming, Field, Scanning, State, Typing
from kiosk.flow.values import Card
from photocore.symbology import CardScan, ClaimCodeScan, PackageScan, ProductScan, ReceiptScan, RollScan, Scan

MAX_TYPED = 40
"""Symbols the keypad takes; the longest GS1 element string we read, (01)(21) with a 20-symbol serial, has 38."""

LONGEST_PRICE_CODE = 14
"""Digits of a GTIN."""

KEYS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-"

WRONG: dict[Field, Why] = {
    "package": Why.TYPED_NOT_PACKAGE,
    "card": Why.TYPED_NOT_CARD,
    "claim_code": Why.TYPED_NOT_CLAIM_CODE,
    "number": Why.TYPED_NOT_NUMBER,
}


def step_typing(state: State, page: Typing, event: Happened) -> Step:
    """Take one event on the keypad."""
    match event:
        case Pressed(button=button):
            return _press(state, page, button)
        case TypedRead(scan=scan):
            return _take(state, page, scan)
        case _:
            return stay(state)


def _press(state: State, page: Typing, button: str) -> Step:
    key = button.removeprefix("key:")
    if button != key and len(key) == 1 and key in KEYS and len(page.text) < MAX_TYPED:
        return go(state, replace(page, text=page.text + key, note=None))
    if button == "delete":
        return go(state, replace(page, text=page.text[:-1], note=None))
    if button == "back":
        return go(state, page.under)
    if button == "ok" and page.text:
        return stay(state, ReadTyped(session=state.session, text=page.text))
    return stay(state)


def _take(state: State, page: Typing, scan: Scan) -> Step:
    under = page.under
    match page.wanted, scan:
        case "package", PackageScan() | RollScan() if isinstance(under, Scanning):
            return _quietly(take_item(state, under, replace(as_item(scan), is_typed=True)))
        case "package", ReceiptScan(number=number) if isinstance(under, Scanning) and not under.card:
            return find_receipt(state, number, is_scanned=False)
        case "package", ProductScan() if isinstance(under, Scanning) and _takes_product(page, under):
            return _quietly(take_product(state, scan, under.card))
        case "number", ReceiptScan(number=number) if isinstance(under, Listing):
            return open_number(state, number, under)
        case "card", CardScan(card=number) if isinstance(under, Scanning):
            return _quietly(take_card(state, under, Card(card=number, is_typed=True)))
        case "claim_code", ClaimCodeScan(code=code) if isinstance(under, Confirming):
            return go(state, keep_claim_code(under, code))
        case _:
            return go(state, _wrong(page))


def _takes_product(page: Typing, under: Scanning) -> bool:
    """Say whether film without a number may be meant here, and whether it is a price code that was typed.

    Tell a price code from the first half of a package ID, which begins with its AI and lacks the serial.
    """
    return under.item is None and not is_bound(under) and len(page.text) <= LONGEST_PRICE_CODE


def _wrong(page: Typing) -> Typing:
    return replace(page, note=Note(why=WRONG[page.wanted]))


def _quietly(step: Step) -> Step:
    """Drop the scanner's answer: it was not the scanner that spoke."""
    state, effects = step
    return state, tuple(effect for effect in effects if not isinstance(effect, AnswerScanner))
