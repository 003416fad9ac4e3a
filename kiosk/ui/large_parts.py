"""What stands round the words of a page in large text: whose kiosk it is, the steps, the row that turns the leaves."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from kiosk.ui.boxes import HBox, Line, Spring, icon, named
from kiosk.ui.buttons import Press
from kiosk.ui.leaves import GAP_U, LargeButton, LargeText
from kiosk.ui.logo import sign_of
from kiosk.ui.look import Look
from kiosk.ui.sections import INKS, StepBar
from kiosk.ui.toolkit import Widget
from kiosk.view.reading import reading
from kiosk.view.screen import Button, LightMark, Screen, StepMark

MARGIN_U: Final = 5.0


def store_row(look: Look, store: str, light: LightMark) -> HBox:
    """Return the row on top: the shop's sign and name, and the light's sign; its words stand among the text."""
    u = look.u
    row = HBox(look, gap=1.6 * u, padding=[MARGIN_U * u, 0], size_hint=(None, None))
    row.size = (look.window[0], max(look.large_px * 1.35, 8 * u))
    row.add_widget(sign_of(look))
    words = LargeText(look, store, wide=10, weight="bold")
    words.size_hint_x = 1
    words.shorten, words.max_lines = True, 1
    words.pos_hint = {"center_y": 0.5}
    row.add_widget(named(words, "store"))
    if light.icon:
        row.add_widget(icon(look, light.icon, size_u=look.large_u * 1.2, colour=look[INKS[light.tone]]))
    return row


def step_row(look: Look, steps: Sequence[StepMark]) -> HBox:
    """Return the steps as bars; the heading says in words which one it is."""
    u = look.u
    row = HBox(look, gap=1.6 * u, padding=[MARGIN_U * u, 0], size_hint=(None, None))
    row.size = (look.window[0], 2 * u)
    for n, step in enumerate(steps):
        row.add_widget(named(StepBar(look, step.state), f"step:{n}"))
    return row


def pager_row(
    look: Look, buttons: Sequence[Button], at: tuple[int, int], press: Press, *, wide: float, high: float
) -> HBox:
    """Return the row that turns the leaves and says which one of how many this is."""
    leaf, count = at
    row = HBox(look, gap=GAP_U * look.u, size_hint=(None, None), size=(wide, high))
    words = Line(look, f"{leaf + 1} / {count}", size_u=look.large_u, weight="semibold")
    side = (wide - words.width - 2 * GAP_U * look.u) / 2
    is_there = (leaf > 0, leaf < count - 1)
    for n, button in enumerate(buttons):
        if n:
            row.add_widget(words)
        row.add_widget(_turner(look, button, press, side, high) if is_there[n] else Spring())
    return row


def _turner(look: Look, button: Button, press: Press, wide: float, high: float) -> Widget:
    """Return a button that turns the leaf: its arrow alone, where there is no room for its word."""
    made = LargeButton(look, button, press)
    sign = made.icon.width + 1.6 * look.u if made.icon else 0.0
    if made.natural + sign + 2 * made.inset_u * look.u > wide:
        made = LargeButton(look, replace(button, text=""), press)
    made.widen(wide)
    made.height = high
    return made


def own_buttons(screen: Screen) -> tuple[Button, ...]:
    """Return the buttons that stand on every leaf; of a long list of answers only the last, which closes it."""
    if screen.overlay:
        return screen.overlay.buttons[-1:] if screen.overlay.is_list else screen.overlay.buttons
    return screen.buttons


def is_elsewhere(screen: Screen, button: Button) -> bool:
    """Say whether a button stands in the foot or beside the number it changes."""
    signs = (screen.stepper.minus, screen.stepper.plus) if screen.stepper else ()
    return not screen.overlay and (button in screen.tools or button in signs)


def page_of(screen: Screen) -> tuple[str, str]:
    """Return what begins anew at its first leaf."""
    return screen.name, screen.overlay.title if screen.overlay else ""


def drawn_of(screen: Screen) -> tuple[object, ...]:
    """Return all that is drawn of a screen."""
    return (
        reading(screen),
        screen.touchable(),
        screen.overlay,
        screen.slots,
        screen.number,
        screen.qr,
        screen.light,
        screen.leaves,
    )
