"""Sales and drop-offs as the till's part of a station is told of them."""

from dataclasses import dataclass

import pytest

from photocore.cards import CardNumber
from photocore.ids import ItemId
from photocore.till_kinds import unit_of_sale
from sync.till_views import CorrectionWish, DropNumbers, DropRoll, DropWish, PickUpWish, RefundWish, SaleWish

STORE = "4012345000009"
DAY = "2026-11-22"
NUMBERS = DropNumbers(season=4, first=301, last=330)


@dataclass
class Till:
    """Makes wishes: the same words give the same event ID, as whoever watches a till derives it."""

    world: object

    def unit(self, sequence: str, line: int = 1, unit: int = 1) -> str:
        return unit_of_sale(store=STORE, till="3", business_day=DAY, sequence=sequence, line=line, unit=unit)

    def name(self, *words: object) -> str:
        return unit_of_sale(store=STORE, till="names", business_day=DAY, sequence=repr(words), line=0, unit=1)

    def sale(self, item: ItemId, sequence: str = "100", card: CardNumber | None = None, **changes: object) -> SaleWish:
        values: dict[str, object] = {
            "event_id": self.name("sold", sequence, changes.pop("round", 1)),
            "item": item,
            "sale": self.unit(sequence),
            "store": STORE,
            "till": "3",
            "business_day": DAY,
            "sequence": sequence,
            "line": 1,
            "how": "scan",
            "amount": 1290,
            "currency": "EUR",
            "card": card,
        }
        return SaleWish(**(values | changes))  # type: ignore[arg-type]

    def refund(self, item: ItemId, sequence: str = "100", back: str = "200", **changes: object) -> RefundWish:
        values: dict[str, object] = {
            "event_id": self.name("refunded", sequence, back),
            "item": item,
            "sale": self.unit(sequence),
            "refund": self.unit(back),
            "store": STORE,
            "how": "returned",
        }
        return RefundWish(**(values | changes))  # type: ignore[arg-type]

    def correction(self, told: str, item: ItemId, **changes: object) -> CorrectionWish:
        values: dict[str, object] = {
            "event_id": self.name("corrected", told),
            "told": told,
            "item": item,
            "reason": "another piece was scanned",
        }
        return CorrectionWish(**(values | changes))  # type: ignore[arg-type]

    def drop(self, *rolls: DropRoll, **changes: object) -> DropWish:
        values: dict[str, object] = {
            "event_id": self.world.entropy.token(16).hex(),
            "rolls": rolls or (DropRoll(process="C-41"),),
            "scan": "standard",
            "negatives": "return_cut",
            "numbers": NUMBERS,
        }
        return DropWish(**(values | changes))  # type: ignore[arg-type]

    def pick_up(self, bag: str) -> PickUpWish:
        return PickUpWish(event_id=self.world.entropy.token(16).hex(), bag=bag)


@pytest.fixture
def till(world) -> Till:
    return Till(world)
