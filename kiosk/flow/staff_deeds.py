"""What staff do that the station would not do by itself: with a reason, asked once more, and told how it went.

Each is written with who did it. Where nobody can tell whether it was done, the way back reads anew how it stands.
"""

from dataclasses import replace

from kiosk.flow.card_effects import JoinCards
from kiosk.flow.effects import AnswerScanner, Asked, ReadStation
from kiosk.flow.events import Answer, DeskRefused, Happened, NotStored, Pressed, Scanned, Unanswered
from kiosk.flow.make_up_effects import ReprintMadeUp, WithdrawMadeUp
from kiosk.flow.make_up_events import MadeUpRead, MadeUpReprinted, MadeUpWithdrawn
from kiosk.flow.make_up_pages import Presale
from kiosk.flow.moves import BAD, GOOD, Step, go, stay
from kiosk.flow.notes import Note, Why
from kiosk.flow.presale import show_reprinted, show_unmade
from kiosk.flow.signing_in import with_note
from kiosk.flow.staff import refresh, wait_for
from kiosk.flow.staff_effects import (
    CloseParked,
    NoteRestored,
    Override,
    PrintForStaff,
    ReleaseJob,
    SendAgain,
    SettleDevice,
    SettleJob,
    VoidRegistration,
)
from kiosk.flow.staff_events import DeedDone, RegistrationOpened, TrainingBegun
from kiosk.flow.staff_pages import (
    DevicesShown,
    JobShown,
    Listing,
    ParkedShown,
    ReasonAsked,
    RegistrationShown,
    StaffHome,
    StaffTrouble,
    StaffWaiting,
)
from kiosk.flow.staff_tools import begin_training
from kiosk.flow.staff_values import DUTY_OF, REASONS
from kiosk.flow.states import Cause, Page, State
from kiosk.flow.tool_effects import KeepShift, NoteRollChanged, PausePrinting, PrintTrial, RestartQueue
from kiosk.flow.tool_pages import Calibrating, PrinterShown, RollChange

ASKED_TWICE = frozenset({"labels_again", "receipt_again", "presale_again", "void", "withdraw", "restart_all"})
"""Deeds that make paper void, or a registration: asked once more. Closing what is parked takes nothing from anybody."""

CHANGES = Override | ReprintMadeUp | WithdrawMadeUp
"""Everything that changes something."""


def step_reason(state: State, page: ReasonAsked, event: Happened) -> Step:
    """Take the reason, then the word that it is meant."""
    match event:
        case Pressed(button="back"):
            return refresh(state, page.under)
        case Pressed(button="no"):
            return go(state, replace(page, reason=None))
        case Pressed(button="yes") if page.reason:
            return _carry_out(state, page)
        case Pressed(button=button) if page.reason is None:
            return _choose(state, page, button.removeprefix("reason:"))
        case Scanned():
            return go(state, replace(page, note=Note(why=Why.CHOOSE_FIRST)), BAD)
        case _:
            return stay(state)


def _choose(state: State, page: ReasonAsked, chosen: str) -> Step:
    for reason in REASONS[page.deed]:
        if reason == chosen:
            known = replace(page, reason=reason, note=None)
            return go(state, known) if page.deed in ASKED_TWICE else _carry_out(state, known)
    return stay(state)


def _carry_out(state: State, page: ReasonAsked) -> Step:
    effect = _effect_of(state, page)
    return stay(state) if effect is None else wait_for(state, effect, page.under)


def _effect_of(state: State, page: ReasonAsked) -> Asked | None:
    """Return what to ask of the desk: by the page it is about, and what was chosen there."""
    staff, session, reason = state.staff.id if state.staff else "", state.session, page.reason or "other"
    match page.deed, page.under:
        case _ if not (state.staff and state.staff.may(DUTY_OF[page.deed])):
            return None
        case "restart_waiting" | "restart_all", Listing(what="queue"):
            return RestartQueue(session=session, staff=staff, is_all=page.deed == "restart_all", reason=reason)
        case "void", RegistrationShown(registration=registration):
            return VoidRegistration(session=session, staff=staff, claim=registration.claim, reason=reason)
        case "labels_again" | "receipt_again", RegistrationShown(registration=registration):
            return PrintForStaff(
                session=session,
                staff=staff,
                claim=registration.claim,
                reason=reason,
                is_receipt=page.deed == "receipt_again",
            )
        case "presale_again", Presale(made_up=made_up):
            return ReprintMadeUp(session=session, package=made_up.package, staff=staff, reason=reason)
        case "withdraw", Presale(made_up=made_up):
            return WithdrawMadeUp(session=session, package=made_up.package, staff=staff, reason=reason)
        case "close_parked", ParkedShown(parked=parked):
            return CloseParked(session=session, staff=staff, event_id=parked.id, reason=reason)
        case _:
            return None


def step_staff_waiting(state: State, page: StaffWaiting, event: Happened) -> Step:
    """Wait for the desk."""
    match event:
        case Answer() if event.about != page.asked:
            return stay(state)
        case RegistrationOpened():
            return _show_registration(state, page, event)
        case MadeUpRead():
            return _show_made_up(state, page, event)
        case TrainingBegun():
            return begin_training(state)
        case DeedDone() | MadeUpReprinted() | MadeUpWithdrawn():
            return after_deed(state, page.under, event)
        case Unanswered():
            return go(state, _trouble_after(page, event), *_answer(page, is_good=False))
        case Scanned():
            return stay(state, BAD)
        case _:
            return stay(state)


def give_up_waiting_for_staff(state: State, page: StaffWaiting) -> Step:
    """Say that the desk did not answer in time."""
    trouble = StaffTrouble(cause=Cause.NO_ANSWER, asked=page.asked, under=page.under)
    return go(state, trouble, *_answer(page, is_good=False))


def step_staff_trouble(state: State, page: StaffTrouble, event: Happened) -> Step:
    """Lead back to what stands; what surely was not done can be tried again."""
    match event:
        case DeedDone() | MadeUpReprinted() | MadeUpWithdrawn() if event.about == page.asked:
            return after_deed(state, page.under, event)
        case Pressed(button="retry") if page.asked and can_retry(page):
            return wait_for(state, page.asked, page.under)
        case Pressed(button="back"):
            return refresh(state, page.under)
        case Scanned():
            return stay(state, BAD)
        case _:
            return stay(state)


def can_retry(page: StaffTrouble) -> bool:
    """Say whether the same may simply be asked again: a look always, a change only if it surely was not made."""
    return page.cause is Cause.NOT_STORED or (page.cause is not Cause.REFUSED and not isinstance(page.asked, CHANGES))


def after_deed(state: State, under: Page, event: Answer) -> Step:
    """Show how it stands now, and say what was done."""
    match event, under:
        case MadeUpWithdrawn(), _:
            return show_unmade(state, event)
        case MadeUpReprinted(), Presale():
            return show_reprinted(state, under, event)
        case DeedDone(), JobShown():
            return refresh(state, Listing(what="queue", note=_note_of(event)))
        case DeedDone(), ParkedShown():
            return refresh(state, Listing(what="parked", note=_note_of(event)))
        case DeedDone(), RegistrationShown():
            return refresh(state, replace(under, note=_note_of(event)))
        case DeedDone(), Listing() | RollChange() | PrinterShown() | Calibrating() | DevicesShown():
            return refresh(state, with_note(under, _note_of(event)))
        case DeedDone(), StaffHome():
            return go(state, StaffHome(note=_note_of(event)), ReadStation())
        case _:
            return refresh(state, under)


def _note_of(event: DeedDone) -> Note | None:
    """Say what was done, in one word and the number of papers it made void."""
    papers = event.printed + event.moving
    match event.about:
        case ReleaseJob():
            return Note(why=Why.RELEASED)
        case SettleJob(is_printed=is_printed):
            return Note(why=Why.SETTLED if is_printed else Why.ANEW)
        case PrintForStaff(is_receipt=is_receipt):
            return Note(why=Why.RECEIPT_AGAIN if is_receipt else Why.LABELS_AGAIN)
        case VoidRegistration():
            return Note(why=Why.VOIDED, count=papers)
        case SendAgain():
            return Note(why=Why.SENT_AGAIN)
        case CloseParked():
            return Note(why=Why.CLOSED)
        case JoinCards(why=why):
            return Note(why=Why.CARD_REPLACED if why == "replaced" else Why.CARDS_JOINED)
        case NoteRestored() | SettleDevice():
            return Note(why=Why.NOTED)
        case about:
            return _note_of_tool(about, event)


def _note_of_tool(about: Asked, event: DeedDone) -> Note | None:
    match about:
        case PrintTrial():
            return Note(why=Why.TEST_SENT)
        case PausePrinting(is_paused=is_paused):
            return Note(why=Why.PAUSED if is_paused else Why.RESUMED)
        case NoteRollChanged():
            return Note(why=Why.ROLL_CHANGED)
        case KeepShift():
            return Note(why=Why.SHIFT_KEPT)
        case RestartQueue():
            return Note(why=Why.RESTARTED, count=event.printed)
        case _:
            return None


def _show_registration(state: State, page: StaffWaiting, event: RegistrationOpened) -> Step:
    if event.registration is None:
        under = with_note(page.under, Note(why=Why.NUMBER_UNKNOWN))
        return go(state, under, *_answer(page, is_good=False))
    shown = RegistrationShown(registration=event.registration, labels=event.labels, age_s=event.age_s)
    return go(state, shown, *_answer(page, is_good=True))


def _show_made_up(state: State, page: StaffWaiting, event: MadeUpRead) -> Step:
    if event.made_up is None:
        under = with_note(page.under, Note(why=Why.NOT_MADE_UP))
        return go(state, under, *_answer(page, is_good=False))
    shown = Presale(made_up=event.made_up, labels=event.labels, origin="found")
    return go(state, shown, *_answer(page, is_good=True))


def _answer(page: StaffWaiting, *, is_good: bool) -> tuple[AnswerScanner, ...]:
    """Answer the scanner, if it was a scan that began this wait."""
    return ((GOOD if is_good else BAD),) if page.is_scanned else ()


def _trouble_after(page: StaffWaiting, event: Unanswered) -> StaffTrouble:
    trouble = StaffTrouble(cause=Cause.NO_ANSWER, asked=page.asked, under=page.under)
    match event:
        case NotStored():
            return replace(trouble, cause=Cause.NOT_STORED)
        case DeskRefused(reason=reason):
            return replace(trouble, cause=Cause.REFUSED, reason=reason)
        case _:
            is_change = isinstance(page.asked, CHANGES)
            return trouble if is_change else replace(trouble, cause=Cause.FAULT)
