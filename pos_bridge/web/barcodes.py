"""The code that a till's scanner reads off the cashier's screen, as bars: EAN-13, or Code 128."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from hardware.render.symbols import plain_linear

_ODD: Final = (
    *("0001101", "0011001", "0010011", "0111101", "0100011"),
    *("0110001", "0101111", "0111011", "0110111", "0001011"),
)
"""Number set A (GS1 General Specifications 5.2.1.2.1); C is its complement, B is C backwards."""
_SETS: Final = (
    *("AAAAAA", "AABABB", "AABBAB", "AABBBA", "ABAABB"),
    *("ABBAAB", "ABBBAA", "ABABAB", "ABABBA", "ABBABA"),
)
"""Which sets the left half's digits are in, by the first digit (5.2.1.2.2)."""
QUIET: Final = 11
"""Modules of white before the first bar, at least (5.2.3.4)."""


@dataclass(frozen=True, kw_only=True)
class Bar:
    """One dark bar: where it begins and how wide it is, in modules."""

    x: int
    width: int


def ean13_modules(digits: str) -> str:
    """Return the 95 modules of thirteen digits, 1 for dark."""
    left = "".join(_digit(digit, which) for digit, which in zip(digits[1:7], _SETS[int(digits[0])], strict=True))
    right = "".join(_digit(digit, "C") for digit in digits[7:])
    return f"101{left}01010{right}101"


def bars_of(code: str) -> tuple[tuple[Bar, ...], int]:
    """Return the dark bars of a code, and how wide it is with its quiet zones: EAN-13 for thirteen digits."""
    modules = ean13_modules(code) if len(code) == 13 and code.isdigit() else _code_128(code)
    return tuple(_bars(modules)), len(modules) + 2 * QUIET


def _code_128(text: str) -> str:
    return "".join("1" if module else "0" for module in plain_linear(text).modules[0])


def _digit(digit: str, which: str) -> str:
    odd = _ODD[int(digit)]
    if which == "A":
        return odd
    right = odd.translate({ord("0"): "1", ord("1"): "0"})
    return right if which == "C" else right[::-1]


def _bars(modules: str) -> Iterator[Bar]:
    at = QUIET
    for tone, run in groupby(modules):
        width = len(tuple(run))
        if tone == "1":
            yield Bar(x=at, width=width)
        at += width
