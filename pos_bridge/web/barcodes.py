"""The code that a till's scanner reads off the cashier's screen, as bars: EAN-13, or Code 128."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from pos_bridge.orders.slip import symbol_of
from pos_bridge.orders.store import Issued

QUIET: Final = 11
"""Modules of white before the first bar, at least (GS1 General Specifications 5.2.3.4)."""


@dataclass(frozen=True, kw_only=True)
class Bar:
    """One dark bar: where it begins and how wide it is, in modules."""

    x: int
    width: int


def bars_of(issued: Issued) -> tuple[tuple[Bar, ...], int]:
    """Return the dark bars of a code that was given out, and how wide it is with its quiet zones."""
    modules = [bool(module) for module in symbol_of(issued).modules[0]]
    return tuple(_bars(modules)), len(modules) + 2 * QUIET


def _bars(modules: list[bool]) -> Iterator[Bar]:
    at = QUIET
    for is_dark, run in groupby(modules):
        width = len(tuple(run))
        if is_dark:
            yield Bar(x=at, width=width)
        at += width
