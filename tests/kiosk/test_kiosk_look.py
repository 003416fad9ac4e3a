"""The look: colours that are told apart whatever a shop's own is, nothing by colour alone, a brand that is checked."""

import importlib.util
import io
import struct
import zlib
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from kiosk.brand import MOST_FILE_BYTES, PLAIN, load_brand, read_logo
from kiosk.errors import BrandWrong
from kiosk.language import speak
from kiosk.testing.gallery import gallery
from kiosk.ui.theme import (
    CONTRAST,
    PAPER,
    PART_RATIO,
    TEXT_RATIO,
    Theme,
    Token,
    branded,
    contrast_ratio,
    rgba,
    theme_of,
)
from kiosk.view import view
from kiosk.view.screen import Chip, Entry, LightMark, Notice, Row, Screen
from photocore.settings import locate_config

ROOT: Final = Path(__file__).parents[2]
CONFIG: Final = locate_config()
TEXTS: Final[tuple[tuple[Token, Token], ...]] = (
    *((ink, ground) for ink in ("ink", "ink2", "ok", "warn", "bad") for ground in ("bg", "surface")),
    ("ink", "ok_wash"), ("ink", "warn_wash"), ("ink", "bad_wash"),
    ("ok", "ok_wash"), ("warn", "warn_wash"), ("bad", "bad_wash"),
    ("accent_ink", "accent"), ("on_strong", "bad"), ("on_strong", "ok"), ("on_strong", "warn"), ("bg", "ink"),
)  # fmt: skip
"""Every ink on every ground it is drawn on: kiosk/ui/{sections,facts,buttons,bars,lists,medallions,tickets}.py."""
PARTS: Final[tuple[tuple[Token, Token], ...]] = (
    *((part, ground) for part in ("edge", "accent_line", "ok", "warn", "bad", "focus") for ground in ("bg", "surface")),
    ("focus", "focus_gap"),
)
"""Outlines, step bars, signs and the focus ring, on each ground beside them."""
FERNHILL: Final = theme_of(load_brand(CONFIG, "fernhill"), has_contrast=False)


def _weak(theme: Theme) -> list[tuple[str, str, float]]:
    """Return the pairs of a theme that are not told apart well enough."""
    wanted = [*((pair, TEXT_RATIO) for pair in TEXTS), *((pair, PART_RATIO) for pair in PARTS)]
    found = [(pair, contrast_ratio(theme[pair[0]], theme[pair[1]]), least) for pair, least in wanted]
    return [(*pair, round(ratio, 2)) for pair, ratio, least in found if ratio < least]


@pytest.mark.parametrize("theme", [PAPER, CONTRAST, FERNHILL], ids=["paper", "contrast", "fernhill"])
def test_K1_every_pair_of_colours_that_is_drawn_is_told_apart(theme: Theme) -> None:
    """WCAG 2.2, 1.4.3 and 1.4.11: text 4.5:1, parts 3:1."""
    assert _weak(theme) == []


@given(colour=st.tuples(*[st.integers(0, 255)] * 3))
def test_K1_whatever_accent_a_shop_has_every_pair_is_told_apart(colour: tuple[int, int, int]) -> None:
    """The words on it, and the outlines in it, are corrected until they are."""
    accent = "#{:02X}{:02X}{:02X}".format(*colour)
    assert _weak(branded(PAPER, accent)) == []
    assert branded(CONTRAST, accent) == CONTRAST


def test_K1_an_accent_that_needs_no_correction_stays_as_the_shop_chose_it() -> None:
    """A dark green with white words; our own amber as it was."""
    assert FERNHILL.colours["accent"] == FERNHILL.colours["accent_line"] == "#0B6E4F"
    assert FERNHILL.colours["accent_ink"] == "#FFFFFF"
    assert branded(PAPER, "#F2A60C").colours["accent"] == "#F2A60C"
    assert theme_of(PLAIN, has_contrast=False) == PAPER


def test_K1_a_brand_that_cannot_be_used_is_refused_in_words(tmp_path: Path) -> None:
    """No such file, an unknown key, a colour that is none, a logo that is not there."""
    with pytest.raises(BrandWrong, match=r"nobody.toml cannot be read"):
        load_brand(CONFIG, "nobody")
    for text, said in [
        ('colour = "#000000"', "colour is no key of a brand"),
        ('accent = "green"', 'accent = "green" is no colour'),
        ("accent = 7", "accent is no text"),
        ('logo = "gone.png"', "gone.png cannot be read"),
        ("accent", "not valid TOML"),
    ]:
        path = tmp_path / "ours.toml"
        path.write_text(text, encoding="utf-8")
        with pytest.raises(BrandWrong, match=said):
            load_brand(CONFIG, str(path))


def test_K1_a_logo_that_would_do_harm_is_refused_before_it_is_decoded(tmp_path: Path) -> None:
    """A bomb of pixels, a file too large, half a picture, no picture, one that is nothing, one that is a thread."""
    bomb = _png(60_000, 60_000)
    half = _saved(Image.effect_noise((200, 100), 90).convert("RGB"))[:9_000]
    for data, said in [
        (bomb, "no whole|at most 3000 a side"),
        (_png(5_000, 2_000), "at most 3000 a side"),
        (b"\0" * (MOST_FILE_BYTES + 1), "at most 1,000,000 are drawn"),
        (half, "no whole PNG"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "no whole PNG"),
        (_saved(Image.new("RGBA", (80, 40), (0, 0, 0, 0))), "every pixel of it is transparent"),
        (_saved(Image.new("RGB", (900, 10))), "up to 8 times as broad"),
    ]:
        path = tmp_path / "logo.png"
        path.write_bytes(data)
        with pytest.raises(BrandWrong, match=said):
            read_logo(path)


def test_K1_a_logo_is_cut_to_its_ink_and_made_small(tmp_path: Path) -> None:
    """Its empty margin goes, and it is kept no larger than it is drawn."""
    picture = Image.new("RGBA", (2400, 1200), (0, 0, 0, 0))
    picture.paste((250, 250, 250, 255), (600, 300, 1800, 900))
    path = tmp_path / "logo.png"
    picture.save(path)
    logo = read_logo(path)
    assert logo.size == (480, 240)
    assert logo.lightness > 0.95
    assert len(logo.pixels) == 480 * 240 * 4


SIGNS: Final = frozenset({"good", "warn", "bad"})
"""kiosk/ui/sections.py has a sign for each."""
SCREENS: Final = [view(state, speak("en").strings) for _, state in gallery()]


def test_K1_nothing_is_told_by_colour_alone() -> None:
    """Whatever has a tone says it by a sign of its own or a word too: on every screen there is."""
    toned = [part for screen in SCREENS for part in _parts(screen) if getattr(part, "tone", "plain") != "plain"]
    assert {type(part) for part in toned} >= {LightMark, Chip, Notice, Row, Entry}
    assert [part for part in toned if not isinstance(part, Screen) and not _is_said(part)] == []


def _is_said(part: object) -> bool:
    """Say whether the tone of a part is in its sign (a notice and a row that is good have theirs) or in a word."""
    match part:
        case LightMark() | Chip():
            return bool(part.icon and part.text)
        case Notice():
            return part.tone in SIGNS and bool(part.text)
        case Row():
            return bool(part.icon and (part.value or part.tag))
        case Entry():
            return bool(part.word or part.detail)
        case _:
            return False


def test_K1_the_tokens_of_the_web_are_those_of_the_kiosk() -> None:
    """docs/tokens.css is what scripts/tokens.py writes."""
    spec = importlib.util.spec_from_file_location("tokens", ROOT / "scripts" / "tokens.py")
    assert spec is not None
    assert spec.loader is not None
    tokens: Any = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tokens)
    written = (ROOT / "docs" / "tokens.css").read_text(encoding="utf-8")
    assert written == tokens.css(), "run python scripts/tokens.py"
    for token, colour in PAPER.colours.items():
        assert f"--{token.replace('_', '-')}: {colour};" in written


def test_K1_the_page_about_the_design_names_every_token() -> None:
    """docs/design.md is for whoever draws the next page."""
    page = (ROOT / "docs" / "design.md").read_text(encoding="utf-8")
    assert [token for token in PAPER.colours if f"`{token}`" not in page] == []


def test_K1_a_colour_is_four_numbers() -> None:
    """With and without its alpha."""
    assert rgba("#FF0000") == (1, 0, 0, 1)
    assert rgba("#00000080")[3] == pytest.approx(128 / 255)


def _parts(thing: object) -> list[object]:
    if isinstance(thing, tuple):
        return [found for part in thing for found in _parts(part)]
    if not is_dataclass(thing) or isinstance(thing, type):
        return []
    return [thing, *(found for field in fields(thing) for found in _parts(getattr(thing, field.name)))]


def _saved(picture: Image.Image) -> bytes:
    packed = io.BytesIO()
    picture.save(packed, "PNG")
    return packed.getvalue()


def _png(wide: int, high: int) -> bytes:
    """Return a small file that says it is a large picture."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", wide, high, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"\0" * 100_000)) + chunk(b"IEND", b"")
