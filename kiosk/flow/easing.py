"""Ease of use: how this person sees, hears and reaches the kiosk, chosen on any page, gone with the session."""

from dataclasses import replace

from kiosk.flow.access import LOUDEST, Access
from kiosk.flow.focus import begin_speech, end_speech
from kiosk.flow.moves import Step, stay
from kiosk.flow.speaking import choose_language
from kiosk.flow.states import State


def is_choice(state: State, button: str) -> bool:
    """Say whether a touch is about language or ease of use: it opens one of the two, or meets the one that is open."""
    is_open = state.is_choosing_access or state.is_choosing_language
    return is_open or button.partition(":")[0] in ("access", "language", "close")


def choose(state: State, button: str) -> Step:
    """Take the touch."""
    if button == "access" or state.is_choosing_access:
        return choose_access(state, button)
    return choose_language(state, button)


def choose_access(state: State, button: str) -> Step:
    """Open the menu, switch one thing on or off, or close it; any other touch meets the menu over the page."""
    if button == "access":
        return stay(replace(state, is_choosing_access=True, is_choosing_language=False))
    if button == "close":
        return stay(replace(state, is_choosing_access=False))
    return stay(replace(state, access=_changed(state, button)))


def _changed(state: State, button: str) -> Access:
    access = state.access
    match button:
        case "contrast":
            return replace(access, has_contrast=not access.has_contrast)
        case "large":
            return replace(access, is_large=not access.is_large)
        case "low":
            return replace(access, is_low=not access.is_low)
        case "voice" if access.speaks:
            return end_speech(access)
        case "voice" if state.station.can_speak:
            return replace(begin_speech(access), focus=access.focus or button)
        case "volume":
            return replace(access, volume=access.volume % LOUDEST + 1)
        case _:
            return access
