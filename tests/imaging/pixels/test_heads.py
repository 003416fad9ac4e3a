"""What is asked of a file before a decoder sees it, and the word each bad one gets."""

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from imaging.errors import ScanRefused
from imaging.pixels.heads.reading import read_head
from imaging.pixels.limits import Limits
from imaging.pixels.testing import KINDS, draw_scan, scan_bytes
from imaging.pixels.testing_tiff import Tag, tiff_file, tiff_of

PIXELS = draw_scan(1, 90, 60)
LIMITS = Limits()


def word_of(file: bytes, limits: Limits = LIMITS) -> str:
    with pytest.raises(ScanRefused) as refused:
        read_head(file, limits)
    return refused.value.word


def directory(wide: int = 90, high: int = 60, **other: Tag) -> list[Tag]:
    """Return the directory of a grey TIFF with its one strip at the 8th byte; ``other`` replaces or adds by name."""
    tags: dict[str, Tag] = {
        "width": (256, 4, (wide,)),
        "height": (257, 4, (high,)),
        "bits": (258, 3, (8,)),
        "packed": (259, 3, (1,)),
        "light": (262, 3, (1,)),
        "strips": (273, 4, (8,)),
        "lengths": (279, 4, (5400,)),
    }
    return list((tags | other).values())


STRIP = bytes(5400)


def chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def png(width: int, height: int, *chunks: bytes, bits: int = 8, kind: int = 2) -> bytes:
    start = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, bits, kind, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + start + b"".join(chunks) + chunk(b"IEND", b"")


def jpeg_of(width: int, height: int, *, frame: int = 0xC0, bits: int = 8, before: bytes = b"") -> bytes:
    size = struct.pack(">BHHB", bits, height, width, 1) + b"\1\x11\0"
    shape = bytes([0xFF, frame]) + struct.pack(">H", 2 + len(size)) + size
    return b"\xff\xd8" + before + shape + b"\xff\xda\0\x08\1\1\0\0\x3f\0" + b"\0\0\xff\xd9"


def box(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", 8 + len(content)) + name + content


def avif_of(width: int, height: int, *more: bytes, brand: bytes = b"avif") -> bytes:
    size = box(b"ispe", bytes(4) + struct.pack(">II", width, height))
    inner = box(b"iprp", box(b"ipco", size + b"".join(more)))
    return box(b"ftyp", brand + bytes(4) + b"mif1" + brand) + box(b"meta", bytes(4) + inner) + box(b"mdat", bytes(64))


def heic_of(
    width: int,
    height: int,
    *more: bytes,
    items: dict[int, bytes] | None = None,
    points: tuple[bytes, ...] = (),
    brand: bytes = b"heic",
    hidden: tuple[int, ...] = (),
) -> bytes:
    """Return the head of a HEIC: items by number, and boxes of what points at what."""
    items = items or {1: b"hvc1"}
    told = [
        box(b"infe", b"\2\0\0" + bytes([n in hidden]) + struct.pack(">HH", n, 0) + k + b"\0") for n, k in items.items()
    ]
    listed = box(b"iinf", bytes(4) + struct.pack(">H", len(items)) + b"".join(told))
    pointing = box(b"iref", bytes(4) + b"".join(points)) if points else b""
    size = box(b"ispe", bytes(4) + struct.pack(">II", width, height))
    inner = listed + pointing + box(b"iprp", box(b"ipco", size + b"".join(more)))
    start = box(b"ftyp", brand + bytes(4) + b"mif1")
    return start + box(b"meta", bytes(4) + inner) + box(b"mdat", bytes(64))


def pointing(kind: bytes, start: int, *ends: int) -> bytes:
    return box(kind, struct.pack(f">{2 + len(ends)}H", start, len(ends), *ends))


def webp_of(*chunks: bytes) -> bytes:
    content = b"WEBP" + b"".join(chunks)
    return b"RIFF" + struct.pack("<I", len(content)) + content


def riff(name: bytes, content: bytes) -> bytes:
    return name + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2)


def moving(form: str) -> bytes:
    out = io.BytesIO()
    frames = [Image.new("RGB", (20, 20), colour) for colour in ("red", "blue")]
    frames[0].save(out, form, save_all=True, append_images=frames[1:])
    return out.getvalue()


@pytest.mark.parametrize("kind", KINDS)
def test_a_head_says_what_the_picture_is(kind):
    head = read_head(scan_bytes(PIXELS, kind, profile="adobe", is_told=True), LIMITS)

    deep = kind in {"png16", "tiff16", "tiff-rgbi"}
    assert (head.width, head.height, head.pages) == (90, 60, 1)
    assert head.bits == (1 if kind == "bilevel" else 16 if deep else 8)
    assert head.channels == {"grey": 1, "bilevel": 1, "cmyk": 4}.get(kind, 3)
    assert (head.has_alpha, head.spare_channels) == (False, kind == "tiff-rgbi")
    assert head.profile_bytes > 0


@pytest.mark.parametrize(
    ("form", "mode"),
    [(form, mode) for form in ("PNG", "TIFF", "WEBP") for mode in ("L", "LA", "P", "RGB", "RGBA", "1", "I;16")]
    + [("JPEG", mode) for mode in ("L", "RGB", "1")],
)
def test_a_head_agrees_with_pillow(mode, form):
    picture = Image.fromarray(PIXELS)
    stored = Image.fromarray(PIXELS[:, :, 0].astype(np.uint16)) if mode == "I;16" else picture.convert(mode)
    out = io.BytesIO()
    stored.save(out, form)
    head = read_head(out.getvalue(), LIMITS)

    seen = Image.open(io.BytesIO(out.getvalue()))
    assert (head.width, head.height) == seen.size
    assert head.bits == {"1": 1, "I;16": 16}.get(seen.mode, 8)
    assert head.channels + head.has_alpha == {"P": 3}.get(seen.mode, len(seen.getbands()))


STRANGERS = {
    "nothing": (b"", "zero-bytes"),
    "a text": (b"Dear lab, here is my roll", "not-a-picture"),
    "one byte": (b"\xff", "not-a-picture"),
    "a program": (b"\x7fELF" + bytes(100), "not-a-picture"),
    "a GIF": (b"GIF89a" + bytes(100), "type-not-taken"),
    "a BMP": (b"BM" + bytes(100), "type-not-taken"),
    "a PDF": (b"%PDF-1.7\n", "type-not-taken"),
    "an SVG": (b'<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/passwd"/></svg>', "type-not-taken"),
    "an SVG behind a mark": (b'\xef\xbb\xbf  <?xml version="1.0"?><svg/>', "type-not-taken"),
    "a Photoshop file": (b"8BPS" + bytes(60), "type-not-taken"),
    "a BigTIFF": (b"II+\0\x08\0\0\0" + bytes(60), "type-not-taken"),
    "a JPEG XL": (b"\xff\x0a" + bytes(60), "type-not-taken"),
    "a JPEG 2000": (b"\0\0\0\x0cjP  \r\n\x87\n", "type-not-taken"),
    "a ZIP": (b"PK\x03\x04" + bytes(60), "type-not-taken"),
    "a HEIC of another coding": (heic_of(9, 9, items={1: b"jpeg"}), "type-not-taken"),
    "a HEIF that says no more": (avif_of(9, 9, brand=b"mif1"), "type-not-taken"),
    "a film": (box(b"ftyp", b"isom\0\0\2\0isomiso2mp41") + bytes(60), "type-not-taken"),
}

TOO_LARGE = {
    "a PNG of terabytes": (png(2**31 - 1, 2**31 - 1), "too-wide"),
    "a PNG of one bit a pixel": (png(11_000, 11_000, bits=1, kind=0), "too-many-pixels"),
    "a TIFF of 60,001 pixels": (tiff_file([directory(60_001, 1)], content=STRIP), "too-wide"),
    "a TIFF that is high": (tiff_file([directory(1, 4_000_000_000)], content=STRIP), "too-wide"),
    "a TIFF of many pixels": (tiff_file([directory(20_000, 6_001)], content=STRIP), "too-many-pixels"),
    "a JPEG as wide as it can be": (jpeg_of(65_535, 65_535), "too-wide"),
    "a JPEG of many pixels": (jpeg_of(12_000, 10_001), "too-many-pixels"),
    "a WebP": (
        webp_of(riff(b"VP8L", b"\x2f" + struct.pack("<I", 16_383 | 16_383 << 14) + bytes(9))),
        "too-many-pixels",
    ),
    "an AVIF": (avif_of(59_000, 59_000), "too-many-pixels"),
    "an AVIF with a small copy": (
        avif_of(59_000, 59_000, box(b"ispe", bytes(4) + struct.pack(">II", 9, 9))),
        "too-many-pixels",
    ),
    "a HEIC": (heic_of(20_000, 6_001), "too-many-pixels"),
    "a HEIC that is long": (heic_of(4_000_000_000, 1), "too-wide"),
    "a HEIC of tiles": (
        heic_of(59_000, 59_000, box(b"ispe", bytes(4) + struct.pack(">II", 512, 512)), items={1: b"grid", 2: b"hvc1"}),
        "too-many-pixels",
    ),
    "a HEIC with a profile of five megabytes": (
        heic_of(9, 9, box(b"colr", b"prof" + bytes(5_000_000))),
        "profile-too-large",
    ),
    "no pixel": (png(0, 100), "undecodable"),
    "a JPEG that says its height later": (jpeg_of(100, 0), "undecodable"),
}

PAGES = {
    "a TIFF of two": (tiff_file([directory(), directory()], content=STRIP), "many-pages"),
    "a TIFF of many small copies": (
        tiff_file([directory()] + [directory(copy=(254, 4, (1,)))] * 20, content=STRIP),
        "many-pages",
    ),
    "a PNG that moves": (moving("PNG"), "many-pages"),
    "a WebP that moves": (moving("WEBP"), "many-pages"),
    "a HEIC of two": (heic_of(20, 20, items={1: b"hvc1", 2: b"hvc1"}), "many-pages"),
    "a HEIC that moves": (heic_of(20, 20, brand=b"hevc") + box(b"moov", bytes(20)), "many-pages"),
    "an AVIF that moves": (avif_of(20, 20, brand=b"avis") + box(b"moov", bytes(20)), "many-pages"),
}

OTHER_KINDS = {
    "a JPEG of 12 bits": (jpeg_of(90, 60, frame=0xC1, bits=12), "type-not-taken"),
    "a JPEG without loss": (jpeg_of(90, 60, frame=0xC3), "type-not-taken"),
    "an arithmetic JPEG": (jpeg_of(90, 60, frame=0xC9), "type-not-taken"),
    "a TIFF of floats": (
        tiff_file([directory(bits=(258, 3, (32,)), form=(339, 3, (3,)))], content=STRIP),
        "type-not-taken",
    ),
    "a TIFF of 32 bits": (tiff_file([directory(bits=(258, 3, (32,)))], content=STRIP), "type-not-taken"),
    "a TIFF of a sensor": (tiff_file([directory(light=(262, 3, (32_803,)))], content=STRIP), "type-not-taken"),
}

BILLION = tiff_file([directory(strips=(273, 4, b""))], content=STRIP)
BILLION = BILLION.replace(struct.pack("<HHI", 273, 4, 0), struct.pack("<HHI", 273, 4, 10**9))
CIRCLE = b"II*\0\x08\0\0\0\x01\0" + struct.pack("<HHII", 256, 4, 1, 9) + b"\x08\0\0\0"
BROKEN = {
    "a JPEG that says its size twice": (jpeg_of(90, 60, before=jpeg_of(9, 6)[2:15]), "undecodable"),
    "a JPEG without a frame": (b"\xff\xd8\xff\xda\0\x08\1\1\0\0\x3f\0\0\xff\xd9", "undecodable"),
    "a JPEG that ends at once": (b"\xff\xd8\xff\xd9", "undecodable"),
    "a JPEG of junk": (b"\xff\xd8\xff\xe0\0\x04\0\0junk", "undecodable"),
    "a JPEG of endless parts": (b"\xff\xd8" + b"\xff\xfe\0\2" * 30_000, "undecodable"),
    "a JPEG of fill bytes": (b"\xff\xd8" + b"\xff" * 5_000, "truncated"),
    "a PNG of 3 bits": (png(9, 9, bits=3), "undecodable"),
    "a PNG without a head": (b"\x89PNG\r\n\x1a\n" + chunk(b"IDAT", bytes(40)), "undecodable"),
    "a TIFF that goes in a circle": (CIRCLE, "undecodable"),
    "a TIFF without directories": (b"II*\0\0\0\0\0", "undecodable"),
    "a TIFF of too many tags": (b"II*\0\x08\0\0\0\xff\xff" + bytes(99), "undecodable"),
    "a TIFF of a billion strips": (BILLION, "undecodable"),
    "a TIFF of text for a width": (tiff_file([directory(width=(256, 2, b"wide"))], content=STRIP), "undecodable"),
    "a TIFF with fewer channels than colours": (
        tiff_file([directory(light=(262, 3, (2,)))], content=STRIP),
        "undecodable",
    ),
    "a HEIF of boxes that leave it": (avif_of(9, 9).replace(b"ispe", b"\xff\xff\xff\xff"), "undecodable"),
    "a HEIC of endless parts": (heic_of(9, 9, items=dict.fromkeys(range(5_000), b"hvc1")), "undecodable"),
    "a HEIC whose parts point without end": (
        heic_of(9, 9, points=(pointing(b"dimg", 1, *range(30_000)),)),
        "undecodable",
    ),
    "a HEIF without a head": (box(b"ftyp", b"avif\0\0\0\0avif") + box(b"mdat", bytes(30)), "undecodable"),
    "a WebP of junk": (webp_of(riff(b"VP8 ", bytes(40))), "undecodable"),
}


@pytest.mark.parametrize("name", [*STRANGERS, *TOO_LARGE, *PAGES, *OTHER_KINDS, *BROKEN])
def test_attack_A07_a_bad_file_is_refused_by_its_head(name):
    file, word = (STRANGERS | TOO_LARGE | PAGES | OTHER_KINDS | BROKEN)[name]

    assert word_of(file) == word


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("share", [0.02, 0.3, 0.7, 0.98])
def test_a_file_that_was_cut_off_is_seen_by_its_structure(kind, share):
    whole = scan_bytes(draw_scan(2, 300, 200), kind)

    assert word_of(whole[: int(len(whole) * share)]) in {"truncated", "undecodable"}


@pytest.mark.parametrize(("kind", "word"), [("jpeg", "profile-too-large"), ("tiff16", "profile-too-large")])
def test_attack_A10_a_profile_of_five_megabytes_is_refused(kind, word):
    profile = b"\0" * 5_000_000
    out = io.BytesIO()
    Image.fromarray(PIXELS).save(out, "JPEG", icc_profile=profile)
    file = out.getvalue() if kind == "jpeg" else tiff_of(PIXELS.astype(np.uint16), icc=profile)

    assert word_of(file) == word


def test_attack_A07_a_file_larger_than_it_may_be_is_refused():
    assert word_of(scan_bytes(PIXELS, "tiff"), Limits(file_bytes=5_000)) == "too-large"


def test_a_scanners_small_copies_are_no_pages():
    file = tiff_file([directory(), directory(9, 6, copy=(254, 4, (1,))), directory(copy=(254, 4, (4,)))], content=STRIP)

    head = read_head(file, LIMITS)

    assert (head.width, head.height, head.pages) == (90, 60, 1)


PHONES = {
    "tiles, a copy, a mask and words": heic_of(
        90,
        60,
        items={1: b"hvc1", 2: b"hvc1", 3: b"grid", 4: b"hvc1", 5: b"hvc1", 6: b"Exif", 7: b"mime"},
        points=(
            pointing(b"dimg", 3, 1, 2),
            pointing(b"thmb", 4, 3),
            pointing(b"auxl", 5, 3),
            pointing(b"cdsc", 6, 3),
            pointing(b"cdsc", 7, 3),
        ),
    ),
    "tiles that are hidden": heic_of(90, 60, items={1: b"hvc1", 2: b"hvc1", 3: b"grid"}, hidden=(1, 2)),
    "a brand that says HEIF only": heic_of(90, 60, brand=b"mif1"),
}


@pytest.mark.parametrize("name", PHONES)
def test_what_a_phone_puts_beside_a_heic_is_no_page(name):
    head = read_head(PHONES[name], LIMITS)

    assert (head.media, head.width, head.height, head.pages) == ("image/heic", 90, 60, 1)


def test_a_phones_second_picture_behind_the_first_is_no_page():
    """An MPO begins as a JPEG; what stands behind it is the same picture's depth or brightness."""
    scan = scan_bytes(PIXELS, "jpeg")

    assert read_head(scan + scan, LIMITS).pages == 1


def test_a_refusal_is_a_sentence_for_people_and_a_word_for_programs():
    with pytest.raises(ScanRefused, match="the picture has too many pixels \\(121 million, at most 120\\)") as refused:
        read_head(png(11_000, 11_000), LIMITS)

    assert refused.value.word == "too-many-pixels"
