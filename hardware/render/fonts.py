"""The bundled fonts, by role and cap height, and for each the one that has the Arabic letters.

Bundled, never the system's, and laid out by the engines inside Pillow: the same label must give the same dots on every
machine. Print is specified by the height of a capital letter, since that is what a reader's eye needs.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal

from PIL import Image, ImageDraw, ImageFont

from hardware.errors import ProfileWrong

Face = Literal["display", "bold", "semibold", "regular", "mono", "mono_medium"]
Script = Literal["latin", "arabic"]
SCRIPTS: Final[tuple[Script, ...]] = ("latin", "arabic")

FILES: Final[dict[Face, tuple[str, float]]] = {
    "display": ("InterDisplay-Bold.otf", 0.727),
    "bold": ("Inter-Bold.otf", 0.727),
    "semibold": ("Inter-SemiBold.otf", 0.727),
    "regular": ("Inter-Regular.otf", 0.727),
    "mono": ("JetBrainsMono-Bold.ttf", 0.73),
    "mono_medium": ("JetBrainsMono-Medium.ttf", 0.73),
}
"""File and the height of a capital as part of the font size."""

MONO: Final[frozenset[Face]] = frozenset({"mono", "mono_medium"})
"""The faces of codes: every sign as wide as any other, none drawn closer to another."""

ARABIC_FILES: Final[dict[Face, str]] = {
    "display": "NotoSansArabic-Bold.ttf",
    "bold": "NotoSansArabic-Bold.ttf",
    "semibold": "NotoSansArabic-SemiBold.ttf",
    "regular": "NotoSansArabic-Regular.ttf",
    "mono": "NotoSansArabic-Bold.ttf",
    "mono_medium": "NotoSansArabic-SemiBold.ttf",
}
ARABIC_CAP: Final = 0.66
"""What counts as the height of a capital in the Arabic fonts: its letters are lower, so the font is set larger."""

_NO_CHARACTER: Final = "\U0010fffe"


@dataclass
class FontShelf:
    """Fonts of one folder, opened when first needed and kept."""

    folder: Path
    _opened: dict[tuple[Face, Script, int], ImageFont.FreeTypeFont] = field(
        default_factory=dict[tuple[Face, Script, int], ImageFont.FreeTypeFont]
    )
    _scripts: dict[tuple[Face, str], Script | None] = field(default_factory=dict[tuple[Face, str], Script | None])

    def font(self, face: Face, cap_dots: float, script: Script = "latin") -> ImageFont.FreeTypeFont:
        """Return ``face`` so that its capitals are about ``cap_dots`` high.

        Raises:
            ProfileWrong: the font file is missing.
        """
        name, cap = FILES[face] if script == "latin" else (ARABIC_FILES[face], ARABIC_CAP)
        size = max(6, round(cap_dots / cap))
        if (face, script, size) not in self._opened:
            self._opened[face, script, size] = self._open(name, size, script)
        return self._opened[face, script, size]

    def script_of(self, face: Face, sign: str) -> Script | None:
        """Return which of ``face``'s fonts has ``sign``; ``None`` where neither has.

        Raises:
            ProfileWrong: a font file is missing.
        """
        if (face, sign) not in self._scripts:
            having: Iterator[Script] = (script for script in SCRIPTS if sign == " " or self._has(face, script, sign))
            self._scripts[face, sign] = next(having, None)
        return self._scripts[face, sign]

    def _has(self, face: Face, script: Script, sign: str) -> bool:
        font = self.font(face, 20, script)
        return _shape(font, sign) != _shape(font, _NO_CHARACTER)

    def _open(self, name: str, size: int, script: Script) -> ImageFont.FreeTypeFont:
        # Arabic letters take their shape from their neighbours: that is Raqm's work, which is inside Pillow's wheel.
        engine = ImageFont.Layout.BASIC if script == "latin" else ImageFont.Layout.RAQM
        try:
            return ImageFont.truetype(self.folder / name, size, layout_engine=engine)
        except OSError as cause:
            raise ProfileWrong(f"the font {self.folder / name} cannot be read: {cause}") from cause


def _shape(font: ImageFont.FreeTypeFont, sign: str) -> bytes:
    sheet = Image.new("L", (64, 64))
    ImageDraw.Draw(sheet).text((8, 48), sign, fill=255, font=font, anchor="ls")
    return sheet.tobytes()
