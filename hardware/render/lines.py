"""One line of text as pieces ready to draw: each with its font, its way and its width, from left to right.

A run of :mod:`photocore.bidi` is one piece where one font has all of it. Where not, it is cut at the signs
the first font lacks, so that a Latin name in an Arabic sentence, or an Arabic one in a German, comes out whole.

A line measures and inks its pieces once. The words of a label stay the same from label to label, so their lines are
worth keeping (:class:`KeptLines`); codes are not, and nobody keeps theirs.
"""

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import groupby
from typing import Any, Final

from PIL import ImageDraw, ImageFont

from hardware.render.fonts import MONO, Face, FontShelf, Letters
from photocore.bidi import FSI, LRI, PDI, Run, needs_order, visual_runs
from photocore.linebreak import phrases, pieces

UNDRAWABLE: Final = "?"
"""Stands for a sign that no bundled font has; a box would look like a fault."""

DOT: Final = " ·"
"""Sets the items of a list apart; where a line ends or begins, the end of the line does."""

_MIRRORED: Final = str.maketrans("()[]{}<>«»", ")(][}{><»«")


@dataclass(frozen=True, kw_only=True)
class Piece:
    """Signs of one font that run one way. ``gap`` is extra space between letters, in dots; joined letters get none.

    ``by_sign`` sets them one by one: where there is a gap, and in the faces of codes. There every sign is as wide as
    any other and whole dots wide, so it comes to the same, and the few signs of our codes are hinted and inked once.
    """

    text: str
    font: ImageFont.FreeTypeFont
    is_rtl: bool
    gap: float = 0
    by_sign: bool = False

    @cached_property
    def width(self) -> float:
        """How far the pen moves."""
        if not self.by_sign:
            return self.font.getlength(self.text, **_way(self))
        return sum(_sign_width(self.font, sign) for sign in self.text) + self.gap * (len(self.text) - 1)

    @cached_property
    def _inked(self) -> "Inked":
        return _ink(self.font, self.text, **_way(self))

    def draw(self, pen: ImageDraw.ImageDraw, at: tuple[float, int], ink: int) -> None:
        """Write it with its left end at ``at``, on the baseline."""
        x, y = at
        if not self.by_sign:
            self._inked.put(pen, (round(x), y), ink)
            return
        x = x if self.gap else round(x)
        for sign in self.text:
            _inked_sign(self.font, sign).put(pen, (round(x), y), ink)
            x += _sign_width(self.font, sign) + self.gap


@dataclass(frozen=True, kw_only=True)
class Inked:
    """Signs as a mask, and where its upper left corner lies from where they begin on the baseline.

    This is what ``ImageDraw.text`` makes of them and forgets.
    """

    mask: Any
    left: int
    top: int

    def put(self, pen: ImageDraw.ImageDraw, at: tuple[int, int], ink: int) -> None:
        """Ink the signs; where they begin on the baseline is ``at``."""
        draw: Any = pen.draw
        draw.draw_bitmap((at[0] + self.left, at[1] + self.top), self.mask, draw.draw_ink(ink))


@dataclass(frozen=True, kw_only=True)
class Line:
    """Pieces from left to right."""

    pieces: tuple[Piece, ...]

    @cached_property
    def width(self) -> float:
        """Dots from the left end to the right end."""
        gaps = sum(piece.gap for piece in self.pieces[:-1])
        return sum(piece.width for piece in self.pieces) + gaps

    def draw(self, pen: ImageDraw.ImageDraw, at: tuple[float, int], ink: int) -> None:
        """Write it with its left end at ``at``, on the baseline."""
        x, y = at
        for piece in self.pieces:
            piece.draw(pen, (x, y), ink)
            x += piece.width + piece.gap


@dataclass(frozen=True, kw_only=True)
class Setting:
    """How a line is set: its face, the height of a capital in dots, extra space as part of the font's size, its way.

    ``language`` says whose shapes Chinese signs have.
    """

    face: Face
    cap: float
    tracking: float = 0
    is_rtl: bool = False
    language: str = "en"


class KeptLines:
    """The lines set of late; the one that was not asked for longest goes first."""

    def __init__(self, most: int = 256) -> None:
        self._most = most
        self._lines: OrderedDict[tuple[str, Setting], Line] = OrderedDict()

    def set_line(self, shelf: FontShelf, text: str, setting: Setting) -> Line:
        """Return ``text`` as a line, the one from last time if there is one.

        Raises:
            ProfileWrong: a font file is missing.
        """
        line = self._lines.get((text, setting))
        if line is None:
            line = self._lines[text, setting] = set_line(shelf, text, setting)
            if len(self._lines) > self._most:
                self._lines.popitem(last=False)
        else:
            self._lines.move_to_end((text, setting))
        return line


def code(text: str) -> str:
    """Return ``text`` isolated as a code: from left to right and in one piece, whatever stands round it."""
    return f"{LRI}{text}{PDI}" if text else ""


def named(text: str) -> str:
    """Return ``text`` isolated as a name: its own first letter says which way it runs."""
    return f"{FSI}{text}{PDI}" if text else ""


def set_line(shelf: FontShelf, text: str, setting: Setting) -> Line:
    """Return ``text`` as a line.

    Raises:
        ProfileWrong: a font file is missing.
    """
    is_mixed = setting.is_rtl or needs_order(text)
    runs = visual_runs(text, is_rtl=setting.is_rtl) if is_mixed else (Run(text=text, is_rtl=False),)
    return Line(pieces=tuple(piece for run in runs for piece in _pieces(shelf, run, setting)))


def is_drawable(shelf: FontShelf, text: str, face: Face = "regular") -> bool:
    """Say whether the bundled fonts have every sign of ``text``."""
    return all(shelf.letters_of(face, sign) is not None for sign in text)


def wrapped(shelf: FontShelf, text: str, width: float, setting: Setting) -> list[str]:
    """Break ``text`` where its language may end a line, so that each fits ``width`` dots; what is wider is broken."""
    lines = [""]
    for part in (part for wide in phrases(" ".join(text.split())) for part in _broken(shelf, wide, width, setting)):
        longer = lines[-1] + part
        if set_line(shelf, longer.strip(), setting).width <= width:
            lines[-1] = longer
        else:
            lines.append(part)
    return [line.strip().removesuffix(DOT).removeprefix(DOT.strip()).strip() for line in lines]


def _broken(shelf: FontShelf, word: str, width: float, setting: Setting) -> Iterator[str]:
    """Cut a word that no line is wide enough for: at its signs where its script may, else wherever it must."""
    if set_line(shelf, word.strip(), setting).width <= width:
        yield word
        return
    for piece in pieces(word):
        yield from _cut(shelf, piece, width, setting)


def _cut(shelf: FontShelf, word: str, width: float, setting: Setting) -> Iterator[str]:
    while len(word) > 1 and set_line(shelf, word.strip(), setting).width > width:
        fits = next((n for n in range(len(word) - 1, 1, -1) if set_line(shelf, word[:n], setting).width <= width), 1)
        yield word[:fits]
        word = word[fits:]
    yield word


def _pieces(shelf: FontShelf, run: Run, setting: Setting) -> list[Piece]:
    found: list[Piece] = []
    for letters, group in groupby(_lettered(shelf, run.text, setting), key=_letters):
        text = "".join(sign for _, sign in group)
        if run.is_rtl and letters == "latin":
            text = text[::-1].translate(_MIRRORED)
        font = shelf.font(setting.face, setting.cap, letters)
        gap = setting.tracking * font.size if letters == "latin" else 0
        by_sign = bool(gap) or (letters == "latin" and setting.face in MONO)
        is_rtl = run.is_rtl and letters != "latin"
        found.append(Piece(text=text, font=font, is_rtl=is_rtl, gap=gap, by_sign=by_sign))
    return found[::-1] if run.is_rtl else found


def _lettered(shelf: FontShelf, text: str, setting: Setting) -> list[tuple[Letters, str]]:
    """Return each sign with the first font that has it; a space goes with what stands before it."""
    found: list[tuple[Letters, str]] = []
    for sign in text:
        letters = shelf.letters_of(setting.face, sign, setting.language)
        if sign == " " and found:
            found.append((found[-1][0], sign))
        else:
            found.append((letters or "latin", sign if letters else UNDRAWABLE))
    return found


def _letters(part: tuple[Letters, str]) -> Letters:
    return part[0]


def _way(piece: Piece) -> dict[str, Any]:
    """Return what Pillow is told of a piece's way: nothing for the simple engine, which knows only one."""
    if piece.font.layout_engine == ImageFont.Layout.BASIC:
        return {}
    return {"direction": "rtl" if piece.is_rtl else "ltr"}


@lru_cache(maxsize=2048)
def _sign_width(font: ImageFont.FreeTypeFont, sign: str) -> float:
    return font.getlength(sign)


@lru_cache(maxsize=1024)
def _inked_sign(font: ImageFont.FreeTypeFont, sign: str) -> Inked:
    return _ink(font, sign)


def _ink(font: ImageFont.FreeTypeFont, text: str, direction: str | None = None) -> Inked:
    mask, (left, top) = font.getmask2(text, mode="L", anchor="ls", direction=direction)
    return Inked(mask=mask, left=left, top=top)
