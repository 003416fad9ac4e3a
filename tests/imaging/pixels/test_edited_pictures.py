"""Edits carried out (O9): as Pillow and plain numbers do them; small as large; nothing else in the file."""

import io

import numpy as np
import pytest
from PIL import Image, ImageCms

from imaging.errors import ScanRefused
from imaging.pixels.darkroom import Darkroom
from imaging.pixels.limits import Limits
from imaging.pixels.picture import Edited
from imaging.pixels.testing import draw_scan, scan_bytes
from imaging.pixels.testing_tiff import tiff_of
from imaging.pixels.wire import Made, believed, edited_of
from photocore.edit_codes import read_code
from photocore.edit_tones import curves_of, mixing_of
from photocore.edits import NO_EDIT, shape_of


def smooth(width=600, height=400):
    """Return a picture without grain, each corner another colour, so that places can be told and JPEG loses little."""
    x, y = np.meshgrid(np.linspace(0, 1, width), np.linspace(0, 1, height))
    rings = 0.5 + 0.5 * np.cos(12 * np.hypot(x - 0.3, y - 0.6))
    return (np.stack([x, y, rings], axis=2) * 200 + 30).astype(np.uint8)


def png(pixels) -> bytes:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return file.getvalue()


def opened(edited: Edited) -> Image.Image:
    picture = Image.open(io.BytesIO(edited.header + edited.body))
    assert picture.size == (edited.width, edited.height)
    return picture.convert("RGB")


def differ(one, other) -> float:
    """Return how far two pictures are apart, as the root of the mean square of counts; a border of 3 is left out."""
    a, b = (np.asarray(picture, dtype=float)[3:-3, 3:-3] for picture in (one, other))
    assert a.shape == b.shape
    return float(np.sqrt(((a - b) ** 2).mean()))


@pytest.mark.parametrize(
    ("code", "how"),
    [
        ("f", [Image.Transpose.FLIP_LEFT_RIGHT]),
        ("r1", [Image.Transpose.ROTATE_270]),
        ("r2", [Image.Transpose.ROTATE_180]),
        ("r3", [Image.Transpose.ROTATE_90]),
        ("f~r1", [Image.Transpose.FLIP_LEFT_RIGHT, Image.Transpose.ROTATE_270]),
    ],
)
def test_O9_turning_and_mirroring_are_what_pillow_does(darkroom, filed, code, how):
    wanted = Image.fromarray(smooth())
    for one in how:
        wanted = wanted.transpose(one)

    assert differ(opened(darkroom.edit_now(filed(png(smooth())), read_code(code))), wanted) < 2


def test_O9_a_crop_is_cut_out_of_the_turned_picture(darkroom, filed):
    wanted = Image.fromarray(smooth()).transpose(Image.Transpose.ROTATE_270).crop((40, 120, 240, 420))

    edited = darkroom.edit_now(filed(png(smooth())), read_code("r1~c0.1,0.2,0.5,0.5"))

    assert differ(opened(edited), wanted) < 2


@pytest.mark.parametrize("degrees", [-20, -3.5, 0.4, 7, 45])
def test_O9_straightening_turns_clockwise_and_leaves_no_empty_corner(darkroom, filed, degrees):
    edit = read_code(f"s{degrees}")
    wide, high = shape_of(edit, 600, 400)
    turned = Image.fromarray(smooth()).rotate(-degrees, resample=Image.Resampling.BICUBIC, fillcolor=(255, 0, 255))
    left, top = (600 - wide) // 2, (400 - high) // 2

    edited = darkroom.edit_now(filed(png(smooth())), edit)

    assert (edited.width, edited.height) == (wide, high)
    assert differ(opened(edited), turned.crop((left, top, left + wide, top + high))) < 3


def test_O9_a_crop_of_a_straightened_picture_is_a_part_of_it(darkroom, filed):
    path = filed(png(smooth()))
    whole = opened(darkroom.edit_now(path, read_code("s8")))
    left, top = round(whole.width * 0.25), round(whole.height * 0.5)

    part = opened(darkroom.edit_now(path, read_code("s8~c0.25,0.5,0.5,0.25")))

    assert differ(part, whole.crop((left, top, left + part.width, top + part.height))) < 3


@pytest.mark.parametrize("code", ["e0.7", "e-1.3", "k60", "k-60", "t80~g-30", "v50", "v-100", "bred", "bnone~e1~k20"])
def test_O9_light_and_colour_are_what_the_numbers_say(darkroom, filed, code):
    edit, pixels = read_code(code), smooth()
    wanted = np.stack(
        [
            np.array([round(curve(count / 255) * 255) for count in range(256)])[pixels[..., band]]
            for band, curve in enumerate(curves_of(edit))
        ],
        axis=2,
    ).astype(float)
    if matrix := mixing_of(edit):
        wanted = (wanted @ np.array(matrix).T).clip(0, 255)

    assert differ(opened(darkroom.edit_now(filed(png(pixels)), edit)), wanted) < 2.5


@pytest.mark.parametrize("code", ["s4~c0.2,0.1,0.6,0.7~e0.5~t40", "f~r3~bgreen~k30", "c0,0,0.5,1~v-40"])
@pytest.mark.parametrize("media", ["jpeg", "png"])
def test_O9_a_preview_looks_like_the_whole_picture(darkroom, filed, code, media):
    pixels = smooth(1500, 1000)
    path = filed(png(pixels) if media == "png" else scan_bytes(pixels, "jpeg"))
    whole = opened(darkroom.edit_now(path, read_code(code)))

    preview = darkroom.edit_now(path, read_code(code), side=300)

    assert max(preview.width, preview.height) == 300
    small = whole.resize((preview.width, preview.height), Image.Resampling.LANCZOS)
    assert differ(opened(preview), small) < 4


def test_O9_a_small_picture_is_not_made_larger(darkroom, filed):
    edited = darkroom.edit_now(filed(png(smooth(120, 80))), read_code("e0.5"), side=2048)

    assert (edited.width, edited.height) == (120, 80)


def test_O9_sixteen_bits_are_lifted_out_of_the_dark_in_fine_steps(darkroom, filed):
    dark = np.zeros((64, 512, 3), dtype=np.uint16)
    dark[:, :, :] = np.linspace(0, 1200, 512).astype(np.uint16)[None, :, None]

    whole = opened(darkroom.edit_now(filed(tiff_of(dark)), read_code("e3")))

    assert len(np.unique(np.asarray(whole)[32, :, 1])) > 12  # in 8 bits there were five


def test_O9_a_picture_that_lies_on_its_side_is_edited_upright(darkroom, filed):
    upright = Image.fromarray(smooth())
    file, exif = io.BytesIO(), Image.Exif()
    exif[0x0112] = 6
    upright.transpose(Image.Transpose.ROTATE_90).save(file, "JPEG", quality=95, subsampling=0, exif=exif)

    edited = darkroom.edit_now(filed(file.getvalue()), read_code("c0,0,0.5,0.5"))

    assert differ(opened(edited), upright.crop((0, 0, 300, 200))) < 3


def test_O9_nothing_but_the_picture_is_in_an_edited_file(darkroom, filed):
    file, exif = io.BytesIO(), Image.Exif()
    exif[0x010E], exif[0x8298] = "Grandma at home", "Somebody's name"
    exif.get_ifd(0x8825)[2] = (52.0, 31.0, 12.0)
    icc = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    Image.fromarray(smooth()).save(file, "JPEG", exif=exif, icc_profile=icc, comment=b"a comment")

    for side in (0, 300):
        edited = darkroom.edit_now(filed(file.getvalue()), read_code("e0.2"), side=side)
        whole = edited.header + edited.body
        assert not any(sign in whole for sign in (b"Exif", b"Grandma", b"Somebody", b"ICC_PROFILE", b"comment"))


def test_attack_A10_what_is_no_picture_is_refused_and_the_next_is_edited(darkroom, filed):
    for raw in (b"", b"<svg/>", b"\xff\xd8\xff\xe0" + b"x" * 4000, png(smooth())[:5000]):
        with pytest.raises(ScanRefused):
            darkroom.edit_now(filed(raw), read_code("r1"), side=300)
    assert darkroom.edit_now(filed(png(smooth())), NO_EDIT, side=300).width == 300


def test_attack_A10_an_edited_picture_that_is_none_is_not_believed(darkroom, filed):
    with Darkroom(children=1):
        edited = darkroom.edit_now(filed(png(smooth())), NO_EDIT, side=300)
    probe = darkroom.probe_now(filed(png(smooth())))
    lies = [
        Edited(header=edited.header, body=edited.body, width=9, height=9),
        Edited(header=b"<html>", body=b"<script>", width=300, height=200),
        Edited(header=edited.header + b"\xff\xfe\0\4hi", body=edited.body, width=300, height=200),
    ]
    for lie in lies:
        with pytest.raises(ScanRefused):
            believed(Made(probe=probe, edited=lie), Limits())
    with pytest.raises(ScanRefused):
        edited_of(Made(probe=probe, edited=edited), 200)
    with pytest.raises(ScanRefused):
        edited_of(Made(probe=probe), 0)


def test_O9_film_grain_at_full_size_is_edited_in_all_its_pixels(darkroom, filed):
    pixels = draw_scan(5, 900, 600)

    edited = darkroom.edit_now(filed(scan_bytes(pixels, "png")), read_code("r1"))

    assert (edited.width, edited.height) == (600, 900)
    assert differ(opened(edited), Image.fromarray(pixels).transpose(Image.Transpose.ROTATE_270)) < 6
