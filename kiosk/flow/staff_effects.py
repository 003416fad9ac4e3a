"""What the staff's pages ask of the world. Whatever changes something carries who did it, and why."""

from dataclasses import dataclass, field

from kiosk.flow.effects import Asked
from kiosk.flow.staff_values import NewDevice
from photocore.cards import CardNumber


@dataclass(frozen=True, kw_only=True)
class SignIn(Asked):
    """Ask the staff book whether badge and PIN fit."""

    badge: CardNumber = field(repr=False)
    pin: str = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class ReadQueue(Asked):
    """Read the label jobs that are not settled."""


@dataclass(frozen=True, kw_only=True)
class ReadRecent(Asked):
    """Read this station's newest registrations."""


@dataclass(frozen=True, kw_only=True)
class ReadParked(Asked):
    """Read the events that wait for a person."""


@dataclass(frozen=True, kw_only=True)
class ReadDevices(Asked):
    """Read how everything is that this station leans on."""


@dataclass(frozen=True, kw_only=True)
class OpenRegistration(Asked):
    """Read one registration by its number, and change nothing."""

    number: str


@dataclass(frozen=True, kw_only=True)
class Override(Asked):
    """Something a member of staff does; its answer says that it is durable."""

    staff: str


@dataclass(frozen=True, kw_only=True)
class ReleaseJob(Override):
    """Send a label that was put off."""

    job: int


@dataclass(frozen=True, kw_only=True)
class SettleJob(Override):
    """Somebody looked: the doubtful label is on paper, or it is not and prints anew."""

    job: int
    is_printed: bool


@dataclass(frozen=True, kw_only=True)
class PrintForStaff(Override):
    """New labels of a registration, or (``is_receipt``) a new receipt with a new access code; the old ones are void."""

    claim: str
    reason: str
    is_receipt: bool = False


@dataclass(frozen=True, kw_only=True)
class VoidRegistration(Override):
    """Withdraw a claim for the shopper; its papers become void."""

    claim: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class SendAgain(Override):
    """Write what was parked once more, under a new ID that corrects the old."""

    event_id: str


@dataclass(frozen=True, kw_only=True)
class CloseParked(Override):
    """Take a parked event off the list, with a reason."""

    event_id: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class SettleDevice(Override):
    """A person looked: this device is the new one of its name, or it is not."""

    device: NewDevice
    is_new: bool


@dataclass(frozen=True, kw_only=True)
class NoteRestored(Override):
    """Take note that events came back after an older copy of the journal was put in place."""
