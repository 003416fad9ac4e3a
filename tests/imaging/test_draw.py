"""What was read is drawn on its picture: outline, number, list. Looked at in docs/pictures/readings."""

import numpy as np
import pytest
from PIL import Image

from imaging.codes.reader import read_codes
from imaging.draw import COLOURS, MOST_ROWS, Mark, draw_marks, marks_of
from imaging.testing import SPECIMENS, Scene, photograph

SQUARE = ((100.0, 100.0), (200.0, 100.0), (200.0, 200.0), (100.0, 200.0))


def colours_at(image: Image.Image, x: int, y: int) -> set[str]:
    """Return the colours within three pixels of a point."""
    near = image.crop((x - 3, y - 3, x + 4, y + 4))
    return {"#" + bytes(pixel).hex().upper() for pixel in np.asarray(near).reshape(-1, 3).tolist()}


@pytest.mark.parametrize("tone", COLOURS)
def test_K7_an_outline_stands_where_the_code_was_found_in_its_tone(tone: str):
    """On the four sides, whatever the picture's own colours; the picture handed in is not touched."""
    picture = Image.new("L", (600, 400), 90)
    drawn = draw_marks(picture, [Mark(SQUARE, "one", tone)])
    for x, y in ((160, 100), (200, 150), (150, 200), (100, 160)):
        assert COLOURS[tone] in colours_at(drawn, x, y)
    assert picture.getextrema() == (90, 90)
    assert drawn.crop((210, 210, 600, 400)).getextrema() == ((90, 90),) * 3


def test_K7_the_list_stands_below_the_picture_and_grows_with_the_readings():
    """Up to forty rows; what is more is counted."""
    picture = np.full((400, 600), 90, np.uint8)
    heights = [draw_marks(picture, [Mark(SQUARE, "x")] * count).height for count in (0, 1, 2, MOST_ROWS, 900)]
    assert heights == sorted(heights)
    assert heights[0] == heights[1] > 400
    assert heights[4] - heights[3] == heights[2] - heights[1]


def test_K7_a_picture_one_pixel_wide_is_not_enlarged_until_it_fills_the_memory():
    """As wide as others it would have been 480 times as high: ten gigabytes for six kilobytes."""
    drawn = draw_marks(np.full((60_000, 1), 90, np.uint8), [Mark(SQUARE, "one")])
    assert drawn.width * drawn.height < 5_000_000


def test_K7_a_small_picture_is_enlarged_with_its_outlines():
    """A label of 150 pixels would have no room for its own list."""
    drawn = draw_marks(np.full((100, 150), 90, np.uint8), [Mark(((10, 10), (40, 10), (40, 40), (10, 40)), "one")])
    assert drawn.width == 600
    assert COLOURS["good"] in colours_at(drawn, 100, 40)


def test_K7_readings_become_marks_that_tell_kind_text_and_reader():
    """And an unbounded or unprintable text breaks nothing."""
    (found,) = read_codes(photograph(SPECIMENS["GS1 DataMatrix"].symbol(), Scene(module_px=5), 1))
    (mark,) = marks_of([found])
    assert mark.text == f"datamatrix  {found.text}  zxing"
    assert draw_marks(np.zeros((50, 50), np.uint8), [mark, Mark(SQUARE, "\x00\u202e" * 9000)], "\n").size[0] == 500
