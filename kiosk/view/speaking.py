"""The choice of language: each by its own name in its own script, so that nobody must read another's to find it."""

from typing import Final

from kiosk.flow.speaking import can_choose_language, offered_by_card
from kiosk.flow.states import Attract, State
from kiosk.view.screen import Button, Overlay, Strings

QUESTION: Final = {"fr": "\u00a0?", "ar": "\u061f", "zh": "\uff1f", "ja": "\uff1f"}
"""How a question ends, where it is not "?"."""


def invites(state: State) -> bool:
    """Say whether this is the page that invites; a closed kiosk has another in its place."""
    return isinstance(state.page, Attract) and state.station.can_store


def language_tool(state: State) -> tuple[Button, ...]:
    """Return the tool of every page but the one that invites, where each language is a button of its own."""
    if not can_choose_language(state) or invites(state):
        return ()
    name = next((tongue.name for tongue in state.languages if tongue.code == state.language), state.language)
    tool = Button(id="language", text=name, icon="language", kind="inline", language=state.language)
    return (tool, *_offer(state))


def _offer(state: State) -> tuple[Button, ...]:
    """Return the card's own language as a question in that language, where the screen speaks another."""
    tongue = offered_by_card(state)
    if tongue is None or state.is_choosing_language:
        return ()
    text = f"{tongue.name}{QUESTION.get(tongue.code, '?')}"
    return (Button(id=f"language:{tongue.code}", text=text, icon="forward", kind="inline", language=tongue.code),)


def language_choice(state: State) -> tuple[Button, ...]:
    """Return a button a language, the one that is spoken now marked."""
    if not can_choose_language(state):
        return ()
    return tuple(
        Button(
            id=f"language:{tongue.code}",
            text=tongue.name,
            icon="check" if tongue.code == state.language else "",
            language=tongue.code,
            is_chosen=tongue.code == state.language,
        )
        for tongue in state.languages
    )


def language_question(state: State, t: Strings) -> Overlay | None:
    """Ask for the language, over whatever page it is; what was brought stays."""
    if not state.is_choosing_language:
        return None
    return Overlay(
        title=t.gettext("Language"),
        text=t.gettext("It changes at once. What you have scanned stays."),
        icon="language",
        is_list=True,
        buttons=(*language_choice(state), Button(id="close", text=t.gettext("Close"), icon="close")),
    )
