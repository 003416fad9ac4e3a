"""Staff join two cards of one customer: a guest card and their own, a lost one and its successor, a household's.

Both cards are scanned, never typed: whoever knows a number only cannot take over what was registered with it. A lost
card cannot be scanned, so a receipt of this kiosk may stand for it. The old one comes first, always.
"""

from dataclasses import replace

from kiosk.flow.card_effects import JoinCards
from kiosk.flow.card_pages import CardsJoining, CardsWanted
from kiosk.flow.events import Happened, Pressed, Scanned
from kiosk.flow.moves import BAD, GOOD, Step, go, stay
from kiosk.flow.notes import Note, Why
from kiosk.flow.scanning import explain
from kiosk.flow.signing_in import ask_pin, go_home
from kiosk.flow.staff_deeds import wait_for
from kiosk.flow.staff_pages import StaffHome
from kiosk.flow.states import State
from kiosk.flow.values import Card
from photocore.scans import BadgeScan, CardScan, ReceiptScan, Scan


def step_cards_wanted(state: State, page: CardsWanted, event: Happened) -> Step:
    """Take why the two belong together."""
    match event:
        case Pressed(button="guest" | "replaced" | "household" as why):
            return go(state, CardsJoining(why=why))
        case Pressed(button="back"):
            return go_home(state)
        case Scanned(scan=BadgeScan(card=badge)):
            return ask_pin(state, badge, page)
        case Scanned():
            return go(state, replace(page, note=Note(why=Why.CHOOSE_FIRST)), BAD)
        case _:
            return stay(state)


def step_cards_joining(state: State, page: CardsJoining, event: Happened) -> Step:
    """Collect both cards, then ask once whether it is meant: nothing takes it back."""
    match event:
        case Pressed(button="back"):
            return go(state, CardsWanted())
        case Pressed(button="again") if page.has_old:
            return go(state, CardsJoining(why=page.why))
        case Pressed(button="join") if page.has_old and page.into:
            return go(state, replace(page, is_asking=True, note=None))
        case Pressed(button="no"):
            return go(state, replace(page, is_asking=False))
        case Pressed(button="yes") if page.is_asking and page.into and state.staff:
            join = JoinCards(
                session=state.session,
                staff=state.staff.id,
                why=page.why,
                old=page.old.card if page.old else None,
                number=page.number,
                into=page.into.card,
            )
            return wait_for(state, join, StaffHome())
        case Scanned(scan=scan):
            return _take_scan(state, replace(page, is_asking=False), scan)
        case _:
            return stay(state)


def _take_scan(state: State, page: CardsJoining, scan: Scan) -> Step:
    match scan:
        case BadgeScan(card=badge):
            return ask_pin(state, badge, page)
        case CardScan(card=number, typed=False):
            return _take_card(state, page, Card(card=number))
        case ReceiptScan(number=number) if page.why == "replaced" and not page.has_old:
            return go(state, replace(page, number=number, note=None), GOOD)
        case _:
            return go(state, replace(page, note=explain(scan)), BAD)


def _take_card(state: State, page: CardsJoining, card: Card) -> Step:
    """Take the old card first, then the other; what cannot be one of the two is told."""
    if not page.has_old:
        if page.why == "guest" and not card.card.is_guest:
            return go(state, replace(page, note=Note(why=Why.GUEST_CARD_FIRST)), BAD)
        return go(state, replace(page, old=card, note=None), GOOD)
    if page.old and page.old.card == card.card:
        return go(state, replace(page, note=Note(why=Why.OTHER_CARD_WANTED)), BAD)
    if page.why == "guest" and card.card.is_guest:
        return go(state, replace(page, note=Note(why=Why.OWN_CARD_WANTED)), BAD)
    return go(state, replace(page, into=card, note=None), GOOD)
