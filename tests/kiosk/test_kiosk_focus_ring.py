"""Wherever the keypad's focus can stand, something is drawn to lay the ring round: in every layout, size and mode."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from kiosk.language import speak
from kiosk.testing.fit import lay_out
from kiosk.testing.gallery import gallery
from kiosk.view import Screen, view
from kiosk.view.reading import reading
from photocore.settings import locate_config

pytestmark = [pytest.mark.kivy, pytest.mark.xdist_group("kivy")]

SCREENS = dict(gallery())
SIZES = ((1080, 1920), (1280, 800))


@pytest.fixture(scope="module", autouse=True)
def _fonts(kivy_home: Path) -> None:
    from kiosk.ui.look import load_fonts

    load_fonts(locate_config() / "fonts")


def test_K1_the_ring_finds_every_part_that_can_be_pressed() -> None:
    """Every twelfth page, size and large text by turns; the night looks at all of them."""
    assert list(_unringed(list(SCREENS)[::12])) == []


@pytest.mark.nightly
def test_K1_the_ring_finds_every_part_that_can_be_pressed_on_every_page() -> None:
    """All there is."""
    assert list(_unringed(list(SCREENS))) == []


def test_K1_the_ring_is_seen_where_the_focus_stands_and_nowhere_without_one() -> None:
    """EN 301 549, 11.2.4.7: round the primary button, and gone with a touch."""
    from kiosk.ui.buttons import Touchable

    screen = _screen(next(name for name in SCREENS if name.endswith("_focus_confirm")))
    for size in SIZES:
        stage = lay_out(screen, size)
        target = stage.ring.target
        assert isinstance(target, Touchable)
        assert target.button.id == "register"
        assert stage.ring.width > target.width
        assert stage.ring.height > target.height
        stage.show(replace(screen, access=replace(screen.access, focus="")))
        assert stage.ring.target is None


def _unringed(names: list[str]) -> Iterator[str]:
    for n, name in enumerate(names):
        screen = _screen(name, is_large=n % 4 == 3)
        stage = lay_out(screen, SIZES[n % 2])
        for part in reading(screen):
            if part.can_press:
                stage.show(replace(screen, access=replace(screen.access, focus=part.id)))
                if stage.ring.target is None:
                    yield f"{part.id} on {name}"


def _screen(name: str, *, is_large: bool = False) -> Screen:
    state = SCREENS[name]
    return view(replace(state, access=replace(state.access, is_large=is_large)), speak("en").strings)
