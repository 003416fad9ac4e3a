"""Pictures of the privacy notice, of guest cards, and of the staff's pages about two cards of one customer."""

from collections.abc import Iterator
from dataclasses import replace

from kiosk.flow.card_pages import CardsJoining, CardsWanted
from kiosk.flow.notes import Note, Why
from kiosk.flow.staff_pages import StaffHome
from kiosk.flow.states import Confirming, PrivacyShown, Scanning, State, Stop, Stopped
from kiosk.flow.values import Card
from kiosk.testing.gallery_values import CARD, ITEM, MARA, PACKAGE, WISH, at
from photocore.cards import GUEST_TABLE, CardNumber

GUEST = Card(card=CardNumber(table=GUEST_TABLE, number="TCG-XMMFSG5P4FB"))
NEW_CARD = Card(card=CardNumber(table="demo", number="2900000004728"))


def card_pictures() -> Iterator[tuple[str, State]]:
    """Yield the pictures, the shopper's first."""
    confirming = Confirming(wish=WISH, package=PACKAGE)
    for part in range(3):
        yield f"privacy_{part + 1}", at(PrivacyShown(under=confirming, part=part))
    held = Scanning(item=ITEM, package=PACKAGE, card=GUEST, checking_since=0.0, note=Note(why=Why.GUEST_CARD))
    yield "guest_card", at(held)
    yield "guest_card_failed", at(Scanning(item=ITEM, package=PACKAGE, note=Note(why=Why.NO_GUEST_CARD)))
    note = Note(why=Why.GUEST_CARD)
    yield "guest_confirm", at(replace(confirming, wish=replace(WISH, card=GUEST), note=note))
    yield "card_replaced", at(Stopped(stop=Stop.LOST_CARD, item=ITEM, card=CARD))
    yield "cards", at(CardsWanted(), staff=MARA)
    yield "cards_choose_first", at(CardsWanted(note=Note(why=Why.CHOOSE_FIRST)), staff=MARA)
    yield "cards_guest", at(CardsJoining(why="guest"), staff=MARA)
    wrong = Note(why=Why.GUEST_CARD_FIRST)
    yield "cards_guest_first", at(CardsJoining(why="guest", note=wrong), staff=MARA)
    both = CardsJoining(why="guest", old=GUEST, into=CARD)
    yield "cards_guest_both", at(both, staff=MARA)
    yield "cards_guest_question", at(replace(both, is_asking=True), staff=MARA)
    yield "cards_replaced", at(CardsJoining(why="replaced", number="TCN-7Q2M9XKD4"), staff=MARA)
    lost = CardsJoining(why="replaced", old=CARD, into=NEW_CARD, is_asking=True)
    yield "cards_replaced_question", at(lost, staff=MARA)
    home = CardsJoining(why="household", old=CARD, note=Note(why=Why.OTHER_CARD_WANTED))
    yield "cards_household", at(home, staff=MARA)
    yield (
        "cards_household_question",
        at(CardsJoining(why="household", old=CARD, into=NEW_CARD, is_asking=True), staff=MARA),
    )
    yield "cards_joined", at(StaffHome(note=Note(why=Why.CARDS_JOINED)), staff=MARA)
