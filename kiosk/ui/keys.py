"""What is typed: the keypad of letters and digits, the pad for a PIN, and the number that is counted."""

from dataclasses import replace
from typing import Final

from kiosk.ui.body import Body
from kiosk.ui.boxes import HBox, Panel, Spring, Text, VBox, named
from kiosk.ui.buttons import PRIMARY_HIGH_U, Press, TouchButton
from kiosk.ui.facts import FactRows
from kiosk.ui.look import SMALL_U, Look
from kiosk.ui.toolkit import Widget
from kiosk.view.screen import Button, Keypad, Screen, Stepper

DIGIT_COLUMNS: Final = 3
PAD_WIDE_U: Final = 104.0


class KeypadBody(Body):
    """What is typed so far, and the keys."""

    def __init__(self, look: Look, press: Press) -> None:
        super().__init__(look, press)
        self.field = named(VBox(fit=True), "field")
        digits, letters = _high(look, 17, 14, 25, 20), _high(look, 17, 14.5, 19, 17)
        self.pad = Pad(look, press, digit_high_u=digits, letter_high_u=letters)
        self.typed: Keypad | None = None
        self.add_widget(self.field)
        if look.is_landscape:
            self.add_widget(Spring())
            self.side = self.pad
            return
        for part in (Spring(size_hint_y=0.3), self.pad, Spring()):
            self.add_widget(part)

    def show(self, screen: Screen) -> None:
        """Show the text; the keys stay."""
        keypad = screen.keypad
        if keypad is None or keypad == self.typed:
            return
        self.typed = keypad
        self._show_field(keypad)
        self.pad.show(keypad.rows)

    def _show_field(self, keypad: Keypad) -> None:
        look, u = self.look, self.look.u
        self.field.clear_widgets()
        panel = Panel(look, padding=[4 * u, 3.2 * u], gap=1.2 * u, fit=True, edge=look["accent_line"], edge_u=0.34)
        if keypad.text:
            caret = "" if keypad.is_secret else "\u2009|"
            size = 9 if keypad.is_secret else 6
            panel.add_widget(Text(look, keypad.text + caret, size_u=size, weight="mono_bold"))
        else:
            panel.add_widget(Text(look, keypad.placeholder, size_u=6, weight="semibold", colour=look["ink2"]))
        if keypad.example:
            panel.add_widget(Text(look, keypad.example, size_u=SMALL_U, colour=look["ink2"]))
        self.field.add_widget(panel)


def _high(look: Look, lying: float, lying_low: float, standing: float, standing_low: float) -> float:
    """Return how high a key is, in units: lower where all keys must be reached by a person who sits."""
    if look.is_landscape:
        return lying_low if look.is_low else lying
    return standing_low if look.is_low else standing


class CountBody(Body):
    """What is counted and for whom, and the number between two buttons; a pad sets it at once."""

    def __init__(self, look: Look, press: Press) -> None:
        super().__init__(look, press)
        self.facts = FactRows(look, press)
        self.watch_room(self.facts)
        self.stepper = StepperRow(look, press)
        self.pad = Pad(look, press, digit_high_u=_high(look, 13.5, 10.5, 17, 12.5))
        self.add_widget(self.facts)
        setter = VBox(gap=2.2 * look.u, fit=True)
        for part in (self.stepper, self.pad):
            setter.add_widget(part)
        if look.is_landscape:
            self.add_widget(Spring())
            self.side = setter
            return
        for part in (Spring(size_hint_y=0.5), setter, Spring()):
            self.add_widget(part)

    def show(self, screen: Screen) -> None:
        """Show facts and number."""
        self.facts.show(screen.rows)
        if screen.stepper:
            self.stepper.show(screen.stepper)
        self.pad.show(screen.keypad.rows if screen.keypad else ())


class StepperRow(VBox):
    """A large number, one less at its start and one more at its end."""

    def __init__(self, look: Look, press: Press) -> None:
        super().__init__(fit=True)
        self.look, self.press = look, press
        self.shown: Stepper | None = None

    def show(self, stepper: Stepper) -> None:
        """Show another number; a button that has reached its end leaves its place empty."""
        if stepper == self.shown:
            return
        self.shown = stepper
        self.clear_widgets()
        look, u = self.look, self.look.u
        panel = Panel(look, padding=[2 * u, 1.6 * u], fit=True, edge=look["accent_line"], edge_u=0.34)
        row = HBox(look, gap=2 * u, fit=True)
        row.add_widget(self._button(stepper.minus, "remove"))
        words = named(VBox(fit=True, pos_hint={"center_y": 0.5}), "stepper")
        size = 8 if look.is_large and look.is_low and look.is_landscape else 11
        words.add_widget(Text(look, str(stepper.value), size_u=size, weight="display", align="center", line_height=1.0))
        unit = Text(look, stepper.unit, size_u=look.text_u(SMALL_U), colour=look["ink2"], align="center")
        words.add_widget(unit)
        row.add_widget(words)
        row.add_widget(self._button(stepper.plus, "add"))
        panel.add_widget(row)
        self.add_widget(panel)

    def _button(self, button: Button | None, sign: str) -> Widget:
        look, u = self.look, self.look.u
        place: Widget = Spring(size_hint_y=None, height=PRIMARY_HIGH_U * u)
        if button is not None:
            place = TouchButton(look, replace(button, text="", icon=sign), self.press, size_u=look.text_u(5.4))
        place.size_hint_x, place.width = None, 24 * u
        place.pos_hint = {"center_y": 0.5}
        return place


class Pad(VBox):
    """Rows of keys, each centred under the widest. Keys read left to right in every language."""

    def __init__(self, look: Look, press: Press, *, digit_high_u: float, letter_high_u: float = 0) -> None:
        super().__init__(gap=1.4 * look.u, fit=True)
        self.look, self.press = look, press
        self.digit_high_u = digit_high_u
        self.letter_high_u = letter_high_u or digit_high_u
        self.rows: tuple[str, ...] | None = None
        self.columns = 0
        self.bind(width=self._narrow)

    def show(self, rows: tuple[str, ...]) -> None:
        """Show the keys; those shown already stay."""
        if rows == self.rows:
            return
        self.rows = rows
        self.columns = max((len(row) for row in rows), default=0)
        self.clear_widgets()
        for row in rows:
            self.add_widget(self._row(row))
        self._narrow()

    def _row(self, symbols: str) -> HBox:
        u = self.look.u
        row = HBox(replace(self.look, is_rtl=False), gap=1.2 * u, fit=True)
        side = (self.columns - len(symbols)) / 2
        if side:
            row.add_widget(Spring(size_hint_x=side))
        for symbol in symbols:
            row.add_widget(Key(self.look, symbol, self.press, high_u=self._key_high_u()))
        if side:
            row.add_widget(Spring(size_hint_x=side))
        return row

    def _key_high_u(self) -> float:
        if self.columns <= DIGIT_COLUMNS:
            return self.digit_high_u
        return self.letter_high_u

    def _narrow(self, *_: object) -> None:
        """Leave the sides of a pad of digits empty: its keys are to be met by one thumb."""
        widest = PAD_WIDE_U * self.look.u if self.columns <= DIGIT_COLUMNS else self.width
        side = max(0.0, (self.width - widest) / 2)
        self.padding = [side, 0, side, 0]


class Key(TouchButton):
    """One key of a pad."""

    inset_u = 0.4

    def __init__(self, look: Look, symbol: str, press: Press, *, high_u: float) -> None:
        super().__init__(look, Button(id=f"key:{symbol}", text=symbol), press, size_u=look.text_u(6.4), height_u=high_u)
        self.padding = 0
