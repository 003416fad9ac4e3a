"""Film before a camera: packages with the rolls still inside, and developed strips on a scanner.

Drawn, for tests, benchmarks and the sheets of readings in the docs; what it makes is a function of its arguments and
its seed. It proves the method and not the optics: no real foil, no real film was before a camera (docs/film.md). The
symbols are zxing-cpp's own, as in :mod:`imaging.testing`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import zxingcpp
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from photocore.film import FilmType, frame_text

Grey = NDArray[np.uint8]

HALF_FRAME_MM: Final = 19.0
"""Four perforations of 4.75 mm (ISO 1007): a frame of 35 mm film takes eight."""

EDGE_MODULE_MM: Final = 0.41
"""How wide we draw a module of the edge code; from memory, no source found."""


def symbol(form: str, content: str, *, gs1: bool = False, px: int = 1) -> Grey:
    """Return a symbol of zxing-cpp's with its quiet zone, ``px`` pixels a module."""
    writer: Any = zxingcpp
    how: dict[str, Any] = {"gs1": True} if gs1 else {}
    if form == "DataMatrix":
        how["force_square"] = True
    code = writer.create_barcode(content, writer.barcode_format_from_str(form), **how)
    return np.array(writer.write_barcode_to_image(code, scale=px), dtype=np.uint8)


@dataclass(frozen=True, kw_only=True)
class LabelText:
    """What stands in a roll label's codes: ``elements`` with brackets, or a house code bare in ``linear``."""

    elements: str
    linear: str
    linear_is_gs1: bool = True


def sgtin_label(item: str, copy: str) -> LabelText:
    """Return the label of a maker's roll ``(01)..(21)..``: its copy in the square code only (DESIGN 5A)."""
    return LabelText(elements=f"{item}(91){copy}", linear=item)


def house_label(code: str, copy: str) -> LabelText:
    """Return the label of a roll that a store numbered (``TCR-``)."""
    return LabelText(elements=f"(90){code}(91){copy}", linear=code, linear_is_gs1=False)


def draw_label(text: LabelText, px: int, *, has_linear: bool = True) -> Image.Image:
    """Return a roll label: the square code, the number for people beside it, the linear code below."""
    square = Image.fromarray(symbol("DataMatrix", text.elements, gs1=True, px=px))
    bars = Image.fromarray(symbol("Code128", text.linear, gs1=text.linear_is_gs1, px=max(1, px // 2)))
    bars = bars.crop((0, 0, bars.width, 14 * px))
    label = Image.new("L", (bars.width if has_linear else square.width, square.height + 16 * px * has_linear), 250)
    label.paste(square, (0, 0))
    if has_linear:
        label.paste(bars, (0, square.height))
        pen, font = ImageDraw.Draw(label), ImageFont.load_default(5 * px)
        for line, words in enumerate(text.linear.replace("(21)", "\n(21)").split("\n")):
            pen.text((square.width + 2 * px, (3 + 7 * line) * px), words, fill=30, font=font)
    return label


@dataclass(frozen=True, kw_only=True)
class Shelf:
    """How a package lies before the camera."""

    size: tuple[int, int] = (1920, 1080)
    module_px: int = 4
    turn_deg: float = 25.0
    """Labels are turned by up to as much, either way."""
    blur_px: float = 0.8
    noise: float = 4.0
    glare: int = 0
    """Reflections of a lamp on the wrap, anywhere."""
    has_linear: bool = True


def draw_package(
    labels: Sequence[LabelText | Image.Image], shelf: Shelf, seed: int, *, hidden: Sequence[int] = ()
) -> Grey:
    """Return a picture of a box with a window for each roll; those of ``hidden`` have turned their label away.

    A label may be a picture, as a printer's label is; else it is drawn.
    """
    chance = np.random.default_rng(seed)
    width, height = shelf.size
    scene = Image.fromarray(chance.normal(168, 3, (height, width)).clip(0, 255).astype(np.uint8))
    pen = ImageDraw.Draw(scene)
    _clutter(pen, shelf, chance)
    for number, (left, top, right, bottom) in enumerate(_windows(len(labels), shelf.size)):
        pen.rounded_rectangle((left, top, right, bottom), 18, fill=92, outline=60, width=3)
        if number not in hidden:
            label = labels[number]
            if isinstance(label, LabelText):
                label = draw_label(label, shelf.module_px, has_linear=shelf.has_linear)
            angle = float(chance.uniform(-shelf.turn_deg, shelf.turn_deg))
            _lay(scene, label, ((left + right) // 2, (top + bottom) // 2), angle)
    scene = scene.filter(ImageFilter.GaussianBlur(shelf.blur_px))
    tones = np.asarray(scene, dtype=np.float32) + chance.normal(0, shelf.noise, (height, width))
    for _ in range(shelf.glare):
        tones = tones + _lamp(shelf.size, chance)
    return tones.clip(0, 255).astype(np.uint8)


def _windows(count: int, size: tuple[int, int]) -> Iterator[tuple[int, int, int, int]]:
    columns = 3 if count <= 6 else 4 if count <= 12 else 5
    rows = -(-count // columns)
    across, down = size[0] // columns, (size[1] - 90) // rows
    for number in range(count):
        left, top = number % columns * across + 20, 80 + number // columns * down
        yield left, top, left + across - 40, top + down - 20


def _clutter(pen: ImageDraw.ImageDraw, shelf: Shelf, chance: np.random.Generator) -> None:
    """Print what stands on boxes: a name, small text, lines that look like bars."""
    pen.text((30, 14), "FILM PACKAGE  135-36  ISO 400  C-41", fill=50, font=ImageFont.load_default(44))
    font = ImageFont.load_default(15)
    for _ in range(40):
        x, y = chance.integers(0, shelf.size[0] - 200), chance.integers(0, shelf.size[1] - 20)
        pen.text((int(x), int(y)), "keep cool and dry  process before", fill=110, font=font)


def _lay(scene: Image.Image, label: Image.Image, middle: tuple[int, int], angle: float) -> None:
    turned = label.rotate(angle, Image.Resampling.BICUBIC, expand=True, fillcolor=0)
    mask = Image.new("L", label.size, 255).rotate(angle, Image.Resampling.BICUBIC, expand=True)
    scene.paste(turned, (middle[0] - turned.width // 2, middle[1] - turned.height // 2), mask)


def _lamp(size: tuple[int, int], chance: np.random.Generator) -> NDArray[np.float64]:
    x, y = chance.uniform(0, size[0]), chance.uniform(0, size[1])
    across, down = np.arange(size[0]) - x, np.arange(size[1]) - y
    return 230 * np.exp(-(across[None, :] ** 2 / 60**2 + down[:, None] ** 2 / 30**2))


@dataclass(frozen=True, kw_only=True)
class Strip:
    """A piece of developed film on a scanner, whole with its edges."""

    film: FilmType
    first: int
    """Its first half frame."""
    half_frames: int
    px: int = 4
    """Pixels a module of the edge code; 4 are about 250 dpi."""
    leader: LabelText | str | None = None
    """A label on the leader: ours, or a twin check's text in a Data Matrix."""
    skip: tuple[int, ...] = ()
    """Half frames whose code cannot be seen."""
    is_turned_positive: bool = False
    """Film has dark bars on a light base; a scan that was turned into a positive has them the other way round."""
    blur_px: float = 0.6
    noise: float = 4.0


def draw_strip(strip: Strip, seed: int) -> Grey:
    """Return a strip, long side across, edge codes along its lower edge, numbers growing to the right."""
    chance = np.random.default_rng(seed)
    mm = strip.px / EDGE_MODULE_MM
    leader = round(46 * mm) if strip.leader is not None else round(6 * mm)
    width, height = leader + round((strip.half_frames * HALF_FRAME_MM + 6) * mm), round(35 * mm)
    film = Image.new("L", (width, height), 205)
    pen = ImageDraw.Draw(film)
    for top in (2.0, 35 - 2.0 - 2.0):
        for hole in range(int(width / (4.75 * mm)) + 1):
            at = (hole * 4.75 * mm, top * mm, hole * 4.75 * mm + 2.8 * mm, (top + 2.0) * mm)
            pen.rounded_rectangle(at, 0.5 * mm, fill=250)
    for number in range(strip.half_frames):
        _expose(film, strip, number, leader + number * HALF_FRAME_MM * mm, chance)
    if strip.leader is not None:
        label = _leader_label(strip)
        film.paste(label, (round(4 * mm), (height - label.height) // 2))
    film = film.filter(ImageFilter.GaussianBlur(strip.blur_px))
    tones = np.asarray(film, dtype=np.float32) + chance.normal(0, strip.noise, (height, width))
    grey = tones.clip(0, 255).astype(np.uint8)
    return (255 - grey).astype(np.uint8) if strip.is_turned_positive else grey


def _expose(film: Image.Image, strip: Strip, number: int, left: float, chance: np.random.Generator) -> None:
    """Draw half a frame: its part of a picture, and its edge code below the holes."""
    half, mm = strip.first + number, strip.px / EDGE_MODULE_MM
    if half % 2 == 0:
        film.paste(_landscape(round(36 * mm), round(24 * mm), chance), (round(left), round(5.5 * mm)))
    if half in strip.skip:
        return
    code = symbol("DXFilmEdge", f"{strip.film}/{frame_text(half)}", px=strip.px)
    code = np.where(code < 128, 45, 205).astype(np.uint8)
    inked = np.argwhere(code < 128)
    (top, first), (bottom, last) = inked.min(axis=0), inked.max(axis=0) + 1
    tracks = Image.fromarray(code[top:bottom, first:last]).resize((int(last - first), round(1.7 * mm)))
    film.paste(tracks, (round(left + 2 * mm), round(33.15 * mm)))


def _landscape(width: int, height: int, chance: np.random.Generator) -> Image.Image:
    """Return what people photograph: a sky, hills, and the sun."""
    picture = Image.fromarray(np.linspace(150, 190, height)[:, None].repeat(width, axis=1).astype(np.uint8))
    pen = ImageDraw.Draw(picture)
    x, y = chance.uniform(0.2, 0.8) * width, chance.uniform(0.15, 0.35) * height
    pen.ellipse((x, y, x + height / 7, y + height / 7), fill=215)
    for tone, level in ((130, 0.55), (100, 0.68), (70, 0.82)):
        across = np.arange(0, width + 8, 8)
        wave = np.sin(across / width * chance.uniform(3, 9) + chance.uniform(0, 6)) * 0.09 * height + level * height
        pen.polygon([(0, height), *zip(across.tolist(), wave.tolist(), strict=True), (width, height)], fill=tone)
    return picture


def _leader_label(strip: Strip) -> Image.Image:
    if isinstance(strip.leader, LabelText):
        return draw_label(strip.leader, strip.px, has_linear=False)
    return Image.fromarray(symbol("DataMatrix", str(strip.leader), px=strip.px))
