"""The words of a language, by gettext; English is the source. Two pseudo-languages find what a real one would break.

``en_XA`` is accented and a third longer: a text that does not fit shows before a translator meets it. ``en_XB`` reads
from right to left: the whole layout must mirror.

In a language that reads from right to left every fact that is filled into a sentence is isolated (UAX #9): a code, a
name or a number keeps its own order and changes nothing of the words round it.
"""

import gettext
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

from kiosk.errors import LanguageUnknown
from kiosk.view.screen import Strings
from photocore.bidi import FSI, PDI

LOCALES: Final = Path(__file__).parent / "locale"
DOMAIN: Final = "kiosk"
NAMES: Final = {
    "en": "English",
    "de": "Deutsch",
    "fr": "Français",
    "es": "Español",
    "it": "Italiano",
    "pl": "Polski",
    "tr": "Türkçe",
    "ar": "العربية",
    "he": "עברית",
    "hi": "हिन्दी",
    "zh": "中文",
    "ja": "日本語",
    "en_XA": "[Éñĝļîšĥ]",
    "en_XB": "hsilgnE",
}
"""What each language calls itself."""
OFFERED: Final = ("en", "de", "fr", "es", "it", "pl", "tr", "ar", "he", "hi", "zh", "ja")
"""What a kiosk offers if nothing else is said: the languages whose words are complete."""
RIGHT_TO_LEFT: Final = frozenset({"ar", "fa", "he", "ur", "en_XB"})
_ACCENTED = str.maketrans("AaBCcDdEeGgHhIiJjKkLlNnOoPRrSsTtUuWwYyZz", "ÅåƁÇçÐðÉéĜĝĤĥÎîĴĵĶķĻļÑñÖöÞŔŕŠšŢţÛûŴŵÝýŽž")
_PLACEHOLDER = re.compile(r"(\{[a-z_]*\})")


@dataclass(frozen=True, kw_only=True)
class Language:
    """A language the screen can speak."""

    code: str
    strings: Strings

    @property
    def is_rtl(self) -> bool:
        """Say whether it reads from right to left."""
        return is_rtl(self.code)

    @property
    def name(self) -> str:
        """What it calls itself."""
        return NAMES.get(self.code, self.code)


class PseudoStrings:
    """English made strange: every sentence through ``change``, its placeholders left alone."""

    def __init__(self, change: Callable[[str], str]) -> None:
        self._change = change

    def gettext(self, message: str) -> str:
        """Return ``message`` made strange."""
        return self._change(message)

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        """Return the English form for ``n``, made strange."""
        return self._change(singular if n == 1 else plural)


class IsolatingStrings:
    """Another language's words, each placeholder between the signs that keep its filling to itself."""

    def __init__(self, words: Strings) -> None:
        self._words = words

    def gettext(self, message: str) -> str:
        """Return the translation of ``message``."""
        return isolated(self._words.gettext(message))

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        """Return the translation's form for ``n``."""
        return isolated(self._words.ngettext(singular, plural, n))


def is_rtl(code: str) -> bool:
    """Say whether the language ``code`` reads from right to left."""
    return code in RIGHT_TO_LEFT


def isolated(message: str) -> str:
    """Return ``message`` with each placeholder isolated; its first strong letter says which way it runs (FSI)."""
    return _PLACEHOLDER.sub(rf"{FSI}\1{PDI}", message)


def lengthened(message: str) -> str:
    """Return ``message`` accented and about 30 % longer, between brackets that show where it is cut."""
    accented = "".join(
        part if _PLACEHOLDER.fullmatch(part) else part.translate(_ACCENTED) for part in _PLACEHOLDER.split(message)
    )
    padding = " ".join(["ñåñ"] * max(1, round(len(message) * 0.3 / 4)))
    return f"[{accented} {padding}]"


@lru_cache(maxsize=32)
def speak(code: str) -> Language:
    """Return the language ``code``.

    Raises:
        LanguageUnknown: no catalogue of ours has it.
    """
    if code == "en_XA":
        return Language(code=code, strings=PseudoStrings(lengthened))
    if code == "en":
        return Language(code=code, strings=gettext.NullTranslations())
    if code == "en_XB":
        return Language(code=code, strings=IsolatingStrings(gettext.NullTranslations()))
    try:
        words = gettext.translation(DOMAIN, LOCALES, [code])
    except OSError as cause:
        raise LanguageUnknown(f"there is no language {code!r}; there are {', '.join(OFFERED)}") from cause
    return Language(code=code, strings=IsolatingStrings(words) if is_rtl(code) else words)


def offered(codes: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Return each language's code and its own name, to be offered on the screen, in the order given.

    Raises:
        LanguageUnknown: no catalogue of ours has one of them.
    """
    return tuple((language.code, language.name) for language in map(speak, codes))
