"""How far a set of labels is, as a person in front of them sees it; the worst news wins (DESIGN 5F)."""

from collections.abc import Sequence
from enum import StrEnum

from kiosk.flow.values import DEAD, MOVING, Label, LabelState, Station


class Stage(StrEnum):
    """How far the labels are."""

    PRINTING = "printing"
    HELD_UP = "held_up"
    MAYBE = "maybe"
    DONE = "done"


def live_labels(labels: Sequence[Label]) -> tuple[Label, ...]:
    """Return the copies that still count: a void or spoiled one has been replaced."""
    return tuple(label for label in labels if label.state not in DEAD)


def stage_of(labels: Sequence[Label], station: Station) -> Stage:
    """Tell the stage from the labels and the printer; the worst news wins."""
    open_labels = [label for label in live_labels(labels) if not label.is_proven]
    if not open_labels:
        return Stage.DONE
    if any(label.state in MOVING for label in open_labels) and station.can_print:
        return Stage.PRINTING
    if all(label.state in (LabelState.MAYBE, LabelState.DEFERRED) for label in open_labels) and any(
        label.state is LabelState.MAYBE for label in open_labels
    ):
        return Stage.MAYBE
    if not station.can_print or all(label.state is LabelState.DEFERRED for label in open_labels):
        return Stage.HELD_UP
    return Stage.PRINTING


def is_moving(labels: Sequence[Label]) -> bool:
    """Say whether a label is on its way to paper right now: that counts as activity."""
    return any(label.state in MOVING for label in labels)
