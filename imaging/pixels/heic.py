"""HEIC: pixels packed with HEVC, which libvips' own wheel does not unpack. Runs in a child only, as developing.py.

``pi-heif`` (libheif and libde265, no encoder) may be missing; then a HEIC is refused. It is imported with this module,
before a child's fences are up, and opens nothing later. libheif turns and mirrors the picture as the file says (irot,
imir, clap) while it unpacks; an orientation in its EXIF is not a HEIC's own (ISO/IEC 23008-12, A.2.1) and is passed
over, so that nothing is turned twice. It counts more than 8 bits down to 8.
"""

import os
from typing import Any, Final

import pyvips

from imaging.pixels.heads.head import Head
from imaging.pixels.limits import Limits
from imaging.pixels.refusing import Word, refusal

try:
    import pi_heif as _library
except ImportError:
    _library = None

Picture = Any
"""pyvips makes its operations up while it runs, so that no type checker can see them."""
Decoded = Any
"""A file as ``pi_heif`` holds it, when it is there."""

MEDIA: Final = "image/heic"

_P3, _SRGB_CURVE = 12, 13
_SIGNS: Final[tuple[tuple[str, Word], ...]] = (
    ("memory", "too-much-memory"),
    ("security limit", "too-much-memory"),
    ("end of file", "truncated"),
    ("end of data", "truncated"),
)


def judge_heic(head: Head, limits: Limits) -> None:
    """Refuse a HEIC where none is opened.

    Raises:
        ScanRefused: type-not-taken.
    """
    if head.media == MEDIA and (_library is None or not limits.takes_heic):
        raise refusal("type-not-taken", "it is a HEIC; have the phone or the program send JPEG")


def open_heic(descriptor: int, head: Head) -> tuple[Picture, Decoded]:
    """Return the picture of a HEIC, upright, 8 bits a channel, with its profile; and what to hold until it is copied.

    All of it is decoded. The picture's memory belongs to the second.

    Raises:
        ScanRefused: it cannot be decoded, or is larger than it says.
    """
    if _library is None:
        raise refusal("type-not-taken")
    library: Decoded = _library
    library.options.DECODE_THREADS = 1
    library.options.THUMBNAILS = library.options.DEPTH_IMAGES = library.options.AUX_IMAGES = False
    try:
        file = library.open_heif(os.pread(descriptor, os.fstat(descriptor).st_size, 0), convert_hdr_to_8bit=True)
        _judge(file.size, head)
        return _picture_of(file.data, file), file
    except MemoryError:
        raise
    except (ValueError, EOFError, SyntaxError, RuntimeError, OSError, LookupError) as cause:
        raise refusal(_word_of(str(cause)), " ".join(str(cause).split())[:160]) from cause


def _judge(size: tuple[int, int], head: Head) -> None:
    """Refuse what would be larger than its head said; smaller is what was cut out of it (clap)."""
    if any(found > said for found, said in zip(sorted(size), sorted((head.width, head.height)), strict=True)):
        raise refusal("undecodable", "it is of another size than it says")


def _picture_of(pixels: memoryview, file: Decoded) -> Picture:
    vips: Any = pyvips
    width, height = file.size
    bands = len(file.mode)
    if len(pixels) != width * height * bands:
        raise refusal("undecodable", "it is of another size than it says")
    picture = vips.Image.new_from_memory(pixels, width, height, bands, "uchar")
    picture = picture.copy(interpretation="b-w" if bands < 3 else "srgb")
    if file.mode.endswith("a"):
        picture = picture.unpremultiply().cast("uchar")
    profile = file.info.get("icc_profile") or _profile_of(file.info.get("nclx_profile") or {})
    if profile:
        picture = picture.copy()
        picture.set_type(vips.GValue.blob_type, "icc-profile-data", profile)
    return picture


def _profile_of(numbers: dict[str, Any]) -> bytes:
    """Return the profile of colours told by numbers (nclx, H.273): Display P3; nothing for all others, sRGB."""
    told = numbers.get("color_primaries"), numbers.get("transfer_characteristics")
    vips: Any = pyvips
    return vips.Operation.call("profile_load", "p3") if told == (_P3, _SRGB_CURVE) else b""


def _word_of(said: str) -> Word:
    said = said.lower()
    for sign, word in _SIGNS:
        if sign in said:
            return word
    return "undecodable"
