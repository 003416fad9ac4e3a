"""Bar codes as modules: drawn by zxing-cpp, judged by their symbology identifier.

The one place that talks to zxing-cpp for printing. It has a trap: asked for GS1 in the wrong way it encodes the
parentheses as text, and the decoded text looks the same. Only the AIM identifier tells, so every symbol is held to
it (research/hardware.md 5).
"""

from collections import Counter
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Final, Literal

from PIL import Image

from hardware.errors import LabelUndrawable

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Kind = Literal["linear", "matrix", "qr", "retail"]
Elements = tuple[tuple[str, str], ...]
"""GS1 application identifiers and their values, in order."""

LINEAR_QUIET: Final = 10
MATRIX_QUIET: Final = 1
QR_QUIET: Final = 4
RETAIL_QUIET: Final = 11
"""Modules of white each side: GS1 General Specifications 5.2, 5.4 and 5.6, ISO/IEC 18004 for QR."""


@dataclass(frozen=True, kw_only=True)
class Symbol:
    """One code as its modules (1 is black), without quiet zones. A linear code is one row high.

    ``text`` is what a reader gives back for it, FNC1 as the GS sign; ``aim`` its symbology identifier.
    """

    kind: Kind
    modules: "NDArray[np.uint8]"
    text: str
    aim: str

    @property
    def width(self) -> int:
        """Modules from the first to the last bar."""
        return int(self.modules.shape[1])

    @property
    def height(self) -> int:
        """Modules from top to bottom; 1 for a linear code."""
        return int(self.modules.shape[0])

    @property
    def quiet(self) -> int:
        """Modules of white this symbol needs on each side."""
        return {"linear": LINEAR_QUIET, "matrix": MATRIX_QUIET, "qr": QR_QUIET, "retail": RETAIL_QUIET}[self.kind]

    def picture(self, dots: int, height_dots: int | None = None) -> Image.Image:
        """Return the symbol at ``dots`` whole dots a module; a linear code is ``height_dots`` high."""
        import numpy as np  # noqa: PLC0415  a label needs it; the kiosk's first frame does not

        tones = np.where(self.modules == 1, np.uint8(0), np.uint8(255))
        return Image.fromarray(np.repeat(np.repeat(tones, dots, axis=1), height_dots or dots, axis=0))


def gs1_linear(elements: Elements) -> Symbol:
    """Draw the GS1-128 of an element string."""
    return _draw("linear", _parenthesised(elements), _read_back(elements), "]C1", gs1=True)


def gs1_matrix(elements: Elements) -> Symbol:
    """Draw the square GS1 DataMatrix of an element string."""
    return _draw("matrix", _parenthesised(elements), _read_back(elements), "]d2", gs1=True, force_square=True)


def plain_linear(text: str) -> Symbol:
    """Draw the Code 128 of plain text."""
    return _draw("linear", text, text, "]C0")


def plain_matrix(text: str) -> Symbol:
    """Draw a square Data Matrix of plain text."""
    return _draw("matrix", text, text, "]d1", force_square=True)


def plain_qr(text: str) -> Symbol:
    """Draw a QR code of which a quarter may be lost (level Q): it lives on a crumpled receipt."""
    return _draw("qr", text, text, "]Q1", ec_level="Q")


def retail(digits: str) -> Symbol:
    """Draw an EAN-13 of thirteen digits; raises LabelUndrawable if the last is not their check digit."""
    return _draw("retail", digits, digits, "]E0")


Seen = tuple[str, str]
"""A code that was read: its AIM identifier and its text."""


def read_back(picture: Image.Image) -> frozenset[Seen]:
    """Return (AIM identifier, text) of every code a reader finds in ``picture``."""
    return frozenset(count_back(picture))


def count_back(picture: Image.Image) -> Counter[Seen]:
    """Return how often each code stands in ``picture``: a cartridge's wrap says its roll three times."""
    return _counted(picture.convert("L"))


def read_retail(picture: Image.Image) -> frozenset[Seen]:
    """Return (AIM identifier, text) of every EAN-13 a reader finds in ``picture``; labels of ours have none."""
    kinds = _zxing().BarcodeFormat
    found: list[Any] = _zxing().read_barcodes(picture.convert("L"), formats=(kinds.EAN13,))
    return frozenset((str(code.symbology_identifier), str(code.text)) for code in found)


def read_at_sight(paper: "NDArray[np.uint8]") -> frozenset[Seen]:
    """Return what :func:`read_back` does, of codes that stand upright, in black and white, as large as they are.

    So a label stands before its printer. It is four times as fast, and finds nothing :func:`read_back` would not.
    """
    return frozenset(count_at_sight(paper))


def count_at_sight(paper: "NDArray[np.uint8]") -> Counter[Seen]:
    """Return how often each code is read at sight."""
    binarizer = _zxing().Binarizer.BoolCast
    return _counted(paper, binarizer=binarizer, try_rotate=False, try_downscale=False, try_invert=False)


def _counted(picture: object, **how: object) -> Counter[Seen]:
    plain = _zxing().TextMode.Plain
    found: list[Any] = _zxing().read_barcodes(picture, formats=_formats(), text_mode=plain, **how)
    return Counter((str(code.symbology_identifier), str(code.text)) for code in found)


@cache
def _zxing() -> Any:  # noqa: ANN401  a compiled module without types
    import zxingcpp  # noqa: PLC0415  a label needs it; the kiosk's first frame does not

    return zxingcpp


def _formats() -> object:
    """Return the kinds of codes we draw: not kept, as what zxing makes must be gone before the program ends."""
    kinds = _zxing().BarcodeFormat
    return (kinds.Code128, kinds.DataMatrix, kinds.QRCode)


def _draw(kind: Kind, content: str, text: str, aim: str, **how: object) -> Symbol:
    form = {"linear": "Code128", "matrix": "DataMatrix", "qr": "QRCode", "retail": "EAN13"}[kind]
    try:
        code = _zxing().create_barcode(content, getattr(_zxing().BarcodeFormat, form), **how)
    except ValueError as cause:
        raise LabelUndrawable(f"{form} cannot hold {len(content)} signs: {cause}") from cause
    if code.symbology_identifier != aim:
        raise LabelUndrawable(f"{form} came out as {code.symbology_identifier} instead of {aim}")
    import numpy as np  # noqa: PLC0415  a label needs it; the kiosk's first frame does not

    image = _zxing().write_barcode_to_image(code, scale=1, add_quiet_zones=False)
    modules = (np.asarray(image) < 128).astype(np.uint8)
    return Symbol(kind=kind, modules=modules[:1] if kind in ("linear", "retail") else modules, text=text, aim=aim)


def _parenthesised(elements: Elements) -> str:
    """Write the element string as zxing-cpp takes it; a parenthesis of the value itself is escaped."""
    return "".join(f"({ai})" + value.replace("(", "\\(").replace(")", "\\)") for ai, value in elements)


def _read_back(elements: Elements) -> str:
    """Return the decoded text: variable-length values end in GS unless they are last (GS1 7.8.6)."""
    fixed = {"01", "00", "02"}
    parts = [ai + value + ("" if ai in fixed else "\x1d") for ai, value in elements]
    return "".join(parts).removesuffix("\x1d")
