"""A durable registration and its labels: they fill in one by one as they are proven printed (DESIGN 5F).

Silence is never called printed: a label that may or may not have come out asks the shopper to hold it under the
scanner, and that scan is the proof.
"""

from collections.abc import Sequence
from dataclasses import replace

from kiosk.flow.effects import CheckCopy, PrintAgain, ReadClaim, SettleByScan, Undo
from kiosk.flow.events import ClaimRead, Happened, JournalMoved, LabelsReplaced, Pressed, Scanned, UndoStored
from kiosk.flow.moves import BAD, GOOD, Step, end, go, stay
from kiosk.flow.notes import Note, Why
from kiosk.flow.phone import can_show_phone, still_linked
from kiosk.flow.scanning import begin_anew, explain
from kiosk.flow.signing_in import ask_pin
from kiosk.flow.stages import Stage, is_moving, live_labels, stage_of
from kiosk.flow.states import Before, Labelling, PhoneShown, State, Undone, Waiting
from kiosk.flow.values import DEAD, Label, LabelState, Level, Registration, Station
from photocore.symbology import BadgeScan, CardScan, CopyScan, PackageScan, ReceiptScan, RollScan, Scan


def can_undo(page: Labelling) -> bool:
    """Only the session that registered may undo; later it is the staff's (DESIGN 5C)."""
    return page.origin == "new" and not page.registration.is_withdrawn


def can_print_again(page: Labelling, station: Station) -> bool:
    """Say whether a new set can be offered: the rolls are known and nothing is being printed."""
    known = not page.registration.is_waiting and not page.registration.is_withdrawn
    has_labels = station.prints_labels and any(label.kind == "roll" for label in live_labels(page.labels))
    return known and has_labels and station.can_print and not is_moving(page.labels)


def offers_again(page: Before, station: Station) -> bool:
    """Say whether the labels of a package registered before can be offered again."""
    return bool(page.package.claim) and station.can_print and station.prints_labels


def step_labelling(state: State, page: Labelling, event: Happened) -> Step:
    """Take one event while a registration's labels are on the screen."""
    match event:
        case ClaimRead(claim=claim) if claim == page.registration.claim:
            return _take_reading(state, page, event)
        case UndoStored(claim=claim) if claim == page.registration.claim:
            return show_undone(state, event)
        case LabelsReplaced(claim=claim) if claim == page.registration.claim:
            return show_replaced(state, page, event)
        case JournalMoved():
            return stay(state, ReadClaim(session=state.session, claim=page.registration.claim))
        case Pressed(button=button):
            return _press(state, page, button)
        case Scanned(scan=scan):
            return _take_scan(state, page, scan)
        case _:
            return stay(state)


def step_phone(state: State, page: PhoneShown, event: Happened) -> Step:
    """Show the link until it is put away; a scan, and whatever happens to the registration, is for the page under it.

    The link stays on the screen only as long as it could be asked for anew.
    """
    match event:
        case Pressed(button="back"):
            return go(state, page.resume)
        case Pressed():
            return stay(state)
        case _:
            after, effects = step_labelling(replace(state, page=page.resume), page.resume, event)
            under = after.page
            is_kept = isinstance(under, Labelling) and can_show_phone(after, under) and not isinstance(event, Scanned)
            if isinstance(under, Labelling) and is_kept:
                return replace(after, page=replace(page, resume=under)), effects
            return after, effects


def step_before(state: State, page: Before, event: Happened) -> Step:
    """Offer the labels again to the card that registered the package; ask first, as the old ones become void."""
    match event, page.asking:
        case Pressed(button="again"), None if offers_again(page, state.station):
            return go(state, replace(page, asking="again"))
        case Pressed(button="yes"), "again" if page.package.claim:
            print_again = PrintAgain(
                session=state.session, claim=page.package.claim, number=page.package.number, card=page.card.card
            )
            resume = replace(page, asking=None)
            return go(state, Waiting(doing="again", asked=print_again, since=state.now, resume=resume), print_again)
        case LabelsReplaced(claim=claim), _ if claim == page.package.claim:
            return show_replaced(state, page, event)
        case Pressed(button="no"), _:
            return go(state, replace(page, asking=None))
        case Pressed(button="finish"), _:
            return end(state)
        case Scanned(scan=BadgeScan(card=badge)), _:
            return ask_pin(state, badge, page)
        case Scanned(scan=scan), _:
            return begin_anew(state, scan)
        case _:
            return stay(state)


def show_undone(state: State, event: UndoStored) -> Step:
    """Say that it ended, and how much void paper is about; the desk counted it in the very commit."""
    return go(state, Undone(printed=event.printed, moving=event.moving))


def show_replaced(state: State, resume: Labelling | Before, event: LabelsReplaced) -> Step:
    """Show the new set. Coming from :class:`Before` the registration is known by its claim only."""
    if isinstance(resume, Labelling):
        package = event.package or resume.registration.package
        kept = still_linked(resume.registration, resume.labels, event.labels)
        registration = replace(kept, is_waiting=event.is_waiting, package=package)
        return go(state, replace(resume, registration=registration, labels=event.labels, note=None))
    known = Registration(
        claim=event.claim,
        number=resume.package.number,
        package=event.package or resume.package,
        card=resume.card.masked,
        is_waiting=event.is_waiting,
    )
    return go(state, Labelling(registration=known, labels=event.labels, origin="again"))


def _take_reading(state: State, page: Labelling, event: ClaimRead) -> Step:
    """Show what the journal has now. A label that moved is activity; a note about it has served."""
    moved = event.labels != page.labels
    is_withdrawn = page.registration.is_withdrawn or event.level is Level.WITHDRAWN
    known = still_linked(page.registration, page.labels, event.labels)
    registration = replace(known, level=event.level, reason=event.reason, is_withdrawn=is_withdrawn)
    note = _note_after(page, event.labels) if moved else page.note
    fresh = replace(page, registration=registration, labels=event.labels, note=note)
    return go(replace(state, active_at=state.now) if moved else state, fresh)


def _note_after(page: Labelling, labels: Sequence[Label]) -> Note | None:
    unsure = {label.copy for label in page.labels if label.state is LabelState.MAYBE}
    if any(label.copy in unsure and label.is_proven for label in labels):
        return Note(why=Why.COPY_SETTLED)
    return page.note


def _press(state: State, page: Labelling, button: str) -> Step:
    match button, page.asking:
        case "undo", None if can_undo(page):
            return go(state, replace(page, asking="undo", note=None))
        case "again", None if can_print_again(page, state.station):
            return go(state, replace(page, asking="again", note=None))
        case "yes", "undo":
            return _wait(state, page, Undo(session=state.session, claim=page.registration.claim))
        case "yes", "again":
            number = page.registration.number
            return _wait(state, page, PrintAgain(session=state.session, claim=page.registration.claim, number=number))
        case "no", _:
            return go(state, replace(page, asking=None))
        case "phone", None if can_show_phone(state, page):
            return go(state, PhoneShown(resume=replace(page, note=None)))
        case "finish", _:
            return end(state)
        case _:
            return stay(state)


def _wait(state: State, page: Labelling, effect: Undo | PrintAgain) -> Step:
    resume = replace(page, asking=None)
    doing = "undo" if isinstance(effect, Undo) else "again"
    return go(state, Waiting(doing=doing, asked=effect, since=state.now, resume=resume), effect)


def _take_scan(state: State, page: Labelling, scan: Scan) -> Step:
    """Take a fresh label as its own proof; greet our receipt; let the next package begin the next session."""
    mine = {label.roll for label in page.labels if label.roll}
    match scan:
        case CopyScan(item=item, copy=copy):
            return _take_copy(state, page, item, copy)
        case RollScan(item=item) if item in mine:
            return go(state, replace(page, note=Note(why=Why.COPY_SQUARE)), BAD)
        case BadgeScan(card=badge) if stage_of(page.labels, state.station) is not Stage.PRINTING:
            return ask_pin(state, badge, page)
        case ReceiptScan(number=number) if number == page.registration.number and not page.registration.is_waiting:
            return go(state, replace(page, note=Note(why=Why.OWN_RECEIPT)), GOOD)
        case PackageScan() | RollScan() | CardScan() | ReceiptScan():
            if stage_of(page.labels, state.station) is Stage.PRINTING:
                return go(state, replace(page, note=Note(why=Why.DONE_FIRST)), BAD)
            return begin_anew(state, scan)
        case _:
            return go(state, replace(page, note=explain(scan)), BAD)


def _take_copy(state: State, page: Labelling, item: str, copy: str) -> Step:
    for label in page.labels:
        if label.roll == item and label.copy == copy and label.state not in DEAD:
            claim = page.registration.claim
            settle = SettleByScan(session=state.session, claim=claim, item=item, copy=copy)
            return stay(state, GOOD, settle)
    if stage_of(page.labels, state.station) is Stage.PRINTING:
        return go(state, replace(page, note=Note(why=Why.COPY_OTHER)), BAD)
    resume = replace(page, note=None)
    check = CheckCopy(session=state.session, item=item, copy=copy)
    return go(state, Waiting(doing="copy", asked=check, since=state.now, resume=resume, is_scanned=True), check)
