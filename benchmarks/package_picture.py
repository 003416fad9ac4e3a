"""All rolls of a package in one picture, and the edges of developed film, beside what zxing-cpp alone makes of them.

    python benchmarks/package_picture.py [--quick] [--json FILE]

* **six rolls in 1080p**: the whole way from the grey picture to "6 of 6 rolls found", in turns with zxing-cpp alone on
  the same picture with the same formats, which leaves texts and no rolls. The aim is 1.3 times as long.
* **a strip of six frames**: how many of twelve edge codes are found, over ways a strip lies on a scanner. zxing-cpp
  alone is given the whole scan; of its readings those count that say the right film, which only we know.

The pictures are drawn (imaging/testing_film.py); a picture takes seconds to draw and is drawn once.
"""

import statistics
import time
from collections.abc import Callable, Iterator

import numpy as np
import zxingcpp
from measuring import Line, run_alone
from PIL import Image

from imaging.codes.contexts import Context, symbologies_of
from imaging.codes.package import PackagePool
from imaging.codes.package_reader import see_package
from imaging.codes.reader_zxing import FORMATS
from imaging.codes.strip import read_strip
from imaging.testing_film import Shelf, Strip, draw_package, draw_strip, sgtin_label
from photocore.film import FilmType
from photocore.ids import ItemId
from photocore.package import Manifest
from photocore.testing import KnownShop

SHOP = KnownShop({"09501101530003": "roll"})
PORTRA = FilmType(dx1=95, dx2=13)
HALF_FRAMES = 12


def measure(quick: bool) -> list[Line]:
    return [*packages(quick), *strips(quick)]


def packages(quick: bool) -> Iterator[Line]:
    """Yield one line a number of rolls."""
    pictures = 2 if quick else 6
    for count in (6,) if quick else (3, 6, 20):
        rolls = [ItemId(f"(01)09501101530003(21)7H3K9Q{n:04}") for n in range(count)]
        manifest = Manifest(package=ItemId("(01)19501101530000(21)P2026A123"), rolls=tuple(rolls), source="maker")
        labels = [sgtin_label(roll, f"AB{n:04}") for n, roll in enumerate(rolls)]
        ours, floor, complete = [], [], 0
        for seed in range(pictures):
            picture = draw_package(labels, Shelf(has_linear=count <= 6, glare=1), seed)
            for _ in range(5):
                ours.append(timed(see_package, picture, pool(manifest)))
                floor.append(timed(alone, picture, Context.PACKAGE))
            complete += see_package(picture, pool(manifest)).is_complete
        yield Line(
            what=f"{count} rolls in one picture of 1920 x 1080",
            unit="ms",
            ours=statistics.median(ours),
            floor=statistics.median(floor),
            floor_is="zxing-cpp alone, same formats",
            aim="<= 1.3",
            note=f"complete in {complete} of {pictures} pictures",
        )


def strips(quick: bool) -> Iterator[Line]:
    """Yield one line a way that film lies on a scanner: edge codes found of twelve, the mean of some strips."""
    for name, turn in WAYS.items():
        ours, floor, took = [], [], []
        for seed in range(1 if quick else 3):
            scan = turn(draw_strip(Strip(film=PORTRA, first=20 + seed, half_frames=HALF_FRAMES), seed))
            began = time.perf_counter()
            seen = read_strip([scan], SHOP)
            took.append((time.perf_counter() - began) * 1e3)
            ours.append(len(seen.frames_in(0)))
            floor.append(sum(text.startswith(f"{PORTRA}/") for text in alone(scan, Context.FILM_EDGE)))
        yield Line(
            what=f"edge codes of a strip {name}",
            unit=f"of {HALF_FRAMES}",
            ours=statistics.mean(ours),
            floor=statistics.mean(floor),
            floor_is="zxing-cpp alone, whole scan",
            note=f"{statistics.median(took):.0f} ms a strip",
        )


def aslant(degrees: float) -> Callable[[np.ndarray], np.ndarray]:
    """Return what lays a scan aslant."""
    return lambda scan: np.asarray(
        Image.fromarray(scan).rotate(degrees, Image.Resampling.BICUBIC, expand=True, fillcolor=205)
    )


WAYS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "straight": lambda scan: scan,
    "upside down": lambda scan: np.ascontiguousarray(scan[::-1, ::-1]),
    "emulsion up": lambda scan: np.ascontiguousarray(scan[:, ::-1]),
    "turned into a positive": lambda scan: (255 - scan).astype(np.uint8),
    "half a degree aslant": aslant(0.5),
    "two degrees aslant": aslant(2.0),
    "three degrees aslant": aslant(3.0),
}


def pool(manifest: Manifest) -> PackagePool:
    return PackagePool(knows=SHOP, manifest=manifest)


def alone(picture: np.ndarray, context: Context) -> list[str]:
    """Return the texts of zxing-cpp's one call."""
    names = [name for kind in sorted(symbologies_of(context)) for name in FORMATS.get(kind, ())]
    formats = tuple(getattr(zxingcpp.BarcodeFormat, name) for name in names)
    return [code.text for code in zxingcpp.read_barcodes(picture, formats=formats, text_mode=zxingcpp.TextMode.Plain)]


def timed(work: Callable[..., object], *on: object) -> float:
    """Return how many milliseconds ``work`` took."""
    began = time.perf_counter()
    work(*on)
    return (time.perf_counter() - began) * 1e3


if __name__ == "__main__":
    run_alone(measure, __doc__)
