"""From a label's content to the dots a printer prints; the same content always gives the same dots.

What cannot stand on this paper as it should is left out with a notice, or refused, never squeezed until it no longer
reads: each finished label is read back by a decoder before it may leave (research/standards.md 3.4).
"""

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image

from hardware.errors import LabelUndrawable, ProfileWrong
from hardware.printer.profile import PrinterProfile
from hardware.printer.raster import Raster, picture_of
from hardware.render.canvas import Area, Canvas, packed
from hardware.render.content import CODES, check_names, fields_of, is_rtl, words_for
from hardware.render.drawing import Sheet, draw_element
from hardware.render.elements import Words
from hardware.render.fonts import FontShelf
from hardware.render.lines import KeptLines
from hardware.render.symbols import count_at_sight, count_back
from hardware.render.template import (
    Covers,
    LabelTemplate,
    Purpose,
    Seal,
    choose,
    fits,
    load_templates,
    load_words,
    named,
)
from photocore.label import BagLabel, Label, PackageLabel, QualityLabel, RollLabel, TrialLabel, TwinCheckLabel

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, kw_only=True)
class DrawnLabel:
    """A label in dots, ``width`` of them from ``left`` on: it stands in the middle of a wider head.

    ``notices`` say in words what the paper had no room for. ``strip`` is the area under the security strip, ``flap``
    what is folded over it.
    """

    raster: Raster
    width: int
    template: str
    left: int = 0
    notices: tuple[str, ...] = ()
    strip: Area | None = None
    flap: Area | None = None

    @cached_property
    def picture(self) -> Image.Image:
        """The label as a one-bit picture: for the eyes, and for whoever reads its codes."""
        return picture_of(self.raster).crop((self.left, 0, self.left + self.width, self.raster.height))


class LabelRenderer:
    """Draws labels of every kind for one printer."""

    def __init__(
        self,
        config: Path,
        profile: PrinterProfile,
        *,
        covers: Covers = "roll_id+code",
        seal: Seal = "strip",
        stock: tuple[str, ...] = (),
    ) -> None:
        """Read templates, words and fonts from ``config``.

        ``covers`` and ``seal`` choose among the labels before the sale, ``stock`` names templates that are taken
        before others of their purpose.

        Raises:
            ProfileWrong: a file is missing or breaks its form, or ``stock`` names what this printer cannot print.
        """
        self._profile = profile
        self._covers: Covers = covers
        self._seal: Seal = seal
        self._stock = stock
        self.templates = load_templates(config)
        self._words = load_words(config)
        self._shelf = FontShelf(config / "fonts")
        self._kept = KeptLines()
        texts = [element.text for each in self.templates for element in each.element if isinstance(element, Words)]
        for words in self._words.values():
            check_names(texts, words)
        for name in stock:
            if not fits(named(self.templates, name), profile.print_width_mm):
                raise ProfileWrong(f"{name} is wider than the {profile.print_width_mm:.1f} mm {profile.name} prints.")

    def render(self, label: Label) -> DrawnLabel:
        """Draw ``label`` on the widest stock this printer takes.

        Raises:
            LabelUndrawable: a code that must stand on it does not fit, or does not read; or it holds a secret that
                this shop's stock cannot cover.
            CodeError: an ID or code of the label is none.
            ProfileWrong: no label of this kind fits the printer.
        """
        return self.draw(label, self._template_for(label))

    def draw(self, label: Label, template: LabelTemplate) -> DrawnLabel:
        """Draw ``label`` by a template of the caller's choice. Raises as :meth:`render`."""
        if isinstance(label, RollLabel) and label.claim_code and template.seal not in ("strip", "fold"):
            raise LabelUndrawable(f"a claim code would be lost: {template.name} has nothing to print it under")
        sheet = self._blank(template, label)
        for element in template.element:
            draw_element(sheet, element)
        black = sheet.canvas.black_dots()
        _demand_readable(black, sheet)
        return DrawnLabel(
            raster=packed(_on_head(black, sheet.beside, self._profile.print_width_dots)),
            width=sheet.canvas.width,
            left=sheet.beside,
            template=template.name,
            notices=tuple(sheet.notices),
            strip=sheet.area(template.strip) if template.strip else None,
            flap=sheet.area(template.flap) if template.flap else None,
        )

    def height_mm(self, label: Label) -> float:
        """Return how long ``label`` is on this printer's paper.

        Raises:
            ProfileWrong: no label of this kind fits the printer.
        """
        return self._template_for(label).height_mm

    def _template_for(self, label: Label) -> LabelTemplate:
        width_mm = self._profile.print_width_mm
        return choose(
            self.templates, purpose_of(label), width_mm, covers=self._covers, seal=self._seal, stock=self._stock
        )

    def _blank(self, template: LabelTemplate, label: Label) -> Sheet:
        dots = self._profile.dots
        width = min(dots(template.width_mm), self._profile.print_width_dots)
        canvas = Canvas(width, dots(template.height_mm), self._profile, self._shelf, self._kept)
        words = words_for(self._words, label.language)
        beside = (self._profile.print_width_dots - width) // 2
        fields = fields_of(label, words)
        return Sheet(
            canvas=canvas,
            profile=self._profile,
            label=label,
            fields=fields,
            codes=tuple(fields[name] for name in CODES if fields[name]),
            width_mm=template.width_mm,
            beside=beside,
            is_rtl=is_rtl(words),
        )


def purpose_of(label: Label) -> Purpose:
    """Return which templates a label is laid out by."""
    match label:
        case RollLabel():
            return "presale" if label.claim_code else "roll"
        case PackageLabel():
            return "package"
        case TwinCheckLabel():
            return "twin_check"
        case BagLabel():
            return "bag"
        case QualityLabel():
            return "quality"
        case TrialLabel():
            return "calibration" if label.has_ruler else "training" if label.band else "trial"


def _on_head(black: "NDArray[np.bool_]", left: int, width: int) -> "NDArray[np.bool_]":
    """Return a label's dots among all ``width`` dots of the head, ``left`` of them white before it."""
    import numpy as np  # noqa: PLC0415  a label needs it; the kiosk's first frame does not

    return np.pad(black, ((0, 0), (left, width - left - black.shape[1])))


def _demand_readable(black: "NDArray[np.bool_]", sheet: Sheet) -> None:
    """Refuse a label with a code on it that does not read, each as often as it was drawn."""
    import numpy as np  # noqa: PLC0415  a label needs it; the kiosk's first frame does not

    wanted = Counter((symbol.aim, symbol.text) for symbol in sheet.symbols)
    if not wanted:
        return
    margin = max(sheet.white_beside, 1)
    paper = np.where(np.pad(black, margin), np.uint8(0), np.uint8(255))
    if wanted <= count_at_sight(paper):
        return
    missing = wanted - count_back(Image.fromarray(paper))
    if missing:
        raise LabelUndrawable(f"{missing.total()} of its codes did not read back: {', '.join(a for a, _ in missing)}")
