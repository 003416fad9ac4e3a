"""The receipt's link on the screen, for the shopper's own phone: only when they ask for it (docs/adr/0025).

It is a secret on a public screen. So it is shown to the session that registered and to no other, never in training, and
never once its code may be void.
"""

from collections.abc import Sequence
from dataclasses import replace

from kiosk.flow.stages import Stage, live_labels, stage_of
from kiosk.flow.states import Labelling, State
from kiosk.flow.values import Label, Registration


def can_show_phone(state: State, page: Labelling) -> bool:
    """Say whether the link may be asked for: it is this session's, it opens something, and no label needs a hand."""
    registration = page.registration
    is_theirs = bool(registration.link) and page.origin == "new" and not registration.is_withdrawn
    return is_theirs and not state.is_training and stage_of(page.labels, state.station) in (Stage.DONE, Stage.HELD_UP)


def still_linked(registration: Registration, before: Sequence[Label], after: Sequence[Label]) -> Registration:
    """Return ``registration`` without its link, if its receipt is a new copy: that one has a new access code."""
    return registration if _receipts(before) == _receipts(after) else replace(registration, link="")


def _receipts(labels: Sequence[Label]) -> list[str]:
    return [label.copy for label in live_labels(labels) if label.kind == "receipt"]
