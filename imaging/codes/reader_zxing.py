"""Codes in a picture by zxing-cpp: the first reader, which knows every kind we use.

Its wheel brings all it needs. Texts are asked for plain: its default writes GS1 element strings with brackets, and a
code whose brackets are data would look the same (research/hardware.md 5).
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import zxingcpp
from numpy.typing import NDArray

from imaging.codes.corners import Corners
from imaging.codes.found import Found
from photocore.aim import Symbology

FORMATS: Final = {
    Symbology.EAN_13: ("EAN13", "UPCA", "UPCE"),
    Symbology.EAN_8: ("EAN8",),
    Symbology.CODE_128: ("Code128",),
    Symbology.CODE_39: ("Code39",),
    Symbology.CODABAR: ("Codabar",),
    Symbology.ITF: ("ITF",),
    Symbology.DATABAR: ("DataBar",),
    Symbology.DATAMATRIX: ("DataMatrix",),
    Symbology.QR: ("QRCode",),
    Symbology.AZTEC: ("Aztec",),
    Symbology.PDF417: ("PDF417",),
    Symbology.FILM_EDGE: ("DXFilmEdge",),
}


@dataclass(frozen=True, kw_only=True)
class Ways:
    """How hard zxing-cpp tries: each flag costs about as much again as what it found without."""

    turned: bool = True
    smaller: bool = True
    inverted: bool = True
    upc_e: bool = True
    """Whether UPC-E is looked for, which is short, and was seen in turned copies that held none."""
    whole_histogram: bool = False
    """One threshold for the whole picture instead of one for each neighbourhood: better under even noise."""


GLANCE: Final = Ways(turned=False, smaller=False, inverted=False)
LOOK: Final = Ways()
AGAIN: Final = Ways(upc_e=False)
EVEN_LIGHT: Final = Ways(upc_e=False, whole_histogram=True)


def read_with_zxing(picture: NDArray[np.uint8], symbologies: Collection[Symbology], ways: Ways = LOOK) -> list[Found]:
    """Return what zxing-cpp reads in a grey picture of shape (height, width), without what cannot be believed."""
    names = [name for kind in sorted(symbologies) for name in FORMATS.get(kind, ()) if ways.upc_e or name != "UPCE"]
    if not names:
        return []
    kinds: Any = zxingcpp.BarcodeFormat
    binarizers: Any = zxingcpp.Binarizer
    read = zxingcpp.read_barcodes(
        picture,
        # Made anew each time: what zxing-cpp makes must be gone before the program ends.
        formats=tuple(getattr(kinds, name) for name in names),  # pyright: ignore[reportArgumentType]
        try_rotate=ways.turned,
        try_downscale=ways.smaller,
        try_invert=ways.inverted,
        text_mode=zxingcpp.TextMode.Plain,
        binarizer=binarizers.GlobalHistogram if ways.whole_histogram else binarizers.LocalAverage,
    )
    found = (_found(code) for code in read)
    return [each for each in found if each.symbology in symbologies and each.text]


def _found(code: zxingcpp.Barcode) -> Found:
    return Found(code.text, code.symbology_identifier, code.bytes, _corners(code.position), "zxing")


def _corners(at: zxingcpp.Position) -> Corners:
    return (
        (float(at.top_left.x), float(at.top_left.y)),
        (float(at.top_right.x), float(at.top_right.y)),
        (float(at.bottom_right.x), float(at.bottom_right.y)),
        (float(at.bottom_left.x), float(at.bottom_left.y)),
    )
