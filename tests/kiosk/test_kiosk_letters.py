"""Letters on the screen: Latin exactly as the toolkit draws it, every other script shaped, and from its own font."""

import subprocess
import sys
from functools import lru_cache
from pathlib import Path
from typing import Any
from unicodedata import category

import pytest
import uharfbuzz

from kiosk.language import LOCALES, NAMES, OFFERED
from kiosk.ui.shaping import WEIGHTS, Piece, set_line
from photocore.bidi import FSI, PDI
from photocore.linebreak import NEVER_FIRST
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

    from kiosk.ui.shaping import ink_line

    for file in WEIGHTS:
        line = set_line("ألإ آلجيع لّ ئ تُطبع", str(FONTS / file), 48, is_rtl=True)
        wide, high = line.size
        sheet = Image.new("L", (wide + 40, high + 80), 0)
        ink_line(line, sheet, (20, 40))
        left, top, right, bottom = sheet.getbbox() or (0, 0, 0, 0)
        assert (top >= 40 - 4, bottom <= 40 + high + 4) == (True, True), file
        assert left >= 16
        assert right <= 20 + wide + 4


@pytest.mark.parametrize("language", OFFERED)
def test_K1_every_letter_of_every_language_has_a_font(language: str) -> None:
    """No box stands where a letter should be, in any weight: whatever a page may say, and each language's name."""
    catalogue = LOCALES / language / "LC_MESSAGES" / "kiosk.po"
    told = catalogue.read_text(encoding="utf-8") if catalogue.exists() else ""
    letters = {sign for sign in told + "".join(NAMES.values()) if not sign.isspace() and category(sign) != "Cf"}
    assert missing(letters, language) == set()


def missing(letters: set[str], language: str) -> set[str]:
    """Return the letters that no font has in one weight or another."""
    return {
        letter
        for file in WEIGHTS
        for letter in letters
        for piece in set_line(letter, str(FONTS / file), 20, is_rtl=False, language=language).pieces
        if ord(letter) not in letters_of(str(piece.font.path))
    }


@lru_cache
def letters_of(file: str) -> frozenset[int]:
    harfbuzz: Any = uharfbuzz
    return frozenset(harfbuzz.Face(harfbuzz.Blob.from_file_path(file)).unicodes)


@pytest.mark.parametrize(("language", "region"), [("zh", "SC"), ("ja", "JP"), ("en", "SC")])
def test_K1_the_same_sign_is_written_as_its_language_writes_it(language: str, region: str) -> None:
    """直 and 骨 differ between China and Japan; a sign only one of the fonts has comes from that one."""
    for file in WEIGHTS:
        faces = {Path(str(piece.font.path)).name[8:10] for piece in pieces_of("直骨", file, language)}
        assert faces == {region}
    assert Path(str(pieces_of("门", "Inter-Regular.otf", "ja")[0].font.path)).name.startswith("NotoSansSC")
    assert Path(str(pieces_of("の", "Inter-Regular.otf", "zh")[0].font.path)).name.startswith("NotoSansJP")


def pieces_of(text: str, file: str, language: str) -> tuple[Piece, ...]:
    return set_line(text, str(FONTS / file), 30, is_rtl=False, language=language).pieces


@pytest.mark.parametrize(
    ("text", "font", "direction"),
    [
        ("क्षत्रिय रजिस्ट्रेशन द्वारा श्री", "NotoSansDevanagari", "ltr"),
        ("فيلم التسجيل لا إله", "NotoSansArabic", "rtl"),
        ("אריזת הפילם", "NotoSansHebrew", "rtl"),
    ],
)
def test_K1_letters_are_shaped_as_harfbuzz_shapes_them(text: str, font: str, direction: str) -> None:
    """Conjuncts and joined forms: as wide as the shaping engine itself makes them, not as their letters one by one."""
    pixels = 64
    line = set_line(text, INTER, pixels, is_rtl=direction == "rtl")
    oracle = shaped_by_harfbuzz(text, str(FONTS / f"{font}-Regular.ttf"), direction)
    assert [Path(str(piece.font.path)).name for piece in line.pieces] == [f"{font}-Regular.ttf"]
    assert line.size[0] == pytest.approx(oracle * pixels, abs=len(text))
    apart = sum(set_line(letter, INTER, pixels, is_rtl=direction == "rtl").size[0] for letter in text)
    assert font == "NotoSansHebrew" or line.size[0] < apart


def shaped_by_harfbuzz(text: str, file: str, direction: str) -> float:
    """Return how far the pen moves over ``text``, in em, asked of HarfBuzz itself."""
    harfbuzz: Any = uharfbuzz
    face = harfbuzz.Face(harfbuzz.Blob.from_file_path(file))
    buffer = harfbuzz.Buffer()
    buffer.add_str(text)
    buffer.guess_segment_properties()
    buffer.direction = direction
    harfbuzz.shape(harfbuzz.Font(face), buffer)
    return sum(place.x_advance for place in buffer.glyph_positions) / face.upem


def test_K1_chinese_and_japanese_lines_end_where_they_may(kivy_home: Path) -> None:
    """No line begins with a full stop, a comma or a small kana, none is wider than its label, and none is lost."""
    from kiosk.ui.toolkit import TextPainter

    for text in (
        "这是价格条码，每个盒子上都一样。包装盒的码旁边有一个方形码。",
        "これは価格コードで、どの箱も同じです。「もう一度」をタッチしてください。",
    ):
        for wide in range(90, 400, 7):
            painter = TextPainter(text=text, font_name="regular", font_size=24)
            painter.text_size = (wide, None)
            painter.refresh()
            shown = [line.words[0].text for line in painter._cached_lines if line.words]
            assert "".join(shown).replace("\u00a0", " ") == text
            assert not [line for line in shown if line[0] in NEVER_FIRST]
            assert not [line for line in shown if painter.get_extents(line)[0] > wide]


def test_K1_a_latin_page_opens_no_other_font() -> None:
    """Fonts of five megabytes are opened when their first letter is drawn: a kiosk that speaks French has none."""
    made = (
        "from kiosk.ui import shaping; from photocore.settings import locate_config;"
        "font = str(locate_config() / 'fonts' / 'Inter-Regular.otf');"
        "shaping.set_line('Votre pellicule · 4', font, 30, is_rtl=False);"
        "opened = shaping._letters.cache_info().currsize, shaping._face.cache_info().currsize;"
        "print(*opened)"
    )
    done = subprocess.run(
        [sys.executable, "-c", made], cwd=Path(__file__).parents[2], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["1", "1"]
