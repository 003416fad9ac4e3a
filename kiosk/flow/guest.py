"""A shopper without a card gets a guest card: a number made here and now, printed on the receipt (DESIGN 5A).

It is a card like any other: it registers, opens nothing, and is scanned the next time. Nothing is asked of the network,
and nothing is stored before the shopper agrees.
"""

from dataclasses import replace

from kiosk.flow.card_effects import MintGuestCard
from kiosk.flow.card_events import GuestCardMinted
from kiosk.flow.effects import AnswerScanner
from kiosk.flow.events import Happened, Pressed, Unanswered
from kiosk.flow.moves import Step, go
from kiosk.flow.notes import Note, Why
from kiosk.flow.scanning import step_scanning, take_card
from kiosk.flow.states import Scanning, State
from kiosk.flow.values import Card
from photocore.cards import CardNumber


def offers_guest_card(page: Scanning) -> bool:
    """Say whether a shopper without a card may go on with one of ours: the film is here, and the card is missing."""
    return page.item is not None and page.card is None


def step_collecting(state: State, page: Scanning, event: Happened) -> Step:
    """Take what concerns a guest card; anything else is the slots' own. Whoever finds a card meanwhile scans it."""
    match event:
        case Pressed(button="guest") if offers_guest_card(page):
            return go(state, replace(page, note=None), MintGuestCard(session=state.session))
        case GuestCardMinted(card=number) if offers_guest_card(page):
            return _take(state, page, number)
        case Unanswered(about=MintGuestCard()) if offers_guest_card(page):
            return go(state, replace(page, note=Note(why=Why.NO_GUEST_CARD)))
        case _:
            return step_scanning(state, page, event)


def _take(state: State, page: Scanning, number: CardNumber) -> Step:
    """Hold the guest card as if it had been scanned, but for the scanner's answer."""
    held, effects = take_card(state, page, Card(card=number))
    quiet = tuple(effect for effect in effects if not isinstance(effect, AnswerScanner))
    if not isinstance(held.page, Scanning):
        return held, quiet
    return replace(held, page=replace(held.page, note=Note(why=Why.GUEST_CARD))), quiet
