"""How much wear our labels stand: the share of places, or of labels, where they still read.

    python benchmarks/label_wear.py [--quick] [--json FILE]

* **dead dots**: one, two or three neighbouring dots of the head are dead, at every fourth place across the label in
  turn. Ours is the share of places where the label still says whose it is (bars or 2D), the floor that of the bars
  alone: what a label with nothing but a bar code would be worth.
* **ink spread** and **fading**: the share of all labels' codes that still read. The floor is the fresh print.

The reader is zxing-cpp, given each label twice: as rendered, and softened by 0.15 mm, as optics see it and as the
product's reader of pictures tries. (As rendered alone a line one dot wide hides a Data Matrix from it; no lens draws
one so sharp.) The wear is modelled (hardware/testing_wear.py): no worn head was at hand.
"""

from collections import Counter
from collections.abc import Callable, Iterable

from measuring import Line, run_alone
from PIL import Image, ImageFilter

from hardware.printer.profile import PrinterProfile, load_profile
from hardware.render.label import LabelRenderer
from hardware.render.proof import on_paper
from hardware.render.samples import sample_label
from hardware.render.symbols import Seen, count_back
from hardware.render.template import named, widest
from hardware.testing_wear import dead_dots, faded, ink_spread
from photocore.settings import locate_config

CONFIG = locate_config()
HEADS = {"virtual-80mm": "203 dpi", "virtual-80mm-300dpi": "300 dpi"}
LABELS = ("roll-72mm", "bag-72mm", "twin_check-72mm", "wrap-72mm")
SOFTENED_MM = 0.15
LINEAR = ("]C0", "]C1")


def measure(quick: bool) -> list[Line]:
    """Return the lines of both heads."""
    return [line for name in HEADS for line in (*_dead(name, 16 if quick else 4), *_worn(name))]


def _dead(name: str, step: int) -> Iterable[Line]:
    profile = load_profile(CONFIG, name)
    painter = LabelRenderer(CONFIG, profile)
    for template in (named(painter.templates, label) for label in LABELS):
        paper = on_paper(painter.draw(sample_label(template), template).picture, profile)
        has_bars = any(aim in LINEAR for aim, _ in count_back(paper))
        for dots in (1, 2, 3):
            places = range(0, paper.width - dots + 1, step)
            seen = [_read(dead_dots(paper, place, dots), profile) for place in places]
            by_bars = _share([any(aim in LINEAR for aim, _ in codes) for codes in seen])
            by_square = _share([any(aim not in LINEAR for aim, _ in codes) for codes in seen])
            yield Line(
                what=f"{template.name}, {HEADS[name]}, {dots} dead",
                unit="% of places",
                ours=_share([bool(codes) for codes in seen]),
                floor=by_bars if has_bars else None,
                floor_is="the bars alone",
                aim=">= 1" if has_bars else "",
                note=f"2D alone {by_square:.0f} %; {len(seen)} places",
            )


def _worn(name: str) -> Iterable[Line]:
    profile = load_profile(CONFIG, name)
    painter = LabelRenderer(CONFIG, profile)
    fresh = [
        on_paper(painter.draw(sample_label(template), template).picture, profile)
        for template in widest(painter.templates, profile.print_width_mm)
    ]
    for what, wear in WEAR.items():
        codes = [(count_back(paper), _read(wear(paper), profile)) for paper in fresh]
        whole = sum(expected.total() for expected, _ in codes)
        left = sum((expected & found).total() for expected, found in codes)
        strangers = sum((found - expected).total() for expected, found in codes)
        yield Line(
            what=f"all labels, {HEADS[name]}, {what}",
            unit="% of codes",
            ours=100 * left / whole,
            floor=100.0,
            floor_is="fresh",
            note=f"{left} of {whole}, {strangers} misread",
        )


WEAR: dict[str, Callable[[Image.Image], Image.Image]] = {
    "ink spread 1 dot": lambda paper: ink_spread(paper, 1),
    "ink spread 2 dots": lambda paper: ink_spread(paper, 2),
    "ink at 60 %": lambda paper: faded(paper, 0.6),
    "ink at 30 %": lambda paper: faded(paper, 0.3),
    "ink at 15 %": lambda paper: faded(paper, 0.15),
    "faded to 15 % across": lambda paper: faded(paper, 0.15, is_patchy=True),
}


def _read(paper: Image.Image, profile: PrinterProfile) -> Counter[Seen]:
    """Return what is read of a label in two looks; each code as often as the better look saw it."""
    softened = paper.filter(ImageFilter.GaussianBlur(SOFTENED_MM * profile.dots_per_mm))
    return count_back(paper) | count_back(softened)


def _share(held: list[bool]) -> float:
    return 100 * sum(held) / len(held)


if __name__ == "__main__":
    run_alone(measure, __doc__)
