"""A08, A09: of all that a file tells beside its picture, nothing stands in what is shared."""

import io
import zipfile

import pillow_heif
import pytest
from PIL import Image

from imaging.pixels.picture import Derived
from imaging.pixels.testing import COMMENT, KINDS, MAKER, draw_scan, scan_bytes

MARKS = (b"<script", b"Exif", b"ICC_PROFILE", b"acsp", b"photographer", MAKER.encode(), b"http", b"PK\x03\x04", b"8BIM")


def shared(derived: Derived) -> list[bytes]:
    return [made.header + made.body for made in derived.renditions] + [derived.placeholder]


def chunks_of(webp: bytes) -> list[bytes]:
    names, at = [], 12
    while at < len(webp):
        length = int.from_bytes(webp[at + 4 : at + 8], "little")
        names.append(webp[at : at + 4])
        at += 8 + length + length % 2
    return names


def segments_of(jpeg: bytes) -> list[int]:
    """Return the markers of all segments, by a walk of our own through the whole file."""
    markers, at = [], 2
    while jpeg[at : at + 2] != b"\xff\xd9":
        assert jpeg[at] == 0xFF, "what is between segments?"
        marker = jpeg[at + 1]
        markers.append(marker)
        at += 2 + int.from_bytes(jpeg[at + 2 : at + 4])
        if marker == 0xDA:
            while jpeg[at] != 0xFF or jpeg[at + 1] == 0 or 0xD0 <= jpeg[at + 1] <= 0xD7:
                at = jpeg.index(b"\xff", at + 1)
    assert at + 2 == len(jpeg), "something stands behind the picture"
    return markers


@pytest.mark.parametrize("kind", KINDS)
def test_attack_A09_place_names_and_profiles_are_not_shared(darkroom, filed, kind):
    scan = scan_bytes(draw_scan(1, 400, 300), kind, orientation=6, profile="adobe", is_told=True)
    told = pillow_heif.open_heif(scan).to_pillow() if kind == "heic" else Image.open(io.BytesIO(scan))
    if kind != "png16":
        assert told.getexif()  # there is something to be kept back

    for made in shared(darkroom.derive_now(filed(scan))):
        assert [mark for mark in MARKS if mark in made] == []
        seen = Image.open(io.BytesIO(made))
        assert not seen.getexif()
        assert set(seen.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density", "loop", "background"}


def test_attack_A09_by_its_segments_a_rendition_is_a_mark_tables_a_frame_and_a_scan(darkroom, filed):
    derived = darkroom.derive_now(filed(scan_bytes(draw_scan(2, 2600, 200), "jpeg", is_told=True, profile="adobe")))

    for made in derived.renditions:
        assert segments_of(made.header + made.body) == [0xE0, 0xDB, 0xDB, 0xC4, 0xC4, 0xC4, 0xC4, 0xC0, 0xDA]
    assert chunks_of(derived.placeholder) == [b"VP8 "]


@pytest.mark.parametrize("behind", ["zip", "html", "php in a comment"])
def test_attack_A08_a_file_that_is_two_things_becomes_a_picture_only(darkroom, filed, behind):
    scan = scan_bytes(draw_scan(3, 400, 300), "jpeg", is_told=True)
    assert COMMENT in scan
    if behind == "zip":
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w") as packed:
            packed.writestr("index.html", "<script>alert(1)</script>" * 40)
        scan += archive.getvalue()
        assert zipfile.is_zipfile(io.BytesIO(scan))
    elif behind == "html":
        scan += b"<html><script>alert(1)</script></html>"
    else:
        scan = scan[:2] + b"\xff\xfe\x00\x1c<?php system($_GET[0]); ?>" + scan[2:]

    for made in shared(darkroom.derive_now(filed(scan))):
        assert [mark for mark in (*MARKS, b"index.html", b"<html", b"<?php", b"alert") if mark in made] == []


def test_attack_A08_a_picture_is_made_of_its_pixels_and_of_nothing_else(darkroom, filed):
    """Two files with the same pixels and other words beside them come out the same, byte for byte."""
    pixels = draw_scan(4, 400, 300)

    told, plain = (
        shared(darkroom.derive_now(filed(scan_bytes(pixels, "tiff16", is_told=is_told)))) for is_told in (True, False)
    )

    assert told == plain
