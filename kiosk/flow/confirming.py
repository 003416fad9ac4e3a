"""Is this right? The last screen before anything is promised, and the commit itself.

Registration never waits for paper (DESIGN 5F), so a printer that cannot print does not block this page: the view says
that the labels come later. Only a journal that cannot store blocks it.
"""

from dataclasses import replace

from kiosk.flow.consent import agreed_version, asks_consent, open_notice
from kiosk.flow.effects import ReadStation, Register
from kiosk.flow.events import Answer, DeskRefused, Happened, NotStored, Pressed, Registered, Scanned, Unanswered
from kiosk.flow.moves import BAD, GOOD, Step, end, go, stay
from kiosk.flow.notes import Note, Why
from kiosk.flow.scanning import as_item, explain, take_card, take_item
from kiosk.flow.states import (
    Before,
    Cause,
    Confirming,
    Labelling,
    Registering,
    Scanning,
    State,
    Stop,
    Stopped,
    Trouble,
    Typing,
)
from kiosk.flow.values import Card, Package, Wish
from photocore.symbology import CardScan, ClaimCodeScan, CopyScan, PackageScan, ReceiptScan, RollScan, Scan


def step_confirming(state: State, page: Confirming, event: Happened) -> Step:
    """Take one event on the confirm page."""
    match event:
        case Pressed(button="register"):
            notice = agreed_version(state) if asks_consent(state, page) else None
            wish = replace(page.wish, language=state.language, notice=notice)
            return register(state, wish, page.package)
        case Pressed(button="privacy") if asks_consent(state, page):
            return open_notice(state, page)
        case Pressed(button="cancel"):
            return end(state)
        case Pressed(button="claim_code"):
            return go(state, Typing(wanted="claim_code", under=replace(page, note=None)))
        case Scanned(scan=scan):
            return _take_scan(state, page, scan)
        case _:
            return stay(state)


def register(state: State, wish: Wish, package: Package, *, is_unsure: bool = False) -> Step:
    """Ask for the commit; the same wish keeps its event ID through every retry, so it can only be stored once.

    ``is_unsure`` says that an earlier try may have been stored.
    """
    page = Registering(wish=wish, package=package, since=state.now, is_unsure=is_unsure)
    if not state.station.can_store:
        # the next try finds out whether the journal is back
        return go(state, _trouble(page, Cause.NOT_STORED), ReadStation())
    return go(state, page, Register(session=state.session, wish=wish, package=package))


def answers_wish(event: Answer, wish: Wish | None) -> bool:
    """Say whether an answer is about this registration, and no older question."""
    return wish is not None and isinstance(event.about, Register) and event.about.wish.event_id == wish.event_id


def step_registering(state: State, page: Registering, event: Happened) -> Step:
    """Wait for the journal's word; nothing else may make the screen say *registered*."""
    match event:
        case Answer() if not answers_wish(event, page.wish):
            return stay(state)
        case Registered(registration=registration, labels=labels):
            return go(state, Labelling(registration=registration, labels=labels), GOOD)
        case NotStored():
            return go(state, _trouble(page, Cause.NOT_STORED))
        case DeskRefused():
            return _take_refusal(state, page, event)
        case Unanswered():
            return go(state, _trouble(page, Cause.NO_ANSWER))
        case Scanned():
            return stay(state, BAD)
        case _:
            return stay(state)


def give_up_waiting(state: State, page: Registering) -> Step:
    """Say that we do not know: the commit may still come, and its answer is still taken."""
    return go(state, _trouble(page, Cause.NO_ANSWER))


def _take_refusal(state: State, page: Registering, event: DeskRefused) -> Step:
    """Take the desk's last word: meanwhile this card, or another, may have registered the package."""
    wish = page.wish
    if event.claim:
        known = replace(page.package, claim=event.claim, number=event.number)
        return go(state, Before(item=wish.item, package=known, card=wish.card))
    stop = Stop(event.reason) if event.reason in set(Stop) else Stop.DESK
    held = Stopped(stop=stop, item=wish.item, card=wish.card, reason=event.reason)
    return go(state, replace(held, corrects=wish.corrects, paper=wish.paper))


def _trouble(page: Registering, cause: Cause) -> Trouble:
    """Say what failed. That an earlier try may have been stored is not forgotten because this one surely was not."""
    cause = Cause.NO_ANSWER if page.is_unsure else cause
    return Trouble(cause=cause, doing="register", wish=page.wish, package=page.package)


def _take_scan(state: State, page: Confirming, scan: Scan) -> Step:
    """Let a code on the confirm page change what is registered, or explain it."""
    wish = page.wish
    basket = Scanning(
        item=wish.item,
        package=page.package,
        card=wish.card,
        claim_code=wish.claim_code,
        corrects=wish.corrects,
        paper=wish.paper,
    )
    match scan:
        case PackageScan() | RollScan() if scan.item != wish.item.item:
            return take_item(state, basket, as_item(scan))
        case PackageScan() | RollScan():
            return go(state, replace(page, note=Note(why=Why.ALREADY_HERE)), GOOD)
        case CardScan(card=number) if number != wish.card.card:
            return take_card(state, basket, Card(card=number, is_typed=scan.typed))
        case CardScan():
            proven = replace(wish.card, is_typed=wish.card.is_typed and scan.typed)
            again = replace(page, wish=replace(wish, card=proven), note=Note(why=Why.CARD_ALREADY_HERE))
            return go(state, again, GOOD)
        case ClaimCodeScan(code=code):
            return go(state, keep_claim_code(page, code), GOOD)
        case ReceiptScan():
            return go(state, replace(page, note=Note(why=Why.RECEIPT_FIRST_FINISH)), BAD)
        case CopyScan():
            return go(state, replace(page, note=Note(why=Why.LABEL_FIRST_FINISH)), BAD)
        case _:
            return go(state, replace(page, note=explain(scan)), BAD)


def keep_claim_code(page: Confirming, code: str) -> Confirming:
    """Keep an optional claim code; whether it is right only the photoservice can tell."""
    wish = replace(page.wish, claim_code=code)
    return replace(page, wish=wish, note=Note(why=Why.CLAIM_CODE_KEPT))
