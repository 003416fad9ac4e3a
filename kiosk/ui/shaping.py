"""Lines whose letters must be joined, reordered or taken from a second font: found, measured and inked by Pillow.

The toolkit draws Latin letters well and fast, so it keeps them (:mod:`kiosk.ui.lettering`). Arabic it draws unjoined
and back to front. Pillow's wheel brings raqm, HarfBuzz and FreeType, which join rightly but know one font at a time;
which letters a font has is asked of its character map (uharfbuzz), which order the runs come in of
:mod:`photocore.bidi`. The measures are cached: one label is measured word by word while it is wrapped.
"""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, Literal

import uharfbuzz
from PIL import Image, ImageDraw, ImageFont

from photocore.bidi import visual_runs

SECOND_FONTS: Final = {
    "Inter-Regular.otf": "NotoSansArabic-Regular.ttf",
    "Inter-SemiBold.otf": "NotoSansArabic-SemiBold.ttf",
    "Inter-Bold.otf": "NotoSansArabic-Bold.ttf",
    "InterDisplay-Bold.otf": "NotoSansArabic-Bold.ttf",
    "JetBrainsMono-Medium.ttf": "NotoSansArabic-Regular.ttf",
    "JetBrainsMono-Bold.ttf": "NotoSansArabic-Bold.ttf",
}
"""Where the letters come from that a font of ours has not; both lie in the same folder."""

ASCENT, DESCENT = 1.08, 0.44
"""Room above and below the base line in em. Arabic goes higher and deeper than Latin; Noto's own 1.38 and 0.74 leave
gaps as high as a line."""


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
def set_line(text: str, font: str, pixels: int, *, is_rtl: bool) -> Setting:
    """Return ``text`` set in the font file ``font``, helped out by its second font, ``pixels`` to the em."""
    pieces: list[Piece] = []
    for run in visual_runs(text, is_rtl=is_rtl):
        direction = "rtl" if run.is_rtl else "ltr"
        split = _by_font(run.text, font)
        for letters, file in reversed(split) if run.is_rtl else split:
            face = _face(file, pixels)
            wide = face.getlength(letters, direction=direction)
            pieces.append(Piece(text=letters, font=face, direction=direction, wide=wide))
    base, below = round(ASCENT * pixels), round(DESCENT * pixels)
    wide = sum(piece.wide for piece in pieces)
    return Setting(pieces=tuple(pieces), size=(int(wide + 0.999), base + below), base=base)


def ink_line(setting: Setting, sheet: Image.Image, at: tuple[float, float]) -> None:
    """Ink a line onto ``sheet``, a mask (mode L), its upper left corner ``at``."""
    pen = ImageDraw.Draw(sheet)
    x, y = at
    for piece in setting.pieces:
        pen.text((x, y + setting.base), piece.text, font=piece.font, fill=255, anchor="ls", direction=piece.direction)
        x += piece.wide


def _by_font(text: str, font: str) -> list[tuple[str, str]]:
    """Cut a run where its font changes; spaces and signs stay with the letters before them."""
    second = str(Path(font).with_name(SECOND_FONTS.get(Path(font).name, Path(font).name)))
    pieces: list[tuple[str, str]] = []
    for letter in text:
        file = font if ord(letter) in _letters(font) else second
        if pieces and not letter.isalnum() and ord(letter) in _letters(pieces[-1][1]):
            file = pieces[-1][1]
        if pieces and pieces[-1][1] == file:
            pieces[-1] = (pieces[-1][0] + letter, file)
        else:
            pieces.append((letter, file))
    return pieces


@lru_cache(maxsize=32)
def _letters(font: str) -> frozenset[int]:
    """Return the code points a font file has a letter for."""
    harfbuzz: Any = uharfbuzz  # a compiled module without types
    return frozenset(harfbuzz.Face(harfbuzz.Blob.from_file_path(font)).unicodes)


@lru_cache(maxsize=256)
def _face(font: str, pixels: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(font, pixels, layout_engine=ImageFont.Layout.RAQM)
