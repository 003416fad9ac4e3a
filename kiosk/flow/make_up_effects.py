"""What making up a package asks of the world."""

from dataclasses import dataclass

from kiosk.flow.effects import Asked
from kiosk.flow.make_up_values import MakeUpWish
from kiosk.flow.values import Card
from photocore.film import DxCartridge


@dataclass(frozen=True, kw_only=True)
class ReadProduct(Asked):
    """Find out which film a price code stands for, by the maker's word."""

    gtin: str


@dataclass(frozen=True, kw_only=True)
class ReadCartridge(Asked):
    """Find out what film a cartridge's bar code means, and whether it is the film of a price code."""

    dx: DxCartridge
    gtin: str


@dataclass(frozen=True, kw_only=True)
class MintIds(Asked):
    """Make the event IDs of a make-up and its registration, before it is confirmed."""

    gtin: str
    count: int
    card: Card | None = None


@dataclass(frozen=True, kw_only=True)
class MakeUp(Asked):
    """Commit: house codes, manifest, label jobs, and with a card its registration, in one transaction."""

    wish: MakeUpWish


@dataclass(frozen=True, kw_only=True)
class ReadMadeUp(Asked):
    """Read a made-up package and its labels by its own ID, or by one of its rolls'."""

    item: str


@dataclass(frozen=True, kw_only=True)
class SettleMadeUp(Asked):
    """A fresh label of a made-up package was held under the scanner: that proves it is on paper."""

    package: str
    item: str
    copy: str


@dataclass(frozen=True, kw_only=True)
class ReprintMadeUp(Asked):
    """New labels for a package that is not sold: new claim codes, the old ones void."""

    package: str
    staff: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class WithdrawMadeUp(Asked):
    """Take a made-up package back; its IDs name nothing any more, its labels are void."""

    package: str
    staff: str
    reason: str
