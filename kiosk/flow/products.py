"""What a price code leads to: film that has no number of its own yet, and who may give it one (DESIGN 5B).

The code is the same on every box, so it can register nothing. With staff signed in it leads on to the count; alone a
shopper is told whom to ask, and goes on only where the store lets shoppers make up packages.
"""

from kiosk.flow.make_up_effects import ReadProduct
from kiosk.flow.make_up_pages import Counting, Unnumbered
from kiosk.flow.make_up_values import Film
from kiosk.flow.moves import BAD, GOOD, Step, go
from kiosk.flow.notes import Note, Why
from kiosk.flow.states import Scanning, State
from kiosk.flow.values import Card
from photocore.scans import ProductScan


def take_product(state: State, scan: ProductScan, card: Card | None) -> Step:
    """Take the price code of a film, with the card that is in the session already.

    A product the roster does not know may be film all the same: the shopper is shown the code that is meant, and says
    so when their box has none.
    """
    read = ReadProduct(session=state.session, gtin=scan.gtin)
    if staff_may_make_up(state):
        return go(state, Counting(film=Film(gtin=scan.gtin), card=card), GOOD, read)
    if scan.level is None:
        return go(state, Scanning(card=card, note=Note(why=Why.PRICE_CODE), price_code=scan.gtin), BAD)
    return go(state, Unnumbered(film=Film(gtin=scan.gtin), card=card), GOOD, read)


def may_make_up(state: State, card: Card | None) -> bool:
    """Say whether whoever stands here may: staff in their role; a shopper where the store says so, for their card."""
    return staff_may_make_up(state) or (state.station.make_up == "shopper" and card is not None)


def staff_may_make_up(state: State) -> bool:
    """Say whether somebody is signed in whose role it is."""
    return state.staff is not None and state.staff.may("make_up")
