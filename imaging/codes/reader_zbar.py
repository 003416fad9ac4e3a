"""Codes in a picture by zbar, through pyzbar: the second opinion, which may be absent.

pyzbar's wheel holds no library: without the system's libzbar0 this reader says so and finds nothing. pyzbar's own
``decode`` drops what tells a GS1-128 from a Code 128 (zbar's modifiers), so we walk zbar's symbols ourselves.
"""

from collections.abc import Collection, Generator, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from imaging.codes.contexts import may_be_upc_e
from imaging.codes.corners import Corners, box_around
from imaging.codes.found import Found
from photocore.aim import Symbology

SYMBOLS: Final = {
    Symbology.EAN_13: ("EAN13",),
    Symbology.EAN_8: ("EAN8",),
    Symbology.CODE_128: ("CODE128",),
    Symbology.CODE_39: ("CODE39",),
    Symbology.CODABAR: ("CODABAR",),
    Symbology.ITF: ("I25",),
    Symbology.QR: ("QRCODE",),
}
"""zbar's DataBar and PDF417 are left out: both were unreliable in its own words."""

AIM_OF: Final = {"EAN13": "]E0", "EAN8": "]E4", "CODE39": "]A0", "CODABAR": "]F0", "I25": "]I0"}
GS1_MARK: Final = 1
"""Bit of ``zbar_symbol_get_modifiers``: FNC1 stood in first place (zbar.h, ZBAR_MOD_GS1)."""
GREY: Final = int.from_bytes(b"Y800", "little")


def is_zbar_here() -> bool:
    """Say whether the system has libzbar."""
    return _library() is not None


def read_with_zbar(picture: NDArray[np.uint8], symbologies: Collection[Symbology]) -> list[Found]:
    """Return what zbar reads in a grey picture of shape (height, width); nothing where zbar is absent.

    Only ASCII is believed: zbar guesses the character set of a QR code, and guesses wrong. All codes of ours are ASCII.
    Its UPC-E is not believed: it saw one in small pictures of EAN-13.
    """
    zbar = _library()
    wanted = {name for kind in symbologies for name in SYMBOLS.get(kind, ())}
    if zbar is None or not wanted:
        return []
    with _scanned(zbar, picture, wanted) as image:
        found = [each for symbol in _symbols(zbar, image) if (each := _found(zbar, symbol)) is not None]
    sure = [each for each in found if not (each.symbology is Symbology.EAN_13 and may_be_upc_e(each.text))]
    return [each for each in sure if each.symbology in symbologies and each.text]


@cache
def _library() -> Any:  # noqa: ANN401  a module of C functions without types
    try:
        from pyzbar import wrapper  # noqa: PLC0415  looks for libzbar when it is imported
    except ImportError:
        return None
    return wrapper


@cache
def _modifiers() -> Any:  # noqa: ANN401  a C function
    import ctypes  # noqa: PLC0415

    zbar = _library()
    try:
        return zbar.zbar_function("zbar_symbol_get_modifiers", ctypes.c_uint, ctypes.POINTER(zbar.zbar_symbol))
    except AttributeError:  # an old zbar knows none
        return _no_modifiers


def _no_modifiers(_symbol: object) -> int:
    return 0


@contextmanager
def _scanned(zbar: Any, picture: NDArray[np.uint8], wanted: Collection[str]) -> Generator[Any]:  # noqa: ANN401
    """Hold a scanned image, and give its memory back."""
    pixels = picture.tobytes()
    height, width = picture.shape
    scanner, image = zbar.zbar_image_scanner_create(), zbar.zbar_image_create()
    try:
        for symbol in zbar.ZBarSymbol:
            on = int(symbol.name in wanted)
            zbar.zbar_image_scanner_set_config(scanner, symbol, zbar.ZBarConfig.CFG_ENABLE, on)
        zbar.zbar_image_set_format(image, GREY)
        zbar.zbar_image_set_size(image, width, height)
        zbar.zbar_image_set_data(image, pixels, len(pixels), None)
        zbar.zbar_scan_image(scanner, image)
        yield image
    finally:
        zbar.zbar_image_destroy(image)
        zbar.zbar_image_scanner_destroy(scanner)


def _symbols(zbar: Any, image: Any) -> Iterator[Any]:  # noqa: ANN401
    symbol = zbar.zbar_image_first_symbol(image)
    while symbol:
        yield symbol
        symbol = zbar.zbar_symbol_next(symbol)


def _found(zbar: Any, symbol: Any) -> Found | None:  # noqa: ANN401
    import ctypes  # noqa: PLC0415

    content = ctypes.string_at(zbar.zbar_symbol_get_data(symbol), zbar.zbar_symbol_get_data_length(symbol))
    aim = _aim(zbar, symbol)
    points = [
        (float(zbar.zbar_symbol_get_loc_x(symbol, index)), float(zbar.zbar_symbol_get_loc_y(symbol, index)))
        for index in range(zbar.zbar_symbol_get_loc_size(symbol))
    ]
    if aim is None or not content.isascii() or not points:
        return None
    return Found(content.decode("ascii"), aim, content, _upright(box_around(points)), "zbar")


def _aim(zbar: Any, symbol: Any) -> str | None:  # noqa: ANN401
    """Return the AIM identifier, or None for a kind we did not ask for. UPC comes as EAN-13, as AIM has it."""
    kind = zbar.ZBarSymbol(symbol.contents.type).name
    is_gs1 = bool(_modifiers()(symbol) & GS1_MARK)
    if kind == "CODE128":
        return "]C1" if is_gs1 else "]C0"
    if kind == "QRCODE":
        return "]Q3" if is_gs1 else "]Q1"
    return AIM_OF.get(kind)


def _upright(box: Corners) -> Corners:
    """Begin at the corner nearest to the picture's own upper left: zbar tells no orientation worth the name."""
    first = min(range(4), key=lambda index: sum(box[index]))
    a, b, c, d = box[first:] + box[:first]
    return a, b, c, d
