"""Codes in hard pictures: what our reader finds and how long it takes, beside pyzbar alone and zxing-cpp alone.

    python benchmarks/code_corpus.py [--quick] [--json FILE]

Ten kinds of codes, each in pictures of 640 x 480 that get worse in one way at a time, from easy to hopeless: the
figures compare readers on the same pictures, they are no promise for a counter. Every reader is told which kind of
code to look for. Ours searches (``Effort.SEARCH``), as `twincheck read` does with a still.

* **recall**: the share of pictures whose text was found. Aim: in every cell at least the better of the two. A missed
  cell is named in the note.
* **ms a picture**: the mean, over the pictures zxing-cpp reads at its first look, and over the others, half of them
  hopeless, which cost a search the most. A live picture is glanced or looked at (no search): its time stands beside.
* a **wrong text** is a reading that is not what was printed; how many there were stands in the note.

Run alone, it also prints recall for each kind of code in each kind of picture, to standard error.
"""

import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np
import zxingcpp
from measuring import Line, run_alone

from imaging.codes import reader_zbar, reader_zxing
from imaging.codes.reader import Effort, Grey, read_codes
from imaging.testing import SPECIMENS, Scene, Specimen, photograph
from photocore.aim import symbol_of

LEVELS: dict[str, Callable[[Specimen, float], Scene]] = {
    "clean": lambda kind, _: Scene(module_px=kind.usual_px),
    "blur": lambda kind, level: Scene(module_px=kind.usual_px, blur_px=kind.usual_px * (0.2 + 0.9 * level)),
    "motion": lambda kind, level: Scene(module_px=kind.usual_px, motion_px=round(kind.usual_px * (1 + 2 * level))),
    "rotation": lambda kind, level: Scene(module_px=kind.usual_px, turn_deg=10 + 75 * level),
    "contrast": lambda kind, level: Scene(module_px=kind.usual_px, contrast=0.4 - 0.37 * level),
    "perspective": lambda kind, level: Scene(module_px=kind.usual_px, lean=0.15 + 0.55 * level),
    "noise": lambda kind, level: Scene(module_px=kind.usual_px, noise=25 + 85 * level),
    "glare": lambda kind, level: Scene(module_px=kind.usual_px, glare=0.1 + 0.5 * level),
    "damage": lambda kind, level: Scene(module_px=kind.usual_px, damage=0.03 + 0.25 * level),
    "size": lambda kind, level: Scene(module_px=kind.usual_px * (0.6 - 0.4 * level)),
}
READERS = ("ours", "zxing-cpp alone", "pyzbar alone")
LIVE = "ours, one look"
Cell = tuple[str, str]


@dataclass
class Tally:
    """What one reader found in each cell, and what it took."""

    shown: dict[Cell, int] = field(default_factory=dict)
    read: dict[Cell, int] = field(default_factory=dict)
    wrong: int = 0
    took_ms: list[float] = field(default_factory=list)
    hits: list[bool] = field(default_factory=list)

    def add(self, cell: Cell, texts: set[str], truth: str, took_ms: float) -> None:
        self.shown[cell] = self.shown.get(cell, 0) + 1
        self.read[cell] = self.read.get(cell, 0) + (truth in texts)
        self.wrong += bool(texts - {truth})
        self.took_ms.append(took_ms)
        self.hits.append(truth in texts)

    def share(self, name: str, wear: str) -> float:
        return 100 * self.read[name, wear] / self.shown[name, wear]

    @property
    def recall(self) -> float:
        return 100 * sum(self.read.values()) / sum(self.shown.values())


def measure(quick: bool) -> list[Line]:
    """Return recall and time over the whole corpus, ours against the better of the two others."""
    tallies = {name: Tally() for name in (*READERS, LIVE)}
    for cell, kind, picture in corpus(levels=2 if quick else 6, repeats=1 if quick else 3):
        for name, texts, took_ms in readings(kind, picture):
            tallies[name].add(cell, texts, kind.text, took_ms)
    sys.stderr.write(cells_table(tallies))
    ours, zxing, zbar = (tallies[name] for name in READERS)
    worse = [cell for cell in ours.read if ours.read[cell] < max(zxing.read[cell], zbar.read[cell])]
    better = sum(max(zxing.read[cell], zbar.read[cell]) for cell in ours.read)
    return [
        Line(
            what=f"codes read of {len(ours.took_ms)} hard pictures",
            unit="%",
            ours=ours.recall,
            floor=100 * better / len(ours.took_ms),
            floor_is="the better of the two, cell by cell",
            aim=">= 1",
            note=f"zxing-cpp {zxing.recall:.1f}, pyzbar {zbar.recall:.1f}; "
            f"wrong texts: ours {ours.wrong}, zxing-cpp {zxing.wrong}, pyzbar {zbar.wrong}",
        ),
        Line(
            what=f"cells of {len(ours.read)} in which ours reads fewer than the better of the two",
            unit="cells",
            ours=len(worse),
            limit=0,
            note=" ".join(map(str, worse)),
        ),
        *times(tallies),
    ]


def times(tallies: dict[str, Tally]) -> Iterator[Line]:
    """Yield what a picture takes: those that are read at the first look, the others, and any as a live picture."""
    ours, zxing, zbar, live = (np.array(tallies[name].took_ms) for name in (*READERS, LIVE))
    easy = np.array(tallies["zxing-cpp alone"].hits)
    for what, which in (("zxing-cpp reads it", easy), ("zxing-cpp does not", ~easy)):
        yield Line(
            what=f"a still of 640 x 480, {what}",
            unit="ms",
            ours=float(ours[which].mean()),
            floor=float(zxing[which].mean()),
            floor_is="zxing-cpp alone",
            note=f"pyzbar alone {zbar[which].mean():.2f} ms; median ours {np.median(ours[which]):.2f}, "
            f"p95 {np.percentile(ours[which], 95):.1f}",
        )
    yield Line(
        what="a live picture of 640 x 480, looked at",
        unit="ms",
        ours=float(live.mean()),
        floor=float(zxing.mean()),
        floor_is="zxing-cpp alone",
        aim="<= 1.3",
        note=f"recall {tallies[LIVE].recall:.1f} %; pyzbar alone {zbar.mean():.2f} ms",
    )


def corpus(levels: int, repeats: int) -> Iterator[tuple[Cell, Specimen, Grey]]:
    """Yield every picture with its cell: the kind of code, and what is wrong with the picture."""
    for name, kind in SPECIMENS.items():
        symbol = kind.symbol()
        for wear, scene in LEVELS.items():
            for step in range(levels if wear != "clean" else 1):
                for repeat in range(repeats):
                    level = step / max(1, levels - 1)
                    yield (name, wear), kind, photograph(symbol, scene(kind, level), seed=100 * step + repeat)


def readings(kind: Specimen, picture: Grey) -> Iterator[tuple[str, set[str], float]]:
    """Yield what each reader finds in one picture, and its time."""
    wanted = {symbol_of(kind.aim).symbology}
    formats = [getattr(zxingcpp.BarcodeFormat, name) for each in wanted for name in reader_zxing.FORMATS[each]]
    yield "ours", *timed(lambda: {each.text for each in read_codes(picture, wanted, effort=Effort.SEARCH)})
    yield LIVE, *timed(lambda: {each.text for each in read_codes(picture, wanted)})
    yield "zxing-cpp alone", *timed(lambda: by_zxing(picture, formats))
    yield (
        "pyzbar alone",
        *timed(lambda: by_pyzbar(picture, [n for each in wanted for n in reader_zbar.SYMBOLS.get(each, ())])),
    )


def by_zxing(picture: Grey, formats: list[zxingcpp.BarcodeFormat]) -> set[str]:
    """Return the texts zxing-cpp finds by itself."""
    return {each.text for each in zxingcpp.read_barcodes(picture, formats=formats, text_mode=zxingcpp.TextMode.Plain)}


def by_pyzbar(picture: Grey, names: list[str]) -> set[str]:
    """Return the texts pyzbar finds by itself; of kinds it knows."""
    if not names:
        return set()
    from pyzbar import pyzbar  # noqa: PLC0415

    symbols = [pyzbar.ZBarSymbol[name] for name in names]
    return {each.data.decode("utf-8", "replace") for each in pyzbar.decode(picture, symbols)}


def timed(work: Callable[[], set[str]]) -> tuple[set[str], float]:
    """Return what ``work`` returned, and how many milliseconds it took."""
    began = time.perf_counter()
    texts = work()
    return texts, (time.perf_counter() - began) * 1e3


def cells_table(tallies: dict[str, Tally]) -> str:
    """Return recall cell by cell: ours / zxing-cpp / pyzbar, in percent."""
    rows = ["| | " + " | ".join(LEVELS) + " |", "| --- " * (len(LEVELS) + 1) + "|"]
    for name in SPECIMENS:
        shares = [
            "/".join(
                f"{100 * tally.read[name, wear] / tally.shown[name, wear]:.0f}"
                for tally in (tallies[each] for each in READERS)
            )
            for wear in LEVELS
        ]
        rows.append(f"| {name} | " + " | ".join(shares) + " |")
    return "\n".join(rows) + "\n"


if __name__ == "__main__":
    run_alone(measure, __doc__)
