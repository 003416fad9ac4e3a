"""What the desk's work stands on besides the journal."""

from dataclasses import dataclass

from photocore.seams import Clock, Entropy
from sync.drafts import Drafter
from sync.roster import Roster
from sync.words import ReceiptWords


@dataclass(frozen=True, kw_only=True)
class Counter:
    """The roster, the drafter, the station's card key, the words of receipts."""

    roster: Roster
    drafter: Drafter
    card_key: bytes
    words: ReceiptWords

    @property
    def clock(self) -> Clock:
        """The station's clock."""
        return self.drafter.clock

    @property
    def entropy(self) -> Entropy:
        """The station's randomness."""
        return self.drafter.entropy
