"""Pages where the desk is at work, and the plain pages its answers lead to.

A wait never hangs: after :attr:`kiosk.flow.states.Limits.desk_s` the shopper is told what is known and what is not.
"""

from dataclasses import replace

from kiosk.flow.confirming import answers_wish, register
from kiosk.flow.effects import AnswerScanner, ReadClaim
from kiosk.flow.events import (
    Answer,
    ClaimRead,
    CopyChecked,
    DeskRefused,
    Happened,
    LabelsReplaced,
    NotStored,
    Pressed,
    Registered,
    RegistrationFound,
    Scanned,
    Unanswered,
    UndoStored,
)
from kiosk.flow.labelling import show_replaced, show_undone
from kiosk.flow.make_up_effects import ReadMadeUp
from kiosk.flow.make_up_events import MadeUpReprinted, MadeUpWithdrawn, PackageMade
from kiosk.flow.make_up_pages import Presale, ProductWanted
from kiosk.flow.making_up import answers_make_up, make_up, show_made
from kiosk.flow.moves import BAD, GOOD, Step, end, go, renew, stay
from kiosk.flow.presale import show_reprinted, show_unmade
from kiosk.flow.scanning import as_item, begin_anew, take_card, take_item
from kiosk.flow.signing_in import ask_pin
from kiosk.flow.states import (
    Before,
    Cause,
    CopyShown,
    Labelling,
    NumberUnknown,
    Scanning,
    State,
    Stopped,
    Trouble,
    Undone,
    Waiting,
)
from kiosk.flow.values import Card, Item, Seen
from photocore.symbology import BadgeScan, CardScan, PackageScan, RollScan, Scan

Resume = Labelling | Before | Presale
"""What stands behind a wait: a change was asked for, and what was there before is still there."""

Plain = CopyShown | NumberUnknown | Undone
"""Pages that say one thing and end."""


def step_waiting(state: State, page: Waiting, event: Happened) -> Step:
    """Wait for the desk."""
    match event:
        case ClaimRead(claim=claim) if isinstance(page.resume, Labelling) and claim == page.resume.registration.claim:
            resume = replace(page.resume, labels=event.labels)
            return go(state, replace(page, resume=resume))
        case Answer() if event.about != page.asked:
            return stay(state)
        case RegistrationFound():
            return _show_registration(state, page, event)
        case CopyChecked():
            return _show_copy(state, page, event)
        case UndoStored() | LabelsReplaced() | MadeUpWithdrawn() | MadeUpReprinted():
            return _show_changed(state, page.resume, event)
        case Unanswered():
            return go(state, _trouble_after(page, event), *_answer(page, BAD))
        case Scanned():
            return stay(state, BAD)
        case _:
            return stay(state)


def give_up_asking(state: State, page: Waiting) -> Step:
    """Say that the desk did not answer in time; the scanner hears it too where a scan began this."""
    return go(state, _trouble(page, Cause.NO_ANSWER), *_answer(page, BAD))


def step_plain(state: State, page: Plain, event: Happened) -> Step:
    """Say one thing, then end; the next code begins the next session."""
    match event:
        case Pressed(button="finish"):
            return end(state)
        case Pressed(button="register") if isinstance(page, CopyShown) and offers_registration(page):
            item = Item(item=page.item, level="roll")
            fresh, effects = take_item(state, Scanning(), item)
            return fresh, tuple(effect for effect in effects if effect != GOOD)
        case Pressed(button="back") if isinstance(page, CopyShown) and page.resume is not None:
            return go(state, page.resume)
        case Pressed(button="next") if isinstance(page, Undone) and page.is_made_up and state.staff:
            return renew(state, ProductWanted())
        case Scanned(scan=BadgeScan(card=badge)):
            return ask_pin(state, badge, page)
        case Scanned(scan=scan) if not isinstance(page, CopyShown) or page.resume is None:
            return begin_anew(state, scan)
        case Scanned():
            return stay(state, BAD)
        case _:
            return stay(state)


def offers_registration(page: CopyShown) -> bool:
    """Say whether this label names a roll that may be registered with it, as one from before the sale does."""
    fresh = page.verdict in ("unknown", "valid") and page.package.seen is Seen.NO
    return fresh and page.resume is None and not page.package.is_revoked


def step_stopped(state: State, page: Stopped, event: Happened) -> Step:
    """Let the other half be changed: another card, or another package."""
    match event:
        case Pressed(button="finish"):
            return end(state)
        case Pressed(button="other"):
            return go(state, Scanning(card=page.card, corrects=page.corrects, paper=page.paper))
        case Scanned(scan=scan):
            return _swap(state, page, scan)
        case _:
            return stay(state)


def step_trouble(state: State, page: Trouble, event: Happened) -> Step:
    """Offer what is safe: the same registration again under the same event ID, or back to what stands."""
    match event:
        case Answer():
            return _take_late(state, page, event)
        case Pressed(button="finish"):
            return end(state)
        case Pressed(button="retry") if page.make:
            return make_up(state, page.make, is_unsure=page.cause is Cause.NO_ANSWER)
        case Pressed(button="retry") if page.wish and page.package:
            return register(state, page.wish, page.package, is_unsure=page.cause is Cause.NO_ANSWER)
        case Pressed(button="back") if page.resume is not None:
            return _go_back(state, page.resume)
        case Scanned(scan=scan) if not (page.wish or page.resume or page.make):
            return begin_anew(state, scan)
        case Scanned():
            return stay(state, BAD)
        case _:
            return stay(state)


def _take_late(state: State, page: Trouble, event: Answer) -> Step:
    """Take an answer that comes after we gave up on it: what it says is durable, and worth more than the doubt."""
    match event:
        case Registered(registration=registration, labels=labels) if answers_wish(event, page.wish):
            return go(state, Labelling(registration=registration, labels=labels), GOOD)
        case PackageMade() if answers_make_up(event, page.make):
            return show_made(state, event)
        case UndoStored() | LabelsReplaced() | MadeUpWithdrawn() | MadeUpReprinted() if event.about == page.asked:
            return _show_changed(state, page.resume, event)
        case _:
            return stay(state)


def _show_changed(state: State, resume: Resume | None, event: Answer) -> Step:
    """Show what a change has led to: undone, or new labels on the page that asked for them."""
    match event:
        case UndoStored():
            return show_undone(state, event)
        case MadeUpWithdrawn():
            return show_unmade(state, event)
        case LabelsReplaced() if isinstance(resume, Labelling | Before):
            return show_replaced(state, resume, event)
        case MadeUpReprinted() if isinstance(resume, Presale):
            return show_reprinted(state, resume, event)
        case _:
            return stay(state)


def _trouble(page: Waiting, cause: Cause) -> Trouble:
    return Trouble(cause=cause, doing=page.doing, asked=page.asked, resume=page.resume)


def _trouble_after(page: Waiting, event: Unanswered) -> Trouble:
    """Say what is known: surely not stored, refused, or, where something was to change, that nobody can tell."""
    match event:
        case NotStored():
            return _trouble(page, Cause.NOT_STORED)
        case DeskRefused(reason=reason):
            return replace(_trouble(page, Cause.REFUSED), reason=reason)
        case _:
            return _trouble(page, Cause.FAULT if page.doing == "copy" else Cause.NO_ANSWER)


def _go_back(state: State, resume: Resume) -> Step:
    """Go back to what stands, and read what that is: what was asked for may have been done meanwhile."""
    if isinstance(resume, Presale):
        return go(state, resume, ReadMadeUp(session=state.session, item=resume.made_up.package))
    if isinstance(resume, Before):
        return go(state, resume)
    return go(state, resume, ReadClaim(session=state.session, claim=resume.registration.claim))


def _answer(page: Waiting, answer: AnswerScanner) -> tuple[AnswerScanner, ...]:
    """Answer the scanner, if it was a scan that began this wait."""
    return (answer,) if page.is_scanned else ()


def _show_registration(state: State, page: Waiting, event: RegistrationFound) -> Step:
    if event.registration is None:
        return go(state, NumberUnknown(number=event.number), *_answer(page, BAD))
    shown = Labelling(registration=event.registration, labels=event.labels, origin="receipt")
    return go(state, shown, *_answer(page, GOOD))


def _show_copy(state: State, page: Waiting, event: CopyChecked) -> Step:
    """Show what a copy is worth; while a registration is open its labels stay in reach behind it."""
    resume = page.resume if isinstance(page.resume, Labelling | Before) else None
    shown = CopyShown(item=event.item, copy=event.copy, verdict=event.verdict, package=event.package, resume=resume)
    return go(state, shown, *_answer(page, GOOD if event.verdict == "valid" else BAD))


def _swap(state: State, page: Stopped, scan: Scan) -> Step:
    """Take the other half that was brought instead."""
    bound = Scanning(corrects=page.corrects, paper=page.paper)
    match scan:
        case CardScan(card=number) if page.card is None or number != page.card.card:
            return take_card(state, replace(bound, item=page.item), Card(card=number, is_typed=scan.typed))
        case PackageScan() | RollScan():
            return take_item(state, replace(bound, card=page.card), as_item(scan))
        case CardScan():
            return stay(state, BAD)
        case BadgeScan(card=badge):
            return ask_pin(state, badge, page)
        case _:
            return begin_anew(state, scan)
