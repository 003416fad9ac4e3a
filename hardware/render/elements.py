"""What a label template is made of: boxes in millimetres, and what stands in each.

A box is measured from the label's upper left corner. What an element says (:func:`says`) is known from the template
alone, before any label is drawn: so a template that would show a secret is refused when it is loaded.
"""

from string import Formatter
from typing import Annotated, Final, Literal

import msgspec

from hardware.render.fonts import Face

LinearContent = Literal["roll", "package", "bag", "quality"]
MatrixContent = Literal["roll_copy", "package", "package_copy", "claim_code", "link", "twin_check", "bag", "quality"]

NEARLY_MM: Final = 1e-6
"""Sums of tenths of a millimetre are compared, and floats have no tenths."""


class Box(msgspec.Struct, frozen=True, array_like=True):
    """A rectangle: left, top, width, height in mm."""

    x: float
    y: float
    width: float
    height: float

    def holds(self, other: "Box") -> bool:
        """Say whether all of ``other`` lies inside."""
        inside_x = self.x <= other.x + NEARLY_MM and other.x + other.width <= self.x + self.width + NEARLY_MM
        return inside_x and self.y <= other.y + NEARLY_MM and other.y + other.height <= self.y + self.height + NEARLY_MM

    def touches(self, other: "Box") -> bool:
        """Say whether they share more than an edge."""
        beside = self.x + self.width <= other.x + NEARLY_MM or other.x + other.width <= self.x + NEARLY_MM
        above = self.y + self.height <= other.y + NEARLY_MM or other.y + other.height <= self.y + NEARLY_MM
        return not (beside or above)

    def mirrored(self, width: float) -> "Box":
        """Return where it lies on a label ``width`` mm wide that is laid out from right to left."""
        return Box(x=width - self.x - self.width, y=self.y, width=self.width, height=self.height)


class Words(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="text", tag_field="kind"):
    """A line of text: as large as ``cap_mm`` (height of a capital), smaller where the box is too narrow.

    ``text`` may name fields of the label in braces. Below ``least_cap_mm`` it is cut with an ellipsis instead.
    ``tracking`` is extra space between letters, as part of the cap height. ``lines`` above 1 breaks it at words, the
    lines sharing the box's height.
    """

    box: Box
    text: str
    face: Face = "regular"
    cap_mm: float = 1.8
    least_cap_mm: float = 1.2
    align: Literal["left", "center", "right"] = "left"
    tracking: float = 0.0
    upper: bool = False
    white: bool = False
    lines: Annotated[int, msgspec.Meta(ge=1, le=4)] = 1

    def __post_init__(self) -> None:
        """Refuse braces with more than a name in them.

        Raises:
            ValueError: a brace is open, or holds a format.
        """
        names_in(self.text)


class Bar(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="band", tag_field="kind"):
    """A black band; at most one beside another, for the head's sake."""

    box: Box
    radius_mm: float = 0.9


class Frame(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="frame", tag_field="kind"):
    """A rounded outline."""

    box: Box
    radius_mm: float = 1.2
    line_mm: float = 0.3


class Panel(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="panel", tag_field="kind"):
    """A white field with an outline, for words on a pattern."""

    box: Box


class Rule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="rule", tag_field="kind"):
    """A line along the longer side of its box, dashed where something tears, folds or peels."""

    box: Box
    dash_mm: float = 0.0


class Linear(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="linear", tag_field="kind"):
    """GS1-128 (our own codes: Code 128) with its text below, ``hri_cap_mm`` high."""

    box: Box
    content: LinearContent = "roll"
    hri_cap_mm: float = 1.5
    hri_gap_mm: float = 0.7


class Matrix(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="matrix", tag_field="kind"):
    """GS1 DataMatrix (our own codes: Data Matrix, link: QR), as large as the box and the head's own module allow."""

    box: Box
    content: MatrixContent
    align: Literal["left", "right"] = "left"


class Ruler(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="ruler", tag_field="kind"):
    """A frame with a tick each millimetre, to see where a printer prints."""

    box: Box


class Steps(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="steps", tag_field="kind"):
    """Every dot of the head alone, in steps: a dot that is dead leaves a gap."""

    box: Box


class Lattice(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="lattice", tag_field="kind"):
    """Fine lines for the inside of a flap: nothing that it is folded over shows through."""

    box: Box


Element = Words | Bar | Frame | Panel | Rule | Linear | Matrix | Ruler | Steps | Lattice


def says(element: Element) -> frozenset[str]:
    """Return what of a label an element shows: the code's content, or the fields its text names."""
    match element:
        case Words():
            return names_in(element.text)
        case Linear() | Matrix():
            return frozenset({element.content})
        case _:
            return frozenset()


def names_in(text: str) -> frozenset[str]:
    """Return the fields that ``text`` names in braces.

    Raises:
        ValueError: a brace is open, or holds anything but a name: a width of a billion, say.
    """
    found = [part for part in Formatter().parse(text) if part[1] is not None]
    if any(not str(name).isidentifier() or form or conversion for _, name, form, conversion in found):
        raise ValueError(f"{text!r} has braces with more than a name in them")
    return frozenset(str(name) for _, name, _, _ in found)
