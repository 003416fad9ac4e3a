"""A10: whatever was done to a scan, it is derived or refused with a word, and the next one is opened all the same."""

import random
from collections import Counter

import pytest

from imaging.errors import ScanRefused
from imaging.pixels.picture import TIERS
from imaging.pixels.refusing import SENTENCES
from imaging.pixels.testing import Kind, draw_scan, scan_bytes

LARGE = bytes.fromhex("ffff ffffffff 7fff 7fffffff 8000 0000 00000000 0001".replace(" ", ""))


def damaged(scan: bytes, dice: random.Random) -> bytes:
    """Return a scan with one to five wounds: flipped bits, large numbers, holes, doubled parts, a new end."""
    broken = bytearray(scan)
    for _ in range(dice.randint(1, 5)):
        at = dice.randrange(min(len(broken), dice.choice([64, 700, len(broken)])))
        match dice.randrange(6):
            case 0:
                broken[at] ^= 1 << dice.randrange(8)
            case 1:
                start = dice.randrange(len(LARGE) - 4)
                broken[at : at + 4] = LARGE[start : start + 4]
            case 2:
                del broken[at : at + dice.randint(1, 40)]
            case 3:
                broken[at:at] = broken[at : at + dice.randint(1, 40)]
            case 4:
                broken[at : at + 8] = dice.randbytes(8)
            case _:
                if dice.randrange(8) == 0:
                    del broken[at + 1 :]
        if not broken:
            break
    return bytes(broken)


TYPES: dict[str, tuple[Kind, ...]] = {
    "JPEG": ("jpeg", "progressive", "grey", "cmyk"),
    "PNG": ("png", "png16"),
    "TIFF": ("tiff", "tiff16", "tiff-rgbi", "bilevel"),
    "WebP": ("webp",),
    "AVIF": ("avif",),
    "HEIC": ("heic",),
}


def came_of(darkroom, path) -> str:
    try:
        derived = darkroom.derive_now(path)
    except ScanRefused as refused:
        return refused.word
    assert tuple(made.tier for made in derived.renditions) == TIERS
    return "derived"


def wound(darkroom, filed, kinds: tuple[Kind, ...], seeds: range) -> Counter[str]:
    pixels = draw_scan(1, 72, 48)
    scans = [scan_bytes(pixels, kind, profile="adobe", orientation=6, is_told=True) for kind in kinds]
    words = Counter(
        came_of(darkroom, filed(damaged(scans[seed % len(scans)], random.Random(f"{kinds} {seed}")))) for seed in seeds
    )
    assert {came_of(darkroom, filed(scan)) for scan in scans} == {"derived"}
    assert set(words) <= {"derived", *SENTENCES}
    return words


@pytest.mark.parametrize("kind", TYPES)
def test_attack_A10_three_hundred_damaged_scans_of_each_type(darkroom, filed, kind):
    words = wound(darkroom, filed, TYPES[kind], range(300))

    assert 10 < words["derived"] < 290  # wounds that a picture survives, and others


@pytest.mark.nightly
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("kind", TYPES)
def test_attack_A10_ten_thousand_damaged_scans_of_each_type(darkroom, filed, kind):
    assert wound(darkroom, filed, TYPES[kind], range(300, 10_300)).total() == 10_000
