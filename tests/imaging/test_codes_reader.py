"""One reader over several: what is in a picture is found, where it is, as a scanner would say it."""

import numpy as np
import pytest
import zxingcpp
from numpy.typing import NDArray

from imaging.codes.contexts import Context, believed, is_believable, may_be_upc_e, symbologies_of
from imaging.codes.corners import box_around
from imaging.codes.found import Found
from imaging.codes.reader import Effort, read_codes
from imaging.codes.reader_prepared import prepared
from imaging.codes.reader_zbar import is_zbar_here, read_with_zbar
from imaging.codes.reader_zxing import read_with_zxing
from imaging.errors import PictureRefused
from imaging.testing import Scene, Specimen, photograph
from photocore.aim import Symbology
from photocore.symbology import decode

ELEMENTS = "(01)09501101530003(91)AB12(21)R12345"
TRANSMITTED = "010950110153000391AB12\x1d21R12345"
EVERY_KIND = {
    "Code128": ("TCR-7H3K9QX2MV", {}, "]C0", "TCR-7H3K9QX2MV"),
    "GS1-128": (ELEMENTS, {"gs1": True}, "]C1", TRANSMITTED),
    "DataMatrix": ("TCR-7H3K9QX2MV", {}, "]d1", "TCR-7H3K9QX2MV"),
    "GS1 DataMatrix": (ELEMENTS, {"gs1": True, "force_square": True}, "]d2", TRANSMITTED),
    "QRCode": ("https://id.example/01/09501101530003", {}, "]Q1", "https://id.example/01/09501101530003"),
    "GS1 QRCode": (ELEMENTS, {"gs1": True}, "]Q3", TRANSMITTED),
    "EAN13": ("4006381333931", {}, "]E0", "4006381333931"),
    "EAN8": ("96385074", {}, "]E4", "96385074"),
    "UPCA": ("036000291452", {}, "]E0", "0036000291452"),
    "UPCE": ("01234565", {}, "]E0", "0012345000065"),
    "ITF": ("115334", {}, "]I0", "115334"),
    "Code39": ("ABC-1", {}, "]A0", "ABC-1"),
}
"""Written by zxing-cpp; 036000291452 is the example of the GS1 General Specifications, 115334 a Portra 400."""
FORM = {"GS1-128": "Code128", "GS1 DataMatrix": "DataMatrix", "GS1 QRCode": "QRCode"}


def drawn(name: str, scale: int = 4) -> NDArray[np.uint8]:
    """Return one code on white paper."""
    content, how, _, _ = EVERY_KIND[name]
    form = getattr(zxingcpp.BarcodeFormat, FORM.get(name, name))
    symbol = np.asarray(zxingcpp.write_barcode_to_image(zxingcpp.create_barcode(content, form, **how), scale=scale))
    return np.pad(symbol, 40, constant_values=255)


def said(found: tuple[Found, ...]) -> list[tuple[str, str]]:
    return [(each.aim, each.text) for each in found]


@pytest.mark.parametrize("name", EVERY_KIND)
def test_K7_every_kind_is_read_as_a_scanner_would_say_it(name: str):
    """AIM identifier and bytes are those of a scanner's frame, and go through the scanner's own decoder."""
    _, _, aim, text = EVERY_KIND[name]
    (found,) = read_codes(drawn(name))
    assert (found.aim, found.text, found.content, found.reader) == (aim, text, text.encode(), "zxing")
    reading = decode(found.frame)
    assert (reading.aim, reading.text) == (aim, text)


@pytest.mark.skipif(not is_zbar_here(), reason="libzbar0 is not installed: no second opinion to compare")
@pytest.mark.parametrize("name", [name for name in EVERY_KIND if "DataMatrix" not in name and name != "UPCE"])
def test_K7_the_second_opinion_says_the_same_bytes_and_kind(name: str):
    """Also GS1 or not, which pyzbar itself does not tell; and at the same place."""
    _, _, aim, text = EVERY_KIND[name]
    picture = drawn(name)
    (found,) = read_with_zbar(picture, symbologies_of(Context.ANY))
    assert (found.aim, found.text, found.reader) == (aim, text, "zbar")
    assert found.is_same_symbol(read_codes(picture)[0])


def test_K7_two_labels_with_one_text_are_two_finds_and_one_label_is_one():
    """A twin check's halves carry the same number; a code read twice is still one."""
    one = drawn("GS1 DataMatrix")
    both = read_codes(np.hstack([one, one]))
    assert [each.aim for each in both] == ["]d2", "]d2"]
    assert not both[0].is_same_symbol(both[1])
    assert len(read_codes(one)) == 1


def test_K7_corners_go_clockwise_from_the_symbols_own_upper_left():
    """A symbol on its head begins at the picture's lower right."""
    upright = drawn("GS1 DataMatrix")
    (found,) = read_codes(upright)
    (left, top), _, (right, bottom), _ = found.corners
    assert left < right
    assert top < bottom
    (turned,) = read_codes(np.rot90(upright, 2).copy())
    assert turned.corners[0] > turned.corners[2]


def test_K7_only_what_is_looked_for_is_found():
    """A price code beside a label is not read by who looks for labels."""
    picture = np.vstack(
        [np.pad(drawn(name), ((0, 0), (0, 999)), constant_values=255)[:, :999] for name in ("EAN13", "Code128")]
    )
    assert said(read_codes(picture)) == [("]E0", "4006381333931"), ("]C0", "TCR-7H3K9QX2MV")]
    assert said(read_codes(picture, Context.LABEL)) == [("]C0", "TCR-7H3K9QX2MV")]
    assert said(read_codes(picture, {Symbology.EAN_13})) == [("]E0", "4006381333931")]


@pytest.mark.parametrize(
    ("text", "believed"),
    [("115334", True), ("09501101530003", True), ("0003", False), ("09501101", False), ("09501101530004", False)],
)
def test_K7_a_part_of_an_interleaved_code_is_not_believed(text: str, believed: bool):
    """``0003`` and ``09501101`` were read from codes of 14 digits by zxing-cpp and zbar (research/hardware.md 4)."""
    assert is_believable(Symbology.ITF, text) is believed


def itf(text: str, *, height: float = 40.0, x: float = 0.0) -> Found:
    """Return an Interleaved 2 of 5 reading 200 pixels long."""
    return Found(text, "]I0", text.encode(), ((x, 0.0), (x + 200, 0.0), (x + 200, height), (x, height)), "zxing")


def test_K7_six_digits_of_a_longer_interleaved_code_are_no_cartridge():
    """At its place, or the very digits of it elsewhere in the picture; and what one line alone has read."""
    cartridge, case = itf("115334", x=900.0), itf("09501101530003")
    assert believed([cartridge, case]) == [cartridge, case]
    assert believed([itf("777777", x=20.0), case]) == [case]
    assert believed([itf("095011", x=900.0), case]) == [case]
    assert believed([itf("261462", x=900.0), itf("2614628332")]) == []
    assert believed([itf("115334", height=3.0)]) == []
    assert believed([cartridge, itf("34", x=900.0)]) == [cartridge]
    assert believed([itf("115334", height=3.0), cartridge]) == [cartridge]


ASLANT = [
    ("700206157256", 55, 0.0, 59),
    ("560935296117", 33, 0.0, 44),
    ("55618959", 56, 0.0, 44),
    ("7966766353212414", 39, 0.2, 42),
    ("5221591276", 9, 0.0, 27),
]
"""Text, turn, lean and seed of codes of which zxing-cpp reads six digits."""


def test_K7_a_long_interleaved_code_that_lies_aslant_is_never_read_as_a_short_one():
    """Lines through its side read parts of it: the looks do, the search does not tell them."""
    parts = 0
    for text, turn, lean, seed in ASLANT:
        symbol = Specimen(form="ITF", content=text, aim="]I0", text=text).symbol()
        picture = photograph(symbol, Scene(module_px=3, turn_deg=turn, lean=lean), seed)
        looks = [picture, *(other.picture for other in prepared(picture, has_linear=True))]
        parts += sum(len(each.text) == 6 for look in looks for each in read_with_zxing(look, {Symbology.ITF}))
        assert read_codes(picture, {Symbology.ITF}, effort=Effort.SEARCH) == ()
    assert parts > 3


@pytest.mark.parametrize(
    ("text", "may_be"),
    [
        ("0012345000065", True),  # UPC-E 01234565, and the next three ways of leaving zeros out
        ("0014800000436", True),  # seen by zbar in a small picture of 4006381333931
        ("0012340000053", True),
        ("0012345000096", True),
        ("0101100006784", True),  # seen by zxing-cpp in a turned one
        ("0036000291452", False),
        ("4006381333931", False),
    ],
)
def test_K7_a_text_that_may_be_a_upc_e_is_known(text: str, may_be: bool):
    """By the zeros that it leaves out: a second reader's is not believed, for both saw some where there are none."""
    assert may_be_upc_e(text) is may_be


@pytest.mark.parametrize("effort", Effort)
@pytest.mark.parametrize("shape", [(1, 1), (1, 700), (700, 1), (2, 2), (3, 5)])
def test_K7_a_tiny_picture_holds_no_code(shape: tuple[int, int], effort: Effort):
    """And harms nobody."""
    assert read_codes(np.zeros(shape, np.uint8), effort=effort) == ()


@pytest.mark.parametrize("shape", [(0, 0), (0, 5), (5,), (5, 5, 3)])
def test_K7_what_is_no_grey_picture_is_refused(shape: tuple[int, ...]):
    """In a sentence."""
    with pytest.raises(PictureRefused, match="grey pictures of 8 bits"):
        read_codes(np.zeros(shape, np.uint8))


def test_K7_a_picture_that_is_too_large_is_refused_before_any_reader_sees_it():
    """Its rows are one row here: no memory is taken."""
    huge = np.broadcast_to(np.zeros((1, 20_000), np.uint8), (20_000, 20_000))
    with pytest.raises(PictureRefused, match="400 million pixels"):
        read_codes(huge)


@pytest.mark.parametrize("shape", [(1, 65_536), (65_536, 1)])
def test_K7_a_picture_longer_than_zxing_takes_is_refused(shape: tuple[int, int]):
    """And one as long as it takes is searched to the end, turned or not."""
    with pytest.raises(PictureRefused, match="65536 pixels long"):
        read_codes(np.zeros(shape, np.uint8))
    longest = np.zeros((min(65_535, shape[0]), min(65_535, shape[1])), np.uint8)
    assert read_codes(longest, {Symbology.CODE_128}, effort=Effort.SEARCH) == ()


def test_K7_a_box_round_the_points_of_a_turned_code_is_turned_with_it():
    """zbar tells points only."""
    box = box_around([(10, 0), (20, 10), (10, 20), (0, 10), (12, 2)])
    assert {(round(x), round(y)) for x, y in box} == {(10, 0), (20, 10), (10, 20), (0, 10)}
