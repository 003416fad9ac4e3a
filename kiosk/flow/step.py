"""One step of the kiosk: ``step(state, event) -> (state, effects)``. Pure: no Kivy, no clock, no desk.

The order of the questions is the rule of the house: is it an answer to an older session (drop it); what does the
event say about time and about the station; is somebody being warned; and only then what it means on this page.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from kiosk.flow.asking import step_plain, step_stopped, step_trouble, step_waiting
from kiosk.flow.card_pages import CardsJoining, CardsWanted
from kiosk.flow.cards import step_cards_joining, step_cards_wanted
from kiosk.flow.confirming import step_confirming, step_registering
from kiosk.flow.consent import step_privacy
from kiosk.flow.easing import choose, is_choice
from kiosk.flow.effects import ReadStation
from kiosk.flow.events import (
    Answer,
    Happened,
    JournalMoved,
    Pressed,
    PrinterSaid,
    Scanned,
    ScannerSaid,
    StationRead,
    Ticked,
    TypedRead,
)
from kiosk.flow.focus import Attended, attend
from kiosk.flow.from_paper import step_paper_time, step_row_wanted
from kiosk.flow.guest import step_collecting
from kiosk.flow.idle import next_deadline, note_labels, note_time, step_time
from kiosk.flow.labelling import step_before, step_labelling, step_phone
from kiosk.flow.make_up_pages import Counting, MakeUpConfirming, MakingUp, Presale, ProductWanted, Unnumbered
from kiosk.flow.making_up import (
    step_counting,
    step_make_up_confirming,
    step_making_up,
    step_product_wanted,
    step_unnumbered,
)
from kiosk.flow.moves import BAD, Step, end, go, stay
from kiosk.flow.presale import step_presale
from kiosk.flow.scanning import start_with
from kiosk.flow.signing_in import go_home, may_leave, sign_out, step_pin
from kiosk.flow.staff import (
    step_home,
    step_job,
    step_listing,
    step_made_up_wanted,
    step_parked,
    step_registration,
)
from kiosk.flow.staff_deeds import step_reason, step_staff_trouble, step_staff_waiting
from kiosk.flow.staff_devices import step_devices, step_new_device
from kiosk.flow.staff_pages import (
    DevicesShown,
    JobShown,
    Listing,
    MadeUpWanted,
    NewDeviceAsked,
    ParkedShown,
    PinPad,
    ReasonAsked,
    RegistrationShown,
    StaffHome,
    StaffTrouble,
    StaffWaiting,
)
from kiosk.flow.staff_tools import (
    step_calibrating,
    step_cleaning,
    step_contested,
    step_printer,
    step_roll_change,
    step_tools,
    step_training_asked,
)
from kiosk.flow.states import (
    Attract,
    Before,
    Confirming,
    CopyShown,
    Labelling,
    NumberUnknown,
    PhoneShown,
    PrivacyShown,
    Registering,
    Scanning,
    State,
    Stopped,
    Trouble,
    Typing,
    Undone,
    Waiting,
)
from kiosk.flow.tool_pages import (
    Calibrating,
    Cleaning,
    ContestedShown,
    PaperRowWanted,
    PaperTime,
    PrinterShown,
    RollChange,
    ToolsShown,
    TrainingAsked,
)
from kiosk.flow.training import keep_training
from kiosk.flow.typing_in import step_typing
from photocore.symbology import (
    BadgeScan,
    CardScan,
    CartridgeScan,
    CopyScan,
    PackageScan,
    ProductScan,
    ReceiptScan,
    RollScan,
)

__all__ = ["expected_kinds", "next_deadline", "step"]


def step(state: State, event: Happened) -> Step:
    """Return the next state and what is asked of the world."""
    return keep_training(state, event, _step(state, event))


def _step(state: State, event: Happened) -> Step:
    if isinstance(event, Answer) and event.session != state.session:
        return stay(state)
    was_warned = state.warned_for_s is not None
    state = note_time(state, event)
    if isinstance(event, Attended):
        return stay(attend(state, event))
    match event:
        case StationRead() | PrinterSaid() | ScannerSaid():
            state = _hear_station(state, event)
            return _step_page(state, event) if isinstance(state.page, DevicesShown) else stay(state)
        case Ticked():
            return step_time(state)
        case Pressed() if isinstance(state.page, Cleaning):
            return stay(state)
        case Pressed(button=button) if was_warned:
            return end(state) if button == "end" else stay(state)
        case Pressed(button=button) if is_choice(state, button):
            return choose(state, button)
        case Pressed(button="staff_home") if state.staff and may_leave(state.page, state):
            return go_home(state)
        case Pressed(button="sign_out") if state.staff and not state.is_at_work:
            return sign_out(state)
        case _:
            if isinstance(event, Scanned):
                state = replace(state, is_choosing_language=False, is_choosing_access=False)
            after, effects = _step_page(state, event)
            return note_labels(state, after), effects


def _hear_station(state: State, event: StationRead | PrinterSaid | ScannerSaid) -> State:
    station = state.station
    match event:
        case StationRead(store=store):
            heard = replace(
                station,
                light=event.light,
                store=store or station.store,
                prints_labels=event.prints_labels,
                make_up=event.make_up,
                troubles=event.troubles,
            )
        case PrinterSaid(printer=printer):
            heard = replace(station, printer=printer)
        case ScannerSaid(is_there=is_there):
            heard = replace(station, has_scanner=is_there)
    return replace(state, station=heard)


def _step_page(state: State, event: Happened) -> Step:
    page = state.page
    if isinstance(page, Typing | PrivacyShown) and isinstance(event, Scanned):
        return _step_page(replace(state, page=page.under), event)
    if isinstance(page, Typing) and isinstance(event, Answer) and not isinstance(event, TypedRead):
        return _step_under(state, page, event)
    after, effects = PAGES[type(page)](state, page, event)
    if isinstance(event, JournalMoved):
        return after, (ReadStation(), *effects)
    return after, effects


def _step_under(state: State, page: Typing, event: Answer) -> Step:
    """Let the page under the keypad take its answer; the keypad stays unless that leads elsewhere."""
    after, effects = _step_page(replace(state, page=page.under), event)
    if isinstance(after.page, Scanning | Confirming | Listing) and type(after.page) is type(page.under):
        return replace(after, page=replace(page, under=after.page)), effects
    return after, effects


def step_attract(state: State, page: Attract, event: Happened) -> Step:
    """Begin a session by a touch or by any code, unless what it would lead to could not be stored; staff may look."""
    del page
    match event:
        case Pressed(button="start") if state.station.can_store:
            return go(state, Scanning())
        case Pressed(button="check"):
            return stay(state, ReadStation())
        case Scanned(scan=scan) if state.station.can_store or isinstance(scan, BadgeScan):
            return start_with(state, scan)
        case Scanned():
            return stay(state, BAD, ReadStation())
        case _:
            return stay(state)


# Each handler takes the page type it is filed under; the table is the one place that knows the pairing.
PAGES: dict[type, Callable[[State, Any, Happened], Step]] = {
    Attract: step_attract,
    Scanning: step_collecting,
    Confirming: step_confirming,
    Typing: step_typing,
    PrivacyShown: step_privacy,
    Registering: step_registering,
    Labelling: step_labelling,
    PhoneShown: step_phone,
    Waiting: step_waiting,
    Before: step_before,
    Stopped: step_stopped,
    CopyShown: step_plain,
    NumberUnknown: step_plain,
    Undone: step_plain,
    Trouble: step_trouble,
    Unnumbered: step_unnumbered,
    ProductWanted: step_product_wanted,
    Counting: step_counting,
    MakeUpConfirming: step_make_up_confirming,
    MakingUp: step_making_up,
    Presale: step_presale,
    PinPad: step_pin,
    StaffHome: step_home,
    DevicesShown: step_devices,
    NewDeviceAsked: step_new_device,
    Listing: step_listing,
    JobShown: step_job,
    RegistrationShown: step_registration,
    MadeUpWanted: step_made_up_wanted,
    ParkedShown: step_parked,
    ReasonAsked: step_reason,
    StaffWaiting: step_staff_waiting,
    StaffTrouble: step_staff_trouble,
    ToolsShown: step_tools,
    PrinterShown: step_printer,
    Calibrating: step_calibrating,
    RollChange: step_roll_change,
    TrainingAsked: step_training_asked,
    Cleaning: step_cleaning,
    ContestedShown: step_contested,
    PaperRowWanted: step_row_wanted,
    PaperTime: step_paper_time,
    CardsWanted: step_cards_wanted,
    CardsJoining: step_cards_joining,
}


def expected_kinds(state: State) -> tuple[type, ...]:
    """Return what this page asks for; it settles which of two meanings a code has, and never makes one."""
    page = state.page.under if isinstance(state.page, Typing | PrivacyShown) else state.page
    if isinstance(page, Scanning) and page.item and not page.card:
        return (CardScan,)
    if isinstance(page, Scanning) and page.card and not page.item:
        return (PackageScan, RollScan)
    match page:
        case Labelling() | PhoneShown() | Presale() | MadeUpWanted():
            return (CopyScan,)
        case ProductWanted():
            return (ProductScan,)
        case Counting():
            return (CardScan, CartridgeScan)
        case Unnumbered() | MakeUpConfirming():
            return (CardScan,)
        case CardsJoining():
            return (CardScan,)
        case Listing():
            return (ReceiptScan,)
        case _:
            return ()
