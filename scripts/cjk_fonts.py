"""Cut the Chinese and Japanese letters we bundle out of Noto Sans CJK: ``python scripts/cjk_fonts.py DIRECTORY``.

``DIRECTORY`` holds ``NotoSansCJK-Regular.ttc`` and ``NotoSansCJK-Bold.ttc`` as Debian 12 ships them: in the package
fonts-noto-cjk 1:20220127+repack1-1, below ``usr/share/fonts/opentype/noto`` (``apt-get download`` and ``dpkg-deb -x``
bring them without installing 90 MB). Whole they hold 65,000 letters in every regional shape; a counter needs the few
thousand that names and sentences are written with. The same letters are written differently in Chinese and Japanese,
so each has a font of its own.

What goes in: punctuation, kana and the first level of the national standard (GB 2312: 3,755 signs; JIS X 0208: 2,965),
so that a store's or a product's name can be written, and every sign of our own texts. A test says when a text needs a
sign more. Latin letters stay with our other fonts. The same letters always give the same bytes.
"""

import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import uharfbuzz

ROOT: Final = Path(__file__).parents[1]
FONTS: Final = ROOT / "config" / "fonts"
WEIGHTS: Final = ("Regular", "Bold")
KEPT_FEATURES: Final = ("ccmp", "locl", "mark", "mkmk")
"""What is needed to set a horizontal line; the rest is for vertical writing and for typesetters."""


@dataclass(frozen=True, kw_only=True)
class Cut:
    """One language's letters: which face of the collection has its shapes, and which standard names its signs."""

    language: str
    name: str
    face: int
    codec: str
    rows: tuple[tuple[int, int], ...]
    """Rows of the standard's 94 by 94 table, first and last: punctuation and kana, then the first level."""


CUTS: Final = (
    Cut(language="zh", name="NotoSansSC", face=2, codec="gb2312", rows=((1, 1), (3, 3), (16, 55))),
    Cut(language="ja", name="NotoSansJP", face=0, codec="euc_jp", rows=((1, 1), (3, 5), (16, 47))),
)


def letters_of(cut: Cut) -> frozenset[int]:
    """Return the signs ``cut`` takes from its standard and from our own texts."""
    listed = {sign for first, last in cut.rows for row in range(first, last + 1) for sign in _row(cut.codec, row)}
    return frozenset(ord(sign) for sign in listed | _ours(cut.language) if sign == " " or ord(sign) >= 0x2000)


def _row(codec: str, row: int) -> set[str]:
    """Return the signs of one row; a cell that holds none is left out."""
    return {sign for cell in range(1, 95) for sign in bytes((0xA0 + row, 0xA0 + cell)).decode(codec, "ignore")}


def _ours(language: str) -> set[str]:
    """Return what our own texts in ``language`` are written with, and the names all languages have on every screen."""
    pages = [
        ROOT / "kiosk" / "locale" / language / "LC_MESSAGES" / "kiosk.po",
        ROOT / "kiosk" / "language.py",
        *sorted((ROOT / "config" / "privacy").glob(f"*/{language}.toml")),
    ]
    papers = [ROOT / "config" / "labels" / "words.toml", ROOT / "config" / "receipts" / "sentences.toml"]
    told = [page.read_text(encoding="utf-8") for page in pages]
    told += [text for paper in papers for text in tomllib.loads(paper.read_text(encoding="utf-8"))[language].values()]
    return {sign for text in told for sign in text}


def cut_font(collection: Path, cut: Cut) -> bytes:
    """Return one face of ``collection`` with ``cut``'s letters alone, those it has."""
    harfbuzz: Any = uharfbuzz  # a compiled module without types
    face = harfbuzz.Face(harfbuzz.Blob.from_file_path(str(collection)), cut.face)
    wish = harfbuzz.SubsetInput()
    wish.unicode_set.update(letters_of(cut))
    wish.layout_feature_tag_set.clear()
    wish.layout_feature_tag_set.update({_tag(name) for name in KEPT_FEATURES})
    wish.flags = harfbuzz.SubsetFlags.NO_HINTING
    return bytes(harfbuzz.subset(face, wish).blob.data)


def _tag(name: str) -> int:
    return int.from_bytes(name.encode(), "big")


def main(directory: Path) -> int:
    """Write each language's fonts and say how large they are."""
    for cut in CUTS:
        for weight in WEIGHTS:
            path = FONTS / f"{cut.name}-{weight}.otf"
            path.write_bytes(cut_font(directory / f"NotoSansCJK-{weight}.ttc", cut))
            print(f"{path.name}: {len(letters_of(cut))} letters, {path.stat().st_size:,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
