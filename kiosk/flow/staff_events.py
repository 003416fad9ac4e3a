"""The worker's answers to the staff's pages."""

from dataclasses import dataclass

from kiosk.flow.events import Answer
from kiosk.flow.staff_values import Contested, Devices, Parked, QueuedJob, Recent, Shift
from kiosk.flow.values import Label, Registration
from photocore.roles import Role


@dataclass(frozen=True, kw_only=True)
class SignedIn(Answer):
    """Badge and PIN fit."""

    staff: str
    name: str
    role: Role


@dataclass(frozen=True, kw_only=True)
class SignInRefused(Answer):
    """They do not fit, or (``is_locked``) too many tries went before. Nothing says which of the two was wrong."""

    is_locked: bool
    wait_s: float | None = None


@dataclass(frozen=True, kw_only=True)
class QueueRead(Answer):
    """The label jobs that are not settled, oldest first."""

    jobs: tuple[QueuedJob, ...]


@dataclass(frozen=True, kw_only=True)
class RecentRead(Answer):
    """The newest registrations of this station."""

    registrations: tuple[Recent, ...]


@dataclass(frozen=True, kw_only=True)
class ParkedRead(Answer):
    """The events that wait for a person."""

    parked: tuple[Parked, ...]


@dataclass(frozen=True, kw_only=True)
class ContestedRead(Answer):
    """The packages of this station that more than one card has."""

    contested: tuple[Contested, ...]


@dataclass(frozen=True, kw_only=True)
class ShiftRead(Answer):
    """Where the print lies on this printer's labels."""

    shift: Shift


@dataclass(frozen=True, kw_only=True)
class TrainingBegun(Answer):
    """The training desk is in place."""


@dataclass(frozen=True, kw_only=True)
class DevicesRead(Answer):
    """Everything this station leans on, as it is now."""

    devices: Devices


@dataclass(frozen=True, kw_only=True)
class RegistrationOpened(Answer):
    """One registration with its labels; None when this station does not know the number."""

    number: str
    registration: Registration | None
    labels: tuple[Label, ...] = ()
    age_s: float | None = None


@dataclass(frozen=True, kw_only=True)
class DeedDone(Answer):
    """What a member of staff did is durable; ``printed`` and ``moving`` count papers that are void by it."""

    printed: int = 0
    moving: int = 0
