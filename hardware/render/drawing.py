"""One label while it is drawn: each element of its template in whole dots of one printer."""

from dataclasses import dataclass, field

from hardware.errors import LabelUndrawable
from hardware.printer.profile import PrinterProfile
from hardware.render.canvas import Area, Canvas, Style
from hardware.render.content import Named, linear_of, matrix_of
from hardware.render.elements import Bar, Box, Element, Frame, Lattice, Linear, Matrix, Panel, Rule, Ruler, Steps, Words
from hardware.render.marks import draw_ruler, draw_steps, guilloche
from hardware.render.symbols import Symbol
from photocore.capitals import capitals
from photocore.label import Label


@dataclass
class Sheet:
    """A label's canvas and what was put on it.

    In a language that is read from right to left every box stands on the other side; the codes themselves are never
    turned.
    """

    canvas: Canvas
    profile: PrinterProfile
    label: Label
    fields: dict[str, str]
    width_mm: float
    beside: int
    """Dots of the head to the left of the label, where it is narrower: white, as there are to the right."""
    codes: tuple[str, ...] = ()
    """What names this label alone: a text with one of them in it will not come again."""
    is_rtl: bool = False
    notices: list[str] = field(default_factory=list[str])
    symbols: list[Symbol] = field(default_factory=list[Symbol])

    @property
    def white_beside(self) -> int:
        """White paper each side of the label, whether the head could reach it or not: quiet zone, too."""
        return self.profile.margin_dots + self.beside

    def area(self, box: Box) -> Area:
        """Return a box of the template in whole dots of this printer."""
        dots = self.profile.dots
        box = box.mirrored(self.width_mm) if self.is_rtl else box
        x, y = dots(box.x), dots(box.y)
        return Area(x=x, y=y, width=dots(box.x + box.width) - x, height=dots(box.y + box.height) - y)


def draw_element(sheet: Sheet, element: Element) -> None:
    """Draw one element of the template.

    Raises:
        LabelUndrawable: it is a code that must stand there and does not fit.
        CodeError: an ID or code of the label is none.
    """
    area, dots, canvas = sheet.area(element.box), sheet.profile.dots, sheet.canvas
    match element:
        case Bar():
            canvas.band(area, dots(element.radius_mm))
        case Frame():
            canvas.frame(area, dots(element.radius_mm), max(2, dots(element.line_mm)))
        case Panel():
            canvas.panel(area, dots(0.5), dots(0.25))
        case Rule():
            canvas.rule(area, dots(element.dash_mm))
        case Words():
            _draw_words(sheet, element, area)
        case Matrix():
            _draw_matrix(sheet, element, area)
        case Linear():
            _draw_linear(sheet, element, area)
        case Ruler():
            draw_ruler(canvas, area)
        case Steps():
            draw_steps(canvas, area)
        case Lattice():
            canvas.paste(
                guilloche(area.width, area.height, sheet.profile.dots_per_mm, paper=255, ink=0), area.x, area.y
            )


def _align(sheet: Sheet, align: str) -> str:
    """Return the side a thing of the template stands on in this language."""
    return {"left": "right", "right": "left"}.get(align, align) if sheet.is_rtl else align


def _draw_words(sheet: Sheet, element: Words, area: Area) -> None:
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


def _draw_matrix(sheet: Sheet, element: Matrix, area: Area) -> None:
    symbol = matrix_of(sheet.label, element.content)
    if symbol is None:
        return
    try:
        dots = _matrix_dots(sheet.profile, symbol, area)
    except LabelUndrawable as cause:
        if element.content != "link":
            raise
        sheet.notices.append(f"the page stands in letters alone: {cause}")
        return
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


def _draw_linear(sheet: Sheet, element: Linear, area: Area) -> None:
    said = linear_of(sheet.label, element.content)
    symbol, module = said.bars, sheet.profile.quality.linear_dots
    x = _linear_start(sheet, symbol, area)
    if x is None:
        needs_mm = (symbol.width + 2 * symbol.quiet) * module / sheet.profile.dots_per_mm
        sheet.notices.append(f"the bar code would be {needs_mm:.0f} mm wide: a second 2D code stands for it")
        _draw_twin(sheet, said, area)
        return
    hri, gap = element.hri_cap_mm * sheet.profile.dots_per_mm, sheet.profile.dots(element.hri_gap_mm)
    bars = area.height - round(hri * 1.3) - gap
    sheet.canvas.symbol(symbol, x, area.y, module, bars)
    wide = symbol.width * module
    below = Area(x=x, y=area.y + bars + gap, width=wide, height=round(hri))
    style = Style(face="mono_medium", cap=hri, least_cap=hri * 0.7, align="center")
    sheet.canvas.text(said.letters, below, style)
    sheet.symbols.append(symbol)


def _linear_start(sheet: Sheet, symbol: Symbol, area: Area) -> int | None:
    """Return the dot of the first bar: at its box, else centred on the label; ``None`` where it does not fit.

    White paper beside the label is quiet zone too. Bars leave their box only where they have the label's
    whole width to themselves: elsewhere they would run into what stands beside them.
    """
    module, margin = sheet.profile.quality.linear_dots, sheet.white_beside
    bars, quiet = symbol.width * module, symbol.quiet * module
    is_alone = area.width >= sheet.canvas.width * 9 // 10
    if bars > (sheet.canvas.width if is_alone else area.width):
        return None
    at_its_side = area.x + area.width - bars if sheet.is_rtl else area.x
    x = at_its_side if bars <= area.width else (sheet.canvas.width - bars) // 2
    white = min(x, sheet.canvas.width - x - bars) + margin
    return x if white >= quiet else None


def _draw_twin(sheet: Sheet, said: Named, area: Area) -> None:
    symbol = said.twin()
    dots = _matrix_dots(sheet.profile, symbol, area)
    sheet.canvas.symbol(symbol, area.x, area.y, dots)
    sheet.symbols.append(symbol)
    indent = symbol.width * dots + sheet.profile.dots(3)
    cap = sheet.profile.dots_per_mm * 1.7
    style = Style(face="mono_medium", cap=cap, least_cap=cap * 0.55)
    lines = said.letters.replace(" (21)", "\n(21)").split("\n")
    step = round(cap * 2.1)
    top = area.y + (symbol.height * dots - step * (len(lines) - 1) - round(cap)) // 2
    for nr, line in enumerate(lines):
        row = Area(x=area.x + indent, y=top + nr * step, width=area.width - indent, height=round(cap))
        sheet.canvas.text(line, row, style)
