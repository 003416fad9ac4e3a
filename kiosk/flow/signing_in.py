"""Staff sign in with badge and PIN, stay for a short time, and are signed out with the shopper's session at the latest.

A PIN unlocks what a person of the store may do at this very station; it is masked on the screen and wiped with the
answer. A badge alone opens nothing (DESIGN 5D).
"""

from dataclasses import replace

from kiosk.flow.card_pages import CardPage
from kiosk.flow.events import Answer, Happened, Pressed, Scanned, Unanswered
from kiosk.flow.make_up_pages import Counting, MakeUpConfirming, Presale, ProductWanted, Unnumbered
from kiosk.flow.moves import BAD, GOOD, Step, end, go, renew, stay
from kiosk.flow.notes import Note, Why
from kiosk.flow.page_duties import duty_of_page
from kiosk.flow.staff_effects import OpenRegistration, SignIn
from kiosk.flow.staff_events import SignedIn, SignInRefused
from kiosk.flow.staff_pages import PinPad, StaffHome, StaffPage, StaffWaiting
from kiosk.flow.staff_values import Staff
from kiosk.flow.stages import Stage, stage_of
from kiosk.flow.states import (
    Before,
    Confirming,
    CopyShown,
    Labelling,
    NumberUnknown,
    Page,
    PrivacyShown,
    Scanning,
    State,
    Stopped,
    Typing,
    Undone,
)
from kiosk.flow.tool_pages import Cleaning
from kiosk.flow.values import Card, PaperRow, Wish
from photocore.cards import CardNumber
from photocore.scans import BadgeScan

SHORTEST_PIN, LONGEST_PIN = 6, 12
DIGITS = "0123456789"


def ask_pin(state: State, badge: CardNumber, under: Page) -> Step:
    """Ask for the PIN of a badge that was shown on ``under``; whoever is signed in already is told so."""
    if state.staff and state.staff.badge == badge:
        return go(state, with_note(under, Note(why=Why.SIGNED_IN_ALREADY)), GOOD)
    return go(state, PinPad(badge=badge, under=with_note(under, None)), GOOD)


def with_note(page: Page, note: Note | None) -> Page:
    """Return ``page`` with ``note`` on it, if it is one that can show any."""
    return replace(page, note=note) if hasattr(page, "note") else page  # pyright: ignore[reportCallIssue]


def step_pin(state: State, page: PinPad, event: Happened) -> Step:
    """Take one event on the PIN pad."""
    match event:
        case Answer(about=about) if about == page.asked:
            return _take_answer(state, page, event)
        case Scanned() if page.since is not None:
            return stay(state, BAD)
        case Scanned(scan=BadgeScan(card=badge)) if badge != page.badge:
            return ask_pin(state, badge, page.under)
        case Scanned(scan=BadgeScan()):
            return stay(state, GOOD)
        case Scanned():
            return go(state, replace(page, note=Note(why=Why.PIN_FIRST)), BAD)
        case Pressed(button=button) if page.since is None:
            return _press(state, page, button)
        case _:
            return stay(state)


def give_up_signing_in(state: State, page: PinPad) -> Step:
    """Say that the staff book did not answer in time."""
    return go(state, PinPad(badge=page.badge, under=page.under, refused="fault"))


def sign_out(state: State) -> Step:
    """Let staff go. A page of theirs ends with it; a shopper's stays, as far as it needs nobody."""
    if state.is_training:
        return end(state)
    page, left = state.page, replace(state, staff=None)
    if isinstance(page, Counting | MakeUpConfirming) and (card := _card_of(page)):
        film = page.film if isinstance(page, Counting) else page.wish.film
        alone = state.station.make_up == "shopper"
        return go(left, Counting(film=film, card=card) if alone else Unnumbered(film=film, card=card))
    if needs_staff(page):
        return end(state)
    return stay(left)


def needs_staff(page: Page) -> bool:
    """Say whether a page is of no use without anybody signed in."""
    match page:
        case Counting() | MakeUpConfirming() | ProductWanted() | Presale(origin="found"):
            return True
        case Scanning(corrects=str()) | Stopped(corrects=str()) | Confirming(wish=Wish(corrects=str())):
            return True
        case Scanning(paper=PaperRow()) | Stopped(paper=PaperRow()) | Confirming(wish=Wish(paper=PaperRow())):
            return True
        case Typing(under=under) | PinPad(under=under) | PrivacyShown(under=under):
            return needs_staff(under)
        case _:
            return isinstance(page, StaffPage | CardPage)


def may_leave(page: Page, state: State) -> bool:
    """Say whether staff may go home from here: on a staff page, or where nobody's session is lost by it."""
    match page:
        case StaffWaiting() | StaffHome() | Cleaning():
            return False
        case Counting() | MakeUpConfirming():
            return _card_of(page) is None
        case Scanning(item=item, card=card):
            return item is None and card is None
        case Unnumbered(card=card):
            return card is None
        case Labelling(labels=labels):
            return stage_of(labels, state.station) is not Stage.PRINTING
        case _:
            plain = CopyShown | NumberUnknown | Undone
            return isinstance(page, StaffPage | CardPage | ProductWanted | Presale | Before | plain)


def go_home(state: State) -> Step:
    """Go to where the staff's pages begin."""
    return renew(state, StaffHome())


def _press(state: State, page: PinPad, button: str) -> Step:
    key = button.removeprefix("key:")
    if button == "back":
        is_nothing_there = isinstance(page.under, Scanning) and may_leave(page.under, state)
        return end(state) if is_nothing_there else go(state, page.under)
    if page.refused == "locked":
        return stay(state)
    if button != key and key in DIGITS and len(key) == 1 and len(page.text) < LONGEST_PIN:
        return go(state, replace(page, text=page.text + key, refused="", note=None))
    if button == "delete":
        return go(state, replace(page, text=page.text[:-1], note=None))
    if button == "ok" and len(page.text) >= SHORTEST_PIN:
        ask = SignIn(session=state.session, badge=page.badge, pin=page.text)
        return go(state, replace(page, text="", note=None, refused="", asked=ask, since=state.now), ask)
    return stay(state)


def _take_answer(state: State, page: PinPad, event: Answer) -> Step:
    fresh = PinPad(badge=page.badge, under=page.under)
    match event:
        case SignedIn(staff=staff, name=name, role=role):
            who = Staff(id=staff, name=name, badge=page.badge, role=role)
            known = replace(state, staff=who, touched_at=state.now)
            return _go_on(known, page.under)
        case SignInRefused(is_locked=is_locked, wait_s=wait_s):
            return go(state, replace(fresh, refused="locked" if is_locked else "wrong", wait_s=wait_s))
        case Unanswered():
            return go(state, replace(fresh, refused="fault"))
        case _:
            return stay(state)


def _go_on(state: State, under: Page) -> Step:
    """Go on where the badge was shown: to the count of that film, to that registration, or home.

    A page that somebody else of the staff left open is gone, if whoever signs in now could not have opened it.
    """
    duty = duty_of_page(under)
    if duty and not (state.staff and state.staff.may(duty)):
        return renew(state, StaffHome(note=Note(why=Why.ROLE)))
    match under:
        case Unnumbered(film=film, card=card) if state.staff and state.staff.may("make_up"):
            return go(state, Counting(film=film, card=card))
        case Labelling(registration=registration) if state.staff and state.staff.may("registrations"):
            opening = OpenRegistration(session=state.session, number=registration.number)
            return go(state, StaffWaiting(asked=opening, since=state.now, under=StaffHome()), opening)
        case MakeUpConfirming(wish=wish) if state.staff:
            return go(state, replace(under, wish=replace(wish, staff=state.staff.id)))
        case Scanning() if may_leave(under, state):
            return go(state, StaffHome())
        case _:
            return go(state, under)


def _card_of(page: Counting | MakeUpConfirming) -> Card | None:
    return page.card if isinstance(page, Counting) else page.wish.card
