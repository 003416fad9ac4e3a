"""Put a page into the frame every screen has: store, light, tools, the idle warning, and what a voice would say."""

from collections.abc import Callable
from dataclasses import replace
from math import ceil
from typing import Any

from kiosk.flow.card_pages import CardsJoining, CardsWanted
from kiosk.flow.make_up_pages import Counting, MakeUpConfirming, MakingUp, Presale, ProductWanted, Unnumbered
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
from kiosk.view import spoken
from kiosk.view.access import access_menu, access_tool, greeting
from kiosk.view.cards import view_cards_joining, view_cards_wanted
from kiosk.view.collecting import view_attract, view_confirming, view_registering, view_scanning, view_typing
from kiosk.view.consent import view_privacy
from kiosk.view.endings import view_copy, view_number_unknown, view_undone, view_waiting
from kiosk.view.from_paper import view_paper_time, view_row_wanted
from kiosk.view.making_up import (
    view_counting,
    view_make_up_confirming,
    view_making_up,
    view_product_wanted,
    view_unnumbered,
)
from kiosk.view.phone import view_phone
from kiosk.view.presale import view_presale
from kiosk.view.registered import view_before, view_labelling
from kiosk.view.screen import Button, Overlay, Screen, Strings
from kiosk.view.signing_in import staff_mark, view_pin
from kiosk.view.speaking import invites, language_choice, language_question, language_tool
from kiosk.view.staff import view_home
from kiosk.view.staff_contested import view_contested
from kiosk.view.staff_deeds import view_reason, view_staff_trouble, view_staff_waiting
from kiosk.view.staff_devices import view_devices, view_new_device
from kiosk.view.staff_lists import (
    view_job,
    view_listing,
    view_made_up_wanted,
    view_parked,
    view_registration,
)
from kiosk.view.staff_tools import (
    view_calibrating,
    view_cleaning,
    view_printer,
    view_roll_change,
    view_tools,
    view_training_asked,
)
from kiosk.view.trouble import view_stopped, view_trouble
from kiosk.view.words import light_of

# Each function takes the page type it is filed under.
PAGES: dict[type, Callable[[State, Any, Strings], Screen]] = {
    Attract: view_attract,
    Scanning: view_scanning,
    Confirming: view_confirming,
    Typing: view_typing,
    PrivacyShown: view_privacy,
    Registering: view_registering,
    Labelling: view_labelling,
    PhoneShown: view_phone,
    Waiting: view_waiting,
    Before: view_before,
    Stopped: view_stopped,
    CopyShown: view_copy,
    NumberUnknown: view_number_unknown,
    Undone: view_undone,
    Trouble: view_trouble,
    Unnumbered: view_unnumbered,
    ProductWanted: view_product_wanted,
    Counting: view_counting,
    MakeUpConfirming: view_make_up_confirming,
    MakingUp: view_making_up,
    Presale: view_presale,
    PinPad: view_pin,
    StaffHome: view_home,
    DevicesShown: view_devices,
    NewDeviceAsked: view_new_device,
    Listing: view_listing,
    JobShown: view_job,
    RegistrationShown: view_registration,
    MadeUpWanted: view_made_up_wanted,
    ParkedShown: view_parked,
    ReasonAsked: view_reason,
    StaffWaiting: view_staff_waiting,
    StaffTrouble: view_staff_trouble,
    ToolsShown: view_tools,
    PrinterShown: view_printer,
    Calibrating: view_calibrating,
    RollChange: view_roll_change,
    TrainingAsked: view_training_asked,
    Cleaning: view_cleaning,
    ContestedShown: view_contested,
    PaperRowWanted: view_row_wanted,
    PaperTime: view_paper_time,
    CardsWanted: view_cards_wanted,
    CardsJoining: view_cards_joining,
}


def view(state: State, strings: Strings) -> Screen:
    """Return the whole screen for ``state`` in the language of ``strings``."""
    page = PAGES[type(state.page)](state, state.page, strings)
    framed = replace(
        page,
        store=state.station.store,
        light=light_of(state.station.light, strings),
        tools=() if isinstance(state.page, Cleaning) else (*language_tool(state), access_tool(strings)),
        languages=language_choice(state) if invites(state) else (),
        staff=staff_mark(state, strings),
        leaves=_leaves(state, strings),
        language=state.language,
        foot=_foot(state, strings),
        overlay=_question(state, strings) or page.overlay,
        access=state.access,
    )
    framed = replace(framed, greeting=greeting(state, strings))
    return replace(framed, say=" ".join(one.text for one in spoken.page(framed, strings)))


def _question(state: State, t: Strings) -> Overlay | None:
    """Return what the frame asks, on whatever page it is; the most pressing first."""
    return _warning(state, t) or access_menu(state, t) or language_question(state, t)


def _leaves(state: State, t: Strings) -> tuple[Button, ...]:
    """Return the ways between the parts of a page that is cut up to be read in large text; they move nothing else."""
    if not state.access.is_large:
        return ()
    return (
        Button(id="leaf:before", text=t.gettext("Previous"), icon="back"),
        Button(id="leaf:after", text=t.gettext("More"), icon="forward"),
    )


def _foot(state: State, t: Strings) -> str:
    if isinstance(state.page, Attract):
        if not (state.station.can_store and state.station.has_scanner):
            return ""
        return t.gettext("or just hold your package under the scanner")
    return t.gettext("This screen clears itself when you leave.")


def _warning(state: State, t: Strings) -> Overlay | None:
    left = state.warned_for_s
    if left is None:
        return None
    seconds = ceil(left)
    text = t.ngettext(
        "This screen clears itself in {n} second. What is registered stays registered.",
        "This screen clears itself in {n} seconds. What is registered stays registered.",
        seconds,
    )
    return Overlay(
        title=t.gettext("Still there?"),
        text=text.format(n=seconds),
        share=left / state.warn_s,
        icon="schedule",
        buttons=(
            Button(id="end", text=t.gettext("End now"), icon="close"),
            Button(id="more", text=t.gettext("More time"), icon="schedule", kind="primary"),
        ),
    )
