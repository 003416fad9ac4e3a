"""The pages of film without serials: what it is, how many, is this right, and the made-up package's labels."""

from dataclasses import dataclass, field
from typing import Literal

from kiosk.flow.effects import Asked
from kiosk.flow.make_up_values import CartridgeFacts, Film, MadeUp, MakeUpWish
from kiosk.flow.notes import Note
from kiosk.flow.values import Card, Label


@dataclass(frozen=True, kw_only=True)
class Unnumbered:
    """A price code was scanned: this film has no number of its own yet, and somebody must give it one."""

    film: Film
    card: Card | None = None
    note: Note | None = None


@dataclass(frozen=True, kw_only=True)
class ProductWanted:
    """Staff want to make up a package; the price code of its film is awaited."""

    note: Note | None = None


@dataclass(frozen=True, kw_only=True)
class Counting:
    """How many cartridges, and for whom. ``typed`` is the count as digits; empty means the maker's word holds."""

    film: Film
    typed: str = ""
    card: Card | None = None
    note: Note | None = None
    cartridge: CartridgeFacts | None = None
    """The cartridge that was held under the scanner last, to see whether it is this film."""
    asked: Asked | None = field(default=None, repr=False)
    """The question for the event IDs, while it is open."""
    since: float | None = None

    @property
    def count(self) -> int:
        """The number of cartridges that is set."""
        return int(self.typed) if self.typed else self.film.rolls


@dataclass(frozen=True, kw_only=True)
class MakeUpConfirming:
    """The package may be made up; the question is whether this is right."""

    wish: MakeUpWish
    note: Note | None = None


@dataclass(frozen=True, kw_only=True)
class MakingUp:
    """The journal is writing. Nothing is promised yet; ``is_unsure`` says that an earlier try may have been stored."""

    wish: MakeUpWish
    since: float
    is_unsure: bool = False


@dataclass(frozen=True, kw_only=True)
class Presale:
    """A package made up for the shelf, and its labels. ``origin`` says whether it was made just now or found again."""

    made_up: MadeUp
    labels: tuple[Label, ...] = ()
    origin: Literal["new", "found"] = "new"
    asking: Literal["undo", "again"] | None = None
    note: Note | None = None


MakeUpPage = Unnumbered | ProductWanted | Counting | MakeUpConfirming | MakingUp | Presale
"""A page of film without serials."""
