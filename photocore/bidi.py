"""The order in which a line of mixed directions is drawn: the Unicode bidirectional algorithm (UAX #9, revision 46).

Pillow's raqm knows the algorithm, but only within one font; our Arabic and Latin letters come from two. So the order
is found here, for screens and for paper, and each run is shaped by itself. What no text of ours has is left out:
embeddings and overrides (X2-X5a), whose marks are drawn as nothing. Isolates (LRI, RLI, FSI, PDI) are all there, since
they are what keeps a code in one piece inside an Arabic sentence: put them round every fact that is filled in.

One habit of the house is read as well: `` · `` sets the items of a list apart, so each item is an isolate of its own.
"""

import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

LRI, RLI, FSI, PDI = "\u2066", "\u2067", "\u2068", "\u2069"
ISOLATES: Final = {LRI, RLI, FSI}
LIST_DOT: Final = " · "
NEUTRAL: Final = frozenset({"B", "S", "WS", "ON", "LRI", "RLI", "FSI", "PDI"})
OPENING: Final = {"(": ")", "[": "]", "{": "}"}
"""The brackets we write; others are neutrals like any other."""
_TURNS: Final = dict.fromkeys((*range(0x202A, 0x202F), *range(0x2066, 0x206A)))
_OVERRIDES: Final = dict.fromkeys(range(0x202A, 0x202F))


@dataclass(frozen=True, kw_only=True)
class Run:
    """A piece of one direction, its letters in the order they are read."""

    text: str
    is_rtl: bool


def without_turns(text: str) -> str:
    """Return a fact of somebody else's without what turns lines round: no embedding, override or isolate is left.

    Marks (LRM, RLM, ALM) stay: they stand beside letters, and turn nothing that is around.
    """
    return text if text.isascii() else text.translate(_TURNS)


def without_overrides(text: str) -> str:
    """Return a text whose isolates may be ours: no embedding or override is left, and each isolate is ended."""
    if text.isascii():
        return text
    kept, depth = list[str](), 0
    for letter in text.translate(_OVERRIDES):
        if letter == PDI and not depth:
            continue
        depth += (letter in ISOLATES) - (letter == PDI)
        kept.append(letter)
    return "".join(kept) + PDI * depth


def isolated(text: str, *, in_rtl: bool) -> str:
    """Return a fact for a sentence: it turns nothing there, and stands apart where it reads the other way."""
    plain = without_turns(text)
    other = any("a" <= letter.lower() <= "z" for letter in plain) if in_rtl else needs_order(plain)
    return f"{FSI}{plain}{PDI}" if other else plain


@lru_cache(maxsize=4096)
def needs_order(text: str) -> bool:
    """Say whether ``text`` has anything that is not simply drawn from left to right."""
    return not text.isascii() and any(
        c >= "\u0590" and (c in ISOLATES or unicodedata.bidirectional(c) in ("R", "AL", "AN")) for c in text
    )


@lru_cache(maxsize=2048)
def visual_runs(text: str, *, is_rtl: bool) -> tuple[Run, ...]:
    """Return the runs of one line from left to right; ``is_rtl`` is the direction of the whole paragraph."""
    if LIST_DOT in text:
        text = LIST_DOT.join(f"{FSI}{item}{PDI}" for item in text.split(LIST_DOT))
    levels = _levels(text, base=1 if is_rtl else 0)
    shown = [(c, level) for c, level in zip(text, levels, strict=True) if not _is_invisible(c)]
    return tuple(_reordered(_by_level(shown)))


def _is_invisible(symbol: str) -> bool:
    return symbol in ISOLATES or symbol == PDI or unicodedata.category(symbol) == "Cf"


def _by_level(letters: list[tuple[str, int]]) -> list[tuple[str, int]]:
    runs: list[tuple[str, int]] = []
    for letter, level in letters:
        if runs and runs[-1][1] == level:
            runs[-1] = (runs[-1][0] + letter, level)
        else:
            runs.append((letter, level))
    return runs


def _reordered(runs: list[tuple[str, int]]) -> list[Run]:
    """Turn every stretch of runs at or above each odd level round, the highest first (L2)."""
    for level in range(max((level for _, level in runs), default=0), 0, -1):
        begin = 0
        while begin < len(runs):
            end = begin
            while end < len(runs) and runs[end][1] >= level:
                end += 1
            runs[begin:end] = runs[begin:end][::-1]
            begin = end + 1
    return [Run(text=text, is_rtl=level % 2 == 1) for text, level in runs]


def _levels(text: str, *, base: int) -> list[int]:
    """Return the level of each letter; white space at the end of the line is at the base (L1)."""
    levels = [base] * len(text)
    _resolve(text, 0, len(text), base, levels)
    end = len(text)
    while end and (text[end - 1].isspace() or _is_invisible(text[end - 1])):
        end -= 1
    levels[end:] = [base] * (len(text) - end)
    return levels


def _resolve(text: str, begin: int, end: int, level: int, levels: list[int]) -> None:
    """Give the letters from ``begin`` to ``end`` their levels; an isolate inside is one neutral to those round it."""
    places: list[int] = []
    at = begin
    while at < end:
        places.append(at)
        if text[at] in ISOLATES:
            close = _matching_pdi(text, at, end)
            inner = text[at + 1 : close]
            is_rtl = begins_rtl(inner) if text[at] == FSI else text[at] == RLI
            _resolve(text, at + 1, close, _next_level(level, is_rtl=is_rtl), levels)
            at = close
        else:
            at += 1
    letters = [text[place] for place in places]
    kinds = _resolve_kinds(letters, _kinds(letters), "R" if level % 2 else "L")
    for place, kind in zip(places, kinds, strict=True):
        levels[place] = _implicit_level(level, kind)


def _matching_pdi(text: str, opened: int, end: int) -> int:
    depth = 0
    for at in range(opened, end):
        depth += (text[at] in ISOLATES) - (text[at] == PDI)
        if depth == 0:
            return at
    return end


def begins_rtl(text: str) -> bool:
    """Say whether the first strong letter outside of isolates is read from the right (P2, P3)."""
    depth = 0
    for letter in text:
        depth += (letter in ISOLATES) - (letter == PDI)
        kind = unicodedata.bidirectional(letter)
        if depth == 0 and kind in ("L", "R", "AL"):
            return kind != "L"
    return False


def _next_level(level: int, *, is_rtl: bool) -> int:
    step = level + 1
    return step if step % 2 == is_rtl else step + 1


def _implicit_level(level: int, kind: str) -> int:
    """Return the level of a letter whose kind is resolved (I1, I2)."""
    if level % 2 == 0:
        return level + {"R": 1, "AN": 2, "EN": 2}.get(kind, 0)
    return level + (1 if kind in ("L", "EN", "AN") else 0)


def _kinds(letters: list[str]) -> list[str]:
    found = [unicodedata.bidirectional(letter) for letter in letters]
    return ["ON" if kind in ("LRE", "RLE", "LRO", "RLO", "PDF", "BN", "") else kind for kind in found]


def _resolve_kinds(letters: list[str], kinds: list[str], around: str) -> list[str]:
    """Resolve weak kinds, brackets and neutrals; ``around`` is the direction of what stands before and after."""
    kinds = _resolve_weak(kinds, around)
    _resolve_brackets(letters, kinds, around)
    return _resolve_neutral(kinds, around)


def _resolve_weak(kinds: list[str], around: str) -> list[str]:
    """Carry out W1 to W7: marks follow their letter, digits and their separators become numbers."""
    kinds = list(kinds)
    strong = around
    for at in range(len(kinds)):
        if kinds[at] == "NSM":  # W1
            before = kinds[at - 1] if at else around
            kinds[at] = "ON" if before in ("LRI", "RLI", "FSI", "PDI") else before
        if kinds[at] in ("L", "R", "AL"):
            strong = kinds[at]
        if kinds[at] == "EN" and strong == "AL":  # W2
            kinds[at] = "AN"
    kinds = ["R" if kind == "AL" else kind for kind in kinds]  # W3
    for at in range(1, len(kinds) - 1):  # W4
        before, kind, after = kinds[at - 1 : at + 2]
        if (kind in ("ES", "CS") and before == after == "EN") or (kind == "CS" and before == after == "AN"):
            kinds[at] = before
    _join_terminators(kinds)
    strong = around
    for at, kind in enumerate(kinds):  # W6, W7
        if kind in ("ES", "CS", "ET"):
            kinds[at] = "ON"
        elif kind in ("L", "R"):
            strong = kind
        elif kind == "EN" and strong == "L":
            kinds[at] = "L"
    return kinds


def _join_terminators(kinds: list[str]) -> None:
    """Make a currency or per cent sign beside a number part of it (W5)."""
    at = 0
    while at < len(kinds):
        end = at
        while end < len(kinds) and kinds[end] == "ET":
            end += 1
        if end > at and ((at and kinds[at - 1] == "EN") or (end < len(kinds) and kinds[end] == "EN")):
            kinds[at:end] = ["EN"] * (end - at)
        at = end + 1


def _direction(kind: str) -> str:
    """Return the direction a resolved kind has for the neutrals beside it: numbers count as right to left."""
    return {"EN": "R", "AN": "R"}.get(kind, kind)


def _resolve_brackets(letters: list[str], kinds: list[str], around: str) -> None:
    """Give both brackets of a pair one direction (N0)."""
    for opened, closed in _bracket_pairs(letters, kinds):
        inside = {_direction(kind) for kind in kinds[opened + 1 : closed]} & {"L", "R"}
        if around in inside:
            kinds[opened] = kinds[closed] = around
        elif inside:
            before = next((_direction(k) for k in reversed(kinds[:opened]) if _direction(k) in "LR"), around)
            kinds[opened] = kinds[closed] = before if before in inside else around


def _bracket_pairs(letters: list[str], kinds: list[str]) -> list[tuple[int, int]]:
    waiting: list[tuple[str, int]] = []
    pairs: list[tuple[int, int]] = []
    for at, letter in enumerate(letters):
        if kinds[at] != "ON":
            continue
        if letter in OPENING:
            waiting.append((OPENING[letter], at))
        elif letter in OPENING.values():
            match = next((n for n in range(len(waiting) - 1, -1, -1) if waiting[n][0] == letter), None)
            if match is not None:
                pairs.append((waiting[match][1], at))
                del waiting[match:]
    return sorted(pairs)


def _resolve_neutral(kinds: list[str], around: str) -> list[str]:
    """Give neutrals the direction both sides share, or that of the paragraph (N1, N2)."""
    kinds = list(kinds)
    at = 0
    while at < len(kinds):
        end = at
        while end < len(kinds) and kinds[end] in NEUTRAL:
            end += 1
        if end > at:
            before = _direction(kinds[at - 1]) if at else around
            after = _direction(kinds[end]) if end < len(kinds) else around
            kinds[at:end] = [before if before == after else around] * (end - at)
        at = end + 1
    return kinds
