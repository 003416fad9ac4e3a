"""Which kind of file this is, by its first bytes: never by its name or by what its sender says."""

from typing import Final

from imaging.pixels.refusing import refusal

SNIFFED_BYTES: Final = 64

TAKEN: Final = ("image/jpeg", "image/png", "image/tiff", "image/webp", "image/avif", "image/heic")

_AVIF: Final = frozenset({b"avif", b"avis"})
_HEIC: Final = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"msf1"})
"""The last two say HEIF only; what its pixels are packed with says the head."""
_STRANGERS: Final = (
    (b"GIF8", "a GIF"),
    (b"BM", "a BMP"),
    (b"%PDF", "a PDF"),
    (b"8BPS", "a Photoshop file"),
    (b"II+\0", "a BigTIFF"),
    (b"MM\0+", "a BigTIFF"),
    (b"\xff\x0a", "a JPEG XL"),
    (b"\0\0\0\x0cJXL ", "a JPEG XL"),
    (b"\0\0\0\x0cjP  ", "a JPEG 2000"),
    (b"\xff\x4f\xff\x51", "a JPEG 2000"),
    (b"FUJIFILMCCD-RAW", "a camera's raw file"),
    (b"IIRO", "a camera's raw file"),
    (b"IIU\0", "a camera's raw file"),
    (b"PK\x03\x04", "a ZIP"),
)


def media_of(start: bytes) -> str:
    """Return the media type that a file's first 64 bytes show, one of :data:`TAKEN`.

    Raises:
        ScanRefused: zero-bytes, type-not-taken or not-a-picture.
    """
    if not start:
        raise refusal("zero-bytes")
    if start.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if start.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if start.startswith((b"II*\0", b"MM\0*")):
        return "image/tiff"
    if start.startswith(b"RIFF") and start[8:12] == b"WEBP":
        return "image/webp"
    if start[4:8] == b"ftyp":
        return _media_of_boxes(start)
    for magic, name in _STRANGERS:
        if start.startswith(magic):
            raise refusal("type-not-taken", f"it is {name}")
    if start.lstrip(b"\xef\xbb\xbf \t\r\n")[:5].lower().startswith((b"<svg", b"<?xml")):
        raise refusal("type-not-taken", "it is a drawing, not a scan")
    raise refusal("not-a-picture")


def _media_of_boxes(start: bytes) -> str:
    """Return the kind of an ISO base media file by its brands (ISO/IEC 14496-12, 4.3)."""
    end = min(int.from_bytes(start[:4], "big"), len(start))
    brands = {start[8:12]} | {start[at : at + 4] for at in range(16, end, 4)}
    if brands & _AVIF:
        return "image/avif"
    if brands & _HEIC:
        return "image/heic"
    raise refusal("type-not-taken", "it is a film, or a picture of a kind we do not know")
