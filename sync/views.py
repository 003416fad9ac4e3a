"""What the desk takes and gives: values a screen can show, with nothing secret in them."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from photocore.cards import CardNumber
from photocore.ids import ItemId
from photocore.kinds import PaperSource
from photocore.package import Product
from photocore.roles import Role
from photocore.wire import ClaimEvidence
from sync.copies import Job, JobKind
from sync.label_states import LabelState
from sync.registrations import ItemLevel

Knowledge = Literal["roster", "upstream", "unknown"]
HeldBy = Literal["same_card", "other_card", "here"]
Activation = Literal["registration", "till"]


@dataclass(frozen=True, kw_only=True)
class PackageView:
    """What the station knows of a scanned item.

    ``registered`` is ``here`` when nobody asked for which card; ``claim`` and ``number`` go to the same card only.
    ``to_label`` are the rolls that get a label by registering it: not those that bear a valid one already.
    ``is_card_lost`` says that another card stands in the place of the one asked about.
    """

    item: ItemId
    package: ItemId | None = None
    product: Product | None = None
    rolls: tuple[ItemId, ...] = ()
    to_label: tuple[ItemId, ...] = ()
    knowledge: Knowledge = "unknown"
    revoked: bool = False
    registered: HeldBy | None = None
    claim: str | None = None
    number: str | None = None
    is_card_lost: bool = False


@dataclass(frozen=True, kw_only=True)
class RegisterWish:
    """What the shopper confirmed. ``event_id`` was minted before the confirm screen and is kept through every retry.

    ``corrects`` names the parked registration that this one stands for, which ends by it (DESIGN 5E). ``staff`` is who
    helped, ``notice`` the version of the privacy notice that was agreed to; None where none was shown, as at a till.
    ``activation`` overrides the roster's: a till that registers at the scan holds the claim until the sale is told.
    """

    event_id: str
    item: ItemId
    level: ItemLevel
    item_typed: bool
    card: CardNumber
    card_typed: bool
    claim_code: str | None = field(default=None, repr=False)
    language: str = "en"
    corrects: str | None = None
    staff: str | None = None
    paper: PaperSource | None = None
    notice: str | None = None
    activation: Activation | None = None


@dataclass(frozen=True, kw_only=True)
class JobView:
    """One copy of a label or receipt, as a screen shows it."""

    id: int
    kind: JobKind
    roll: ItemId | None
    number: int
    of: int
    copy: str
    state: LabelState
    why: str = ""

    @staticmethod
    def of_job(job: Job) -> "JobView":
        """Return what a screen may show of ``job``."""
        return JobView(
            id=job.id,
            kind=job.kind,
            roll=job.roll,
            number=job.number,
            of=job.of,
            copy=job.copy,
            state=job.state,
            why=job.why,
        )


@dataclass(frozen=True, kw_only=True)
class Registered:
    """A registration that is durable here. ``already`` says that this very event had been stored before.

    ``link`` opens it on the shopper's own phone, as the receipt's code does; empty where the store has no address for
    it, or the code is not known any more.
    """

    claim: str
    number: str
    package: ItemId | None
    rolls: tuple[ItemId, ...]
    jobs: tuple[JobView, ...]
    waiting_for_manifest: bool
    already: bool = False
    link: str = field(default="", repr=False, compare=False)


@dataclass(frozen=True, kw_only=True)
class MakeUpWish:
    """A package to be made up of ``count`` cartridges without serials (DESIGN 5B).

    ``product`` is the GTIN on the box, in any of its lengths; None when nothing was read. With a ``card`` the same
    commit registers the package, under ``claim_id``. Both IDs were minted before the confirm screen and are kept
    through every retry.
    """

    event_id: str
    product: str | None
    count: int
    staff: str | None = None
    card: CardNumber | None = None
    card_typed: bool = False
    claim_id: str | None = None
    language: str = "en"
    notice: str | None = None

    def __post_init__(self) -> None:
        """Refuse a card without an ID for its registration. Raises ValueError."""
        if (self.card is None) != (self.claim_id is None):
            raise ValueError("a card and the ID of its registration come together")


@dataclass(frozen=True, kw_only=True)
class MadeUp:
    """A made-up package that is durable here; ``registration`` is that of the same commit.

    ``coded`` says that each roll's label bears a claim code. ``jobs`` are the valid copies of all its papers.
    """

    event_id: str
    package: ItemId
    rolls: tuple[ItemId, ...]
    product: Product | None
    gtin: str | None
    coded: bool
    jobs: tuple[JobView, ...]
    registration: Registered | None = None
    already: bool = False


@dataclass(frozen=True, kw_only=True)
class MadeUpView:
    """A package made up here, found again by its label or one of its rolls'. ``claimed``: registered here and live."""

    event_id: str
    package: ItemId
    rolls: tuple[ItemId, ...]
    product: Product | None
    gtin: str | None
    coded: bool
    withdrawn: bool
    claimed: bool
    made_at: str
    jobs: tuple[JobView, ...]


@dataclass(frozen=True, kw_only=True)
class QueuedJob:
    """A paper that is not proven printed: on its way, in doubt, or set aside.

    ``registration`` is the number on the receipt, ``made_at`` when its registration or package was made.
    """

    id: int
    kind: JobKind
    state: LabelState
    roll: ItemId | None
    number: int
    of: int
    copy: str
    registration: str | None
    package: ItemId | None
    why: str
    made_at: str


@dataclass(frozen=True, kw_only=True)
class RegistrationView:
    """A registration found again by its receipt's number.

    ``given_back`` says why it is withdrawn: what was bought was given back at the till.
    """

    claim: str
    number: str
    item: ItemId
    package: ItemId | None
    rolls: tuple[ItemId, ...]
    waiting_for_manifest: bool
    withdrawn: bool
    made_at: str
    jobs: tuple[JobView, ...]
    given_back: bool = False


@dataclass(frozen=True, kw_only=True)
class Undone:
    """What an undo leaves in the shopper's hands: papers, labels and receipt, that are void now.

    ``printed`` are surely out; ``moving`` were sent to the printer, and may be out or still come. What was only queued
    never comes.
    """

    printed: int
    moving: int


LevelWord = Literal[
    "registered here",
    "at the store hub",
    "confirmed",
    "waiting for the maker's list",
    "held until the till has sold it",
    "contested",
    "refused because",
    "withdrawn",
]


@dataclass(frozen=True, kw_only=True)
class ClaimLevel:
    """How far a claim has come, in the words of DESIGN 5H; never more than is durable there.

    ``verdict`` is the receiver's, once there is one; ``reason`` completes "refused because", or says why it is parked.
    """

    word: LevelWord
    outcome: dict[str, Any] | None = None
    verdict: str | None = None
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class StationStatus:
    """The one light: online, or working offline with n waiting and the oldest's age (DESIGN 5H).

    ``unsent`` counts events of every kind; ``waiting`` the registrations among them, which is what people count.
    ``restored`` counts the events a restored station was given back, until staff have taken note; ``contested`` the
    live claims of this station that another's contests now. ``clock_off_s`` is how far this machine's clock is ahead of
    the photoservice's (negative: behind) where that is more than five minutes, else None.
    """

    online: bool
    unsent: int
    oldest_age_s: float | None
    parked: int
    last_ack_at: datetime | None
    journal_ok: bool
    waiting: int = 0
    disk_low: bool = False
    restored: int = 0
    contested: int = 0
    clock_off_s: float | None = None


@dataclass(frozen=True, kw_only=True)
class StaffMember:
    """A member of staff as a screen may show them; ``id`` is what events call them (``staff``).

    ``locked_until`` is a wall time for showing only: how long is left is counted without the wall clock.
    """

    id: str
    name: str
    badge_masked: str
    added_at: str
    role: Role = "cashier"
    locked_until: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class ParkedView:
    """An event that waits for a person: what it was, and why it stands aside.

    ``cause`` is one stable word (empty from an older photoservice), ``reason`` a plain sentence in English. ``item`` is
    the package or roll it speaks of and ``number`` its registration's, where it has them. ``can_resend`` says that
    ``correct`` can write the same fact again; ``needs_rescan`` that package and card must be scanned once more; neither
    that it was undone since, and can only be closed.
    """

    id: str
    kind: str
    at: str
    cause: str
    reason: str
    item: str | None
    number: str | None
    can_resend: bool
    needs_rescan: bool


@dataclass(frozen=True, kw_only=True)
class ContestedView:
    """A live registration of this station whose package another card has too, and what the photoservice told of it."""

    claim: str
    number: str
    item: ItemId
    package: ItemId | None
    made_at: str
    evidence: tuple[ClaimEvidence, ...]
