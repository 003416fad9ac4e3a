"""Time: the warning before a session is cleared, the clearing itself, and waits that took too long.

A touch, a scan and a label that moves are all activity (research: pos_kiosk 2.4); a label that is stuck is none, or
a printer that died with it would keep a shopper's card on the screen for ever. Time is in the events.
"""

from dataclasses import replace

from kiosk.flow.asking import give_up_asking
from kiosk.flow.confirming import give_up_waiting
from kiosk.flow.events import Happened, Pressed, Scanned, Touched
from kiosk.flow.labelling import is_moving
from kiosk.flow.moves import Step, end, go, stay
from kiosk.flow.states import Attract, Cause, Labelling, Registering, Scanning, State, Trouble, Waiting


def note_time(state: State, event: Happened) -> State:
    """Return ``state`` with the event's time, and with activity noted where the event is a sign of life."""
    now = max(state.now, event.at)
    state = replace(state, now=now)
    alive = isinstance(event, Pressed | Touched | Scanned) or _works(state)
    return replace(state, active_at=now) if alive else state


def note_labels(before: State, after: State) -> State:
    """Return ``after`` with the time noted, if the labels on its page are not those that were there before."""
    if not isinstance(after.page, Labelling):
        return after
    if isinstance(before.page, Labelling) and before.page.labels == after.page.labels:
        return after
    return replace(after, moved_at=after.now)


def step_time(state: State) -> Step:
    """Let time have its effect, if it is due."""
    page = state.page
    since = _waiting_since(state)
    if since is not None and state.now - since >= state.limits.desk_s:
        return _give_up(state)
    if isinstance(page, Attract | Registering | Waiting):
        return stay(state)
    if state.now - state.active_at >= state.limits.idle_s + state.limits.warn_s:
        return end(state)
    return stay(state)


def next_deadline(state: State) -> float | None:
    """Return when a :class:`kiosk.flow.events.Ticked` is due, in the events' time; None while nothing can become due.

    While the warning shows it is due each second, to count down; otherwise the screen rests.
    """
    since = _waiting_since(state)
    due = [] if since is None else [since + state.limits.desk_s]
    if not isinstance(state.page, Attract | Registering | Waiting):
        warn_at = state.active_at + state.limits.idle_s
        due.append(warn_at if state.now < warn_at else state.now + 1.0)
    return min(due, default=None)


def _works(state: State) -> bool:
    page = state.page
    if isinstance(page, Labelling):
        is_stuck = state.now - state.moved_at >= state.limits.print_s
        return is_moving(page) and state.station.can_print and not is_stuck
    return isinstance(page, Registering | Waiting)


def _waiting_since(state: State) -> float | None:
    page = state.page
    if isinstance(page, Registering | Waiting):
        return page.since
    return page.checking_since if isinstance(page, Scanning) else None


def _give_up(state: State) -> Step:
    page = state.page
    if isinstance(page, Registering):
        return give_up_waiting(state, page)
    if isinstance(page, Waiting):
        return give_up_asking(state, page)
    return go(state, Trouble(cause=Cause.NO_ANSWER, doing="check"))
