"""What the flow knows of packages, cards, labels and devices: values only, in the kiosk's own words.

The desk's answers are turned into these at the kiosk's edge (:mod:`kiosk.answers`), so the flow, its view and their
tests depend on no other room's classes.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from photocore.cards import CardNumber


class LabelState(StrEnum):
    """Where one printed copy stands (DESIGN 5F)."""

    QUEUED = "queued"
    SENDING = "sending"
    AWAITING_PROOF = "awaiting_proof"
    PRINTED = "printed"
    TAKEN = "taken"
    SPOILED = "spoiled"
    MAYBE = "maybe"
    VOID = "void"
    DEFERRED = "deferred"


PROVEN = frozenset({LabelState.PRINTED, LabelState.TAKEN})
MOVING = frozenset({LabelState.SENDING, LabelState.AWAITING_PROOF})
WAITING = frozenset({LabelState.QUEUED, LabelState.SPOILED, LabelState.DEFERRED})
DEAD = frozenset({LabelState.VOID, LabelState.SPOILED})


@dataclass(frozen=True, kw_only=True)
class Label:
    """One copy on its way to paper. ``number`` counts from 1 to ``of``; receipt and package label have no ``roll``."""

    job: int
    kind: Literal["roll", "package", "receipt"]
    roll: str | None
    number: int
    of: int
    copy: str
    state: LabelState

    @property
    def is_proven(self) -> bool:
        """Say whether this copy is known to be on paper."""
        return self.state in PROVEN

    @property
    def has_paper(self) -> bool:
        """Say whether some of it may be on paper: then a void one must be thrown away by hand."""
        return self.state in PROVEN | MOVING | {LabelState.MAYBE}


class Seen(StrEnum):
    """Whether a package is registered already, as far as this station can tell."""

    NO = "no"
    SAME_CARD = "same_card"
    OTHER_CARD = "other_card"
    HERE = "here"


@dataclass(frozen=True, kw_only=True)
class Package:
    """What the desk could say of a scanned item; ``rolls`` is empty while the maker's list is not known.

    ``item`` is what was scanned; ``package`` the whole it belongs to, or None when nobody here knows it.
    """

    item: str
    package: str | None = None
    name: str = ""
    detail: str = ""
    iso: int = 0
    size: str = ""
    """Format and exposures in one word, such as ``135-36``."""
    rolls: tuple[str, ...] = ()
    to_label: tuple[str, ...] = ()
    """The rolls that get a label when it is registered: not those that bear a valid one already."""
    is_revoked: bool = False
    is_card_lost: bool = False
    """The card that was shown for it was replaced by another, as far as this station knows."""
    seen: Seen = Seen.NO
    claim: str | None = None
    number: str = ""
    """This card's own earlier registration; told to the same card only."""
    recall: Literal["", "warn", "block"] = ""
    """The store has recalled it: tell, or do not register it at all."""
    recall_reason: str = ""
    """What the recall says to staff, in the store's own words."""
    expired_on: str = ""
    """The last good day, where it is over, as YYYY-MM-DD."""

    @property
    def is_known(self) -> bool:
        """Say whether the rolls are known, so that their labels can be printed."""
        return bool(self.rolls)


@dataclass(frozen=True, kw_only=True)
class Item:
    """A package or roll ID as it came in: scanned, or typed on our keypad."""

    item: str
    level: Literal["package", "roll", "unknown"]
    is_typed: bool = False
    lot: str = ""
    """The maker's lot, where the code has it: GS1 AI 10."""
    expires: str = ""
    """The last good day, where the code has it, as six digits: GS1 AI 17."""


@dataclass(frozen=True, kw_only=True)
class Card:
    """A registration card in the session. A typed one is marked unproven; only its last four show."""

    card: CardNumber = field(repr=False)
    is_typed: bool = False

    @property
    def masked(self) -> str:
        """Return the only form of the number that may stand on a screen."""
        return self.card.masked


class Level(StrEnum):
    """How far a registration is known to have come (DESIGN 5H); a lower word is never a lie."""

    HERE = "registered here"
    HUB = "at the store hub"
    CONFIRMED = "confirmed"
    WAITING = "waiting for the maker's list"
    HELD = "held until the till has sold it"
    CONTESTED = "contested"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, kw_only=True)
class Registration:
    """One registration as the station's journal holds it. ``card`` is masked; None when nobody asked for it."""

    claim: str
    number: str
    package: Package
    card: str | None = None
    level: Level = Level.HERE
    reason: str = ""
    is_waiting: bool = False
    """Accepted, waiting for the maker's list: no roll labels yet."""
    is_withdrawn: bool = False
    link: str = field(default="", repr=False)
    """What opens it on the shopper's own phone: a secret, known to the session that registered and to no other."""


@dataclass(frozen=True, kw_only=True)
class PaperRow:
    """Where on a paper list this was written: the row's code, and day, hour and minute as six digits."""

    row: str
    written: str


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What the shopper is about to confirm. Its ``event_id`` exists before that, and is kept through retries.

    ``corrects`` is the parked event this registration stands for, and ``staff`` who saw to that.
    """

    event_id: str
    item: Item
    card: Card
    claim_code: str | None = field(default=None, repr=False)
    language: str = "en"
    corrects: str | None = None
    staff: str | None = None
    paper: PaperRow | None = None
    notice: str | None = None
    """The version of the privacy notice that was agreed to by registering."""


@dataclass(frozen=True, kw_only=True)
class Tongue:
    """A language the screen can speak: its code, and its name in itself."""

    code: str
    name: str


@dataclass(frozen=True, kw_only=True)
class Light:
    """The always-visible truth about the network and the journal."""

    is_online: bool = False
    unsent: int = 0
    oldest_s: float | None = None
    has_journal: bool = True


class Printer(StrEnum):
    """What the printer says of itself. Unknown is not ready and not broken: it is silence."""

    READY = "ready"
    NEAR_END = "near_end"
    PAPER_OUT = "paper_out"
    COVER_OPEN = "cover_open"
    ERROR = "error"
    OFFLINE = "offline"
    UNKNOWN = "unknown"
    PAUSED = "paused"
    """Staff have stopped it, as for a new label roll; whatever the printer itself would say."""


BLOCKED_PRINTER = frozenset({Printer.PAUSED, Printer.PAPER_OUT, Printer.COVER_OPEN, Printer.ERROR, Printer.OFFLINE})


@dataclass(frozen=True, kw_only=True)
class Troubles:
    """What asks for a person: how much is parked, contested, brought back; a full disk, a wrong clock."""

    parked: int = 0
    contested: int = 0
    restored: int = 0
    """Events that came back from the photoservice after an older copy was put in place, until somebody took note."""
    is_disk_low: bool = False
    is_clock_off: bool = False


Voice = Literal["off", "jack", "always"]
"""Whether the kiosk speaks: never, to a headset only, or through its loudspeaker too (the store allows it)."""


@dataclass(frozen=True, kw_only=True)
class Station:
    """What outlives a session: the store's name and what its devices say."""

    store: str = ""
    light: Light = field(default_factory=Light)
    printer: Printer = Printer.UNKNOWN
    has_scanner: bool = True
    prints_labels: bool = True
    """The store prints roll labels; else receipts only."""
    make_up: Literal["staff", "shopper"] = "staff"
    """Who may make up a package of film that has no serials."""
    troubles: Troubles = field(default_factory=Troubles)
    voice: Voice = "off"
    is_jack_in: bool = False
    """A headset is plugged in, as far as the kiosk can tell."""

    @property
    def can_speak(self) -> bool:
        """Say whether speech would reach the one person it is for: what is private is spoken into a headset."""
        return self.voice == "always" or (self.voice == "jack" and self.is_jack_in)

    @property
    def can_store(self) -> bool:
        """Say whether a registration would be kept. If not, nothing may be started."""
        return self.light.has_journal

    @property
    def can_print(self) -> bool:
        """Say whether paper may be promised. Silence counts as yes: only a known fault says no."""
        return self.printer not in BLOCKED_PRINTER
