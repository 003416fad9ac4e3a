"""Colours as tokens: one paper, one ink, one accent; green for done, red for what failed, blue where the keys stand.

Every pair that must be told apart is held to WCAG 2.2 by a test: 4.5:1 for text, 3:1 for outlines and the step bar
(research: kivy 2.2 found the plain amber too light for outlines, hence ``accent_line``). A shop's own accent takes the
place of ours by :func:`branded`, which keeps those ratios whatever colour it is given.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final, Literal

from kiosk.brand import Brand

Rgba = tuple[float, float, float, float]
Token = Literal[
    "bg", "surface", "ink", "ink2", "line", "edge", "accent", "accent_line", "accent_ink", "ok", "ok_wash", "warn",
    "warn_wash", "bad", "bad_wash", "on_strong", "focus", "focus_gap", "shadow", "veil",
]  # fmt: skip

TEXT_RATIO: Final = 4.5
PART_RATIO: Final = 3.0
"""WCAG 2.2, 1.4.3 and 1.4.11: what text and what any other part needs against its ground."""


def rgba(hex_colour: str) -> Rgba:
    """Return ``#RRGGBB`` or ``#RRGGBBAA`` as four numbers from 0 to 1."""
    digits = hex_colour.removeprefix("#").ljust(8, "F")
    r, g, b, a = (int(digits[i : i + 2], 16) / 255 for i in range(0, 8, 2))
    return r, g, b, a


def hex_of(colour: Rgba) -> str:
    """Return an opaque colour as ``#RRGGBB``."""
    return "#" + "".join(f"{round(part * 255):02X}" for part in colour[:3])


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
        "focus": "#0B57D0",
        "focus_gap": "#FFFDF8",
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
        "focus": "#00E5FF",
        "focus_gap": "#000000",
        "shadow": "#00000000",
        "veil": "#000000E0",
    },
)


def theme_of(brand: Brand, *, has_contrast: bool) -> Theme:
    """Return the theme, in the shop's accent if it has one."""
    theme = CONTRAST if has_contrast else PAPER
    return branded(theme, brand.accent) if brand.accent else theme


def branded(theme: Theme, accent: str) -> Theme:
    """Return ``theme`` with a shop's accent, ``#RRGGBB``, and the two colours that follow from it.

    The words on it are dark or white, whichever is told apart better; an accent in the middle, on which neither has
    4.5:1, is moved away from them until they do. Outlines in the accent are darkened until they have 3:1 to the page
    and to a sheet on it. The high-contrast theme keeps its yellow, which is chosen for the eye and not for the shop.
    """
    if theme.name == CONTRAST.name:
        return theme
    words = max(("ink", "on_strong"), key=lambda token: contrast_ratio(theme[token], rgba(accent)))
    away = rgba("#FFFFFF" if words == "ink" else "#000000")
    fill = _moved(rgba(accent), away, lambda colour: contrast_ratio(theme[words], colour) >= TEXT_RATIO)
    line = _moved(
        fill,
        rgba("#000000"),
        lambda colour: min(contrast_ratio(colour, theme[ground]) for ground in ("bg", "surface")) >= PART_RATIO,
    )
    own = {"accent": hex_of(fill), "accent_ink": theme.colours[words], "accent_line": hex_of(line)}
    return replace(theme, colours={**theme.colours, **own})


def _moved(colour: Rgba, to: Rgba, is_enough: Callable[[Rgba], bool]) -> Rgba:
    """Return the first of 50 steps from ``colour`` to ``to`` that is enough, as it is written in eight bits."""
    steps = (rgba(hex_of(mixed(colour, to, n / 50))) for n in range(51))
    return next(step for step in steps if is_enough(step))


def _luminance(colour: Rgba) -> float:
    parts = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour[:3])
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), parts, strict=True))
