"""What files are called in a zip: a folder a roll and a file a frame, safe on any disk, and no name twice.

Nothing of a name may lead out of the folder it is unpacked in, be no name on Windows (reserved words, signs, a dot at
the end), or look like another one: signs that are not seen, or turn the line round, are left out.
"""

import re
import unicodedata
from typing import Final

LONGEST_PART: Final = 80
"""In characters; 240 bytes of UTF-8 at most where a sign has three, which every disk takes."""

_LONGEST_BYTES: Final = 200
_FORBIDDEN: Final = re.compile(r'[<>:"/\\|?*]')
_RESERVED: Final = re.compile(r"(?i)(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)(\..*)?")


def safe_part(text: str, *, otherwise: str) -> str:
    """Return ``text`` as the name of a folder, or of a file without its ending; ``otherwise`` when nothing is left."""
    composed = unicodedata.normalize("NFC", text)
    seen = "".join(sign if unicodedata.category(sign)[0] != "C" else " " for sign in composed)
    plain = _cut(" ".join(_FORBIDDEN.sub("_", seen).split())).strip(" .")
    return f"_{plain}" if _RESERVED.fullmatch(plain) else plain or otherwise


class UniqueNames:
    """Gives each file a name of its own, also where capitals make no difference."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def folder(self, name: str) -> str:
        """Return ``name``, or the first of ``name (2)`` and so on that no other folder has."""
        number, free = 1, name
        while _folded(free + "/") in self._taken:
            number += 1
            free = f"{name} ({number})"
        self._taken.add(_folded(free + "/"))
        return free

    def name(self, folder: str, stem: str, ending: str) -> str:
        """Return ``folder/stem.ending``, or the first of ``folder/stem (2).ending`` and so on that is free."""
        number, path = 1, f"{folder}/{stem}.{ending}"
        while _folded(path) in self._taken:
            number += 1
            path = f"{folder}/{stem} ({number}).{ending}"
        self._taken.add(_folded(path))
        return path


def _cut(text: str) -> str:
    """Return ``text`` cut to what a name may have, never within a sign."""
    return text[:LONGEST_PART].encode()[:_LONGEST_BYTES].decode(errors="ignore")


def _folded(path: str) -> str:
    """Return what disks hold for the same name: capitals and the way a sign is composed make no difference."""
    return unicodedata.normalize("NFKC", path.casefold())
