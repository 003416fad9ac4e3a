"""What the pages of printer, paper lists and training ask of the world."""

from dataclasses import dataclass
from typing import Literal

from kiosk.flow.effects import Asked
from kiosk.flow.staff_effects import Override, ReadDevices, SignIn
from kiosk.flow.staff_values import Shift


@dataclass(frozen=True, kw_only=True)
class ReadShift(Asked):
    """Read where the print lies on this printer's labels."""


@dataclass(frozen=True, kw_only=True)
class ReadContested(Asked):
    """Read the packages of this station that more than one card has."""


@dataclass(frozen=True, kw_only=True)
class PrintTrial(Override):
    """Print a label that stands for nothing: to see whether the printer prints, or where (``shift``) it prints."""

    what: Literal["test", "calibration"] = "test"
    shift: Shift | None = None


@dataclass(frozen=True, kw_only=True)
class KeepShift(Override):
    """Print from now on a little to the right, or down."""

    shift: Shift


@dataclass(frozen=True, kw_only=True)
class PausePrinting(Override):
    """Let no label go to the printer, or let them go again."""

    is_paused: bool


@dataclass(frozen=True, kw_only=True)
class NoteRollChanged(Override):
    """A new label roll is in, and its first label was looked at: printing goes on."""


@dataclass(frozen=True, kw_only=True)
class RestartQueue(Override):
    """Let everything go that was put off; with ``is_all`` what is in doubt is printed anew, and the old is void."""

    is_all: bool
    reason: str


@dataclass(frozen=True, kw_only=True)
class BeginTraining(Override):
    """Put a desk in place of the real one that forgets everything."""


@dataclass(frozen=True, kw_only=True)
class InTraining(Asked):
    """An effect that the training desk is asked, and never the real one."""

    effect: Asked


ALWAYS_REAL = SignIn | ReadDevices | BeginTraining
"""What is the same in training. The printer is the real one too, but what is written of it is written in training."""
