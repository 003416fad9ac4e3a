"""What the staff's pages show: who is signed in, jobs, parked events, devices; values, in the kiosk's own words."""

from dataclasses import dataclass, field
from typing import Literal

from kiosk.flow.values import LabelState, Level, Printer
from photocore.cards import CardNumber
from photocore.roles import Duty, Role, may


@dataclass(frozen=True, kw_only=True)
class Staff:
    """Who of the staff is signed in. ``id`` is the random word their overrides bear."""

    id: str
    name: str
    badge: CardNumber = field(repr=False)
    role: Role = "manager"

    def may(self, duty: Duty) -> bool:
        """Say whether their role allows ``duty``."""
        return may(self.role, duty)


@dataclass(frozen=True, kw_only=True)
class QueuedJob:
    """One label job that is not settled. ``number`` is its registration's; ``package`` what was made up."""

    job: int
    kind: Literal["roll", "package", "receipt"]
    state: LabelState
    place: int
    of: int
    registration: str | None = None
    package: str | None = None
    age_s: float | None = None

    @property
    def can_release(self) -> bool:
        """Say whether it was put off, so that a person may send it again."""
        return self.state is LabelState.DEFERRED

    @property
    def is_doubtful(self) -> bool:
        """Say whether nobody knows if it came out."""
        return self.state is LabelState.MAYBE


@dataclass(frozen=True, kw_only=True)
class Recent:
    """One registration of this station, in a line."""

    number: str
    name: str = ""
    rolls: int = 0
    level: Level = Level.HERE
    age_s: float | None = None


@dataclass(frozen=True, kw_only=True)
class Parked:
    """An event the photoservice set aside until a person looks: never dropped, and blocking nothing."""

    id: str
    kind: str
    cause: str
    reason: str
    item: str | None = None
    number: str | None = None
    can_resend: bool = False
    needs_rescan: bool = False
    age_s: float | None = None


@dataclass(frozen=True, kw_only=True)
class NewDevice:
    """A device without a name that may be the new one of a name that is missing. ``title`` is its own words.

    ``node`` and ``identity`` tell it from every other, so that the answer is about the one that was asked about.
    """

    name: str
    title: str
    node: str
    identity: tuple[str, ...] = ()
    is_same_model: bool = True


@dataclass(frozen=True, kw_only=True)
class Place:
    """What the device book has to say of one name, where not all is as it should be."""

    new: NewDevice | None = None
    """Staff should be asked about this one."""
    is_unclear: bool = False
    """Several devices could be it, so none is used."""
    swapped_with: str = ""
    """The name that it stands in each other's sockets with."""


@dataclass(frozen=True, kw_only=True)
class ScannerSeen:
    """A scanner as the station sees it; ``good_s`` is how long ago a code of it was taken.

    ``outages`` and ``lost`` (codes that did not come through whole) count from the start.
    """

    name: str
    is_there: bool
    good_s: float | None = None
    outages: int = 0
    lost: int = 0
    is_doubted: bool = False
    """It is there, and what it sends tells that its settings are not those of its profile any more."""
    place: Place = field(default_factory=Place)


@dataclass(frozen=True, kw_only=True)
class PrinterSeen:
    """A printer as it tells of itself; ``good_s`` is how long ago it proved a label."""

    name: str
    printer: Printer
    good_s: float | None = None
    place: Place = field(default_factory=Place)


@dataclass(frozen=True, kw_only=True)
class PanelSeen:
    """A touch panel as the kernel lists it; its name is the maker's own."""

    name: str
    is_there: bool


@dataclass(frozen=True, kw_only=True)
class AidsSeen:
    """Keypad, headset socket and voice, and whether what the store has of them works."""

    are_there: bool


@dataclass(frozen=True, kw_only=True)
class Devices:
    """Everything this station leans on, as it is now."""

    scanners: tuple[ScannerSeen, ...] = ()
    printers: tuple[PrinterSeen, ...] = ()
    panels: tuple[PanelSeen, ...] = ()
    aids: AidsSeen | None = None
    """None where the store has neither keypad nor voice."""
    is_online: bool = False
    ack_s: float | None = None
    """How long ago the photoservice last answered."""
    unsent: int = 0
    oldest_s: float | None = None
    has_journal: bool = True
    is_disk_low: bool = False
    clock_off_s: float | None = None
    """How far this kiosk's clock is ahead of the photoservice's (negative: behind); None while it is near enough."""

    @property
    def new(self) -> tuple[NewDevice, ...]:
        """Return what staff should be asked, in the order of the page."""
        places = (seen.place for seen in (*self.scanners, *self.printers))
        return tuple(place.new for place in places if place.new)


@dataclass(frozen=True, kw_only=True)
class Shift:
    """How far the print is moved on the label, in tenths of a millimetre: to the right, and down."""

    right: int = 0
    down: int = 0


@dataclass(frozen=True, kw_only=True)
class Rival:
    """One claim on a contested package: from where, since when, and whether anything proves it. Never whose."""

    station: str
    age_s: float | None = None
    proof: Literal["code", "sale", "none"] = "none"
    is_ours: bool = False


@dataclass(frozen=True, kw_only=True)
class Contested:
    """A package that more than one card has: the photoservice told us. ``rivals`` are empty where it told no more."""

    claim: str
    number: str
    item: str
    name: str = ""
    age_s: float | None = None
    rivals: tuple[Rival, ...] = ()


Reason = Literal[
    "lost", "damaged", "printer", "paper", "mistake", "other_card", "returned", "dealt_with", "not_needed", "other"
]
"""Why a member of staff does what the station would not do by itself; it goes into the event as it stands."""

Deed = Literal[
    "labels_again",
    "receipt_again",
    "void",
    "presale_again",
    "withdraw",
    "close_parked",
    "restart_waiting",
    "restart_all",
]
"""What is done only with a reason."""

REASONS: dict[Deed, tuple[Reason, ...]] = {
    "labels_again": ("lost", "damaged", "printer", "other"),
    "receipt_again": ("lost", "damaged", "printer", "other"),
    "presale_again": ("lost", "damaged", "printer", "other"),
    "void": ("mistake", "other_card", "returned", "other"),
    "withdraw": ("mistake", "not_needed", "other"),
    "close_parked": ("dealt_with", "not_needed", "mistake", "other"),
    "restart_waiting": ("printer", "paper", "other"),
    "restart_all": ("printer", "paper", "lost", "other"),
}

DUTY_OF: dict[Deed, Duty] = {
    "labels_again": "registrations",
    "receipt_again": "registrations",
    "void": "void",
    "presale_again": "presale_again",
    "withdraw": "withdraw",
    "close_parked": "parked",
    "restart_waiting": "restart",
    "restart_all": "restart",
}
"""Which duty each deed is of: who may do it stands in :data:`photocore.roles.MAY`."""
