"""Scans as film scanners make them, drawn: for tests, benchmarks and the demo.

A picture is a function of its seed: an evening sky over hills, a sun, a house or two, grain, and the black frame of a
film gate round it. :func:`write_scan` puts it into a file of the kind asked for, with what real files carry: a profile,
how the camera was held, a place, a comment.
"""

import importlib
import io
import struct
import zlib
from pathlib import Path
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms

from imaging.pixels.testing_profiles import adobe_rgb, cmyk_inks
from imaging.pixels.testing_tiff import tiff_of

Kind = Literal[
    "jpeg",
    "progressive",
    "grey",
    "png",
    "png16",
    "tiff",
    "tiff16",
    "tiff-rgbi",
    "bilevel",
    "webp",
    "cmyk",
    "avif",
    "heic",
]
KINDS: Final[tuple[Kind, ...]] = (
    "jpeg", "progressive", "grey", "png", "png16", "tiff", "tiff16", "tiff-rgbi", "bilevel", "webp", "cmyk", "avif",
    "heic",
)  # fmt: skip
Profile = Literal["none", "srgb", "adobe"]

SUFFIXES: Final[dict[Kind, str]] = {
    "jpeg": ".jpg",
    "progressive": ".jpg",
    "grey": ".jpg",
    "png": ".png",
    "png16": ".png",
    "tiff": ".tif",
    "tiff16": ".tif",
    "tiff-rgbi": ".tif",
    "bilevel": ".tif",
    "webp": ".webp",
    "cmyk": ".jpg",
    "avif": ".avif",
    "heic": ".heic",
}
COMMENT: Final = b"<script>alert('a comment of the scanner')</script>"
MAKER: Final = "Scanner of a lab"
LATITUDE: Final = (48.0, 51.0, 24.0)

_ORIENTATION, _MAKE, _ARTIST, _GPS = 0x112, 0x10F, 0x13B, 0x8825
_SKY = np.array([(38, 52, 110), (214, 120, 90), (250, 205, 140)], dtype=np.float32)
_HILLS = ((0.62, 0.05, (60, 72, 84)), (0.74, 0.08, (42, 54, 46)), (0.86, 0.06, (22, 30, 24)))


def draw_scan(seed: int, width: int = 1500, height: int = 1000) -> NDArray[np.uint8]:
    """Return a picture of shape (height, width, 3); another seed is another evening."""
    dice = np.random.default_rng(seed)
    y = np.linspace(0, 1, height, dtype=np.float32)[:, None]
    x = np.linspace(0, 1, width, dtype=np.float32)[None, :]
    stops = np.array([0, 0.45, 0.75], dtype=np.float32)
    picture = np.stack([np.interp(y, stops, _SKY[:, c]).astype(np.float32) + 0 * x for c in range(3)], axis=2)
    sun_x, sun_y = dice.uniform(0.2, 0.8), dice.uniform(0.3, 0.55)
    glow = np.exp(-(((x - sun_x) * width / height) ** 2 + (y - sun_y) ** 2) * 60)
    picture += glow[:, :, None] * np.array([90, 80, 40], dtype=np.float32)
    for base, swing, colour in _HILLS:
        waves = sum(np.sin(x * dice.uniform(3, 14) + dice.uniform(0, 6)) / (n + 1) for n in range(4))
        picture[y > base - swing * waves] = colour
    for _ in range(3):
        left, top = dice.uniform(0.05, 0.9), dice.uniform(0.6, 0.75)
        wall = (x > left) & (x < left + 0.06) & (y > top) & (y < top + 0.1)
        picture[wall] = dice.uniform(80, 230, 3)
    return _developed(picture, dice)


def _developed(picture: NDArray[np.float32], dice: np.random.Generator) -> NDArray[np.uint8]:
    """Return it with grain, as one tile laid out again and again at other places, and the film gate's black frame."""
    height, width, _ = picture.shape
    grain = dice.normal(0, 7, (512, 512, 3)).astype(np.float32)
    for top in range(0, height, 512):
        for left in range(0, width, 512):
            tile = np.roll(grain, tuple(dice.integers(0, 512, 2)), axis=(0, 1))
            part = picture[top : top + 512, left : left + 512]
            part += tile[: part.shape[0], : part.shape[1]]
    edge = max(1, width // 60)
    picture[:edge], picture[-edge:], picture[:, :edge], picture[:, -edge:] = 12, 12, 12, 12
    return picture.clip(0, 255).astype(np.uint8)


def write_scan(
    path: Path,
    kind: Kind = "jpeg",
    *,
    seed: int = 1,
    size: tuple[int, int] = (1500, 1000),
    orientation: int = 1,
    profile: Profile = "none",
    is_told: bool = False,
) -> Path:
    """Write a scan of ``size`` (width, height) and return its path, with the kind's suffix when ``path`` has none.

    ``is_told`` adds what must not be shared: a place (GPS), an artist, a comment.
    """
    path = path if path.suffix else path.with_suffix(SUFFIXES[kind])
    path.write_bytes(
        scan_bytes(draw_scan(seed, *size), kind, orientation=orientation, profile=profile, is_told=is_told)
    )
    return path


def scan_bytes(
    pixels: NDArray[np.uint8], kind: Kind, *, orientation: int = 1, profile: Profile = "none", is_told: bool = False
) -> bytes:
    """Return a file of ``kind`` with the given pixels of shape (height, width, 3)."""
    icc = profile_bytes(profile)
    if kind in {"tiff16", "tiff-rgbi"}:
        return tiff_of(_deep(pixels, kind), icc=icc, orientation=orientation, maker=MAKER if is_told else "")
    if kind == "png16":
        return _png16(pixels, icc)
    if kind == "heic":
        return heic_bytes(Image.fromarray(pixels), icc=icc, exif=_exif(orientation, is_told=is_told))
    image, how = _image_of(pixels, kind)
    if icc or kind == "cmyk":
        how["icc_profile"] = icc or cmyk_inks()
    if is_told or orientation != 1:
        how["exif"] = _exif(orientation, is_told=is_told)
    if is_told and how["format"] == "JPEG":
        how["comment"] = COMMENT
    out = io.BytesIO()
    image.save(out, **how)
    return out.getvalue()


def heic_bytes(*images: Image.Image, icc: bytes = b"", exif: Image.Exif | None = None, **how: object) -> bytes:
    """Return a HEIC of one picture or several; ``how`` is handed to the encoder.

    Raises:
        ImportError: the development tools are not there; no encoder of HEVC is shipped.
    """
    encoder: Any = importlib.import_module("pillow_heif")
    file = encoder.HeifFile()
    for image in images:
        file.add_from_pillow(image)
    how = {"quality": 90, "chroma": 444, "enc_params": {"preset": "veryfast"}} | how
    if icc:
        how |= {"icc_profile": icc, "icc_profile_type": "prof"}
    out = io.BytesIO()
    file.save(out, exif=exif.tobytes() if exif else None, save_all=True, **how)
    return out.getvalue()


def profile_bytes(profile: Profile) -> bytes:
    """Return a colour profile's bytes, none for "none"."""
    if profile == "srgb":
        profiles: Any = ImageCms
        return profiles.ImageCmsProfile(profiles.createProfile("sRGB")).tobytes()
    return adobe_rgb() if profile == "adobe" else b""


def _image_of(pixels: NDArray[np.uint8], kind: Kind) -> tuple[Image.Image, dict[str, Any]]:
    image = Image.fromarray(pixels)
    match kind:
        case "jpeg" | "progressive":
            return image, {"format": "JPEG", "quality": 92, "subsampling": 0, "progressive": kind == "progressive"}
        case "grey":
            return image.convert("L"), {"format": "JPEG", "quality": 92}
        case "cmyk":
            return image.convert("CMYK"), {"format": "JPEG", "quality": 92}
        case "bilevel":
            return image.convert("1"), {"format": "TIFF", "compression": "group4"}
        case "png":
            return image, {"format": "PNG", "compress_level": 1}
        case "tiff":
            return image, {"format": "TIFF", "compression": "tiff_lzw"}
        case "webp":
            return image, {"format": "WEBP", "quality": 90, "method": 1}
        case _:
            return image, {"format": "AVIF", "quality": 80, "speed": 9}


def _deep(pixels: NDArray[np.uint8], kind: Kind) -> NDArray[np.uint16]:
    """Return 16 bits a channel, and as a fourth what a scanner's infrared sees: no film, but its dust."""
    deep = pixels.astype(np.uint16) * 257
    if kind == "tiff16":
        return deep
    infrared = np.full((*pixels.shape[:2], 1), 60_000, dtype=np.uint16)
    infrared[::97, ::89] = 2_000
    return np.concatenate([deep, infrared], axis=2)


def _exif(orientation: int, *, is_told: bool) -> Image.Exif:
    exif = Image.Exif()
    exif[_ORIENTATION] = orientation
    if is_told:
        exif[_MAKE], exif[_ARTIST] = MAKER, "The photographer's name"
        exif.get_ifd(_GPS).update({1: "N", 2: LATITUDE, 3: "E", 4: (2.0, 21.0, 7.0)})
    return exif


def _png16(pixels: NDArray[np.uint8], icc: bytes) -> bytes:
    """Return a PNG of 16 bits a channel, which Pillow does not write in colour."""

    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    height, width, _ = pixels.shape
    rows = np.zeros((height, 1 + width * 6), dtype=np.uint8)
    rows[:, 1:] = np.repeat(pixels, 2, axis=2).reshape(height, -1)
    profile = chunk(b"iCCP", b"profile\0\0" + zlib.compress(icc)) if icc else b""
    start = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 16, 2, 0, 0, 0))
    return (
        b"\x89PNG\r\n\x1a\n" + start + profile + chunk(b"IDAT", zlib.compress(rows.tobytes(), 1)) + chunk(b"IEND", b"")
    )
