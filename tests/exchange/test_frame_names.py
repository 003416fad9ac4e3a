"""A file's name says its frame, or a question is asked: nothing is guessed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.errors import IngestRefused
from exchange.frame_names import Naming, frames_of


def found(*names, **naming):
    return {name: frame.text for name, frame in frames_of(names, Naming(**naming)).items()}


@pytest.mark.parametrize(
    ("names", "frames"),
    [
        (["000123_07.tif", "000123_08.tif"], "7 8"),
        (["R1-12.jpg", "R1-12A.jpg", "R1-13.jpg"], "12 12A 13"),
        (["1.jpg", "10.jpg", "2.jpg"], "1 2 10"),
        (["7.tif"], "7"),
        (["007a.TIF"], "7A"),
        (["00.tif", "0.tif", "1.tif", "1A.tif"], "00 0 1 1A"),
        (["00.tif", "1.tif", "2.tif"], "00 1 2"),
        (["0001.tif", "0036.tif"], "1 36"),
        (["scan 3.png", "IMG_5.jpeg"], "3 5"),
        (["Fuji400_2026-11-21_01.jpg", "Fuji400_2026-11-21_02.jpg"], "1 2"),
        (["٣_1.jpg", "٣_2.jpg"], "1 2"),
    ],
)
def test_O5_the_one_number_that_differs_is_the_frame_and_files_come_in_the_films_order(names, frames):
    assert " ".join(found(*names).values()) == frames


@pytest.mark.parametrize(
    ("names", "asks"),
    [
        (["000123_07.tif"], "--frame-is"),
        (["1_07.tif", "2_08.tif"], "--frame-is"),
        (["R1-12.jpg", "R1_13.jpg"], "--frame-is"),
        (["cover.jpg", "1.jpg"], "--frames"),
        (["IMG_2025.jpg"], "--frames"),
        (["1.jpg", "1.tif"], "--only"),
        (["1.jpg", "01.jpg"], "--only"),
        (["00.tif", "01.tif", "02.tif"], "--zero-is"),
        (["000.tif", "001.tif"], "--zero-is"),
        (["00A.tif", "01.tif"], "--zero-is"),
    ],
)
def test_O5_where_a_name_leaves_a_choice_the_answer_is_asked_for(names, asks):
    with pytest.raises(IngestRefused, match=asks):
        found(*names)


def test_O5_a_person_says_which_number_it_is():
    assert found("1_07.tif", "2_08.tif", number=-1) == {"1_07.tif": "7", "2_08.tif": "8"}
    assert found("1_07.tif", "2_08.tif", number=1) == {"1_07.tif": "1", "2_08.tif": "2"}
    with pytest.raises(IngestRefused, match="no number 3"):
        found("1_07.tif", number=3)


@pytest.mark.parametrize(("zero", "frames"), [("0", "0 1"), ("00", "00 1")])
def test_O5_a_person_says_what_00_is(zero, frames):
    assert " ".join(found("00.tif", "01.tif", zero=zero).values()) == frames


def test_O5_a_table_names_files_and_the_rest_goes_by_rule():
    frames = found("cover.jpg", "01.jpg", "02.jpg", "x.jpg", mapped={"cover.jpg": "0", "x.jpg": ""})
    assert frames == {"cover.jpg": "0", "01.jpg": "1", "02.jpg": "2"}


def test_O5_a_table_that_names_what_is_not_there_is_refused():
    with pytest.raises(IngestRefused, match=r"2\.jpg, which is not in the folder"):
        found("1.jpg", mapped={"2.jpg": "2"})


def test_attack_A07_a_name_cannot_speak_to_the_terminal():
    with pytest.raises(IngestRefused) as caught:
        found("\x1b[K\udc80.jpg", "1.jpg")
    assert str(caught.value).isprintable()


@given(st.lists(st.text(max_size=12).filter(lambda name: "/" not in name), max_size=6, unique=True))
def test_attack_A07_whatever_files_are_called_there_is_an_answer_or_a_question(names):
    try:
        frames = frames_of(names, Naming())
    except IngestRefused as question:
        answer = str(question)
    else:
        answer = ""
        assert sorted(frames) == sorted(names)
        assert len({frame.text for frame in frames.values()}) == len(names)
    assert answer.isprintable()


@given(
    st.sets(st.integers(1, 99), min_size=2, max_size=40),
    st.integers(1, 5),
    st.sampled_from(["", "R1-", "00012_", "a2b_"]),
)
def test_O5_a_counted_roll_is_read_as_it_was_counted(numbers, width, before):
    frames = frames_of([f"{before}{number:0{width}}.tif" for number in numbers], Naming())
    assert [frame.text for frame in frames.values()] == [str(number) for number in sorted(numbers)]
