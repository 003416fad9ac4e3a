"""``twincheck station paper-sheet OUT.pdf``: paper lists to keep beside the kiosk, for the day it is dead.

Each file is lists of their own: print it once, and make a new one for more. Nothing is written down of them here; a row
is known when it is entered.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from hardware.render.paper_list import ROWS, SIZES_MM, draw_paper_list
from photocore.codes import mint_paper_rows
from photocore.settings import locate_config
from sync.wiring import real_seams


def command(argv: Sequence[str] | None = None) -> int:
    """Write a paper list; returns 0, or raises what a person can mend."""
    parser = argparse.ArgumentParser(
        prog="twincheck station paper-sheet", description="A list to fill in by hand while the kiosk is out of order."
    )
    parser.add_argument("out", help="the PDF to write")
    parser.add_argument("--size", choices=tuple(SIZES_MM), default="a4", help="the paper (%(default)s)")
    parser.add_argument("--store", default="", help="the store's name, to be printed on it")
    options = parser.parse_args(argv)
    rows = mint_paper_rows(real_seams().entropy, ROWS)
    Path(options.out).write_bytes(draw_paper_list(locate_config(), rows, size=options.size, store=options.store))
    told = f"{options.out}: list {rows[0][4:10]} with {ROWS} rows. Make a new one for more: every row is entered once."
    sys.stdout.write(f"{told}\n")
    return 0
