"""Large text, the focus ring, rest: a page in large text lacks nothing, the ring is where the keypad stands."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest

from kiosk.flow.access import Access
from kiosk.language import OFFERED, speak
from kiosk.testing import Counter, Pilot, frame
from kiosk.testing.counter import PACKAGE
from kiosk.testing.fit import Box, box_of, capital_mm, lay_out, settle, touchables
from kiosk.testing.gallery import gallery
from kiosk.view import Screen, view
from kiosk.view.reading import Part, reading
from photocore.settings import locate_config

pytestmark = [pytest.mark.kivy, pytest.mark.xdist_group("kivy")]

Open = Callable[..., tuple[Pilot, Counter]]
SCREENS: Final = dict(gallery())
SIZES: Final = ((1080, 1920), (1280, 800))
BARE: Final = ("step", "heading")
"""A step is drawn as a bar; a heading may be broken into lines."""


@pytest.fixture(autouse=True)
def fonts(kivy_home: Path) -> None:
    """Our letters: without them every measure is another's."""
    from kiosk.ui.look import load_fonts

    load_fonts(locate_config() / "fonts")


def _screen(name: str, language: str = "en", **needs: object) -> Screen:
    found = next(state for key, state in SCREENS.items() if key.endswith(f"_{name}"))
    return view(replace(found, access=Access(**needs), language=language), speak(language).strings)  # pyright: ignore


def _drawn(screen: Screen, size: tuple[int, int]) -> tuple[str, set[str]]:
    """Return all words of all leaves of a screen, and the ids of all that can be touched."""
    from kiosk.ui.large import LargeStage
    from kiosk.ui.toolkit import Label

    stage = lay_out(screen, size)
    assert isinstance(stage, LargeStage)
    words: list[str] = []
    ids: set[str] = set()
    for leaf in range(len(stage.leaves)):
        stage.turn(leaf)
        settle(stage)
        words += [widget.text for widget in stage.walk() if isinstance(widget, Label)]
        ids |= {target.button.id for target in touchables(stage)}
    return " ".join(words), ids


def _missing(screen: Screen, size: tuple[int, int]) -> list[Part]:
    """Return the parts of a screen that stand on none of its leaves."""
    words, ids = _drawn(screen, size)
    wanted = [part for part in reading(screen) if part.role not in BARE]
    return [
        part
        for part in wanted
        if (part.can_press and part.id not in ids)
        or any(text.replace("\n", " ") not in words for text in (part.value, part.detail) if text)
    ]


def test_K1_large_text_lacks_no_part_of_any_page() -> None:
    """What speech says and the keypad walks stands on some leaf: every twelfth page, sizes by turns; all at night."""
    for n, name in enumerate(list(SCREENS)[2::12]):
        screen = view(replace(SCREENS[name], access=Access(is_large=True)), speak("en").strings)
        assert _missing(screen, SIZES[n % 2]) == [], name


@pytest.mark.nightly
@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_K1_large_text_lacks_no_part_of_all_pages(size: tuple[int, int]) -> None:
    """Each page there is."""
    for name, state in SCREENS.items():
        assert _missing(view(replace(state, access=Access(is_large=True)), speak("en").strings), size) == [], name


@pytest.mark.parametrize(
    ("size", "diagonal_in"), [((1080, 1920), None), ((1280, 800), None), ((1920, 1080), 21.5), ((1024, 768), 10.4)]
)
def test_K1_a_capital_is_seen_under_0_7_degrees_on_each_panel(size: tuple[int, int], diagonal_in: float | None) -> None:
    """EN 301 549, 5.1.4: 7.33 mm at 600 mm, by the measures of the panel and of each font."""
    from kiosk.ui.toolkit import Label

    stage = lay_out(_screen("confirm", is_large=True), size, diagonal_in=diagonal_in)
    letters = [widget for widget in stage.walk() if isinstance(widget, Label) and widget.font_name != "icons"]
    assert len(letters) > 5
    assert min(capital_mm(label, stage.look.mm_per_px) for label in letters if label.text) >= 7.33


def test_K1_the_keypad_turns_the_leaf_to_the_part_it_stands_on() -> None:
    """In a low window the last label is on the last leaf; the way there and back is walked, not touched."""
    from kiosk.ui.large import LargeStage

    screen = _screen("confirm_typed", is_large=True)
    stage = lay_out(screen, SIZES[1])
    assert isinstance(stage, LargeStage)
    assert stage.leaf == 0
    assert len(stage.leaves) > 2
    last = [part.id for part in reading(screen) if part.id.startswith("ticket")][-1]
    stage.show(replace(screen, access=replace(screen.access, focus=last)))
    settle(stage)
    assert stage.leaf >= len(stage.leaves) - 2
    assert _rings(stage.ring, stage)
    stage.show(replace(screen, access=replace(screen.access, focus="guidance")))
    assert stage.leaf == 0


def test_K1_more_and_previous_turn_the_leaves_and_tell_the_flow_nothing() -> None:
    """They belong to the drawing; every other button says its id as ever."""
    from kiosk.ui.dress import Panel, look_of
    from kiosk.ui.large import LargeStage
    from kiosk.ui.stage import stage_for

    pressed: list[str] = []
    screen = _screen("confirm_typed", is_large=True)
    stage = stage_for(look_of(screen, SIZES[1], panel=Panel(moves=False)), pressed.append)
    assert isinstance(stage, LargeStage)
    stage.show(screen)
    _touch(stage, "leaf:after")
    assert stage.leaf == 1
    _touch(stage, "leaf:before")
    assert stage.leaf == 0
    _touch(stage, "register")
    assert pressed == ["register"]


def _touch(stage: object, name: str) -> None:
    from kiosk.ui.large import LargeStage

    assert isinstance(stage, LargeStage)
    settle(stage)
    next(target for target in touchables(stage) if target.button.id == name).on_release()


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("needs", [{}, {"is_large": True}, {"is_low": True}], ids=["normal", "large", "low"])
def test_K1_the_focus_ring_encloses_whatever_the_keypad_stands_on(
    size: tuple[int, int], needs: dict[str, bool]
) -> None:
    """Each part of some pages, one after another, in the same stage: nothing but the ring is drawn anew."""
    for name in ("scan_package_here", "type_package_text", "idle_warning"):
        screen = _screen(name, **needs)
        stage = lay_out(screen, size)
        for part in reading(screen):
            if part.can_press or part.role == "heading":
                stage.show(replace(screen, access=replace(screen.access, focus=part.id)))
                settle(stage)
                assert _rings(stage.ring, stage), (name, part.id)
        stage.show(screen)
        settle(stage)
        assert stage.ring.target is None


def _rings(ring: object, stage: object) -> bool:
    """Say whether the ring lies round its part, inside the window."""
    from kiosk.ui.focus import FocusRing
    from kiosk.ui.large import LargeStage
    from kiosk.ui.stage import Stage

    assert isinstance(ring, FocusRing)
    assert isinstance(stage, LargeStage | Stage)
    if ring.target is None:
        return False
    outer, inner = box_of(ring), box_of(ring.target)
    window: Box = (0, 0, *stage.look.window)
    return (
        all(edge >= least - 1 for edge, least in zip(outer[:2], window[:2], strict=True))
        and outer[0] <= max(inner[0], 0) + 1
        and outer[1] <= max(inner[1], 0) + 1
        and outer[2] >= min(inner[2], window[2]) - 1
        and outer[3] >= min(inner[3], window[3]) - 1
    )


@pytest.mark.parametrize("size", [*SIZES, (1920, 1080)], ids=lambda size: f"{size[0]}x{size[1]}")
def test_O19_twelve_languages_have_room_on_the_first_page_and_in_the_list(size: tuple[int, int]) -> None:
    """Each by one touch, none over another (the fit test looks at that), all as large as a finger."""
    for name in ("attract", "language"):
        stage = lay_out(_screen(name), size)
        found = {target.button.id for target in touchables(stage)}
        assert found >= {f"language:{code}" for code in OFFERED}
        assert len(OFFERED) == 12


def test_K1_pictures_rest_when_nobody_is_there_and_move_again_for_a_touch(open_pilot: Open) -> None:
    """What moves keeps the processor busy: after a while without a touch nothing does, and the loop turns slowly."""
    from kivy.clock import Clock

    from kiosk.ui.pulse import AWAKE_HZ, RESTING_HZ

    pilot, counter = open_pilot()
    app = pilot.app
    pilot.tap("start")
    pilot.until_screen("scan")
    app._go_still(0)  # pyright: ignore[reportPrivateUsage]  a minute's alarm, rung by hand
    assert app.stage is not None
    assert app.stage.look.pace.rests
    assert not app.stage.look.may_move
    assert Clock._max_fps == RESTING_HZ
    counter.scan(frame(PACKAGE))
    assert not app.stage.look.pace.rests
    assert Clock._max_fps == AWAKE_HZ


def test_K1_nothing_moves_for_large_text_or_a_listener() -> None:
    """Motion draws the eye away from large text, and says nothing to the ear."""
    from kiosk.ui.dress import Panel, look_of

    for needs, moves in [({}, True), ({"is_large": True}, False), ({"speaks": True}, False), ({"is_low": True}, True)]:
        assert look_of(_screen("scan_empty", **needs), SIZES[0], panel=Panel()).may_move is moves
