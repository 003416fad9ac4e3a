"""The language of the session: chosen by a touch on any page, gone with the shopper who chose it."""

from dataclasses import replace

from kiosk.flow.moves import Step, stay
from kiosk.flow.states import Attract, State


def can_choose_language(state: State) -> bool:
    """Say whether there is a choice."""
    return len(state.languages) > 1


def choose_language(state: State, button: str) -> Step:
    """Open the choice, take a language, or close it; any other touch meets the choice that lies over the page."""
    _, _, code = button.partition(":")
    is_offered = any(tongue.code == code for tongue in state.languages)
    if button == "language" and can_choose_language(state):
        return stay(replace(state, is_choosing_language=True))
    if is_offered and (state.is_choosing_language or isinstance(state.page, Attract)):
        return stay(replace(state, language=code, is_choosing_language=False))
    if button == "close":
        return stay(replace(state, is_choosing_language=False))
    return stay(state)
