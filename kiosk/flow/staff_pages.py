"""The staff's pages: the PIN pad, home, lists, and one thing of each list with what can be done about it.

None holds anything of a shopper beyond a registration number and a masked card.
"""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from kiosk.flow.effects import Asked
from kiosk.flow.notes import Note
from kiosk.flow.staff_effects import Override, SignIn
from kiosk.flow.staff_values import Contested, Deed, Devices, NewDevice, Parked, QueuedJob, Reason, Recent
from kiosk.flow.tool_pages import ToolPage
from kiosk.flow.values import Label, Registration
from photocore.cards import CardNumber

if TYPE_CHECKING:
    from kiosk.flow.states import Cause, Page


@dataclass(frozen=True, kw_only=True)
class PinPad:
    """A badge was shown; now its PIN. ``under`` is where to go on, signed in or not."""

    badge: CardNumber = field(repr=False)
    under: "Page"
    text: str = field(default="", repr=False)
    refused: Literal["", "wrong", "locked", "fault"] = ""
    wait_s: float | None = None
    """How long the badge is locked, where it is."""
    note: Note | None = None
    asked: SignIn | None = field(default=None, repr=False)
    since: float | None = None


@dataclass(frozen=True, kw_only=True)
class StaffHome:
    """Where the staff's pages begin."""

    note: Note | None = None


@dataclass(frozen=True, kw_only=True)
class DevicesShown:
    """Everything the station leans on; None until it is read."""

    devices: Devices | None = None
    start: int = 0
    """The first line shown, where there are more than one page holds."""
    note: Note | None = None


@dataclass(frozen=True, kw_only=True)
class NewDeviceAsked:
    """Whether a device that was plugged in is the new one of a name that is missing."""

    device: NewDevice
    note: Note | None = None


ListName = Literal["queue", "recent", "parked", "contested"]
Line = QueuedJob | Recent | Parked | Contested


@dataclass(frozen=True, kw_only=True)
class Listing:
    """One of the lists; ``lines`` is None until it is read, ``start`` the first line shown."""

    what: ListName
    lines: tuple[Line, ...] | None = None
    start: int = 0
    note: Note | None = None


@dataclass(frozen=True, kw_only=True)
class JobShown:
    """One label job, and what can be done about it."""

    job: QueuedJob
    note: Note | None = None


@dataclass(frozen=True, kw_only=True)
class RegistrationShown:
    """One registration for staff: no card is shown, as nobody showed one."""

    registration: Registration
    labels: tuple[Label, ...] = ()
    age_s: float | None = None
    note: Note | None = None


@dataclass(frozen=True, kw_only=True)
class MadeUpWanted:
    """A made-up package is looked for; its package label or one of its roll labels names it."""

    note: Note | None = None


@dataclass(frozen=True, kw_only=True)
class ParkedShown:
    """One event the photoservice set aside, and what can be done about it."""

    parked: Parked
    note: Note | None = None


@dataclass(frozen=True, kw_only=True)
class ReasonAsked:
    """A reason is asked for; with one chosen, whether it is really meant. ``under`` is the page it is about."""

    deed: Deed
    under: "Page"
    reason: Reason | None = None
    note: Note | None = None


@dataclass(frozen=True, kw_only=True)
class StaffWaiting:
    """The desk is at work for staff, for the answer to ``asked``. ``under`` is where to go on."""

    asked: Asked = field(repr=False)
    since: float
    under: "Page"
    is_scanned: bool = False
    """A scan began this: the scanner is owed an answer."""


@dataclass(frozen=True, kw_only=True)
class StaffTrouble:
    """What staff asked for did not work, or nobody can tell; ``asked`` is what it was, and ``under`` the way back."""

    cause: "Cause"
    asked: Asked | None = field(default=None, repr=False)
    under: "Page"
    reason: str = ""

    @property
    def was_deed(self) -> bool:
        """Say whether something was to change."""
        return isinstance(self.asked, Override)


StaffPage = (
    StaffHome
    | DevicesShown
    | NewDeviceAsked
    | Listing
    | JobShown
    | RegistrationShown
    | MadeUpWanted
    | ParkedShown
    | ReasonAsked
    | StaffWaiting
    | StaffTrouble
    | ToolPage
)
"""A page for staff alone: without somebody signed in there is none."""
