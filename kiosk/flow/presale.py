"""A package made up for the shelf, and its labels: cartridge labels with claim codes, and one for the package.

Made just now it may be undone and printed again at a touch; found again later each of the two asks for a reason.
"""

from dataclasses import replace

from kiosk.flow.events import Happened, JournalMoved, Pressed, Scanned
from kiosk.flow.make_up_effects import ReadMadeUp, ReprintMadeUp, SettleMadeUp, WithdrawMadeUp
from kiosk.flow.make_up_events import MadeUpRead, MadeUpReprinted, MadeUpWithdrawn
from kiosk.flow.make_up_pages import Presale, ProductWanted
from kiosk.flow.moves import BAD, GOOD, Step, end, go, renew, stay
from kiosk.flow.notes import Note, Why
from kiosk.flow.products import take_product
from kiosk.flow.scanning import begin_anew, explain
from kiosk.flow.signing_in import ask_pin, go_home
from kiosk.flow.staff_pages import ReasonAsked
from kiosk.flow.staff_values import Deed
from kiosk.flow.stages import Stage, is_moving, stage_of
from kiosk.flow.states import State, Undone, Waiting
from kiosk.flow.values import DEAD, LabelState
from photocore.scans import BadgeScan, CardScan, CopyScan, PackageScan, ProductScan, ReceiptScan, RollScan, Scan


def can_unmake(state: State, page: Presale) -> bool:
    """Say whether it may be taken back: by staff, while nobody has registered it."""
    is_theirs = state.staff is not None and (page.origin == "new" or state.staff.may("withdraw"))
    return is_theirs and not page.made_up.is_claimed and not page.made_up.is_withdrawn


def can_reprint(state: State, page: Presale) -> bool:
    """Say whether new labels may be asked for: as for taking back, and nothing is being printed."""
    is_free = can_unmake(state, page) and page.made_up.is_coded
    return is_free and state.station.can_print and not is_moving(page.labels)


def step_presale(state: State, page: Presale, event: Happened) -> Step:
    """Take one event while a made-up package's labels are on the screen."""
    package = page.made_up.package
    match event:
        case MadeUpRead(made_up=made_up) if made_up and made_up.package == package:
            return _take_reading(state, page, event)
        case JournalMoved():
            return stay(state, ReadMadeUp(session=state.session, item=package))
        case Pressed(button=button):
            return _press(state, page, button)
        case Scanned(scan=scan):
            return _take_scan(state, page, scan)
        case _:
            return stay(state)


def show_unmade(state: State, event: MadeUpWithdrawn) -> Step:
    """Say that the package is no more, and how much void paper is about."""
    return go(state, Undone(printed=event.printed, moving=event.moving, is_made_up=True))


def show_reprinted(state: State, page: Presale, event: MadeUpReprinted) -> Step:
    """Show the new labels."""
    return go(state, replace(page, labels=event.labels, asking=None, note=Note(why=Why.LABELS_AGAIN)))


def _take_reading(state: State, page: Presale, event: MadeUpRead) -> Step:
    """Show what the journal has now; a label that moved is activity."""
    moved = event.labels != page.labels
    unsure = {label.copy for label in page.labels if label.state is LabelState.MAYBE}
    is_settled = any(label.copy in unsure and label.is_proven for label in event.labels)
    note = Note(why=Why.COPY_SETTLED) if is_settled else page.note
    fresh = replace(page, made_up=event.made_up or page.made_up, labels=event.labels, note=note)
    asking = fresh.asking if can_unmake(state, fresh) else None
    return go(replace(state, active_at=state.now) if moved else state, replace(fresh, asking=asking))


def _press(state: State, page: Presale, button: str) -> Step:
    is_new = page.origin == "new"
    match button, page.asking:
        case "undo", None if can_unmake(state, page):
            return go(state, replace(page, asking="undo", note=None) if is_new else _ask_why(page, "withdraw"))
        case "again", None if can_reprint(state, page):
            return go(state, replace(page, asking="again", note=None) if is_new else _ask_why(page, "presale_again"))
        case "yes", "undo" | "again" if state.staff:
            return _carry_out(state, page, state.staff.id)
        case "no", _:
            return go(state, replace(page, asking=None))
        case "next", None if state.staff:
            return renew(state, ProductWanted())
        case "back", None if state.staff and not is_new:
            return go_home(state)
        case "finish", _:
            return end(state)
        case _:
            return stay(state)


def _ask_why(page: Presale, deed: Deed) -> ReasonAsked:
    return ReasonAsked(deed=deed, under=replace(page, note=None))


def _carry_out(state: State, page: Presale, staff: str) -> Step:
    """Take back or print again what was made just now: the reason is plain from where it is asked for."""
    package, session = page.made_up.package, state.session
    if page.asking == "undo":
        effect = WithdrawMadeUp(session=session, package=package, staff=staff, reason="mistake")
    else:
        effect = ReprintMadeUp(session=session, package=package, staff=staff, reason="printer")
    doing = "unmake" if page.asking == "undo" else "presale"
    resume = replace(page, asking=None, note=None)
    return go(state, Waiting(doing=doing, asked=effect, since=state.now, resume=resume), effect)


def _take_scan(state: State, page: Presale, scan: Scan) -> Step:
    """Take a fresh label as its own proof; the next price code begins the next package."""
    is_printing = stage_of(page.labels, state.station) is Stage.PRINTING
    mine = {page.made_up.package, *page.made_up.rolls}
    match scan:
        case CopyScan(item=item, copy=copy) if _is_live(page, item, copy):
            package = page.made_up.package
            settle = SettleMadeUp(session=state.session, package=package, item=item, copy=copy)
            return stay(state, GOOD, settle)
        case CopyScan():
            return go(state, replace(page, note=Note(why=Why.COPY_OTHER)), BAD)
        case RollScan(item=item) | PackageScan(item=item) if item in mine:
            return go(state, replace(page, note=Note(why=Why.COPY_SQUARE)), BAD)
        case BadgeScan(card=badge):
            return ask_pin(state, badge, page)
        case ProductScan() | PackageScan() | RollScan() | CardScan() | ReceiptScan() if is_printing:
            return go(state, replace(page, note=Note(why=Why.DONE_FIRST)), BAD)
        case ProductScan() if state.staff:
            return take_product(replace(state, session=state.session + 1), scan, None)
        case ProductScan() | PackageScan() | RollScan() | CardScan() | ReceiptScan():
            return begin_anew(state, scan)
        case _:
            return go(state, replace(page, note=explain(scan)), BAD)


def _is_live(page: Presale, item: str, copy: str) -> bool:
    package = page.made_up.package
    return any(
        (label.roll or package) == item and label.copy == copy and label.state not in DEAD for label in page.labels
    )
