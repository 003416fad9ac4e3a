"""What every widget needs to draw itself: theme, unit, reading direction, and whether things may move.

One unit rules all sizes. A portrait window is at least 135 units wide and 240 high, a landscape one at least 212 wide
and 133 high: ``u`` is the largest that keeps both (8 px at 1080x1920, 6 px at 1280x800). Nothing is given in pixels.

Two things depend on how large the panel really is: how large a letter is to be read from 600 mm (EN 301 549, 5.1.4),
and how low everything that is touched must stand to be reached from a wheelchair. So the look knows the diagonal.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from math import ceil, hypot, radians, tan
from pathlib import Path
from typing import Final, Literal

from kiosk.brand import Logo
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
INCH_MM: Final = 25.4
STANDING_IN, LYING_IN = 32.0, 15.6
"""The panels we state: a kiosk on its stand and a screen on the counter, by their diagonal in inches."""
CAPITAL_MM: Final = 600 * tan(radians(0.7))
"""EN 301 549, 5.1.4: a capital H is to be seen under 0.7 degrees by an eye 600 mm away; that is 7.33 mm."""
CAPITAL_SHARE: Final = 0.727
"""A capital's height in our faces, as a share of the font size: Inter 0.7273, JetBrains Mono 0.73."""
LARGE_U: Final = 5.8
"""In large text no letter is smaller than this, however much smaller the standard would allow on a large panel."""
STANDING_REACH, LYING_REACH = 0.70, 0.74
"""Below this share of the height stands everything that is touched, for a person who sits (docs/design.md)."""
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
        self.rests = False
        """Nobody has been here for a while: nothing moves, and no frame is drawn."""

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
    is_large: bool = False
    is_low: bool = False
    diagonal_in: float | None = None
    """The panel's diagonal in inches; None is the one we state for this shape."""
    logo: Logo | None = field(default=None, compare=False)
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

    @cached_property
    def mm_per_px(self) -> float:
        """How large a pixel is on the glass."""
        diagonal = self.diagonal_in or (LYING_IN if self.is_landscape else STANDING_IN)
        return diagonal * INCH_MM / hypot(*self.window)

    @cached_property
    def large_px(self) -> int:
        """The font size of large text, in pixels: its capitals are as high as EN 301 549 asks, or higher."""
        return ceil(max(CAPITAL_MM / self.mm_per_px / CAPITAL_SHARE, LARGE_U * self.u))

    @property
    def large_u(self) -> float:
        """The font size of large text, in units."""
        return self.large_px / self.u

    def text_u(self, size_u: float) -> float:
        """Return a font size for this person: the one given, or that of large text if it is larger. In units."""
        return max(size_u, self.large_u) if self.is_large else size_u

    @property
    def reach_px(self) -> float:
        """How high above the window's lower edge anything that is touched may stand at most."""
        if not self.is_low:
            return self.window[1]
        return self.window[1] * (LYING_REACH if self.is_landscape else STANDING_REACH)

    @property
    def may_move(self) -> bool:
        """Say whether a picture may move now: not while nobody has been here for a while."""
        return self.moves and not self.pace.rests

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
    "phone": "\ue32c",
    "open": "\ue5cc",
    "open_back": "\ue5cb",
}
MIRRORED: Final = {"forward": "back", "back": "forward", "open": "open_back"}


def glyph(icon: str, *, is_rtl: bool) -> str:
    """Return the icon's character; arrows point the other way where reading does."""
    return ICONS[MIRRORED.get(icon, icon) if is_rtl else icon]
