"""What one keypad model sends for which key, as data: config/devices/keypads/*.toml.

Key codes are from the makers' papers or from what the device class sends, named in each profile; what has not been
tried on a real device says so in its quality scale.
"""

from pathlib import Path
from typing import Literal

import msgspec

from hardware.input_events.codes import KEYS, SWITCHES
from hardware.profile_files import load_named, names_in
from hardware.profile_parts import Standing

FOLDER = Path("devices", "keypads")

KeyWord = Literal["previous", "next", "press", "repeat", "back", "volume"]


class JackWords(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a headset makes itself known: by a key each for in and out, or by the kernel's switch of a sound socket."""

    key_in: str = ""
    key_out: str = ""
    switch: str = ""


class QualityScale(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What has been shown about this profile, and what has not."""

    reconnects: Standing
    faults_tested: Standing
    tried_on_real_hardware: Standing


class KeypadProfile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One model, or a class of models that behave alike.

    ``is_grabbed`` keeps its keys from everybody else, the window included; a jack that a sound server listens to as
    well is not grabbed.
    """

    name: str
    models: tuple[str, ...]
    source: str
    quality: QualityScale
    keys: dict[str, KeyWord] = msgspec.field(default_factory=dict[str, KeyWord])
    jack: JackWords = msgspec.field(default_factory=JackWords)
    is_grabbed: bool = True
    setup: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a profile that contradicts itself.

        Raises:
            ValueError: a key or switch the kernel has no name for, a key with two meanings, a jack half told of, or
                nothing that could ever be heard from it.
        """
        jacks = [name for name in (self.jack.key_in, self.jack.key_out) if name]
        for name in (*self.keys, *jacks):
            if name not in KEYS:
                raise ValueError(f"{name!r} is no key that linux/input-event-codes.h names and we know")
        if self.jack.switch and self.jack.switch not in SWITCHES:
            raise ValueError(f"jack.switch {self.jack.switch!r}: there are {', '.join(SWITCHES)}")
        if len(jacks) == 1:
            raise ValueError("jack.key_in and jack.key_out belong together")
        if set(jacks) & set(self.keys) or len(set(jacks)) < len(jacks):
            raise ValueError("a key that tells of the jack can have no other meaning")
        if not (self.keys or jacks or self.jack.switch):
            raise ValueError("it has neither keys nor a jack")

    @property
    def has_jack(self) -> bool:
        """Say whether it tells when a headset is put in."""
        return bool(self.jack.switch or self.jack.key_in)


def load_profile(config: Path, name: str) -> KeypadProfile:
    """Read ``config/devices/keypads/<name>.toml``.

    Raises:
        ProfileWrong: there is no such file, or it says what a keypad cannot be; the message names file and field.
    """
    return load_named(config, FOLDER, name, KeypadProfile, what="keypad profile")


def profile_names(config: Path) -> tuple[str, ...]:
    """Return the names of all keypad profiles, sorted."""
    return names_in(config, FOLDER)
