"""What a key of the tactile keypad means on this screen, and where the focus stands when the screen has changed.

The walk is a ring over :func:`kiosk.view.reading.reading`. Who listens walks over every part, texts too, and so can
hear a page line by line; who only sees walks over what can be pressed. A key is never dead: on a text, or where there
is no way back, it says again what the focus stands on.
"""

from dataclasses import replace
from typing import Final

from kiosk.flow.access import HEADING, Access
from kiosk.flow.events import Focused, Happened, Keyed, Pressed
from kiosk.view.reading import Part, reading
from kiosk.view.screen import Screen

WAYS_BACK: Final = ("more", "close", "no", "back", "cancel")
"""What a page calls its own way back, the nearest first. A page that only has an end is not left by this key."""


def meant(screen: Screen, event: Keyed) -> Happened:
    """Return what ``event`` does here: the focus moves, a button is pressed, or it is a key like on every page."""
    parts = reading(screen)
    stands = next((part for part in parts if part.id == screen.access.focus), None)
    match event.key:
        case "previous" | "next" | "press" if stands is None:
            return Focused(at=event.at, part=start_of(screen))
        case "press" if stands and stands.can_press:
            return Pressed(at=event.at, button=stands.id, by_key=True)
        case "press":
            return replace(event, key="repeat")
        case "previous":
            return Focused(at=event.at, part=_neighbour(screen, parts, -1))
        case "next":
            return Focused(at=event.at, part=_neighbour(screen, parts, 1))
        case "back":
            return _back(screen, event)
        case _:
            return event


def start_of(screen: Screen) -> str:
    """Return where the focus begins on a page.

    Who listens begins at the heading. Who sees begins at what most people press, where there is no such thing at the
    first that is no way out, and at a question at its first answer, which changes nothing. Where nothing can be
    pressed it is the heading too.
    """
    if screen.access.speaks:
        return HEADING
    question = screen.overlay
    buttons = question.buttons if question else screen.buttons
    if question is None or question.share is not None:
        for button in buttons:
            if button.kind == "primary":
                return button.id
    found = [part.id for part in reading(screen) if part.can_press]
    return next((part for part in found if question or part not in WAYS_BACK), next(iter(found), HEADING))


def settled(before: Screen, after: Screen, *, by_person: bool) -> Access:
    """Return ``after.access`` with a focus that stands on a part of ``after``.

    A question takes the focus and gives it back. Another page, by the person's doing or of another kind, begins at its
    start. On a page that only went on by itself, such as labels that came out, the focus stays under the finger.
    """
    access = after.access
    if before.access.greets and is_another_page(before, after):
        access = replace(access, greets=False)
    if not access.focus:
        return access
    ids = {part.id for part in reading(after)}
    asked, asks = _question(before), _question(after)
    if asks and not asked:
        return replace(access, focus=start_of(after), beneath=access.beneath or access.focus)
    if asked and not asks:
        return replace(access, focus=access.beneath if access.beneath in ids else start_of(after), beneath="")
    is_other = asked != asks or before.layout != after.layout or (by_person and before.name != after.name)
    if is_other or access.focus not in ids:
        return replace(access, focus=start_of(after))
    return access


def is_another_page(before: Screen, after: Screen) -> bool:
    """Say whether a press that was meant for ``before`` would surprise on ``after``."""
    return (before.name, _question(before)) != (after.name, _question(after))


def _question(screen: Screen) -> str:
    return screen.overlay.title if screen.overlay else ""


def _neighbour(screen: Screen, parts: tuple[Part, ...], by: int) -> str:
    """Return the next stop of the ring, from a part that need not be a stop itself."""
    stops = [part.id for part in parts if part.can_press or screen.access.speaks] or [HEADING]
    order = [part.id for part in parts]
    at = order.index(screen.access.focus)
    beyond = [*order[at + 1 :], *order[: at + 1]] if by > 0 else [*order[:at][::-1], *order[at:][::-1]]
    return next(part for part in beyond if part in stops)


def _back(screen: Screen, event: Keyed) -> Happened:
    ids = screen.button_ids()
    way = next((button for button in WAYS_BACK if button in ids), None)
    if way:
        return Pressed(at=event.at, button=way, by_key=True)
    if "finish" in ids and screen.access.focus != "finish":
        return Focused(at=event.at, part="finish")
    return replace(event, key="repeat")
