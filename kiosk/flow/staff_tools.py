"""Printer, label roll, position of the print, cleaning and training: what staff do for the room, not for a shopper.

Whatever changes something is an override with who did it. Test labels stand for nothing and void nothing; paper of
shoppers is only ever touched through the queue (DESIGN 5F).
"""

from dataclasses import replace

from kiosk.flow.events import Happened, Pressed, Scanned, Unanswered
from kiosk.flow.moves import BAD, GOOD, Step, go, stay
from kiosk.flow.notes import Note, Why
from kiosk.flow.signing_in import ask_pin, go_home
from kiosk.flow.staff import open_number, refresh, take_staff_scan, wait_for
from kiosk.flow.staff_events import ShiftRead
from kiosk.flow.staff_pages import Listing, StaffHome, StaffTrouble
from kiosk.flow.staff_values import Shift
from kiosk.flow.states import Cause, State
from kiosk.flow.tool_effects import (
    BeginTraining,
    KeepShift,
    NoteRollChanged,
    PausePrinting,
    PrintTrial,
    ReadShift,
)
from kiosk.flow.tool_pages import (
    Calibrating,
    Cleaning,
    ContestedShown,
    PaperRowWanted,
    PrinterShown,
    RollChange,
    ToolsShown,
    TrainingAsked,
)
from kiosk.flow.values import Printer
from photocore.roles import Duty
from photocore.scans import BadgeScan

CLEANING_S = 45.0
"""Long enough to wipe a screen, and short enough that nobody takes the kiosk for broken."""

SHIFT_STEP, SHIFT_MOST = 5, 50
"""Tenths of a millimetre."""

TOOL_DUTIES: dict[str, Duty] = {
    "printer": "paper",
    "from_paper": "from_paper",
    "contested": "contested",
    "training": "training",
    "cleaning": "cleaning",
}
"""The lines of the tools page, each with the duty it is of."""


def step_tools(state: State, page: ToolsShown, event: Happened) -> Step:
    """Lead to what was touched, as far as the role allows it."""
    match event:
        case Pressed(button="back"):
            return go_home(state)
        case Pressed(button=button) if button in TOOL_DUTIES:
            return _open_tool(state, page, button)
        case Scanned(scan=scan):
            return take_staff_scan(state, page, scan)
        case _:
            return stay(state)


def _open_tool(state: State, page: ToolsShown, button: str) -> Step:
    if not (state.staff and state.staff.may(TOOL_DUTIES[button])):
        return go(state, replace(page, note=Note(why=Why.ROLE)))
    match button:
        case "printer":
            return go(state, PrinterShown())
        case "from_paper":
            return go(state, PaperRowWanted())
        case "contested":
            return refresh(state, Listing(what="contested"))
        case "cleaning":
            return go(replace(state, touched_at=state.now), Cleaning(until=state.now + CLEANING_S))
        case _:
            return go(state, TrainingAsked())


def step_printer(state: State, page: PrinterShown, event: Happened) -> Step:
    """Take what is wanted of the printer."""
    staff, session = state.staff, state.session
    if staff is None:
        return stay(state)
    is_paused = state.station.printer is Printer.PAUSED
    match event:
        case Pressed(button="back"):
            return go(state, ToolsShown())
        case Pressed(button="test_print"):
            return wait_for(state, PrintTrial(session=session, staff=staff.id), page)
        case Pressed(button="roll_change"):
            pause = PausePrinting(session=session, staff=staff.id, is_paused=True)
            return wait_for(state, pause, RollChange())
        case Pressed(button="pause" | "resume" as button) if (button == "resume") is is_paused:
            return wait_for(state, PausePrinting(session=session, staff=staff.id, is_paused=not is_paused), page)
        case Pressed(button="calibrate") if staff.may("calibrate"):
            return go(state, Calibrating(), ReadShift(session=session))
        case Scanned(scan=scan):
            return take_staff_scan(state, page, scan)
        case _:
            return stay(state)


def step_calibrating(state: State, page: Calibrating, event: Happened) -> Step:
    """Move the print by half a millimetre at a touch, look at it on a label, and keep it."""
    staff, session, shift = state.staff.id if state.staff else "", state.session, page.shift
    match event:
        case ShiftRead(shift=found) if shift is None:
            return go(state, replace(page, shift=found))
        case Unanswered(about=ReadShift()) if shift is None:
            return go(state, StaffTrouble(cause=Cause.FAULT, asked=event.about, under=PrinterShown()))
        case Pressed(button="back"):
            return go(state, PrinterShown())
        case Pressed(button="left" | "right" | "up" | "down" as way) if shift:
            return go(state, replace(page, shift=moved(shift, way), note=None))
        case Pressed(button="print") if shift:
            trial = PrintTrial(session=session, staff=staff, what="calibration", shift=shift)
            return wait_for(state, trial, page)
        case Pressed(button="keep") if shift:
            return wait_for(state, KeepShift(session=session, staff=staff, shift=shift), PrinterShown())
        case Scanned(scan=scan):
            return take_staff_scan(state, page, scan)
        case _:
            return stay(state)


def moved(shift: Shift, way: str) -> Shift:
    """Return ``shift`` half a millimetre further, never beyond what a label can take."""
    right = shift.right + {"left": -SHIFT_STEP, "right": SHIFT_STEP}.get(way, 0)
    down = shift.down + {"up": -SHIFT_STEP, "down": SHIFT_STEP}.get(way, 0)
    return Shift(right=max(-SHIFT_MOST, min(SHIFT_MOST, right)), down=max(-SHIFT_MOST, min(SHIFT_MOST, down)))


def step_roll_change(state: State, page: RollChange, event: Happened) -> Step:
    """Guide through a change of the label roll; printing goes on when the test label was good, or it is given up."""
    staff, session = state.staff.id if state.staff else "", state.session
    trial = PrintTrial(session=session, staff=staff)
    match event, page.step:
        case Pressed(button="cancel"), _:
            return wait_for(state, PausePrinting(session=session, staff=staff, is_paused=False), PrinterShown())
        case Pressed(button="go_on"), "open":
            return go(state, RollChange(step="load"))
        case Pressed(button="go_on"), "load":
            return wait_for(state, trial, RollChange(step="check"))
        case Pressed(button="again"), "check":
            return wait_for(state, trial, RollChange(step="check"))
        case Pressed(button="good"), "check":
            return wait_for(state, NoteRollChanged(session=session, staff=staff), PrinterShown())
        case Scanned(), _:
            return go(state, replace(page, note=Note(why=Why.ROLL_FIRST)), BAD)
        case _:
            return stay(state)


def step_training_asked(state: State, page: TrainingAsked, event: Happened) -> Step:
    """Begin to train, once it is meant."""
    match event:
        case Pressed(button="back"):
            return go(state, ToolsShown())
        case Pressed(button="begin") if state.staff and not state.is_training:
            return wait_for(state, BeginTraining(session=state.session, staff=state.staff.id), page)
        case Scanned(scan=scan):
            return take_staff_scan(state, page, scan)
        case _:
            return stay(state)


def step_cleaning(state: State, page: Cleaning, event: Happened) -> Step:
    """Take no touch; a badge ends it."""
    match event:
        case Scanned(scan=BadgeScan(card=badge)):
            under = replace(state, touched_at=state.now)
            return go(under, ToolsShown(), GOOD) if _is_theirs(state, event) else ask_pin(under, badge, ToolsShown())
        case Scanned():
            return stay(state, BAD)
        case _:
            return stay(state)


def _is_theirs(state: State, event: Scanned) -> bool:
    return state.staff is not None and isinstance(event.scan, BadgeScan) and event.scan.card == state.staff.badge


def end_cleaning(state: State) -> Step:
    """Show the tools again: the time is over, and wiping was no sign that nobody is here."""
    return go(replace(state, touched_at=state.now, active_at=state.now), ToolsShown())


def step_contested(state: State, page: ContestedShown, event: Happened) -> Step:
    """Show one contested package; what can be done is at its registration, and with the photoservice."""
    match event:
        case Pressed(button="back"):
            return refresh(state, Listing(what="contested"))
        case Pressed(button="open"):
            return open_number(state, page.contested.number, page)
        case Scanned(scan=scan):
            return take_staff_scan(state, page, scan)
        case _:
            return stay(state)


def begin_training(state: State) -> Step:
    """Show that it is training now; what is asked from here on is asked of the training desk."""
    return go(replace(state, is_training=True, touched_at=state.now), StaffHome(note=Note(why=Why.TRAINING)))
