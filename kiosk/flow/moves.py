"""The few ways a state can move; every step module says what happens with these.

A step's answer is the new state and what is asked of the world.
"""

from dataclasses import replace

from kiosk.flow.effects import AnswerScanner, Effect
from kiosk.flow.focus import fresh_access
from kiosk.flow.states import Attract, Page, State

Step = tuple[State, tuple[Effect, ...]]

GOOD = AnswerScanner(is_good=True)
BAD = AnswerScanner(is_good=False)


def stay(state: State, *effects: Effect) -> Step:
    """Keep the page."""
    return state, effects


def go(state: State, page: Page, *effects: Effect) -> Step:
    """Show another page, or the same one changed."""
    return replace(state, page=page), effects


def reset(state: State) -> State:
    """End the session: everything the shopper brought or chose is gone, and late answers find another number.

    Whoever of the staff was signed in is so no more, and the screen speaks the kiosk's own language again.
    """
    return replace(
        state,
        page=Attract(),
        session=state.session + 1,
        active_at=state.now,
        touched_at=state.now,
        access=fresh_access(state.station),
        staff=None,
        is_training=False,
        language=state.home_language,
        is_choosing_language=False,
        is_choosing_access=False,
    )


def renew(state: State, page: Page, *effects: Effect) -> Step:
    """Begin another errand of the same member of staff: late answers to the last one find another number."""
    return replace(state, page=page, session=state.session + 1), effects


def end(state: State, *effects: Effect) -> Step:
    """End the session and wait for the next shopper."""
    return reset(state), effects
