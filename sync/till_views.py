"""What the till's part of the desk takes and gives: values with nothing secret in them (DESIGN 5C, 5E; K5, S1)."""

from dataclasses import dataclass, field
from typing import Literal

from photocore.cards import CardNumber
from photocore.ids import ItemId
from photocore.till_kinds import MOST_STOPS, DroppedRoll, Negatives, Process, ScanSize
from photocore.twin_checks import MOST_NUMBER
from sync.views import JobView

HowSold = Literal["line", "scan", "kiosk", "manager"]
HowGivenBack = Literal["returned", "voided", "manager"]


@dataclass(frozen=True, kw_only=True)
class SaleWish:
    """A unit of a sale was the piece ``item``. ``event_id`` is the caller's, and the same however often it is told.

    ``sale`` names the unit (:func:`photocore.till_kinds.unit_of_sale`). ``card`` lay in the same basket: it goes out
    sealed, and stays here as a mark under the station's own key. ``amount`` is in minor units of ``currency``.
    """

    event_id: str
    item: ItemId
    sale: str
    store: str
    till: str
    business_day: str
    sequence: str
    line: int
    how: HowSold
    amount: int | None = None
    currency: str | None = None
    staff: str | None = None
    card: CardNumber | None = field(default=None, repr=False)


@dataclass(frozen=True, kw_only=True)
class RefundWish:
    """The unit ``sale`` was given back by the unit ``refund``. The sale may be told later, or by another station."""

    event_id: str
    item: ItemId
    sale: str
    refund: str
    store: str
    how: HowGivenBack
    staff: str | None = None


@dataclass(frozen=True, kw_only=True)
class CorrectionWish:
    """What the event ``told`` of this station said of a sale is taken back, as if it had never been said."""

    event_id: str
    told: str
    item: ItemId
    reason: str
    staff: str | None = None


@dataclass(frozen=True, kw_only=True)
class TiedRegistration:
    """A registration of this station that a sale's fate changed; ``number`` is the one on its receipt."""

    claim: str
    number: str
    item: ItemId


@dataclass(frozen=True, kw_only=True)
class Told:
    """What was told of a sale is durable here. ``already``: this very event was stored before, and nothing changed.

    ``corrected_by`` is the event that took it back since; told again it needs an ID of its own. ``ended`` are the
    registrations made here that end by it: their papers are void. ``back`` are those that stand again: their labels
    count as before, and whatever is not on paper prints.
    """

    event_id: str
    already: bool = False
    corrected_by: str | None = None
    ended: tuple[TiedRegistration, ...] = ()
    back: tuple[TiedRegistration, ...] = ()


@dataclass(frozen=True, kw_only=True)
class DropNumbers:
    """The range that this station's bags and twin checks are numbered from: its own within the lab and season."""

    season: int
    first: int
    last: int

    def __post_init__(self) -> None:
        """Refuse a range of no numbers.

        Raises:
            ValueError: the season is not 0 to 99, or the range is empty or beyond 1 to 999999.
        """
        if not (0 <= self.season <= 99 and 1 <= self.first <= self.last <= MOST_NUMBER):
            raise ValueError(f"season {self.season} with numbers {self.first} to {self.last} is no range")


@dataclass(frozen=True, kw_only=True)
class DropRoll:
    """One roll to be developed. ``stops`` is push (above nought) or pull; ``roll`` its ID where it has one."""

    process: Process
    roll: ItemId | None = None
    stops: int = 0
    note: str = ""

    def __post_init__(self) -> None:
        """Refuse what no lab develops. Raises ValueError: more than three stops, or a note of more than 60 signs."""
        if abs(self.stops) > MOST_STOPS or len(self.note) > 60:
            raise ValueError("a roll is pushed or pulled by three stops at most, and its note has 60 signs at most")


@dataclass(frozen=True, kw_only=True)
class DropWish:
    """Rolls for one bag, to be developed (S1). ``event_id`` was minted before the confirm screen.

    ``number`` is the registration they were found by. ``language`` is the shopper's: of the claim stub; the bag's
    papers are in ``staff_language``.
    """

    event_id: str
    rolls: tuple[DropRoll, ...]
    scan: ScanSize
    negatives: Negatives
    numbers: DropNumbers
    number: str | None = None
    language: str = "en"
    staff_language: str = "en"
    staff: str | None = None


@dataclass(frozen=True, kw_only=True)
class Dropped:
    """A drop-off that is durable here: its bag, a twin check for each roll, its papers in the order they print."""

    event_id: str
    bag: str
    rolls: tuple[DroppedRoll, ...]
    jobs: tuple[JobView, ...]
    already: bool = False


@dataclass(frozen=True, kw_only=True)
class DropOffView:
    """A drop-off found again. ``made_at`` and ``picked_up_at`` are UTC as events write it; "" is not yet.

    ``is_doubled`` says that another drop-off here bears the same number, which only a restored station can bring
    about: mind the contents.
    """

    event_id: str
    bag: str
    rolls: tuple[DroppedRoll, ...]
    scan: ScanSize
    negatives: Negatives
    made_at: str
    number: str | None = None
    picked_up_at: str = ""
    is_withdrawn: bool = False
    is_doubled: bool = False
    jobs: tuple[JobView, ...] = ()


@dataclass(frozen=True, kw_only=True)
class PickUpWish:
    """Whoever holds the claim stub takes the bag's order. ``bag`` may be typed: hyphens and case are forgiven."""

    event_id: str
    bag: str
    staff: str | None = None


@dataclass(frozen=True, kw_only=True)
class PickedUp:
    """The answer to a pick-up. ``is_first`` is False when the bag was picked up before, at ``at``: nothing was written.

    ``drop_off`` is None for a bag of another station: it is handed out and recorded all the same.
    """

    bag: str
    at: str
    is_first: bool
    drop_off: DropOffView | None


@dataclass(frozen=True, kw_only=True)
class TillFigures:
    """What the till's part of this station did since an instant, and the bags that wait to be picked up."""

    sales: int
    refunds: int
    drop_offs: int
    waiting_bags: int
