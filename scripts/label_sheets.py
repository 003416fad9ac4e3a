"""Draw every label onto sheets in docs/pictures/labels: each head, and each script, as printed and as sold.

Usage: python scripts/label_sheets.py [FOLDER]
"""

import argparse
from collections.abc import Iterator
from pathlib import Path

from PIL import Image

from hardware.printer.profile import PrinterProfile, load_profile
from hardware.printer.raster import picture_of
from hardware.render.label import LabelRenderer
from hardware.render.proof import on_paper, png_of, sheet_of
from hardware.render.receipt import ReceiptComposer
from hardware.render.samples import sample_label, sample_receipt, sample_stub
from hardware.render.strip import SecurityStrip
from hardware.render.template import widest
from photocore.settings import locate_config

FOLDER = Path(__file__).parents[1] / "docs" / "pictures" / "labels"
HEADS = {"203dpi": "virtual-80mm", "300dpi": "virtual-80mm-300dpi", "58mm": "generic-58mm"}
LANGUAGES = ("de", "fr", "es", "it", "pl", "tr", "ar", "he", "hi", "zh", "ja")
OF_EACH_LANGUAGE = ("roll-72mm", "presale-fold-roll_id-72mm", "package-72mm", "twin_check-72mm", "bag-72mm")
OF_EACH_LANGUAGE += ("wrap-72mm", "quality-72mm", "presale-code-72mm")


def labels(profile: PrinterProfile, language: str, only: tuple[str, ...] = ()) -> Iterator[Image.Image]:
    """Return a head's labels; one that is sealed before the sale also as it is sold."""
    config = locate_config()
    painter, strips = LabelRenderer(config, profile), SecurityStrip(config, profile)
    for template in widest(painter.templates, profile.print_width_mm):
        if only and template.name not in only:
            continue
        drawn = painter.draw(sample_label(template, language), template)
        yield on_paper(drawn.picture, profile)
        if drawn.strip:
            yield on_paper(strips.cover(drawn, language), profile)


def receipts(profile: PrinterProfile, language: str) -> list[Image.Image]:
    """Return receipt and claim stub as they are drawn where a printer has no letters."""
    composer = ReceiptComposer(locate_config(), profile)
    papers = (sample_receipt(language), sample_stub(language))
    return [on_paper(picture_of(composer.draw(paper)), profile) for paper in papers]


def main() -> None:
    """Draw the sheets and say how large each is."""
    parser = argparse.ArgumentParser(description="All labels, on sheets.")
    parser.add_argument("folder", type=Path, nargs="?", default=FOLDER)
    folder: Path = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    sheets: dict[str, tuple[PrinterProfile, list[Image.Image]]] = {}
    for head, name in HEADS.items():
        profile = load_profile(locate_config(), name)
        sheets[f"all-{head}"] = profile, [*labels(profile, "en"), *receipts(profile, "en")]
    profile = load_profile(locate_config(), HEADS["203dpi"])
    for language in LANGUAGES:
        pictures = [*labels(profile, language, OF_EACH_LANGUAGE), *receipts(profile, language)]
        sheets[f"language-{language}"] = profile, pictures
    for name, (profile, pictures) in sheets.items():
        path = folder / f"{name}.png"
        path.write_bytes(png_of(sheet_of(pictures, profile), profile))
        print(f"{path}: {path.stat().st_size // 1000} kB", flush=True)


if __name__ == "__main__":
    main()
