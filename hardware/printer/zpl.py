"""ZPL II: our verbs as bytes, nothing else.

Pure, so that golden bytes can hold every command to its manual; sending is the session's. Sources: the ZPL II
Programming Guide (45541L-004 and docs.zebra.com/us/en/printers/software/zpl-pg), as gathered in
research/standards.md 3.6. ``~JA``, ``~PS``, ``^JZ``, ``^PO``, ``^PM`` and ``^LR`` are named there without an example;
their form is from memory of the same guide.
"""

import base64
import binascii
import zlib
from typing import Final, Literal

from hardware.printer.raster import Raster

HOST_STATUS: Final = b"~HS"
"""Three framed lines: paper, pause, head, formats held, label waiting (guide, ~HS)."""

ERROR_STATUS: Final = b"~HQES"
"""Errors and warnings as bits; answered also where firmware leaves ``~HS`` unanswered (guide, ~HQ)."""

ODOMETER: Final = b'! U1 getvar "odometer.total_label_count"\r\n'
"""How many labels it ever printed, in quotes. Never inside a format: "ZPL and SGD commands should be sent as separate
files" (guide, About SGD Printer Commands)."""

CANCEL_ALL: Final = b"~JA"
"""Drop all that waits, a format that is half received too; a label that is being printed is finished."""

RESUME: Final = b"~PS"
"""Leave the pause that an error ended in."""

Mode = Literal["T", "P", "C"]
"""Tear off, peel off, cut (``^MM``)."""

Tracking = Literal["N", "Y", "M"]
"""Continuous paper, gaps between labels, black marks (``^MN``)."""


def begin(*, width_dots: int, height_dots: int, mode: Mode, tracking: Tracking) -> bytes:
    """Return the start of a format, with every mode set that an earlier job may have left turned.

    ``^JZN``: a label that an error broke off is not printed again by the printer itself; that is ours to decide, since
    a new copy voids the old one.
    """
    modes = f"^MM{mode}^MN{tracking}^PW{width_dots}^LL{height_dots}"
    return f"^XA^JZN^PON^PMN^LRN^LH0,0{modes}".encode("ascii")


def end() -> bytes:
    """Return the end of a format: one copy, now. ``,N`` never overrides the pause count (guide, ^PQ)."""
    return b"^PQ1,0,0,N^XZ"


def picture(raster: Raster, *, is_compressed: bool = True) -> bytes:
    """Return ``^GFA`` at the format's home: the whole raster, as Z64 or as the older hexadecimal digits."""
    data = z64(raster.rows) if is_compressed else raster.rows.hex().upper().encode("ascii")
    head = f"^FO0,0^GFA,{len(raster.rows)},{len(raster.rows)},{raster.row_bytes},"
    return head.encode("ascii") + data + b"^FS"


def z64(rows: bytes) -> bytes:
    """Return ``:Z64:``, zlib and base64, and the CRC over the base64 text, by which a damaged picture is dropped.

    Guide, "ZB64 Encoding and Compression". The CRC is CCITT with start 0 (research/hardware.md 3: read by
    zpl-renderer-js; not tried on a Zebra). The base64 alphabet has neither ``^`` nor ``~``.
    """
    coded = base64.b64encode(zlib.compress(rows, 9))
    return b":Z64:" + coded + b":" + f"{binascii.crc_hqx(coded, 0):04X}".encode("ascii")
