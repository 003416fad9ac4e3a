"""A station's desk that only remembers: what a replay tells comes here, and goes nowhere else."""

import hashlib
from dataclasses import dataclass, field

import msgspec

from photocore.cards import CardNumber
from photocore.ids import ItemId
from photocore.package import Level
from sync.errors import DeskReason, DeskRefusal
from sync.till_views import CorrectionWish, RefundWish, SaleWish, Told
from sync.views import ClaimLevel, Registered, RegisterWish, Undone


class Standing(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """One thing that was told: a piece ``item`` sold, returned, voided or registered; ``unit`` is the sale's."""

    item: ItemId
    what: str
    unit: str = ""


@dataclass(kw_only=True)
class PaperDesk:
    """Holds what stands: told and not taken back since. By event ID, as a station does."""

    standing: dict[str, Standing] = field(default_factory=dict[str, Standing])
    corrected: dict[str, str] = field(default_factory=dict[str, str])

    def sell(self, wish: SaleWish) -> Told:
        """Remember that a unit was a piece."""
        return self._tell(wish.event_id, Standing(what="sold", item=wish.item, unit=wish.sale))

    def refund_sale(self, wish: RefundWish) -> Told:
        """Remember that a unit came back."""
        return self._tell(wish.event_id, Standing(what=wish.how, item=wish.item, unit=wish.sale))

    def correct_sale(self, wish: CorrectionWish) -> Told:
        """Take back what was remembered. Raises DeskRefusal: there is no such thing."""
        if wish.told not in self.standing and wish.told not in self.corrected:
            raise DeskRefusal(DeskReason.UNKNOWN_SALE)
        already = self.standing.pop(wish.told, None) is None
        self.corrected[wish.told] = wish.event_id
        return Told(event_id=wish.event_id, already=already)

    def find_told(self, event_id: str) -> Told | None:
        """Return what is remembered of an event."""
        if event_id in self.standing or event_id in self.corrected:
            return Told(event_id=event_id, already=True, corrected_by=self.corrected.get(event_id))
        return None

    def register(self, wish: RegisterWish) -> Registered:
        """Remember a registration, not whose."""
        already = self._tell(wish.event_id, Standing(what="registered", item=wish.item)).already
        return Registered(
            claim=wish.event_id,
            number="",
            package=None,
            rolls=(),
            jobs=(),
            waiting_for_manifest=False,
            already=already,
        )

    def level(self, claim: str) -> ClaimLevel:
        """Say how far a registration has come: it is here. Raises DeskRefusal: there is none."""
        if claim not in self.standing:
            raise DeskRefusal(DeskReason.UNKNOWN_CLAIM)
        return ClaimLevel(word="registered here")

    def undo(self, claim: str, *, reason: str = "", staff: str | None = None) -> Undone:
        """Take a registration back. Raises DeskRefusal: there is none."""
        if self.standing.pop(claim, None) is None:
            raise DeskRefusal(DeskReason.UNKNOWN_CLAIM)
        return Undone(printed=0, moving=0)

    def holds(self) -> tuple[Standing, ...]:
        """Return what holds, whenever and however often it was told: what came back ends its registration, too."""
        back = {each.unit for each in self.standing.values() if each.what not in {"sold", "registered"}}
        live = {each.item for each in self.standing.values() if each.what == "sold" and each.unit not in back}
        return tuple(sorted(each for each in self.standing.values() if each.what != "registered" or each.item in live))

    def digest(self) -> str:
        """Return a hash of what holds."""
        return hashlib.sha256(msgspec.json.encode(self.holds())).hexdigest()

    def _tell(self, event_id: str, what: Standing) -> Told:
        if event_id in self.corrected:
            return Told(event_id=event_id, already=True, corrected_by=self.corrected[event_id])
        already = self.standing.get(event_id) == what
        self.standing[event_id] = what
        return Told(event_id=event_id, already=already)


@dataclass(frozen=True, kw_only=True)
class PaperKnowledge:
    """What a replay knows of the store: its number, goods with serials, and whether every customer is a card."""

    store: str
    serialized: frozenset[str] = frozenset()
    takes_cards: bool = False

    @property
    def version(self) -> str:
        """Never another."""
        return "1"

    def is_serialized(self, gtin: str) -> bool:
        """Say whether pieces of ``gtin`` have serials."""
        return gtin in self.serialized

    def level_of(self, item: ItemId) -> Level:
        """Take every piece for a package: a replay has no roster."""
        del item
        return "package"

    def card_of(self, text: str) -> CardNumber | None:
        """Take what a till calls a customer for a card, or never."""
        return CardNumber(table="replay", number=text) if self.takes_cards and text else None
