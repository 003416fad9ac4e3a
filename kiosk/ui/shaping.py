"""Lines whose letters the toolkit cannot set: found, measured and inked by Pillow.

The toolkit draws Latin letters well and fast, so it keeps them (:mod:`kiosk.ui.lettering`). Arabic and Hebrew it draws
back to front, Arabic unjoined, Hindi in loose parts, and it knows one font at a time. Pillow's wheel brings raqm,
HarfBuzz and FreeType, which shape rightly, one font at a time as well; which font has a letter is asked of its script
and its character map (uharfbuzz), which order the runs come in of :mod:`photocore.bidi`. The measures are cached: one
label is measured word by word while it is wrapped. A font is opened when its first letter is set: a kiosk that speaks
Latin languages alone opens none of the others.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, Literal

import uharfbuzz
from PIL import Image, ImageDraw, ImageFont

from photocore.bidi import needs_order, visual_runs
from photocore.scripts import Script, regions, script_of

WEIGHTS: Final = {
    "Inter-Regular.otf": "Regular",
    "Inter-SemiBold.otf": "SemiBold",
    "Inter-Bold.otf": "Bold",
    "InterDisplay-Bold.otf": "Bold",
    "JetBrainsMono-Medium.ttf": "Regular",
    "JetBrainsMono-Bold.ttf": "Bold",
}
"""How heavy the letters are that stand beside those of a Latin font of ours; all lie in the same folder."""
WIDE_WEIGHTS: Final = {"Regular": "Regular", "SemiBold": "Bold", "Bold": "Bold"}
"""Chinese and Japanese come in two weights: a third would cost three megabytes."""
OWN_NAMES: Final = {"\u4e2d\u6587": "zh", "\u65e5\u672c\u8a9e": "ja"}
"""What the languages call themselves: each name in its own shapes, whatever the screen speaks."""

ROOMS: Final[dict[Script, tuple[float, float]]] = {
    "arabic": (1.08, 0.44),
    "hebrew": (1.02, 0.36),
    "devanagari": (1.04, 0.46),
    "wide": (1.04, 0.40),
}
"""Room above and below the base line in em: as high and deep as letters go. The fonts' own, Arabic's 1.38 and 0.74
say, leave gaps as high as a line."""


@dataclass
class Hand:
    """Which language is being written: the same Chinese sign is another shape in Japanese."""

    language: str = "en"


HAND: Final = Hand()
"""There is one screen, and it speaks one language at a time; the stage sets it before it shows a page."""


@dataclass(frozen=True, kw_only=True)
class Piece:
    """Letters of one font and one direction, and how wide they are."""

    text: str
    font: ImageFont.FreeTypeFont
    direction: Literal["rtl", "ltr"]
    wide: float


@dataclass(frozen=True, kw_only=True)
class Setting:
    """One line as it will be inked: its pieces from left to right, its size in pixels, and where its base line is."""

    pieces: tuple[Piece, ...]
    size: tuple[int, int]
    base: int


@lru_cache(maxsize=4096)
def needs_setting(text: str) -> bool:
    """Say whether ``text`` holds anything the toolkit cannot set by itself."""
    return needs_order(text) or not scripts_of(text).isdisjoint(("devanagari", "wide"))


@lru_cache(maxsize=4096)
def scripts_of(text: str) -> frozenset[Script]:
    """Return the scripts a text has besides Latin."""
    return frozenset() if text.isascii() else frozenset(found for sign in text if (found := script_of(sign)))


def room_of(text: str) -> tuple[float, float]:
    """Return the room all lines of ``text`` take above and below the base line, in em."""
    rooms = [ROOMS[script] for script in scripts_of(text)] or [ROOMS["arabic"]]
    return max(above for above, _ in rooms), max(below for _, below in rooms)


@lru_cache(maxsize=4096)
def set_line(
    text: str, font: str, pixels: int, *, is_rtl: bool, language: str = "en", room: tuple[float, float] | None = None
) -> Setting:
    """Return ``text`` set in the font file ``font``, ``pixels`` to the em; what it lacks comes from the script's own.

    ``room`` is what the paragraph's lines take (:func:`room_of`), by default what this line takes.
    """
    set_pieces: list[Piece] = []
    for run in visual_runs(text, is_rtl=is_rtl):
        direction = "rtl" if run.is_rtl else "ltr"
        split = _by_font(run.text, font, OWN_NAMES.get(text, language))
        for letters, file in reversed(split) if run.is_rtl else split:
            face = _face(file, pixels)
            wide = face.getlength(letters, direction=direction)
            set_pieces.append(Piece(text=letters, font=face, direction=direction, wide=wide))
    above, below = (round(part * pixels) for part in room or room_of(text))
    wide = sum(piece.wide for piece in set_pieces)
    return Setting(pieces=tuple(set_pieces), size=(int(wide + 0.999), above + below), base=above)


def ink_line(setting: Setting, sheet: Image.Image, at: tuple[float, float]) -> None:
    """Ink a line onto ``sheet``, a mask (mode L), its upper left corner ``at``."""
    pen = ImageDraw.Draw(sheet)
    x, y = at
    for piece in setting.pieces:
        pen.text((x, y + setting.base), piece.text, font=piece.font, fill=255, anchor="ls", direction=piece.direction)
        x += piece.wide


def _by_font(text: str, font: str, language: str) -> list[tuple[str, str]]:
    """Cut a run where its font changes; spaces, signs and marks stay with the letters before them."""
    cut: list[tuple[str, str]] = []
    for letter in text:
        file = next((file for file in _fonts_for(letter, font, language) if ord(letter) in _letters(file)), font)
        if cut and not letter.isalnum() and ord(letter) in _letters(cut[-1][1]):
            file = cut[-1][1]
        if cut and cut[-1][1] == file:
            cut[-1] = (cut[-1][0] + letter, file)
        else:
            cut.append((letter, file))
    return cut


def _fonts_for(letter: str, font: str, language: str) -> Iterator[str]:
    """Return the files ``letter`` may come from, the best first."""
    yield font
    weight = WEIGHTS.get(Path(font).name)
    script = script_of(letter)
    if weight is None or script is None:
        return
    if script == "wide":
        names = [f"NotoSans{region}-{WIDE_WEIGHTS[weight]}.otf" for region in regions(language)]
    else:
        names = [f"NotoSans{script.capitalize()}-{weight}.ttf"]
    yield from (str(Path(font).with_name(name)) for name in names)


@lru_cache(maxsize=32)
def _letters(font: str) -> frozenset[int]:
    """Return the code points a font file has a letter for."""
    harfbuzz: Any = uharfbuzz  # a compiled module without types
    return frozenset(harfbuzz.Face(harfbuzz.Blob.from_file_path(font)).unicodes)


@lru_cache(maxsize=256)
def _face(font: str, pixels: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(font, pixels, layout_engine=ImageFont.Layout.RAQM)
