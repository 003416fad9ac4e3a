r"""TSPL: our verbs as bytes, nothing else.

Pure, so that golden bytes can hold every command to its manual; sending is the session's. Sources: TSPL/TSPL2
programming manual (TSC, 2013; ``<ESC>!S`` on p. 85 of the TTP-244's edition), the use LPrint makes of SIZE, GAP, BLINE,
DIRECTION, BITMAP and PRINT, and research/standards.md 3.7. From memory, as no copy of the page was
found: ``SET REPRINT``, ``SET CUTTER``, ``<ESC>!.``, ``<ESC>!O`` and FORMFEED.

A printer obeys ``<ESC>!`` and one letter wherever they stand, in a picture too: ``1B 21 52`` restarts it in the middle
of a label. So no picture leaves here with ``1B 21`` in it (:func:`bitmaps`).
"""

from collections.abc import Iterator
from math import ceil
from typing import Final, Literal

from hardware.printer.raster import Raster

IMMEDIATE: Final = b"\x1b!"
MAX_BAND_ROWS: Final = 256
WHITE: Final = 0xFF

_INVERTED: Final = bytes(0xFF - byte for byte in range(256))

HandOut = Literal["tear", "peel", "cut"]


def size(width_mm: float, height_mm: float) -> bytes:
    """SIZE: the label's width and length; hundredths of a millimetre, rounded up so that no row is lost."""
    return f"SIZE {_up(width_mm)} mm,{_up(height_mm)} mm\r\n".encode()


def gap(gap_mm: float) -> bytes:
    """GAP: how far labels stand apart; 0 is paper without labels."""
    return f"GAP {_up(gap_mm)} mm,0 mm\r\n".encode()


def black_mark(mark_mm: float) -> bytes:
    """BLINE: how high the black mark between two labels is."""
    return f"BLINE {_up(mark_mm)} mm,0 mm\r\n".encode()


def origin() -> bytes:
    """DIRECTION and REFERENCE: the first row comes out first, the corner is the label's own."""
    return b"DIRECTION 0,0\r\nREFERENCE 0,0\r\n"


def hand_out(how: HandOut) -> bytes:
    """SET PEEL, SET CUTTER, SET TEAR: all three are said, since any of them may be left on by another program."""
    peel, cutter, tear = (
        b"ON" if how == "peel" else b"OFF",
        b"1" if how == "cut" else b"OFF",
        b"ON" if how == "tear" else b"OFF",
    )
    order = (b"SET TEAR " + tear, b"SET PEEL " + peel, b"SET CUTTER " + cutter)
    return b"".join(line + b"\r\n" for line in order)


def reprint(*, is_on: bool) -> bytes:
    """SET REPRINT: whether a label that was interrupted is printed again by the printer itself."""
    return b"SET REPRINT ON\r\n" if is_on else b"SET REPRINT OFF\r\n"


def clear_image() -> bytes:
    """CLS: an empty label."""
    return b"CLS\r\n"


def bitmaps(band: Raster, y: int) -> Iterator[bytes]:
    """BITMAP: put ``band`` at row ``y`` of the label (0 bits are black), in parts that hold no immediate command.

    Raises:
        ValueError: the band is empty or too high.
    """
    if not 1 <= band.height <= MAX_BAND_ROWS:
        raise ValueError(f"a band has 1 to {MAX_BAND_ROWS} rows, not {band.height}")
    inverted, step, start = band.rows.translate(_INVERTED), band.row_bytes, 0
    while (at := inverted.find(IMMEDIATE, start)) >= 0:
        row, column = divmod(at + 1, step)  # where "!" stands
        if start < row * step:
            yield _bitmap(0, y + start // step, step, inverted[start : row * step])
        if column:
            yield from _in_columns(inverted[row * step : (row + 1) * step], y + row)
            row += 1
        start = row * step
    if start < len(inverted):
        yield _bitmap(0, y + start // step, step, inverted[start:])


def print_label() -> bytes:
    """PRINT: one label, once."""
    return b"PRINT 1,1\r\n"


def feed_label() -> bytes:
    """FORMFEED: bring the next label to its place."""
    return b"FORMFEED\r\n"


def ask_status() -> bytes:
    """<ESC>!S: four status bytes between STX and ETX, at any time."""
    return IMMEDIATE + b"S"


def cancel() -> bytes:
    """<ESC>!.: drop everything that is held."""
    return IMMEDIATE + b"."


def end_pause() -> bytes:
    """<ESC>!O: go on after a pause."""
    return IMMEDIATE + b"O"


def end_command(missing: int) -> bytes:
    """Return what ends a command of which so many bytes are missing: white to a bitmap, and then a line's end."""
    return bytes((WHITE,)) * missing + b"\r\n"


def _in_columns(row: bytes, y: int) -> Iterator[bytes]:
    """Put one row in parts, each cut between ESC and "!"."""
    start = 0
    while (at := row.find(IMMEDIATE, start)) >= 0:
        yield _bitmap(start, y, at + 1 - start, row[start : at + 1])
        start = at + 1
    yield _bitmap(start, y, len(row) - start, row[start:])


def _bitmap(column: int, y: int, row_bytes: int, rows: bytes) -> bytes:
    head = f"BITMAP {column * 8},{y},{row_bytes},{len(rows) // row_bytes},0,"
    return head.encode() + rows + b"\r\n"


def _up(mm: float) -> str:
    return f"{ceil(round(mm * 100, 4)) / 100:.2f}".rstrip("0").rstrip(".")
