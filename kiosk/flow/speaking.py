"""The language of the session: chosen by a touch on any page, gone with the shopper who chose it.

A card whose numbering scheme has a language of its own brings an offer of it, to be taken by one touch. Nothing changes
by itself, and nothing is kept: what one shopper chose is never tied to a card.
"""

from dataclasses import replace

from kiosk.flow.make_up_pages import Counting, MakeUpConfirming, Unnumbered
from kiosk.flow.moves import Step, stay
from kiosk.flow.states import Attract, Confirming, Scanning, State
from kiosk.flow.values import Card, Tongue


def can_choose_language(state: State) -> bool:
    """Say whether there is a choice."""
    return len(state.languages) > 1


def offered_by_card(state: State) -> Tongue | None:
    """Return the language of the card that was scanned, where it is another and nobody has chosen one yet."""
    card = _card_of(state)
    if card is None or state.language != state.home_language:
        return None
    wanted = card.card.language.partition("-")[0]
    return next((tongue for tongue in state.languages if tongue.code == wanted != state.language), None)


def _card_of(state: State) -> Card | None:
    match state.page:
        case Scanning(card=card) | Counting(card=card) | Unnumbered(card=card):
            return card
        case Confirming(wish=wish) | MakeUpConfirming(wish=wish):
            return wish.card
        case _:
            return None


def choose_language(state: State, button: str) -> Step:
    """Open the choice, take a language, or close it; any other touch meets the choice that lies over the page."""
    _, _, code = button.partition(":")
    is_offered = any(tongue.code == code for tongue in state.languages)
    by_card = offered_by_card(state)
    if button == "language" and can_choose_language(state):
        return stay(replace(state, is_choosing_language=True))
    is_open = state.is_choosing_language or isinstance(state.page, Attract) or (by_card and by_card.code == code)
    if is_offered and is_open:
        return stay(replace(state, language=code, is_choosing_language=False))
    if button == "close":
        return stay(replace(state, is_choosing_language=False))
    return stay(state)
