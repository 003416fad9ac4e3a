"""What cashiers and managers read: data files in ``pos_bridge/words``, one a language; English fills the gaps.

A text of the first words of ``Accept-Language`` is taken unless the station's settings say another.
"""

import functools
import tomllib
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, cast

WORDS: Final = Path(__file__).parents[1] / "words"
LANGUAGES: Final = {"en": "English", "de": "Deutsch"}
DEFAULT: Final = "en"


@dataclass(frozen=True, kw_only=True)
class Words:
    """All that is said in one language, by dotted names."""

    language: str
    texts: Mapping[str, str]

    def say(self, name: str, /, **blanks: object) -> str:
        """Return the words called ``name``, their blanks filled; the templates escape them.

        Raises:
            KeyError: there are none, or a blank is left.
        """
        return self.texts[name].format(**blanks) if blanks else self.texts[name]

    def fill(self, name: str, blanks: Mapping[str, str]) -> str:
        """Return the words called ``name``, a dash where a blank has nothing to say. Raises KeyError: none are."""
        return self.texts[name].format_map(defaultdict(lambda: "–", blanks))

    def has(self, name: str) -> bool:
        """Say whether there are words of that name."""
        return name in self.texts

    def about(self, family: str, name: str) -> str:
        """Return the words for one of a family that others name (a reason, a kind); the bare word where there are none.

        A later version may know more of them than this file.
        """
        return self.texts.get(f"{family}.{name}", name.replace("_", " ").replace("-", " "))


@functools.cache
def read_words() -> Mapping[str, Words]:
    """Return every language; a process reads the files once."""
    english = _flat(tomllib.loads((WORDS / f"{DEFAULT}.toml").read_text(encoding="utf-8")))
    return {
        language: Words(
            language=language,
            texts={**english, **_flat(tomllib.loads((WORDS / f"{language}.toml").read_text(encoding="utf-8")))},
        )
        for language in LANGUAGES
    }


def choose_language(wanted: str, accepted: str, default: str) -> str:
    """Return the language asked for by name, else the first one accepted, else the station's own."""
    if wanted in LANGUAGES:
        return wanted
    for part in accepted.split(","):
        language = part.partition(";")[0].strip().partition("-")[0].lower()
        if language in LANGUAGES:
            return language
    return default if default in LANGUAGES else DEFAULT


def _flat(tree: Mapping[str, Any], before: str = "") -> dict[str, str]:
    texts: dict[str, str] = {}
    for name, value in tree.items():
        if isinstance(value, dict):
            texts |= _flat(cast("dict[str, Any]", value), f"{before}{name}.")
        else:
            texts[before + name] = str(value)
    return texts
