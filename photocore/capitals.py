"""Text in capitals, as its language writes them: Turkish has an i with a dot and one without (SpecialCasing.txt)."""

from typing import Final

_TURKISH: Final = str.maketrans({"i": "İ", "ı": "I"})


def capitals(text: str, language: str) -> str:
    """Return ``text`` in capital letters; a script that has none stays as it is."""
    return (text.translate(_TURKISH) if language.partition("-")[0] in ("tr", "az") else text).upper()
