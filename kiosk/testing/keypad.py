"""A hand on the tactile keypad, and an ear: it walks by six keys, sees no screen, and writes down what it met.

What it stands on is read from the screen's parts; what it hears is what the voice would be given to say.
"""

from dataclasses import dataclass, field, replace
from typing import Final

from kiosk.flow.access import Key
from kiosk.flow.events import Focused, JackSaid, Keyed, VoiceReady
from kiosk.language import speak
from kiosk.testing.counter import Counter
from kiosk.view import Screen, spoken
from kiosk.view.keying import meant
from kiosk.view.reading import focused
from photocore.testing import ManualClock

MOST_KEYS: Final = 120
"""No part of any page is further away than this; a walk that goes on longer is stuck."""


@dataclass
class Hand:
    """One person at one kiosk. ``lines`` is the transcript."""

    counter: Counter
    lines: list[str] = field(default_factory=list[str])
    keys: int = 0
    """How many keys were pressed."""

    def __post_init__(self) -> None:
        """Begin with what stands there."""
        self._heard = self.counter.screen

    def plug_in(self) -> None:
        """Put a headset on, at a kiosk that speaks into one."""
        now = self.counter.clock.monotonic()
        self.counter.machine.happen(VoiceReady(at=now, voice="jack"))
        self.counter.machine.happen(JackSaid(at=now, is_in=True))
        self._note("headset in")

    def pull_out(self) -> None:
        """Take it off."""
        self.counter.machine.happen(JackSaid(at=self.counter.clock.monotonic(), is_in=False))
        self._note("headset out")

    def key(self, key: Key) -> None:
        """Press one key, as slowly as a person does."""
        self.keys += 1
        self._pass_time()
        self.counter.machine.key(key)
        self._settle_and_note(f"key {key}")

    def scan(self, what: str, code: bytes) -> None:
        """Hold something under the scanner."""
        self._pass_time()
        self.counter.machine.scan(code)
        self._settle_and_note(f"scan of the {what}")

    def note(self, what: str) -> None:
        """Write down what happened without a key, such as labels that came out."""
        self._settle_and_note(what)

    def go_to(self, part: str) -> None:
        """Walk to a part, the shorter way round.

        Raises:
            AssertionError: the walk does not lead there.
        """
        ways: tuple[Key, Key] = ("next", "previous")
        key: Key = min(ways, key=lambda way: steps_to(self.counter.screen, part, way))
        for _ in range(steps_to(self.counter.screen, part, key)):
            self.key(key)
        if self.counter.screen.access.focus != part:
            raise AssertionError(f"no way to {part!r} on {self.counter.screen.name}")

    def press(self, *parts: str) -> None:
        """Walk to each part and press it."""
        for part in parts:
            self.go_to(part)
            self.key("press")

    def type_in(self, text: str) -> None:
        """Type on a pad, by walking from key to key."""
        self.press(*(f"key:{symbol}" for symbol in text))

    def _pass_time(self) -> None:
        if isinstance(self.counter.clock, ManualClock):
            self.counter.wait(1.0)

    def _settle_and_note(self, what: str) -> None:
        self._note(what)
        self.counter.settle()
        self._note("then")

    def _note(self, what: str) -> None:
        """Write down what was done, what is heard and where one stands; nothing where nothing changed by itself."""
        screen, before = self.counter.screen, self._heard
        self._heard = screen
        if what == "then" and screen == before:
            return
        here = focused(screen)
        stands = f"{here.role} {here.id}" if here else "nothing"
        self.lines.append(f"{what} | {screen.name}{' ?' if screen.overlay else ''} | {stands}")
        said = spoken.change(before, screen, speak("en").strings)
        self.lines += [f"    {one.text}" for one in said.utterances] if said else []


def steps_to(screen: Screen, part: str, key: Key) -> int:
    """Return how many times ``key`` leads to ``part``; :data:`MOST_KEYS` where it never does."""
    for count in range(MOST_KEYS):
        if screen.access.focus == part:
            return count
        step = meant(screen, Keyed(at=0.0, key=key))
        if isinstance(step, Focused):
            screen = replace(screen, access=replace(screen.access, focus=step.part))
    return MOST_KEYS
