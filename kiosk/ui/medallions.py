"""The large signs of the message pages: a disc, what it is about, and a badge that says how it stands."""

from collections.abc import Callable
from typing import Final

from kiosk.ui.boxes import Drawn, draw_outline
from kiosk.ui.look import Look, glyph
from kiosk.ui.pictures import BLACK, NAVY, RED, SAND, WHITE, YELLOW, box, paint_package, paint_text
from kiosk.ui.textures import bars_texture, cells_texture
from kiosk.ui.theme import Rgba, Token, faded, rgba
from kiosk.ui.toolkit import Color, Rectangle, SmoothEllipse, SmoothLine, SmoothRoundedRectangle

STRIP: Final = rgba("#8B8478")


class Medallion(Drawn):
    """The large sign of a message page: a disc, what it is about, and a badge that says how it stands."""

    def __init__(self, look: Look, picture: str, *, height_u: float = 44) -> None:
        super().__init__(size_hint_y=None, height=height_u * look.u)
        self.look = look
        sign = MEDALLIONS[picture]
        self.motif, self.badge = sign[:2]
        self.tone: Token = sign[2]

    def _draw(self, *_: object) -> None:
        self.canvas.clear()
        look, r = self.look, self.height * 0.46
        if r < 10:
            return
        x, y = (self.x + self.width / 2), (self.y + self.height / 2)
        wash: Token = WASHES[self.tone]
        with self.canvas:
            Color(rgba=look[wash] if not look.is_high_contrast else look["surface"])
            SmoothEllipse(pos=(x - r, y - r), size=(2 * r, 2 * r))
            if look.is_high_contrast:
                Color(rgba=look[self.tone])
                SmoothLine(circle=(x, y, r), width=look.u * 0.3)
            _MOTIFS[self.motif](look, x, y, r)
            if self.badge:
                _paint_badge(look, (x + r * 0.68, y - r * 0.62, r * 0.30), self.badge, look[self.tone])


def _paint_badge(look: Look, disc: tuple[float, float, float], icon: str, colour: Rgba) -> None:
    x, y, r = disc
    Color(rgba=look["bg"])
    SmoothEllipse(pos=(x - r * 1.18, y - r * 1.18), size=(2.36 * r, 2.36 * r))
    Color(rgba=colour)
    SmoothEllipse(pos=(x - r, y - r), size=(2 * r, 2 * r))
    paint_text(
        glyph(icon, is_rtl=look.is_rtl), "icons", r * 1.25, look["on_strong"], (x, y - r * 0.62), anchor="center"
    )


def _motif_package(look: Look, x: float, y: float, r: float) -> None:
    w, h = r * 1.36, r * 0.87
    paint_package(look, (x - w / 2, y - h / 2, w, h))


def _motif_label(look: Look, x: float, y: float, r: float) -> None:
    w, h = r * 1.22, r * 0.84
    left, low = x - w / 2, y - h / 2
    box((left, low, w, h), WHITE, r * 0.05)
    draw_outline(look, (left, low), (w, h), colour=look["edge"], width_u=0.1, radius_u=r * 0.05 / look.u)
    box((left + w * 0.06, low + h * 0.76, w * 0.88, h * 0.15), BLACK, r * 0.02)
    Color(rgba=BLACK)
    Rectangle(texture=bars_texture("medallion"), pos=(left + w * 0.07, low + h * 0.36), size=(w * 0.58, h * 0.30))
    Rectangle(texture=cells_texture("medallion"), pos=(left + w * 0.72, low + h * 0.36), size=(h * 0.30, h * 0.30))
    box((left + w * 0.07, low + h * 0.14, w * 0.5, h * 0.09), faded(BLACK, 0.75))


def _motif_receipt(look: Look, x: float, y: float, r: float) -> None:
    w, h = r * 0.86, r * 1.20
    left, low = x - w / 2, y - h / 2
    box((left, low, w, h), WHITE, r * 0.03)
    draw_outline(look, (left, low), (w, h), colour=look["edge"], width_u=0.1, radius_u=r * 0.03 / look.u)
    for n, wide in enumerate((0.7, 0.5, 0.62, 0.4)):
        box((left + w * 0.14, low + h * (0.84 - n * 0.10), w * wide, h * 0.045), faded(BLACK, 0.7))
    Color(rgba=BLACK)
    Rectangle(texture=cells_texture("receipt"), pos=(left + w * 0.27, low + h * 0.10), size=(w * 0.46, w * 0.46))


def _motif_kiosk(look: Look, x: float, y: float, r: float) -> None:
    w, h = r * 0.78, r * 1.20
    left, low = x - w / 2, y - h / 2
    box((left, low, w, h), BLACK, r * 0.07)
    box(
        (left + w * 0.08, low + h * 0.16, w * 0.84, h * 0.76),
        look["bg"] if not look.is_high_contrast else WHITE,
        r * 0.03,
    )
    box((left + w * 0.18, low + h * 0.62, w * 0.64, h * 0.20), YELLOW, r * 0.02)
    box((left + w * 0.18, low + h * 0.48, w * 0.5, h * 0.045), faded(BLACK, 0.6))
    box((left + w * 0.18, low + h * 0.38, w * 0.6, h * 0.045), faded(BLACK, 0.6))
    box((left + w * 0.30, low + h * 0.05, w * 0.4, h * 0.05), faded(WHITE, 0.5), 2)


def _motif_strip(look: Look, x: float, y: float, r: float) -> None:
    """Draw a label whose code lies under the security strip."""
    _motif_label(look, x, y, r)
    w, h = r * 1.22, r * 0.84
    left, low = x - w / 2, y - h / 2
    Color(rgba=STRIP)
    SmoothRoundedRectangle(pos=(left + w * 0.04, low + h * 0.06), size=(w * 0.62, h * 0.24), radius=[h * 0.04])
    for n in range(5):
        box((left + w * (0.09 + n * 0.115), low + h * 0.11, w * 0.055, h * 0.14), faded(WHITE, 0.45), h * 0.02)


def _motif_staff(look: Look, x: float, y: float, r: float) -> None:
    """Draw a badge on its ribbon."""
    w, h = r * 0.86, r * 1.08
    left, low = x - w / 2, y - h * 0.58
    Color(rgba=RED)
    SmoothLine(points=[x - w * 0.34, y + r * 0.78, x, low + h], width=r * 0.035)
    SmoothLine(points=[x + w * 0.34, y + r * 0.78, x, low + h], width=r * 0.035)
    box((left, low, w, h), WHITE, r * 0.06)
    draw_outline(look, (left, low), (w, h), colour=look["edge"], width_u=0.1, radius_u=r * 0.06 / look.u)
    box((left, low + h * 0.80, w, h * 0.20), NAVY, r * 0.06)
    box((left + w * 0.40, low + h * 0.88, w * 0.20, h * 0.05), WHITE, h * 0.02)
    head = w * 0.15
    Color(rgba=SAND)
    SmoothEllipse(pos=(x - head, low + h * 0.54), size=(2 * head, 2 * head))
    SmoothRoundedRectangle(
        pos=(x - w * 0.26, low + h * 0.34), size=(w * 0.52, h * 0.20), radius=[w * 0.2, w * 0.2, w * 0.04, w * 0.04]
    )
    Color(rgba=BLACK)
    Rectangle(texture=bars_texture("badge"), pos=(left + w * 0.14, low + h * 0.10), size=(w * 0.72, h * 0.15))


_MOTIFS: Final[dict[str, Callable[[Look, float, float, float], None]]] = {
    "package": _motif_package,
    "label": _motif_label,
    "receipt": _motif_receipt,
    "kiosk": _motif_kiosk,
    "strip": _motif_strip,
    "staff": _motif_staff,
}
MEDALLIONS: Final[dict[str, tuple[str, str, Token]]] = {
    "closed": ("kiosk", "close", "bad"),
    "trouble": ("kiosk", "warning", "bad"),
    "package_done": ("package", "check", "ok"),
    "package_stop": ("package", "close", "bad"),
    "undone": ("label", "undo", "warn"),
    "label_valid": ("label", "check", "ok"),
    "label_void": ("label", "close", "warn"),
    "label_unknown": ("label", "help", "warn"),
    "receipt_unknown": ("receipt", "help", "warn"),
    "storing": ("package", "lock", "warn"),
    "looking": ("receipt", "schedule", "warn"),
    "make_up": ("package", "add", "warn"),
    "strip": ("strip", "check", "ok"),
    "staff": ("staff", "check", "ok"),
    "staff_locked": ("staff", "lock", "bad"),
}
WASHES: Final[dict[Token, Token]] = {"ok": "ok_wash", "warn": "warn_wash", "bad": "bad_wash"}
