"""Colours and sizes as tokens: one paper, one ink, one accent; green for done, red for what failed.

Every pair that must be told apart is held to WCAG 2.2 by a test: 4.5:1 for text, 3:1 for outlines and the step bar
(research: kivy 2.2 found the plain amber too light for outlines, hence ``accent_line``).
"""

from dataclasses import dataclass
from typing import Literal

Rgba = tuple[float, float, float, float]
Token = Literal[
    "bg", "surface", "ink", "ink2", "line", "edge", "accent", "accent_line", "accent_ink", "ok", "ok_wash", "warn",
    "warn_wash", "bad", "bad_wash", "on_strong", "shadow", "veil",
]  # fmt: skip


def rgba(hex_colour: str) -> Rgba:
    """Return ``#RRGGBB`` or ``#RRGGBBAA`` as four numbers from 0 to 1."""
    digits = hex_colour.removeprefix("#").ljust(8, "F")
    r, g, b, a = (int(digits[i : i + 2], 16) / 255 for i in range(0, 8, 2))
    return r, g, b, a


def contrast_ratio(one: Rgba, other: Rgba) -> float:
    """Return the contrast of two opaque colours, 1 to 21 (WCAG 2.2, relative luminance)."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def mixed(one: Rgba, other: Rgba, share: float) -> Rgba:
    """Return ``one`` with ``share`` of ``other`` in it; the alpha of ``one`` stays."""
    r, g, b = (one[i] + (other[i] - one[i]) * share for i in range(3))
    return r, g, b, one[3]


def faded(colour: Rgba, alpha: float) -> Rgba:
    """Return ``colour`` with another alpha."""
    return colour[0], colour[1], colour[2], alpha


@dataclass(frozen=True, kw_only=True)
class Theme:
    """A full set of tokens."""

    name: str
    colours: dict[Token, str]

    def __getitem__(self, token: Token) -> Rgba:
        """Return the colour of a token."""
        return rgba(self.colours[token])


PAPER = Theme(
    name="paper",
    colours={
        "bg": "#F6F1E7",
        "surface": "#FFFDF8",
        "ink": "#1D1A16",
        "ink2": "#5A5349",
        "line": "#DDD3C3",
        "edge": "#857A69",
        "accent": "#F2A60C",
        "accent_line": "#A86A00",
        "accent_ink": "#1D1A16",
        "ok": "#1F7A4D",
        "ok_wash": "#E2F0E6",
        "warn": "#8A5600",
        "warn_wash": "#FCEDCB",
        "bad": "#B3261E",
        "bad_wash": "#FBE4DF",
        "on_strong": "#FFFFFF",
        "shadow": "#3A2A1046",
        "veil": "#1D1A16B8",
    },
)

CONTRAST = Theme(
    name="contrast",
    colours={
        "bg": "#000000",
        "surface": "#000000",
        "ink": "#FFFFFF",
        "ink2": "#FFFFFF",
        "line": "#FFFFFF",
        "edge": "#FFFFFF",
        "accent": "#FFE600",
        "accent_line": "#FFE600",
        "accent_ink": "#000000",
        "ok": "#5CFF9D",
        "ok_wash": "#00301A",
        "warn": "#FFE600",
        "warn_wash": "#2B2600",
        "bad": "#FF9C94",
        "bad_wash": "#3A0A06",
        "on_strong": "#000000",
        "shadow": "#00000000",
        "veil": "#000000E0",
    },
)


def _luminance(colour: Rgba) -> float:
    parts = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour[:3])
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), parts, strict=True))
