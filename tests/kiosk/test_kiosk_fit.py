"""Every page in every size, language and mode: nothing cut, nothing over another, large enough, low enough."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Final

import pytest

from kiosk.flow.access import Access
from kiosk.language import OFFERED, speak
from kiosk.testing.fit import faults_of, lay_out, touchables
from kiosk.testing.gallery import gallery
from kiosk.view import Screen, view
from photocore.settings import locate_config

pytestmark = [pytest.mark.kivy, pytest.mark.xdist_group("kivy")]

SCREENS: Final = dict(gallery())
SIZES: Final = ((1080, 1920), (1280, 800), (1920, 1080))
BETWEEN: Final = ((800, 1280), (1024, 768))
LANGUAGES: Final = (*OFFERED, "en_XA", "en_XB")
MODES: Final = {
    "normal": Access(),
    "large": Access(is_large=True),
    "low": Access(is_low=True),
    "contrast": Access(has_contrast=True),
    "large and low": Access(is_large=True, is_low=True),
}
Size = tuple[int, int]
Page = tuple[str, str, Size, str]
"""A page's name, a language, a size, a mode."""


@pytest.fixture(autouse=True)
def fonts(kivy_home: Path) -> None:
    """Our letters: without them every measure is another's."""
    from kiosk.ui.look import load_fonts

    load_fonts(locate_config() / "fonts")


def _screen(name: str, language: str, mode: str = "normal") -> Screen:
    state = replace(SCREENS[name], access=replace(MODES[mode], focus=SCREENS[name].access.focus), language=language)
    return view(state, speak(language).strings)


def _faults(pages: Iterable[Page]) -> list[str]:
    return [
        f"{name} {language} {size[0]}x{size[1]} {mode}: {fault}"
        for name, language, size, mode in pages
        for fault in faults_of(lay_out(_screen(name, language, mode), size))
    ]


def _turns() -> Iterator[Page]:
    """Yield every sixth page; languages, sizes and modes take turns, each at its own pace."""
    for n, name in enumerate(list(SCREENS)[::6]):
        yield name, LANGUAGES[n % len(LANGUAGES)], SIZES[n % len(SIZES)], [*MODES][n % len(MODES)]


def test_K1_O19_every_page_fits_its_size_and_language() -> None:
    """Every sixth page, in some language, size and mode; the nightly test has all of them in all."""
    assert _faults(_turns()) == []


def test_K1_O19_the_fullest_pages_fit_in_every_language() -> None:
    """Those that have most to say, in the size that has least room for them."""
    fullest = [name for name in SCREENS if name.endswith(("confirm_unknown", "printing_twenty", "staff_home_busy"))]
    assert len(fullest) == 3
    pages = [
        (name, language, SIZES[1], [*MODES][(n + k) % len(MODES)])
        for k, name in enumerate(fullest)
        for n, language in enumerate(LANGUAGES[k::3])
    ]
    assert _faults(pages) == []


def test_K1_the_sizes_between_fit_too() -> None:
    """A tablet standing, and an old 4:3 screen."""
    assert _faults((name, "de", BETWEEN[n % 2], "normal") for n, name in enumerate(list(SCREENS)[5::24])) == []


@pytest.mark.nightly
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("language", LANGUAGES)
def test_K1_O19_the_whole_gallery_fits(size: Size, language: str, mode: str) -> None:
    """Every state there is, in every mode."""
    assert _faults(product(SCREENS, (language,), (size,), (mode,))) == []


@pytest.mark.nightly
@pytest.mark.parametrize("size", BETWEEN, ids=lambda size: f"{size[0]}x{size[1]}")
def test_K1_O19_the_whole_gallery_fits_the_sizes_between(size: Size) -> None:
    """In the language with the longest words, and in the one that reads from the right."""
    assert _faults(product(SCREENS, ("de", "ar"), (size,), ("normal",))) == []


def test_K1_a_page_that_does_not_fit_is_found() -> None:
    """The looking itself: a word that is too wide, a button pushed over another, a target that is too small."""
    page = _screen(next(name for name in SCREENS if name.endswith("_scan_empty")), "en")
    wide = lay_out(replace(page, title="Donaudampfschifffahrtsgesellschaftskapitän" * 3), SIZES[1])
    assert any("is broken in two" in fault for fault in faults_of(wide))
    stage = lay_out(page, SIZES[1])
    assert faults_of(stage) == []
    first, second = touchables(stage)[:2]
    first.pos = second.pos
    assert any("overlap" in fault for fault in faults_of(stage))
    first.height = 10
    assert any("is only" in fault for fault in faults_of(stage))


def test_K1_what_stands_too_high_or_is_too_small_is_found() -> None:
    """The looking itself: a button above the line of low reach, a letter below 0.7 degrees."""
    from kiosk.ui.toolkit import Label

    name = next(name for name in SCREENS if name.endswith("_scan_empty"))
    low = lay_out(_screen(name, "en", "low"), SIZES[0])
    assert faults_of(low) == []
    touchables(low)[0].y = SIZES[0][1] * 0.8
    assert any("of the height" in fault for fault in faults_of(low))
    large = lay_out(_screen(name, "en", "large"), SIZES[1])
    assert faults_of(large) == []
    words = next(widget for widget in large.walk() if isinstance(widget, Label) and widget.font_name == "regular")
    words.font_size = 30
    assert any("has capitals of" in fault for fault in faults_of(large))


@pytest.mark.parametrize("size", SIZES[:2], ids=lambda size: f"{size[0]}x{size[1]}")
def test_K1_O19_the_primary_button_is_last_in_reading_order(size: Size) -> None:
    """At the bottom right in English and German, at the bottom left in Arabic; and the page mirrors with it."""
    name = next(name for name in SCREENS if name.endswith("_confirm"))
    for language in ("en", "de", "ar"):
        stage = lay_out(_screen(name, language), size)
        found = {target.button.id: target for target in touchables(stage)}
        middle = size[0] / 2
        is_right = found["register"].x + found["register"].width / 2 > middle
        assert is_right == (language != "ar")
        assert (found["language"].x < middle) == (language != "ar")
        assert (found["cancel"].x < found["register"].x) == (language != "ar")
        assert found["register"].y < size[1] * 0.25
