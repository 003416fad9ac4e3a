"""The screen as a list to be read: each part's role, name, value and state, in the order it is read and walked.

Speech says it, the keypad's focus walks it, the large-text layout draws it, tests check it. There is no other order.
"""

from dataclasses import dataclass
from typing import Literal

from kiosk.view.screen import Button, Screen

Role = Literal["heading", "text", "status", "fact", "item", "field", "value", "button", "key", "step", "alert"]


@dataclass(frozen=True, kw_only=True)
class Part:
    """One part. ``id`` is the button's where it can be pressed, else a name that is unique on this screen.

    ``value`` is what it holds besides its name; ``spells`` says that the value is a code, to be said sign by sign.
    """

    id: str
    role: Role
    name: str
    value: str = ""
    spells: bool = False
    state: Literal["", "chosen", "done", "now", "next", "good", "warn", "bad"] = ""
    can_press: bool = False


def reading(screen: Screen) -> tuple[Part, ...]:
    """Return every part in reading order; while a question lies over the page, the question's alone."""
    if screen.overlay:
        question = screen.overlay
        return (
            Part(id="title", role="heading", name=question.title),
            Part(id="guidance", role="text", name=question.text),
            *(pressable(button) for button in question.buttons),
        )
    found = [Part(id="title", role="heading", name=screen.title.replace("\n", " "))]
    if screen.guidance:
        found.append(Part(id="guidance", role="text", name=screen.guidance))
    found += [pressable(button) for button in screen.touchable()]
    return tuple(found)


def pressable(button: Button) -> Part:
    """Return a button as a part."""
    return Part(
        id=button.id, role="button", name=button.text, state="chosen" if button.is_chosen else "", can_press=True
    )


def focused(screen: Screen) -> Part | None:
    """Return the part the keypad stands on, or None."""
    return next((part for part in reading(screen) if part.id == screen.access.focus), None)
