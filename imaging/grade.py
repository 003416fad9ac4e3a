"""How well a label was printed, from a photograph of one: a small cut of ISO/IEC 15416, for a look at start of day.

Ten lines are laid across the linear code; each is graded by its worst parameter, and the mean of the ten is the grade
(15416, clauses 5.4 and 6.2). It is no verifier: aperture and light are not calibrated, the brightest paper counts as
white, and decodability is left out. It tells a dirty head, a faded print and grown bars from a good label; below B
somebody should clean the head and look again.
"""

from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
import zxingcpp
from numpy.typing import NDArray

from imaging.codes.corners import diagonal_of
from imaging.codes.found import Found
from imaging.codes.reader import Effort, read_codes
from imaging.grade_lines import LineGrade, grade_line, growth_of, profiles_across, unprinted_at
from photocore.aim import Symbology
from photocore.errors import CodeError
from photocore.gs1 import parse_elements

Letter = Literal["A", "B", "C", "D", "F"]

LEAST_PX: Final = 2.5
"""Pixels a module: with fewer, the camera is graded and not the print."""
GROWN: Final = 0.25
"""Modules by which all bars may be too wide or too narrow before we speak of it."""


@dataclass(frozen=True, kw_only=True)
class PrintGrade:
    """What was seen. ``growth`` is by how many modules bars are wider than they should be (narrower: negative)."""

    letter: Letter
    points: float
    worst: str
    growth: float = 0.0
    dead_at: float | None = None
    """Where a bar was not printed in every line, as a share of the code's width."""
    lines: tuple[LineGrade, ...] = ()
    found: Found | None = None

    @property
    def is_good(self) -> bool:
        """Whether nobody need do anything."""
        return self.letter in ("A", "B")

    @property
    def words(self) -> str:
        """What a person reads, and should do."""
        if self.found is None:
            return "F: no Code 128 can be read; if the picture is sharp, clean the head and print another"
        if not self.lines:
            return "F: the code is too small in the picture to be judged; go nearer"
        told = [f"{self.letter} ({self.points:.1f} of 4.0)" + (f", by its {self.worst}" if self.points < 4 else "")]
        if abs(self.growth) > GROWN:
            way, remedy = ("wide", "print lighter") if self.growth > 0 else ("narrow", "print darker")
            told.append(f"bars are {abs(self.growth):.1f} modules too {way}: {remedy}")
        if self.dead_at is not None:
            told.append(f"a white line {self.dead_at:.0%} across: clean the head there, a dot may be dead")
        if not self.is_good and len(told) == 1:
            told.append("clean the head, look at darkness and paper")
        return "; ".join(told)


def grade_print(picture: NDArray[np.uint8]) -> PrintGrade:
    """Grade the largest Code 128 or GS1-128 of a grey picture of shape (height, width).

    Raises:
        PictureRefused: as :func:`~imaging.codes.reader.read_codes`.
    """
    found = read_codes(picture, {Symbology.CODE_128}, effort=Effort.SEARCH)  # smoothed, a dead dot's line closes
    if not found:
        return PrintGrade(letter="F", points=0.0, worst="decode")
    code = max(found, key=lambda each: diagonal_of(each.corners))
    meant = _meant_modules(code)
    width = float(np.hypot(*np.subtract(code.corners[1], code.corners[0])))
    if width / len(meant) < LEAST_PX:
        return PrintGrade(letter="F", points=0.0, worst="size", found=code)
    profiles = list(profiles_across(picture, code.corners, len(meant)))
    elements = int(np.count_nonzero(np.diff(meant.astype(np.int8)))) + 1
    lines = tuple(grade_line(profile, elements) for profile in profiles)
    points = float(np.mean([line.points for line in lines]))
    growth = growth_of(profiles, meant)
    return PrintGrade(
        letter=_letter(points),
        points=points,
        worst=min(lines, key=lambda line: line.points).worst,
        growth=growth,
        dead_at=unprinted_at(profiles, meant) if growth > -GROWN else None,  # where all bars are pale, none is told
        lines=lines,
        found=code,
    )


def _meant_modules(code: Found) -> NDArray[np.bool_]:
    """Return which modules are ink as zxing-cpp writes this code; it wrote those on our labels."""
    writer: Any = zxingcpp
    form = writer.BarcodeFormat.Code128
    is_gs1 = code.aim == "]C1"
    try:
        content = parse_elements(code.text).bracketed if is_gs1 else code.text
        drawn = writer.create_barcode(content, form, gs1=is_gs1)
    except (CodeError, ValueError):  # somebody else's code, written in another way
        drawn = writer.create_barcode(code.text, form)
    return np.asarray(writer.write_barcode_to_image(drawn, scale=1, add_quiet_zones=False))[0] < 128


def _letter(points: float) -> Letter:
    """Return the letter of a mean (15416, table 4)."""
    if points >= 3.5:
        return "A"
    if points >= 2.5:
        return "B"
    if points >= 1.5:
        return "C"
    return "D" if points >= 0.5 else "F"
