"""Draw the sheets of readings for docs/pictures/readings: easy pictures, hard ones, and graded prints.

    python scripts/reading_sheets.py [FOLDER]

Every picture is made here, by :mod:`imaging.testing`, and read by the product: what the sheets show is what was read.
"""

import sys
from pathlib import Path

import numpy as np
from PIL import Image, ImageColor, ImageDraw

from hardware.printer.profile import load_profile
from hardware.render.label import LabelRenderer
from imaging.codes.reader import Effort, Grey, read_codes
from imaging.draw import COLOURS, INK, PAPER, Mark, draw_marks, marks_of
from imaging.grade import grade_print
from imaging.testing import SPECIMENS, Scene, photograph
from photocore.aim import symbol_of
from photocore.label import QualityLabel
from photocore.settings import locate_config

PICTURES = Path(__file__).resolve().parents[1] / "docs" / "pictures" / "readings"
HARD = {
    "turned by 45 degrees": ("Code 128", {"turn_deg": 45}),
    "noise of a dark corner": ("GS1 DataMatrix", {"noise": 60}),
    "leaning away": ("GS1-128", {"lean": 0.25}),
    "a lamp on the foil": ("QR", {"glare": 0.4}),
    "out of focus": ("Data Matrix", {"blur_px": 2.4}),
    "far away": ("Code 128", {"module_px": 0.5}),
}


def main() -> None:
    """Write kinds.png, hard.png and grades.png."""
    folder = Path(sys.argv[1]) if sys.argv[1:] else PICTURES
    folder.mkdir(parents=True, exist_ok=True)
    for name, sheet in (("kinds", kinds()), ("hard", hard()), ("grades", grades())):
        sheet.thumbnail((1200, 1600), Image.Resampling.LANCZOS)
        sheet.quantize(palette=few_colours(), dither=Image.Dither.NONE).save(folder / f"{name}.png", optimize=True)


def kinds() -> Image.Image:
    """Return one picture with a code of every kind but the film edge's, each at another angle."""
    names = [name for name in SPECIMENS if name != "DX film edge"]
    tiles = [
        photograph(SPECIMENS[name].symbol(), scene(name, turn_deg=-8 + 4 * number), number, (480, 300))
        for number, name in enumerate(names)
    ]
    picture = np.vstack([np.hstack(tiles[row : row + 3]) for row in range(0, len(tiles), 3)])
    found = read_codes(picture, effort=Effort.SEARCH, wanted=len(names))
    return draw_marks(picture, marks_of(found), f"{len(found)} of {len(names)} codes in one picture")


def hard() -> Image.Image:
    """Return pictures that one look does not read and a search does."""
    tiles: list[Image.Image] = []
    for number, (wear, (name, how)) in enumerate(HARD.items()):
        picture = photograph(SPECIMENS[name].symbol(), scene(name, **how), number + 1)
        wanted = {symbol_of(SPECIMENS[name].aim).symbology}
        first = "one look: read" if read_codes(picture, wanted) else "one look: nothing; searched:"
        found = read_codes(picture, wanted, effort=Effort.SEARCH)
        tiles.append(draw_marks(picture, marks_of(found), f"{wear}; {first}"))
    return beside(tiles, 2)


def grades() -> Image.Image:
    """Return the product's test label printed well, with a dead dot, too hot, and faded."""
    config = locate_config()
    drawn = LabelRenderer(config, load_profile(config, "virtual-80mm-300dpi")).render(QualityLabel(store="Foto Lenz"))
    good = np.array(drawn.picture.convert("L"))
    dead, hot = good.copy(), np.minimum(good, np.roll(good, 1, axis=1))
    dead[:, dead_dot(good)] = 255
    prints = {"good": (good, 1.0), "a dead dot": (dead, 1.0), "too hot": (hot, 1.0), "faded": (good, 0.14)}
    tiles: list[Image.Image] = []
    for number, (name, (dots, contrast)) in enumerate(prints.items()):
        picture = photograph(dots, Scene(module_px=1.1, contrast=contrast, turn_deg=1), number, (980, 800))
        grade = grade_print(picture)
        corners = grade.found.corners if grade.found else ((0, 0),) * 4
        mark = Mark(corners, grade.words, "good" if grade.is_good else "bad")
        tiles.append(draw_marks(picture, [mark], f"{name}: {grade.letter}"))
    return beside(tiles, 2)


def dead_dot(label: Grey) -> int:
    """Return a column of dots in the middle of a broad bar of the label's Code 128."""
    (bars,) = (code for code in read_codes(label) if code.aim == "]C0")
    row = round(bars.centre[1])
    dark = label[row] < 128
    edges = np.flatnonzero(np.diff(dark.astype(np.int8)))
    starts, ends = edges[::2], edges[1::2]
    inner = [(e - s, s) for s, e in zip(starts, ends, strict=False) if bars.corners[0][0] + 60 < s < bars.centre[0]]
    width, start = max(inner)
    return int(start + width // 2 + 1)


def few_colours() -> Image.Image:
    """Return the palette of the sheets: greys, and the marks' colours on white, so that they stay small files."""
    shades = [(tone, tone, tone) for tone in range(0, 256, 15)]
    for colour in (*COLOURS.values(), PAPER, INK):
        full = ImageColor.getrgb(colour)
        shades += [tuple(round(255 - (255 - part) * share) for part in full) for share in (1.0, 0.75, 0.5, 0.25)]
    palette = Image.new("P", (1, 1))
    palette.putpalette([part for shade in shades for part in shade])
    return palette


def scene(name: str, **how: float) -> Scene:
    """Return a scene at the size that is usual for this kind of code."""
    return Scene(module_px=SPECIMENS[name].usual_px * how.pop("module_px", 1.0), **how)


def beside(tiles: list[Image.Image], columns: int) -> Image.Image:
    """Return the tiles in rows, with a thin line round each."""
    width, height = max(tile.width for tile in tiles) + 12, max(tile.height for tile in tiles) + 12
    rows = -(-len(tiles) // columns)
    sheet = Image.new("RGB", (width * columns, height * rows), "white")
    pen = ImageDraw.Draw(sheet)
    for number, tile in enumerate(tiles):
        x, y = number % columns * width + 6, number // columns * height + 6
        sheet.paste(tile, (x, y))
        pen.rectangle((x - 1, y - 1, x + tile.width, y + tile.height), outline="#857A69")
    return sheet


if __name__ == "__main__":
    main()
