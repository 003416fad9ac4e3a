"""Pictures of the tour on one page: to see at a glance what is overlooked one by one, and for ``docs/``.

``python scripts/tour_sheets.py`` draws every screen in four languages and three modes, in a window of half the usual
size, and writes a sheet of each, none larger than :data:`MOST_BYTES`.
"""

import io
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from PIL import Image, ImageDraw, ImageFont

from kiosk.testing.tour import draw_tour, folder_name
from photocore.settings import locate_config

GAP_PX: Final = 8
GROUND, INK = "#5A5349", "#FFFDF8"
MOST_BYTES: Final = 1_500_000
COLOURS: Final = 96
HALF: Final = (540, 960)
"""Every size is a multiple of one unit, so the page is the same as at 1080x1920, and drawn in a quarter of the time."""
TILES_PX: Final = (360, 324, 288, 256, 228, 200)
"""How broad a picture is on a sheet: the first that makes no sheet too large."""
COLUMNS: Final = 12
LANGUAGES: Final = ("en", "de", "ar", "ja")
SHEET_MODES: Final = ("normal", "large", "contrast")


def contact_sheet(pictures: Sequence[Path], *, columns: int, wide: int, named: bool = False) -> Image.Image:
    """Return ``pictures`` on one page, each ``wide`` pixels; with ``named`` its file's name stands below each."""
    shots = [Image.open(path).convert("RGB") for path in pictures]
    small = [shot.resize((wide, round(wide * shot.height / shot.width)), Image.Resampling.LANCZOS) for shot in shots]
    foot = 22 if named else 0
    high = max(shot.height for shot in small) + foot
    rows = -(-len(small) // columns)
    page = Image.new("RGB", (columns * (wide + GAP_PX) + GAP_PX, rows * (high + GAP_PX) + GAP_PX), GROUND)
    pen, font = ImageDraw.Draw(page), ImageFont.truetype(str(locate_config() / "fonts" / "Inter-SemiBold.otf"), 13)
    for n, (shot, path) in enumerate(zip(small, pictures, strict=True)):
        row, column = divmod(n, columns)
        left, top = GAP_PX + column * (wide + GAP_PX), GAP_PX + row * (high + GAP_PX)
        page.paste(shot, (left, top))
        if named:
            pen.text((left, top + high - 5), path.stem.replace("_", " "), font=font, fill=INK, anchor="ls")
    return page


def write_sheet(pictures: Sequence[Path], path: Path) -> Path:
    """Write ``pictures`` as one PNG of few colours, as large as :data:`MOST_BYTES` allows."""
    packed = io.BytesIO()
    for wide in TILES_PX:
        page = contact_sheet(pictures, columns=COLUMNS, wide=wide, named=True)
        packed = io.BytesIO()
        page.quantize(COLOURS, dither=Image.Dither.NONE).save(packed, "PNG", optimize=True)
        if packed.tell() <= MOST_BYTES:
            break
    path.write_bytes(packed.getvalue())
    return path


def draw_sheets(
    out_dir: Path,
    *,
    languages: Sequence[str] = LANGUAGES,
    modes: Sequence[str] = SHEET_MODES,
    size: tuple[int, int] = HALF,
    only: str = "",
) -> list[Path]:
    """Draw every screen in each language and mode, and return the sheets' paths, such as ``tour_ar_large.png``."""
    out_dir.mkdir(parents=True, exist_ok=True)
    sheets: list[Path] = []
    with tempfile.TemporaryDirectory() as room:
        rooms = Path(room)
        draw_tour(rooms, home=rooms / "kivy", sizes=[size], languages=languages, only=only, modes=modes, once=True)
        for language in languages:
            for mode in modes:
                pictures = sorted((rooms / folder_name(size, language, mode)).glob("*.png"))
                sheets.append(write_sheet(pictures, out_dir / f"tour_{language}_{mode}.png"))
    return sheets
