"""Every page in every size and language: nothing cut, nothing over another, everything large enough to be touched."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from pathlib import Path

import pytest

from kiosk.language import speak
from kiosk.testing.fit import faults_of, lay_out, touchables
from kiosk.testing.gallery import gallery
from kiosk.view import Screen, view
from photocore.settings import locate_config

pytestmark = [pytest.mark.kivy, pytest.mark.xdist_group("kivy")]

SCREENS = dict(gallery())
SIZES = ((1080, 1920), (1280, 800))
BETWEEN = ((1920, 1080), (800, 1280), (1024, 768))
LANGUAGES = ("en", "de", "ar", "en_XA")
Size = tuple[int, int]


@pytest.fixture(autouse=True)
def fonts(kivy_home: Path) -> None:
    """Our letters: without them every measure is another's."""
    from kiosk.ui.look import load_fonts

    load_fonts(locate_config() / "fonts")


def _screen(name: str, language: str) -> Screen:
    return replace(view(SCREENS[name], speak(language).strings), language=language)


def _faults(pages: Iterator[tuple[str, str, Size]]) -> list[str]:
    return [
        f"{name} {language} {size[0]}x{size[1]}: {fault}"
        for name, language, size in pages
        for fault in faults_of(lay_out(_screen(name, language), size))
    ]


def _turns() -> Iterator[tuple[str, str, Size]]:
    """Yield every page once, language and size taking turns so that each pair meets every fourth page of a kind."""
    for n, name in enumerate(SCREENS):
        yield name, LANGUAGES[n % len(LANGUAGES)], SIZES[n // len(LANGUAGES) % len(SIZES)]


def test_K1_O19_every_page_fits_its_size_and_language() -> None:
    """Each page once; the nightly test has each in all."""
    assert _faults(_turns()) == []


def test_K1_O19_the_fullest_pages_fit_in_every_size_and_language() -> None:
    """Those that have most to say, in both sizes and all languages."""
    fullest = [name for name in SCREENS if name.endswith(("confirm_unknown", "printing_twenty", "staff_home_busy"))]
    assert len(fullest) == 3
    assert _faults(product(fullest, LANGUAGES, SIZES)) == []


def test_K1_the_sizes_between_fit_too() -> None:
    """A full HD screen lying, a tablet standing, and an old 4:3 one."""
    some = list(SCREENS)[::12]
    assert _faults(product(some, ("de",), BETWEEN)) == []


@pytest.mark.nightly
@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("language", [*LANGUAGES, "en_XB"])
def test_K1_O19_the_whole_gallery_fits(size: Size, language: str) -> None:
    """Every state there is."""
    assert _faults(product(SCREENS, (language,), (size,))) == []


@pytest.mark.nightly
@pytest.mark.parametrize("size", BETWEEN, ids=lambda size: f"{size[0]}x{size[1]}")
def test_K1_O19_the_whole_gallery_fits_the_sizes_between(size: Size) -> None:
    """In the language with the longest words, and in the one that reads from the right."""
    assert _faults(product(SCREENS, ("de", "ar"), (size,))) == []


def test_K1_a_page_that_does_not_fit_is_found() -> None:
    """The looking itself: a word that is too wide, a button pushed over another, a target that is too small."""
    page = _screen("007_scan_empty" if "007_scan_empty" in SCREENS else next(iter(SCREENS)), "en")
    wide = lay_out(replace(page, title="Donaudampfschifffahrtsgesellschaftskapitän" * 3), SIZES[1])
    assert any("is broken in two" in fault for fault in faults_of(wide))
    stage = lay_out(page, SIZES[1])
    assert faults_of(stage) == []
    first, second = touchables(stage)[:2]
    first.pos = second.pos
    assert any("overlap" in fault for fault in faults_of(stage))
    first.height = 10
    assert any("is only" in fault for fault in faults_of(stage))


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_K1_O19_the_primary_button_is_last_in_reading_order(size: Size) -> None:
    """At the bottom right in English and German, at the bottom left in Arabic; and the page mirrors with it."""
    name = next(name for name in SCREENS if name.endswith("_confirm"))
    for language in ("en", "de", "ar"):
        stage = lay_out(_screen(name, language), size)
        found = {target.button.id: target for target in touchables(stage)}
        middle = size[0] / 2
        is_right = found["register"].x + found["register"].width / 2 > middle
        assert is_right == (language != "ar")
        assert (found["access"].x < middle) == (language != "ar")
        assert (found["cancel"].x < found["register"].x) == (language != "ar")
        assert found["register"].y < size[1] * 0.25
