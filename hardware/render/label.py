"""From a label's content to the dots a printer prints; the same content always gives the same dots.

What cannot stand on this paper as it should is left out with a notice, or refused, never squeezed until it no longer
reads: each finished label is read back by a decoder before it may leave (research/standards.md 3.4).
"""

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image

from hardware.errors import LabelUndrawable
from hardware.printer.profile import PrinterProfile
from hardware.printer.raster import Raster, picture_of
from hardware.render.canvas import Area, Canvas, Style, packed
from hardware.render.content import CODES, fields_of, is_rtl, linear_of, matrix_of, readable, twin_of, words_for
from hardware.render.fonts import FontShelf
from hardware.render.lines import KeptLines
from hardware.render.symbols import Symbol, read_at_sight, read_back
from hardware.render.template import (
    Bar,
    Box,
    Covers,
    Element,
    Frame,
    LabelTemplate,
    Linear,
    Matrix,
    Purpose,
    Rule,
    Words,
    choose,
    load_templates,
    load_words,
)
from photocore.capitals import capitals
from photocore.label import PackageLabel, RollLabel

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, kw_only=True)
class DrawnLabel:
    """A label in dots, ``width`` of them before the raster's padding.

    ``notices`` say in words what the paper had no room for. ``strip`` is the area under the security strip.
    """

    raster: Raster
    width: int
    template: str
    notices: tuple[str, ...] = ()
    strip: Area | None = None

    @cached_property
    def picture(self) -> Image.Image:
        """The label as a one-bit picture: for the eyes, and for whoever reads its codes."""
        return picture_of(self.raster).crop((0, 0, self.width, self.raster.height))


@dataclass
class _Sheet:
    """One label while it is drawn.

    In a language that is read from right to left every box stands on the other side; the codes themselves are never
    turned.
    """

    canvas: Canvas
    profile: PrinterProfile
    label: RollLabel | PackageLabel
    fields: dict[str, str]
    width_mm: float
    codes: tuple[str, ...] = ()
    """What names this label alone: a text with one of them in it will not come again."""
    is_rtl: bool = False
    notices: list[str] = field(default_factory=list[str])
    symbols: list[Symbol] = field(default_factory=list[Symbol])

    def area(self, box: Box) -> Area:
        """Return a box of the template in whole dots of this printer."""
        dots = self.profile.dots
        box = box.mirrored(self.width_mm) if self.is_rtl else box
        x, y = dots(box.x), dots(box.y)
        return Area(x=x, y=y, width=dots(box.x + box.width) - x, height=dots(box.y + box.height) - y)


class LabelRenderer:
    """Draws the labels of rolls and packages for one printer."""

    def __init__(self, config: Path, profile: PrinterProfile, *, covers: Covers = "roll_id+code") -> None:
        """Read templates, words and fonts from ``config``; ``covers`` chooses among the pre-sale labels.

        Raises:
            ProfileWrong: a file is missing or breaks its form.
        """
        self._profile = profile
        self._covers: Covers = covers
        self._templates = load_templates(config)
        self._words = load_words(config)
        self._shelf = FontShelf(config / "fonts")
        self._kept = KeptLines()

    def render(self, label: RollLabel | PackageLabel) -> DrawnLabel:
        """Draw ``label`` on the widest stock this printer takes.

        Raises:
            LabelUndrawable: a code that must stand on it does not fit, or does not read.
            CodeError: an ID or code of the label is none.
            ProfileWrong: no label of this kind fits the printer.
        """
        template = self._template_for(label)
        sheet = self._blank(template, label)
        for element in template.element:
            _draw(sheet, element)
        black = sheet.canvas.black_dots()
        _demand_readable(black, sheet)
        return DrawnLabel(
            raster=packed(black),
            width=sheet.canvas.width,
            template=template.name,
            notices=tuple(sheet.notices),
            strip=sheet.area(template.strip) if template.strip else None,
        )

    def height_mm(self, label: RollLabel | PackageLabel) -> float:
        """Return how long ``label`` is on this printer's paper.

        Raises:
            ProfileWrong: no label of this kind fits the printer.
        """
        return self._template_for(label).height_mm

    def _template_for(self, label: RollLabel | PackageLabel) -> LabelTemplate:
        purpose = _purpose(label)
        covers = self._covers if purpose == "presale" else None
        return choose(self._templates, purpose, covers, self._profile.print_width_mm)

    def _blank(self, template: LabelTemplate, label: RollLabel | PackageLabel) -> _Sheet:
        dots = self._profile.dots
        width = min(dots(template.width_mm), self._profile.print_width_dots)
        canvas = Canvas(width, dots(template.height_mm), self._profile, self._shelf, self._kept)
        words = words_for(self._words, label.language)
        fields = fields_of(label, words)
        return _Sheet(
            canvas=canvas,
            profile=self._profile,
            label=label,
            fields=fields,
            codes=tuple(fields[name] for name in CODES if fields[name]),
            width_mm=template.width_mm,
            is_rtl=is_rtl(words),
        )


def _purpose(label: RollLabel | PackageLabel) -> Purpose:
    if isinstance(label, PackageLabel):
        return "package"
    return "presale" if label.claim_code else "roll"


def _align(sheet: _Sheet, align: str) -> str:
    """Return the side a thing of the template stands on in this language."""
    return {"left": "right", "right": "left"}.get(align, align) if sheet.is_rtl else align


def _draw(sheet: _Sheet, element: Element) -> None:
    area, dots, canvas = sheet.area(element.box), sheet.profile.dots, sheet.canvas
    match element:
        case Bar():
            canvas.band(area, dots(element.radius_mm))
        case Frame():
            canvas.frame(area, dots(element.radius_mm), max(2, dots(element.line_mm)))
        case Rule():
            canvas.rule(area, dots(element.dash_mm))
        case Words():
            _draw_words(sheet, element, area)
        case Matrix():
            _draw_matrix(sheet, element, area)
        case Linear():
            _draw_linear(sheet, element, area)


def _draw_words(sheet: _Sheet, element: Words, area: Area) -> None:
    text = element.text.format_map(sheet.fields)
    scale = sheet.profile.dots_per_mm
    style = Style(
        face=element.face,
        cap=element.cap_mm * scale,
        least_cap=element.least_cap_mm * scale,
        align=_align(sheet, element.align),
        tracking=element.tracking,
        white=element.white,
        is_rtl=sheet.is_rtl,
        language=sheet.fields["say_language"],
        keeps=not any(code in text for code in sheet.codes),
    )
    text = capitals(text, style.language) if element.upper else text
    if element.lines > 1:
        sheet.canvas.paragraph(text, area, style, element.lines)
    else:
        sheet.canvas.text(text, area, style)


def _draw_matrix(sheet: _Sheet, element: Matrix, area: Area) -> None:
    symbol = matrix_of(sheet.label, element.content)
    if symbol is None:
        return
    dots = _matrix_dots(sheet.profile, symbol, area)
    size = symbol.width * dots
    x = area.x if _align(sheet, element.align) == "left" else area.x + area.width - size
    sheet.canvas.symbol(symbol, x, area.y, dots)
    sheet.symbols.append(symbol)


def _matrix_dots(profile: PrinterProfile, symbol: Symbol, area: Area) -> int:
    """Return the dots a module gets: the head's own size, or the largest that fits."""
    dots = min(profile.quality.matrix_dots, area.width // symbol.width, area.height // symbol.height)
    if dots < profile.quality.matrix_least_dots:
        raise LabelUndrawable(f"a code of {symbol.width} modules does not fit {area.width} dots")
    return dots


def _draw_linear(sheet: _Sheet, element: Linear, area: Area) -> None:
    item, symbol = linear_of(sheet.label, element.content)
    module = sheet.profile.quality.linear_dots
    x = _linear_start(sheet, symbol, area)
    if x is None:
        needs_mm = (symbol.width + 2 * symbol.quiet) * module / sheet.profile.dots_per_mm
        sheet.notices.append(f"the bar code would be {needs_mm:.0f} mm wide: a second 2D code stands for it")
        _draw_twin(sheet, element, area)
        return
    hri, gap = element.hri_cap_mm * sheet.profile.dots_per_mm, sheet.profile.dots(element.hri_gap_mm)
    bars = area.height - round(hri * 1.3) - gap
    sheet.canvas.symbol(symbol, x, area.y, module, bars)
    wide = symbol.width * module
    below = Area(x=x, y=area.y + bars + gap, width=wide, height=round(hri))
    style = Style(face="mono_medium", cap=hri, least_cap=hri * 0.7, align="center")
    sheet.canvas.text(readable(item), below, style)
    sheet.symbols.append(symbol)


def _linear_start(sheet: _Sheet, symbol: Symbol, area: Area) -> int | None:
    """Return the dot of the first bar: at its box, else centred on the label; ``None`` where it does not fit.

    White paper that the head cannot reach is quiet zone too.
    """
    module, margin = sheet.profile.quality.linear_dots, sheet.profile.margin_dots
    bars, quiet = symbol.width * module, symbol.quiet * module
    if bars > sheet.canvas.width:
        return None
    at_its_side = area.x + area.width - bars if sheet.is_rtl else area.x
    x = at_its_side if bars <= area.width else (sheet.canvas.width - bars) // 2
    white = min(x, sheet.canvas.width - x - bars) + margin
    return x if white >= quiet else None


def _draw_twin(sheet: _Sheet, element: Linear, area: Area) -> None:
    item, _ = linear_of(sheet.label, element.content)
    symbol = twin_of(item)
    dots = _matrix_dots(sheet.profile, symbol, area)
    sheet.canvas.symbol(symbol, area.x, area.y, dots)
    sheet.symbols.append(symbol)
    indent = symbol.width * dots + sheet.profile.dots(3)
    cap = sheet.profile.dots_per_mm * 1.7
    style = Style(face="mono_medium", cap=cap, least_cap=cap * 0.55)
    lines = readable(item).replace(" (21)", "\n(21)").split("\n")
    step = round(cap * 2.1)
    top = area.y + (symbol.height * dots - step * (len(lines) - 1) - round(cap)) // 2
    for nr, line in enumerate(lines):
        row = Area(x=area.x + indent, y=top + nr * step, width=area.width - indent, height=round(cap))
        sheet.canvas.text(line, row, style)


def _demand_readable(black: "NDArray[np.bool_]", sheet: _Sheet) -> None:
    import numpy as np  # noqa: PLC0415  a label needs it; the kiosk's first frame does not

    margin = max(sheet.profile.margin_dots, 1)
    paper = np.where(np.pad(black, margin), np.uint8(0), np.uint8(255))
    wanted = {(symbol.aim, symbol.text) for symbol in sheet.symbols}
    if wanted <= read_at_sight(paper):
        return
    found = read_back(Image.fromarray(paper))
    missing = [symbol.aim for symbol in sheet.symbols if (symbol.aim, symbol.text) not in found]
    if missing:
        raise LabelUndrawable(f"{len(missing)} of its codes did not read back: {', '.join(missing)}")
