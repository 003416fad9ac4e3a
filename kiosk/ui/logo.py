"""Whose kiosk this is, drawn: the shop's logo, or our lens where there is none."""

from typing import Final

from kiosk.brand import Logo
from kiosk.ui.boxes import Drawn
from kiosk.ui.look import Look
from kiosk.ui.textures import logo_texture
from kiosk.ui.theme import TEXT_RATIO, Rgba, Token, contrast_ratio
from kiosk.ui.toolkit import Color, Rectangle, SmoothEllipse, SmoothRoundedRectangle, Widget

RINGS: Final[tuple[tuple[float, Token], ...]] = ((1.0, "ink"), (0.74, "accent"), (0.40, "ink"), (0.18, "accent"))
WIDEST_U: Final = 34.0
PLATE_U: Final = 1.0
"""Room round a logo that needs a ground of its own."""


def sign_of(look: Look, *, size_u: float = 5) -> Widget:
    """Return the shop's logo, or our own sign; a logo is half as high again, since it holds letters."""
    if look.logo:
        return LogoMark(look, look.logo, size_u=size_u * 1.5)
    return Aperture(look, size_u=size_u)


class LogoMark(Drawn):
    """A logo, on a plate of its own where it could not be told from the page."""

    def __init__(self, look: Look, logo: Logo, *, size_u: float) -> None:
        wide, high = logo.size
        u = look.u
        self.share = min(size_u * u / high, WIDEST_U * u / wide)
        self.plate = plate_of(look, logo)
        margin = PLATE_U * u if self.plate else 0.0
        size = (wide * self.share + 2 * margin, high * self.share + 2 * margin)
        super().__init__(size_hint=(None, None), size=size, pos_hint={"center_y": 0.5})
        self.look, self.logo, self.margin = look, logo, margin

    def _draw(self, *_: object) -> None:
        self.canvas.clear()
        with self.canvas:
            if self.plate:
                Color(rgba=self.plate)
                SmoothRoundedRectangle(pos=self.pos, size=self.size, radius=[self.look.u])
            Color(rgba=(1, 1, 1, 1))
            inner = (self.width - 2 * self.margin, self.height - 2 * self.margin)
            Rectangle(texture=logo_texture(self.logo), pos=(self.x + self.margin, self.y + self.margin), size=inner)


def plate_of(look: Look, logo: Logo) -> Rgba | None:
    """Return the ground a logo needs, or None where the page is one on which its letters are told apart."""
    level = logo.lightness
    ink = (level, level, level, 1.0)
    if contrast_ratio(ink, look["bg"]) >= TEXT_RATIO:
        return None
    white, black = (1.0, 1.0, 1.0, 1.0), (0.0, 0.0, 0.0, 1.0)
    return max(white, black, key=lambda ground: contrast_ratio(ink, ground))


class Aperture(Widget):
    """Our sign: a lens."""

    def __init__(self, look: Look, *, size_u: float = 5) -> None:
        super().__init__(size_hint=(None, None), size=(size_u * look.u, size_u * look.u), pos_hint={"center_y": 0.5})
        self.look = look
        self.bind(pos=self._draw, size=self._draw)

    def _draw(self, *_: object) -> None:
        self.canvas.clear()
        with self.canvas:
            for share, token in RINGS:
                side = self.width * share
                Color(rgba=self.look[token])
                SmoothEllipse(
                    pos=((self.x + self.width / 2) - side / 2, (self.y + self.height / 2) - side / 2), size=(side, side)
                )
