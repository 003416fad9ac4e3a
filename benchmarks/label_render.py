"""How long a label takes from its model to its bytes, beside what Pillow alone needs to draw and pack the same dots.

    python benchmarks/label_render.py [--quick] [--json FILE]

* **ours**: the whole way: words and codes of one roll label, their symbols, the layout, the dots, reading every code
  back before it may leave, and the commands for the printer.
* **floor**: Pillow drawing what stands on that label: every line of text and every symbol, at its place, known
  beforehand, then threshold and pack. It encodes no symbol, fits no text, and reads nothing back. Its dots are
  compared with ours once: they are the same.
* beside it python-escpos' image path: from the finished picture to its bytes; ours from the finished picture too.

Each label has another serial and another copy, as in a shop. All are taken in turns in one run.
"""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from escpos.printer import Dummy
from measuring import Line, run_alone
from PIL import Image, ImageDraw, ImageFont

from hardware.printer.document import label_document
from hardware.printer.profile import PrinterProfile, load_profile
from hardware.printer.raster import encode
from hardware.render import canvas as canvases
from hardware.render.label import LabelRenderer
from photocore.ids import ItemId
from photocore.label import RollLabel
from photocore.settings import locate_config

LIMIT_MS = 100.0
NAMES = {"virtual-80mm": "203 dpi", "virtual-80mm-300dpi": "300 dpi"}


def measure(quick: bool) -> list[Line]:
    """Return a label's line for both heads, and the encoders' beside each other."""
    return [line for name in NAMES for line in _measure(name, 20 if quick else 200)]


def _measure(name: str, labels: int) -> list[Line]:
    config = locate_config()
    profile = load_profile(config, name)
    renderer = LabelRenderer(config, profile)
    for number in range(3):  # fonts are opened and the words inked once: a spooler's first label, not its every one
        renderer.render(label(number))
    plan = watched(renderer, label(3))
    drawn = renderer.render(label(3))
    picture = drawn.picture
    assert plan.draw(profile) == drawn.raster.rows, "the floor draws another label"
    size = len(document(renderer, profile, label(4)))
    ours, floor, encoding, escpos = [], [], [], []
    for number in range(10, 10 + labels):
        ours.append(timed(lambda number=number: document(renderer, profile, label(number))))
        floor.append(timed(lambda: plan.draw(profile)))
        encoding.append(timed(lambda: b"".join(label_document(encode(picture), profile))))
        escpos.append(timed(lambda: by_escpos(picture)))
    return [
        Line(
            what=f"80 x 50 mm label, model to bytes, {NAMES[name]}",
            unit="ms",
            ours=statistics.median(ours),
            floor=statistics.median(floor),
            floor_is="Pillow: the same text and symbols, and pack",
            aim="<= 1.5",
            limit=LIMIT_MS,
            note=f"p95 {sorted(ours)[int(labels * 0.95) - 1]:.2f} ms; {size} bytes",
        ),
        Line(
            what=f"its finished picture to bytes, {NAMES[name]}",
            unit="ms",
            ours=statistics.median(encoding),
            floor=statistics.median(escpos),
            floor_is="python-escpos, image() in raster mode",
        ),
    ]


def label(number: int) -> RollLabel:
    """Return one label; each has another serial and copy."""
    return RollLabel(
        package=ItemId("(01)19501101530000(21)P2026A123"),
        roll=ItemId(f"(01)09501101530003(21)7H3K9{number:05}"),
        number=1,
        of=5,
        copy=f"{number:06}",
        product="Portra 400",
        detail="135-36 · ISO 400 · C-41",
        store="Foto Lenz, Basel",
    )


def document(renderer: LabelRenderer, profile: PrinterProfile, of: RollLabel) -> bytes:
    """Return everything the printer is sent for one label."""
    return b"".join(label_document(renderer.render(of).raster, profile))


def by_escpos(picture: Image.Image) -> bytes:
    """Return what python-escpos would send for a picture."""
    printer: Any = Dummy()
    printer.profile.profile_data = printer.profile.profile_data | {"media": {"width": {"pixels": picture.width}}}
    printer.image(picture, impl="bitImageRaster", center=False)
    return printer.output


def timed(work: Callable[[], object]) -> float:
    """Return how many milliseconds ``work`` took."""
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1e3


@dataclass
class Plan:
    """What stood on one label, as calls of Pillow's: found by watching our canvas draw it."""

    size: tuple[int, int] = (0, 0)
    shapes: list[Callable[[ImageDraw.ImageDraw], None]] = field(default_factory=list)
    symbols: list[tuple[Image.Image, tuple[int, int], tuple[int, int]]] = field(default_factory=list)
    texts: list[tuple[tuple[float, int], str, ImageFont.FreeTypeFont, int]] = field(default_factory=list)

    def draw(self, profile: PrinterProfile) -> bytes:
        """Draw it all, and pack it as a raster."""
        sheet = Image.new("L", self.size, 255)
        pen = ImageDraw.Draw(sheet)
        for shape in self.shapes:
            shape(pen)
        for modules, size, at in self.symbols:
            sheet.paste(modules.resize(size, Image.Resampling.NEAREST), at)
        for at, text, font, ink in self.texts:
            pen.text(at, text, fill=ink, font=font, anchor="ls")
        limit = profile.quality.black_below
        one_bit = sheet.point([0 if tone < limit else 255 for tone in range(256)]).convert("1", dither=0)
        return one_bit.tobytes("raw", "1;I")


def watched(renderer: LabelRenderer, of: RollLabel) -> Plan:
    """Draw one label and return how Pillow alone would."""
    plan = Plan()

    class Watched(canvases.Canvas):
        def __post_init__(self) -> None:
            super().__post_init__()
            plan.size = (self.width, self.height)

        def band(self, area: canvases.Area, radius: int) -> None:
            super().band(area, radius)
            plan.shapes.append(lambda pen: pen.rounded_rectangle(area.corners, radius, fill=0))

        def frame(self, area: canvases.Area, radius: int, line: int) -> None:
            super().frame(area, radius, line)
            plan.shapes.append(lambda pen: pen.rounded_rectangle(area.corners, radius, outline=0, width=line))

        def rule(self, area: canvases.Area, dash: int) -> None:
            super().rule(area, dash)
            left, top, right, bottom = area.corners
            step = dash or area.width
            for x in range(left, right + 1, step):
                end = min(x + (step if not dash else step * 2 // 3) - 1, right)
                plan.shapes.append(lambda pen, x=x, end=end: pen.rectangle((x, top, end, bottom), fill=0))

        def symbol(self, symbol: Any, x: int, y: int, dots: int, height: int | None = None) -> None:
            super().symbol(symbol, x, y, dots, height)
            plan.symbols.append((symbol.picture(1, 1), (symbol.width * dots, symbol.height * (height or dots)), (x, y)))

        def _fit(self, text: str, width: int, style: canvases.Style) -> Any:
            return Spied(line=super()._fit(text, width, style), texts=plan.texts)

    from hardware.render import label as labels  # noqa: PLC0415

    before, labels.Canvas = labels.Canvas, Watched
    try:
        renderer.render(of)
    finally:
        labels.Canvas = before
    return plan


@dataclass
class Spied:
    """A line that tells what it draws: sign by sign where it has tracking, as Pillow itself must."""

    line: Any
    texts: list[tuple[tuple[float, int], str, ImageFont.FreeTypeFont, int]]

    @property
    def width(self) -> float:
        return self.line.width

    def draw(self, pen: ImageDraw.ImageDraw, at: tuple[float, int], ink: int) -> None:
        self.line.draw(pen, at, ink)
        x, y = at
        for piece in self.line.pieces:
            if not piece.gap:
                self.texts.append(((round(x), y), piece.text, piece.font, ink))
            else:
                left = x
                for sign in piece.text:
                    self.texts.append(((round(left), y), sign, piece.font, ink))
                    left += piece.font.getlength(sign) + piece.gap
            x += piece.width + piece.gap


if __name__ == "__main__":
    run_alone(measure, __doc__)
