"""A file's head, read and judged: the one door to a decoder."""

from imaging.pixels.heads.head import Bytes, Head
from imaging.pixels.heads.heif import head_of_heif
from imaging.pixels.heads.jpeg import head_of_jpeg
from imaging.pixels.heads.png import head_of_png
from imaging.pixels.heads.sniff import SNIFFED_BYTES, media_of
from imaging.pixels.heads.tiff import head_of_tiff
from imaging.pixels.heads.webp import head_of_webp
from imaging.pixels.limits import Limits
from imaging.pixels.picture import Probe
from imaging.pixels.refusing import refusal


def read_head(file: Bytes, limits: Limits) -> Head:
    """Return the head of a file that may be decoded.

    Raises:
        ScanRefused: it is none that is taken, or larger than it may be.
    """
    media = media_of(file[:SNIFFED_BYTES])
    if len(file) > limits.file_bytes:
        raise refusal("too-large", f"{len(file) / 1e6:.0f} MB, at most {limits.file_bytes / 1e6:.0f}")
    head = _parse(file, media)
    judge_size(head.width, head.height, limits)
    if head.pages > 1:
        raise refusal("many-pages")
    if head.profile_bytes > limits.profile_bytes:
        raise refusal("profile-too-large", f"{head.profile_bytes:,} bytes, at most {limits.profile_bytes:,}")
    return head


def judge_size(width: int, height: int, limits: Limits) -> None:
    """Refuse a picture, in pixels, that is larger than it may be.

    Raises:
        ScanRefused: undecodable without a pixel, too-wide or too-many-pixels.
    """
    if width < 1 or height < 1:
        raise refusal("undecodable", "it has no pixel")
    if max(width, height) > limits.side:
        raise refusal("too-wide", f"{max(width, height):,} pixels, at most {limits.side:,}")
    if width * height > limits.pixels:
        raise refusal("too-many-pixels", f"{width * height / 1e6:,.0f} million, at most {limits.pixels / 1e6:,.0f}")


def probe_of(head: Head) -> Probe:
    """Return what is told of a head."""
    return Probe(
        media=head.media,
        width=head.width,
        height=head.height,
        bits=head.bits,
        channels=head.channels,
        has_profile=head.profile_bytes > 0,
    )


def _parse(file: Bytes, media: str) -> Head:
    match media:
        case "image/jpeg":
            return head_of_jpeg(file)
        case "image/png":
            return head_of_png(file)
        case "image/tiff":
            return head_of_tiff(file)
        case "image/webp":
            return head_of_webp(file)
        case _:
            return head_of_heif(file, media)
