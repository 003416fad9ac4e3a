"""A till's world for tests: a roster that knows what it is told, and a station's desk that behaves and dies on command.

Unlike a mock the desk refuses wrong orders: a unit told of two pieces, an event taken back that never was.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from photocore.cards import CardNumber
from photocore.ids import ItemId
from photocore.package import Level
from pos_bridge.orders.charges import Charge
from pos_bridge.sale import LineKey
from sync.errors import DeskReason, DeskRefusal, NotStored
from sync.till_views import CorrectionWish, RefundWish, SaleWish, Told
from sync.views import ClaimLevel, Registered, RegisterWish, Undone


@dataclass
class KnownGoods:
    """A roster in a few words: the store, goods with serials, cards by what tills call them."""

    store: str
    serialized: set[str] = field(default_factory=set[str])
    cards: dict[str, CardNumber] = field(default_factory=dict[str, CardNumber])
    version: str = "1"

    def is_serialized(self, gtin: str) -> bool:
        """Say whether ``gtin`` was said to have serials."""
        return gtin in self.serialized

    def level_of(self, item: ItemId) -> Level:
        """Everything is a package but what is named a roll."""
        return "roll" if item.startswith("TCR-") else "package"

    def card_of(self, text: str) -> CardNumber | None:
        """Return the card."""
        return self.cards.get(text)


@dataclass
class _Event:
    wish: SaleWish | RefundWish
    corrected_by: str | None = None


@dataclass
class FakeTillDesk:
    """The till's part of a station's desk, in memory. ``before`` is called before and ``after`` after each deed.

    ``refuses`` are pieces that it refuses, and why.
    """

    before: Callable[[str], None] = lambda _: None
    after: Callable[[str], None] = lambda _: None
    refuses: dict[ItemId, DeskReason] = field(default_factory=dict[ItemId, DeskReason])
    events: dict[str, _Event] = field(default_factory=dict[str, _Event])
    corrections: dict[str, CorrectionWish] = field(default_factory=dict[str, CorrectionWish])
    claims: dict[str, RegisterWish] = field(default_factory=dict[str, RegisterWish])
    undone: set[str] = field(default_factory=set[str])
    is_down: bool = False

    def sell(self, wish: SaleWish) -> Told:
        """Take a sale, unless its unit is told of already."""
        return self._tell(wish, lambda other: isinstance(other, SaleWish), DeskReason.UNIT_SOLD)

    def refund_sale(self, wish: RefundWish) -> Told:
        """Take a refund, unless its unit is given back already."""
        return self._tell(wish, lambda other: isinstance(other, RefundWish), DeskReason.UNIT_REFUNDED)

    def correct_sale(self, wish: CorrectionWish) -> Told:
        """Take back what was told."""
        self._begin(f"correct {wish.told}")
        if wish.event_id in self.corrections:
            return Told(event_id=wish.event_id, already=True)
        event = self.events.get(wish.told)
        if event is None or event.wish.item != wish.item:
            raise DeskRefusal(DeskReason.UNKNOWN_SALE)
        if event.corrected_by is not None:
            raise DeskRefusal(DeskReason.SALE_CORRECTED)
        event.corrected_by = wish.event_id
        self.corrections[wish.event_id] = wish
        self.after(f"correct {wish.told}")
        return Told(event_id=wish.event_id)

    def find_told(self, event_id: str) -> Told | None:
        """Return what is held of an event."""
        self._begin("find")
        event = self.events.get(event_id)
        return Told(event_id=event_id, already=True, corrected_by=event.corrected_by) if event else None

    def register(self, wish: RegisterWish) -> Registered:
        """Register, unless the piece is registered to another card."""
        self._begin(f"register {wish.item}")
        if wish.item in self.refuses:
            raise DeskRefusal(self.refuses[wish.item])
        for claim, other in self.claims.items():
            if claim != wish.event_id and other.item == wish.item and claim not in self.undone:
                same = other.card == wish.card
                raise DeskRefusal(DeskReason.REGISTERED_TO_THIS_CARD if same else DeskReason.REGISTERED_TO_ANOTHER_CARD)
        already = wish.event_id in self.claims
        self.claims[wish.event_id] = wish
        self.after(f"register {wish.item}")
        return Registered(
            claim=wish.event_id,
            number="TCN-000000000",
            package=wish.item,
            rolls=(),
            jobs=(),
            waiting_for_manifest=False,
            already=already,
        )

    def level(self, claim: str) -> ClaimLevel:
        """Say that a claim is durable here; refuse one that is none."""
        self._begin("level")
        if claim not in self.claims:
            raise DeskRefusal(DeskReason.UNKNOWN_CLAIM)
        return ClaimLevel(word="registered here")

    def undo(self, claim: str, *, reason: str = "", staff: str | None = None) -> Undone:
        """Withdraw a claim."""
        del reason, staff
        self._begin(f"undo {claim}")
        if claim not in self.claims:
            raise DeskRefusal(DeskReason.UNKNOWN_CLAIM)
        self.undone.add(claim)
        self.after(f"undo {claim}")
        return Undone(printed=0, moving=0)

    def standing(self) -> set[tuple[str, ...]]:
        """Return what the station holds now: what was told and not taken back, and live claims."""
        told: set[tuple[str, ...]] = set()
        for event in self.events.values():
            wish = event.wish
            if event.corrected_by is not None:
                continue
            if isinstance(wish, SaleWish):
                told.add(("sold", wish.item, wish.sale, wish.card.number if wish.card else ""))
            else:
                told.add(("given_back", wish.item, wish.sale, wish.refund))
        for claim, wish in self.claims.items():
            if claim not in self.undone:
                told.add(("registered", wish.item, wish.card.number))
        return told

    def _tell(
        self, wish: SaleWish | RefundWish, is_same: Callable[[SaleWish | RefundWish], bool], why: DeskReason
    ) -> Told:
        self._begin(f"tell {wish.item}")
        known = self.events.get(wish.event_id)
        if known is not None:
            if known.wish != wish:
                raise DeskRefusal(DeskReason.EVENT_ID_REUSED)
            return Told(event_id=wish.event_id, already=True, corrected_by=known.corrected_by)
        if wish.item in self.refuses:
            raise DeskRefusal(self.refuses[wish.item])
        live = (event.wish for event in self.events.values() if event.corrected_by is None)
        if any(is_same(other) and other.sale == wish.sale for other in live):
            raise DeskRefusal(why)
        self.events[wish.event_id] = _Event(wish)
        self.after(f"tell {wish.item}")
        return Told(event_id=wish.event_id)

    def _begin(self, deed: str) -> None:
        if self.is_down:
            raise NotStored("the journal is down")
        self.before(deed)


@dataclass
class FakeCharges:
    """Where charges go, in memory."""

    charges: dict[LineKey, Charge] = field(default_factory=dict[LineKey, Charge])
    back: set[LineKey] = field(default_factory=set[LineKey])

    def paid(self, charge: Charge) -> bool:
        """Take a charge in, once."""
        is_news = charge.line not in self.charges or charge.line in self.back
        self.charges[charge.line] = charge
        self.back.discard(charge.line)
        return is_news

    def taken_back(self, line: LineKey) -> bool:
        """Take a charge back."""
        is_news = line in self.charges and line not in self.back
        if is_news:
            self.back.add(line)
        return is_news

    def standing(self) -> Mapping[LineKey, Charge]:
        """Return what counts as paid."""
        return {line: charge for line, charge in self.charges.items() if line not in self.back}
