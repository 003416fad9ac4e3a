"""What every widget needs to draw itself: theme, unit, reading direction, and whether things may move.

One unit rules all sizes. A portrait window is at least 135 units wide and 240 high, a landscape one at least 212 wide
and 133 high: ``u`` is the largest that keeps both (8 px at 1080x1920, 6 px at 1280x800). Nothing is given in pixels.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Final, Literal

from kiosk.ui.theme import Rgba, Theme, Token
from kiosk.ui.toolkit import Clock, LabelBase

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

PORTRAIT_U: Final = (135.0, 240.0)
LANDSCAPE_U: Final = (212.8, 133.0)
"""Width and height every page is made for; a window of another shape has more room on one side."""
BODY_U: Final = 3.7
"""Size of text that informs. 3.4 u is the least that EN 301 549 5.1.4 asks for on a 32 inch panel at 600 mm."""
SMALL_U: Final = 3.4
LEAST_STEP_S: Final = 1 / 30


class Pace:
    """How often a moving picture may take a step: it gets at most half of the machine, and 30 steps a second.

    Where every pixel is drawn in software a frame takes 50 ms and more; a beam that moved in each would make the
    shopper's scan wait for it. ``now`` is a clock that goes on while a frame is drawn: the toolkit's own tells when the
    turn of the loop began, so that by it every frame would take no time at all.
    """

    def __init__(self, now: Callable[[], float] = Clock.time) -> None:
        self._now = now
        self._frame_s = 0.0
        self._began_at = 0.0
        self._stepped_at = 0.0

    def begin_frame(self) -> None:
        """Note that a frame begins to be drawn."""
        self._began_at = self._now()

    def end_frame(self) -> None:
        """Note that it is on the screen."""
        self._frame_s += (self._now() - self._began_at - self._frame_s) * 0.2

    def may_step(self) -> bool:
        """Say whether it is time for the next step, and count it as taken if so."""
        now = self._now()
        if now - self._stepped_at < max(LEAST_STEP_S, 2 * self._frame_s):
            return False
        self._stepped_at = now
        return True


@dataclass(frozen=True, kw_only=True)
class Look:
    """How to draw. Frozen: a change of theme or language draws the widgets anew."""

    theme: Theme
    window: tuple[int, int]
    """Width and height in pixels."""
    is_rtl: bool = False
    moves: bool = True
    pace: Pace = field(default_factory=Pace, compare=False)

    def __getitem__(self, token: Token) -> Rgba:
        """Return a colour."""
        return self.theme[token]

    @cached_property
    def u(self) -> float:
        """The unit in pixels."""
        wide, high = LANDSCAPE_U if self.is_landscape else PORTRAIT_U
        return min(self.window[0] / wide, self.window[1] / high)

    @property
    def is_landscape(self) -> bool:
        """Say whether the window is wider than high: then pages have two panes."""
        return self.window[0] > self.window[1]

    @property
    def wide_u(self) -> float:
        """The window's width in units."""
        return self.window[0] / self.u

    @property
    def direction(self) -> Literal["rtl", "ltr"]:
        """The direction a paragraph is read in."""
        return "rtl" if self.is_rtl else "ltr"

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
    "access": "\ue92c",
    "check": "\ue5ca",
    "volume": "\ue050",
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
    "language": "\ue894",
    "badge": "\uea67",
    "box": "\ue1a1",
    "devices": "\ue1b1",
    "queue": "\ue241",
    "parked": "\ue156",
    "add": "\ue145",
    "remove": "\ue15b",
    "sign_out": "\ue879",
    "scanner": "\ue329",
    "storage": "\ue1db",
    "list": "\ue896",
    "search": "\ue8b6",
    "home": "\ue88a",
    "open": "\ue5cc",
    "open_back": "\ue5cb",
}
MIRRORED: Final = {"forward": "back", "back": "forward", "open": "open_back"}


def glyph(icon: str, *, is_rtl: bool) -> str:
    """Return the icon's character; arrows point the other way where reading does."""
    return ICONS[MIRRORED.get(icon, icon) if is_rtl else icon]
