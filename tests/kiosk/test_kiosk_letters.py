"""Letters on the screen: Latin exactly as the toolkit draws it, Arabic joined, in order, and from its own font."""

from pathlib import Path

import pytest

from kiosk.ui.shaping import set_line
from photocore.bidi import FSI, PDI
from photocore.settings import locate_config

pytestmark = [pytest.mark.kivy, pytest.mark.xdist_group("kivy")]

FONTS = locate_config() / "fonts"
INTER = str(FONTS / "Inter-Regular.otf")
JOINED, LOOSE = "بيت", "ب\u200cي\u200cت"
"""The same three letters; between the second's stands a mark that forbids to join them."""


@pytest.fixture(autouse=True)
def fonts(kivy_home: Path) -> None:
    """Our letters, known by the names of their weights."""
    from kiosk.ui.look import load_fonts

    load_fonts(FONTS)


@pytest.mark.parametrize("text", ["Bring your film.\nKeep every frame.", "Größe · 4 Filme", "(01) 09506000134352"])
def test_K1_latin_letters_are_drawn_as_the_toolkit_draws_them(text: str) -> None:
    """Pixel for pixel: what was good before Arabic came is as good."""
    from kivy.core.text.text_sdl2 import LabelSDL2

    from kiosk.ui.toolkit import TextPainter

    shown: list[bytes] = []
    for painter in (LabelSDL2, TextPainter):
        label = painter(text=text, font_name="semibold", font_size=30, color=(1, 1, 1, 1))
        label.refresh()
        texture = label.texture
        shown.append(bytes(texture.pixels) + repr(texture.size).encode())
    assert any(shown[0])
    assert shown[0] == shown[1]


def test_O19_arabic_letters_are_joined() -> None:
    """Joined they take less room than apart; unjoined Arabic is no Arabic."""
    joined = set_line(JOINED, INTER, 60, is_rtl=True)
    loose = set_line(LOOSE, INTER, 60, is_rtl=True)
    apart = sum(set_line(letter, INTER, 60, is_rtl=True).size[0] for letter in JOINED)
    assert joined.size[0] < apart
    assert joined.size[0] < loose.size[0] + 2


def test_O19_each_letter_comes_from_a_font_that_has_it() -> None:
    """Arabic from Noto, a code and its digits from Inter, each a piece of its own, the code in its own direction."""
    line = set_line(f"رقم {FSI}TCN-7Q2{PDI}.", INTER, 30, is_rtl=True)
    faces = {piece.text.strip(): piece.font.getname()[0] for piece in line.pieces}
    assert faces["TCN-7Q2"].startswith("Inter")
    assert faces["رقم"].startswith("Noto Sans Arabic")
    assert [piece.direction for piece in line.pieces if "TCN" in piece.text] == ["ltr"]
    places = [piece.text.strip() for piece in line.pieces]
    assert places.index("TCN-7Q2") < places.index("رقم")


def test_O19_a_space_between_code_and_word_is_kept() -> None:
    """Where a run ends in a space it must not be swallowed: "10 cm" would stick to the next word."""
    tight = set_line(f"{FSI}10{PDI}سم", INTER, 40, is_rtl=True).size[0]
    apart = set_line(f"{FSI}10{PDI} سم", INTER, 40, is_rtl=True).size[0]
    assert apart - tight >= 40 * 0.15


def test_O19_no_letter_leaves_the_line_it_is_given() -> None:
    """High and deep letters, in every face: nothing is cut where the next line begins."""
    from PIL import Image

    from kiosk.ui.shaping import WEIGHTS, ink_line

    for file in WEIGHTS:
        line = set_line("ألإ آلجيع لّ ئ تُطبع", str(FONTS / file), 48, is_rtl=True)
        wide, high = line.size
        sheet = Image.new("L", (wide + 40, high + 80), 0)
        ink_line(line, sheet, (20, 40))
        left, top, right, bottom = sheet.getbbox() or (0, 0, 0, 0)
        assert (top >= 40 - 4, bottom <= 40 + high + 4) == (True, True), file
        assert left >= 16
        assert right <= 20 + wide + 4
