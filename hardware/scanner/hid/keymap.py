"""What each key of one keyboard country types, as data: config/devices/keymaps/*.toml.

A scanner that is a keyboard tells keys and not characters: set to a German keyboard it presses for ``-`` what an
American one presses for ``/``. So scanner and keymap must name the same country; if they do not, codes come out
garbled and their check characters refuse them.
"""

from pathlib import Path

import msgspec

from hardware.input_events.codes import KEYS
from hardware.profile_files import load_named, names_in

FOLDER = Path("devices", "keymaps")
LEVELS = 3


class Keymap(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One keyboard country. ``keys`` holds by key what it types alone, with Shift, with AltGr, as far as it types.

    ``dead`` names the characters of a key that wait for the next one: with a space they stand for themselves.
    """

    name: str
    source: str
    keys: dict[str, str]
    dead: dict[str, str] = msgspec.field(default_factory=dict[str, str])

    def __post_init__(self) -> None:
        """Refuse a keymap that no keyboard can have.

        Raises:
            ValueError: a key the kernel has no name for, too many or no characters on a key, a dead key that does not
                type what is dead, or an ordinary character that no key types.
        """
        for key, typed in self.keys.items():
            if key not in KEYS:
                raise ValueError(f"{key!r} is no key that linux/input-event-codes.h names and we know")
            if not 1 <= len(typed) <= LEVELS or not typed.isprintable():
                raise ValueError(f"{key} types 1 to {LEVELS} characters: alone, with Shift, with AltGr")
        for key, dead in self.dead.items():
            if not set(dead) <= set(self.keys.get(key, "")):
                raise ValueError(f"dead.{key} {dead!r}: the key does not type that")
        typed = set("".join(self.keys.values()))
        lacking = [character for character in map(chr, range(0x20, 0x7F)) if character not in typed]
        if lacking:
            raise ValueError(f"no key types {' '.join(lacking)}")


def load_keymap(config: Path, name: str) -> Keymap:
    """Read ``config/devices/keymaps/<name>.toml``.

    Raises:
        ProfileWrong: there is no such file, or no keyboard is like that; the message names file and field.
    """
    return load_named(config, FOLDER, name, Keymap, what="keymap")


def keymap_names(config: Path) -> tuple[str, ...]:
    """Return the names of all keymaps, sorted."""
    return names_in(config, FOLDER)
