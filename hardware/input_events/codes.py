"""The names of the kernel's input codes that a keypad, a jack or a typing scanner can send (linux/input-event-codes.h).

Profiles name keys as the kernel does, so that what ``evtest`` shows of a new keypad can be copied into one.
"""

from typing import Final

EV_SYN: Final = 0
EV_KEY: Final = 1
EV_SW: Final = 5

SYN_REPORT: Final = 0
SYN_DROPPED: Final = 3

SWITCHES: Final = {"SW_HEADPHONE_INSERT": 2, "SW_LINEOUT_INSERT": 6, "SW_JACK_PHYSICAL_INSERT": 7}
"""``SW_LINEOUT_INSERT`` is here for sound cards that call their one socket so."""

KEYS: Final = {
    "KEY_ESC": 1,
    **{f"KEY_{digit}": code for code, digit in enumerate("1234567890", start=2)},
    "KEY_MINUS": 12,
    "KEY_EQUAL": 13,
    "KEY_BACKSPACE": 14,
    "KEY_TAB": 15,
    **{f"KEY_{letter}": code for code, letter in enumerate("QWERTYUIOP", start=16)},
    "KEY_LEFTBRACE": 26,
    "KEY_RIGHTBRACE": 27,
    "KEY_ENTER": 28,
    "KEY_LEFTCTRL": 29,
    **{f"KEY_{letter}": code for code, letter in enumerate("ASDFGHJKL", start=30)},
    "KEY_SEMICOLON": 39,
    "KEY_APOSTROPHE": 40,
    "KEY_GRAVE": 41,
    "KEY_LEFTSHIFT": 42,
    "KEY_BACKSLASH": 43,
    **{f"KEY_{letter}": code for code, letter in enumerate("ZXCVBNM", start=44)},
    "KEY_COMMA": 51,
    "KEY_DOT": 52,
    "KEY_SLASH": 53,
    "KEY_RIGHTSHIFT": 54,
    "KEY_KPASTERISK": 55,
    "KEY_LEFTALT": 56,
    "KEY_SPACE": 57,
    "KEY_CAPSLOCK": 58,
    **{f"KEY_F{number}": 58 + number for number in range(1, 11)},
    "KEY_NUMLOCK": 69,
    "KEY_SCROLLLOCK": 70,
    "KEY_KP7": 71,
    "KEY_KP8": 72,
    "KEY_KP9": 73,
    "KEY_KPMINUS": 74,
    "KEY_KP4": 75,
    "KEY_KP5": 76,
    "KEY_KP6": 77,
    "KEY_KPPLUS": 78,
    "KEY_KP1": 79,
    "KEY_KP2": 80,
    "KEY_KP3": 81,
    "KEY_KP0": 82,
    "KEY_KPDOT": 83,
    "KEY_102ND": 86,
    "KEY_F11": 87,
    "KEY_F12": 88,
    "KEY_KPENTER": 96,
    "KEY_RIGHTCTRL": 97,
    "KEY_KPSLASH": 98,
    "KEY_RIGHTALT": 100,
    "KEY_HOME": 102,
    "KEY_UP": 103,
    "KEY_PAGEUP": 104,
    "KEY_LEFT": 105,
    "KEY_RIGHT": 106,
    "KEY_END": 107,
    "KEY_DOWN": 108,
    "KEY_PAGEDOWN": 109,
    "KEY_INSERT": 110,
    "KEY_DELETE": 111,
    "KEY_MUTE": 113,
    "KEY_VOLUMEDOWN": 114,
    "KEY_VOLUMEUP": 115,
    "KEY_LEFTMETA": 125,
    "KEY_RIGHTMETA": 126,
    "KEY_HELP": 138,
    "KEY_BACK": 158,
    **{f"KEY_F{number}": 170 + number for number in range(13, 25)},
    "KEY_SELECT": 353,
    "KEY_OK": 352,
}
