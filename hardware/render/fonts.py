"""The bundled fonts, by role and cap height, and for each those that have the letters of other scripts.

Bundled, never the system's, and laid out by the engines inside Pillow: the same label must give the same dots on every
machine. Print is specified by the height of a capital letter, since that is what a reader's eye needs.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal

from PIL import Image, ImageDraw, ImageFont

from hardware.errors import ProfileWrong
from photocore.scripts import regions, script_of

Face = Literal["display", "bold", "semibold", "regular", "mono", "mono_medium"]
Letters = Literal["latin", "arabic", "hebrew", "devanagari", "sc", "jp"]
"""Whose letters a font has: a script's, or Chinese or Japanese shapes of the signs both write."""

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

WEIGHTS: Final[dict[Face, Literal["Regular", "SemiBold", "Bold"]]] = {
    "display": "Bold",
    "bold": "Bold",
    "semibold": "SemiBold",
    "regular": "Regular",
    "mono": "Bold",
    "mono_medium": "SemiBold",
}
"""How heavy the other scripts' letters are that stand beside a face."""

CAPS: Final[dict[Letters, float]] = {"arabic": 0.66, "hebrew": 0.64, "devanagari": 0.68, "sc": 0.78, "jp": 0.78}
"""What counts as the height of a capital in scripts that have none: where letters are lower, the font is set larger."""

_NO_CHARACTER: Final = "\U0010fffe"


@dataclass
class FontShelf:
    """Fonts of one folder, opened when first needed and kept."""

    folder: Path
    _opened: dict[tuple[Face, Letters, int], ImageFont.FreeTypeFont] = field(
        default_factory=dict[tuple[Face, Letters, int], ImageFont.FreeTypeFont]
    )
    _found: dict[tuple[Face, str, tuple[Letters, ...]], Letters | None] = field(
        default_factory=dict[tuple[Face, str, tuple[Letters, ...]], Letters | None]
    )

    def font(self, face: Face, cap_dots: float, letters: Letters = "latin") -> ImageFont.FreeTypeFont:
        """Return ``face`` so that its capitals are about ``cap_dots`` high.

        Raises:
            ProfileWrong: the font file is missing.
        """
        name, cap = FILES[face] if letters == "latin" else (file_of(face, letters), CAPS[letters])
        size = max(6, round(cap_dots / cap))
        if (face, letters, size) not in self._opened:
            self._opened[face, letters, size] = self._open(name, size, letters)
        return self._opened[face, letters, size]

    def letters_of(self, face: Face, sign: str, language: str = "en") -> Letters | None:
        """Return which of ``face``'s fonts has ``sign`` in a text of ``language``; ``None`` where none has.

        Raises:
            ProfileWrong: a font file is missing.
        """
        choice: tuple[Letters, ...] = ("latin", *_others(sign, language))
        if (face, sign, choice) not in self._found:
            having: Iterator[Letters] = (own for own in choice if sign == " " or self._has(face, own, sign))
            self._found[face, sign, choice] = next(having, None)
        return self._found[face, sign, choice]

    def _has(self, face: Face, letters: Letters, sign: str) -> bool:
        font = self.font(face, 20, letters)
        return _shape(font, sign) != _shape(font, _NO_CHARACTER)

    def _open(self, name: str, size: int, letters: Letters) -> ImageFont.FreeTypeFont:
        # Letters that take their shape from their neighbours are Raqm's work, which is inside Pillow's wheel.
        engine = ImageFont.Layout.BASIC if letters == "latin" else ImageFont.Layout.RAQM
        try:
            return ImageFont.truetype(self.folder / name, size, layout_engine=engine)
        except OSError as cause:
            raise ProfileWrong(f"the font {self.folder / name} cannot be read: {cause}") from cause


def file_of(face: Face, letters: Letters) -> str:
    """Return the file that stands beside ``face`` where its own lacks a sign."""
    if letters in ("sc", "jp"):  # in two weights only
        return f"NotoSans{letters.upper()}-{'Regular' if face == 'regular' else 'Bold'}.otf"
    return f"NotoSans{letters.capitalize()}-{WEIGHTS[face]}.ttf"


def _others(sign: str, language: str) -> tuple[Letters, ...]:
    """Return where ``sign`` may come from besides the Latin font, the best first."""
    script = script_of(sign)
    if script == "wide":
        return ("jp", "sc") if regions(language)[0] == "JP" else ("sc", "jp")
    return (script,) if script else ()


def _shape(font: ImageFont.FreeTypeFont, sign: str) -> bytes:
    sheet = Image.new("L", (64, 64))
    ImageDraw.Draw(sheet).text((8, 48), sign, fill=255, font=font, anchor="ls")
    return sheet.tobytes()
