"""Where a line of text may end: after a space, and in Chinese and Japanese between almost any two signs.

Those two write no spaces, but not every sign may begin or end a line: no full stop, comma, closing bracket, small kana
or sign of a long vowel begins one, no opening bracket ends one (kinsoku, JIS X 4051 and W3C's requirements for
Japanese and Chinese text layout; a strict subset of UAX #14). A number stays with the sign after it, which counts what
it numbers. Japanese can do better, since its words are told apart by their script: a phrase begins where hiragana end.
For screens and for paper.
"""

from collections.abc import Callable, Sequence
from typing import Final

from photocore.scripts import is_wide

NEVER_FIRST: Final = frozenset(
    "、。，．：；！？）」』】〕〉》］｝・ー々ゝゞヽヾ～〜％℃"
    "ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ"
    "!%),.:;?]}°·…‥—’”›»"
)
NEVER_LAST: Final = frozenset("（「『【〔〈《［｛([{‘“‹«$€£¥￥")
UNDIVIDED: Final = frozenset("…‥—")
"""Signs that come in pairs, and stay together."""
EVEN_UP_TO: Final = 3
"""A text of so many lines gets lines of like length: a single sign on the last one looks like a mistake."""


def pieces(text: str) -> list[str]:
    """Return ``text`` in the pieces between which a line may end; a space stands at the end of the one before it."""
    found: list[str] = []
    for sign in text:
        if found and not _may_part(found[-1][-1], sign):
            found[-1] += sign
        else:
            found.append(sign)
    return found


def _may_part(before: str, after: str) -> bool:
    if before.isspace() or after.isspace():
        return before.isspace() and not after.isspace()
    if not (is_wide(before) or is_wide(after)):
        return False
    if after in NEVER_FIRST or before in NEVER_LAST or (before in UNDIVIDED and after == before):
        return False
    return not before.isdigit()


def phrases(text: str) -> list[str]:
    """Return the pieces of ``text`` joined to words with their endings, where it is Japanese; else as they are.

    No foreign word (katakana) and no compound (ideographs) is cut then, and no ending (hiragana) begins a line.
    """
    if not any(_kind(sign) in ("hiragana", "katakana") for sign in text):
        return pieces(text)
    joined: list[str] = []
    for piece in pieces(text):
        if joined and _is_one_word(joined[-1][-1], piece[0]):
            joined[-1] += piece
        else:
            joined.append(piece)
    return joined


def _is_one_word(before: str, after: str) -> bool:
    if before == "を":  # it marks an object, and is written for nothing else
        return False
    kinds = _kind(before), _kind(after)
    return "other" not in kinds and (kinds[1] == "hiragana" or kinds[0] == kinds[1] or before in "\u304a\u3054")


def _kind(sign: str) -> str:
    if "\u3041" <= sign <= "\u309f":
        return "hiragana"
    if "\u30a1" <= sign <= "\u30ff" and sign != "・":
        return "katakana"
    return "ideograph" if "\u3400" <= sign <= "\u9fff" or sign == "々" else "other"


def lines(text: str, width: float, measure: Callable[[str], float], *, even: bool = False) -> list[str]:
    """Break ``text`` so that each line fits ``width`` where a piece does; ``measure`` says how wide a piece is.

    With ``even`` a short text's lines become about as long as each other, in no more lines than there must be.
    """
    words = [(phrase, measure(phrase.rstrip())) for phrase in phrases(text)]
    fitting = [part for phrase, inked in words for part in ([phrase] if inked <= width else pieces(phrase))]
    parts = [(part, measure(part), measure(part.rstrip())) for part in fitting]
    broken = _filled(parts, width)
    if even and 1 < len(broken) <= EVEN_UP_TO:
        low, high = max((inked for _, _, inked in parts), default=0.0), width
        while high - low > 1:
            middle = (low + high) / 2
            low, high = (low, middle) if len(_filled(parts, middle)) == len(broken) else (middle, high)
        broken = _filled(parts, high)
    return [line.rstrip() for line in broken]


def _filled(parts: Sequence[tuple[str, float, float]], width: float) -> list[str]:
    """Fill line after line: each part is a text, its width with the space after it, and without."""
    broken, taken = [""], 0.0
    for text, wide, inked in parts:
        if broken[-1] and taken + inked > width:
            broken.append("")
            taken = 0.0
        broken[-1] += text
        taken += wide
    return broken
