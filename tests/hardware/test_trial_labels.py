"""Labels that stand for nothing, and a print that is moved on its label."""

import numpy as np
import pytest
from PIL import Image

from hardware.printer.profile import load_profile
from hardware.printer.raster import Raster, picture_of
from hardware.render.composer import PrintComposer
from hardware.render.label import LabelRenderer
from hardware.render.shift import shifted
from hardware.render.symbols import read_back
from photocore.label import TrialLabel
from photocore.settings import locate_config

PROFILES = ("epson-tm-l90", "generic-58mm")


def dots_of(raster: Raster) -> np.ndarray:
    """Return the raster's dots as rows and columns."""
    return np.unpackbits(np.frombuffer(raster.rows, dtype=np.uint8)).reshape(raster.height, raster.width)


def raster_of(dots: np.ndarray) -> Raster:
    """Return dots as a raster."""
    return Raster(width=dots.shape[1], height=dots.shape[0], rows=np.packbits(dots).tobytes())


@pytest.mark.parametrize("profile", PROFILES)
def test_S6_a_trial_label_has_no_code_that_anybody_could_scan(profile: str) -> None:
    """Neither a test, nor a calibration, nor training's."""
    renderer = LabelRenderer(locate_config(), load_profile(locate_config(), profile))
    for label in (
        TrialLabel(title="Test label", lines=("It counts for nothing.",)),
        TrialLabel(title="Test label", has_ruler=True),
        TrialLabel(title="Roll label · Halide Gold 400", lines=("Throw it away.",), band="TRAINING"),
    ):
        raster = renderer.render(label).raster
        assert dots_of(raster).any()
        assert read_back(Image.fromarray(np.where(dots_of(raster), np.uint8(0), np.uint8(255)))) == frozenset()


def test_S6_the_band_of_training_is_black_across_the_label() -> None:
    """Nobody takes it for one that counts."""
    renderer = LabelRenderer(locate_config(), load_profile(locate_config(), "epson-tm-l90"))
    plain = dots_of(renderer.render(TrialLabel(title="Roll label")).raster)
    banded = dots_of(renderer.render(TrialLabel(title="Roll label", band="TRAINING")).raster)
    assert banded.mean() > plain.mean() + 0.1


def test_S6_a_print_is_moved_by_so_many_dots_and_loses_no_ink() -> None:
    """To the right and down, and back again."""
    dots = np.zeros((40, 64), dtype=np.uint8)
    dots[10:20, 16:30] = 1
    moved = dots_of(shifted(raster_of(dots), 5, -3))
    assert (moved[7:17, 21:35] == 1).all()
    assert moved.sum() == dots.sum()
    assert shifted(raster_of(moved), -5, 3) == raster_of(dots)


@pytest.mark.parametrize(("right", "down"), [(99, 0), (-99, 0), (0, 99), (0, -99), (99, -99)])
def test_S6_what_would_be_pushed_over_the_edge_stays_at_it(right: int, down: int) -> None:
    """A label's codes are never cut, however far it is moved."""
    dots = np.zeros((40, 64), dtype=np.uint8)
    dots[10:20, 16:30] = 1
    moved = dots_of(shifted(raster_of(dots), right, down))
    assert moved.sum() == dots.sum()
    ys, xs = np.nonzero(moved)
    assert right <= 0 or xs.max() == 63
    assert right >= 0 or xs.min() == 0
    assert down <= 0 or ys.max() == 39
    assert down >= 0 or ys.min() == 0


def test_S6_a_white_label_stays_white() -> None:
    """There is nothing to move."""
    white = raster_of(np.zeros((8, 16), dtype=np.uint8))
    assert shifted(white, 3, 3) == white


def test_S6_the_printers_own_place_is_used_for_every_label_and_the_calibration_label_shows_its_own() -> None:
    """Half a millimetre is four dots at 203 dpi."""
    config = locate_config()
    composer = PrintComposer(config, load_profile(config, "epson-tm-l90"))
    label = TrialLabel(title="Test label", has_ruler=True)
    where_it_was = composer.compose(label)
    composer.move(20, 10)
    assert composer.compose(label) != where_it_was
    assert composer.compose(TrialLabel(title="Test label", has_ruler=True, right=0, down=0)) == where_it_was
    composer.move(0, 0)
    assert composer.compose(label) == where_it_was


def test_S6_the_ruler_has_room_to_be_moved() -> None:
    """Else nothing of a move could be seen on the calibration label."""
    renderer = LabelRenderer(locate_config(), load_profile(locate_config(), "epson-tm-l90"))
    raster = renderer.render(TrialLabel(title="Test label", has_ruler=True)).raster
    most = round(50 / 10 * 8)
    left, right = (dots_of(shifted(raster, way, 0)) for way in (-most, most))
    first = np.flatnonzero(dots_of(raster).any(axis=0))[0]
    assert np.flatnonzero(left.any(axis=0))[0] == first - most
    assert np.flatnonzero(right.any(axis=0))[0] == first + most
    assert picture_of(raster).height == raster.height


def test_S6_a_trial_label_in_arabic_begins_at_the_right() -> None:
    """Its words are the staff's, and stand where they begin to read."""
    renderer = LabelRenderer(locate_config(), load_profile(locate_config(), "epson-tm-l90"))
    ink = {
        language: np.flatnonzero(
            dots_of(renderer.render(TrialLabel(title=title, language=language)).raster).any(axis=0)
        )
        for language, title in (("en", "Test label"), ("ar", "ملصق تجريبي"), ("ja", "テストラベル"))
    }
    wide = 72.0 * 8
    assert ink["en"][0] < wide / 10
    assert ink["ja"][0] < wide / 10
    assert ink["ar"][0] > wide / 3
