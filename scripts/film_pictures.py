"""Draw what is read of packages and film strips into docs/pictures/readings: real labels, drawn boxes and film.

Usage: python scripts/film_pictures.py [FOLDER]
"""

import argparse
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from PIL import Image

from hardware.printer.profile import load_profile
from hardware.render.label import LabelRenderer
from imaging.codes.package import PackagePool
from imaging.codes.package_reader import see_package
from imaging.codes.strip import read_strip
from imaging.draw import draw_marks
from imaging.film_marks import package_marks, strip_marks
from imaging.testing_film import Shelf, Strip, draw_package, draw_strip
from photocore.film import FilmType
from photocore.ids import ItemId
from photocore.label import RollLabel
from photocore.package import Manifest
from photocore.settings import locate_config
from photocore.testing import KnownShop
from photocore.twin_checks import twin_check

FOLDER = Path(__file__).parents[1] / "docs" / "pictures" / "readings"
WIDTH, COLOURS = 1000, 64
PACKAGE = ItemId("(01)19501101530000(21)P2026A123")
ROLLS = tuple(ItemId(f"(01)09501101530003(21)7H3K9QX2{n:02}") for n in range(6))
STRANGER = ItemId("(01)09501101530003(21)STRANGER99")
PORTRA, GOLD = FilmType(dx1=95, dx2=13), FilmType(dx1=78, dx2=2)


def labels(rolls: tuple[ItemId, ...]) -> list[Image.Image]:
    """Return each roll's own label as a printer prints it."""
    config = locate_config()
    painter = LabelRenderer(config, load_profile(config, "generic-58mm"))
    return [
        painter.render(
            RollLabel(
                roll=roll, number=n + 1, of=len(rolls), copy=f"AB12C{n}", package=PACKAGE, product="Portra 400",
                detail="135-36 · ISO 400 · C-41", store="Foto Lenz, Basel",
            )
        ).picture.convert("L")
        for n, roll in enumerate(rolls)
    ]  # fmt: skip


def packages() -> Iterator[tuple[str, Image.Image]]:
    """Yield a package that is whole, and one with a stranger and a label that is turned away."""
    manifest = Manifest(package=PACKAGE, rolls=ROLLS, source="maker")
    odd = (*ROLLS[:4], STRANGER, ROLLS[5])
    for name, rolls, hidden in (("package", ROLLS, ()), ("package-stranger", odd, (1,))):
        picture = draw_package(labels(rolls), Shelf(turn_deg=14.0, glare=2), seed=8, hidden=hidden)
        seen = see_package(picture, PackagePool(knows=KnownShop(), manifest=manifest))
        yield name, draw_marks(picture, package_marks(seen, 0), seen.count_words)


def strips() -> Iterator[tuple[str, Image.Image]]:
    """Yield a strip with its twin check, and one in which another film begins."""
    one = draw_strip(Strip(film=PORTRA, first=20, half_frames=8, leader=twin_check(4, 7731).text), seed=1)
    two = np.hstack([draw_strip(Strip(film=f, first=n, half_frames=6), seed=n) for f, n in ((PORTRA, 28), (GOLD, 4))])
    for name, scan in (("strip", one), ("strip-mixed", two)):
        seen = read_strip([scan], KnownShop())
        whose = ", ".join(["twin check " + check.short for check in seen.twin_checks])
        title = seen.alarms[0] if seen.alarms else f"{whose}, film {seen.edge.film}"
        yield name, draw_marks(scan, strip_marks(seen, 0), title)


def main() -> None:
    """Draw them, and say how large each is."""
    parser = argparse.ArgumentParser(description="What is read of packages and film strips.")
    parser.add_argument("folder", type=Path, nargs="?", default=FOLDER)
    folder: Path = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    for name, drawn in (*packages(), *strips()):
        path = folder / f"{name}.png"
        small = drawn.resize((WIDTH, round(drawn.height * WIDTH / drawn.width)), Image.Resampling.LANCZOS)
        small.quantize(COLOURS, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE).save(path, optimize=True)
        print(f"{path.name}: {path.stat().st_size // 1024} KB")


if __name__ == "__main__":
    main()
