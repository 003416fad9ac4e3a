"""What is made of a scan: judged by Pillow and littlecms, which had no part in making it."""

import io

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageCms, ImageFilter, ImageOps

from imaging.pixels.picture import TIERS, Derived
from imaging.pixels.testing import KINDS, draw_scan, profile_bytes, scan_bytes
from imaging.pixels.testing_profiles import cmyk_inks

RELATIVE, BLACK_POINT = 1, 0x2000
SRGB = ImageCms.createProfile("sRGB")


def picture_of(derived: Derived, tier: str) -> Image.Image:
    """Return a tier as Pillow sees it."""
    rendition = next(rendition for rendition in derived.renditions if rendition.tier == tier)
    image = Image.open(io.BytesIO(rendition.header + rendition.body))
    image.load()
    assert (image.format, image.mode, image.size) == ("JPEG", "RGB", (rendition.width, rendition.height))
    return image


def to_srgb(image: Image.Image, icc: bytes) -> Image.Image:
    """Return it in sRGB, by littlecms through Pillow."""
    profile = ImageCms.ImageCmsProfile(io.BytesIO(icc))
    seen = ImageCms.profileToProfile(image, profile, SRGB, RELATIVE, outputMode="RGB", flags=BLACK_POINT)
    assert seen is not None
    return seen


def apart(one: Image.Image, other: Image.Image) -> float:
    """Return the mean difference of two pictures of one size, in levels of 255."""
    assert one.size == other.size
    return float(np.abs(np.asarray(one, dtype=np.float32) - np.asarray(other, dtype=np.float32)).mean())


def smooth(seed: int) -> NDArray[np.uint8]:
    """Return a scan of 720 x 480 without its grain, whose colours JPEG's halved chroma does not keep."""
    return np.asarray(Image.fromarray(draw_scan(seed, 720, 480)).filter(ImageFilter.GaussianBlur(3)))


@pytest.mark.parametrize("kind", ["jpeg", "progressive", "png", "png16", "tiff", "tiff16", "tiff-rgbi", "webp", "heic"])
def test_O5_a_profile_is_applied_so_that_colours_are_those_of_littlecms(darkroom, filed, kind):
    pixels, icc = smooth(3), profile_bytes("adobe")
    expected = to_srgb(Image.fromarray(pixels), icc)
    unmanaged = Image.fromarray(pixels)

    derived = darkroom.derive_now(filed(scan_bytes(pixels, kind, profile="adobe")))

    assert derived.probe.has_profile
    assert apart(picture_of(derived, "2048"), expected) < 1.5
    assert apart(unmanaged, expected) > 3.5  # what it would be if the profile were passed over


def test_O5_inks_are_seen_through_their_profile(darkroom, filed):
    pixels = smooth(4)
    inks = Image.fromarray(pixels).convert("CMYK")
    expected = to_srgb(inks, cmyk_inks())

    derived = darkroom.derive_now(filed(scan_bytes(pixels, "cmyk")))

    assert (derived.probe.channels, derived.probe.has_profile) == (4, True)
    assert apart(picture_of(derived, "2048"), expected) < 2.0
    assert apart(inks.convert("RGB"), expected) > 4


@pytest.mark.parametrize(
    "kind", ["jpeg", "grey", "png", "png16", "tiff", "tiff16", "tiff-rgbi", "bilevel", "webp", "avif", "heic"]
)
def test_O5_without_a_profile_a_picture_is_taken_as_srgb(darkroom, filed, kind):
    pixels = smooth(5)
    source = Image.fromarray(pixels)
    shown = source.convert("1" if kind == "bilevel" else "L").convert("RGB") if kind in {"grey", "bilevel"} else source

    derived = darkroom.derive_now(filed(scan_bytes(pixels, kind)))

    assert apart(picture_of(derived, "256"), shown.resize((256, 171), Image.Resampling.LANCZOS)) < (
        6 if kind == "bilevel" else 2
    )
    assert apart(picture_of(derived, "2048"), shown) < (25 if kind == "bilevel" else 2)  # ink dot by ink dot


def test_O5_a_profile_that_is_broken_counts_as_none(darkroom, filed):
    pixels = smooth(6)
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "JPEG", quality=92, icc_profile=b"no profile at all" * 20)

    derived = darkroom.derive_now(filed(out.getvalue()))

    expected = Image.fromarray(pixels).resize((256, 171), Image.Resampling.LANCZOS)
    assert apart(picture_of(derived, "256"), expected) < 2.0


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["jpeg", "tiff16", "heic"])
def test_O5_every_tier_stands_upright(darkroom, filed, kind, orientation):
    pixels = np.zeros((200, 300, 3), dtype=np.uint8)
    pixels[:100, :150], pixels[:100, 150:], pixels[100:, :150] = (200, 30, 30), (30, 200, 30), (30, 30, 200)
    tagged = Image.open(io.BytesIO(scan_bytes(pixels, "jpeg", orientation=orientation)))
    expected = ImageOps.exif_transpose(tagged).convert("RGB")

    derived = darkroom.derive_now(filed(scan_bytes(pixels, kind, orientation=orientation)))

    assert (derived.probe.width, derived.probe.height) == (300, 200)  # as stored
    assert apart(picture_of(derived, "2048"), expected) < 3
    small = picture_of(derived, "256")
    assert apart(small, expected.resize(small.size, Image.Resampling.LANCZOS)) < 3


def test_what_is_transparent_lies_on_white_paper(darkroom, filed):
    clear = np.zeros((300, 400, 4), dtype=np.uint8)
    clear[:, 200:] = (200, 60, 20, 255)
    out = io.BytesIO()
    Image.fromarray(clear).save(out, "PNG")

    shown = np.asarray(picture_of(darkroom.derive_now(filed(out.getvalue())), "2048"))

    assert np.abs(shown[:, :190].astype(int) - 255).max() <= 2
    assert np.abs(shown[:, 210:].astype(int) - (200, 60, 20)).max() <= 6


@pytest.mark.parametrize("mode", ["P", "LA", "RGBA", "I;16"])
def test_other_ways_to_count_light_are_read_too(darkroom, filed, mode):
    source = Image.fromarray(smooth(7)).convert("L" if mode == "I;16" else "RGB")
    if mode == "I;16":
        stored = Image.fromarray(np.asarray(source).astype(np.uint16) * 257)
    else:
        stored = source.convert("L").convert(mode) if mode == "LA" else source.convert(mode)
    shown = stored.convert("RGB") if mode != "I;16" else source.convert("RGB")
    out = io.BytesIO()
    stored.save(out, "PNG")

    derived = darkroom.derive_now(filed(out.getvalue()))

    assert apart(picture_of(derived, "256"), shown.resize((256, 171), Image.Resampling.LANCZOS)) < 2.5


@pytest.mark.parametrize(
    ("size", "tiers"),
    [
        ((3000, 2000), [(256, 171), (2048, 1365)]),
        ((2000, 3000), [(171, 256), (1365, 2048)]),
        ((300, 200), [(256, 171), (300, 200)]),
        ((40, 30), [(40, 30), (40, 30)]),
        ((1, 1), [(1, 1), (1, 1)]),
        ((30_000, 8), [(256, 1), (2048, 1)]),
        ((3, 30_000), [(1, 256), (1, 2048)]),
    ],
)
def test_a_tier_is_never_larger_than_its_picture_and_never_without_a_pixel(darkroom, filed, size, tiers):
    """Also 30,000 pixels wide."""
    derived = darkroom.derive_now(filed(scan_bytes(np.full((size[1], size[0], 3), 90, dtype=np.uint8), "png")))

    assert [picture_of(derived, tier).size for tier in TIERS] == tiers


@pytest.mark.parametrize("width", [2048, 2560, 5120, 6000, 10_240])
def test_a_jpeg_made_smaller_while_it_is_decoded_shows_what_it_would_show(darkroom, filed, width):
    pixels = np.asarray(Image.fromarray(smooth(9)).resize((width, width // 16), Image.Resampling.BICUBIC))

    derived = darkroom.derive_now(filed(scan_bytes(pixels, "jpeg")))

    assert apart(picture_of(derived, "2048"), Image.fromarray(pixels).resize((2048, 128), Image.Resampling.LANCZOS)) < 2


@pytest.mark.parametrize("kind", KINDS)
def test_a_placeholder_is_a_whole_picture_of_some_hundred_bytes(darkroom, filed, kind):
    derived = darkroom.derive_now(filed(scan_bytes(draw_scan(10, 720, 480), kind, profile="srgb")))

    assert len(derived.placeholder) < 700
    shown = Image.open(io.BytesIO(derived.placeholder))
    assert (shown.format, shown.size, derived.placeholder_media) == ("WEBP", (32, 21), "image/webp")
    assert apart(shown.convert("RGB"), picture_of(derived, "256").resize((32, 21), Image.Resampling.BOX)) < 14
