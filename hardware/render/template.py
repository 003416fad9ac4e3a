"""Label templates: one label stock each, laid out in millimetres.

Data in config/labels/*.toml, so that a shop's other label stock is a file, not a release. The printer's profile makes
dots of them. ``covers`` says what lies under the security strip (DESIGN 5A, seed 000:61): ``roll_id+code``, or
``code`` where rolls stay readable in a windowed box (seeds 000:22-23). ``seal`` says how it is covered, since no
printer prints under a strip that is already there (research/hardware.md 6).
"""

from pathlib import Path
from typing import Annotated, Final, Literal

import msgspec

from hardware.errors import ProfileWrong
from hardware.nearest import did_you_mean
from hardware.render.elements import NEARLY_MM, Box, Element, says
from photocore.settings import load_toml

FOLDER = Path("labels")
WORDS = "words"

Purpose = Literal["roll", "presale", "package", "twin_check", "bag", "quality", "calibration", "trial", "training"]
Covers = Literal["roll_id+code", "code"]
COVERS: Final[tuple[Covers, ...]] = ("roll_id+code", "code")

Seal = Literal["strip", "fold", "factory", "none"]
"""How a label before the sale keeps its secret: a ``strip`` is put on after printing; a flap of piggy-back stock is
folded over it; the stock brings a code of its own under a strip of the ``factory``'s, and we print beside it; ``none``:
it has no secret, so it proves nothing."""
SEALS: Final[tuple[Seal, ...]] = ("strip", "fold", "factory", "none")

SECRET: Final[dict[Covers, frozenset[str]]] = {
    "roll_id+code": frozenset({"roll", "roll_copy", "roll_id", "claim_code"}),
    "code": frozenset({"claim_code"}),
}
"""What must lie under the strip, as codes or as text."""

OPEN: Final[dict[Covers, frozenset[str]]] = {
    "roll_id+code": frozenset({"package"}),
    "code": frozenset({"roll", "roll_copy", "roll_id"}),
}
"""What must stay readable beside it: the till scans the one, a windowed box shows the other."""


class LabelTemplate(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One label stock: its size, its purpose, and its elements in the order they are drawn.

    ``by_choice`` ones are taken only where the shop names them: a cartridge wrap is another stock than a roll's label.
    ``flap`` is what is folded up over ``strip``, on piggy-back stock.
    """

    name: str
    purpose: Purpose
    width_mm: Annotated[float, msgspec.Meta(gt=20, le=250)]
    height_mm: Annotated[float, msgspec.Meta(gt=10, le=250)]
    element: Annotated[tuple[Element, ...], msgspec.Meta(min_length=1)]
    covers: Covers | None = None
    seal: Seal | None = None
    strip: Box | None = None
    flap: Box | None = None
    by_choice: bool = False

    def __post_init__(self) -> None:
        """Refuse a template that draws outside itself, shows what it should hide, or hides what it should show.

        Raises:
            ValueError: it does.
        """
        _check_seal(self)
        paper = Box(x=0, y=0, width=self.width_mm, height=self.height_mm)
        for element in self.element:
            box = element.box
            if not (box.width > 0 and box.height > 0 and paper.holds(box)):
                raise ValueError(f"a {type(element).__name__} at {box.x}, {box.y} mm leaves the label")
            _check_secrecy(self, element)
        _check_open(self)


def _check_seal(template: LabelTemplate) -> None:
    """Refuse a presale label that does not say how its secret is kept, and any other that does."""
    asked = {
        None: (False, False, False),
        "strip": (True, True, False),
        "fold": (True, True, True),
        "factory": (True, True, False),
        "none": (False, False, False),
    }[template.seal]
    told = tuple(part is not None for part in (template.covers, template.strip, template.flap))
    if (template.purpose == "presale") != (template.seal is not None) or told != asked:
        raise ValueError("a presale label, and no other, says its seal, and what its strip covers and where")
    if template.seal == "factory" and template.covers != "code":
        raise ValueError("under a strip of the factory's is the factory's code, and nothing that we print")
    strip, flap = template.strip, template.flap
    if strip and flap:
        unlike = (
            flap.x - strip.x,
            flap.width - strip.width,
            flap.height - strip.height,
            flap.y - strip.y - strip.height,
        )
        if any(abs(mm) > NEARLY_MM for mm in unlike):
            raise ValueError("a flap is as large as what it is folded over, and begins where that ends")


def _check_secrecy(template: LabelTemplate, element: Element) -> None:
    """Refuse an element that shows a secret beside the strip, or is hidden without being one."""
    said, box, strip = says(element), element.box, template.strip
    where = f"{type(element).__name__} at {box.x}, {box.y} mm"
    secret = SECRET[template.covers] if template.covers else frozenset({"claim_code"})
    printed_under = template.seal in ("strip", "fold")
    if said & secret and not (printed_under and strip and strip.holds(box)):
        raise ValueError(f"a secret {where} is not under the strip")
    if strip and strip.touches(box):
        if not printed_under:
            raise ValueError(f"a {where} would be printed on a strip of the factory's")
        values = {name for name in said if not name.startswith("say_")} - {"copy"}
        if not strip.holds(box) or values - secret:
            raise ValueError(f"a {where} is hidden by a strip that does not name it")
    if template.flap and template.flap.touches(box) and any(not name.startswith("say_") for name in said):
        raise ValueError(f"a {where} stands on the flap, which is folded in")


def _check_open(template: LabelTemplate) -> None:
    """Refuse a label that hides more than its strip names: what it leaves open must be there to be read."""
    if template.covers:
        shown = frozenset[str]().union(*(says(element) for element in template.element))
        missing = OPEN[template.covers] - shown
        if missing:
            raise ValueError(f"a strip over the {template.covers} leaves {', '.join(sorted(missing))} to be read")


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
    templates: tuple[LabelTemplate, ...],
    purpose: Purpose,
    width_mm: float,
    *,
    covers: Covers = "roll_id+code",
    seal: Seal = "strip",
    stock: tuple[str, ...] = (),
) -> LabelTemplate:
    """Return the widest template of that purpose which the printer can print whole; one of ``stock`` comes first.

    ``covers`` and ``seal`` choose among labels before the sale.

    Raises:
        ProfileWrong: there is none.
    """
    fitting = [
        template
        for template in templates
        if template.purpose == purpose
        and fits(template, width_mm)
        and (purpose != "presale" or template.seal == seal)
        and (template.covers in (None, covers) or seal == "factory")
        and (template.name in stock or not template.by_choice)
    ]
    if not fitting:
        raise ProfileWrong(f"no {purpose} label fits a printer of {width_mm:.1f} mm")
    return max(fitting, key=lambda template: (template.name in stock, template.width_mm))


def fits(template: LabelTemplate, width_mm: float) -> bool:
    """Say whether a printer so wide can print ``template`` whole."""
    return template.width_mm <= width_mm + 0.3


def widest(templates: tuple[LabelTemplate, ...], width_mm: float) -> tuple[LabelTemplate, ...]:
    """Return of each kind the widest that fits, and every one that a shop may choose."""
    kinds: dict[tuple[object, ...], LabelTemplate] = {}
    for template in sorted(templates, key=lambda template: template.width_mm):
        if fits(template, width_mm):
            kind = (template.purpose, template.covers, template.seal, template.name if template.by_choice else "")
            kinds[kind] = template
    return tuple(sorted(kinds.values(), key=lambda template: template.name))


def named(templates: tuple[LabelTemplate, ...], name: str, *others: str) -> LabelTemplate:
    """Return the template called ``name``; ``others`` are names that whoever asks takes besides.

    Raises:
        ProfileWrong: there is none.
    """
    found = next((template for template in templates if template.name == name), None)
    if found is None:
        near = did_you_mean(name, (*(template.name for template in templates), *others))
        raise ProfileWrong(f"no label template is called {name!r}.{near} All of them: twincheck label list")
    return found


def _load(path: Path) -> LabelTemplate:
    try:
        return msgspec.convert(load_toml(path), LabelTemplate)
    except msgspec.ValidationError as cause:
        raise ProfileWrong(f"{path}: {cause}.") from cause
