"""Whose letter a sign is, by its block of Unicode: what chooses the font, on screens and on paper."""

from typing import Literal

Script = Literal["hebrew", "arabic", "devanagari", "wide"]
"""The scripts we bring letters for besides Latin; Chinese and Japanese are ``wide``."""


def script_of(sign: str) -> Script | None:
    """Return the script ``sign`` belongs to; ``None`` for what Latin fonts have, if anyone has it."""
    if sign < "\u0590":
        return None
    if sign <= "\u05ff" or "\ufb1d" <= sign <= "\ufb4f":
        return "hebrew"
    if sign <= "\u08ff" or "\ufb50" <= sign <= "\ufdff" or "\ufe70" <= sign <= "\ufefc":
        return "arabic"
    if sign <= "\u097f":
        return "devanagari"
    return "wide" if is_wide(sign) else None


def is_wide(sign: str) -> bool:
    """Say whether ``sign`` is an ideograph, kana, or punctuation as wide as they are."""
    return "\u2e80" <= sign <= "\ua4cf" or "\uf900" <= sign <= "\ufaff" or "\uff00" <= sign <= "\uffef"


def regions(language: str) -> tuple[str, str]:
    """Return whose shapes wide letters have in a text of ``language``, and whose are taken where those lack one.

    China and Japan write many signs differently that have one code. A name of either in another language's text is
    most likely Chinese.
    """
    return ("JP", "SC") if language.partition("-")[0] == "ja" else ("SC", "JP")
