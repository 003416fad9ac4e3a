"""HEIC, which a decoder beside libvips opens: judged by Pillow and littlecms through another build of it."""

import io

import numpy as np
import pillow_heif
import pytest
from PIL import Image, ImageOps

from imaging.errors import ScanRefused
from imaging.pixels import child, heic
from imaging.pixels.darkroom import Darkroom
from imaging.pixels.limits import Limits
from imaging.pixels.testing import draw_scan, heic_bytes, scan_bytes
from imaging.pixels.wire import Ask, Refused

P3_PRIMARIES = 12


def shown(derived, tier: str = "2048") -> Image.Image:
    rendition = next(made for made in derived.renditions if made.tier == tier)
    return Image.open(io.BytesIO(rendition.header + rendition.body)).convert("RGB")


def apart(one: Image.Image, other: Image.Image) -> float:
    assert one.size == other.size
    return float(np.abs(np.asarray(one, dtype=np.float32) - np.asarray(other, dtype=np.float32)).mean())


def corners(width: int, height: int) -> Image.Image:
    pixels = np.full((height, width, 3), 90, dtype=np.uint8)
    pixels[: height // 2, : width // 2], pixels[: height // 2, width // 2 :] = (200, 30, 30), (30, 200, 30)
    pixels[height // 2 :, : width // 2] = (30, 30, 200)
    return Image.fromarray(pixels)


def deep_heic(source: Image.Image) -> bytes:
    out = io.BytesIO()
    pixels = np.asarray(source).astype(np.uint16) * 257
    pillow_heif.from_bytes("RGB;16", source.size, pixels.tobytes()).save(out, quality=90, chroma=444)
    return out.getvalue()


def word_of(darkroom, path) -> str:
    with pytest.raises(ScanRefused) as refused:
        darkroom.derive_now(path)
    return refused.value.word


def test_O5_a_heic_of_ten_bits_is_shown_in_eight(darkroom, filed):
    source = corners(302, 200)

    derived = darkroom.derive_now(filed(deep_heic(source)))

    assert (derived.probe.media, derived.probe.bits) == ("image/heic", 10)
    assert apart(shown(derived), source) < 2


@pytest.mark.parametrize("mode", ["L", "RGBA", "LA"])
def test_O5_a_heic_in_grey_or_with_holes_is_shown(darkroom, filed, mode):
    source = corners(300, 200).convert("L").convert("RGB") if mode[0] == "L" else corners(300, 200)
    stored = source.convert(mode)
    if "A" in mode:
        stored.paste(0, (0, 0, 150, 100))
        source.paste((255, 255, 255), (0, 0, 150, 100))

    derived = darkroom.derive_now(filed(heic_bytes(stored)))

    assert apart(shown(derived), source) < 2


@pytest.mark.parametrize("size", [(301, 201), (64, 1001), (2500, 1001)])
def test_O5_a_heic_of_odd_sides_keeps_them(darkroom, filed, size):
    """HEVC packs even sides; what is cut off again is told beside them."""
    source = corners(*size)

    derived = darkroom.derive_now(filed(heic_bytes(source)))

    made = shown(derived)
    assert made.size == (min(size[0], 2048), round(size[1] * min(1, 2048 / size[0])))
    assert apart(made, source.resize(made.size, Image.Resampling.LANCZOS)) < 4


@pytest.mark.parametrize("orientation", range(1, 9))
def test_O5_a_heic_is_turned_once_though_it_says_it_twice(darkroom, filed, orientation):
    """By its own word (irot, imir) and by its EXIF, which is left as a camera writes it."""
    tags = Image.Exif()
    tags[0x112] = orientation
    told = tags.tobytes()
    scan = heic_bytes(corners(300, 200), exif=tags)
    assert (b"irot" in scan or b"imir" in scan) == (orientation != 1)
    marked = corners(300, 200)
    marked.getexif()[0x112] = orientation
    if told[6:] not in scan:  # the encoder puts it upright: put it back
        plain = Image.Exif()
        plain[0x112] = 1
        assert plain.tobytes()[6:] in scan
        scan = scan.replace(plain.tobytes()[6:], told[6:])

    assert apart(shown(darkroom.derive_now(filed(scan))), ImageOps.exif_transpose(marked)) < 3


def test_O5_colours_told_by_numbers_are_applied(darkroom, filed):
    """Display P3 by number (nclx), not by a profile: what it calls red is redder than sRGB's."""
    source = Image.new("RGB", (320, 200), (150, 90, 80))

    plain, wide = (
        shown(darkroom.derive_now(filed(heic_bytes(source, color_primaries=primaries, transfer_characteristic=13))))
        for primaries in (1, P3_PRIMARIES)
    )

    assert np.abs(np.asarray(plain, dtype=int) - (150, 90, 80)).max() <= 3
    assert np.abs(np.asarray(wide, dtype=int) - (157, 88, 77)).max() <= 3  # by the matrices of both


def test_attack_A07_a_heic_of_two_pictures_is_refused(darkroom, filed):
    scan = heic_bytes(corners(300, 200), corners(200, 300))

    assert word_of(darkroom, filed(scan)) == "many-pages"


@pytest.mark.parametrize("said", [(64, 64), (299, 200), (3000, 2000), (10_000, 10_000)])
def test_attack_A10_a_heic_of_another_size_than_it_says_is_refused(darkroom, filed, said):
    scan = heic_bytes(corners(300, 200))
    at = scan.index(b"ispe") + 8
    lying = scan[:at] + said[0].to_bytes(4, "big") + said[1].to_bytes(4, "big") + scan[at + 8 :]

    assert word_of(darkroom, filed(lying)) in {"undecodable", "too-much-memory"}  # libheif's own limits follow the head


@pytest.mark.parametrize("share", [0.1, 0.5, 0.99])
def test_attack_A10_a_heic_that_was_cut_off_is_truncated(darkroom, filed, share):
    scan = scan_bytes(draw_scan(3, 300, 200), "heic")

    assert word_of(darkroom, filed(scan[: int(len(scan) * share)])) == "truncated"


def test_attack_A10_a_heic_in_which_parts_point_behind_its_end_is_truncated(darkroom, filed):
    """Its last box still ends where the file does."""
    scan = scan_bytes(draw_scan(3, 300, 200), "heic")
    at = scan.index(b"mdat") - 4
    scan = scan[:at] + (3000).to_bytes(4, "big") + scan[at + 4 : at + 3000]

    assert word_of(darkroom, filed(scan)) == "truncated"


@pytest.mark.nightly  # 81 million pixels are coded for it
def test_attack_A10_a_heic_too_large_for_its_child_is_refused_and_the_next_is_opened(filed):
    with Darkroom(children=1, limits=Limits(memory_bytes=320_000_000)) as darkroom:
        grey = heic_bytes(Image.new("RGB", (9_000, 9_000), (90, 90, 90)), chroma=420)

        assert word_of(darkroom, filed(grey)) == "too-much-memory"
        assert darkroom.derive_now(filed(heic_bytes(corners(64, 64)))).probe.width == 64


def test_a_heic_is_refused_where_it_is_switched_off(filed):
    path = filed(heic_bytes(corners(64, 64)))

    with Darkroom(children=1, limits=Limits(takes_heic=False)) as darkroom:
        with pytest.raises(ScanRefused, match="it is a HEIC; have the phone or the program send JPEG") as refused:
            darkroom.probe_now(path)
        assert refused.value.word == "type-not-taken"


def test_a_heic_is_refused_without_its_decoder(filed, monkeypatch):
    monkeypatch.setattr(heic, "_library", None)
    path = filed(heic_bytes(corners(64, 64)))

    with path.open("rb") as file:
        answer = child._answer(Ask(verb="probe", limits=Limits(cpu_s=100_000)), file.fileno())

    assert isinstance(answer, Refused)
    assert answer.word == "type-not-taken"
    assert "it is a HEIC" in answer.sentence
