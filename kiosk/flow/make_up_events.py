"""The worker's answers about film without serials and packages made up of it."""

from dataclasses import dataclass

from kiosk.flow.events import Answer
from kiosk.flow.make_up_values import CartridgeFacts, Film, MadeUp
from kiosk.flow.values import Label, Registration


@dataclass(frozen=True, kw_only=True)
class ProductRead(Answer):
    """Which film a price code stands for; an unknown one is an answer too."""

    film: Film


@dataclass(frozen=True, kw_only=True)
class CartridgeRead(Answer):
    """What film a cartridge is; one that no book has is an answer too. ``gtin`` is the price code it was judged by."""

    cartridge: CartridgeFacts
    gtin: str


@dataclass(frozen=True, kw_only=True)
class IdsMinted(Answer):
    """The event IDs of a make-up and of its registration."""

    event_id: str
    claim_id: str


@dataclass(frozen=True, kw_only=True)
class PackageMade(Answer):
    """The package is durable on this station, and with a card its registration too. Only this may say so."""

    made_up: MadeUp
    labels: tuple[Label, ...]
    registration: Registration | None = None


@dataclass(frozen=True, kw_only=True)
class MadeUpRead(Answer):
    """A made-up package with its labels as the journal has them now; None when it was not made up here."""

    made_up: MadeUp | None
    labels: tuple[Label, ...] = ()


@dataclass(frozen=True, kw_only=True)
class MadeUpReprinted(Answer):
    """New labels with new claim codes are queued; the old ones are void."""

    labels: tuple[Label, ...]


@dataclass(frozen=True, kw_only=True)
class MadeUpWithdrawn(Answer):
    """The package is taken back: of its void papers ``printed`` are out, ``moving`` may be or still come."""

    printed: int
    moving: int
