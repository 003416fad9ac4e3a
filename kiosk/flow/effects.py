"""What the flow asks of the world. Each is a value; :mod:`kiosk.worker` carries it out off the screen's thread.

Those that are answered carry the session that asked, and come back whole in their answer.
"""

from dataclasses import dataclass, field

from kiosk.flow.values import Card, Item, Package, Wish
from photocore.cards import CardNumber


@dataclass(frozen=True, kw_only=True)
class AnswerScanner:
    """Tell the scanner: good after we took the scan (or committed), refused otherwise."""

    is_good: bool


@dataclass(frozen=True, kw_only=True)
class ReadStation:
    """Ask journal and courier how they are."""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """An effect that is answered to session ``session``."""

    session: int


@dataclass(frozen=True, kw_only=True)
class ReadTyped(Asked):
    """Say what was typed on the keypad means."""

    text: str = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class LookUp(Asked):
    """Find out what an item is. ``of`` is what its code told beside the number: lot, last good day."""

    item: str
    of: Item | None = None


@dataclass(frozen=True, kw_only=True)
class CheckClaim(Asked):
    """Find out whether this card may register this item, and make the event's ID."""

    item: Item
    card: Card


@dataclass(frozen=True, kw_only=True)
class Register(Asked):
    """Commit: event, outbox row and label jobs in one transaction."""

    wish: Wish
    package: Package


@dataclass(frozen=True, kw_only=True)
class Undo(Asked):
    """Withdraw the claim; its labels become void."""

    claim: str


@dataclass(frozen=True, kw_only=True)
class PrintAgain(Asked):
    """New copies for all rolls of the claim, the old ones void; or its first, if it waited for the maker's list.

    ``card`` is the card that was shown for it, where one was: the desk refuses another's.
    """

    claim: str
    number: str
    card: CardNumber | None = field(default=None, repr=False)


@dataclass(frozen=True, kw_only=True)
class FindRegistration(Asked):
    """Find the receipt's registration and queue the labels that wait."""

    number: str


@dataclass(frozen=True, kw_only=True)
class CheckCopy(Asked):
    """Ask what one printed copy is worth."""

    item: str
    copy: str


@dataclass(frozen=True, kw_only=True)
class SettleByScan(Asked):
    """A fresh label was held under the scanner: that proves it is on paper."""

    claim: str
    item: str
    copy: str


@dataclass(frozen=True, kw_only=True)
class ReadClaim(Asked):
    """Read the labels and the level of one claim."""

    claim: str


@dataclass(frozen=True, kw_only=True)
class EndTraining:
    """Take the training desk away, with all that was done at it. Nobody waits for that."""


Effect = AnswerScanner | ReadStation | EndTraining | Asked
"""Everything the flow can ask for; what making up and staff ask is in modules of its own."""
