"""How each language counts: the plural a number asks for, and how a large one is grouped (CLDR 46).

Digits are Western in all of them, as on the film; numbers below ten thousand stand without a sign between, so a frame's
number or a year is read as one. What French, Spanish and Italian say of whole millions ("many") is not told apart.
"""

from typing import Final

GROUPED_FROM: Final = 10_000

_NARROW: Final = "\u202f"
_GROUPS: Final = {"de": ".", "es": ".", "it": ".", "tr": ".", "fr": _NARROW, "pl": "\u00a0"}
_SEPARATOR: Final = ","
_COMMA: Final = frozenset({"de", "es", "fr", "it", "pl", "tr"})
"""Who writes a comma before decimals; all others write a point."""


def plural(language: str, n: int) -> str:
    """Return the plural category of the whole number ``n``."""
    match language:
        case "ar":
            return _arabic(n)
        case "pl":
            return _polish(n)
        case "he":
            return {1: "one", 2: "two"}.get(n, "other")
        case "fr" | "hi":
            return "one" if n in (0, 1) else "other"
        case "zh" | "ja":
            return "other"
        case _:
            return "one" if n == 1 else "other"


def figure(language: str, n: int) -> str:
    """Return ``n`` in digits, from ten thousand on in groups: of three, in Hindi of two before the last three."""
    if n < GROUPED_FROM:
        return str(n)
    if language == "hi":
        head, last = divmod(n, 1000)
        return f"{_pairs(head)},{last:03}"
    return f"{n:,}".replace(",", _GROUPS.get(language, _SEPARATOR))


def decimal(language: str, number: float, most: int) -> str:
    """Return ``number`` in digits, with ``most`` decimals or fewer, none of them a zero at the end."""
    whole, _, part = f"{number:.{most}f}".partition(".")
    part = part.rstrip("0")
    return figure(language, int(whole)) + (f"{',' if language in _COMMA else '.'}{part}" if part else "")


def _arabic(n: int) -> str:
    if n < 3:
        return ("zero", "one", "two")[n]
    return "few" if 3 <= n % 100 <= 10 else "many" if n % 100 >= 11 else "other"


def _polish(n: int) -> str:
    if n == 1:
        return "one"
    return "few" if 2 <= n % 10 <= 4 and not 12 <= n % 100 <= 14 else "many"


def _pairs(n: int) -> str:
    head, last = divmod(n, 100)
    return f"{_pairs(head)},{last:02}" if head else str(last)
