"""From input events to what they mean on one keypad: a key pressed, a headset in or out. Pure.

A key counts when it goes down, once, however long it is held: a hand that rests on it must not run through the page
(EN 301 549, 5.9 and 8.4.2: no key repeat that cannot be turned off).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from hardware.input_events.codes import EV_KEY, EV_SW, KEYS, SWITCHES
from hardware.input_events.decoder import InputEvent
from hardware.keypad.profile import KeypadProfile, KeyWord

DOWN: Final = 1


@dataclass(frozen=True, kw_only=True)
class KeyPressed:
    """A key of the keypad went down."""

    key: KeyWord


@dataclass(frozen=True, kw_only=True)
class Jack:
    """A headset was put in, or pulled out; also told, as it is, when the device is opened."""

    is_in: bool


Signal = KeyPressed | Jack


class Reader:
    """Reads events by a profile; a jack's state is told when it changes, and not again when it is said twice."""

    def __init__(self, profile: KeypadProfile) -> None:
        self._words: dict[int, KeyWord] = {KEYS[name]: word for name, word in profile.keys.items()}
        jack = profile.jack
        self._switch = SWITCHES.get(jack.switch)
        self._jack_keys = {KEYS[jack.key_in]: True, KEYS[jack.key_out]: False} if jack.key_in else {}
        self.is_jack_in: bool | None = None
        """None while the device has not said."""

    def read(self, events: list[InputEvent]) -> list[Signal]:
        """Return what ``events`` mean, in their order; what means nothing here is left out."""
        return list(self._signals(events))

    def lose(self) -> list[Signal]:
        """Note that the device is gone: with it the headset, as far as anybody can tell."""
        was_in, self.is_jack_in = self.is_jack_in, None
        return [Jack(is_in=False)] if was_in else []

    def _signals(self, events: list[InputEvent]) -> Iterator[Signal]:
        for event in events:
            if event.kind == EV_KEY and event.value == DOWN and event.code in self._words:
                yield KeyPressed(key=self._words[event.code])
            elif (is_in := self._jack_state(event)) is not None and is_in != self.is_jack_in:
                self.is_jack_in = is_in
                yield Jack(is_in=is_in)

    def _jack_state(self, event: InputEvent) -> bool | None:
        if event.kind == EV_SW and event.code == self._switch:
            return bool(event.value)
        if event.kind == EV_KEY and event.value == DOWN:
            return self._jack_keys.get(event.code)
        return None
