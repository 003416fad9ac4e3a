"""ESC/POS: our verbs as bytes, nothing else.

Pure, so that golden bytes can hold every command to its manual; sending is the session's. Sources: Epson ESC/POS
command reference and the TM-L90 specification, as gathered in research/standards.md 3 and research/hardware.md 2.
"""

from hardware.printer.raster import Raster

DLE_EOT_PRINTER, DLE_EOT_OFFLINE, DLE_EOT_ERROR, DLE_EOT_PAPER = 1, 2, 3, 4
"""What a real-time status request can ask for."""

LABEL_TO_PEEL, LABEL_TO_CUTTER, LABEL_TO_PRINT = 65, 66, 67
"""Where ``FS ( L`` can bring a label to."""

PROCESS_ID_LENGTH = 4
MAX_BAND_ROWS = 256
"""Rows that fit every known printer in one ``GS v 0`` (research/standards.md 3.4)."""


def initialise() -> bytes:
    """ESC @: back to the modes of power-on; what the last job set ends here."""
    return b"\x1b@"


def motion_units(per_inch: int) -> bytes:
    """GS P: make one unit of feeding 1/``per_inch`` inch, in both directions (1..255)."""
    return b"\x1dP" + bytes((per_inch, per_inch))


def print_raster(band: Raster) -> bytes:
    """GS v 0, normal size: print ``band`` now (width in bytes, height in rows, both little-endian).

    Raises:
        ValueError: the band is empty or higher than every printer takes.
    """
    if not 1 <= band.height <= MAX_BAND_ROWS:
        raise ValueError(f"a band has 1 to {MAX_BAND_ROWS} rows, not {band.height}")
    size = band.row_bytes.to_bytes(2, "little") + band.height.to_bytes(2, "little")
    return b"\x1dv0\x00" + size + band.rows


def feed(units: int) -> bytes:
    """ESC J, as often as needed: feed ``units`` motion units."""
    return b"".join(b"\x1bJ" + bytes((min(255, left),)) for left in range(units, 0, -255))


def cut(*, full: bool = False, after_units: int = 0) -> bytes:
    """GS V 65/66: feed to the cutter plus ``after_units`` and cut, leaving one point uncut unless ``full``."""
    return b"\x1dV" + bytes((65 if full else 66, after_units))


def cut_here(*, full: bool = False) -> bytes:
    """GS V 0/1: cut where the paper stands, without feeding it to the cutter first."""
    return b"\x1dV" + bytes((0 if full else 1,))


def label_feed(to: int, *, go_on: bool = False) -> bytes:
    """FS ( L fn 65..67: bring a label to the peel, cut or print position; ``go_on`` leaves the present one."""
    return b"\x1c(L\x02\x00" + bytes((to, 0x31 if go_on else 0x30))


def ask_label_position() -> bytes:
    """FS ( L fn 48: the printer says where the label stands, by block 37h 38h A B (TM-L90 specification, p. 105).

    Not in real time: it is answered when everything before it was obeyed.
    """
    return b"\x1c(L\x02\x0000"


def ask_process_id(process_id: str) -> bytes:
    """GS ( H fn 48: the printer sends ``process_id`` back when all data before it is on paper.

    Raises:
        ValueError: the id is not four printable ASCII characters.
    """
    if len(process_id) != PROCESS_ID_LENGTH or not all(" " <= sign <= "~" for sign in process_id):
        raise ValueError("a process id is four printable ASCII characters")
    return b"\x1d(H\x06\x0000" + process_id.encode("ascii")


def report_changes(mask: int) -> bytes:
    """GS a: send four status bytes now and at each change of what ``mask`` names; 0 is silence, 255 all."""
    return b"\x1da" + bytes((mask,))


def ask_status(what: int) -> bytes:
    """DLE EOT: a one-byte answer at once, even offline or with a full buffer."""
    return b"\x10\x04" + bytes((what,))


def clear_buffer() -> bytes:
    """DLE DC4 8: drop everything received and not yet printed; answered by block 37h 25h 00h."""
    return b"\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08"


def recover() -> bytes:
    """DLE ENQ 2: end a recoverable error (cutter, cover) and drop what was received."""
    return b"\x10\x05\x02"
