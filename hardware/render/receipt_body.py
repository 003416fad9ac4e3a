"""The middle of a receipt: what happened in words, and the facts below each other.

It goes out in the printer's own letters where they have the signs: that is fast, and looks as a receipt should. What a
code page cannot show is drawn by us instead of becoming a question mark: a single line of a receipt in Latin letters,
and all of one in a language that has a script of its own, since hardly a printer sets that.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import groupby

from hardware.printer.profile import PrinterProfile
from hardware.render.canvas import Area, Canvas, Style
from hardware.render.content import ink, is_rtl, readable
from hardware.render.escpos_text import Line, can_print, column, text_bytes, wrapped
from hardware.render.fonts import FontShelf
from hardware.render.lines import Setting, is_drawable, set_line
from hardware.render.lines import wrapped as broken
from photocore.label import Receipt
from photocore.scripts import script_of

CAP_MM = 1.83
LEADING_MM = 3.75
DRAWN_LEADING_MM = 4.5
COLUMN_GAP_MM = 2.5


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A sentence, or with ``name`` a fact; ``indent`` is the signs before the value. A code runs from left to right."""

    text: str = ""
    name: str = ""
    indent: int = 0
    is_bold: bool = False
    is_code: bool = False


@dataclass(frozen=True, kw_only=True)
class BodySetter:
    """Sets entries for one printer in one language."""

    profile: PrinterProfile
    shelf: FontShelf
    words: dict[str, str]
    is_ours: bool = False
    """All of it is drawn by us: the printer has no letters for receipts."""

    @cached_property
    def is_rtl(self) -> bool:
        """Say whether its language is read from right to left."""
        return is_rtl(self.words)

    @cached_property
    def is_drawn(self) -> bool:
        """Say whether all is drawn: its language has a script of its own, or the printer has no letters."""
        return self.is_ours or any(script_of(sign) for sign in self.words["receipt_title"])

    def pieces(self, entries: list[Entry]) -> Iterator[bytes | Canvas]:
        """Return the entries in order: bytes for the printer's own letters, canvases for what we draw.

        Raises:
            ProfileWrong: a font file is missing.
        """
        for drawn, group in groupby(entries, key=self._must_draw):
            if drawn:
                yield self._draw(list(group))
            else:
                lines = [line for entry in group for line in _lines(entry, self.profile.columns)]
                yield text_bytes(lines, self.profile)

    def _must_draw(self, entry: Entry) -> bool:
        """Say whether we can show what the printer cannot."""
        if self.is_drawn:
            return True
        missing = [sign for sign in entry.name + entry.text if not can_print(sign, self.profile.codepage)]
        return any(is_drawable(self.shelf, sign) for sign in missing)

    def _draw(self, entries: list[Entry]) -> Canvas:
        dots = self.profile.dots
        rows = [row for entry in entries for row in self._rows(entry, self._name_dots(entries, entry))]
        step = dots(DRAWN_LEADING_MM if self.is_drawn else LEADING_MM)
        canvas = Canvas(self.profile.print_width_dots, step * len(rows), self.profile, self.shelf)
        for nr, row in enumerate(rows):
            for text, area, style in row:
                top = nr * step + (step - round(style.cap)) // 2
                canvas.text(text, Area(x=area.x, y=top, width=area.width, height=step), style)
        return canvas

    def _name_dots(self, entries: list[Entry], entry: Entry) -> int:
        """Return how wide the names stand: as the printer's letters would, or as wide as the widest of its kind."""
        if not entry.name:
            return 0
        if not self.is_drawn:
            return entry.indent * self.profile.print_width_dots // self.profile.columns
        alike = [other.name for other in entries if other.name and other.indent == entry.indent]
        widest = max(set_line(self.shelf, name, self._setting(entry)).width for name in alike)
        return round(widest) + self.profile.dots(COLUMN_GAP_MM)

    def _rows(self, entry: Entry, name_dots: int) -> Iterator[list[tuple[str, Area, Style]]]:
        """Return an entry's rows, each as texts with where they stand (from the row's top) and how they look."""
        width = self.profile.print_width_dots
        column = Area(x=0 if self.is_rtl else name_dots, y=0, width=width - name_dots, height=0)
        for nr, text in enumerate(broken(self.shelf, entry.text, column.width, self._setting(entry))):
            row = [(text, column, self._style(entry))]
            if entry.name and nr == 0:
                whole = Area(x=0, y=0, width=width, height=0)
                row.append((entry.name, whole, self._style(Entry(is_bold=entry.is_bold))))
            yield row

    def _setting(self, entry: Entry) -> Setting:
        style = self._style(entry)
        return Setting(face=style.face, cap=style.cap, is_rtl=style.is_rtl, language=style.language)

    def _style(self, entry: Entry) -> Style:
        cap, align = CAP_MM * self.profile.dots_per_mm, "right" if self.is_rtl else "left"
        style = Style(face="mono_medium", cap=cap, align=align, language=self.words["language"])
        if entry.is_code:
            return style
        if self.is_drawn:
            return replace(style, face="bold" if entry.is_bold else "semibold", is_rtl=self.is_rtl)
        # Beside the printer's own letters, and in their columns: a monospaced face looks least like a patch.
        return replace(style, face="mono" if entry.is_bold else "mono_medium")


def body_entries(receipt: Receipt, words: dict[str, str]) -> list[Entry]:
    """Return what a receipt says between its masthead and its codes.

    Raises:
        CodeError: an ID of the receipt is none.
    """
    film = " · ".join(ink(part) for part in (receipt.product, receipt.detail) if part)
    facts = [
        (words["made"], receipt.made_at.strftime(words["date_form"]), True),
        (words["card"], ink(receipt.card_masked), True),
        (words["film"], film, False),
        (words["package"], readable(receipt.package), True),
    ]
    indent = max(len(name) for name, _, _ in facts) + 2
    said = [Entry(text=ink(state), is_bold=True) for state in receipt.state_words]
    told = [Entry(name=name, text=value, indent=indent, is_code=code) for name, value, code in facts if value]
    heading = [Entry(), Entry(text=words["rolls"], is_bold=True)] if receipt.rolls else []
    rolls = [
        Entry(name=f"{nr:>2}", text=readable(roll), indent=4, is_code=True)
        for nr, roll in enumerate(receipt.rolls, start=1)
    ]
    return [*said, Entry(), *told, *heading, *rolls, Entry()]


def body_pieces(
    receipt: Receipt, words: dict[str, str], profile: PrinterProfile, shelf: FontShelf, *, is_ours: bool = False
) -> Iterator[bytes | Canvas]:
    """Return the middle of ``receipt`` for this printer; with ``is_ours`` nothing of it in the printer's letters.

    Raises:
        CodeError: an ID of the receipt is none.
        ProfileWrong: a font file is missing.
    """
    setter = BodySetter(profile=profile, shelf=shelf, words=words, is_ours=is_ours)
    return setter.pieces(body_entries(receipt, words))


def _lines(entry: Entry, columns: int) -> list[Line]:
    """Return an entry in the printer's letters."""
    if entry.name:
        return [Line(text=text) for text in column(entry.name, entry.text, entry.indent, columns)]
    return [Line(text=text, bold=entry.is_bold) for text in wrapped(entry.text, columns)]
