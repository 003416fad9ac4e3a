"""The search of a still: what one look misses is found turned, smoothed, enlarged or by another reader."""

from pathlib import Path

import numpy as np
import pytest

from imaging.codes import reader_dmtx, reader_zbar
from imaging.codes.contexts import Context
from imaging.codes.reader import Effort, read_codes
from imaging.codes.reader_dmtx import is_dmtx_here, read_with_dmtx
from imaging.codes.reader_prepared import prepared
from imaging.codes.reader_zbar import is_zbar_here, read_with_zbar
from imaging.codes.reader_zxing import read_with_zxing
from imaging.testing import SPECIMENS, Scene, photograph
from photocore.aim import Symbology

needs_dmtx = pytest.mark.skipif(not is_dmtx_here(), reason="libdmtx0b is not installed: no third reader to try")


def picture(name: str, scene: Scene, size: tuple[int, int] = (640, 480)) -> np.ndarray:
    return photograph(SPECIMENS[name].symbol(), scene, 1, size)


def texts(found: tuple) -> set[str]:
    return {each.text for each in found}


@pytest.mark.parametrize("turn", [-33, 45, 60])
def test_K7_a_slanting_linear_code_is_found_by_search_and_placed_where_it_is(turn: int):
    """No reader straightens it by itself; the corners found in a turned copy lead back to the picture."""
    slanting = picture("Code 128", Scene(module_px=2.5, turn_deg=turn))
    assert read_codes(slanting, Context.LABEL) == ()
    (found,) = read_codes(slanting, {Symbology.CODE_128}, effort=Effort.SEARCH)
    assert found.text == SPECIMENS["Code 128"].text
    assert found.centre == pytest.approx((320, 240), abs=25)
    (ax, ay), (bx, by) = found.corners[:2]
    slant = np.rad2deg(np.arctan2(by - ay, bx - ax))
    assert abs((slant - turn + 90) % 180 - 90) < 16


@pytest.mark.parametrize(
    ("name", "scene"),
    [
        ("Data Matrix", Scene(module_px=5, noise=70)),
        ("QR", Scene(module_px=4, noise=60)),
        ("Code 128", Scene(module_px=2.5, noise=60)),
        ("EAN-13", Scene(module_px=3, turn_deg=45)),
    ],
)
def test_K7_what_one_look_misses_is_found_by_search(name: str, scene: Scene):
    """Each of these pictures is lost to zxing-cpp alone."""
    hard = picture(name, scene)
    kind = SPECIMENS[name]
    assert texts(read_codes(hard, Context.PACKAGE)) == set()
    assert texts(read_codes(hard, Context.PACKAGE, effort=Effort.SEARCH)) == {kind.text}


def test_K7_a_search_ends_with_the_first_way_that_found_enough():
    """And goes on where more is wanted than was found."""
    easy = picture("Data Matrix", Scene(module_px=5), (160, 320))
    slanting = picture("Code 128", Scene(module_px=1.8, turn_deg=45), (360, 320))
    page = np.hstack([easy, slanting])
    assert len(read_codes(page, Context.LABEL, effort=Effort.SEARCH)) == 1
    assert len(read_codes(page, Context.LABEL, effort=Effort.SEARCH, wanted=2)) == 2


@pytest.mark.parametrize("name", ["GS1 DataMatrix", "EAN-13"])
def test_K7_nothing_is_found_twice_by_all_ways_together(name: str):
    """Every way finds the same easy symbol, at places a few pixels apart."""
    easy = picture(name, Scene(module_px=2.5), (320, 200))
    found = read_codes(easy, Context.PACKAGE, effort=Effort.SEARCH, wanted=None)
    assert [each.text for each in found] == [SPECIMENS[name].text]


def test_K7_nothing_is_found_in_noise():
    """Not by any way of any reader, in any kind of code, short numbers and film edges included."""
    noise = np.random.default_rng(1).integers(0, 256, (90, 120)).astype(np.uint8)
    assert read_codes(noise, Context.ANY, effort=Effort.SEARCH, wanted=None) == ()


def test_K7_every_prepared_picture_leads_back_to_the_one_it_was_made_from():
    """A symbol's corner is where it was, within two pixels, whatever was done to the picture."""
    page = np.roll(picture("Data Matrix", Scene(module_px=6), (400, 300)), (50, -90), (0, 1))
    (upright,) = read_with_zxing(page, {Symbology.DATAMATRIX})
    seen = 0
    for other in prepared(page, has_linear=True):
        for found in map(other.returned, read_with_zxing(other.picture, {Symbology.DATAMATRIX})):
            seen += 1
            assert np.array(found.corners) == pytest.approx(np.array(upright.corners), abs=3)
    assert seen >= 5


@pytest.mark.parametrize("shape", [(1, 60_000), (60_000, 1)])
def test_K7_a_picture_of_one_row_is_not_turned_into_a_square_of_its_length(shape: tuple[int, int]):
    """Sixty thousand pixels would become two thousand million."""
    sizes = [other.picture.size for other in prepared(np.zeros(shape, np.uint8), has_linear=True)]
    assert max(sizes) <= 1_000_000


def test_K7_without_the_second_opinions_the_rest_works(monkeypatch: pytest.MonkeyPatch):
    """libzbar0 and libdmtx0b are the system's, and may be absent: they find nothing then, and stop nobody."""
    monkeypatch.setattr(reader_zbar, "_library", lambda: None)
    monkeypatch.setattr(reader_dmtx, "library", lambda: None)
    assert not reader_zbar.is_zbar_here()
    assert not reader_dmtx.is_dmtx_here()
    clear = picture("Data Matrix", Scene(module_px=5), (160, 160))
    assert read_with_zbar(clear, {Symbology.QR}) == read_with_dmtx(clear) == []
    assert texts(read_codes(clear, effort=Effort.SEARCH, wanted=None)) == {SPECIMENS["Data Matrix"].text}


@pytest.mark.skipif(not is_zbar_here(), reason="libzbar0 is not installed: no second opinion to ask")
def test_K7_the_second_opinion_finds_what_the_first_does_not():
    """A GS1-128 that leans away: zbar reads it, and says that it is GS1."""
    leaning = picture("GS1-128", Scene(module_px=1.5, lean=0.15))
    assert read_with_zxing(leaning, {Symbology.CODE_128}) == []
    (found,) = read_codes(leaning, {Symbology.CODE_128}, effort=Effort.SEARCH)
    assert (found.reader, found.aim, found.text) == ("zbar", "]C1", SPECIMENS["GS1-128"].text)


@needs_dmtx
def test_K7_libdmtx_says_the_same_bytes_kind_and_place():
    """FNC1 and the separators too, which pylibdmtx's own decode loses."""
    page = np.roll(picture("GS1 DataMatrix", Scene(module_px=5, turn_deg=40), (360, 300)), (40, 80), (0, 1))
    (by_dmtx,) = read_with_dmtx(page, limit_ms=3000)
    (by_zxing,) = read_with_zxing(page, {Symbology.DATAMATRIX})
    assert (by_dmtx.aim, by_dmtx.content) == (by_zxing.aim, by_zxing.content)
    assert np.array(by_dmtx.corners) == pytest.approx(np.array(by_zxing.corners), abs=6)


@needs_dmtx
def test_K7_a_picture_on_which_libdmtx_dies_kills_its_child_only(monkeypatch: pytest.MonkeyPatch):
    """A picture of one pixel makes libdmtx 0.7.7 abort. We do not ask it below ten, and need not know all such."""
    monkeypatch.setattr(reader_dmtx, "SMALLEST", 1)
    assert read_with_dmtx(np.zeros((1, 1), np.uint8)) == []


@pytest.mark.parametrize("child", ["exit 134", "kill -ABRT $$", "exec sleep 600"])
def test_K7_a_child_that_dies_or_hangs_has_found_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, child: str):
    """Whatever libdmtx does to it; one that hangs is killed."""
    (tmp_path / "python").write_text(f"#!/bin/sh\n{child}\n")
    (tmp_path / "python").chmod(0o755)
    monkeypatch.setattr(reader_dmtx.sys, "executable", str(tmp_path / "python"))
    monkeypatch.setattr(reader_dmtx, "library", object)
    monkeypatch.setattr(reader_dmtx, "PATIENCE_S", 0.1)
    assert read_with_dmtx(np.zeros((20, 20), np.uint8), limit_ms=1) == []
