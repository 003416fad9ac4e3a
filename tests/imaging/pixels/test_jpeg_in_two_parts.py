"""D4: renditions are kept without the header that all of them share, and are whole again when it is put before them."""

import io

import pytest
from PIL import Image, UnidentifiedImageError

from imaging.pixels.jpeg_header import check_parts, segments, split_jpeg
from imaging.pixels.picture import TIERS
from imaging.pixels.testing import KINDS, draw_scan, scan_bytes

SOF0, DHT, SOS, DQT, APP0 = 0xC0, 0xC4, 0xDA, 0xDB, 0xE0


def pixels_of(jpeg: bytes) -> bytes:
    return Image.open(io.BytesIO(jpeg)).convert("RGB").tobytes()


@pytest.fixture(scope="module")
def jpeg() -> bytes:
    out = io.BytesIO()
    Image.fromarray(draw_scan(1, 500, 333)).save(out, "JPEG", quality=85, comment=b"a comment", dpi=(300, 300))
    return out.getvalue()


def test_D4_two_parts_together_are_the_same_picture_pixel_for_pixel(jpeg):
    header, body = split_jpeg(jpeg)

    assert pixels_of(header + body) == pixels_of(jpeg)
    assert b"a comment" not in header + body


def test_D4_what_follows_the_head_of_the_scan_stays_byte_for_byte(jpeg):
    _, body = split_jpeg(jpeg)
    *_, (scan, end) = segments(jpeg)

    assert body.endswith(scan.content + jpeg[end:])


def test_D4_one_header_serves_all_pictures_of_a_tier(darkroom, filed):
    """Whatever they were: colour, grey, inks, one bit, large or tiny, lying or standing."""
    headers = {tier: set() for tier in TIERS}
    for number, kind in enumerate(KINDS):
        size = [(600, 400), (64, 400), (2300, 90)][number % 3]
        orientation = 1 + number % 8
        for made in darkroom.derive_now(
            filed(scan_bytes(draw_scan(number, *size), kind, orientation=orientation, is_told=True))
        ).renditions:
            headers[made.tier].add(made.header)

    assert [len(headers[tier]) for tier in TIERS] == [1, 1]
    assert all(len(header) < 600 for (header,) in headers.values())


def test_D4_a_header_holds_tables_only_and_a_body_its_frame_and_its_scan(darkroom, filed):
    derived = darkroom.derive_now(filed(scan_bytes(draw_scan(2, 600, 400), "jpeg", is_told=True, profile="adobe")))

    for made in derived.renditions:
        kinds = [segment.marker for segment, _ in segments(made.header + made.body)]
        assert kinds == [APP0, DQT, DQT, DHT, DHT, DHT, DHT, SOF0, SOS]
        assert made.body.startswith(b"\xff\xc0")


def test_D4_a_body_alone_is_no_picture(darkroom, filed):
    derived = darkroom.derive_now(filed(scan_bytes(draw_scan(3, 600, 400), "jpeg")))

    for made in derived.renditions:
        with pytest.raises(UnidentifiedImageError):
            Image.open(io.BytesIO(made.body))
        with pytest.raises(OSError):
            Image.open(io.BytesIO(b"\xff\xd8" + made.body)).load()


@pytest.mark.parametrize("change", ["comment", "exif", "second mark", "no tables", "cut", "header only", "swapped"])
def test_parts_that_hold_anything_else_are_not_believed(jpeg, change):
    """A child that was taken over could answer anything."""
    header, body = split_jpeg(jpeg)
    assert check_parts(header, body) == (500, 333)
    told = b"\xff\xfe\x00\x10<script></scrip"
    parts = {
        "comment": (header + told[: 2 + 16], body),
        "exif": (header + b"\xff\xe1\x00\x08Exif\0\0", body),
        "second mark": (header[:20] + header[2:20] + header[20:], body),
        "no tables": (header[:20], body),
        "cut": (header, body[:-2]),
        "header only": (header + body[:19], body[19:]),
        "swapped": (body, header),
    }[change]

    with pytest.raises(ValueError):
        check_parts(*parts)


@pytest.mark.parametrize("how", [{"progressive": True}, {"format": "PNG"}])
def test_other_files_are_not_split(how):
    out = io.BytesIO()
    Image.new("RGB", (20, 20)).save(out, **{"format": "JPEG", **how})

    with pytest.raises(ValueError):
        split_jpeg(out.getvalue())
