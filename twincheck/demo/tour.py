"""``./demo --tour``: every screen in every state, in sizes, languages and modes, and each set on one sheet.

Each size is drawn by a process of its own: a window that was opened once keeps the frame buffer it was given, and its
pictures at another size would be torn.
"""

import multiprocessing
import time
from collections.abc import Sequence
from multiprocessing.context import SpawnProcess
from pathlib import Path

from kiosk.language import OFFERED
from kiosk.testing.sheets import contact_sheet
from kiosk.testing.tour import SIZES
from kiosk.testing.tour import draw_tour as draw_all
from photocore.logs import configure_logs
from twincheck.demo.errors import DemoFailed
from twincheck.demo.once import Script

SHEET_COLUMNS = 12
SHEET_TILE_PX = 240
"""So that a sheet shows at a glance what is overlooked one by one: a word that does not fit, a page that is empty."""


def draw_tour(
    script: Script,
    *,
    size: tuple[int, int] | None = None,
    languages: Sequence[str] = (),
    modes: Sequence[str] = ("normal",),
) -> int:
    """Draw the tour into ``out/screens/<size>_<language>`` and return how many pictures there are.

    ``modes`` are some of normal, large, low and contrast; their names are added to the folders'.

    Raises:
        DemoFailed: one of the sizes was not drawn to its end.
    """
    sizes, chosen = (size,) if size else SIZES, tuple(languages) or OFFERED
    screens = script.out / "screens"
    script.say(f"Drawing every screen at {_names(sizes)} in {', '.join(chosen)}. This takes minutes.")
    spawning = multiprocessing.get_context("spawn")
    painters = [
        spawning.Process(target=draw_size, args=(screens, script.data / _names([one]), one, chosen, tuple(modes)))
        for one in sizes
    ]
    for painter in painters:
        painter.start()
    _await(painters)
    folders = sorted(folder for folder in screens.iterdir() if folder.is_dir())
    for folder in folders:
        script.say(f"{len(list(folder.glob('*.png')))} pictures in {folder}")
    return sum(len(list(folder.glob("*.png"))) for folder in folders)


def draw_size(screens: Path, home: Path, size: tuple[int, int], languages: Sequence[str], modes: Sequence[str]) -> None:
    """Draw the tour of one size, and a sheet of each language and mode. For a process that has no window yet."""
    configure_logs()  # a process of its own, which our way of logging has not reached
    home.mkdir(parents=True, exist_ok=True)
    pictures = draw_all(screens, home=home, sizes=[size], languages=languages, modes=modes)
    for folder in sorted({picture.parent for picture in pictures}):
        own = [picture for picture in pictures if picture.parent == folder]
        columns = SHEET_COLUMNS if size[0] < size[1] else SHEET_COLUMNS // 2
        contact_sheet(own, columns=columns, wide=SHEET_TILE_PX).save(screens / f"sheet_{folder.name}.png")


def _await(painters: Sequence[SpawnProcess]) -> None:
    """Wait for all; none is left behind, also when we are interrupted."""
    try:
        while any(painter.is_alive() for painter in painters):
            time.sleep(0.2)
    finally:
        for painter in painters:
            painter.terminate()
            painter.join()
    if any(painter.exitcode for painter in painters):
        raise DemoFailed("the tour was not drawn to its end; what it said stands above")


def _names(sizes: Sequence[tuple[int, int]]) -> str:
    return " and ".join(f"{width}x{height}" for width, height in sizes)
