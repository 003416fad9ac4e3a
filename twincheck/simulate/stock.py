"""Packages of film on their way to a shelf: what is truly in each box, and when its maker tells the photoservice."""

from dataclasses import dataclass

from photocore.cards import CardNumber
from photocore.gs1_rules import check_digit
from photocore.ids import ItemId
from photocore.package import Product
from twincheck.simulate.draws import Stream
from twincheck.simulate.loop import DAY, HOUR
from twincheck.simulate.tally import Tally


def _gtin(stem: str) -> str:
    return stem + str(check_digit(stem))


PACKAGE_GTIN = _gtin("0401234567890")
ROLL_GTIN = _gtin("0401234567891")
LOOSE_GTIN = "04006381333931"
"""Ordinary film without serials, which a store makes packages of."""

PRODUCTS = (
    Product(gtin=PACKAGE_GTIN, level="package", name="Sunny 400", format="135", exposures=36, rolls=3),
    Product(gtin=ROLL_GTIN, level="roll", name="Sunny 400", format="135", exposures=36),
)

CARD_TABLE = "club"


@dataclass(frozen=True, kw_only=True)
class Box:
    """One package as it is: what is in it, and when its list is known (None for never)."""

    package: ItemId
    rolls: tuple[ItemId, ...]
    known_ms: int | None


def card(number: int) -> CardNumber:
    """Return the card of the ``number``-th shopper."""
    return CardNumber(table=CARD_TABLE, number=f"29{number:011d}")


class Maker:
    """Packs boxes; its lists come before the goods, late, or never."""

    def __init__(self, dice: Stream, tally: Tally) -> None:
        self._dice = dice
        self._tally = tally
        self._serial = 0

    def pack(self, now_ms: int) -> Box:
        """Return the next box, packed now."""
        self._serial += 1
        count = self._dice.weighed({1: 5, 2: 3, 3: 3, 5: 1})
        return Box(
            package=ItemId(f"(01){PACKAGE_GTIN}(21)PKG{self._serial:08d}"),
            rolls=tuple(ItemId(f"(01){ROLL_GTIN}(21)R{self._serial:07d}-{place}") for place in range(1, count + 1)),
            known_ms=self._when_known(now_ms),
        )

    def _when_known(self, now_ms: int) -> int | None:
        when = self._dice.weighed({"before": 80, "late": 13, "never": 7})
        if when == "before":
            return now_ms
        self._tally.note(f"manifests {when}")
        return now_ms + self._dice.between(2 * HOUR, 9 * DAY) if when == "late" else None
