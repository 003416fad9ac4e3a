"""Time: the warning before a session is cleared, the clearing itself, and waits that took too long.

A touch, a key, a scan, a sentence that is spoken and a label that moves are all activity (research: pos_kiosk 2.4);
a label that is stuck is none, or a printer that died with it would keep a shopper's card on the screen for ever.
Staff are signed out by their own clock, which only a person's touch, key or scan turns back. Time is in the events.

While the warning shows, a key that only walks from one button to the other keeps it there with its whole time again,
so that both can be reached; pressing, scanning or touching anything but the end gives more time, as often as wanted.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from kiosk.flow.asking import give_up_asking
from kiosk.flow.confirming import give_up_waiting
from kiosk.flow.events import Focused, Happened, Keyed, Pressed, Scanned, Spoke, Touched
from kiosk.flow.focus import fresh_access
from kiosk.flow.make_up_pages import Counting, MakingUp, Presale
from kiosk.flow.making_up import give_up_making, give_up_preparing
from kiosk.flow.moves import Step, end, go, stay
from kiosk.flow.signing_in import give_up_signing_in, sign_out
from kiosk.flow.staff_deeds import give_up_waiting_for_staff
from kiosk.flow.staff_pages import PinPad, StaffWaiting
from kiosk.flow.staff_tools import end_cleaning
from kiosk.flow.stages import is_moving
from kiosk.flow.states import Attract, Cause, Labelling, Registering, Scanning, State, Trouble, Waiting
from kiosk.flow.tool_pages import Cleaning


def note_time(state: State, event: Happened) -> State:
    """Return ``state`` with the event's time, and with activity noted where the event is a sign of life."""
    is_warned = state.warned_for_s is not None
    now = max(state.now, event.at)
    state = replace(state, now=now)
    match event:
        case Pressed() | Touched() | Scanned():
            return replace(state, active_at=now, touched_at=now)
        case Focused() | Keyed():
            is_walking = is_warned and state.access.focus
            return replace(state, active_at=now - state.idle_s if is_walking else now, touched_at=now)
        case Spoke() if not is_warned:
            return replace(state, active_at=now)
        case _:
            pass
    return replace(state, active_at=now) if _works(state) else state


def note_labels(before: State, after: State) -> State:
    """Return ``after`` with the time noted, if the labels on its page are not those that were there before."""
    if not isinstance(after.page, Labelling | Presale):
        return after
    if isinstance(before.page, Labelling | Presale) and before.page.labels == after.page.labels:
        return after
    return replace(after, moved_at=after.now)


def step_time(state: State) -> Step:
    """Let time have its effect, if it is due."""
    since = _waiting_since(state)
    if since is not None and state.now - since >= state.limits.desk_s:
        return GIVE_UP[type(state.page)](state, state.page)
    if state.is_at_work:
        return stay(state)
    if isinstance(state.page, Cleaning):
        return end_cleaning(state) if state.now >= state.page.until else stay(state)
    if isinstance(state.page, Attract):
        is_over = _is_chosen(state) and state.now - state.active_at >= state.idle_s
        return end(state) if is_over else stay(state)
    if state.now - state.active_at >= state.idle_s + state.warn_s:
        return end(state)
    if state.staff and state.now - state.touched_at >= state.staff_s:
        return sign_out(state)
    return stay(state)


def next_deadline(state: State) -> float | None:
    """Return when a :class:`kiosk.flow.events.Ticked` is due, in the events' time; None while nothing can become due.

    While the warning shows it is due each second, to count down; otherwise the screen rests.
    """
    since = _waiting_since(state)
    due = [] if since is None else [since + state.limits.desk_s]
    warn_at = state.active_at + state.idle_s
    if isinstance(state.page, Cleaning):
        due.append(min(state.page.until, state.now + 1.0))
    elif isinstance(state.page, Attract):
        due += [warn_at] if _is_chosen(state) else []
    elif not state.is_at_work:
        due.append(warn_at if state.now < warn_at else state.now + 1.0)
        due += [state.touched_at + state.staff_s] if state.staff else []
    return min(due, default=None)


def _is_chosen(state: State) -> bool:
    """Say whether somebody chose a language or a way to see and hear on the attract page, and may have gone."""
    is_asking = state.is_choosing_language or state.is_choosing_access
    is_changed = state.access != fresh_access(state.station) or state.language != state.home_language
    return is_asking or is_changed


def _works(state: State) -> bool:
    page = state.page
    if isinstance(page, Labelling | Presale):
        is_stuck = state.now - state.moved_at >= state.limits.print_s
        return is_moving(page.labels) and state.station.can_print and not is_stuck
    return state.is_at_work


def _waiting_since(state: State) -> float | None:
    match state.page:
        case Registering() | Waiting() | MakingUp() | StaffWaiting() | PinPad() | Counting() as page:
            return page.since
        case Scanning(checking_since=since):
            return since
        case _:
            return None


def _give_up_checking(state: State, page: Scanning) -> Step:
    del page
    return go(state, Trouble(cause=Cause.NO_ANSWER, doing="check"))


# Each takes the page type it is filed under.
GIVE_UP: dict[type, Callable[[State, Any], Step]] = {
    Registering: give_up_waiting,
    Waiting: give_up_asking,
    MakingUp: give_up_making,
    StaffWaiting: give_up_waiting_for_staff,
    PinPad: give_up_signing_in,
    Counting: give_up_preparing,
    Scanning: _give_up_checking,
}
