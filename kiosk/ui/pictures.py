"""The drawn pictures of film package and registration card.

The picture is the instruction: it shows which code to hold under the red light. Nothing is a photograph or a logo.
"""

from kiosk.ui.boxes import Drawn, draw_outline
from kiosk.ui.look import Look
from kiosk.ui.shaping import HAND
from kiosk.ui.textures import bars_texture, cells_texture, glow_texture
from kiosk.ui.theme import Rgba, faded, rgba
from kiosk.ui.toolkit import (
    Animation,
    Color,
    Rectangle,
    RoundedRectangle,
    SmoothEllipse,
    SmoothLine,
    SmoothRoundedRectangle,
    TextPainter,
)
from kiosk.view.screen import Film, Slot
from photocore.capitals import capitals

Area = tuple[float, float, float, float]
"""Left, bottom, width, height, in pixels."""

YELLOW, ORANGE, RED, BLACK, WHITE = (rgba(c) for c in ("#F6B51E", "#E4900A", "#C8371F", "#1D1A16", "#FFFFFF"))
NAVY, NAVY_LIGHT, SAND = (rgba(c) for c in ("#21384A", "#3B5568", "#F3E3BF"))
BEAM = rgba("#FF2D1A")
GREEN = rgba("#1F7A4D")


def paint_text(
    text: str,
    font: str,
    size: float,
    colour: Rgba,
    at: tuple[float, float],
    *,
    widest: float | None = None,
    anchor: str = "left",
) -> float:
    """Draw one line from its lower left (or middle, or right) ``at``, at most ``widest``; return its width."""
    if not text or size < 2:
        return 0
    painter = TextPainter(text=text, font_name=font, font_size=size, color=(1, 1, 1, 1))
    painter.refresh()
    wide, high = painter.texture.size
    share = min(1.0, widest / wide) if widest else 1.0
    wide, high = wide * share, high * share
    x, y = at
    left = {"left": x, "center": x - wide / 2, "right": x - wide}[anchor]
    Color(rgba=colour)
    Rectangle(texture=painter.texture, size=(wide, high), pos=(left, y))
    return wide


def box(area: Area, colour: Rgba, radius: float = 0) -> None:
    """Draw a filled rectangle, with smooth rounded corners if asked."""
    x, y, w, h = area
    Color(rgba=colour)
    if radius:
        SmoothRoundedRectangle(pos=(x, y), size=(w, h), radius=[radius])
    else:
        Rectangle(pos=(x, y), size=(w, h))


class ScanPicture(Drawn):
    """A package or a card with the light of the scanner on its code; still when it is done."""

    def __init__(self, look: Look, slot: Slot) -> None:
        super().__init__()
        self.look, self.slot = look, slot
        self.sweep: Animation | None = None
        self.beam = 0.5
        self.code_area = (0.0, 0.0, 0.0, 0.0)

    def show(self, slot: Slot) -> None:
        """Draw another slot, if it looks otherwise; a beam that moves goes on."""
        if _looks(slot) != _looks(self.slot):
            self._redraw()
        self.slot = slot
        if slot.state == "live":
            self.resume()
        else:
            self.halt()
            self.beam = 0.5

    def _draw(self, *_: object) -> None:
        self.canvas.clear()
        self.canvas.after.clear()
        h = min(self.height * 0.94, self.width * 0.60)
        if h < 30:
            return
        w = h * 1.56
        x, y = (self.x + self.width / 2) - w / 2, (self.y + self.height / 2) - h / 2
        with self.canvas:
            _drop_shadow(self.look, x, y, w, h)
            if self.slot.kind == "package":
                self.code_area = paint_package(self.look, (x, y, w, h), self.slot.hint, self.slot.film)
            else:
                self.code_area = paint_card((x, y, w, h), self.slot.title)
            if self.slot.state == "busy":
                box((x - 2, y - 2, w + 4, h + 4), faded(self.look["surface"], 0.55), h * 0.08)
        if self.slot.state == "live":
            self._draw_beam()
            self._move()

    def _draw_beam(self) -> None:
        x, y, w, h = self.code_area
        reach, side = h * 0.16, h * 0.22
        at = y - reach + (h + 2 * reach) * self.beam
        self.canvas.after.clear()
        with self.canvas.after:
            Color(rgba=faded(BEAM, 0.5))
            Rectangle(texture=glow_texture(), pos=(x - side, at - reach), size=(w + 2 * side, 2 * reach))
            Color(rgba=BEAM)
            SmoothLine(points=[x - side, at, x + w + side, at], width=max(1.4, self.look.u * 0.28))

    def _move(self) -> None:
        if not self.look.may_move or self.sweep:
            return
        self.sweep = Animation(beam=1.0, d=1.15, t="in_out_sine") + Animation(beam=0.0, d=1.15, t="in_out_sine")
        self.sweep.repeat = True
        self.sweep.bind(on_progress=self._step)
        self.sweep.start(self)

    def _step(self, *_: object) -> None:
        if self.look.pace.may_step():
            self._draw_beam()

    def resume(self) -> None:
        """Let a beam that was halted move again."""
        if self.slot.state == "live" and any(self.code_area):
            self._move()

    def halt(self) -> None:
        """Stop the beam; a picture that is gone must not keep the screen busy."""
        if self.sweep:
            self.sweep.cancel(self)
            self.sweep = None


def _looks(slot: Slot) -> tuple[object, ...]:
    """Return what the picture shows of a slot; its other words stand below."""
    return slot.kind, slot.state, slot.hint, slot.film, slot.title


def _drop_shadow(look: Look, x: float, y: float, w: float, h: float) -> None:
    if look.is_high_contrast:
        return
    for n, alpha in enumerate((0.05, 0.05, 0.06)):
        box((x + n, y - h * 0.03 + n * h * 0.008, w - 2 * n, h), (0.2, 0.14, 0.04, alpha), h * 0.08)


def paint_package(look: Look, area: Area, hint: str = "", film: Film | None = None) -> Area:
    """Draw a film box and return where the code to scan stands: the square one, or the price code where it is that.

    ``film`` is what is printed on the box; of a film nobody knows yet the box says no more than that it is one.
    """
    x, y, w, h = area
    film = film or Film()
    box((x, y, w, h), YELLOW, h * 0.06)
    box((x, y + h * 0.60, w, h * 0.20), RED)
    box((x, y + h * 0.585, w, h * 0.015), WHITE)
    taken = paint_text(film.format, "bold", h * 0.085, WHITE, (x + w * 0.94, y + h * 0.645), anchor="right")
    room = w * 0.84 - taken
    paint_text(film.speed or "FILM", "display", h * 0.20, WHITE, (x + w * 0.06, y + h * 0.575), widest=room)
    name = (film.name or "Film").upper()
    paint_text(name, "bold", h * 0.07, BLACK, (x + w * 0.06, y + h * 0.855), widest=w * 0.88)
    _paint_cartridge(x + w * 0.07, y + h * 0.12, w * 0.22, h * 0.38, film.format.partition("-")[2])
    px, py, pw, ph = x + w * 0.42, y + h * 0.09, w * 0.53, h * 0.44
    box((px, py, pw, ph), WHITE, h * 0.025)
    side = ph * 0.74
    cx, cy = px + pw - side - ph * 0.13, py + ph * 0.13
    price = (px + ph * 0.13, py + ph * 0.30, pw - side - ph * 0.40, ph * 0.57)
    Color(rgba=BLACK if hint != "linear_code" else faded(BLACK, 0.30))
    Rectangle(texture=cells_texture("package"), pos=(cx, cy), size=(side, side))
    Color(rgba=BLACK if hint != "square_code" else faded(BLACK, 0.30))
    Rectangle(texture=bars_texture("price"), pos=price[:2], size=price[2:])
    paint_text("0 95011 0", "mono", ph * 0.13, faded(BLACK, 0.75), (price[0], py + ph * 0.10), widest=price[2])
    if hint == "square_code":
        _cross_out(look, price)
        _ring(look, (cx, cy, side, side))
    if hint == "linear_code":
        _ring(look, price)
        return price
    return cx, cy, side, side


def _cross_out(look: Look, area: Area) -> None:
    """Cross out the code that is not meant: words are not the only way to say it."""
    x, y, w, h = area
    Color(rgba=RED)
    SmoothLine(points=[x - 4, y - 4, x + w + 4, y + h + 4], width=look.u * 0.45)
    SmoothLine(points=[x - 4, y + h + 4, x + w + 4, y - 4], width=look.u * 0.45)


def _ring(look: Look, area: Area) -> None:
    """Ring the code that is meant."""
    x, y, w, h = area
    pad = look.u * 0.9
    draw_outline(look, (x - pad, y - pad), (w + 2 * pad, h + 2 * pad), colour=GREEN, width_u=0.4, radius_u=1.2)


def _paint_cartridge(x: float, y: float, w: float, h: float, exposures: str) -> None:
    """Draw a 135 cartridge with its film leader, and how many pictures fit on it if that is known."""
    box((x + w * 0.62, y + h * 0.10, w * 0.52, h * 0.64), rgba("#5A4632"), 0)
    Color(rgba=YELLOW)
    for n in range(4):
        for row in (0.14, 0.63):
            RoundedRectangle(pos=(x + w * (0.70 + n * 0.11), y + h * row), size=(w * 0.05, h * 0.07), radius=[2])
    box((x, y, w * 0.68, h * 0.88), BLACK, w * 0.05)
    box((x, y + h * 0.24, w * 0.68, h * 0.42), RED)
    paint_text(exposures, "display", h * 0.28, WHITE, (x + w * 0.34, y + h * 0.27), anchor="center")
    box((x - w * 0.03, y + h * 0.82, w * 0.74, h * 0.08), rgba("#3A352E"), 2)
    box((x - w * 0.03, y - h * 0.02, w * 0.74, h * 0.08), rgba("#3A352E"), 2)
    box((x + w * 0.22, y + h * 0.88, w * 0.24, h * 0.12), rgba("#3A352E"), 2)


def paint_card(area: Area, title: str) -> Area:
    """Draw a registration card, named in the screen's language, and return where its code stands."""
    x, y, w, h = area
    box((x, y, w, h), NAVY, h * 0.08)
    Color(rgba=faded(NAVY_LIGHT, 0.85))
    SmoothRoundedRectangle(
        pos=(x + w * 0.56, y + h * 0.36), size=(w * 0.44, h * 0.64), radius=[h * 0.40, h * 0.08, 0, h * 0.30]
    )
    Color(rgba=faded(SAND, 0.16))
    SmoothRoundedRectangle(
        pos=(x + w * 0.72, y + h * 0.56), size=(w * 0.28, h * 0.44), radius=[h * 0.30, h * 0.08, 0, h * 0.24]
    )
    _paint_aperture(x + w * 0.135, y + h * 0.78, h * 0.115)
    words = capitals(title, HAND.language)
    paint_text(words, "bold", h * 0.062, SAND, (x + w * 0.25, y + h * 0.80), widest=w * 0.68)
    paint_text("••••   ••••   ••••", "mono_bold", h * 0.07, faded(SAND, 0.8), (x + w * 0.25, y + h * 0.685))
    px, py, pw, ph = x + w * 0.07, y + h * 0.10, w * 0.62, h * 0.40
    box((px, py, pw, ph), WHITE, h * 0.03)
    Color(rgba=BLACK)
    Rectangle(texture=bars_texture("card"), pos=(px + pw * 0.07, py + ph * 0.18), size=(pw * 0.86, ph * 0.66))
    return px, py + ph * 0.1, pw, ph * 0.8


def _paint_aperture(x: float, y: float, r: float) -> None:
    Color(rgba=YELLOW)
    SmoothEllipse(pos=(x - r, y - r), size=(2 * r, 2 * r))
    Color(rgba=NAVY)
    SmoothEllipse(pos=(x - r * 0.62, y - r * 0.62), size=(1.24 * r, 1.24 * r))
    Color(rgba=SAND)
    SmoothEllipse(pos=(x - r * 0.30, y - r * 0.30), size=(0.6 * r, 0.6 * r))
