"""What the worker asks of the desk about cards themselves: a guest card for who has none, two cards of one customer."""

from dataclasses import dataclass
from typing import Any

from kiosk.flow.card_effects import JoinCards, MintGuestCard
from kiosk.flow.card_events import GuestCardMinted
from kiosk.flow.effects import Asked
from kiosk.flow.events import Answer
from kiosk.flow.staff_events import DeedDone
from kiosk.ports import Desk
from photocore.seams import Clock
from sync.cards import JoinWish


@dataclass(frozen=True, kw_only=True)
class CardWork:
    """Carries out what concerns cards. May raise what the desk raises; the worker answers for that."""

    desk: Desk
    clock: Clock

    def carry_out(self, effect: Asked) -> Answer | None:
        """Do ``effect`` and return its answer; None when it is none of ours."""
        facts: dict[str, Any] = {"at": self.clock.monotonic(), "about": effect}
        match effect:
            case MintGuestCard():
                return GuestCardMinted(**facts, card=self.desk.mint_guest_card())
            case JoinCards():
                wish = JoinWish(
                    why=effect.why, into=effect.into, staff=effect.staff, old=effect.old, number=effect.number
                )
                self.desk.join_cards(wish)
                return DeedDone(**facts)
            case _:
                return None
