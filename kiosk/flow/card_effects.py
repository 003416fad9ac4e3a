"""What is asked of the desk about cards themselves: a guest card for who has none, and two cards of one customer."""

from dataclasses import dataclass, field
from typing import Literal

from kiosk.flow.effects import Asked
from kiosk.flow.staff_effects import Override
from photocore.cards import CardNumber

Joining = Literal["guest", "replaced", "household"]
"""Why two cards become one customer's: a guest card joins one's own, a lost card is replaced, two share an account."""


@dataclass(frozen=True, kw_only=True)
class MintGuestCard(Asked):
    """Make the number of a guest card. Nothing is stored by it: it is a card like any other until it registers."""


@dataclass(frozen=True, kw_only=True)
class JoinCards(Override):
    """Write that two cards are one customer's. ``number`` is a receipt's, where the old card itself is gone."""

    why: Joining
    into: CardNumber = field(repr=False)
    old: CardNumber | None = field(default=None, repr=False)
    number: str = ""
