"""``./demo --tour``: every screen in every state, at both sizes and in every language, and each set on one sheet."""

from collections.abc import Sequence

from kiosk.language import OFFERED
from kiosk.testing.tour import SIZES, contact_sheet
from kiosk.testing.tour import draw_tour as draw_all
from twincheck.demo.once import Script

SHEET_COLUMNS = 12
SHEET_TILE_PX = 240
"""So that a sheet shows at a glance what is overlooked one by one: a word that does not fit, a page that is empty."""


def draw_tour(script: Script, *, size: tuple[int, int] | None = None, languages: Sequence[str] = ()) -> int:
    """Draw the tour into ``out/screens/<size>_<language>`` and return how many pictures there are."""
    sizes, chosen = (size,) if size else SIZES, tuple(languages) or OFFERED
    script.say(f"Drawing every screen at {_names(sizes)} in {', '.join(chosen)}. This takes minutes.")
    screens = script.out / "screens"
    pictures = draw_all(screens, home=script.data, sizes=sizes, languages=chosen)
    for folder in sorted({picture.parent for picture in pictures}):
        own = [picture for picture in pictures if picture.parent == folder]
        columns = SHEET_COLUMNS if "x1920" in folder.name else SHEET_COLUMNS // 2
        contact_sheet(own, columns=columns, wide=SHEET_TILE_PX).save(screens / f"sheet_{folder.name}.png")
        script.say(f"{len(own)} pictures in {folder}")
    return len(pictures)


def _names(sizes: Sequence[tuple[int, int]]) -> str:
    return " and ".join(f"{width}x{height}" for width, height in sizes)
