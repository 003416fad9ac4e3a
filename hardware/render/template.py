"""Label templates: where each thing stands, in millimetres from the label's upper left corner.

Data in config/labels/*.toml, so that a shop's other label stock is a file, not a release. The printer's profile makes
dots of them. ``covers`` says what lies under the security strip (DESIGN 5A, seed 000:61): ``roll_id+code``, or
``code`` where rolls stay readable in a windowed box (seeds 000:22-23).
"""

from pathlib import Path
from string import Formatter
from typing import Annotated, Final, Literal

import msgspec

from hardware.errors import ProfileWrong
from hardware.render.fonts import Face
from photocore.settings import load_toml

FOLDER = Path("labels")
WORDS = "words"

Purpose = Literal["roll", "presale", "package"]
Covers = Literal["roll_id+code", "code"]
COVERS: Final[tuple[Covers, ...]] = ("roll_id+code", "code")
LinearContent = Literal["roll", "package"]
MatrixContent = Literal["roll_copy", "package", "package_copy", "claim_code", "link"]

SECRET: Final[dict[Covers, frozenset[str]]] = {
    "roll_id+code": frozenset({"roll", "roll_copy", "roll_id", "claim_code"}),
    "code": frozenset({"claim_code"}),
}
"""What must lie under the strip, as codes or as text; what else lies there is nobody's loss."""


class Box(msgspec.Struct, frozen=True, array_like=True):
    """A rectangle: left, top, width, height in mm."""

    x: float
    y: float
    width: float
    height: float

    def holds(self, other: "Box") -> bool:
        """Say whether all of ``other`` lies inside."""
        inside_x = self.x <= other.x and other.x + other.width <= self.x + self.width
        return inside_x and self.y <= other.y and other.y + other.height <= self.y + self.height

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


class Bar(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="band", tag_field="kind"):
    """A black band; at most one a label, for the head's sake."""

    box: Box
    radius_mm: float = 0.9


class Frame(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="frame", tag_field="kind"):
    """A rounded outline."""

    box: Box
    radius_mm: float = 1.2
    line_mm: float = 0.3


class Rule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="rule", tag_field="kind"):
    """A horizontal line, dashed where something tears or peels."""

    box: Box
    dash_mm: float = 0.0


class Linear(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="linear", tag_field="kind"):
    """GS1-128 (house codes: Code 128) with its text below, ``hri_cap_mm`` high."""

    box: Box
    content: LinearContent = "roll"
    hri_cap_mm: float = 1.5
    hri_gap_mm: float = 0.7


class Matrix(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="matrix", tag_field="kind"):
    """GS1 DataMatrix (claim code: Data Matrix, link: QR), as large as the box and the head's own module allow."""

    box: Box
    content: MatrixContent
    align: Literal["left", "right"] = "left"


Element = Words | Bar | Frame | Rule | Linear | Matrix


class LabelTemplate(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One label stock: its size, its purpose, and its elements in the order they are drawn."""

    name: str
    purpose: Purpose
    width_mm: Annotated[float, msgspec.Meta(gt=20, le=250)]
    height_mm: Annotated[float, msgspec.Meta(gt=10, le=250)]
    element: Annotated[tuple[Element, ...], msgspec.Meta(min_length=1)]
    covers: Covers | None = None
    strip: Box | None = None

    def __post_init__(self) -> None:
        """Refuse a template that draws outside itself, or hides nothing where it should.

        Raises:
            ValueError: it does.
        """
        if (self.purpose == "presale") != (self.covers is not None and self.strip is not None):
            raise ValueError("a presale label, and no other, says what its strip covers and where")
        for element in self.element:
            box = element.box
            inside = box.x >= 0 and box.y >= 0 and box.width > 0 and box.height > 0
            if not (inside and box.x + box.width <= self.width_mm and box.y + box.height <= self.height_mm):
                raise ValueError(f"a {type(element).__name__} at {box.x}, {box.y} mm leaves the label")
            if self.covers and self.strip and _says(element) & SECRET[self.covers] and not self.strip.holds(box):
                raise ValueError(f"a secret {type(element).__name__} at {box.x}, {box.y} mm is not under the strip")


def _says(element: Element) -> frozenset[str]:
    """Return what of a label an element shows: the code's content, or the fields its text names."""
    match element:
        case Words():
            return frozenset(name for _, name, _, _ in Formatter().parse(element.text) if name)
        case Linear() | Matrix():
            return frozenset({element.content})
        case _:
            return frozenset()


def load_templates(config: Path) -> tuple[LabelTemplate, ...]:
    """Read every template of ``config/labels``, by file name.

    Raises:
        ProfileWrong: one breaks its form, or there is none.
    """
    paths = sorted(path for path in (config / FOLDER).glob("*.toml") if path.stem != WORDS)
    if not paths:
        raise ProfileWrong(f"{config / FOLDER} holds no label template.")
    return tuple(_load(path) for path in paths)


def load_words(config: Path) -> dict[str, dict[str, str]]:
    """Read the printed words of labels and receipts, by language; ``en`` has them all, and each says which it is.

    Raises:
        ProfileWrong: the file breaks its form.
    """
    path = config / FOLDER / f"{WORDS}.toml"
    try:
        words = msgspec.convert(load_toml(path), dict[str, dict[str, str]])
    except msgspec.ValidationError as cause:
        raise ProfileWrong(f"{path}: {cause}.") from cause
    unknown = {key for spoken in words.values() for key in spoken} - set(words.get("en", {}))
    if unknown:
        raise ProfileWrong(f"{path}: {', '.join(sorted(unknown))} is missing in [en].")
    return {language: words["en"] | spoken | {"language": language} for language, spoken in words.items()}


def choose(
    templates: tuple[LabelTemplate, ...], purpose: Purpose, covers: Covers | None, width_mm: float
) -> LabelTemplate:
    """Return the widest template of that purpose which the printer can print whole.

    Raises:
        ProfileWrong: there is none.
    """
    fitting = [
        template
        for template in templates
        if template.purpose == purpose and template.covers == covers and template.width_mm <= width_mm + 0.3
    ]
    if not fitting:
        raise ProfileWrong(f"no {purpose} label fits a printer of {width_mm:.1f} mm")
    return max(fitting, key=lambda template: template.width_mm)


def _load(path: Path) -> LabelTemplate:
    try:
        return msgspec.convert(load_toml(path), LabelTemplate)
    except msgspec.ValidationError as cause:
        raise ProfileWrong(f"{path}: {cause}.") from cause
