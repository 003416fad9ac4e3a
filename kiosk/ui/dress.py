"""How a screen is dressed: what its person needs, its language, the shop's brand and the panel become one look."""

from dataclasses import dataclass

from kiosk.brand import PLAIN, Brand
from kiosk.language import is_rtl
from kiosk.ui.look import Look, Pace
from kiosk.ui.theme import theme_of
from kiosk.view.screen import Screen

Dress = tuple[bool, bool, bool, bool, str]


@dataclass(frozen=True, kw_only=True)
class Panel:
    """What a kiosk's window is, whoever stands before it: its brand, its panel's diagonal, and whether it moves."""

    brand: Brand = PLAIN
    diagonal_in: float | None = None
    moves: bool = True


def dress_of(screen: Screen) -> Dress:
    """Return what every widget of a stage is built with; when it changes, the stage is built anew."""
    access = screen.access
    return access.has_contrast, access.is_large, access.is_low, access.speaks, screen.language


def look_of(screen: Screen, window: tuple[int, int], *, panel: Panel, pace: Pace | None = None) -> Look:
    """Return how to draw ``screen`` in a window of so many pixels.

    Nothing moves for a person who reads large text or listens: what moves draws the eye away, and the ear has no use
    for it.
    """
    access = screen.access
    return Look(
        theme=theme_of(panel.brand, has_contrast=access.has_contrast),
        window=window,
        is_rtl=is_rtl(screen.language),
        moves=panel.moves and not (access.is_large or access.speaks),
        is_large=access.is_large,
        is_low=access.is_low,
        diagonal_in=panel.diagonal_in,
        logo=panel.brand.logo,
        pace=pace or Pace(),
    )
