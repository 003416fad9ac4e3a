"""Training ends with whoever began it: no shopper may ever stand before a kiosk that forgets what they do.

Every walk of a trainee ends like a shopper's, which signs staff out; so while somebody of the staff touches or scans,
the next walk begins in training too. By time, by "End now", by signing out and by a restart it is over (S6).
"""

from dataclasses import replace

from kiosk.flow.effects import Asked, Effect, EndTraining
from kiosk.flow.events import Happened, Pressed, Scanned
from kiosk.flow.moves import Step, go
from kiosk.flow.states import Attract, Scanning, State
from kiosk.flow.tool_effects import ALWAYS_REAL, InTraining


def keep_training(before: State, event: Happened, after: Step) -> Step:
    """Return ``after`` in training still, if a trainee's touch or scan ended a walk; else with the training ended."""
    state, effects = after
    if not before.is_training or state.is_training:
        return after
    if not isinstance(event, Pressed | Scanned) or _is_leaving(event):
        return state, (*effects, EndTraining())
    kept = replace(state, is_training=True, staff=before.staff)
    return go(kept, Scanning() if isinstance(kept.page, Attract) else kept.page, *effects)


def _is_leaving(event: Happened) -> bool:
    """Say whether it is over by a touch: whoever answers "Still there?" with the end may be the next shopper."""
    return isinstance(event, Pressed) and event.button in {"sign_out", "end"}


def addressed(state: State, effect: Effect) -> Effect:
    """Return ``effect`` as the worker takes it: to the training desk while training, but for people and devices."""
    if state.is_training and isinstance(effect, Asked) and not isinstance(effect, ALWAYS_REAL):
        return InTraining(session=effect.session, effect=effect)
    return effect
