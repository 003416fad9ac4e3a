"""What the flow knows of film without serials, and of the packages a store makes of it (DESIGN 5B)."""

from dataclasses import dataclass, field

from kiosk.flow.values import Card
from photocore.film_book import Verdict

MOST_CARTRIDGES = 50
"""As many as a package may hold (:data:`photocore.package.MAX_ROLLS`)."""


@dataclass(frozen=True, kw_only=True)
class Film:
    """A product by its price code: the same on every box, so it names no piece. Unknown products have no ``name``."""

    gtin: str
    name: str = ""
    detail: str = ""
    rolls: int = 1
    """How many cartridges a box of it holds, by the maker's word."""


@dataclass(frozen=True, kw_only=True)
class CartridgeFacts:
    """What the bar code of a cartridge says: a kind of film, never this one piece.

    ``name`` is empty where no book of films was imported, then ``code`` stands for it (``115-4``). ``verdict`` says
    whether it is the film of the price code, and the film of the cartridge before it.
    """

    digits: str
    code: str
    name: str = ""
    exposures: int | None = None
    verdict: Verdict = "unknown"


@dataclass(frozen=True, kw_only=True)
class MakeUpWish:
    """The package that is about to be made up. Its event IDs exist before it is confirmed, and are kept by retries.

    With a ``card`` it is made up for the shopper who stands there, and registered under ``claim_id`` by the same
    commit; without, it is for the shelf.
    """

    event_id: str
    claim_id: str
    film: Film
    count: int
    staff: str | None = None
    card: Card | None = None
    language: str = "en"
    notice: str | None = None
    """The version of the privacy notice the shopper agreed to, where there is one."""


@dataclass(frozen=True, kw_only=True)
class MadeUp:
    """A package that this store made up, as the journal has it."""

    package: str
    name: str = ""
    detail: str = ""
    rolls: tuple[str, ...] = ()
    is_claimed: bool = False
    is_withdrawn: bool = False
    is_coded: bool = True
    """Its labels carry claim codes: it was made up for the shelf."""
    age_s: float | None = field(default=None, compare=False)
