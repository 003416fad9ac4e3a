"""Looks a page over as a careful eye would: every text in its place, and nothing over what can be touched.

The page is laid out without a window, so any size can be tried in one process; pictures are made by
:mod:`kiosk.testing.tour`.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import combinations
from typing import TYPE_CHECKING, Any

import uharfbuzz

from kiosk.view.screen import Screen
from photocore.linebreak import pieces
from photocore.settings import locate_config

if TYPE_CHECKING:
    from kiosk.ui.buttons import Touchable
    from kiosk.ui.stage import AnyStage, Stage
    from kiosk.ui.toolkit import Label, Widget

LEAST_PRIMARY_U = 14.0
LEAST_U = 9.0
"""How high and how broad a primary and any other target is at least; keys of the keypad may be a bit narrower."""
LEAST_KEY_U = 8.0
LOOKS = 8
"""So often a page may look at itself: a list that is too high is shown again, smaller."""
SLACK = 1.5
"""Pixels that rounding may take."""

Box = tuple[float, float, float, float]
"""Left, bottom, right, top, in pixels of the window."""


def lay_out(screen: Screen, size: tuple[int, int], *, diagonal_in: float | None = None) -> "AnyStage":
    """Return ``screen`` laid out in a window of ``size`` that nobody sees. Fonts must be loaded."""
    from kiosk.ui.dress import Panel, look_of  # noqa: PLC0415  Kivy is touched when it is used, not before
    from kiosk.ui.stage import stage_for  # noqa: PLC0415

    stage = stage_for(look_of(screen, size, panel=Panel(moves=False, diagonal_in=diagonal_in)), lambda _: None)
    stage.size_hint = (None, None)
    stage.size = size
    stage.show(screen)
    settle(stage)
    return stage


def settle(stage: "AnyStage") -> None:
    """Let everything find its place: turn by turn until nothing moves, without the sleep between two frames."""
    from kiosk.ui.toolkit import Clock  # noqa: PLC0415

    before: list[Box] = []
    for _ in range(LOOKS):
        now = Clock.time()
        Clock.pre_idle()
        Clock.post_idle(now, now)
        Clock.tick_draw()
        places = [box_of(widget) for widget in stage.walk()]
        if places == before:
            return
        before = places


def faults_of(stage: "AnyStage") -> list[str]:
    """Return what is wrong with the page, in words: empty where it is fit to be shown.

    Of a page in large text each leaf is looked at.
    """
    from kiosk.ui.stage import Stage  # noqa: PLC0415

    if isinstance(stage, Stage):
        return [*_common_faults(stage), *_spill_faults(stage)]
    found: list[str] = []
    for n in range(len(stage.leaves)):
        stage.turn(n)
        settle(stage)
        found += [f"leaf {n}: {fault}" for fault in (*_common_faults(stage), *_small_faults(stage))]
    return found


def _common_faults(stage: "AnyStage") -> Iterator[str]:
    yield from _text_faults(stage)
    yield from _touch_faults(stage)
    yield from _cover_faults(stage)
    yield from _high_faults(stage)


def _small_faults(stage: "AnyStage") -> Iterator[str]:
    """Find letters whose capitals are seen under less than 0.7 degrees from 600 mm (EN 301 549, 5.1.4)."""
    from kiosk.ui.look import CAPITAL_MM  # noqa: PLC0415

    for label in _labels(stage):
        capital = capital_mm(label, stage.look.mm_per_px)
        if label.text and label.font_name != "icons" and capital < CAPITAL_MM:
            yield f"{label.text[:40]!r} has capitals of {capital:.2f} mm"


def capital_mm(label: "Label", mm_per_px: float) -> float:
    """Return how high a capital H of this label is on the glass, by its font file's own measure."""
    return int(label.font_size) * _capital_share(label.font_name) * mm_per_px


@lru_cache(maxsize=16)
def _capital_share(weight: str) -> float:
    from kiosk.ui.look import FONT_FILES  # noqa: PLC0415

    harfbuzz: Any = uharfbuzz  # a compiled module without types
    files: Mapping[str, str] = {**FONT_FILES}
    path = locate_config() / "fonts" / files[weight]
    face = harfbuzz.Face(harfbuzz.Blob.from_file_path(str(path)))
    font = harfbuzz.Font(face)
    glyph = font.get_nominal_glyph(ord("H"))
    return 1.0 if glyph is None else -font.get_glyph_extents(glyph).height / face.upem


def _high_faults(stage: "AnyStage") -> Iterator[str]:
    """Find what is touched above the line, for a person who sits."""
    for target in touchables(stage):
        if box_of(target)[3] > stage.look.reach_px + SLACK:
            share = box_of(target)[3] / stage.look.window[1]
            yield f"{target.button.id} reaches up to {share:.0%} of the height"


def _text_faults(stage: "AnyStage") -> Iterator[str]:
    wide, high = stage.size
    for label in _labels(stage):
        if not label.text:
            continue
        left, bottom, right, top = box_of(label)
        name = repr(label.text[:40])
        if left < -SLACK or bottom < -SLACK or right > wide + SLACK or top > high + SLACK:
            yield f"{name} leaves the window: {left:.0f},{bottom:.0f} to {right:.0f},{top:.0f}"
        ink_wide, ink_high = label.texture_size
        if ink_wide > label.width + SLACK or ink_high > label.height + SLACK:
            yield f"{name} is {ink_wide:.0f}x{ink_high:.0f}, its place {label.width:.0f}x{label.height:.0f}"
        if label.width < 1 or ink_wide < 1:
            yield f"{name} has no width"
        if broken := _broken_word(label):
            yield f"{broken!r} of {name} is broken in two"
        if (holder := _button_round(label)) is not None and not _is_inside(box_of(label), box_of(holder)):
            yield f"{name} runs over its button's edge"


def _broken_word(label: "Label") -> str:
    """Return a word that is wider than its label, and so cut where no word ends; codes may be."""
    from kiosk.ui.toolkit import TextPainter  # noqa: PLC0415

    wide = label.text_size[0]
    if wide is None or label.font_name.startswith("mono") or not label.text.strip():
        return ""
    for word in map(str.strip, pieces(label.text)):
        painter = TextPainter(text=label.text, font_name=label.font_name, font_size=label.font_size)
        painter.resolve_font_name()
        if painter.get_extents(word)[0] > wide + SLACK:
            return word
    return ""


def _touch_faults(stage: "AnyStage") -> Iterator[str]:
    from kiosk.ui.keys import Key  # noqa: PLC0415

    window = (0.0, 0.0, stage.width, stage.height)
    u = stage.look.u
    found = touchables(stage)
    for target in found:
        least = LEAST_PRIMARY_U if target.button.kind == "primary" else LEAST_U
        least_wide = LEAST_KEY_U if isinstance(target, Key) else least
        if target.height < least * u - SLACK or target.width < least_wide * u - SLACK:
            yield f"{target.button.id} is only {target.width / u:.1f} x {target.height / u:.1f} u"
        if not _is_inside(box_of(target), window):
            yield f"{target.button.id} leaves the window: {box_of(target)}"
    for one, other in combinations(found, 2):
        if _overlap(box_of(one), box_of(other)):
            yield f"{one.button.id} and {other.button.id} overlap"


def _cover_faults(stage: "AnyStage") -> Iterator[str]:
    """Find texts that run into each other, or stand over a button that is not theirs."""
    labels = [label for label in _labels(stage) if label.text and not _is_over(label, stage)]
    for one, other in combinations(labels, 2):
        if _overlap(_ink_box(one), _ink_box(other)):
            yield f"{one.text[:30]!r} lies over {other.text[:30]!r}"
    for target in touchables(stage):
        if _is_over(target, stage):
            continue
        for label in labels:
            if _button_round(label) is not target and _overlap(_ink_box(label), box_of(target)):
                yield f"{label.text[:30]!r} lies over {target.button.id}"


def _spill_faults(stage: "Stage") -> Iterator[str]:
    """Find sheets that leave their section of the page: what is too high for its room lies over the next one's."""
    from kiosk.ui.boxes import Panel  # noqa: PLC0415
    from kiosk.ui.sections import WashBox  # noqa: PLC0415
    from kiosk.ui.tickets import TicketPicture  # noqa: PLC0415

    for section in (stage.place, stage.side, stage.notice, stage.steps, stage.heading):
        room = box_of(section)
        for widget in section.walk(restrict=True):
            if isinstance(widget, (Panel, WashBox, TicketPicture)) and not _is_inside(box_of(widget), room):
                left, bottom, right, top = (round(edge) for edge in box_of(widget))
                yield f"a sheet at {left},{bottom} to {right},{top} leaves its room {[round(edge) for edge in room]}"


def touchables(stage: "AnyStage") -> "Sequence[Touchable]":
    """Return everything that can be touched now: an overlay's own, where there is one."""
    from kiosk.ui.buttons import Touchable  # noqa: PLC0415

    return [widget for widget in stage.front().walk(restrict=True) if isinstance(widget, Touchable)]


def box_of(widget: "Widget") -> Box:
    """Return where ``widget`` stands in the window."""
    x, y = widget.to_window(widget.x, widget.y)
    return x, y, x + widget.width, y + widget.height


def _labels(stage: "AnyStage") -> "list[Label]":
    from kiosk.ui.toolkit import Label  # noqa: PLC0415

    return [widget for widget in stage.walk() if isinstance(widget, Label)]


def _ink_box(label: "Label") -> Box:
    """Return where the letters of a label may stand: its texture, without the air of its line height."""
    left, bottom, right, top = box_of(label)
    air = min(label.font_size * 0.12, (top - bottom) / 4)
    return left, bottom + air, right, top - air


def _is_over(widget: "Widget", stage: "AnyStage") -> bool:
    """Say whether ``widget`` belongs to the question over the page: that one covers on purpose."""
    question = getattr(stage, "overlay", None)
    return question is not None and any(parent is question for parent in _parents(widget))


def _button_round(widget: "Widget") -> "Touchable | None":
    from kiosk.ui.buttons import Touchable  # noqa: PLC0415

    return next((parent for parent in _parents(widget) if isinstance(parent, Touchable)), None)


def _parents(widget: "Widget") -> "Iterator[Widget]":
    parent = widget.parent
    while parent is not None and parent is not widget:
        yield parent
        widget, parent = parent, parent.parent


def _is_inside(inner: Box, outer: Box) -> bool:
    return (
        inner[0] >= outer[0] - SLACK
        and inner[1] >= outer[1] - SLACK
        and inner[2] <= outer[2] + SLACK
        and inner[3] <= outer[3] + SLACK
    )


def _overlap(one: Box, other: Box) -> bool:
    return (
        min(one[2], other[2]) - max(one[0], other[0]) > SLACK and min(one[3], other[3]) - max(one[1], other[1]) > SLACK
    )
