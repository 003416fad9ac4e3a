"""Edge codes vote: what runs on is believed, what does not is broken, and a second run is an alarm.

The layout by which codes are turned round here is that of zxing-cpp's reader (standards 6): 23 bits, of which 0, 8, 20
and 22 are separators, 1 to 7 part one, 9 to 12 part two, 13 to 18 the frame, 19 the half, 21 the parity. Before them
stands 10101, behind them 101.
"""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from photocore.film import EdgeCode, FilmType
from photocore.film_runs import MOST_READINGS, MOST_RUNS, EdgeReading, read_runs

PORTRA = FilmType(dx1=95, dx2=13)
GOLD = FilmType(dx1=78, dx2=2)
films = st.builds(FilmType, dx1=st.integers(1, 127), dx2=st.integers(0, 15))


def strip(
    film: FilmType, first: int, count: int, *, at: float = 100.0, step: float = 190.0, by: int = 1, piece: int = 0
):
    """Return the readings of ``count`` half frames in a row."""
    return [
        EdgeReading(code=EdgeCode(film=film, half_frame=first + by * n), at=at + step * n, piece=piece)
        for n in range(count)
        if 0 <= first + by * n <= 127
    ]


def backwards(code: EdgeCode) -> EdgeCode | None:
    """Return what a reader makes of a code from the wrong end; None where it notices."""
    bits = [0] * 23
    bits[1:8] = [int(bit) for bit in f"{code.film.dx1:07b}"]
    bits[9:13] = [int(bit) for bit in f"{code.film.dx2:04b}"]
    bits[13:20] = [int(bit) for bit in f"{code.half_frame:07b}"]
    bits[21] = sum(bits) % 2
    whole = [1, 0, 1, 0, 1, *bits, 1, 0, 1][::-1]  # start, data, stop
    if whole[:5] != [1, 0, 1, 0, 1] or whole[-3:] != [1, 0, 1]:
        return None
    turned = whole[5:-3]
    if turned[0] or turned[8] or turned[20] or turned[22] or sum(turned[:21]) % 2 != turned[21]:
        return None
    dx1, dx2, half = (int("".join(map(str, turned[a:b])), 2) for a, b in ((1, 8), (9, 13), (13, 20)))
    return EdgeCode(film=FilmType(dx1=dx1, dx2=dx2), half_frame=half) if dx1 else None


def test_O13_the_measured_reversed_reading_is_what_the_layout_says():
    """115-10/11A came back as 116-10/51A (research, hardware 4): so these tests turn codes round as readers do."""
    turned = backwards(EdgeCode(film=FilmType(dx1=115, dx2=10), half_frame=23))
    assert turned == EdgeCode(film=FilmType(dx1=116, dx2=10), half_frame=103)


@given(film=films, first=st.integers(0, 100), count=st.integers(3, 24), by=st.sampled_from([1, -1]))
def test_O13_a_strip_is_one_run_in_either_direction(film: FilmType, first: int, count: int, by: int):
    """Put in from either end: one film, its half frames, nothing broken."""
    start = first if by > 0 else first + count
    readings = strip(film, start, count, by=by)
    edge = read_runs(readings)
    assert edge.film == film
    assert edge.runs[0].half_frames == tuple(sorted(r.code.half_frame for r in readings))
    assert (edge.runs[0].is_forward, edge.is_mixed, edge.broken) == (by > 0, False, 0)


@given(film=films, first=st.integers(0, 80), count=st.integers(3, 40))
def test_O13_no_strip_read_backwards_is_ever_believed(film: FilmType, first: int, count: int):
    """Every code of it that passes its parity, and never three that step: whatever film and frames."""
    turned = [(backwards(reading.code), reading.at) for reading in strip(film, first, count)]
    assert read_runs([EdgeReading(code=code, at=at) for code, at in turned if code]).runs == ()


@settings(max_examples=40)
@given(
    first=st.integers(0, 80),
    count=st.integers(5, 24),
    noise=st.lists(st.tuples(films, st.integers(0, 127), st.floats(0, 5000, allow_nan=False)), max_size=6),
)
def test_O13_stray_readings_change_nothing_that_runs(first: int, count: int, noise: list[tuple[FilmType, int, float]]):
    """Misread codes among good ones: the strip's own run is still there, whole."""
    good = strip(PORTRA, first, count)
    stray = [EdgeReading(code=EdgeCode(film=film, half_frame=half), at=at) for film, half, at in noise]
    runs = [run for run in read_runs([*stray, *good]).runs if run.film == PORTRA]
    assert {reading.code.half_frame for reading in good} <= {half for run in runs for half in run.half_frames}


def test_O13_two_half_frames_are_not_enough():
    """Three must agree before one is believed; the two are counted as broken."""
    edge = read_runs(strip(PORTRA, 22, 2))
    assert (edge.runs, edge.film, edge.broken) == ((), None, 2)


def test_O13_the_same_half_frame_three_times_is_one_witness():
    """A film that stands still proves nothing; read thrice it is one reading."""
    assert read_runs(strip(PORTRA, 22, 1) * 3).runs == ()
    assert read_runs([EdgeReading(code=EdgeCode(film=PORTRA, half_frame=22), at=n) for n in (1, 2, 3)]).runs == ()


def test_O13_gaps_are_no_break():
    """Codes that could not be read leave a run whole, as its numbers go as far as it lies apart."""
    edge = read_runs(strip(PORTRA, 10, 20)[::3])
    assert [run.half_frames for run in edge.runs] == [(10, 13, 16, 19, 22, 25, 28)]


def test_O13_a_number_out_of_its_place_is_broken():
    """28A at the end of a strip that ends with 16 steps in the right direction, but too far."""
    wrong = EdgeReading(code=EdgeCode(film=PORTRA, half_frame=57), at=100.0 + 190 * 12)
    edge = read_runs([*strip(PORTRA, 20, 12), wrong])
    assert edge.runs[0].half_frames == tuple(range(20, 32))
    assert edge.broken == 1


def test_O13_another_film_in_mid_roll_is_an_alarm():
    """Two rolls spliced together: both run, in their order."""
    edge = read_runs(strip(PORTRA, 20, 8) + strip(GOLD, 3, 6, at=100.0 + 190 * 8))
    assert (edge.films, edge.film, edge.is_mixed) == ((PORTRA, GOLD), None, True)


@pytest.mark.parametrize(("first", "by"), [(4, 1), (12, -1)])
def test_O13_the_same_film_from_another_roll_is_an_alarm(first: int, by: int):
    """Its numbers begin anew, or turn round: no one roll does that."""
    edge = read_runs(strip(PORTRA, 20, 8) + strip(PORTRA, first, 6, at=100.0 + 190 * 8, by=by))
    assert (edge.film, edge.is_mixed) == (PORTRA, True)


def test_O13_a_roll_cut_into_pieces_is_one_roll():
    """A blank frame that was not scanned leaves a gap in the numbers and none in the pictures."""
    pieces = strip(PORTRA, 2, 10, at=0.0, step=0.5) + strip(PORTRA, 16, 10, at=5.0, step=0.5)
    edge = read_runs(pieces)
    assert (len(edge.runs), edge.film, edge.is_mixed, edge.broken) == (2, PORTRA, False, 0)
    assert edge.unseen == ("6", "7")


@pytest.mark.parametrize("by", [1, -1])
def test_O13_pieces_may_come_in_any_order_and_either_way_round(by: int):
    """The second strip of a roll before the first, or upside down: still one roll."""
    later, earlier = strip(PORTRA, 24, 12), strip(PORTRA, 10 if by > 0 else 21, 12, at=9000.0, by=by, piece=1)
    assert not read_runs([*later, *earlier]).is_mixed


def test_O13_single_frames_run_from_one_picture_to_the_next():
    """Two half frames a picture are too few alone; in the folder's order they bear each other out."""
    frames = [
        EdgeReading(code=EdgeCode(film=PORTRA, half_frame=20 + 2 * n + half), at=n + 0.2 + half * 0.53, piece=n)
        for n in range(8)
        for half in (0, 1)
    ]
    edge = read_runs(frames)
    assert [run.half_frames for run in edge.runs] == [tuple(range(20, 36))]
    assert read_runs(frames[:2]).runs == ()


def test_O13_two_pieces_with_the_same_half_frames_are_two_rolls():
    """Also of one film: no roll has a frame twice."""
    assert read_runs([*strip(PORTRA, 24, 12), *strip(PORTRA, 30, 12, at=9000.0, piece=1)]).is_mixed


def test_O13_film_without_frame_numbers_makes_no_run():
    """Old film tells its kind only; nothing steps, so nothing is proven."""
    assert read_runs([EdgeReading(code=EdgeCode(film=PORTRA), at=n) for n in range(5)]).runs == ()


def test_O13_a_picture_made_to_keep_us_busy_does_not():
    """Ten thousand readings: only the first few hundred are looked at, and no more runs are sought than a roll has."""
    codes = [EdgeCode(film=FilmType(dx1=1 + n % 60, dx2=0), half_frame=n * 37 % 128) for n in range(10_000)]
    edge = read_runs([EdgeReading(code=code, at=float(n * n % 997)) for n, code in enumerate(codes)])
    assert len(edge.runs) <= MOST_RUNS
    assert edge.broken <= MOST_READINGS
    assert all(one.first <= other.first for one, other in pairwise(edge.runs))
