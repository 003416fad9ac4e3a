"""Where the shopper is: one frozen page, and round it the little that outlives a page.

What the shopper brought (package, card, claim code) lives in the page, so a reset, which puts a fresh ``Attract``
there, cannot forget to wipe any of it.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from kiosk.flow.access import NOTHING, Access
from kiosk.flow.card_pages import CardPage
from kiosk.flow.effects import Asked
from kiosk.flow.make_up_pages import (
    Counting,
    MakeUpConfirming,
    MakeUpPage,
    MakingUp,
    Presale,
)
from kiosk.flow.make_up_values import MakeUpWish
from kiosk.flow.notes import Note
from kiosk.flow.staff_pages import (
    Listing,
    PinPad,
    StaffPage,
    StaffWaiting,
)
from kiosk.flow.staff_values import Staff
from kiosk.flow.tool_pages import Cleaning, RollChange
from kiosk.flow.values import Card, Item, Label, Package, PaperRow, Registration, Station, Tongue, Wish
from photocore.privacy import NO_NOTICE, Privacy


@dataclass(frozen=True, kw_only=True)
class Attract:
    """Nobody is here. What would be shown is the station's: open, labels later, or closed."""


@dataclass(frozen=True, kw_only=True)
class Scanning:
    """Package and card, in either order. ``checking`` is since when the desk looks at the two together.

    ``corrects`` is the parked event that this registration is to stand for, where staff began it.
    """

    item: Item | None = None
    package: Package | None = None
    card: Card | None = None
    claim_code: str | None = field(default=None, repr=False)
    note: Note | None = None
    checking_since: float | None = None
    price_code: str = ""
    """The product that was scanned last in place of a package, for the shopper whose box has no other code."""
    corrects: str | None = None
    paper: PaperRow | None = None
    """The row of a paper list that is being entered."""


@dataclass(frozen=True, kw_only=True)
class Confirming:
    """Both are here and may be registered; the question is whether this is right."""

    wish: Wish
    package: Package
    note: Note | None = None


Field = Literal["package", "card", "claim_code", "number"]


@dataclass(frozen=True, kw_only=True)
class Typing:
    """Our own keypad over the page it came from."""

    wanted: Field
    under: Scanning | Confirming | Listing
    text: str = field(default="", repr=False)
    note: Note | None = None


@dataclass(frozen=True, kw_only=True)
class PrivacyShown:
    """The privacy notice over the page it came from; ``part`` counts its screens from 0."""

    under: Confirming | MakeUpConfirming
    part: int = 0


@dataclass(frozen=True, kw_only=True)
class Registering:
    """The journal is writing. Nothing is promised yet."""

    wish: Wish
    package: Package
    since: float
    is_unsure: bool = False
    """An earlier try under the same event ID may have been stored: then no failure of this one says it was not."""


@dataclass(frozen=True, kw_only=True)
class Labelling:
    """A registration that is durable, and its labels. ``origin`` says how we came here; only ``new`` may be undone."""

    registration: Registration
    labels: tuple[Label, ...] = ()
    origin: Literal["new", "again", "receipt"] = "new"
    asking: Literal["undo", "again"] | None = None
    note: Note | None = None


@dataclass(frozen=True, kw_only=True)
class PhoneShown:
    """The registration's link as a code for the shopper's own phone, over the page it was asked for on."""

    resume: Labelling


@dataclass(frozen=True, kw_only=True)
class Before:
    """The package was registered before, with this card: its labels can be printed again."""

    item: Item
    package: Package
    card: Card
    asking: Literal["again"] | None = None


Doing = Literal["register", "undo", "again", "receipt", "copy", "check", "make_up", "unmake", "presale"]


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """The desk is at work for a shopper who can do nothing but wait, for the answer to ``asked``."""

    doing: Doing
    asked: Asked = field(repr=False)
    since: float
    resume: Labelling | Before | Presale | None = None
    is_scanned: bool = False
    """A scan began this: the scanner is owed an answer."""


class Stop(StrEnum):
    """Why a package cannot be registered with what was brought."""

    OTHER_CARD = "registered_to_another_card"
    LOST_CARD = "card_replaced"
    REVOKED = "revoked"
    RECALLED = "recalled"
    """Of a lot that the store does not register any more."""
    DESK = "desk"


@dataclass(frozen=True, kw_only=True)
class Stopped:
    """It cannot be registered here and now: why, what is safe, what to do. Both stay, so either can be changed."""

    stop: Stop
    item: Item
    card: Card | None = None
    reason: str = ""
    corrects: str | None = None
    paper: PaperRow | None = None


@dataclass(frozen=True, kw_only=True)
class CopyShown:
    """What one printed label is worth."""

    item: str
    copy: str
    verdict: str
    package: Package
    resume: Labelling | Before | None = None


@dataclass(frozen=True, kw_only=True)
class NumberUnknown:
    """The receipt's number is not known at this kiosk."""

    number: str


@dataclass(frozen=True, kw_only=True)
class Undone:
    """The registration ended; its papers are void: ``printed`` are out, ``moving`` may be out or still come.

    With ``is_made_up`` it was a package made up for the shelf that was taken back.
    """

    printed: int
    moving: int = 0
    is_made_up: bool = False


class Cause(StrEnum):
    """What went wrong at our side."""

    NOT_STORED = "not_stored"
    NO_ANSWER = "no_answer"
    """Nobody can tell whether it was done; its answer may still come."""
    REFUSED = "refused"
    FAULT = "fault"


@dataclass(frozen=True, kw_only=True)
class Trouble:
    """What happened, what is safe, what to do. ``wish`` or ``make`` can be tried again under the same event ID."""

    cause: Cause
    doing: Doing
    asked: Asked | None = field(default=None, repr=False)
    reason: str = ""
    """The desk's word, where it refused."""
    wish: Wish | None = None
    package: Package | None = None
    make: MakeUpWish | None = None
    resume: Labelling | Before | Presale | None = None


Page = (
    Attract
    | Scanning
    | Confirming
    | Typing
    | PrivacyShown
    | Registering
    | Labelling
    | PhoneShown
    | Waiting
    | Before
    | Stopped
    | CopyShown
    | NumberUnknown
    | Undone
    | Trouble
    | MakeUpPage
    | PinPad
    | StaffPage
    | CardPage
)


@dataclass(frozen=True, kw_only=True)
class Limits:
    """How long we wait: for a person, for a warned person, for our own desk, for a label that moves. Seconds."""

    idle_s: float = 40.0
    warn_s: float = 20.0
    desk_s: float = 12.0
    print_s: float = 180.0
    """A label that has been on its way this long without a step is stuck, and keeps nobody's card on the screen."""
    patient_s: float = 300.0
    """As :attr:`idle_s` and :attr:`staff_s`, where staff have both hands in the printer."""
    staff_s: float = 60.0
    """Staff are signed out this long after the last touch or scan."""
    patience: float = 2.0
    """How many times longer each of these waits for a person is for who listens or uses the keypad."""
    strike_s: float = 0.1
    """The same key again within this time is the same stroke (EN 301 549, 5.8: adjustable to 0.5 s)."""
    settle_s: float = 0.4
    """A page that has just come takes no press of the keypad for so long: it was meant for the one before."""


@dataclass(frozen=True, kw_only=True)
class State:
    """Everything the screen can show. ``active_at`` is when somebody or the printer last did something.

    ``moved_at`` is when the labels on the screen last changed, ``touched_at`` when a person last did something.
    ``language`` is the session's; the next one begins in the kiosk's own, ``home_language``.
    """

    page: Page = field(default_factory=Attract)
    session: int = 1
    station: Station = field(default_factory=Station)
    limits: Limits = field(default_factory=Limits)
    now: float = 0.0
    active_at: float = 0.0
    moved_at: float = 0.0
    touched_at: float = 0.0
    access: Access = NOTHING
    staff: Staff | None = None
    is_training: bool = False
    """Nothing that is done now counts; never without staff."""
    privacy: Privacy = NO_NOTICE
    languages: tuple[Tongue, ...] = ()
    home_language: str = "en"
    language: str = "en"
    is_choosing_language: bool = False
    is_choosing_access: bool = False

    @property
    def patience(self) -> float:
        """How much longer than others this person is given (WCAG 2.2.1)."""
        return self.limits.patience if self.access.speaks or self.access.focus else 1.0

    @property
    def idle_s(self) -> float:
        """Seconds of silence until this person is warned."""
        return (self.limits.patient_s if isinstance(self.page, RollChange) else self.limits.idle_s) * self.patience

    @property
    def staff_s(self) -> float:
        """Seconds of silence until staff are signed out."""
        return (self.limits.patient_s if isinstance(self.page, RollChange) else self.limits.staff_s) * self.patience

    @property
    def warn_s(self) -> float:
        """Seconds this person has to answer the warning."""
        return self.limits.warn_s * self.patience

    @property
    def warned_for_s(self) -> float | None:
        """Seconds left before the session is cleared, while the warning shows; else None."""
        idle = self.now - self.active_at
        if isinstance(self.page, Attract | Cleaning) or self.is_at_work or idle < self.idle_s:
            return None
        return max(0.0, self.idle_s + self.warn_s - idle)

    @property
    def is_at_work(self) -> bool:
        """Say whether the desk is at work and everybody waits; such a page ends by itself, and never by idleness."""
        match self.page:
            case Registering() | Waiting() | MakingUp() | StaffWaiting():
                return True
            case PinPad(since=since) | Counting(since=since):
                return since is not None
            case _:
                return False
