"""Tiers from one decode, by libvips. Runs in a child only (child.py): nothing else may import it.

What libvips does not do by itself, and what is done about it: ``thumbnail`` leaves a profile unapplied unless it is
told an output profile, and then takes three times as long for pictures that have none; so the steps are taken one by
one, profile and orientation on the small picture. Channels behind the light are dropped before they count as alpha.
"""

from typing import Any, Final

import pyvips

from imaging.errors import ScanRefused
from imaging.pixels.heads.head import Head
from imaging.pixels.heads.reading import judge_size, probe_of
from imaging.pixels.heic import MEDIA as HEIC
from imaging.pixels.heic import open_heic
from imaging.pixels.jpeg_header import split_jpeg
from imaging.pixels.limits import Limits
from imaging.pixels.picture import TIERS, Derived, Rendition, Tier
from imaging.pixels.refusing import Word, refusal

Picture = Any
"""pyvips makes its operations up while it runs, so that no type checker can see them."""

QUALITY: Final[dict[Tier, int]] = {"256": 80, "2048": 85}
LEFT_TO_RESAMPLING: Final = 1.25
PLACEHOLDER_SIDE: Final = 32
PLACEHOLDER_QUALITY: Final = 45

_LOADERS: Final = {
    "image/jpeg": "VipsForeignLoadJpegSource",
    "image/png": "VipsForeignLoadPngSource",
    "image/tiff": "VipsForeignLoadTiffSource",
    "image/webp": "VipsForeignLoadWebpSource",
    "image/avif": "VipsForeignLoadHeifSource",
}
_SIGNS: Final[tuple[tuple[str, Word], ...]] = (
    ("out of memory", "too-much-memory"),
    ("unable to allocate", "too-much-memory"),
    ("memory allocation error", "too-much-memory"),
    ("insufficient memory", "too-much-memory"),
    ("premature end", "truncated"),
    ("end of stream", "truncated"),
    ("unexpected end", "truncated"),
    ("read error", "truncated"),
    ("out of order", "truncated"),
)


def set_up() -> None:
    """Make libvips ready for files of strangers: no cache, and no loader but those of the kinds that are taken."""
    vips: Any = pyvips
    vips.cache_set_max(0)
    vips.block_untrusted_set(state=True)
    vips.operation_block_set("VipsForeignLoad", state=True)
    for loader in _LOADERS.values():
        vips.operation_block_set(loader, state=False)


def develop(descriptor: int, head: Head, limits: Limits) -> Derived:
    """Return what is shown of the picture in an open file.

    Raises:
        ScanRefused: it cannot be decoded.
    """
    try:
        picture, held = open_picture(descriptor, head, limits, shrink=_shrink_of(head))
        large = within(light_of(picture, head), 2048).copy_memory()
        del picture, held
    except pyvips.Error as cause:
        raise refused(cause) from cause
    large = as_seen(large)
    small = within(large, 256).copy_memory()
    tiers = {"256": small, "2048": large}
    return Derived(
        probe=probe_of(head),
        renditions=tuple(_rendition(tier, tiers[tier]) for tier in TIERS),
        placeholder=within(small, PLACEHOLDER_SIDE).webpsave_buffer(Q=PLACEHOLDER_QUALITY, effort=4, keep="none"),
        placeholder_media="image/webp",
    )


def open_picture(descriptor: int, head: Head, limits: Limits, *, shrink: int = 1) -> tuple[Picture, object]:
    """Return the picture, not yet decoded, and what it needs as long as it is used.

    A JPEG is made smaller by ``shrink`` (1, 2, 4, 8) while it is decoded. What the decoder says of its size must be
    what its head said.

    Raises:
        ScanRefused: it is not.
        pyvips.Error: it cannot be opened.
    """
    if head.media == HEIC:
        return open_heic(descriptor, head)
    vips: Any = pyvips
    source = vips.Source.new_from_descriptor(descriptor)
    how = {"shrink": shrink} if shrink > 1 else {}
    picture = vips.Image.new_from_source(source, "", access="sequential", fail_on="truncated", **how)
    judge_size(picture.width, picture.height, limits)
    found, said = sorted((picture.width, picture.height)), sorted((head.width, head.height))
    if any(abs(one - other / shrink) >= 1 for one, other in zip(found, said, strict=True)):
        raise refusal("undecodable", "it is of another size than it says")
    return picture, source


def _shrink_of(head: Head) -> int:
    """Return by how much a JPEG is made smaller while it is decoded (2, 4, 8), 1 for all others.

    What is left to the resampling is at least 1.25; at 1.46, 24 million pixels, the tier differs from one made of all
    pixels by a PSNR of 47 dB, where its own compression differs by less than 40.
    """
    if head.media != "image/jpeg":
        return 1
    ratio = max(head.width, head.height) / int(TIERS[-1])
    return next((shrink for shrink in (8, 4, 2) if ratio >= shrink * LEFT_TO_RESAMPLING), 1)


def light_of(picture: Picture, head: Head) -> Picture:
    """Return it without what lies behind the light (infrared, alpha), its light still as the file counts it."""
    if head.spare_channels and picture.bands > head.channels:
        picture = picture.extract_band(0, n=head.channels)
    elif picture.hasalpha():
        paper = 65535 if picture.format == "ushort" else 255
        picture = picture.flatten(background=[0 if picture.interpretation == "cmyk" else paper])
    return picture


def within(picture: Picture, side: int) -> Picture:
    """Return it not wider or higher than ``side`` pixels."""
    scale = side / max(picture.width, picture.height)
    if scale >= 1:
        return picture
    width, height = (max(1, round(length * scale)) for length in (picture.width, picture.height))
    return picture.resize(width / picture.width, vscale=height / picture.height)


def as_seen(picture: Picture, *, is_deep: bool = False) -> Picture:
    """Return it upright, in sRGB and three channels of 8 bits; where ``is_deep``, of 16 if it has them.

    A profile that is broken counts as none: sRGB.
    """
    is_deep = is_deep and picture.format == "ushort"
    seen = None
    if picture.get_typeof("icc-profile-data"):
        try:
            seen = picture.icc_transform(
                "srgb", embedded=True, intent="relative", black_point_compensation=True, depth=16 if is_deep else 8
            ).copy_memory()
        except pyvips.Error:
            seen = None
    if seen is None:
        seen = picture if _is_srgb(picture) else picture.colourspace("rgb16" if is_deep else "srgb").copy_memory()
    return seen.autorot().copy_memory() if seen.get_typeof("orientation") else seen


def _is_srgb(picture: Picture) -> bool:
    return picture.interpretation == "srgb" and picture.format == "uchar" and picture.bands == 3


def _rendition(tier: Tier, picture: Picture) -> Rendition:
    jpeg = picture.jpegsave_buffer(
        Q=QUALITY[tier], optimize_coding=False, interlace=False, subsample_mode="on", keep="none"
    )
    header, body = split_jpeg(jpeg)
    return Rendition(tier=tier, header=header, body=body, width=picture.width, height=picture.height)


def refused(cause: pyvips.Error) -> ScanRefused:
    """Return the refusal of what libvips could not decode."""
    said = str(cause)
    return refusal(_word_of(said), " ".join(said.split())[:160])


def _word_of(said: str) -> Word:
    said = said.lower()
    for sign, word in _SIGNS:
        if sign in said:
            return word
    return "undecodable"
