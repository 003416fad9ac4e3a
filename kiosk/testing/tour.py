"""Draw every screen and state to a PNG, in the real window: for the eyes, and for `./demo --tour`."""

import time
from pathlib import Path
from typing import TYPE_CHECKING

from kiosk.inbox import Inbox
from kiosk.language import speak
from kiosk.testing.counter import Counter, film_store, stocked_desk
from kiosk.testing.desk import SilentScanner
from kiosk.testing.gallery import gallery
from kiosk.testing.pilot import Pilot, opened_app
from kiosk.ui.display import prepare
from photocore.host import SystemClock
from photocore.settings import locate_config

if TYPE_CHECKING:
    from kiosk.app import KioskApp


def tour(app: "KioskApp", out_dir: Path, *, only: str = "") -> list[Path]:
    """Draw each state of the gallery in ``app`` and return the pictures' paths; ``only`` picks names that contain it.

    ``app`` is an opened :class:`kiosk.app.KioskApp`. Its machine is put into each state; nothing is asked of the desk.
    """
    pilot = Pilot(app, clock=time.monotonic)
    shown = app.machine.state
    pictures: list[Path] = []
    for name, state in gallery():
        if only in name:
            app.machine.restore(state)
            pilot.frames(3)
            pictures.append(pilot.screenshot(out_dir / f"{name}.png"))
    app.machine.restore(shown)
    return pictures


def draw_tour(out_dir: Path, *, home: Path, size: tuple[int, int] = (1080, 1920), language: str = "en") -> list[Path]:
    """Open a window for the tour alone, without station or devices, and draw every state; return the pictures' paths.

    ``home`` is a folder Kivy may write to. Off-screen unless there is a display.

    Raises:
        DisplayUnfit: this process has a window of another size already.
    """
    prepare(size=size, home=home)
    from kiosk.app import Appearance, KioskApp  # noqa: PLC0415  only after the display is prepared

    clock = SystemClock()
    counter = Counter(clock=clock, desk=stocked_desk(), store=film_store(), scanner=SilentScanner(), language=language)
    appearance = Appearance(fonts=locate_config() / "fonts", language=speak(language), moves=False, is_offscreen=True)
    app = KioskApp(
        machine=counter.machine, inbox=Inbox(), appearance=appearance, clock=clock, read_station=lambda: None
    )
    with opened_app(app):
        return tour(app, out_dir)
