"""A shop's own face, as data: its name, its colour and its logo, from config/brands/*.toml.

A logo comes from outside. What it claims to be is looked at before it is decoded: a file or a picture that is too
large, or of a kind we do not draw, is refused with a sentence that says what to send instead.
"""

import re
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from PIL import Image

from kiosk.errors import BrandWrong
from photocore.errors import SettingsError
from photocore.settings import load_toml

FOLDER: Final = "brands"
KEYS: Final = frozenset({"name", "accent", "logo"})
KINDS: Final = ("PNG", "JPEG", "WEBP")
MOST_FILE_BYTES: Final = 1_000_000
MOST_SIDE_PX: Final = 3000
MOST_RATIO: Final = 8.0
"""A logo is at most so many times as broad as it is high: a longer one would be a line in the top bar."""
KEPT_PX: Final = (960, 240)
"""It is kept no larger than it is ever drawn."""
OPAQUE: Final = 128


@dataclass(frozen=True, kw_only=True)
class Logo:
    """A logo's pixels, RGBA from the top, and how light its ink is on the whole, 0 to 1."""

    size: tuple[int, int]
    pixels: bytes
    lightness: float


@dataclass(frozen=True, kw_only=True)
class Brand:
    """A shop's name, its accent as ``#RRGGBB``, and its logo; what is missing is ours."""

    name: str = ""
    accent: str = ""
    logo: Logo | None = None


PLAIN: Final = Brand()


def load_brand(config: Path, brand: str) -> Brand:
    """Return a brand by the name of its file in config/brands, or by the path of a file elsewhere.

    Raises:
        BrandWrong: there is no such file, or something in it cannot be used; the message says what.
    """
    path = Path(brand) if brand.endswith(".toml") else config / FOLDER / f"{brand}.toml"
    try:
        facts = load_toml(path)
    except SettingsError as cause:
        raise BrandWrong(str(cause)) from cause
    if unknown := sorted(set(facts) - KEYS):
        raise BrandWrong(f"{path}: {unknown[0]} is no key of a brand; there are {', '.join(sorted(KEYS))}.")
    name, accent, logo = (_text(facts, key, path) for key in ("name", "accent", "logo"))
    if accent and not re.fullmatch(r"#[0-9A-Fa-f]{6}", accent):
        raise BrandWrong(f'{path}: accent = "{accent}" is no colour; write it as "#0B6E4F".')
    return Brand(name=name, accent=accent.upper(), logo=read_logo(path.parent / logo) if logo else None)


def read_logo(path: Path) -> Logo:
    """Return a logo, decoded and made small.

    Raises:
        BrandWrong: it cannot be read, is too large, or is not what it claims to be.
    """
    try:
        size = path.stat().st_size
    except OSError as cause:
        raise BrandWrong(f"The logo {path} cannot be read: {cause.strerror}.") from cause
    if size > MOST_FILE_BYTES:
        raise BrandWrong(f"The logo {path} has {size:,} bytes; at most {MOST_FILE_BYTES:,} are drawn.")
    try:
        with warnings.catch_warnings(action="error"), Image.open(path, formats=KINDS) as picture:
            _check_size(path, picture.size)  # of the header alone: nothing is decoded yet
            picture.draft("RGB", KEPT_PX)
            ink = picture.convert("RGBA")
    except BrandWrong:
        raise
    except (OSError, ValueError, SyntaxError, Warning, Image.DecompressionBombError) as cause:
        raise BrandWrong(f"The logo {path} is no whole {', '.join(KINDS)} picture.") from cause
    covered = ink.getchannel("A").getbbox()
    if covered is None:
        raise BrandWrong(f"The logo {path} is empty: every pixel of it is transparent.")
    ink = ink.crop(covered)
    ink.thumbnail(KEPT_PX, Image.Resampling.LANCZOS)
    return Logo(size=ink.size, pixels=ink.tobytes(), lightness=_lightness(ink))


def _check_size(path: Path, size: tuple[int, int]) -> None:
    wide, high = size
    if max(size) > MOST_SIDE_PX:
        raise BrandWrong(f"The logo {path} is {wide} x {high} pixels; at most {MOST_SIDE_PX} a side are drawn.")
    if wide > high * MOST_RATIO or high > wide:
        raise BrandWrong(f"The logo {path} is {wide} x {high} pixels; it must be square, or up to 8 times as broad.")


def _lightness(ink: Image.Image) -> float:
    """Return how light the pixels that cover are, on average; 0 for a logo that covers nothing."""
    mask = ink.getchannel("A").point([255 * (alpha >= OPAQUE) for alpha in range(256)])
    counts = ink.convert("L").histogram(mask)
    return sum(level * count for level, count in enumerate(counts)) / max(1, sum(counts)) / 255


def _text(facts: dict[str, Any], key: str, path: Path) -> str:
    value = facts.get(key, "")
    if not isinstance(value, str):
        raise BrandWrong(f"{path}: {key} is no text.")
    return value
