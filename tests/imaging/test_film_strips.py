"""Scans of developed film (O13): the roll by its leader, the film and its frames by its edge, an alarm for two rolls.

The strips are drawn (imaging/testing_film.py) with zxing-cpp's own edge codes; real film, its density and its dust, was
never before these readers (docs/film.md).
"""

from itertools import pairwise

import numpy as np
import pytest
from PIL import Image

from imaging.codes import strip as strips
from imaging.codes.edge import read_edge, witnesses
from imaging.codes.strip import read_strip
from imaging.errors import PictureRefused
from imaging.testing_film import EDGE_MODULE_MM, Strip, draw_strip, house_label, sgtin_label
from photocore.codes import mint_house_roll
from photocore.film import FilmType
from photocore.testing import KnownShop, SeededEntropy
from photocore.twin_checks import twin_check

PORTRA = FilmType(dx1=95, dx2=13)
GOLD = FilmType(dx1=78, dx2=2)
ROLL = "(01)09501101530003(21)7H3K9QX200"
SHOP = KnownShop({"09501101530003": "roll"})
FRAMES = ("10", "10A", "11", "11A")


def film(first: int = 20, half_frames: int = 4, of: FilmType = PORTRA, **how) -> np.ndarray:
    """Return a drawn strip."""
    return draw_strip(Strip(film=of, first=first, half_frames=half_frames, **how), seed=first)


@pytest.fixture(scope="module")
def portra() -> np.ndarray:
    """Two frames of Portra 400, 10 to 11A, across the picture."""
    return film()


def test_O13_the_twin_check_on_the_leader_says_whose_roll_it_is():
    """The number of the envelope, on the film's own half of the pair."""
    seen = read_strip([film(leader=twin_check(4, 7731).text)], SHOP)
    assert [check.short for check in seen.twin_checks] == ["04-7731"]
    assert (seen.is_one_roll, str(seen.edge.film), seen.frames_in(0)) == (True, "95-13", FRAMES)


@pytest.mark.parametrize("mine", ["sgtin", "house"])
def test_O13_our_own_label_on_the_leader_says_whose_roll_it_is(mine: str):
    """A maker's roll ID, or one the store gave; with the copy, as labels have it."""
    roll = ROLL if mine == "sgtin" else mint_house_roll(SeededEntropy(1))
    label = sgtin_label(roll, "AB12C3") if mine == "sgtin" else house_label(roll, "AB12C3")
    seen = read_strip([film(leader=label)], SHOP)
    assert (seen.rolls, seen.is_one_roll, len(seen.labels)) == ((roll,), True, 1)


@pytest.mark.parametrize(("turn", "mirrored"), [(0, True), (1, False), (2, False), (3, True)])
def test_O13_film_is_read_whichever_way_it_was_put_in(portra: np.ndarray, turn: int, mirrored: bool):
    """Upside down, upright, emulsion up: the same film and frames, each code where it lies, no reversed reading."""
    scan = np.rot90(portra[:, ::-1] if mirrored else portra, turn)
    seen = read_strip([np.ascontiguousarray(scan)], SHOP)
    assert (seen.edge.film, seen.frames_in(0), seen.alarms) == (PORTRA, FRAMES, ())
    around = [[slice(max(0, int(at) - 8), int(at) + 8) for at in code.centre[::-1]] for code in seen.believed]
    assert max(scan[rows, columns].min() for rows, columns in around) < 100


@pytest.mark.parametrize(
    "how",
    [
        {"is_turned_positive": True},
        {"blur_px": 1.2, "noise": 8.0},
        pytest.param({"px": 3, "blur_px": 0.4}, marks=pytest.mark.nightly),
        pytest.param({"px": 9}, marks=pytest.mark.nightly),
        pytest.param({"noise": 14.0}, marks=pytest.mark.nightly),
    ],
)
def test_O13_film_is_read_dark_or_light_coarse_or_fine(how: dict):
    """As a negative or turned into a positive, at 180 to 550 dpi, grainy, a little out of focus."""
    assert read_strip([film(**how)], SHOP).frames_in(0) == FRAMES


@pytest.mark.parametrize("tilt", [0.5, *(pytest.param(tilt, marks=pytest.mark.nightly) for tilt in (0.2, 1.0, 1.5))])
def test_O13_film_may_lie_a_little_aslant(portra: np.ndarray, tilt: float):
    """As on a flatbed; half a degree is what the reader alone misses."""
    aslant = Image.fromarray(portra).rotate(tilt, Image.Resampling.BICUBIC, expand=True, fillcolor=205)
    assert read_strip([np.asarray(aslant)], SHOP).frames_in(0) == FRAMES


@pytest.mark.nightly
def test_O13_film_that_does_not_fill_its_scan_is_found(portra: np.ndarray):
    """A strip in the middle of a sheet: made small it shows nothing, so it is looked at large."""
    sheet = np.full((1400, portra.shape[1] + 400), 240, dtype=np.uint8)
    sheet[600 : 600 + portra.shape[0], 200 : 200 + portra.shape[1]] = portra
    assert read_strip([sheet], SHOP).frames_in(0) == FRAMES


def test_O13_single_frames_are_put_in_order_by_their_edges():
    """A folder of frames: each picture's own numbers, and the frame that is not there."""
    mm = 4 / EDGE_MODULE_MM
    whole = film(first=20, half_frames=10)
    cuts = [round((6 + 38 * n) * mm) for n in range(6)]
    frames = [np.ascontiguousarray(whole[:, one - 4 : other + 4]) for one, other in pairwise(cuts)]
    seen = read_strip(frames, SHOP)
    assert [seen.frames_in(n) for n in range(5)] == [(f"{n}", f"{n}A") for n in range(10, 15)]
    assert read_strip([*frames[:2], *frames[3:]], SHOP).edge.unseen == ("12",)


def test_O13_another_film_in_mid_roll_is_an_alarm(portra: np.ndarray):
    """Two rolls spliced into one strip: nobody's pictures are filed with another's."""
    spliced = np.hstack([portra, film(first=2, of=GOLD)])
    seen = read_strip([spliced], SHOP)
    assert not seen.is_one_roll
    assert seen.alarms == ("the film changes in mid-roll: 95-13 from picture 1, then 78-2 from picture 1",)


def test_O13_two_half_frames_of_another_film_are_an_alarm_too(portra: np.ndarray):
    """The leader's scan of one roll before the frames of another had too few codes for a run, and was passed over."""
    leader = film(first=20, half_frames=2, leader=twin_check(4, 7731).text)
    seen = read_strip([leader, film(first=24, of=GOLD)], SHOP)
    assert (seen.is_one_roll, seen.edge.films) == (False, (GOLD,))
    assert seen.alarms == ("perhaps another film: 95-13 on two half frames of picture 1",)
    assert read_strip([leader, film(first=24)], SHOP).is_one_roll


def test_O13_the_same_film_twice_is_an_alarm(portra: np.ndarray):
    """The second roll has the same frames: its numbers begin anew."""
    seen = read_strip([portra, film(first=20)], SHOP)
    assert seen.alarms == ("the frame numbers begin anew: these are two rolls of one film",)


def test_O13_two_leaders_in_one_roll_are_an_alarm():
    """Two twin checks, or two roll labels: not one roll, whatever the edge says."""
    one = film(first=20, leader=twin_check(4, 7731).text)
    other = film(first=24, leader=twin_check(4, 7732).text)
    assert read_strip([one, other], SHOP).alarms == ("more than one twin check: 04-7731, 04-7732",)


def test_O13_codes_that_do_not_run_are_told_and_not_believed():
    """Two half frames are too few."""
    seen = read_strip([film(half_frames=2)], SHOP)
    assert (seen.edge.film, seen.believed, len(seen.broken), seen.frames_in(0)) == (None, (), 2, ())


def test_O13_a_strip_without_any_code_says_nothing():
    """Old film, or a picture of something else."""
    seen = read_strip([np.full((300, 700), 200, dtype=np.uint8)], SHOP)
    assert (seen.pictures, seen.twin_checks, seen.rolls, seen.edge.runs, seen.is_one_roll) == (1, (), (), (), False)


def test_O13_a_reversed_strip_of_codes_bears_nobody_out(portra: np.ndarray):
    """What one backwards view alone makes of a strip: readings, perhaps, and no row of half frames."""
    upside_down = np.ascontiguousarray(portra[::-1, ::-1])
    assert witnesses(read_edge(upside_down).codes) == len(FRAMES)
    assert {code.text for code in read_strip([upside_down], SHOP).believed} == {f"95-13/{frame}" for frame in FRAMES}


def test_O13_what_is_no_scan_of_a_roll_is_refused(monkeypatch: pytest.MonkeyPatch):
    """Colour, nothing, and a folder of more pictures than a roll can have."""
    for broken in (np.zeros((10, 10, 3), dtype=np.uint8), np.zeros((0, 5), dtype=np.uint8)):
        with pytest.raises(PictureRefused):
            read_strip([broken], SHOP)
    monkeypatch.setattr(strips, "MOST_PICTURES", 2)
    with pytest.raises(PictureRefused, match="more rolls than one"):
        read_strip([np.full((40, 40), 200, dtype=np.uint8)] * 3, SHOP)
