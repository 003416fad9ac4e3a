"""From keys that go down and up to the characters a scanner meant. Pure: no port, no clock.

Nothing is guessed and nothing left out: a key that types no ASCII character (an arrow, Alt+F4, a letter with an accent,
a dead key without its space) becomes SUB, and photocore refuses a code with a control character in it. So a code cannot
lose a character on the way and pass for another one, and a barcode that presses function keys (BadBarcode, PacSec
2015) does nothing at all.

Control characters, GS among them, come in one of two ways: as Ctrl and a key ("control character emulation", Datalogic
QuickScan guide, appendix A; Wasp WLS 8400 guide, table 5-2), or as Alt and their number on the number pad (Worth Data
keyboard wedge manual, 4-2). Which key stands for a control character that is no letter is the American keyboard's place
for it on every keyboard; for other countries than the US that is from memory.
"""

from collections.abc import Iterable
from typing import Final

from hardware.input_events.codes import EV_KEY, KEYS
from hardware.input_events.decoder import InputEvent
from hardware.scanner.hid.keymap import Keymap

UP: Final = 0
DOWN: Final = 1  # and 2 is a held key's repeat, which no scanner means

SUB: Final = b"\x1a"
"""The substitute for what cannot be told, as ECMA-48 has it; no code of ours may hold it."""

LONGEST_NUMBER: Final = 4
"""Digits of a character's number on the number pad: 029, or 0029."""

SHIFTS: Final = frozenset({KEYS["KEY_LEFTSHIFT"], KEYS["KEY_RIGHTSHIFT"]})
CONTROLS: Final = frozenset({KEYS["KEY_LEFTCTRL"], KEYS["KEY_RIGHTCTRL"]})
ALT: Final = KEYS["KEY_LEFTALT"]
ALT_GR: Final = KEYS["KEY_RIGHTALT"]
CAPS_LOCK: Final = KEYS["KEY_CAPSLOCK"]
MODIFIERS: Final = SHIFTS | CONTROLS | {ALT, ALT_GR, KEYS["KEY_LEFTMETA"], KEYS["KEY_RIGHTMETA"]}
SILENT: Final = frozenset({KEYS["KEY_NUMLOCK"], KEYS["KEY_SCROLLLOCK"]})

ENDS: Final = frozenset({KEYS["KEY_ENTER"], KEYS["KEY_KPENTER"], KEYS["KEY_TAB"]})
"""Keys a scan ends with, whichever suffix the scanner is set to."""
NUMBER_PAD: Final = {
    **{KEYS[f"KEY_KP{digit}"]: str(digit) for digit in range(10)},
    KEYS["KEY_KPPLUS"]: "+",
    KEYS["KEY_KPMINUS"]: "-",
    KEYS["KEY_KPASTERISK"]: "*",
    KEYS["KEY_KPSLASH"]: "/",
}
CONTROL_PLACES: Final = {
    KEYS["KEY_LEFTBRACE"]: b"\x1b",
    KEYS["KEY_BACKSLASH"]: b"\x1c",
    KEYS["KEY_RIGHTBRACE"]: b"\x1d",
    KEYS["KEY_6"]: b"\x1e",
    KEYS["KEY_MINUS"]: b"\x1f",
}


class Typist:
    """Reads one keyboard's events by its keymap. It keeps which modifiers are down, and a dead key that waits."""

    def __init__(self, keymap: Keymap) -> None:
        self._typed = {KEYS[key]: typed for key, typed in keymap.keys.items()}
        self._dead = {KEYS[key]: dead for key, dead in keymap.dead.items()}
        self.forget()

    def forget(self) -> None:
        """Start over: which keys are down is not known any more."""
        self._down: set[int] = set()
        self._is_caps_locked = False
        self._waiting = b""
        self._number: str | None = None

    def read(self, events: Iterable[InputEvent]) -> bytes:
        """Return what ``events`` type, Enter and Tab as CR; a few bytes an event at most."""
        return b"".join(self._read(event) for event in events if event.kind == EV_KEY)

    def _read(self, event: InputEvent) -> bytes:
        if event.value == UP:
            return self._release(event.code)
        if event.value != DOWN or event.code in SILENT:
            return b""
        if event.code in MODIFIERS:
            self._down.add(event.code)
            return b""
        if event.code == CAPS_LOCK:
            self._is_caps_locked = not self._is_caps_locked
            return b""
        if event.code in NUMBER_PAD and ALT in self._down:
            self._number = ((self._number or "") + NUMBER_PAD[event.code])[: LONGEST_NUMBER + 1]
            return b""
        return self._settle(self._press(event.code), is_dead=self._is_dead(event.code))

    def _release(self, code: int) -> bytes:
        self._down.discard(code)
        if code != ALT or self._number is None:
            return b""
        number, self._number = self._number, None
        is_ascii = len(number) <= LONGEST_NUMBER and number.isdecimal() and 0 < int(number) < 0x80  # NUL would vanish
        return self._settle(bytes([int(number)]) if is_ascii else SUB)

    def _settle(self, typed: bytes, *, is_dead: bool = False) -> bytes:
        """Return what is typed after all: a dead key waits, and stands for itself only before a space."""
        waiting, self._waiting = self._waiting, typed if is_dead else b""
        if waiting and typed == b" ":
            return waiting
        return (SUB if waiting else b"") + (b"" if is_dead else typed)

    def _press(self, code: int) -> bytes:
        if code in ENDS:
            return b"\r"
        if code in NUMBER_PAD:
            return NUMBER_PAD[code].encode()
        if self._down & CONTROLS and ALT not in self._down:
            return self._control(code)
        character = self._character(code)
        return character.encode() if character.isascii() and character else SUB

    def _control(self, code: int) -> bytes:
        if code in CONTROL_PLACES:
            return CONTROL_PLACES[code]
        letter = self._typed.get(code, "")[:1]
        return bytes([ord(letter) & 0x1F]) if letter.isascii() and letter.isalpha() else SUB

    def _character(self, code: int) -> str:
        """Return what the key types as it is held now; empty where it types nothing."""
        typed = self._typed.get(code, "")
        level = self._level()
        if level is None or level >= len(typed):
            return ""
        is_letter = typed[0].isalpha() and typed[0].upper() == typed[1:2]
        return typed[1 - level] if is_letter and self._is_caps_locked and level <= 1 else typed[level]

    def _level(self) -> int | None:
        """Return which of a key's characters the modifiers ask for; Ctrl and Alt together are AltGr."""
        others = self._down - SHIFTS
        is_shifted = bool(self._down & SHIFTS)
        if not others:
            return int(is_shifted)
        is_alt_gr = others == {ALT_GR} or (ALT in others and others <= CONTROLS | {ALT} and len(others) > 1)
        return 2 if is_alt_gr and not is_shifted else None

    def _is_dead(self, code: int) -> bool:
        character = self._character(code)
        return bool(character) and character in self._dead.get(code, "")
