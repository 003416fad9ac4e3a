"""What light and colour of an edit come to (O9): grey stays grey, white stays white, nothing turns round."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from photocore.edit_steps import FILTERS
from photocore.edit_tones import SEEN_AS, curves_of, has_curves, mixing_of, table_of
from photocore.edits import NO_EDIT, Edit

hundreds = st.integers(-100, 100)
toned = st.builds(Edit, ev=st.floats(-3, 3), contrast=hundreds, temperature=hundreds, tint=hundreds)


def test_O9_no_edit_changes_no_count():
    assert table_of(NO_EDIT, 256) == bytes(count for count in range(256) for _ in range(3))
    assert not has_curves(NO_EDIT)
    assert mixing_of(NO_EDIT) is None


@given(toned)
def test_O9_no_curve_turns_round_or_leaves_its_room(edit):
    table = table_of(edit, 256)

    for band in range(3):
        counts = list(table[band::3])
        assert counts == sorted(counts)


@given(st.floats(0, 3), st.integers(0, 100))
def test_O9_black_stays_black_and_white_white_when_it_is_made_brighter(ev, contrast):
    for curve in curves_of(Edit(ev=ev, contrast=contrast)):
        assert curve(0) == pytest.approx(0, abs=1e-9)
        assert curve(1) == pytest.approx(1)


@given(toned)
def test_O9_fine_counts_and_coarse_ones_follow_one_curve(edit):
    fine, coarse = table_of(edit, 4097), table_of(edit, 257)

    assert fine[:: 3 * 16] == coarse[::3]


def test_O9_one_stop_is_twice_the_light_below_the_shoulder():
    curve = curves_of(Edit(ev=1))[0]

    assert ((curve(0.4) + 0.055) / 1.055) ** 2.4 == pytest.approx(2 * ((0.4 + 0.055) / 1.055) ** 2.4)


def test_O9_warmer_is_redder_and_magenta_less_green_and_grey_keeps_its_brightness():
    red, green, blue = (curve(0.5) for curve in curves_of(Edit(temperature=100)))
    assert red > green > blue
    red, green, blue = (curve(0.5) for curve in curves_of(Edit(tint=100)))
    assert green < red == pytest.approx(blue)

    def light(count):
        return ((count + 0.055) / 1.055) ** 2.4

    lit = sum(weight * light(one) for weight, one in zip((0.2126, 0.7152, 0.0722), (red, green, blue), strict=True))
    assert lit == pytest.approx(light(0.5), rel=1e-6)


@given(st.builds(Edit, saturation=hundreds) | st.builds(Edit, black_and_white=st.sampled_from(FILTERS)))
def test_O9_mixing_leaves_grey_as_it_is(edit):
    for row in mixing_of(edit) or ():
        assert sum(row) == pytest.approx(1)


def test_O9_a_filter_lightens_its_own_colour():
    for name, band in (("red", 0), ("green", 1), ("blue", 2)):
        assert SEEN_AS[name][band] > SEEN_AS["none"][band]
    assert len({*(mixing_of(Edit(black_and_white="red")) or ())}) == 1
