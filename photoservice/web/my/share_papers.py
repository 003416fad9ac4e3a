"""What can be taken from a share's page: its address as a QR code, and what was picked as a table."""

import csv
import io
from collections.abc import Sequence
from typing import Final

import segno

from photoservice.db.database import Row
from photoservice.web.languages import Words

QR: Final = {
    "Cache-Control": "private, no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
}

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""How what a spreadsheet carries out begins; some read the wide signs of East Asia as the narrow ones."""


def qr_picture(address: str) -> bytes:
    """Return ``address`` as a QR code, an SVG that scales; dark on light by day and at night, as scanners want it."""
    drawn = io.BytesIO()
    code = segno.make_qr(address, error="m")
    code.save(drawn, kind="svg", border=4, xmldecl=False, svgns=True, omitsize=True, dark="#000", light="#fff")
    return drawn.getvalue()


def picks_table(picks: Sequence[Row], words: Words) -> bytes:
    """Return what was picked as CSV (RFC 4180) in UTF-8 with its mark: roll, frame, who, when.

    A name from outside is never a formula to a spreadsheet (research, reliability A03).
    """
    drawn = io.StringIO(newline="")
    table = csv.writer(drawn)
    table.writerow([words.text(f"share.table.{column}") for column in ("roll", "frame", "guest", "when", "picture")])
    for row in picks:
        who = row["name"] or words.text("share.nameless")
        cells = (row["roll"], row["frame"], who, f"{row['at']:%F %H:%M} UTC", row["image"])
        table.writerow([_harmless(cell) for cell in cells])
    return drawn.getvalue().encode("utf-8-sig")


def _harmless(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text
