"""Translations that are longer than their place: measured with the letters' real widths, without a window.

The measure is ``en_XA``, English a third longer, which :mod:`kiosk.testing.fit` shows to fit on every page. A place may
hold what the longest such text of a place of its kind holds, buttons and steps in a row together.
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import cache, lru_cache
from itertools import groupby

import pytest
import uharfbuzz

from kiosk.language import OFFERED, speak
from kiosk.testing.gallery import gallery
from kiosk.view import Screen, view
from photocore.settings import locate_config

SCREENS = dict(gallery())
FONTS = locate_config() / "fonts"
AIR = 3.5
"""What a button takes besides its words: icon, gap and edges, as a part of its font size."""


@lru_cache(maxsize=1)
def _fonts() -> tuple[uharfbuzz.Font, ...]:
    """Return our semi-bold letters, the Latin ones first."""
    names = ("Inter-SemiBold.otf", *sorted(path.name for path in FONTS.glob("Noto*") if "SemiBold" in path.name))
    wide = sorted(path.name for path in FONTS.glob("NotoSans*-Bold.otf"))
    return tuple(
        uharfbuzz.Font(uharfbuzz.Face(uharfbuzz.Blob.from_file_path(str(FONTS / name)))) for name in (*names, *wide)
    )


@lru_cache(maxsize=1024)
def _font_of(letter: str) -> int:
    """Return which of our fonts has ``letter``."""
    having = (n for n, font in enumerate(_fonts()) if font.get_nominal_glyph(ord(letter)) is not None)
    return next(having, 0)


@cache
def width(text: str) -> float:
    """Return how wide ``text`` is on one line, as a part of its font size: shaped, each run with its own font."""
    total = 0.0
    for number, letters in groupby(text, _font_of):
        font, run = _fonts()[number], uharfbuzz.Buffer()
        run.add_str("".join(letters))
        run.guess_segment_properties()
        uharfbuzz.shape(font, run)
        total += sum(place.x_advance for place in run.glyph_positions) / font.face.upem
    return total


def taken(texts: tuple[str, ...]) -> float:
    """Return how wide the texts of one row are, with the air each needs."""
    return sum(width(text) + AIR for text in texts)


def places(screen: Screen) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the texts of ``screen`` that have little room, those that share a row together."""
    own = tuple(button.text for button in screen.buttons if not button.language)
    overlay = screen.overlay.buttons if screen.overlay else ()
    yield "buttons", own
    is_list = screen.overlay is not None and screen.overlay.is_list
    yield (
        "list over the page" if is_list else "overlay",
        tuple(button.text for button in overlay if not button.language),
    )
    yield "tools", tuple(button.text for button in screen.tools if not button.language)
    yield "steps", tuple(step.text for step in screen.steps)
    yield "light", (screen.light.text,)
    for line in screen.title.split("\n"):
        yield "title", (line,)
    yield "overlay title", (screen.overlay.title if screen.overlay else "",)
    for kind, texts in (
        ("chip", [chip.text for chip in screen.chips]),
        ("ticket", [ticket.word for ticket in screen.tickets]),
        ("ticket title", [ticket.title for ticket in screen.tickets]),
        ("entry", [entry.title for entry in screen.entries]),
        ("entry word", [entry.word for entry in screen.entries]),
        ("row", [row.title for row in screen.rows]),
        ("slot", [slot.title for slot in screen.slots]),
        ("tag", [part.tag for part in (*screen.rows, *screen.slots)]),
        ("in a row", [row.button.text for row in screen.rows if row.button]),
        ("staff", [button.text for button in screen.staff.buttons] if screen.staff else []),
    ):
        for text in texts:
            yield kind, (text,)


@lru_cache(maxsize=1)
def rooms() -> dict[str, float]:
    """Return how much each kind of place holds: the most that the lengthened English has there."""
    found: dict[str, float] = {}
    for state in SCREENS.values():
        for kind, texts in places(view(state, speak("en_XA").strings)):
            found[kind] = max(found.get(kind, 0.0), taken(texts))
    return found


def too_long(screens: dict[str, Screen]) -> list[str]:
    """Return what is longer than its place, in words."""
    found = {
        f"{' | '.join(texts)!r} ({kind}) takes {taken(texts):.1f} of {rooms()[kind]:.1f}": name
        for name, screen in screens.items()
        for kind, texts in places(screen)
        if taken(texts) > rooms()[kind]
    }
    return sorted(f"{name}: {text}" for text, name in found.items())


@pytest.mark.parametrize("language", [code for code in OFFERED if code != "en"])
def test_K1_O19_no_translation_is_longer_than_its_place(language: str) -> None:
    """A longer one would be shrunk, or push another away: a shorter word is to be found."""
    strings = speak(language).strings
    assert too_long({name: view(state, strings) for name, state in SCREENS.items()}) == []


def test_K1_O19_a_translation_that_is_too_long_is_found_by_name() -> None:
    """The looking itself: of two buttons that have room for one, and of a word too long for a label's picture."""
    screen = view(SCREENS["001_attract"], speak("en").strings)
    long = replace(screen, buttons=tuple(replace(button, text=button.text * 9) for button in screen.buttons))
    (found,) = too_long({"here": long})
    assert found.startswith("here: 'Touch to start")
    assert too_long({"here": screen}) == []
