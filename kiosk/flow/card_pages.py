"""The staff's pages about a customer's cards: why two become one, and the two themselves."""

from dataclasses import dataclass, field

from kiosk.flow.card_effects import Joining
from kiosk.flow.notes import Note
from kiosk.flow.values import Card


@dataclass(frozen=True, kw_only=True)
class CardsWanted:
    """Which of the three it is; the choice is the reason that goes on record."""

    note: Note | None = None


@dataclass(frozen=True, kw_only=True)
class CardsJoining:
    """The old card, then the one that stays. ``number`` is a receipt's, where the old card itself is gone."""

    why: Joining
    old: Card | None = None
    number: str = ""
    into: Card | None = field(default=None)
    is_asking: bool = False
    note: Note | None = None

    @property
    def has_old(self) -> bool:
        """Say whether it is known whose registrations these are."""
        return self.old is not None or bool(self.number)


CardPage = CardsWanted | CardsJoining
"""A page for staff alone, about a customer's cards."""
