"""Draw every screen in four languages and three modes onto sheets in docs/pictures/tour. It takes ten minutes.

Usage: python scripts/tour_sheets.py [FOLDER] [--languages en,de,ar,ja] [--modes normal,large,contrast] [--only NAME]
"""

import argparse
from pathlib import Path

from kiosk.testing.sheets import LANGUAGES, SHEET_MODES, draw_sheets
from kiosk.testing.tour import MODES

FOLDER = Path(__file__).parents[1] / "docs" / "pictures" / "tour"


def main() -> None:
    """Draw the sheets and say how large each is."""
    parser = argparse.ArgumentParser(description="The tour of the kiosk's screens, on sheets.")
    parser.add_argument("folder", type=Path, nargs="?", default=FOLDER)
    parser.add_argument("--languages", default=",".join(LANGUAGES), help="(%(default)s)")
    parser.add_argument("--modes", default=",".join(SHEET_MODES), help=f"of {', '.join(MODES)} (%(default)s)")
    parser.add_argument("--only", default="", help="screens whose name contains this")
    options = parser.parse_args()
    for sheet in draw_sheets(
        options.folder, languages=options.languages.split(","), modes=options.modes.split(","), only=options.only
    ):
        print(f"{sheet}: {sheet.stat().st_size // 1000} kB", flush=True)


if __name__ == "__main__":
    main()
