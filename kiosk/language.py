"""The words of a language, by gettext; English is the source. Two pseudo-languages find what a real one would break.

``en_XA`` is accented and a third longer: a text that does not fit shows before a translator meets it. ``en_XB`` reads
from right to left: the whole layout must mirror.
"""

import gettext
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from kiosk.errors import LanguageUnknown
from kiosk.view.screen import Strings

LOCALES: Final = Path(__file__).parent / "locale"
DOMAIN: Final = "kiosk"
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
        return self.code in RIGHT_TO_LEFT


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


def lengthened(message: str) -> str:
    """Return ``message`` accented and about 30 % longer, between brackets that show where it is cut."""
    accented = "".join(
        part if _PLACEHOLDER.fullmatch(part) else part.translate(_ACCENTED) for part in _PLACEHOLDER.split(message)
    )
    padding = " ".join(["ñåñ"] * max(1, round(len(message) * 0.3 / 4)))
    return f"[{accented} {padding}]"


def speak(code: str) -> Language:
    """Return the language ``code``.

    Raises:
        LanguageUnknown: no catalogue of ours has it.
    """
    if code == "en_XA":
        return Language(code=code, strings=PseudoStrings(lengthened))
    if code in ("en", "en_XB"):
        return Language(code=code, strings=gettext.NullTranslations())
    try:
        return Language(code=code, strings=gettext.translation(DOMAIN, LOCALES, [code]))
    except OSError as cause:
        raise LanguageUnknown(f"there is no {code} in {LOCALES}") from cause
