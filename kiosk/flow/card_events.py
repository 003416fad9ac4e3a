"""What the desk answers about cards themselves."""

from dataclasses import dataclass

from kiosk.flow.events import Answer
from photocore.cards import CardNumber


@dataclass(frozen=True, kw_only=True)
class GuestCardMinted(Answer):
    """A guest card that nobody has yet."""

    card: CardNumber
