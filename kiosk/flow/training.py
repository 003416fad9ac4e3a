"""Training ends with whoever began it: no shopper may ever stand before a kiosk that forgets what they do.

Every walk of a trainee ends like a shopper's, which signs staff out; so while somebody of the staff touches or scans,
it leads back to the staff's page, in training still. No page that invites a shopper is ever shown in training. By
time, by "End now", by signing out and by a restart it is over (S6).
"""

from dataclasses import replace

from kiosk.flow.effects import Asked, Effect, EndTraining
from kiosk.flow.events import Happened, Pressed, Scanned
from kiosk.flow.moves import Step, go
from kiosk.flow.notes import Note, Why
from kiosk.flow.staff_pages import StaffHome
from kiosk.flow.states import Attract, State
from kiosk.flow.tool_effects import ALWAYS_REAL, InTraining


def keep_training(before: State, event: Happened, after: Step) -> Step:
    """Return ``after`` in training still, if a trainee's touch or scan ended a walk; else with the training ended."""
    state, effects = after
    if not before.is_training or state.is_training:
        return after
    if not isinstance(event, Pressed | Scanned) or _is_leaving(event):
        return state, (*effects, EndTraining())
    kept = replace(state, is_training=True, staff=before.staff)
    return go(kept, StaffHome(note=Note(why=Why.TRAINING)) if isinstance(kept.page, Attract) else kept.page, *effects)


def _is_leaving(event: Happened) -> bool:
    """Say whether it is over by a touch: whoever answers "Still there?" with the end may be the next shopper."""
    return isinstance(event, Pressed) and event.button in {"sign_out", "end"}


def addressed(state: State, effect: Effect) -> Effect:
    """Return ``effect`` as the worker takes it: to the training desk while training, but for people and devices."""
    if state.is_training and isinstance(effect, Asked) and not isinstance(effect, ALWAYS_REAL):
        return InTraining(session=effect.session, effect=effect)
    return effect
