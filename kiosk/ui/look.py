"""What every widget needs to draw itself: theme, unit, reading direction, and whether things may move.

One unit rules all sizes: ``u`` is the window's width / 135 in portrait (8 px at 1080). Nothing is given in pixels.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from kiosk.ui.theme import Rgba, Theme, Token
from kiosk.ui.toolkit import LabelBase

Weight = Literal["regular", "semibold", "bold", "display", "mono", "mono_bold", "icons"]

FONT_FILES: Final[dict[Weight, str]] = {
    "regular": "Inter-Regular.otf",
    "semibold": "Inter-SemiBold.otf",
    "bold": "Inter-Bold.otf",
    "display": "InterDisplay-Bold.otf",
    "mono": "JetBrainsMono-Medium.ttf",
    "mono_bold": "JetBrainsMono-Bold.ttf",
    "icons": "MaterialIcons-Regular.ttf",
}

UNITS_WIDE: Final = 135
BODY_U: Final = 3.7
"""Size of text that informs. 3.4 u is the least that EN 301 549 5.1.4 asks for on a 32 inch panel at 600 mm."""
SMALL_U: Final = 3.4


@dataclass(frozen=True, kw_only=True)
class Look:
    """How to draw. Frozen: a change of theme or language draws the widgets anew."""

    theme: Theme
    u: float
    is_rtl: bool = False
    moves: bool = True

    def __getitem__(self, token: Token) -> Rgba:
        """Return a colour."""
        return self.theme[token]

    @property
    def start(self) -> Literal["left", "right"]:
        """Where a line of text begins."""
        return "right" if self.is_rtl else "left"

    @property
    def is_high_contrast(self) -> bool:
        """Say whether the high-contrast theme is on."""
        return self.theme.name == "contrast"


def load_fonts(folder: Path) -> None:
    """Make our bundled fonts known to the toolkit under their weight's name."""
    for weight, name in FONT_FILES.items():
        LabelBase.register(weight, str(folder / name))


ICONS: Final = {
    "check": "\ue5ca",
    "check_circle": "\ue86c",
    "forward": "\ue5c8",
    "back": "\ue5c4",
    "contrast": "\ue891",
    "print": "\ue8ad",
    "card": "\ue870",
    "camera_roll": "\ue3b3",
    "cloud_done": "\ue2bf",
    "cloud_off": "\ue2c1",
    "cloud_upload": "\ue2c3",
    "touch": "\ue913",
    "lock": "\ue897",
    "close": "\ue5cd",
    "keyboard": "\ue312",
    "error": "\ue000",
    "warning": "\ue002",
    "note": "\ue88e",
    "schedule": "\ue8b5",
    "undo": "\ue166",
    "refresh": "\ue5d5",
    "backspace": "\ue14a",
    "key": "\ue0da",
    "receipt": "\ue8b0",
    "label": "\ue893",
    "copy": "\ue14d",
    "store": "\ue8d1",
    "verified": "\ue8e8",
    "help": "\ue887",
}
MIRRORED: Final = {"forward": "back", "back": "forward"}


def glyph(icon: str, *, is_rtl: bool) -> str:
    """Return the icon's character; arrows point the other way where reading does."""
    return ICONS[MIRRORED.get(icon, icon) if is_rtl else icon]
