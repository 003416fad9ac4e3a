"""The staff's pages round devices and the room: printer, a new label roll, position of the print, training, cleaning.

Also what a paper list needs to be entered later: which row, and the time that was written on it.
"""

from dataclasses import dataclass
from typing import Literal

from kiosk.flow.notes import Note
from kiosk.flow.staff_values import Contested, Shift

RollStep = Literal["open", "load", "check"]
"""A new label roll: cover open and old roll out; new roll in; one test label printed, to be looked at."""


@dataclass(frozen=True, kw_only=True)
class ToolsShown:
    """What is done now and then: printer, paper lists, training, cleaning, contested packages."""

    note: Note | None = None


@dataclass(frozen=True, kw_only=True)
class PrinterShown:
    """The label printer, and what can be done at it."""

    note: Note | None = None


@dataclass(frozen=True, kw_only=True)
class Calibrating:
    """Where the print lies on the label; None until it is read. ``shift`` is what would be kept."""

    shift: Shift | None = None
    note: Note | None = None


@dataclass(frozen=True, kw_only=True)
class RollChange:
    """The label roll is being changed; printing is paused until it is done or given up."""

    step: RollStep = "open"
    note: Note | None = None


@dataclass(frozen=True, kw_only=True)
class TrainingAsked:
    """Whether training is to begin."""

    note: Note | None = None


@dataclass(frozen=True, kw_only=True)
class Cleaning:
    """The screen takes no touch until ``until``, so that it can be wiped; a badge ends it sooner."""

    until: float
    note: Note | None = None


@dataclass(frozen=True, kw_only=True)
class ContestedShown:
    """One package that more than one card has, and what is known of the claims."""

    contested: Contested
    note: Note | None = None


@dataclass(frozen=True, kw_only=True)
class PaperRowWanted:
    """A row of a paper list is looked for, by its square code."""

    note: Note | None = None


@dataclass(frozen=True, kw_only=True)
class PaperTime:
    """The day and time written in that row: six digits."""

    row: str
    text: str = ""
    note: Note | None = None


ToolPage = (
    ToolsShown
    | PrinterShown
    | Calibrating
    | RollChange
    | TrainingAsked
    | Cleaning
    | ContestedShown
    | PaperRowWanted
    | PaperTime
)
"""A page of this module."""
