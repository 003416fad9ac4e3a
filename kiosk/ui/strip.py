"""Two film strips drifting over the attract page, with perforations, frame numbers and photographs."""

from typing import Final

from kiosk.ui.boxes import Drawn
from kiosk.ui.look import Look
from kiosk.ui.painted import PHOTOS
from kiosk.ui.pictures import Area, paint_text
from kiosk.ui.textures import photo_texture
from kiosk.ui.theme import rgba
from kiosk.ui.toolkit import (
    Animation,
    Color,
    PopMatrix,
    PushMatrix,
    Rectangle,
    Rotate,
    RoundedRectangle,
    SmoothLine,
    StencilPop,
    StencilPush,
    StencilUnUse,
    StencilUse,
    Translate,
)

FILM, FILM_ON_BLACK, EDGE_PRINT = rgba("#15110D"), rgba("#4A4238"), rgba("#E8A33A")
ROUND_TRIP_S: Final = 150.0
STACKED: Final = ((0.255, 0.285, -7.0, 1), (0.735, 0.285, -7.0, -1))
LONE: Final = ((0.5, 0.50, -4.6, -1),)
"""Each strip: its middle and its frames' height as shares of the height, angle in degrees, direction."""
BROAD: Final = 2.0
"""Room that is so many times as broad as it is high has one strip."""


class FilmStrip(Drawn):
    """The strips. ``halt`` stops them: an invisible strip must not keep the screen busy."""

    def __init__(self, look: Look, *, is_still: bool = False) -> None:
        super().__init__()
        self.look, self.is_still = look, is_still
        self.drift = 0.0
        self.offsets: list[tuple[Translate, int, float]] = []
        self.motion: Animation | None = None

    def _draw(self, *_: object) -> None:
        self.canvas.clear()
        self.offsets = []
        if min(self.size) < 50:
            return
        with self.canvas:
            StencilPush()
            Rectangle(pos=self.pos, size=self.size)
            StencilUse()
            is_broad = self.width > self.height * BROAD
            for middle, share, angle, direction in LONE if is_broad else STACKED:
                self._draw_row(self.y + self.height * middle, self.height * share, angle, direction)
            StencilUnUse()
            Rectangle(pos=self.pos, size=self.size)
            StencilPop()
        self._place()
        self._move()

    def _draw_row(self, middle: float, high: float, angle: float, direction: int) -> None:
        wide, rim = high * 1.5, high * 0.19
        PushMatrix()
        Rotate(angle=angle, origin=((self.x + self.width / 2), middle))
        offset = Translate(0, 0)
        self.offsets.append((offset, direction, wide))
        count = int(self.width * 1.3 / wide) + 2 + PHOTOS
        left = self.x - self.width * 0.15 - wide * (PHOTOS if direction > 0 else 0)
        low = middle - high / 2
        Color(rgba=FILM_ON_BLACK if self.look.is_high_contrast else FILM)
        Rectangle(pos=(left, low - rim), size=(wide * count, high + 2 * rim))
        for edge in (low - rim, low + high + rim):  # the rotated rectangle alone would have a staircase for an edge
            SmoothLine(points=[left, edge, left + wide * count, edge], width=1.2)
        for n in range(count):
            self._draw_frame((left + n * wide, low, wide, high), rim, n, direction)
        PopMatrix()

    def _draw_frame(self, area: Area, rim: float, n: int, direction: int) -> None:
        x, low, wide, high = area
        scene = (n * 2 + (n // 3 if direction < 0 else 0) + (3 if direction < 0 else 0)) % PHOTOS
        Color(rgba=(1, 1, 1, 1))
        Rectangle(
            texture=photo_texture(scene), pos=(x + wide * 0.018, low + high * 0.016), size=(wide * 0.964, high * 0.968)
        )
        Color(rgba=self.look["bg"])
        for hole in range(8):
            across = x + wide * (hole + 0.30) / 8
            for y in (low - rim * 0.84, low + high + rim * 0.40):
                RoundedRectangle(pos=(across, y), size=(wide * 0.052, rim * 0.44), radius=[rim * 0.12])
        number = n % PHOTOS + 1
        size = rim * 0.22
        paint_text(f"{number}", "bold", size, EDGE_PRINT, (x + wide * 0.02, low - rim * 0.36))
        paint_text(f"{number}A", "bold", size, EDGE_PRINT, (x + wide * 0.52, low - rim * 0.36))
        paint_text("SAFETY FILM 400", "semibold", size, EDGE_PRINT, (x + wide * 0.16, low + high + rim * 0.06))

    def _place(self) -> None:
        for offset, direction, wide in self.offsets:
            trip = wide * PHOTOS
            offset.x = direction * (self.drift * trip % trip)

    def _move(self) -> None:
        if self.is_still or not self.look.may_move or self.motion:
            return
        self.motion = Animation(drift=1.0, d=ROUND_TRIP_S)
        self.motion.repeat = True
        self.motion.bind(on_progress=self._step)
        self.motion.start(self)

    def _step(self, *_: object) -> None:
        if self.look.pace.may_step():
            self._place()

    def resume(self) -> None:
        """Drift on, once there is something to be seen."""
        if self.offsets:
            self._move()

    def halt(self) -> None:
        """Stop drifting."""
        if self.motion:
            self.motion.cancel(self)
            self.motion = None
