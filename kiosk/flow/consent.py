"""The privacy notice, opened from the page that asks "Is this right?", and the consent itself.

The button that registers is the consent, and says so; it takes no touch of its own. What is agreed to is the notice
that was on offer when it was touched, by its version.
"""

from dataclasses import replace

from kiosk.flow.events import Happened, Pressed
from kiosk.flow.make_up_pages import MakeUpConfirming
from kiosk.flow.moves import Step, go, stay
from kiosk.flow.states import Confirming, PrivacyShown, State
from photocore.privacy import Section

AT_ONCE = 2
"""Sections of the notice on one screen; in large text one."""


def open_notice(state: State, under: Confirming | MakeUpConfirming) -> Step:
    """Show the notice; what was brought stays."""
    return go(state, PrivacyShown(under=replace(under, note=None)))


def agreed_version(state: State) -> str | None:
    """Return the version of the notice that whoever registers now agrees to."""
    return state.privacy.version or None


def asks_consent(state: State, page: Confirming) -> bool:
    """Say whether registering is agreeing: where there is a notice, and the shopper is here to read it.

    Whoever stands on a paper list has left long ago; nobody can agree for them.
    """
    return bool(state.privacy.notices) and page.wish.paper is None


def parts_of(state: State) -> tuple[tuple[Section, ...], ...]:
    """Return the notice in the shopper's language, cut into screens."""
    notice = state.privacy.in_language(state.language)
    sections = notice.section if notice else ()
    size = 1 if state.access.is_large else AT_ONCE
    return tuple(sections[at : at + size] for at in range(0, len(sections), size))


def step_privacy(state: State, page: PrivacyShown, event: Happened) -> Step:
    """Turn the pages of the notice, and lead back to where it was opened."""
    last = len(parts_of(state)) - 1
    match event:
        case Pressed(button="back"):
            return go(state, page.under)
        case Pressed(button="after") if page.part < last:
            return go(state, replace(page, part=page.part + 1))
        case Pressed(button="before") if page.part > 0:
            return go(state, replace(page, part=min(page.part, last) - 1))
        case _:
            return stay(state)
