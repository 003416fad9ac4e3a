"""Stills: upright, in 8 bits, and refused in a sentence when they are broken, foreign or too large."""

import io
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from imaging import sources_stills
from imaging.codes.reader import read_codes
from imaging.errors import PictureRefused
from imaging.sources import files_of, pictures_of
from imaging.sources_stills import grey_of, open_still
from imaging.testing import SPECIMENS, Scene, photograph

LABEL = photograph(SPECIMENS["GS1 DataMatrix"].symbol(), Scene(module_px=5), 1, (320, 240))
TEXT = SPECIMENS["GS1 DataMatrix"].text
KINDS = ("JPEG", "PNG", "TIFF", "WEBP", "BMP", "GIF", "PPM", "MPO")


def encoded(kind: str, image: Image.Image | None = None, **how: object) -> bytes:
    stream = io.BytesIO()
    (image or Image.fromarray(LABEL)).save(stream, kind, **how)
    return stream.getvalue()


def saved(folder: Path, content: bytes, name: str = "picture.bin") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def read(path: Path) -> list[str]:
    return [found.text for picture in pictures_of(path) for found in read_codes(picture.grey)]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_K7_codes_are_read_from_every_kind_of_file(tmp_path: Path, kind: str, mode: str):
    """By what its bytes say, whatever its name."""
    assert read(saved(tmp_path, encoded(kind, Image.fromarray(LABEL).convert(mode)))) == [TEXT]


@pytest.mark.parametrize("mode", ["1", "P", "LA", "RGBA", "I;16", "I", "CMYK"])
def test_K7_codes_are_read_whatever_the_pixels_are(tmp_path: Path, mode: str):
    """16 bits as film scanners make them, palettes, print colours; transparent is white."""
    if mode == "LA":  # black ink on nothing
        image = Image.merge("LA", (Image.new("L", (320, 240)), Image.fromarray(255 - LABEL)))
    elif mode == "I;16":
        image = Image.fromarray(LABEL.astype(np.uint16) * 257)
    elif mode == "I":
        image = Image.fromarray(LABEL.astype(np.int32) * 257)
    else:
        image = Image.fromarray(LABEL).convert("RGB").convert(mode)
    assert read(saved(tmp_path, encoded("TIFF", image))) == [TEXT]


@pytest.mark.parametrize("orientation", range(1, 9))
def test_K7_a_phones_picture_stands_upright(tmp_path: Path, orientation: int):
    """EXIF tag 274 (orientation) says how it was held; 1 is upright, 2 mirrored, 3 on its head, 6 and 8 on a side."""
    image = Image.fromarray(LABEL)
    image.putpixel((0, 0), 0)
    image.paste(0, (0, 0, 80, 20))
    back = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}  # Image.Transpose that undoes what the tag tells to do
    held = image.transpose(Image.Transpose(back[orientation])) if orientation > 1 else image
    exif = Image.Exif()
    exif[274] = orientation
    opened = open_still(saved(tmp_path, encoded("JPEG", held, exif=exif, quality=95))).image
    assert opened.size == (320, 240)
    assert grey_of(opened)[:20, :80].mean() < 20


@pytest.mark.parametrize(
    "content", [b"", b"not a picture", b"%PDF-1.4\n", b"\x89PNG\r\n\x1a\n", b"P5\n9999999999 1\n255\n"]
)
def test_K7_what_is_no_picture_is_refused(tmp_path: Path, content: bytes):
    """In a sentence that names the file."""
    with pytest.raises(PictureRefused, match=r"picture\.bin: "):
        open_still(saved(tmp_path, content))


def test_K7_a_file_of_another_kind_is_no_picture_to_us(tmp_path: Path):
    """Pillow reads PDF, EPS, ICO and forty more; each is a door we do not need."""
    with pytest.raises(PictureRefused, match="no picture of a kind we read"):
        open_still(saved(tmp_path, encoded("ICO")))


@pytest.mark.parametrize("side", [11_000, 1_000_000])
def test_K7_a_head_that_claims_too_much_is_refused_before_a_pixel_is_made(tmp_path: Path, side: int):
    """A PNG of 70 bytes that calls itself a million by a million (and one below Pillow's own limit)."""
    head = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    chunks = b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in ((b"IHDR", head), (b"IDAT", b"x" * 9))
    )
    with pytest.raises(PictureRefused, match="too many pixels, at most 120 million"):
        open_still(saved(tmp_path, b"\x89PNG\r\n\x1a\n" + chunks))


def test_K7_a_picture_too_long_to_be_read_is_refused_by_its_name(tmp_path: Path):
    """zxing-cpp takes no more than 65,535 pixels on a side."""
    with pytest.raises(PictureRefused, match=r"picture\.bin: 65536 pixels long"):
        open_still(saved(tmp_path, encoded("PNG", Image.new("1", (65_536, 1)))))


def test_K7_a_file_of_half_a_gigabyte_is_refused_unread(tmp_path: Path):
    """A hole in the disk will do to show it."""
    with (tmp_path / "large.tif").open("wb") as large:
        large.truncate(sources_stills.MAX_BYTES + 1)
    with pytest.raises(PictureRefused, match=r"large\.tif: 500 MB"):
        open_still(tmp_path / "large.tif")


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=20)
@given(chance=st.randoms(use_true_random=False))
def test_K7_a_damaged_file_is_a_picture_or_refused(tmp_path_factory: pytest.TempPathFactory, kind: str, chance: object):
    """Bytes changed, cut off, or doubled: nothing else than a picture or the refusal comes out."""
    content = bytearray(encoded(kind, Image.fromarray(LABEL[60:180, 100:220])))
    for _ in range(chance.randint(1, 8)):
        content[chance.randrange(len(content))] = chance.randrange(256)
    if chance.random() < 0.3:
        del content[chance.randrange(len(content)) :]
    path = saved(tmp_path_factory.getbasetemp(), bytes(content), f"damaged-{kind}")
    try:
        outcome = f"damaged-{kind}: {grey_of(open_still(path).image).ndim} dimensions"
    except PictureRefused as refused:
        outcome = str(refused)
    assert outcome.startswith(f"damaged-{kind}: ")


@pytest.mark.parametrize("kind", ["TIFF", "GIF", "PNG", "WEBP", "MPO"])
def test_K7_a_page_that_is_not_the_only_one_is_known_as_such(tmp_path: Path, kind: str):
    """A scanner's TIFF, a picture that moves; but a phone's MPO holds one picture twice."""
    first, second = Image.fromarray(LABEL), Image.fromarray(LABEL[::-1])
    assert not open_still(saved(tmp_path, encoded(kind, first))).has_more
    both = open_still(saved(tmp_path, encoded(kind, first, save_all=True, append_images=[second])))
    assert both.has_more == (kind != "MPO")
    assert [found.text for found in read_codes(grey_of(both.image))] == [TEXT]


def test_K7_a_second_page_that_is_broken_does_not_spoil_the_first(tmp_path: Path):
    """A GIF that was cut off in the middle."""
    two = encoded("GIF", Image.fromarray(LABEL), save_all=True, append_images=[Image.fromarray(LABEL[::-1])])
    one = encoded("GIF", Image.fromarray(LABEL), save_all=True)
    for end in range(len(one) - 1, len(one) + 40):
        assert read(saved(tmp_path, two[:end])) == [TEXT]


def test_K7_a_folder_is_read_in_the_order_a_person_counts(tmp_path: Path):
    """scan-9 before scan-10; what is no picture by its name is passed over."""
    for name in ("scan-10.png", "scan-9.png", "Scan-1.PNG", "notes.txt"):
        saved(tmp_path, encoded("PNG"), name)
    assert [path.name for path in files_of(tmp_path)] == ["Scan-1.PNG", "scan-9.png", "scan-10.png"]
    assert files_of(tmp_path / "notes.txt") == [tmp_path / "notes.txt"]


def test_K7_a_folder_without_pictures_and_a_missing_file_are_told(tmp_path: Path):
    """A typing error must not look like "no code found"."""
    with pytest.raises(PictureRefused, match="no picture or film in this folder"):
        files_of(tmp_path)
    with pytest.raises(PictureRefused, match="there is no such file"):
        files_of(tmp_path / "missing.png")
