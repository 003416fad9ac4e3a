"""What is known of a picture file, and what is made of it."""

from dataclasses import dataclass
from typing import Final, Literal

Tier = Literal["256", "2048"]
"""The longer side of a rendition in pixels, at most; a smaller picture is never made larger."""

TIERS: Final[tuple[Tier, ...]] = ("256", "2048")

RECIPE: Final = 1
"""The version of how renditions are made; a change makes the old ones due for a backfill."""


@dataclass(frozen=True, kw_only=True)
class Probe:
    """What a picture file says of itself before a pixel is decoded. Width and height are as stored, in pixels."""

    media: str
    width: int
    height: int
    bits: int
    channels: int
    has_profile: bool


@dataclass(frozen=True, kw_only=True)
class Rendition:
    """One tier of a picture as a JPEG in two parts: ``header + body`` is the file, the header is common to many."""

    tier: Tier
    header: bytes
    body: bytes
    width: int
    height: int


@dataclass(frozen=True, kw_only=True)
class Derived:
    """All that is made of one original: its tiers, and a placeholder of some hundred bytes (a whole tiny file)."""

    probe: Probe
    renditions: tuple[Rendition, ...]
    placeholder: bytes
    placeholder_media: str


@dataclass(frozen=True, kw_only=True)
class Edited:
    """A picture with an edit carried out, as a JPEG in two parts; width and height in pixels."""

    header: bytes
    body: bytes
    width: int
    height: int
