"""The bundled fonts, by role and cap height.

Bundled, never the system's, and laid out by Pillow's own engine: the same label must give the same dots on every
machine. Print is specified by the height of a capital letter, since that is what a reader's eye needs.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal

from PIL import Image, ImageDraw, ImageFont

from hardware.errors import ProfileWrong

Face = Literal["display", "bold", "semibold", "regular", "mono", "mono_medium"]

FILES: Final[dict[Face, tuple[str, float]]] = {
    "display": ("InterDisplay-Bold.otf", 0.727),
    "bold": ("Inter-Bold.otf", 0.727),
    "semibold": ("Inter-SemiBold.otf", 0.727),
    "regular": ("Inter-Regular.otf", 0.727),
    "mono": ("JetBrainsMono-Bold.ttf", 0.73),
    "mono_medium": ("JetBrainsMono-Medium.ttf", 0.73),
}
"""File and the height of a capital as part of the font size."""

_NO_CHARACTER: Final = "\U0010fffe"


@dataclass
class FontShelf:
    """Fonts of one folder, opened when first needed and kept."""

    folder: Path
    _opened: dict[tuple[Face, int], ImageFont.FreeTypeFont] = field(
        default_factory=dict[tuple[Face, int], ImageFont.FreeTypeFont]
    )
    _drawable: dict[tuple[Face, str], bool] = field(default_factory=dict[tuple[Face, str], bool])

    def font(self, face: Face, cap_dots: float) -> ImageFont.FreeTypeFont:
        """Return ``face`` so that its capitals are about ``cap_dots`` high.

        Raises:
            ProfileWrong: the font file is missing.
        """
        name, cap = FILES[face]
        size = max(6, round(cap_dots / cap))
        if (face, size) not in self._opened:
            self._opened[face, size] = self._open(name, size)
        return self._opened[face, size]

    def drawable(self, face: Face, text: str) -> str:
        """Return ``text`` with every sign the font has not replaced by ``?``; a box would look like a fault."""
        return "".join(sign if self._has(face, sign) else "?" for sign in text)

    def _has(self, face: Face, sign: str) -> bool:
        if (face, sign) not in self._drawable:
            font = self.font(face, 20)
            self._drawable[face, sign] = sign == " " or _shape(font, sign) != _shape(font, _NO_CHARACTER)
        return self._drawable[face, sign]

    def _open(self, name: str, size: int) -> ImageFont.FreeTypeFont:
        try:
            return ImageFont.truetype(self.folder / name, size, layout_engine=ImageFont.Layout.BASIC)
        except OSError as cause:
            raise ProfileWrong(f"the font {self.folder / name} cannot be read: {cause}") from cause


def _shape(font: ImageFont.FreeTypeFont, sign: str) -> bytes:
    sheet = Image.new("L", (64, 64))
    ImageDraw.Draw(sheet).text((8, 48), sign, fill=255, font=font, anchor="ls")
    return sheet.tobytes()
