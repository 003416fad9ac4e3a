"""Draw every screen and state to a PNG, in the real window: for the eyes, and for `./demo --tour`.

The pictures of one size and language stand in one folder, such as ``1280x800_ar/07_scan_empty.png``, so that two
languages of one page can be laid side by side. ``contact_sheet`` puts a folder on one page.
"""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PIL import Image

from kiosk.inbox import Inbox
from kiosk.language import OFFERED, offered, speak
from kiosk.machine import Machine
from kiosk.testing.counter import film_store
from kiosk.testing.desk import RosterReader
from kiosk.testing.gallery import gallery
from kiosk.testing.pilot import Pilot, opened_app
from kiosk.ui.display import prepare
from photocore.host import SystemClock
from photocore.settings import locate_config

if TYPE_CHECKING:
    from kiosk.app import KioskApp

SIZES: Final = ((1080, 1920), (1280, 800))
"""A kiosk on its stand, and a screen on the counter."""


def tour(app: "KioskApp", out_dir: Path, *, only: str = "", languages: Sequence[str] = ("en",)) -> list[Path]:
    """Draw each state of the gallery in ``app``, in each language, and return the pictures' paths.

    ``app`` is an opened :class:`kiosk.app.KioskApp`. Its machine is put into each state; nothing is asked of the desk.
    ``only`` picks names that contain it.

    Raises:
        LanguageUnknown: no catalogue of ours has one of the languages.
    """
    from kiosk.ui.toolkit import Window  # noqa: PLC0415  only after the display is prepared

    pilot = Pilot(app, clock=time.monotonic)
    shown, spoken = app.machine.state, app.machine.state.language
    pictures: list[Path] = []
    for language in languages:
        folder = out_dir / f"{int(Window.width)}x{int(Window.height)}_{speak(language).code}"
        app.machine.speak(language)
        for name, state in gallery():
            if only in name:
                app.machine.restore(state)
                pilot.frames(3)
                pictures.append(pilot.screenshot(folder / f"{name}.png"))
    app.machine.restore(shown)
    app.machine.speak(spoken)
    return pictures


def draw_tour(
    out_dir: Path,
    *,
    home: Path,
    sizes: Sequence[tuple[int, int]] = SIZES,
    languages: Sequence[str] = OFFERED,
    only: str = "",
) -> list[Path]:
    """Open a window for the tour alone, without station or devices, and draw every state; return the pictures' paths.

    ``home`` is a folder Kivy may write to. Off-screen unless there is a display.

    Raises:
        DisplayUnfit: this process has a window of another size already.
        LanguageUnknown: no catalogue of ours has one of the languages.
    """
    # off-screen a window never grows beyond what it was opened with, so it is opened for the largest
    prepare(size=(max(wide for wide, _ in sizes), max(high for _, high in sizes)), home=home)
    from kiosk.app import Appearance, KioskApp  # noqa: PLC0415  only after the display is prepared
    from kiosk.ui.toolkit import Window  # noqa: PLC0415

    clock = SystemClock()
    machine = Machine(
        clock=clock,
        reader=RosterReader(film_store()),
        strings=speak("en").strings,
        do=lambda _: None,
        answer=lambda _: None,
        languages=offered(tuple(dict.fromkeys((*OFFERED, *languages)))),
        speak=lambda code: speak(code).strings,
    )
    appearance = Appearance(fonts=locate_config() / "fonts", moves=False, is_offscreen=True)
    app = KioskApp(machine=machine, inbox=Inbox(), appearance=appearance, clock=clock, read_station=lambda: None)
    pictures: list[Path] = []
    with opened_app(app):
        pilot = Pilot(app, clock=time.monotonic)
        for size in sizes:
            Window.size = size
            pilot.frames(4)
            pictures += tour(app, out_dir, only=only, languages=languages)
    return pictures


def contact_sheet(pictures: Sequence[Path], *, columns: int, wide: int) -> Image.Image:
    """Return ``pictures`` on one page, each ``wide`` pixels: to see at a glance what one by one is overlooked."""
    shots = [Image.open(path).convert("RGB") for path in pictures]
    small = [shot.resize((wide, round(wide * shot.height / shot.width)), Image.Resampling.LANCZOS) for shot in shots]
    high = max(shot.height for shot in small)
    gap = 8
    rows = -(-len(small) // columns)
    page = Image.new("RGB", (columns * (wide + gap) + gap, rows * (high + gap) + gap), "#5A5349")
    for n, shot in enumerate(small):
        row, column = divmod(n, columns)
        page.paste(shot, (gap + column * (wide + gap), gap + row * (high + gap)))
    return page
