"""Ease of use: one tool on every page, and the menu it opens; and what is said first to a person who listens."""

from kiosk.flow.access import LOUDEST
from kiosk.flow.states import State
from kiosk.view.screen import Button, Overlay, Strings


def access_tool(t: Strings) -> Button:
    """Return the tool that opens the menu."""
    return Button(id="access", text=t.gettext("Ease of use"), icon="access", kind="inline")


def access_menu(state: State, t: Strings) -> Overlay | None:
    """Ask how this person sees, hears and reaches best; each answer shows at once, and the menu stays."""
    if not state.is_choosing_access:
        return None
    return Overlay(
        title=t.gettext("Ease of use"),
        text=t.gettext("Choose what helps you. It lasts until you finish."),
        icon="access",
        is_list=True,
        buttons=(*_choices(state, t), Button(id="close", text=t.gettext("Close"), icon="close")),
    )


def _choices(state: State, t: Strings) -> tuple[Button, ...]:
    access = state.access
    choices = [
        _choice("contrast", t.gettext("High contrast"), is_on=access.has_contrast),
        _choice("large", t.gettext("Large text"), is_on=access.is_large),
        _choice("low", t.gettext("Everything within low reach"), is_on=access.is_low),
    ]
    if state.station.can_speak or access.speaks:
        choices.append(_choice("voice", t.gettext("Read the screen aloud"), is_on=access.speaks))
    if access.speaks:
        words = t.gettext("Volume {n} of {of}").format(n=access.volume, of=LOUDEST)
        choices.append(Button(id="volume", text=words, icon="volume"))
    return tuple(choices)


def _choice(name: str, words: str, *, is_on: bool) -> Button:
    return Button(id=name, text=words, icon="check" if is_on else "", is_chosen=is_on)


def greeting(state: State, t: Strings) -> str:
    """Say what the keys do, to a person whose speech has just begun."""
    if not state.access.greets:
        return ""
    return t.gettext(
        "This kiosk speaks to you. The keypad has one key to go on, one to go back, and one to press. "
        "Other keys say it again, leave a page, and change the volume."
    )
