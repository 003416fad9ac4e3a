"""Edits are instructions in a normal form (O9): however they were written down, what looks equal is equal."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from photocore.edit_codes import LONGEST_CODE, code_of, read_code
from photocore.edit_steps import (
    FILTERS,
    BlackAndWhite,
    Contrast,
    Crop,
    Exposure,
    Flip,
    Rotate,
    Saturation,
    Straighten,
    Temperature,
    Tint,
)
from photocore.edits import NO_EDIT, Edit, digest_of, fold, kept_by, read_edit, shape_of, taken_over, write_edit
from photocore.errors import EditMalformed

hundreds = st.integers(-100, 100)


@st.composite
def crops(draw: st.DrawFn) -> Crop:
    width, height = draw(st.floats(0.1, 1)), draw(st.floats(0.1, 1))
    return Crop(x=draw(st.floats(0, 1 - width)), y=draw(st.floats(0, 1 - height)), width=width, height=height)


edits = st.builds(
    Edit,
    is_flipped=st.booleans(),
    turns=st.integers(0, 3),
    degrees=st.floats(-45, 45),
    crop=st.none() | crops(),
    ev=st.floats(-3, 3),
    contrast=hundreds,
    temperature=hundreds,
    tint=hundreds,
    saturation=hundreds,
    black_and_white=st.none() | st.sampled_from(FILTERS),
)
shapes = st.tuples(st.integers(50, 4000), st.integers(50, 4000))
moves = st.lists(st.builds(Rotate, turns=st.integers(-9, 9)) | st.just(Flip()), max_size=12)


@given(edits)
def test_O9_an_edit_comes_back_from_its_instructions_its_json_and_its_code(edit):
    assert fold(edit.instructions) == edit
    assert read_edit(write_edit(edit)) == edit
    assert read_code(code_of(edit)) == edit
    assert len(code_of(edit)) <= LONGEST_CODE


@given(edits)
def test_O9_equal_edits_have_one_name(edit):
    again = read_edit(write_edit(edit))

    assert digest_of(again) == digest_of(edit)
    assert digest_of(replace(edit, turns=(edit.turns + 1) % 4)) != digest_of(edit)


def corners_of(edit):
    """Return where the corners of a unit square are moved by mirroring and turning alone."""
    points = [(0, 0), (1, 0), (1, 1), (0, 1)]
    if edit.is_flipped:
        points = [(1 - x, y) for x, y in points]
    for _ in range(edit.turns):
        points = [(1 - y, x) for x, y in points]
    return points


@given(moves)
def test_O9_turns_and_mirrorings_fold_into_what_they_do_one_after_the_other(steps):
    points = [(0, 0), (1, 0), (1, 1), (0, 1)]
    for step in steps:
        if isinstance(step, Flip):
            points = [(1 - x, y) for x, y in points]
        else:
            for _ in range(step.turns % 4):
                points = [(1 - y, x) for x, y in points]

    assert corners_of(fold(steps)) == points


@given(crops(), moves)
def test_O9_a_crop_goes_along_when_the_picture_is_turned(crop, steps):
    there = fold([crop, *steps])
    back = [Flip() if isinstance(step, Flip) else Rotate(turns=-step.turns) for step in reversed(steps)]

    again = fold([*there.instructions, *back])

    assert (again.turns, again.is_flipped) == (0, False)
    wanted = fold([crop]).crop or Crop(x=0, y=0, width=1, height=1)
    found = again.crop or Crop(x=0, y=0, width=1, height=1)
    for side in ("x", "y", "width", "height"):
        assert getattr(found, side) == pytest.approx(getattr(wanted, side), abs=1e-5)


def test_O9_a_full_turn_a_whole_crop_and_nought_are_no_edit():
    nothing = [
        Rotate(turns=1),
        Rotate(turns=3),
        Flip(),
        Flip(),
        Straighten(degrees=0.001),
        Crop(x=0, y=0, width=1, height=1),
        Exposure(ev=0),
        Contrast(by=5),
        Contrast(by=0),
        Temperature(by=0),
        Tint(by=0),
        Saturation(by=0),
    ]

    assert fold(nothing) == NO_EDIT
    assert (code_of(NO_EDIT), write_edit(NO_EDIT)) == ("", b"[]")


def test_O9_a_crop_of_a_crop_is_one_crop():
    half = Crop(x=0.5, y=0, width=0.5, height=1)

    assert fold([half, half]).crop == Crop(x=0.75, y=0, width=0.25, height=1)


def test_O9_mirroring_turns_a_straightening_round():
    assert fold([Straighten(degrees=3), Flip()]) == Edit(is_flipped=True, degrees=-3)


def test_O9_black_and_white_has_no_strength_of_colour():
    assert fold([Saturation(by=40), BlackAndWhite(filter="red")]) == Edit(black_and_white="red")


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"{}",
        b"[[]]",
        b'[{"do":"rotate"}]',
        b'[{"do":"erase"}]',
        b'[{"do":"rotate","turns":1.5}]',
        b'[{"do":"rotate","turns":"1"}]',
        b'[{"do":"rotate","turns":1000}]',
        b'[{"do":"flip","also":1}]',
        b'[{"do":"exposure","ev":NaN}]',
        b'[{"do":"exposure","ev":1e999}]',
        b'[{"do":"exposure","ev":3.5}]',
        b'[{"do":"contrast","by":101}]',
        b'[{"do":"contrast","by":true}]',
        b'[{"do":"straighten","degrees":46}]',
        b'[{"do":"crop","x":0,"y":0,"width":0.01,"height":1}]',
        b'[{"do":"crop","x":0.6,"y":0,"width":0.5,"height":1}]',
        b'[{"do":"crop","x":-0.1,"y":0,"width":0.5,"height":1}]',
        b'[{"do":"crop","x":0.5,"y":0,"width":0.5,"height":1},{"do":"straighten","degrees":2}]',
        b'[{"do":"black-and-white","filter":"pink"}]',
        b"[" + b'{"do":"flip"},' * 200 + b'{"do":"flip"}]',
        b"[" * 100_000,
        b'[{"do":"\xff"}]',
    ],
)
def test_attack_what_is_no_list_of_instructions_is_refused(text):
    with pytest.raises(EditMalformed):
        read_edit(text)


@pytest.mark.parametrize(
    "code",
    ["x1", "r", "r1,2", "c0,0,1", "c0,0,1,1,1", "rNaN", "e1e3", "e٣", "e9", "k1000", "b", "bpink", "f1", "~", "r1~~f",
     "<script>", "e0." + "0" * 300, "r1~" * 100, "e\0", "s--1", "c0,0,2,2", "s+1"],
)  # fmt: skip
def test_attack_a_code_that_is_none_is_refused(code):
    with pytest.raises(EditMalformed):
        read_code(code)


@given(st.text(max_size=60))
def test_attack_any_text_is_an_edit_or_refused(text):
    try:
        edit = read_code(text)
    except EditMalformed:
        return
    assert read_code(code_of(edit)) == edit


@given(edits, st.integers(1, 9000), st.integers(1, 9000))
def test_O9_the_shape_after_an_edit_is_within_the_picture(edit, width, height):
    wide, high = shape_of(edit, width, height)

    long, short = max(width, height), min(width, height)
    assert 1 <= min(wide, high) <= short
    assert max(wide, high) <= long
    assert 0 < kept_by(edit.degrees, width, height) <= 1


@given(edits, edits)
def test_O9_what_is_copied_is_the_shape_or_the_colours_or_both(source, onto):
    both = taken_over(source, onto)
    colours = taken_over(source, onto, shape=False)
    shape = taken_over(source, onto, colours=False)

    assert both == source
    assert (colours.ev, colours.crop) == (source.ev, onto.crop)
    assert (shape.ev, shape.crop) == (onto.ev, source.crop)
    assert taken_over(source, onto, shape=False, colours=False) == onto


@given(
    edits,
    st.tuples(st.integers(50, 4000), st.integers(50, 4000)),
    st.tuples(st.integers(50, 4000), st.integers(50, 4000)),
)
def test_O9_a_crop_copied_to_another_shape_keeps_its_proportions(source, shape, other):
    copied = taken_over(source, NO_EDIT, shapes=(shape, other))

    assert copied.changes_shape or not source.changes_shape or source.crop is not None
    if source.crop is None or copied.crop is None:
        return
    wide, high = shape[::-1] if source.turns % 2 else shape
    to_wide, to_high = other[::-1] if source.turns % 2 else other
    was = source.crop.width * wide / (source.crop.height * high)
    now = copied.crop.width * to_wide / (copied.crop.height * to_high)
    is_one_shape = abs(wide * to_high / (high * to_wide) - 1) < 0.01
    is_at_its_least = min(copied.crop.width, copied.crop.height) <= 0.02001
    assert is_one_shape or is_at_its_least or now == pytest.approx(was, rel=0.01)


def test_O9_a_wide_crop_lies_in_the_middle_of_an_upright_picture():
    source = Edit(crop=Crop(x=0.25, y=0.25, width=0.5, height=0.5))

    copied = taken_over(source, NO_EDIT, shapes=((3000, 2000), (2000, 3000)))

    assert copied.crop is not None
    assert copied.crop.width * 2000 / (copied.crop.height * 3000) == pytest.approx(1.5, rel=1e-4)
    assert copied.crop.x + copied.crop.width / 2 == pytest.approx(0.5)
    assert copied.crop.width == pytest.approx(0.5)
