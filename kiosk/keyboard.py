"""What a keyboard, or a tactile keypad that behaves as one, means to the kiosk: six keys, and every other does nothing.

A keypad that is read from the kernel (:mod:`hardware.keypad`) needs none of this; this is for one that the window
system keeps for itself, and for trying the kiosk at a desk. A key that is held down counts once (EN 301 549, 5.7). A
scanner that types like a keyboard ends each code with Enter, so what follows close upon any other key is not a person.
"""

from typing import Final

from kiosk.flow.access import Key
from photocore.seams import Clock

HUMAN_S: Final = 0.15
"""No person presses one of the six so soon after a key that is none of them; a scanner's Enter comes within 20 ms."""

_SDL_F: Final = 0x40000068 - 13
"""SDL's number of a function key from F16 on is this and the key's own number; the toolkit renumbers F1 to F15."""

KEYS: Final[dict[int, Key]] = {
    273: "previous",  # up
    276: "previous",  # left
    274: "next",  # down
    275: "next",  # right
    9: "next",  # Tab
    13: "press",  # Enter
    271: "press",  # Enter of the number pad
    32: "press",  # space
    27: "back",  # Escape
    8: "back",  # Backspace
    282: "repeat",  # F1
    283: "volume",  # F2
    _SDL_F + 17: "repeat",  # what follows is an EZ-Access keypad in its makers' default table: "?"
    _SDL_F + 18: "previous",  # up
    _SDL_F + 19: "next",  # down
    _SDL_F + 20: "press",  # round
    _SDL_F + 21: "back",  # BACK
    _SDL_F + 22: "next",  # NEXT
    _SDL_F + 23: "previous",  # <<
    _SDL_F + 24: "next",  # >>
    0x40000080: "volume",  # volume up
    0x40000075: "repeat",  # help
}
"""The toolkit's numbers of the keys, by what they mean. Shift and Tab together is Tab, seen from the other side."""

TAB: Final = 9


class Keyboard:
    """Tells a person's key from a held one and from a typing scanner's."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._held: set[int] = set()
        self._other_at: float | None = None

    def press(self, code: int, *, is_shifted: bool = False) -> Key | None:
        """Return what a key that went down means, or None where it means nothing."""
        now = self._clock.monotonic()
        is_held = code in self._held
        self._held.add(code)
        key = KEYS.get(code)
        if key is None:
            self._other_at = now
            return None
        is_typed = self._other_at is not None and now - self._other_at < HUMAN_S
        if is_held or is_typed:
            return None
        return "previous" if code == TAB and is_shifted else key

    def release(self, code: int) -> None:
        """Note that a key is up again."""
        self._held.discard(code)
