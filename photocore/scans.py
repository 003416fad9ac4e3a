"""What a reading can mean: exactly one of these values, or :class:`Refused` with its reason.

``typed`` marks what came from our own keypad: it proves that somebody knows a number, not that they hold the thing.
Secrets and card numbers hide from ``repr``: a scan may end up in a log.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from photocore.cards import CardNumber, CardTable
from photocore.film import DxCartridge
from photocore.ids import ItemId
from photocore.refusals import RefusalReason

Level = Literal["package", "roll"]


class Knowledge(Protocol):
    """What a station must know to tell readings apart; the roster holds it."""

    def level_of(self, gtin: str) -> Level | None:
        """Return what the product of a 14-digit GTIN is, or None when we never heard of it."""
        ...

    @property
    def card_tables(self) -> Sequence[CardTable]:
        """The card tables of this store's retailer."""
        ...


@dataclass(frozen=True, kw_only=True)
class PackageScan:
    """A package; or an SGTIN whose product nobody told us about, then ``known`` is False."""

    item: ItemId
    known: bool = True
    typed: bool = False
    lot: str = field(default="", compare=False)
    """The maker's lot, where the code has one (GS1 AI 10). Read or not, it is the same package."""
    expires: str = field(default="", compare=False)
    """The last good day, where the code has one, as six digits (GS1 AI 17)."""


@dataclass(frozen=True, kw_only=True)
class RollScan:
    """A roll, by its ID alone. ``lot`` and ``expires`` as a package has them."""

    item: ItemId
    typed: bool = False
    lot: str = field(default="", compare=False)
    expires: str = field(default="", compare=False)


@dataclass(frozen=True, kw_only=True)
class CopyScan:
    """A label we printed: the item, and which printed copy this is.

    ``level`` is None when the item is an SGTIN whose product nobody told us about.
    """

    item: ItemId
    copy: str
    level: Level | None = "roll"
    typed: bool = False


@dataclass(frozen=True, kw_only=True)
class CardScan:
    """A registration card."""

    card: CardNumber
    typed: bool = False


@dataclass(frozen=True, kw_only=True)
class BadgeScan:
    """A staff badge."""

    card: CardNumber
    typed: bool = False


@dataclass(frozen=True, kw_only=True)
class ClaimCodeScan:
    """The secret under a security strip."""

    code: str = field(repr=False)
    typed: bool = False


@dataclass(frozen=True, kw_only=True)
class ReceiptScan:
    """A receipt of ours, by its registration number."""

    number: str
    typed: bool = False


@dataclass(frozen=True, kw_only=True)
class PaperRowScan:
    """A row of a paper list that was filled in by hand while the kiosk was dead."""

    row: str
    typed: bool = False


@dataclass(frozen=True, kw_only=True)
class OrderCodeScan:
    """An order to be paid at the till."""

    code: str
    typed: bool = False


@dataclass(frozen=True, kw_only=True)
class ProductScan:
    """A product, but no single piece of it: a price code, or a code without a serial.

    ``level`` is None when the roster does not know it as film.
    """

    gtin: str
    level: Level | None = None
    typed: bool = False


@dataclass(frozen=True, kw_only=True)
class CartridgeScan:
    """The bar code of a film cartridge: which kind of film it is, and no single piece of it."""

    dx: DxCartridge
    typed: bool = False


@dataclass(frozen=True, kw_only=True)
class Refused:
    """Nothing we can act on. ``detail`` is for the log and never holds what was read."""

    reason: RefusalReason
    detail: str = ""
    typed: bool = False


Scan = (
    PackageScan
    | RollScan
    | CardScan
    | BadgeScan
    | ClaimCodeScan
    | ReceiptScan
    | CopyScan
    | OrderCodeScan
    | PaperRowScan
    | ProductScan
    | CartridgeScan
    | Refused
)
"""What a reading means."""
